"""The rule packs of access, read once per process: roles and limits, shipped and the office's own."""

from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from liren.base.access.rules import Rate, Role
from liren.kernel.clock import to_office
from liren.kernel.rulepacks import Pack, Row, load_pack, office_folder

_PACKS = Path(__file__).parent / "packs"
_COUNT = {"type": "integer", "minimum": 1}

ROLE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["for", "own_only", "duties"],
    "additionalProperties": False,
    "properties": {
        "for": {"enum": ["everyone", "staff"]},
        "own_only": {"type": "boolean"},
        "needs": {"enum": ["unit", "place"]},
        "exclusive": {"type": "string", "pattern": "^[a-z_]{1,32}$"},
        "duties": {
            "type": "array",
            "uniqueItems": True,
            "items": {"type": "string", "pattern": r"^[a-z_]+\.[a-z_]+(\.sealed)?$"},
        },
    },
}
LIMIT_SCHEMA: dict[str, Any] = {
    "oneOf": [
        {
            "type": "object",
            "required": ["burst", "refill_seconds"],
            "additionalProperties": False,
            "properties": {"burst": _COUNT, "refill_seconds": _COUNT},
        },
        {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": False,
            "properties": {"minutes": _COUNT, "hours": _COUNT, "days": _COUNT, "times": _COUNT},
        },
    ]
}


@cache
def roles_pack() -> Pack:
    """The roles. Raises Refused("pack.*") for a faulty file of the office."""
    return load_pack(_PACKS / "roles.yaml", ROLE_SCHEMA, office=office_folder("access.roles"))


@cache
def limits_pack() -> Pack:
    """The limits. Raises Refused("pack.*") for a faulty file of the office."""
    return load_pack(_PACKS / "limits.yaml", LIMIT_SCHEMA, office=office_folder("access.limits"))


@cache
def roles(on: date) -> dict[str, Role]:
    """Every role that exists on an office day, by key."""
    return {key: _role(row) for key, row in roles_pack().on(on).items()}


def span(key: str, now: datetime) -> timedelta:
    """A limit that is a time."""
    return timedelta(**limits_pack().pick(key, _day(now)).value)


def times(key: str, now: datetime) -> int:
    """A limit that is a count."""
    return int(limits_pack().pick(key, _day(now)).value["times"])


def rate(key: str, now: datetime) -> Rate:
    """A limit that is a token bucket."""
    value = limits_pack().pick(key, _day(now)).value
    return Rate(key, value["burst"], timedelta(seconds=value["refill_seconds"]))


def optional_rate(key: str, now: datetime) -> Rate | None:
    """A token bucket that not every kind of try has."""
    return rate(key, now) if limits_pack().find(key, _day(now)) else None


def _day(now: datetime) -> date:
    return to_office(now).date()


def _role(row: Row) -> Role:
    value = row.value
    return Role(
        key=row.key,
        zh=row.title.zh,
        en=row.title.en,
        duties=frozenset(value["duties"]),
        staff=value["for"] == "staff",
        own_only=value["own_only"],
        needs=value.get("needs", ""),
        exclusive=value.get("exclusive", ""),
    )
