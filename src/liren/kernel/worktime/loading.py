"""Calendars from their rule packs: the shipped files and the office's own in LIREN_HOME/packs/calendar/.

Three sorts of row, told apart by their key:

    holidays.<region> one row a year, from the State Council's notice: days off, and make-up days worked
    instead calendar.<name> a unit's week, the hours of a make-up day, and how a limit in days ends
    days.<name> days unlike their week: half days, local holidays, closed days, extra opening days

The office loads next year's notice as one more `holidays` row. A calendar is read once in a process, and read
again when a file changes.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from liren.kernel.clock import office_zone
from liren.kernel.errors import NotFound, Refused
from liren.kernel.rulepacks import Pack, Row, Title, load_pack, office_folder
from liren.kernel.worktime.calendars import MIDNIGHT, Calendar, Regime, Spans, Special

log = logging.getLogger(__name__)

SHIPPED = Path(__file__).resolve().parent.parent / "packs" / "calendar"

# A page asks for many calendars; the files are looked at once in so many seconds.
RECHECK = 1.0

_Stamp = tuple[tuple[str, int, int], ...]
_looked: dict[Path, tuple[float, _Stamp]] = {}
_good: dict[tuple[str, ZoneInfo, Path], Calendar] = {}

_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DATE = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_HOURS = {
    "type": "array",
    "items": {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$"},
}
_CODE = {"type": "string", "pattern": r"^[a-z][a-z0-9_]*$"}
_HOLIDAYS = {
    "type": "object",
    "required": ["off", "make_up"],
    "additionalProperties": False,
    "properties": {
        "off": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "from", "to"],
                "additionalProperties": False,
                "properties": {"code": _CODE, "from": _DATE, "to": _DATE},
            },
        },
        "make_up": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "on"],
                "additionalProperties": False,
                "properties": {"code": _CODE, "on": {"type": "array", "items": _DATE, "minItems": 1}},
            },
        },
    },
}
_CALENDAR = {
    "type": "object",
    "required": ["holidays", "week", "make_up", "day_ends", "rests"],
    "additionalProperties": False,
    "properties": {
        "holidays": {"type": ["string", "null"]},
        "week": {
            "type": "object",
            "required": list(_WEEK),
            "additionalProperties": False,
            "properties": dict.fromkeys(_WEEK, _HOURS),
        },
        "make_up": _HOURS,
        "day_ends": {"enum": ["close", "midnight"]},
        "rests": {"type": "array", "items": {"enum": ["holiday", "weekend", "closed"]}},
    },
}
_DAYS = {
    "type": "object",
    "required": ["calendars", "on", "hours", "holiday"],
    "additionalProperties": False,
    "properties": {
        "calendars": {"type": "array", "items": _CODE, "minItems": 1},
        "on": {"type": "array", "items": _DATE},  # none: what was announced is taken back
        "hours": _HOURS,
        "holiday": {"type": "boolean"},
    },
}
SCHEMA: dict[str, Any] = {"anyOf": [_HOLIDAYS, _CALENDAR, _DAYS]}
_SORTS = {"holidays": {"off"}, "calendar": {"week"}, "days": {"calendars"}}


def load_calendar(name: str = "office") -> Calendar:
    """The calendar of that name: "office" and "round_the_clock" are shipped, the office may add others.

    In the office zone. Raises NotFound("calendar.unknown") and what `load_pack` and `build_calendar` raise.
    """
    return _calendar(name, office_zone(), office_folder("calendar"))


def read(*, office: Path | None = None) -> Pack:
    """The pack of calendars, read and checked now. Raises Refused("pack.*")."""
    return load_pack(SHIPPED, SCHEMA, office=office)


def calendar_names() -> tuple[str, ...]:
    """The names of all calendars there are."""
    pack = read(office=office_folder("calendar"))
    return tuple(sorted(key.removeprefix("calendar.") for key in pack.rows if key.startswith("calendar.")))


def calendar_titles() -> dict[str, Title]:
    """The names of all calendars there are with what they are called last."""
    pack = read(office=office_folder("calendar"))
    return {name: pack.rows[f"calendar.{name}"][-1].title for name in calendar_names()}


def _calendar(name: str, zone: ZoneInfo, office: Path) -> Calendar:
    """The calendar as its files have it now; where the office broke one, the last good one, and a note of it."""
    stamp, asked = _stamp(office), (name, zone, office)
    try:
        _good[asked] = _load(name, zone, office, stamp)
    except Refused as error:
        if asked not in _good:
            raise
        log.error("the calendar %s cannot be read again, the last good one stays: %s", name, error)
    return _good[asked]


@lru_cache(maxsize=64)
def _load(name: str, zone: ZoneInfo, office: Path, stamp: _Stamp) -> Calendar:
    return build_calendar(name, read(office=office), zone)


def _stamp(office: Path) -> _Stamp:
    """The files by name, time and size, looked at once in RECHECK seconds."""
    kept = _looked.get(office)
    if kept is not None and monotonic() - kept[0] < RECHECK:
        return kept[1]
    files = [*sorted(SHIPPED.glob("*.yaml")), *sorted(office.glob("*.yaml"))]
    stamp = tuple((str(file), (seen := file.stat()).st_mtime_ns, seen.st_size) for file in files)
    _looked[office] = monotonic(), stamp
    return stamp


def build_calendar(name: str, pack: Pack, zone: ZoneInfo) -> Calendar:
    """The calendar of that name out of a pack.

    Raises NotFound("calendar.unknown"), Refused: "calendar.row" (a value not of its key's sort, no holidays
    row of that name, no working hours), "calendar.hours" (out of order), "calendar.day" (a day outside its
    row, or both off and worked).
    """
    rows = pack.rows.get(f"calendar.{name}", ())
    if not rows:
        raise NotFound("calendar.unknown", name=name)
    for row in pack:
        _check_sort(row)
    pack = Pack(pack.name, {key: tuple(map(_left, kept)) for key, kept in pack.rows.items()})
    sources = sorted({row.value["holidays"] for row in rows if row.value["holidays"] is not None})
    if len(sources) > 1 or (sources and sources[0] not in pack.rows):
        raise _fault(
            "calendar.row", rows[0], f"names holidays that are not in the pack: {', '.join(sources)}"
        )
    notices = pack.rows[sources[0]] if sources else ()
    off, make_up = _holidays(notices)
    special_rows = [row for row in pack if row.key.startswith("days.") and name in row.value["calendars"]]
    return Calendar(
        name=name,
        zone=zone,
        regimes=tuple(_regime(row) for row in rows),
        holidays=off,
        make_up_days=make_up,
        specials=_specials(special_rows),
        loaded_from=notices[0].valid_from if notices else date.min,
        loaded_through=notices[-1].last_day if notices else date.max,
        rows=tuple((row.key, row.version) for row in (*rows, *notices, *special_rows)),
    )


def within(value: Mapping[str, Any], first: date, last: date) -> dict[str, Any]:
    """A value with no day before `first` or after `last`: what is left to a row that gave days to another."""

    def kept(days: Iterable[str]) -> list[str]:
        return [on for on in days if first.isoformat() <= on <= last.isoformat()]

    if "on" in value:
        return {**value, "on": kept(value["on"])}
    if "off" not in value:
        return dict(value)
    off = [
        one | {"from": max(one["from"], first.isoformat()), "to": min(one["to"], last.isoformat())}
        for one in value["off"]
        if one["from"] <= last.isoformat() and first.isoformat() <= one["to"]
    ]
    make_up = [one | {"on": on} for one in value["make_up"] if (on := kept(one["on"]))]
    return {"off": off, "make_up": make_up}


def _left(row: Row) -> Row:
    return replace(row, value=within(row.value, row.valid_from, row.last_day)) if row.cut else row


def _check_sort(row: Row) -> None:
    marks = _SORTS.get(row.key.partition(".")[0])
    if marks is None or not marks <= row.value.keys():
        raise _fault(
            "calendar.row", row, "must be holidays.*, calendar.* or days.*, with the value of its sort"
        )


def _regime(row: Row) -> Regime:
    value = row.value
    week = tuple(_spans(row, value["week"][name]) for name in _WEEK)
    if not any(week):
        raise _fault("calendar.row", row, "has no working hours in its whole week")
    return Regime(
        first=row.valid_from,
        week=week,
        make_up=_spans(row, value["make_up"]),
        holidays=value["holidays"] is not None,
        ends_at_close=value["day_ends"] == "close",
        rests=frozenset(value["rests"]),
    )


def _holidays(notices: Iterable[Row]) -> tuple[dict[date, str], dict[date, str]]:
    off: dict[date, str] = {}
    make_up: dict[date, str] = {}
    for row in notices:
        for holiday in row.value["off"]:
            day, last = _day(row, holiday["from"]), _day(row, holiday["to"])
            if last < day:
                raise _fault(
                    "calendar.day", row, f"has {holiday['code']} end on {last}, before it begins on {day}"
                )
            while day <= last:
                off[day] = holiday["code"]
                day += timedelta(days=1)
        for worked in row.value["make_up"]:
            make_up.update((_day(row, on), worked["code"]) for on in worked["on"])
        both = sorted(off.keys() & make_up.keys())
        if both:
            raise _fault("calendar.day", row, f"has {both[0]} both off and worked")
    return off, make_up


def _specials(rows: Iterable[Row]) -> dict[date, Special]:
    specials: dict[date, Special] = {}
    for row in rows:
        spans = _spans(row, row.value["hours"])
        code = row.key.removeprefix("days.")
        for on in row.value["on"]:
            day = _day(row, on)
            if day in specials:
                raise _fault("calendar.day", row, f"has {day}, which days.{specials[day].code} has too")
            specials[day] = Special(
                "special" if spans else "holiday" if row.value["holiday"] else "closed", code, spans
            )
    return specials


def _day(row: Row, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise _fault("calendar.day", row, f"has {text}, which is in no calendar") from error
    if not row.holds(day):
        raise _fault("calendar.day", row, f"has {day}, outside the days for which it is valid")
    return day


def _spans(row: Row, hours: Iterable[str]) -> Spans:
    spans: list[tuple[int, int]] = []
    for text in hours:
        begin, end = (int(clock[:2]) * 60 + int(clock[3:]) for clock in text.split("-"))
        if end <= begin or (spans and begin < spans[-1][1]) or end > MIDNIGHT:
            raise _fault("calendar.hours", row, f"has hours that overlap or run backwards: {text}")
        spans.append((begin, end))
    return tuple(spans)


def _fault(code: str, row: Row, says: str) -> Refused:
    return Refused(code, file=row.file, key=row.key, says=f"{row.file}: the key {row.key} {says}")
