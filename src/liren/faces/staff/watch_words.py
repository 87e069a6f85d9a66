"""How supervision, whistles and verification are put into words for the desk. Words only; no rule is made here."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from liren.registers.duties import queries as duties

if TYPE_CHECKING:
    from liren.cases.models import Step
    from liren.kernel.worktime import Limit


def level_titles(on: date) -> dict[str, str]:
    """The rungs of the ladder as the office's rules name them, lowest first."""
    return {rule.level: rule.title for rule in duties.ladder(on)}


def cause_titles() -> dict[str, str]:
    """Why a rung was climbed."""
    return {
        "near": _("快到时限"),
        "overdue": _("超时"),
        "overdue_unanswered": _("超时，也没有回复"),
        "reopened": _("多次重办"),
        "chased": _("居民多次催办"),
        "by_hand": _("督办员提出"),
    }


def finding_titles() -> dict[str, str]:
    """What was found on the spot."""
    return {"as_replied": _("属实"), "not_as_replied": _("不属实"), "unclear": _("看不清楚")}


def called_titles() -> dict[str, tuple[str, str]]:
    """Where a called unit stands: word and shape."""
    return {
        "raised": (_("未应哨"), ""),
        "acknowledged": (_("已应哨"), "doing"),
        "on_site": (_("已到场"), "done"),
        "refused": (_("不来"), "late"),
    }


def whistle_titles() -> dict[str, tuple[str, str]]:
    """Where a whistle stands: word and shape."""
    return {
        "raised": (_("已吹哨"), ""),
        "acknowledged": (_("都已应哨"), "doing"),
        "on_site": (_("已到场"), "doing"),
        "agreed": (_("已约定"), "doing"),
        "done": (_("待互评"), "soon"),
        "scored": (_("已互评"), "done"),
        "lapsed": (_("互评过期"), "off"),
        "refused": (_("都不来，报区里"), "late"),
        "called_off": (_("已撤回"), "off"),
    }


def turn_titles() -> dict[str, str]:
    """The turns of a whistle, as the story of a case tells them."""
    return {
        "raised": _("吹哨"),
        "acknowledge": _("应哨"),
        "arrive": _("到场"),
        "refuse": _("不来"),
        "agree": _("现场约定"),
        "act_done": _("约定的事做完了"),
        "finish": _("吹哨办完"),
        "call_off": _("撤回吹哨"),
        "score_unit": _("街道评部门"),
        "score_street": _("部门评街道"),
        "lapse": _("互评时间已过"),
    }


def limit_words(limit: "Limit") -> str:
    """A limit in words: 24 小时, 2 个工作日."""
    units = {
        "hour": _("%(n)s 小时"),
        "work_hour": _("%(n)s 个工作小时"),
        "day": _("%(n)s 日"),
        "work_day": _("%(n)s 个工作日"),
    }
    return units[limit.unit] % {"n": limit.value}


def trigger_words(trigger: duties.TriggerRule) -> str:
    """What calls for a rung, in words."""
    span = limit_words(trigger.limit) if trigger.limit is not None else ""
    told = {
        "near": _("到期前 %(span)s"),
        "overdue": _("超时 %(span)s"),
        "overdue_unanswered": _("超时 %(span)s，也没有回复"),
        "reopened": _("重办 %(n)s 次"),
        "chased": _("居民催 %(n)s 次"),
    }
    return told[trigger.cause] % {"span": span, "n": trigger.times}


def titles() -> Mapping[str, str]:
    """The steps of a case that belong to whoever watches over it."""
    return {
        "remind": _("自动督办"),
        "supervise": _("督办"),
        "answer_supervision": _("回复督办"),
        "verify": _("核查"),
        "whistle": _("吹哨"),
        "whistle_report": _("报到"),
        "whistle_score": _("吹哨"),
    }


def detail(step: "Step", on: date) -> str:
    """What a line of the story says beside its title, "" for steps of others."""
    facts: dict[str, Any] = step.facts
    if step.move in {"remind", "supervise"}:
        level = level_titles(on).get(str(facts.get("level", "")), "")
        cause = cause_titles().get(str(facts.get("cause", "")), "")
        return " · ".join(part for part in (level, cause) if part)
    if step.move == "verify":
        return finding_titles().get(str(facts.get("finding", "")), "")
    if step.move in {"whistle", "whistle_report", "whistle_score"}:
        turn = turn_titles().get(str(facts.get("turn", "")), "")
        score = facts.get("score")
        return f"{turn} · {_('%(n)s 分') % {'n': score}}" if score else turn
    return ""
