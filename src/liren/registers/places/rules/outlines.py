"""Outlines on the ground: GeoJSON polygons checked, measured, compared. Coordinates are WGS-84 degrees
(lon, lat).
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.errors import ShapelyError
from shapely.geometry import mapping, shape

from liren.kernel.errors import Refused

_METRES_PER_DEGREE = 111_320.0
# Two surveys of one border never agree to the metre: slivers below both are no overlap and no gap.
_SLIVER_SQUARE_METRES = 100.0
_SLIVER_SHARE = 0.01
_MOST_POINTS = 20_000


@dataclass(frozen=True, slots=True)
class Clash:
    """Two outlines of one layer that cover the same ground, in square metres."""

    first: int
    second: int
    square_metres: int


def polygon(geojson: object) -> Any:
    """A Polygon or MultiPolygon of GeoJSON as a shape.

    Raises Refused: place.outline_broken (no polygon, or lines that cross), place.outline_big (over 20,000
    points), place.point (coordinates that are not degrees).
    """
    if not isinstance(geojson, Mapping) or geojson.get("type") not in {"Polygon", "MultiPolygon"}:
        raise Refused("place.outline_broken", field="boundary")
    try:
        found = shape(geojson)
    except (ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise Refused("place.outline_broken", field="boundary") from error
    if shapely.get_num_coordinates(found) > _MOST_POINTS:
        raise Refused("place.outline_big", field="boundary")
    if found.is_empty or not found.is_valid:
        raise Refused("place.outline_broken", field="boundary")
    west, south, east, north = found.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise Refused("place.point", field="boundary")
    return found


def geojson_of(outline: Any) -> dict[str, Any]:
    """The shape as GeoJSON, to a tenth of a metre."""
    rounded = shapely.set_precision(outline, 1e-6)
    kept = outline if rounded.is_empty or rounded.geom_type not in {"Polygon", "MultiPolygon"} else rounded
    return dict(mapping(kept))


def square_metres(outline: Any) -> float:
    """Area; exact enough for a street (a flat earth at the outline's own latitude)."""
    if outline.is_empty:
        return 0.0
    middle = math.radians((outline.bounds[1] + outline.bounds[3]) / 2)
    return float(outline.area) * _METRES_PER_DEGREE**2 * math.cos(middle)


def clashes(outlines: Mapping[int, Any], *, only: Iterable[int] | None = None) -> list[Clash]:
    """Pairs that overlap by more than a sliver; with `only`, pairs in which one of those takes part."""
    ids = sorted(outlines)
    tree = shapely.STRtree([outlines[one] for one in ids])
    found = []
    for first in sorted(set(only)) if only is not None else ids:
        for at in tree.query(outlines[first]):
            second = ids[int(at)]
            if second == first or (second < first and (only is None or second in set(only))):
                continue
            both = square_metres(outlines[first].intersection(outlines[second]))
            least = min(square_metres(outlines[first]), square_metres(outlines[second]))
            if both > max(_SLIVER_SQUARE_METRES, least * _SLIVER_SHARE):
                found.append(Clash(first, second, round(both)))
    return found


def left_out(outer: Any, parts: Iterable[Any]) -> int:
    """Square metres of `outer` that no part covers; 0 for slivers."""
    rest = square_metres(outer.difference(shapely.union_all(list(parts))))
    return round(rest) if rest > max(_SLIVER_SQUARE_METRES, square_metres(outer) * _SLIVER_SHARE) else 0
