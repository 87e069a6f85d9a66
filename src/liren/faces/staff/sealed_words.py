"""How a sealed report, the units kept from it and stepping back are put into words on a case's page."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from liren.cases import queries
from liren.kernel.clock import office_day, utc_now
from liren.registers.duties import queries as duties
from liren.registers.people import queries as people


def titles() -> dict[str, str]:
    """What each of these steps is called in the story."""
    return {
        "seal": _("按举报保密"),
        "unseal": _("不再按举报保密"),
        "bar": _("不让看这件事"),
        "step_back": _("回避"),
        "hand_back": _("回到派单台"),
    }


def gone_titles() -> dict[str, tuple[str, str]]:
    """What is told to somebody who no longer sees a case, by what they did: a heading and a sentence."""
    return {
        "seal": (
            _("已交举报受理员"),
            _("这件事从您的工作台上拿走了。只有举报受理员看得到，您不用再做什么，也请不要和别人说。"),
        ),
        "taken": (
            _("登记好了，已交举报受理员"),
            _("这是举报，只有举报受理员看得到。请把编号告诉来人，凭编号和手机后四位可以查进度。"),
        ),
        "step_back": (_("已经回避"), _("这件事您不再看得到，由其他同事办。")),
    }


def context(shown: queries.CasePage, on: date, by_id: int) -> dict[str, Any]:
    """The panel of the case page. At most three statements, and only for who may bar somebody."""
    can = {move.name for move in shown.moves}
    case = shown.case
    told: dict[str, Any] = {
        "may_seal": "seal" in can and not case.sealed,
        "may_unseal": "unseal" in can and case.sealed,
        "may_bar": "bar" in can,
        "recusal_reasons": duties.recusal_reasons(on) if {"step_back", "bar"} & can else [],
        "may_step_back": "step_back" in can,
        "kept_from": [],
    }
    if "bar" in can:
        told["bar_units"] = people.units()
        told["bar_people"] = _people(case, by_id)
        told["kept_from"] = queries.bars_of(case) if case.barred else []
    return told


def _people(case: Any, by_id: int) -> list[tuple[int, str]]:
    """Who may be kept from it by name: those with a seat at the unit that has it."""
    if case.unit_id is None:
        return []
    seats = people.posts_at(case.unit_id, on=office_day(utc_now()))
    found = {seat.account_id: f"{seat.holder} · {seat.title}" for seat in seats if seat.account_id}
    return [(account, title) for account, title in found.items() if account != by_id]
