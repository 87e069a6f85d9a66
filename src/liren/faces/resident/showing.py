"""How things of the rooms are put into words for a resident. Words only; no rule is made here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from liren.cases.queries import InHand, Matter, MatterRow, title_of
from liren.faces.kit.where import names_above
from liren.faces.resident import nextstep
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
    if matter.merged:
        return title_of(voice.words)
    if case.class_code:
        return class_title(case.class_code, to_office(utc_now(), office_zone()).date())
    return voice.words[:40]


@dataclass(frozen=True, slots=True)
class MineRow:
    """One of my matters as a line: what it is, and who does what by when in a few words."""

    row: MatterRow
    line: str


def mine_rows(rows: Sequence[MatterRow]) -> list[MineRow]:
    """My matters as lines of a list."""
    return [MineRow(row, nextstep.line(row.state, row.unit, row.next_due)) for row in rows]


@dataclass(frozen=True, slots=True)
class Level:
    """One of the five levels of 好差评."""

    value: int
    title: str


def levels() -> list[Level]:
    """非常满意 to 非常不满意, best first. Source of the five: 国办发〔2019〕51号."""
    titles = (_("非常满意"), _("满意"), _("基本满意"), _("不满意"), _("非常不满意"))
    return [Level(5 - n, title) for n, title in enumerate(titles)]


def rated(matter: Matter) -> str:
    """What I said of the reply, in a sentence; "" where I said nothing in this round."""
    if matter.verdict == "not_solved":
        return _("您说：没解决。已经重新办理。")
    if matter.verdict != "solved":
        return ""
    level = next((one.title for one in levels() if one.value == matter.voice.rating), "")
    return _("您说：解决了，%(level)s。谢谢。") % {"level": level} if level else _("您说：解决了。谢谢。")


def can(matter: Matter) -> dict[str, Any]:
    """Which moves are open to this person now, by name."""
    return {move.name: True for move in matter.moves}
