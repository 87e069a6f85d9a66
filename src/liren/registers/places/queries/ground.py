"""Points and outlines: where a point lies, and whether the drawn ground has overlaps or gaps."""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from liren.kernel.errors import NotFound, Refused
from liren.registers.places import rules
from liren.registers.places.models import Place
from liren.registers.places.queries import tree
from liren.registers.places.queries.snapshot import PlaceView, snapshot
from liren.registers.places.rules import outlines as shapes

_FINEST = ("dwelling", "building", "courtyard", "grid", "community", "street", "district")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a point lies.

    `grid` is the grid (or cell) that holds it; `place` the finest outline of the office that does, down
    to the grid. `outside`: not on the office's ground; then `owner` is the neighbour whose outline holds
    it, if one is loaded.
    """

    grid: PlaceView | None
    place: PlaceView | None
    outside: bool
    owner: PlaceView | None

    @property
    def neighbour(self) -> str:
        """Whose ground it is, by name; "" where nobody's outline holds it."""
        return self.owner.name if self.owner is not None else ""


@dataclass(frozen=True, slots=True)
class OutlineReport:
    """What does not fit on the drawn ground: overlaps, and square metres a place leaves to none of those
    in it.
    """

    overlaps: tuple[shapes.Clash, ...]
    gaps: tuple[tuple[int, int], ...]  # place id, square metres


def at_point(lat: float, lon: float, *, layer: str = "grid") -> Spot:
    """Where a WGS-84 point lies; `layer` is "grid" or "cell". Raises Refused("place.point")."""
    if not (math.isfinite(lat) and math.isfinite(lon) and -90 <= lat <= 90 and -180 <= lon <= 180):
        raise Refused("place.point", field="point")
    kept = snapshot()
    layers = kept.layers
    # A border belongs to the place that comes first in the register, always the same one.
    held = sorted((kept.places[one] for one in layers.at(lat, lon) if one in kept.places), key=_order)
    try:
        office = tree.root()
    except NotFound:
        return Spot(None, None, outside=True, owner=None)
    inside = [place for place in held if place.path.startswith(office.path)]
    grid = next((place for place in inside if place.kind == layer), None)
    coarse = [place for place in inside if place.kind in {"grid", "community", "street", "district"}]
    if inside:
        return Spot(grid, grid or next(iter(coarse), None), outside=False, owner=None)
    owner = next((place for place in held if place.kind in {"street", "community", "grid"}), None)
    if owner is not None and owner.kind != "street":
        owner = next((one for one in tree.ancestors(owner.id) if one.kind == "street"), owner)
    # Without any outline of its own the office cannot say that a point is not on its ground.
    drawn = any(one in kept.places and kept.places[one].path.startswith(office.path) for one in layers.ids)
    return Spot(None, None, outside=drawn or owner is not None, owner=owner)


def outline(place_id: int) -> dict[str, Any] | None:
    """A place's GeoJSON outline. Raises NotFound("place.unknown")."""
    found = Place.objects.filter(id=place_id).values_list("boundary", flat=True)
    if not found:
        raise NotFound("place.unknown")
    boundary: dict[str, Any] | None = found[0]
    return boundary


def outlines(path: str, kind: str) -> dict[int, dict[str, Any]]:
    """GeoJSON outlines of open places of one kind in a place, by id."""
    rows = Place.objects.filter(tree.path_filter(path), kind=kind, boundary__isnull=False, valid_to=None)
    return {one: boundary for one, boundary in rows.values_list("id", "boundary") if boundary}


Ring = list[tuple[float, float]]  # (lon, lat), closed


def drawn(path: str, kinds: Iterable[str]) -> dict[int, list[Ring]]:
    """Outlines of open places of these kinds in a place, as rings of points; out of memory, without SQL but the stamp."""
    kept, wanted = snapshot(), frozenset(kinds)
    found = {}
    for one, shape in zip(kept.layers.ids, kept.layers.outlines, strict=True):
        place = kept.places.get(one)
        if place is None or place.kind not in wanted or not place.path.startswith(path):
            continue
        parts = shape.geoms if shape.geom_type == "MultiPolygon" else [shape]
        rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
        found[one] = [[(lon, lat) for lon, lat, *_ in ring.coords] for ring in rings]
    return found


def points(paths: Iterable[str]) -> dict[str, tuple[float, float]]:
    """For each path (lat, lon) of the nearest place on it that has a point, itself included; out of memory."""
    known = snapshot().places
    found = {}
    for path in paths:
        above = (known[one] for one in reversed(rules.ancestors(path)) if one in known)
        spot = next(((p.lat, p.lon) for p in above if p.lat is not None and p.lon is not None), None)
        if spot is not None:
            found[path] = spot
    return found


def check_outlines(path: str, kind: str = "grid") -> OutlineReport:
    """Overlaps among outlines of one kind in a place, and gaps they leave in the drawn places they lie in."""
    parts = {one: shapes.polygon(drawn) for one, drawn in outlines(path, kind).items()}
    return report(parts)


def report(parts: dict[int, Any], *, only: Iterable[int] | None = None) -> OutlineReport:
    """The same for given outlines; with `only`, what concerns those places."""
    named = set(parts) if only is None else set(only)
    parents = dict(Place.objects.filter(id__in=parts).values_list("id", "parent_id"))
    by_parent: dict[int, list[int]] = defaultdict(list)
    for one, parent in parents.items():
        if parent is not None:
            by_parent[parent].append(one)
    concerned = [parent for parent, inside in by_parent.items() if named & set(inside)]
    outer = Place.objects.filter(id__in=concerned, boundary__isnull=False).values_list("id", "boundary")
    gaps = []
    for parent, boundary in outer:
        rest = shapes.left_out(shapes.polygon(boundary), [parts[one] for one in by_parent[parent]])
        if rest:
            gaps.append((parent, rest))
    return OutlineReport(tuple(shapes.clashes(parts, only=only)), tuple(sorted(gaps)))


def _order(place: PlaceView) -> tuple[int, int, int]:
    finest = _FINEST.index(place.kind) if place.kind in _FINEST else len(_FINEST)
    return finest, place.sort, place.id
