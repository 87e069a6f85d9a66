"""The open map: how many cases came from each grid of a month, its list first, small counts kept back."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from liren.cases import queries
from liren.faces.kit import drawing, typed
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.public import months
from liren.registers.duties import queries as duties
from liren.registers.places import queries as places


@dataclass(slots=True)
class Piece:
    """One grid: its count, None where it is kept back, and how it is drawn."""

    place: places.PlaceView
    community: str
    short: str
    count: int | None
    rate: float | None = None  # per 1,000 residents, where both are told
    ranked: bool = False
    tone: int = 0
    d: str = ""
    x: float = 0.0
    y: float = 0.0


@door("public", "anyone")
def ground(request: FaceRequest) -> HttpResponse:
    """The map of a month."""
    month = months.read(typed.text(request.GET, "month"))
    if not month.over:
        return render(request, "public/running.html", {"month": month, "tab": "map", **months.beside(month)})
    rule = duties.map_rule(queries.rule_day(month.slice))
    pieces = _pieces(month, rule.few)
    ranked = sorted((one for one in pieces if one.ranked), key=lambda one: -(one.rate or 0.0))
    steps = drawing.steps([one.rate for one in ranked if one.rate is not None])
    for one in ranked:
        one.tone = steps.tone(one.rate or 0.0)
    context = {
        "tab": "map",
        "month": month,
        "months": months.choices(month),
        "table": [*ranked, *(one for one in pieces if not one.ranked)],
        "finding": _finding(ranked),
        "few": rule.few,
        "least": month.rule.fewest,
        "legend": _legend(steps, ranked),
        **_drawn(pieces),
        **months.beside(month),
    }
    return render(request, "public/map.html", context)


def _pieces(month: months.Month, enough: int) -> list[Piece]:
    """Every grid with what may be told of it: inside each community nothing can be got from the community's total."""
    root, least = places.root(), month.rule.fewest
    with queries.one_look():
        told = queries.public_figures(month.slice, "grid").lines
        table = queries.cells(month.slice, ["demands"], least)["demands"]
    counts = {line.key: line.counts.demands for line in told}
    grids, communities = places.within(root.path, "grid"), places.within(root.path, "community")
    inside: dict[str, list[places.PlaceView]] = defaultdict(list)
    for grid in grids:
        inside[queries.community_of(grid.path, table.communities)].append(grid)
    names = {place.path: place.name for place in communities}
    short = drawing.short_names(
        {grid.id: grid.name for grid in grids},
        {grid.id: names.get(path, "") for path, held in inside.items() for grid in held},
    )
    found = []
    for community, held in inside.items():
        lines = {grid.path: counts.get(grid.path, 0) for grid in held}
        total = sum(count for (path, _code), count in table.counts.items() if path == community)
        kept = queries.line_kept(lines | {"": max(0, total - sum(lines.values()))}, least)
        # with the total kept back as well there is nothing left to tell of its parts
        closed = kept.hides("", "all") or table.shown(community=community) is None
        for grid in held:
            count = None if closed or kept.hides(grid.path, "all") else lines[grid.path]
            piece = Piece(grid, names.get(community, ""), short[grid.id], count)
            if count is not None and grid.population:
                piece.rate = 1000 * count / grid.population
                piece.ranked = count >= enough
            found.append(piece)
    return found


def _drawn(pieces: Sequence[Piece]) -> dict[str, Any]:
    """Everything the drawing holds, in its own units; nothing where no grid was drawn."""
    root = places.root()
    cells: Mapping[int, Sequence[places.Ring]] = places.drawn(root.path, ("grid",))
    around = places.drawn(root.path, ("community",))
    page = drawing.sheet(list(cells.values()) or list(around.values()))
    if page is None or not cells:
        return {"sheet": None}
    shown = [piece for piece in pieces if piece.place.id in cells]
    for piece in shown:
        rings = cells[piece.place.id]
        piece.d = page.path(rings)
        spot = places.points([piece.place.path]).get(piece.place.path)
        piece.x, piece.y = page.at(*spot) if spot else page.at(*reversed(rings[0][0]))
    metres, length = page.metres()
    return {
        "sheet": page,
        "pieces": shown,
        "borders": [page.path(rings) for rings in around.values()],
        "metres": metres,
        "bar": length,
        "small": len(shown) > 24,
    }


def _finding(ranked: Sequence[Piece]) -> str:
    if not ranked:
        return _("这个月各网格的件数都太少，不比较")
    first = ranked[0]
    return _("每千人里，%(name)s说的事最多：%(rate)s 件") % {
        "name": f"{first.community}{first.short}",
        "rate": f"{first.rate:.1f}",
    }


def _legend(steps: drawing.Steps, ranked: Sequence[Piece]) -> list[dict[str, Any]]:
    if not ranked:
        return []
    at = [f"{step:g}" for step in steps.at]
    said = [f"< {at[0]}", *(f"{a}–{b}" for a, b in pairwise(at)), f"≥ {at[-1]}"]
    return [{"tone": tone, "words": one} for tone, one in enumerate(said)]
