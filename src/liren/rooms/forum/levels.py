"""The four levels as the pack has them on a day, and where a level sits on the ground."""

from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from liren.kernel.clock import office_day, office_zone
from liren.kernel.errors import Refused
from liren.kernel.rulepacks import Pack, Row, load_pack, office_folder
from liren.kernel.worktime import Limit, due, load_calendar
from liren.registers.places import queries as places
from liren.rooms.forum.rules import LEVELS, Level, after

_LIMIT: dict[str, Any] = {
    "type": "object",
    "required": ["value", "unit"],
    "additionalProperties": False,
    "properties": {
        "value": {"type": "integer", "minimum": 1, "maximum": 366},
        "unit": {"enum": ["hour", "work_hour", "day", "work_day"]},
    },
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["rank", "seconds", "gather", "sort", "reply", "verdict", "proof", "unanswered", "basis"],
    "additionalProperties": False,
    "properties": {
        "rank": {"type": "integer", "minimum": 1, "maximum": 4},
        "seconds": {"type": "integer", "minimum": 1, "maximum": 100_000},
        "gather": _LIMIT,
        "sort": _LIMIT,
        "reply": _LIMIT,
        "verdict": _LIMIT,
        "proof": {"enum": ["device", "phone"]},
        "unanswered": {"enum": ["raise", "wait"]},
        "basis": {"enum": ["law", "office_choice"]},
    },
}


@cache
def pack() -> Pack:
    """The levels, shipped and the office's own. Raises Refused("pack.*")."""
    folder = Path(__file__).parent / "packs" / "levels.yaml"
    return load_pack(folder, SCHEMA, office=office_folder("forum.levels"))


def level(key: str, on: date) -> Level:
    """A level as it is on a day. Raises Refused("level.unknown") for no level, NotFound("pack.no_rule") for no day."""
    if key not in LEVELS:
        raise Refused("level.unknown", field="level")
    return _level(pack().pick(key, on))


def levels(on: date) -> list[Level]:
    """All four, the nearest first."""
    return [level(key, on) for key in LEVELS]


def ends(limit: Limit, start: datetime) -> datetime:
    """When a limit that begins now ends on the office's calendar."""
    return due(limit, start, load_calendar("office")).at


def closes(day: date) -> datetime:
    """The end of a promised day."""
    return datetime.combine(day + timedelta(days=1), time(0), office_zone())


def seat(where_id: int, key: str) -> places.PlaceView | None:
    """The place a level sits at for a ground: the ground itself or one around it. None where there is none."""
    around = [*places.ancestors(where_id), places.get(where_id)]
    return next((place for place in around if place.kind == key), None)


def offered(where_id: int, now: datetime) -> list[Level]:
    """The levels a proposal about this ground may begin at."""
    return [one for one in levels(office_day(now)) if seat(where_id, one.key) is not None]


def _level(row: Row) -> Level:
    value = row.value

    def limit(name: str) -> Limit:
        return Limit(value[name]["value"], value[name]["unit"])

    return Level(
        key=row.key,
        zh=row.title.zh,
        en=row.title.en,
        rank=value["rank"],
        seconds=value["seconds"],
        gather=limit("gather"),
        sort=limit("sort"),
        reply=limit("reply"),
        verdict=limit("verdict"),
        proof=value["proof"],
        unanswered=value["unanswered"],
        up=after(row.key),
        source=row.source,
        version=row.version,
    )
