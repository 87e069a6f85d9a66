"""How things of the rooms are put into words for a resident. Words only; no rule is made here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from liren.cases.queries import InHand, Matter
from liren.faces.kit.templatetags.kit import moment
from liren.faces.kit.where import names_above
from liren.kernel.clock import office_zone, to_office, utc_now
from liren.kernel.errors import LirenError
from liren.registers.duties import queries as duties


@dataclass(frozen=True, slots=True)
class PublicRow:
    """A case as neighbours see it: what kind of thing, which courtyard, how many. Nobody's words."""

    case_id: int
    title: str
    place: str
    state: str
    voices: int
    received_at: datetime


def class_title(code: str, on: date) -> str:
    """The title of a class, or a plain word where none was set yet."""
    if not code:
        return _("待分类的事")
    try:
        return duties.class_view(code, on).title
    except LirenError:
        return code


def public_rows(rows: Sequence[InHand], on: date) -> list[PublicRow]:
    """Cases in hand as neighbours may see them: never more exact than the courtyard."""
    names = names_above([row.place_path for row in rows], kinds=("courtyard", "grid", "community"))
    return [
        PublicRow(
            case_id=row.case_id,
            title=class_title(row.class_code, on),
            place=names.get(row.place_path, ""),
            state=row.state,
            voices=row.voices,
            received_at=row.received_at,
        )
        for row in rows
    ]


def title(matter: Matter) -> str:
    """What a matter is called on its own page: for who joined a neighbour's, never in the neighbour's words."""
    case, voice = matter.case, matter.voice
    if case.number == voice.number:
        return case.title
    if case.class_code:
        return class_title(case.class_code, to_office(utc_now(), office_zone()).date())
    return voice.words[:40]


def next_step(state: str, unit: str, due: datetime | None) -> str:
    """下一步: who does what by when, and what happens if it is late."""
    by = moment(due)
    sentences = {
        "received": _("我们正在核对地点和该谁办，%(by)s 前派出去。"),
        "dispatched": _("%(unit)s 会接单，%(by)s 前联系您。超时会自动提醒街道。"),
        "signed": _("%(unit)s 已接单，%(by)s 前联系您。超时会自动提醒街道。"),
        "contacted": _("%(unit)s 正在办，%(by)s 前答复您。超时会自动提醒街道。"),
        "handling": _("%(unit)s 正在办，%(by)s 前答复您。超时会自动提醒街道。"),
        "reopened": _("您说没解决，%(unit)s 要重新办，%(by)s 前答复您。"),
        "replied": _("请您说一句：解决了没有。也可能有人打电话来问您，%(by)s 前。"),
        "solved": _("您说解决了。如果又出现，%(by)s 前可以再说“没解决”。"),
        "closed": _("这件事已办结。又出现的话，点“没解决”会重新办。"),
        "closed_unconfirmed": _("我们没有联系上您，先放在这里。没解决的话，随时点“没解决”。"),
        "withdrawn": _("您已撤回。以后还可以再说一次。"),
    }
    return sentences.get(state, "") % {"unit": unit or _("承办单位"), "by": by}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the story a resident sees."""

    title: str
    at: datetime
    who: str
    words: str


def story(matter: Matter) -> list[Line]:
    """The story of a matter, newest first: what was done, when, by which unit; staff are not named."""
    titles = {
        "receive": _("您说了这件事"),
        "join": _("您说“我也是”"),
        "dispatch": _("派给%(unit)s"),
        "sign": _("%(unit)s已接单"),
        "start": _("%(unit)s开始办理"),
        "note": _("现场情况"),
        "reply": _("%(unit)s答复您"),
        "answer": _("答复您"),
        "say_more": _("您补充了情况"),
        "chase": _("您催了一次"),
        "rate": _("您作了评价"),
        "record_verdict": _("电话回访"),
        "attempt": _("打电话没有接通"),
        "solve": _("已解决"),
        "reopen": _("重新办理"),
        "close": _("办结"),
        "give_up": _("没有联系上，先结束"),
        "withdraw": _("您撤回了"),
    }
    lines = []
    for step in matter.steps:
        unit = step.unit.name if step.unit else ""
        words = matter.voice.words if step.move in {"receive", "join"} else step.words
        title = titles.get(step.move, "") % {"unit": unit or _("承办单位")}
        who = unit if step.move in {"note"} else ""
        lines.append(Line(title, step.at, who, words))
    return lines


def can(matter: Matter) -> dict[str, Any]:
    """Which moves are open to this person now, by name."""
    return {move.name: True for move in matter.moves}
