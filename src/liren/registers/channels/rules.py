"""Decisions about messages: quiet hours, the next try, what a parameter may hold, the words. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from liren.kernel.errors import Refused
from liren.kernel.ids import show_number

Kind = Literal["number", "words", "time", "count", "code"]
Language = Literal["zh", "en"]

# Either of these duties may care for what did not arrive.
CARING = ("channels.manage", "cases.dispatch")
# Messages whose very existence tells of a sealed case: only who may read those cares for them.
SEALED_CODES = ("case.news",)
SEALED_DUTY = "cases.read.sealed"
_LONGEST_WORDS = 30
# A mobile number or an identity number that stands alone; a tracking number has 16 digits.
_PERSON = re.compile(r"(?<!\d)(?:(?:\+?86)?1[3-9]\d{9}|\d{17}[\dXx])(?!\d)")
_PLACE = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Quiet:
    """The hours in which nobody is disturbed, by the office's clock; `begins` may be later than `ends`."""

    begins: time
    ends: time


def quiet_until(moment: datetime, quiet: Quiet, zone: ZoneInfo) -> datetime | None:
    """When the quiet ends that holds at `moment`, in UTC; None while it may be loud.

    The first quiet minute is `begins`, the first loud one `ends`. Equal times mean no quiet at all.
    """
    local = moment.astimezone(zone)
    now = local.time().replace(tzinfo=None)
    if quiet.begins <= quiet.ends:
        held, day = quiet.begins <= now < quiet.ends, local.date()
    else:
        held = now >= quiet.begins or now < quiet.ends
        day = local.date() + timedelta(days=1 if now >= quiet.begins else 0)
    if not held:
        return None
    return datetime.combine(day, quiet.ends, tzinfo=zone).astimezone(UTC)


def first_try(now: datetime, quiet: Quiet, zone: ZoneInfo, *, urgent: bool) -> datetime:
    """When a message may go out: at once, or when the quiet ends. Urgent ones do not wait."""
    return now if urgent else quiet_until(now, quiet, zone) or now


def next_try(attempts: int, now: datetime, waits: tuple[timedelta, ...]) -> datetime | None:
    """When to try again after `attempts` tries (>= 1) have failed; None when that was the last."""
    return now + waits[attempts - 1] if attempts <= len(waits) else None


def checked(params: Mapping[str, Any], kinds: Mapping[str, Kind]) -> dict[str, Any]:
    """The parameters as JSON, exactly those the message names, without anything of a person.

    Times become ISO 8601. Raises Refused: "message.params" (missing, unknown, of the wrong kind),
    "message.personal" (a phone or identity number), "message.code_kept" (a one-time code is never kept).
    """
    if set(params) != set(kinds):
        raise Refused("message.params", names=",".join(sorted(set(params) ^ set(kinds))))
    return {name: _checked(name, params[name], kind) for name, kind in kinds.items()}


def _checked(name: str, value: Any, kind: Kind) -> Any:
    match kind, value:
        case "code", _:
            raise Refused("message.code_kept", names=name)
        case "count", int() if not isinstance(value, bool):
            return value
        case "time", datetime() if value.utcoffset() is not None:
            return value.isoformat()
        case "number", str() if re.fullmatch(r"[0-9]{16}", value):
            return value
        case "words", str() if 0 < len(value.strip()) <= _LONGEST_WORDS:
            if _PERSON.search(value):
                raise Refused("message.personal", names=name)
            return " ".join(value.split())
    raise Refused("message.params", names=name)


def words(
    text: str, params: Mapping[str, Any], kinds: Mapping[str, Kind], *, language: Language, zone: ZoneInfo
) -> str:
    """The text with its parameters put in: numbers in groups of four, times as the office's clock shows."""
    return _PLACE.sub(lambda place: _shown(params[place[1]], kinds[place[1]], language, zone), text)


def _shown(value: Any, kind: Kind, language: Language, zone: ZoneInfo) -> str:
    if kind == "number":
        return show_number(str(value))
    if kind == "time":
        local = datetime.fromisoformat(value).astimezone(zone)
        return f"{local.month}月{local.day}日{local:%H:%M}" if language == "zh" else f"{local:%Y-%m-%d %H:%M}"
    return str(value)


def places(text: str) -> frozenset[str]:
    """The names a text has places for."""
    return frozenset(_PLACE.findall(text))
