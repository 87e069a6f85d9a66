"""Addresses read out of people's words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from liren.registers.places import rules
from liren.registers.places.queries import tree
from liren.registers.places.queries.snapshot import snapshot


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place a text may speak of: `score` from 0 to 1, `reason` for people to read, `code` for programs.

    `several` is how many places fit the same words; `room_unknown` that a room was named which is not on
    the register.
    """

    place_id: int
    name: str
    path: str
    score: float
    reason: str
    matched: str
    code: str
    kind: str
    several: int
    room_unknown: bool


def read_address(text: str, *, near_path: str | None = None, limit: int = 5) -> list[Candidate]:
    """Places the text speaks of, best first, at most `limit`; empty when it names none. Reads the first
    2,000 characters.

    `near_path` is where the asker is known to be (community, courtyard or building): it decides between
    places of the same name, and "3号楼" alone then means the one there. Nothing is invented. Never
    raises.
    """
    kept = snapshot()
    found = kept.gazetteer.read(text, near_path=near_path or "", limit=limit)
    names = tree.names_in(kept, (mention.entry.id for mention in found))
    return [
        Candidate(
            place_id=mention.entry.id,
            name=names.get(mention.entry.id, mention.entry.name),
            path=mention.entry.path,
            score=mention.score,
            reason=_reason(mention),
            matched=mention.matched,
            code=mention.code,
            kind=mention.entry.kind,
            several=mention.several,
            room_unknown=mention.room_unknown,
        )
        for mention in found
    ]


def _reason(mention: rules.Mention) -> str:
    said = {"words": mention.matched}
    match mention.code:
        case "number_in_named":
            told = _("话里说到“%(words)s”") % said
        case "number_near":
            told = _("话里说到“%(words)s”，按您所在的地方推断") % said
        case "number_only":
            told = _("话里只说到“%(words)s”，没有说是哪里") % said
        case "alias" | "short_name":
            told = _("话里说到“%(words)s”，是这里的别称") % said
        case "road_number":
            told = _("“%(words)s”在这里的门牌范围内") % said
        case _:
            told = _("话里说到“%(words)s”") % said
    if mention.several > 1:
        told += _("；有%(count)d处符合，请核对") % {"count": mention.several}
    if mention.room_unknown:
        told += _("；门牌没有登记到户")
    return told
