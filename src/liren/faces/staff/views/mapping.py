"""The map, always with its list: grids toned by cases per 1,000 residents, open cases as pins, both as a table too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from liren.cases import queries
from liren.faces.kit import drawing, typed
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.staff import showing
from liren.faces.staff.views import listing
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError
from liren.registers.duties import queries as duties
from liren.registers.places import queries as places

LISTED = 20  # cases written out below the map; the worklist has them all
VIEWS: tuple[queries.View, ...] = ("open", "todo", "late", "soon", "call_back", "again", "supervised")


@dataclass(slots=True)
class Piece:
    """One grid on the map and in the table."""

    place: places.PlaceView
    short: str
    counted: queries.OnGround
    rate: float | None  # received per 1,000 residents; None where nobody counted them
    few: bool
    tone: int = 0
    d: str = ""
    x: float = 0.0
    y: float = 0.0
    top: str = ""
    more: int = 0  # cases of the list that have no pin
    here: bool = False
    query: str = ""

    @property
    def ranked(self) -> bool:
        """Whether its rate says anything."""
        return self.rate is not None and not self.few


@door("staff", "cases.read")
def ground(request: FaceRequest) -> HttpResponse:
    """The ground with the cases of a list on it; the address is the list's own, and `days` the period of the rates."""
    now, on = utc_now(), showing.today()
    rule = duties.map_rule(on)
    filters = replace(listing.read(request.GET, view="open"), figure=None, after="")
    if filters.view not in VIEWS:
        filters = replace(filters, view="open")
    days = typed.whole(request.GET, "days")
    days = days if days in rule.days else rule.days[0]
    outer, at = _outer(filters.place_path)
    cells = places.drawn(outer.path, ("grid",))
    pieces_ = {one: places.get(one) for one in cells}
    counted = queries.on_ground(
        request.actor,
        filters,
        since=now - timedelta(days=days),
        now=now,
        pieces=[p.path for p in pieces_.values()],
    )
    pins = queries.pins(request.actor, filters, now=now, most=rule.pins)
    pieces = _pieces(pieces_, counted, rule.few, on)
    steps = drawing.steps([piece.rate for piece in pieces if piece.ranked and piece.rate is not None])
    drawn = _draw(outer, cells, pieces, steps, pins, now)
    for piece in pieces:
        piece.here = at is not None and piece.place.id == at.id
        piece.query = _query(filters, days, place=piece.place.path)
    ranked = sorted((p for p in pieces if p.ranked), key=lambda p: -(p.rate or 0.0))
    rest = sorted((p for p in pieces if not p.ranked), key=lambda p: -p.counted.received)
    context = showing.frame(request, "map", dead=False) | {
        **drawn,
        **_words(outer, at, pieces, ranked, counted, days, pins),
        "filters": filters,
        "days": days,
        "periods": rule.days,
        "few": rule.few,
        "views": [(view, title) for view, title in listing.view_titles().items() if view in VIEWS],
        "choices": listing.choices(request),
        "unit_choice": filters.unit_id,
        "zooms": _zooms(filters, days, outer, at),
        "table": [*ranked, *rest],
        "legend": _legend(steps, ranked),
        "rows": _rows(pins[:LISTED], now),
        "list_query": listing.query_of(filters),
        "trail": urlencode({"from": listing.query_of(filters)}),
        "keep": urlencode({"query": listing.query_of(filters)}),
        "narrowed": listing.is_narrowed(filters),
    }
    return render(request, "staff/map.html", context)


def _outer(path: str) -> tuple[places.PlaceView, places.PlaceView | None]:
    """What the sheet holds, and the grid that is looked at: the community of a grid, or the whole street."""
    root = places.root()
    if not path or path == root.path:
        return root, None
    try:
        at = places.by_path(path)
    except LirenError:
        return root, None
    around = [*places.ancestors(at.id), at]
    community = next((place for place in reversed(around) if place.kind == "community"), root)
    return community, next((place for place in reversed(around) if place.kind == "grid"), None)


def _pieces(
    known: Mapping[int, places.PlaceView], counted: Mapping[str, queries.OnGround], few: int, on: Any
) -> list[Piece]:
    above = {
        one: places.get(place.parent_id).name for one, place in known.items() if place.parent_id is not None
    }
    short = drawing.short_names({one: place.name for one, place in known.items()}, above)
    found = []
    for one, place in known.items():
        here = counted.get(place.path) or queries.OnGround()
        people = place.population
        rate = 1000 * here.received / people if people else None
        top = next((code for code, _n in here.classes.most_common() if code), "")
        found.append(
            Piece(place, short[one], here, rate, here.received < few, top=showing.class_title(top, on))
        )
    return sorted(found, key=lambda piece: (piece.place.sort, piece.place.id))


