"""When an ended case is archived and how long what it holds is kept: rows of the pack "keeping". No SQL."""

from dataclasses import dataclass
from datetime import date, timedelta

from liren.registers.duties.packs import pack

PREFIX = "retention."


@dataclass(frozen=True, slots=True)
class Keeping:
    """For how long after archiving a class of cases keeps what it holds; None: for as long as it is on hold."""

    retention_class: str
    title_zh: str
    contacts: timedelta | None
    photos: timedelta | None
    words: timedelta | None


def archive_after(on: date) -> timedelta:
    """How long after its end a case is archived, at the earliest."""
    return timedelta(days=pack("keeping").pick("rule.archive", on).value["after"]["value"])


def keepings(on: date) -> list[Keeping]:
    """The rule of every class of retention on that day."""
    found = []
    for key, row in pack("keeping").on(on).items():
        if not key.startswith(PREFIX):
            continue
        spans = {
            name: timedelta(days=row.value[name]["value"]) if name in row.value else None
            for name in ("contacts", "photos", "words")
        }
        found.append(Keeping(key.removeprefix(PREFIX), row.title.zh, **spans))
    return found
