"""The worklist: views with counts, filters in the address, what is new to the reader."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render

from liren.cases import queries
from liren.faces.kit import figure_links
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.staff import rate_words, showing, watch_words
from liren.faces.staff.views import bulk, listing, seen
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError
from liren.kernel.policy import Actor
from liren.registers.advice import queries as advised
from liren.registers.people import queries as people
from liren.registers.places import queries as places


def _elsewhere(actor: Actor) -> str:
    """The first page of whoever has no cases."""
    return "desk_forum" if actor.has("forum.sort") else "desk_office"


@door("staff", "cases.read", lands=_elsewhere)
def worklist(request: FaceRequest) -> HttpResponse:
    """The queue, sorted by the time left."""
    now, filters = utc_now(), listing.filters_of(request)
    page = queries.worklist(request.actor, filters, now=now)
    tabs, on = listing.tabs(request, filters, now), showing.today()
    levels = watch_words.level_titles(on)
    channels, opened = showing.channel_titles(), seen.of(request)
    waiting = [row.id for row in page.rows if not row.class_code]
    suggested = advised.choices("case", waiting, kind="class") if waiting else {}
    rows = [
        _shown(row, showing.class_title(row.class_code, on), channels, suggested, on)
        | {"rung": levels.get(row.supervised, ""), "fresh": seen.mark(row, opened, now)}
        for row in page.rows
    ]
    context = showing.frame(request, "desk", dead=not filters.text) | {
        "filters": filters,
        "asked": filters.text,
        "unit_choice": filters.unit_id,
        "narrowed": listing.is_narrowed(filters),
        "view_title": next((tab["title"] for tab in tabs if tab["here"]), ""),
        "tabs": tabs,
        "kept": next((tab for tab in tabs if tab["here"] and tab.get("id")), None),
        "choices": listing.choices(request),
        "rows": rows,
        "after": page.after,
        "list_query": listing.query_of(filters),
        "keep": urlencode({"query": listing.query_of(filters)})
        if listing.is_narrowed(filters) or filters.text
        else "",
        "next_query": listing.query_of(filters, after=page.after),
        "trail": urlencode({"from": listing.query_of(filters)}),
        "may_dispatch": request.actor.has("cases.dispatch"),
        "may_merge": request.actor.has("cases.merge"),
        "may_leave": request.actor.has("cases.leave"),
        "may_help": request.actor.has("cases.end_part") or request.actor.has("cases.ask_part"),
        "told": bulk.told(request),
        "report": bulk.report(request),
        "figure": _figure(request, filters),
    }
    return render(request, "staff/worklist.html", context)


def _figure(request: FaceRequest, filters: queries.Filters) -> dict[str, Any] | None:
    """What the figure counts that opened this list, and how many that are."""
    if filters.figure is None:
        return None
    return {
        "title": figure_title(filters.figure),
        "count": queries.count(request.actor, filters, now=utc_now()),
        "params": figure_links.params_of(filters.figure).items(),
    }


def figure_title(drill: queries.Drill) -> str:
    """What a list that a figure opened counts."""
    name = ""
    if drill.dimension:
        name = rate_words.line_name(
            drill.dimension, queries.FigureLine(drill.key, _key_name(drill), queries.Counts())
        )
    return rate_words.drill_title(drill, name)


def _key_name(drill: queries.Drill) -> str:
    try:
        if drill.dimension == "unit" and drill.key.isdecimal():
            return people.unit(int(drill.key)).name
        if drill.dimension in {"community", "grid"} and drill.key:
            return places.full_name(places.by_path(drill.key).id)
    except LirenError:
        return drill.key
    return drill.key


def _shown(
    row: queries.Row, title: str, channels: dict[str, str], suggested: dict[int, str], on: Any
) -> dict[str, Any]:
    shown = {name: getattr(row, name) for name in row.__dataclass_fields__}
    advised_code = suggested.get(row.id, "")
    return shown | {
        "class_title": title,
        "channel_title": channels.get(row.channel, row.channel),
        "advised": showing.class_title(advised_code, on),
    }