def _draw(
    outer: places.PlaceView,
    cells: Mapping[int, Sequence[places.Ring]],
    pieces: Sequence[Piece],
    steps: drawing.Steps,
    pins: Sequence[queries.Pin],
    now: Any,
) -> dict[str, Any]:
    """Everything the SVG holds, in its own units."""
    around = places.drawn(outer.path, ("community",))
    page = drawing.sheet(list(cells.values()) or list(around.values()))
    if page is None:
        return {"sheet": None, "pieces": pieces}
    for piece in pieces:
        piece.d = page.path(cells[piece.place.id])
        piece.tone = steps.tone(piece.rate) if piece.rate is not None else 0
        spot = places.points([piece.place.path]).get(piece.place.path)
        piece.x, piece.y = page.at(*spot) if spot else page.at(*reversed(cells[piece.place.id][0][0]))
    borders = [page.path(rings) for rings in around.values()]
    own = places.points({pin.place_path for pin in pins if pin.latitude is None})
    spots = [
        (pin.latitude, pin.longitude)
        if pin.latitude is not None and pin.longitude is not None
        else own.get(pin.place_path)
        for pin in pins
    ]
    inside = [page.at(*spot) if spot else None for spot in spots]
    shown = []
    for pin, point in zip(pins, drawing.spread(inside), strict=True):
        if point is None or not (0 <= point[0] <= page.width and 0 <= point[1] <= page.height):
            continue
        shown.append({"pin": pin, "x": point[0], "y": point[1], "shape": _shape(pin, now)})
    pinned = [pin.place_path for pin in pins]
    for piece in pieces:
        have = sum(path.startswith(piece.place.path) for path in pinned)
        piece.more = max(0, piece.counted.listed - have)
    metres, length = page.metres()
    return {
        "sheet": page,
        "pieces": pieces,
        "borders": borders,
        "pins": shown,
        "metres": metres,
        "bar": length,
        "small": len(pieces) > 24,
    }


def _shape(pin: queries.Pin, now: Any) -> str:
    late = pin.next_due is not None and pin.next_due < now
    soon = pin.next_due is not None and not late and pin.next_due < now + queries.SOON
    return drawing.shape_of(pin.state, late, soon)


def _words(
    outer: places.PlaceView,
    at: places.PlaceView | None,
    pieces: Sequence[Piece],
    ranked: Sequence[Piece],
    counted: Mapping[str, queries.OnGround],
    days: int,
    pins: Sequence[queries.Pin],
) -> dict[str, Any]:
    """What the map finds, said: its title, what stands beside it, and how it reads to who cannot see it."""
    nowhere = counted.get("", queries.OnGround())
    people = sum(piece.place.population or 0 for piece in pieces)
    came = sum(piece.counted.received for piece in pieces)
    listed = sum(piece.counted.listed for piece in pieces)
    said = {"days": days, "cases": came, "people": f"{people:,}", "grids": len(pieces)}
    title = _("这段时间各网格的件数都太少，不比较")
    if ranked:
        first = ranked[0]
        title = _("%(name)s最密：每千人 %(rate)s 件，最多是%(top)s") % {
            "name": places.full_name(first.place.id),
            "rate": f"{first.rate:.1f}",
            "top": first.top or _("没有定类别的"),
        }
    return {
        "finding": title,
        "facts": _("%(grids)s 个网格 · 近 %(days)s 天 %(cases)s 件 · 常住 %(people)s 人") % said,
        "spoken": _(
            "地图：%(finding)s。共 %(grids)s 个网格、%(pins)s 个图钉。同样的内容在旁边的表和下面的列表里。"
        )
        % {"finding": title, "grids": len(pieces), "pins": len(pins)},
        "where": places.full_name((at or outer).id),
        "listed": listed + nowhere.listed,
        "nowhere": nowhere.listed,
        "unpinned": sum(piece.more for piece in pieces),
    }


def _query(filters: queries.Filters, days: int, **changes: Any) -> str:
    return listing.query_of(filters, **changes) + f"&days={days}"


def _zooms(
    filters: queries.Filters, days: int, outer: places.PlaceView, at: places.PlaceView | None
) -> list[dict[str, Any]]:
    root = places.root()
    whole = [{"title": _("全街道"), "query": _query(filters, days, place=""), "here": outer.id == root.id}]
    return whole + [
        {
            "title": place.name,
            "query": _query(filters, days, place=place.path),
            "here": outer.id == place.id,
        }
        for place in places.children(root.id, "community")
    ]


def _legend(steps: drawing.Steps, ranked: Sequence[Piece]) -> list[dict[str, Any]]:
    if not ranked:
        return []
    at = [f"{step:g}" for step in steps.at]
    words = [f"< {at[0]}", *(f"{a}–{b}" for a, b in pairwise(at)), f"≥ {at[-1]}"]
    return [{"tone": tone, "words": said} for tone, said in enumerate(words)]


def _rows(pins: Sequence[queries.Pin], now: Any) -> list[dict[str, Any]]:
    names = places.full_names({pin.place_id for pin in pins if pin.place_id is not None})
    return [
        {
            "pin": pin,
            "place": names.get(pin.place_id or 0, "") or pin.place_text,
            "shape": _shape(pin, now),
        }
        for pin in pins
    ]
