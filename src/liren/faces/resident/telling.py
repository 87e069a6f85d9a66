"""The story of a matter in plain words: what was done, when, by which unit. Staff are never named."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from liren.cases.queries import Matter
from liren.faces.kit.templatetags.kit import number


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the story a resident sees."""

    title: str
    at: datetime
    who: str
    words: str
    move: str


def _own() -> dict[str, str]:
    """What the person behind the phone did."""
    return {
        "receive": _("您说了这件事"),
        "join": _("您说“我也是”"),
        "say_more": _("您补充了情况"),
        "chase": _("您催了一次"),
        "rate": _("您作了评价"),
        "answer_question": _("您回答了"),
        "come_back": _("您说有新情况，重新受理"),
        "withdraw": _("您撤回了"),
    }


def _theirs() -> dict[str, str]:
    """What office and units did."""
    return {
        "dispatch": _("派给%(unit)s"),
        "sign": _("%(unit)s已接单"),
        "return": _("换一个单位来办"),
        "object": _("%(unit)s说可能不归它办，街道在核对"),
        "uphold": _("重新核对由谁办"),
        "overrule": _("核对好了，还是由%(unit)s办"),
        "contact": _("%(unit)s联系您"),
        "start": _("%(unit)s开始办理"),
        "note": _("现场情况"),
        "ask": _("%(unit)s问您"),
        "defer": _("先等一等"),
        "resume": _("接着办"),
        "ask_extension": _("%(unit)s说时间不够"),
        "grant_extension": _("办理时间延长了"),
        "refuse_extension": _("时间没有延长，照原来的办"),
        "ask_part": _("请别的单位帮忙"),
        "end_part": _("帮忙的单位办好了自己那部分"),
        "whistle": _("请有关部门一起到现场"),
        "whistle_report": _("有关部门回了话"),
        "supervise": _("街道在督促"),
        "answer_supervision": _("%(unit)s说明了情况"),
        "verify": _("有人去核实了"),
        "merge": _("和同一件事一起办"),
        "take_in": _("又有人反映同一件事，一起办"),
        "split": _("改为单独办"),
        "split_to_unit": _("改为单独办"),
        "reply": _("%(unit)s答复您"),
        "answer": _("答复您"),
        "leave": _("告诉您去哪里办"),
        "follow_exit": _("问过了那边办得怎样"),
        "record_verdict": _("电话回访"),
        "attempt": _("打电话没有接通"),
        "solve": _("已解决"),
        "reopen": _("重新办理"),
        "close": _("办结"),
        "give_up": _("没有联系上，先结束"),
        "unseal": _("核对后按普通投诉办，不再按举报保密"),
        "archive": _("收进档案"),
        "recount": _("重新算了办理时间"),
        "remind": _("提醒了%(unit)s"),
    }


def _title(step: Any, titles: dict[str, str]) -> str:
    if step.move == "receive" and step.facts.get("earlier"):
        return _("您又说了这件事（原来的编号 %(n)s）") % {"n": number(str(step.facts["earlier"]))}
    if step.move == "answer_question" and not step.facts.get("by_self", True):
        return _("您在电话里或当面回答了")
    unit = step.unit.name if step.unit else _("承办单位")
    return titles.get(step.move, _("有了新进展")) % {"unit": unit}


def story(matter: Matter) -> list[Line]:
    """The story of a matter, newest first."""
    titles = _own() | _theirs()
    lines = []
    for step in matter.steps:
        words = matter.voice.words if step.move in {"receive", "join"} else step.words
        who = step.unit.name if step.unit and step.move == "note" else ""
        lines.append(Line(_title(step, titles), step.at, who, words, step.move))
    return lines


def reply(lines: list[Line]) -> Line | None:
    """The last answer, to be read before it is rated; None before there was one."""
    return next((line for line in lines if line.move in {"reply", "answer"}), None)
