"""What the sample street consists of, as frozen rows, and the files its names are written in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from liren.site.sample import ground

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class PlannedPlace:
    """One node of the tree. `boundary` is GeoJSON in WGS-84 where an outline is drawn."""

    code: str
    kind: str
    name: str
    parent: str
    name_en: str = ""
    aliases: tuple[str, ...] = ()
    lat: float | None = None
    lon: float | None = None
    boundary: Mapping[str, Any] | None = None
    population: int | None = None
    households: int | None = None
    sort: int = 0


@dataclass(frozen=True, slots=True)
class Building:
    """A building and how it is divided, so that its dwellings need not be written down to be known."""

    code: str
    name: str
    courtyard: str
    floors: int
    entries: int
    per_floor: int
    lat: float
    lon: float

    @property
    def homes(self) -> int:
        """How many dwellings there are."""
        return self.floors * self.entries * self.per_floor


@dataclass(frozen=True, slots=True, eq=False)
class Courtyard:
    """A courtyard, how people call it, and its buildings."""

    code: str
    name: str
    aliases: tuple[str, ...]
    style: str  # tower | slab | old | dorm | yard | mixed | public
    built: int
    community: int
    grid: str
    lat: float
    lon: float
    buildings: tuple[Building, ...]
    property_company: str


@dataclass(frozen=True, slots=True)
class PlannedUnit:
    """A body that handles cases."""

    code: str
    name: str
    name_en: str
    short: str
    kind: str
    calendar: str
    phone: str
    place: str


@dataclass(frozen=True, slots=True)
class PlannedPost:
    """Somebody at work: sign-in name, name on the door, title, unit, role of the access pack, ground."""

    username: str
    holder: str
    title: str
    unit: str
    role: str
    place: str


@dataclass(frozen=True, slots=True)
class PlannedPerson:
    """A resident who is known by name. The phone begins with 142: nobody can be reached by it."""

    code: str
    name: str
    phone: str
    tenure: str


@dataclass(frozen=True, slots=True)
class PlannedHousehold:
    """Who lives in a dwelling, and how large it is."""

    dwelling: str
    area: float
    people: tuple[PlannedPerson, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Street:
    """The whole plan. `places` come parents first."""

    seed: int
    places: tuple[PlannedPlace, ...]
    courtyards: tuple[Courtyard, ...]
    communities: tuple[str, ...]
    units: tuple[PlannedUnit, ...]
    posts: tuple[PlannedPost, ...]
    roads: tuple[tuple[str, ground.Line], ...]  # names and lines in metres
    lanes: tuple[str, ...]
    landmarks: tuple[str, ...]
    shops: tuple[str, ...]
    schools: tuple[str, ...]
    corner: tuple[float, float]
    by_code: Mapping[str, PlannedPlace] = field(repr=False)


def lines(text: str) -> tuple[str, ...]:
    """The lines of a block of text, without empty ones."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster where it was built


def read(name: str) -> Any:
    """A YAML file of the sample, by its path below this folder."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    return yaml.load(text, _Loader)  # noqa: S506 - both loaders are the safe ones


@lru_cache(maxsize=1)
def source() -> Mapping[str, Any]:
    """The names of the street as written down in street.yaml."""
    data: Mapping[str, Any] = read("street.yaml")
    return data


@lru_cache(maxsize=1)
def habits() -> Mapping[str, Any]:
    """Small change of speech, as written down in words/habits.yaml."""
    data: Mapping[str, Any] = read("words/habits.yaml")
    return data
