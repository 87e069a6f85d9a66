"""The register as a process keeps it in memory: everything but dwellings, made anew when its version
changes.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import shapely
from shapely.geometry import shape

from liren.registers.places import rules
from liren.registers.places.models import Place, Stamp

STAMP = "places"


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A place as others see it. `valid_to` is the first day on which it is no more; coordinates are
    WGS-84 degrees.
    """

    id: int
    kind: str
    name: str
    name_en: str
    aliases: tuple[str, ...]
    path: str
    parent_id: int | None
    valid_from: date | None
    valid_to: date | None
    successor_id: int | None
    population: int | None
    households: int | None
    counted_on: date | None
    lat: float | None
    lon: float | None
    sort: int

    def open_on(self, day: date) -> bool:
        """Whether it is on the ground that day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day < self.valid_to
        )


FIELDS = tuple(PlaceView.__dataclass_fields__)


def view(row: Mapping[str, Any]) -> PlaceView:
    """A view from `values(*FIELDS)`."""
    return PlaceView(**{**row, "aliases": tuple(row["aliases"])})


@dataclass
class Layers:
    """Outlines and the tree that finds them; `ids[i]` is whose outline the tree's i-th is."""

    ids: list[int]
    outlines: list[Any]

    @cached_property
    def tree(self) -> shapely.STRtree:
        """The index over all outlines."""
        return shapely.STRtree(self.outlines)

    def at(self, lat: float, lon: float) -> list[int]:
        """Whose outlines hold the point, borders included."""
        return [self.ids[int(at)] for at in self.tree.query(shapely.Point(lon, lat), predicate="intersects")]


@dataclass
class Snapshot:
    """One version of the register."""

    version: int | None
    places: dict[int, PlaceView]
    office_id: int | None
    by_path: dict[str, PlaceView] = field(init=False)
    below: dict[int | None, list[PlaceView]] = field(init=False)
    _rooms: dict[int, dict[tuple[str, str], rules.Entry]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_path = {place.path: place for place in self.places.values()}
        self.below = defaultdict(list)
        for place in sorted(self.places.values(), key=lambda place: (place.sort, place.id)):
            self.below[place.parent_id].append(place)

    @cached_property
    def gazetteer(self) -> rules.Gazetteer:
        """All names of places still open."""
        return rules.Gazetteer(
            [
                rules.Entry(place.id, place.kind, place.name, place.path, place.aliases)
                for place in self.places.values()
                if place.valid_to is None
            ],
            rooms=self.rooms,
        )

    @cached_property
    def layers(self) -> Layers:
        """All outlines of places still open."""
        drawn = Place.objects.filter(boundary__isnull=False, valid_to=None).values_list("id", "boundary")
        pairs = [(one, shape(boundary)) for one, boundary in drawn]
        return Layers([one for one, _ in pairs], [outline for _, outline in pairs])

    def rooms(self, building_id: int) -> dict[tuple[str, str], rules.Entry]:
        """The dwellings of one building by unit and room; read once."""
        known = self._rooms.get(building_id)
        if known is None:
            rows = Place.objects.filter(parent_id=building_id, kind="dwelling", valid_to=None)
            known = rules.rooms_from(
                rules.Entry(one, "dwelling", name, path)
                for one, name, path in rows.values_list("id", "name", "path")
            )
            self._rooms[building_id] = known
        return known


_kept: Snapshot | None = None


# What a request that asked once goes on with: it sees one ground from its first word to its last.
_steady: ContextVar[list[Snapshot] | None] = ContextVar("places_steady", default=None)


@contextmanager
def steady() -> Iterator[None]:
    """Inside, the register is looked at once and stays as it was: for one request, which asks where things are
    many times. A change made inside is seen at once.
    """
    mark = _steady.set([])
    try:
        yield
    finally:
        _steady.reset(mark)


def look_again() -> None:
    """The register was changed here: what was held is no longer so."""
    held = _steady.get()
    if held is not None:
        held.clear()


def snapshot() -> Snapshot:
    """The present version: one query when nothing changed, none inside `steady` after the first."""
    held = _steady.get()
    if held:
        return held[0]
    kept = _present()
    if held is not None:
        held.append(kept)
    return kept


def _present() -> Snapshot:
    global _kept
    version = Stamp.objects.filter(name=STAMP).values_list("version", flat=True).first()
    kept = _kept
    if kept is None or version is None or kept.version != version:
        rows = list(Place.objects.exclude(kind="dwelling").values(*FIELDS, "is_office"))
        office = next((row["id"] for row in rows if row["is_office"]), None)
        places = {row["id"]: view({name: row[name] for name in FIELDS}) for row in rows}
        kept = _kept = Snapshot(version, places, office)
    return kept
