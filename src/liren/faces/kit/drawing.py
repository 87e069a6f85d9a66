"""The ground as a drawing: outlines, labels and pins in the units of an SVG, out of degrees. No tiles, no library."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from liren.registers.places import queries as places

WIDTH = 860  # units of the view box; the page scales it
TALLEST = 760
EDGE = 14  # room around the outermost outline
TONES = 6


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where degrees come to stand: a flat earth at the middle of what is drawn, exact enough for one street."""

    west: float
    north: float
    scale: float  # units per degree of latitude
    squeeze: float  # a degree of longitude in degrees of latitude
    width: int
    height: int

    def at(self, lat: float, lon: float) -> tuple[float, float]:
        """(x, y) of a point."""
        x = EDGE + (lon - self.west) * self.squeeze * self.scale
        return round(x, 1), round(EDGE + (self.north - lat) * self.scale, 1)

    def path(self, rings: Iterable[places.Ring]) -> str:
        """The `d` of an outline."""
        parts = []
        for ring in rings:
            points = [self.at(lat, lon) for lon, lat in ring[:-1]]
            parts.append("M" + "L".join(f"{x:g} {y:g}" for x, y in points) + "Z")
        return "".join(parts)

    def metres(self) -> tuple[int, float]:
        """A round length for the scale bar: (metres, its length in units)."""
        per_metre = self.scale / 111_320
        wanted = 110 / per_metre
        step = 10 ** math.floor(math.log10(wanted))
        length = next((step * k for k in (5, 2, 1) if step * k <= wanted), step)
        return int(length), round(length * per_metre, 1)


def sheet(outlines: Iterable[Sequence[places.Ring]]) -> Sheet | None:
    """The sheet that holds these outlines; None for none."""
    points = [point for rings in outlines for ring in rings for point in ring]
    if not points:
        return None
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    squeeze = math.cos(math.radians((south + north) / 2))
    wide, tall = max((east - west) * squeeze, 1e-6), max(north - south, 1e-6)
    scale = min((WIDTH - 2 * EDGE) / wide, (TALLEST - 2 * EDGE) / tall)
    return Sheet(west, north, scale, squeeze, round(wide * scale) + 2 * EDGE, round(tall * scale) + 2 * EDGE)


@dataclass(frozen=True, slots=True)
class Steps:
    """Round numbers at which the tones of the map part, lowest first, and the tone of a rate."""

    at: tuple[float, ...]

    def tone(self, rate: float) -> int:
        """0 for the lightest."""
        return sum(rate >= step for step in self.at)


def steps(rates: Sequence[float]) -> Steps:
    """Five round steps between the least and the greatest of the rates that are ranked."""
    if not rates:
        return Steps((1, 2, 3, 4, 5))
    low, high = min(rates), max(rates)
    rough = max((high - low) / TONES, 0.05)
    size = 10 ** math.floor(math.log10(rough))
    width = next(size * k for k in (1, 2, 2.5, 5, 10) if size * k >= rough)
    first = math.floor(low / width) * width + width
    return Steps(tuple(round(first + width * i, 3) for i in range(TONES - 1)))


def spread(
    points: Sequence[tuple[float, float] | None], apart: float = 13.0
) -> list[tuple[float, float] | None]:
    """Pins of one spot set around it in a spiral, so that each can be seen and hit."""
    held: Counter[tuple[int, int]] = Counter()
    found: list[tuple[float, float] | None] = []
    for point in points:
        if point is None:
            found.append(None)
            continue
        cell = round(point[0] / apart), round(point[1] / apart)
        turn = held[cell]
        held[cell] += 1
        away = apart * math.sqrt(turn)
        angle = turn * 2.39996  # the golden angle: no two in line
        found.append(
            (round(point[0] + away * math.cos(angle), 1), round(point[1] + away * math.sin(angle), 1))
        )
    return found


def shape_of(state: str, late: bool, soon: bool) -> str:
    """The shape of a pin, the same as the state's everywhere: late, soon, doing, or a ring for what waits."""
    if late:
        return "late"
    if soon:
        return "soon"
    return "wait" if state in {"received", "dispatched", "reopened"} else "doing"


def short_names(names: Mapping[int, str], above: Mapping[int, str]) -> dict[int, str]:
    """Names of grids without the name of what they lie in: 青禾里第3网格 in 青禾里社区 is 第3网格."""
    found = {}
    for one, name in names.items():
        stem = above.get(one, "").removesuffix("社区")
        found[one] = name.removeprefix(stem) or name if stem else name
    return found
