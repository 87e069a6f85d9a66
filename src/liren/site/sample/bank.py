"""The phrase banks of the sample street, read once: what residents say and what staff write."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from liren.site.sample.slots import prepare
from liren.site.sample.world import lines, read

RESIDENTS = ("home", "lines", "outdoors", "quiet", "people")


@dataclass(frozen=True, slots=True)
class Topic:
    """One class of demand: how it is said, and how often, when and in what mood."""

    code: str
    at: tuple[str, ...]
    problem: tuple[str, ...]
    detail: tuple[str, ...]
    demand: tuple[str, ...]
    fix: tuple[str, ...]
    weight: int
    season: str
    hours: str
    types: tuple[str, ...]  # demand types, repeated by weight
    mood: str  # sore | calm | glad
    without: str

    @property
    def group(self) -> str:
        """The part before the dot."""
        return self.code.partition(".")[0]


def _read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = read(f"words/{name}.yaml")
    return data


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(prepare(line) for line in lines(text))


@lru_cache(maxsize=1)
def calendar() -> Mapping[str, Any]:
    """Seasons by month, hours of the day, days of the week: classes.yaml without its classes."""
    data: Mapping[str, Any] = read("classes.yaml")
    return data


@lru_cache(maxsize=1)
def topics() -> Mapping[str, Topic]:
    """Every class of demand by code."""
    said: dict[str, Any] = {}
    for name in RESIDENTS:
        said |= _read(name)
    found = {}
    for line in lines(calendar()["classes"]):
        code, weight, season, hours, types, mood, without = (part.strip() for part in line.split("|"))
        own = said.pop(code)
        shares = [part.split() for part in types.split(",")]
        found[code] = Topic(
            code=code,
            at=tuple(own["at"]),
            problem=_phrases(own["problem"]),
            detail=_phrases(own["detail"]),
            demand=_phrases(own["demand"]),
            fix=_phrases(own["fix"]),
            weight=int(weight),
            season=season,
            hours=hours,
            types=tuple(kind for kind, share in shares for _ in range(int(share))),
            mood=mood,
            without=without,
        )
    if said:
        raise ValueError(f"words without a class: {sorted(said)}")
    return found


def _deep(value: Any) -> Any:
    if isinstance(value, str):
        return _phrases(value)
    if isinstance(value, dict):
        return {key: _deep(inner) for key, inner in value.items()}
    return value


@lru_cache(maxsize=1)
def voices() -> Mapping[str, Any]:
    """What residents say whatever the matter: openings, feelings, closings, thanks, by register."""
    known = _read("voices")
    known.pop("name")
    return {key: _deep(value) for key, value in known.items()}


@lru_cache(maxsize=1)
def staff() -> Mapping[str, Any]:
    """What staff write: notes, replies, reasons."""
    return {key: _deep(value) for key, value in _read("staff").items()}
