"""The ground of the sample street: an irregular subdivision that looks like city blocks and tiles exactly.

Lines are drawn in metres, noded once, and only then cut into grids, so that neighbours share every corner:
rounding to degrees moves a shared corner the same way on both sides, and no gap or overlap can arise.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry import LineString, MultiLineString, Point, Polygon
from shapely.ops import polygonize, split

from liren.site.sample.dice import dice

WIDTH, HEIGHT = 3200.0, 2600.0  # metres, west-east and south-north
COLUMNS, ROWS = 4, 2
GRIDS = (8, 8, 7, 8, 8, 7, 7, 7)  # how many grids each community has
SNAP = 0.1  # metres; corners closer than this are one corner
METRES_PER_DEGREE = 111_320.0

Line = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Block:
    """One grid on the ground: the community it lies in (0-based) and its outline in metres."""

    community: int
    outline: Polygon


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything drawn, in metres from the south-west corner."""

    blocks: tuple[Block, ...]
    across: tuple[Line, ...]  # roads from south to north, west first
    along: tuple[Line, ...]  # roads from west to east, south first


def draw(seed: int) -> Ground:
    """Draw the street. The same seed draws the same ground."""
    rng = dice("ground", seed)
    corners = [
        [_near(rng, WIDTH * column / COLUMNS, HEIGHT * row / ROWS) for column in range(COLUMNS + 1)]
        for row in range(ROWS + 1)
    ]
    across = [
        [_road(rng, corners[row][column], corners[row + 1][column]) for row in range(ROWS)]
        for column in range(COLUMNS + 1)
    ]
    along = [
        [_road(rng, corners[row][column], corners[row][column + 1]) for column in range(COLUMNS)]
        for row in range(ROWS + 1)
    ]
    communities = [
        Polygon(
            [
                *along[row][column],
                *across[column + 1][row],
                *reversed(along[row + 1][column]),
                *reversed(across[column][row]),
            ]
        )
        for row in range(ROWS)
        for column in range(COLUMNS)
    ]
    rough = [part for i, whole in enumerate(communities) for part in _cut(rng, whole, GRIDS[i])]
    blocks = _noded(communities, rough)
    return Ground(
        blocks=blocks,
        across=tuple(_joined(parts) for parts in across),
        along=tuple(_joined(parts) for parts in along),
    )


def _near(rng: random.Random, x: float, y: float) -> tuple[float, float]:
    return (x + rng.uniform(-110, 110), y + rng.uniform(-110, 110))


def _road(
    rng: random.Random, start: tuple[float, float], end: tuple[float, float]
) -> list[tuple[float, float]]:
    """A road between two crossings that bends a little, as real ones do."""
    points = [start]
    for share in (1 / 3, 2 / 3):
        x = start[0] + (end[0] - start[0]) * share + rng.uniform(-22, 22)
        y = start[1] + (end[1] - start[1]) * share + rng.uniform(-22, 22)
        points.append((x, y))
    return [*points, end]


def _joined(parts: Sequence[Sequence[tuple[float, float]]]) -> Line:
    return tuple(point for i, part in enumerate(parts) for point in (part if i == 0 else part[1:]))


def _cut(rng: random.Random, whole: Polygon, count: int) -> list[Polygon]:
    """Cut a block into `count` of about the same area, always across its long side."""
    if count == 1:
        return [whole]
    first = count // 2
    box = whole.minimum_rotated_rectangle.exterior.coords
    a, b, c = box[0], box[1], box[2]
    long_side = (a, b) if math.dist(a, b) >= math.dist(b, c) else (b, c)
    angle = math.atan2(long_side[1][1] - long_side[0][1], long_side[1][0] - long_side[0][0])
    tilt = angle + math.pi / 2 + rng.uniform(-0.16, 0.16)
    wanted = first / count * rng.uniform(0.88, 1.12)
    low, high, best = 0.0, 1.0, [whole]
    for _ in range(24):  # where along the long side it divides as wanted
        middle = (low + high) / 2
        best = _sides(whole, long_side, angle, tilt, middle)
        if len(best) < 2 or best[0].area / whole.area < wanted:
            low = middle
        else:
            high = middle
    return [*_cut(rng, best[0], first), *_cut(rng, best[1], count - first)]


def _sides(
    whole: Polygon, side: tuple[Sequence[float], Sequence[float]], angle: float, tilt: float, share: float
) -> list[Polygon]:
    """The two parts of a block left and right of a line laid across it, the nearer to the start first."""
    centre = whole.centroid
    length = math.dist(side[0], side[1])
    shift = (share - 0.5) * length
    x, y = centre.x + math.cos(angle) * shift, centre.y + math.sin(angle) * shift
    dx, dy = math.cos(tilt) * length * 3, math.sin(tilt) * length * 3
    parts = [
        part for part in split(whole, LineString([(x - dx, y - dy), (x + dx, y + dy)])).geoms if part.area > 1
    ]
    if len(parts) != 2:
        return [whole]
    return sorted(
        parts, key=lambda part: part.centroid.x * math.cos(angle) + part.centroid.y * math.sin(angle)
    )


def _noded(communities: Sequence[Polygon], rough: Sequence[Polygon]) -> tuple[Block, ...]:
    lines = MultiLineString([part.exterior.coords for part in rough])
    faces = list(polygonize(shapely.unary_union(lines, grid_size=SNAP)))
    found = []
    for face in faces:
        inside = face.representative_point()
        found.append(Block(next(i for i, whole in enumerate(communities) if whole.covers(inside)), face))
    # from the south-west, row by row, as street offices number them
    found.sort(
        key=lambda block: (block.community, round(block.outline.centroid.y / 250), block.outline.centroid.x)
    )
    return tuple(found)


def parcels(rng: random.Random, outline: Polygon, count: int) -> list[Polygon]:
    """The walls of `count` courtyards inside a grid, set back from its roads and from each other."""
    inside = outline.buffer(-16, join_style="mitre")
    return [part.buffer(-6, join_style="mitre") for part in _cut(rng, inside, count)]


def stand(outline: Polygon, count: int) -> list[tuple[float, float]]:
    """`count` points for buildings, in rows from the south-west, inside a courtyard."""
    west, south, east, north = outline.bounds
    step = math.sqrt(outline.area / max(1, count))
    while True:
        rows = []
        y = south + step / 2
        while y < north:
            x = west + step / 2
            while x < east:
                if outline.contains(Point(x, y)):
                    rows.append((x, y))
                x += step
            y += step
        if len(rows) >= count:
            return rows[:count]
        step *= 0.9


def to_degrees(x: float, y: float, *, lat: float, lon: float) -> tuple[float, float]:
    """Metres from the corner as WGS-84 (lat, lon), rounded to about a centimetre."""
    return (
        round(lat + y / METRES_PER_DEGREE, 7),
        round(lon + x / (METRES_PER_DEGREE * math.cos(math.radians(lat))), 7),
    )
