"""How objections, extensions, deferrals and limits are put into words for the desk."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from liren.cases import queries
from liren.kernel.clock import office_zone, to_office, utc_now
from liren.kernel.errors import NotFound
from liren.registers.duties import queries as duties
from liren.registers.people import queries as people


def unit_words() -> dict[str, str]:
    """The four units of a limit."""
    return {"hour": _("小时"), "work_hour": _("工作小时"), "day": _("天"), "work_day": _("个工作日")}


def why_words() -> dict[str, str]:
    """Why a limit changed."""
    return {
        "dispatch": _("重新派单"),
        "reopen": _("居民说没解决，重办"),
        "verification": _("核查不属实，重办"),
        "extension": _("准予延期"),
        "deferral": _("挂账期间不计时"),
        "class": _("改了类别，重新计算"),
        "rule": _("时限规则改了，重新计算"),
        "calendar": _("日历改了，重新计算"),
        "upheld": _("异议成立，退回派单台"),
        "returned": _("撤回派单，退回派单台"),
        "sealed": _("单位里没有可以经手的人，退回派单台"),
        "came_back": _("居民补了新情况，回到派单台"),
    }


def stage_words() -> dict[str, str]:
    """The clocks that run where no unit has the case before it."""
    return {
        "dispatch": _("派单时限"),
        "ruling": _("裁定时限"),
        "review": _("哪天复查"),
        "call_back": _("回访时限"),
        "close": _("没有人反悔就结案"),
    }


def _stage(case: Any, stage: str, on: date) -> dict[str, str]:
    """The clock of a stage, and the rule it comes from; {} where one of the two limits of the work presses."""
    if not stage or case.next_due is None:
        return {}
    started = to_office(case.due_from, office_zone()).date() if case.due_from else on
    source = "" if stage == "review" else duties.stage_limit(stage, started).source
    return {"title": stage_words()[stage], "source": source}


def _duty(case: Any, on: date) -> list[dict[str, Any]]:
    """Whose duty a class is in a place, as the list of the day says it: what an objection is ruled by."""
    if not case.class_code:
        return []
    rows = [row for row in duties.lead(case.class_code, case.place_path, on) if not row.assist_only]
    return [
        {"unit": row.unit_name, "basis": row.basis, "source": row.source, "same": row.unit_id == case.unit_id}
        for row in rows
    ]


def context(shown: queries.CasePage, on: date) -> dict[str, Any]:
    """The panels of the case page; side tables are read only where state and story say there is something."""
    can = {move.name for move in shown.moves}
    case = shown.case
    found = queries.claims_of(case, shown.steps, utc_now())
    titles = {one.code: one.title for one in duties.deferral_rule(on).reasons}
    objects = "object" in can and found.object_until is not None
    extends = "ask_extension" in can and found.extension is None
    rule = duties.extension_rule(on)
    return {
        "claims": found,
        "may_object": objects,
        "object_until": found.object_until,
        "units_to_name": [(str(unit.id), unit.short or unit.name) for unit in people.units()]
        if objects
        else [],
        "may_rule": found.objection is not None and "overrule" in can,
        "whose_duty": _duty(case, on) if found.objection is not None and "overrule" in can else None,
        "stage": _stage(case, found.stage, on),
        "may_extend": extends,
        "longest": f"{rule.longest.value} {unit_words()[rule.longest.unit]}" if extends else "",
        "may_grant": found.extension is not None and "grant_extension" in can,
        "asked_for": f"{found.extension.value} {unit_words().get(found.extension.unit_of_time, '')}"
        if found.extension is not None
        else "",
        "reasons": [(one.code, one.title, one.stops) for one in duties.deferral_rule(on).reasons]
        if "defer" in can
        else [],
        "deferred_for": titles.get(found.deferral.reason_code, "") if found.deferral is not None else "",
        "may_resume": found.deferral is not None and "resume" in can,
        "limit_changes": [
            {"row": row, "why": why_words().get(row.why, row.why)}
            for row in found.changes
            if (row.handle_before, row.response_before) != (row.handle_after, row.response_after)
        ],
        "limit_words": limit_words(case, on),
    }


def limit_words(case: Any, on: date) -> str:
    """Both limits as the rule of class and unit says them, with its source; "" before a dispatch."""
    if case.unit_id is None or case.handle_due is None:
        return ""
    start = to_office(case.limits_from, office_zone()).date() if case.limits_from else on
    try:
        limits = duties.limits(
            case.class_code, None, start
        )  # the calendar, which depends on the unit, is not told
    except NotFound:
        return ""
    return _("%(response)s内联系、%(handle)s内办理；依据：%(source)s") % {
        "response": f"{limits.response.value} {unit_words()[limits.response.unit]}",
        "handle": f"{limits.handle.value} {unit_words()[limits.handle.unit]}",
        "source": limits.source,
    }
