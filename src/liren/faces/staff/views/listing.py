"""What the address of a list says, and back: the worklist, the map, the search and kept lists read it alike."""

from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from liren.cases import queries
from liren.faces.kit import figure_links, typed
from liren.faces.kit.doors import FaceRequest
from liren.faces.staff import showing
from liren.registers.duties import queries as duties
from liren.registers.people import queries as people
from liren.registers.places import queries as places

SIZES = (20, 50, 100, 200)


def filters_of(request: FaceRequest) -> queries.Filters:
    """The filters the address says; anything odd is passed over."""
    return read(request.GET)


def read(get: QueryDict, view: str = "") -> queries.Filters:
    """The filters a query says, `view` where it names none; anything odd is passed over."""
    size = typed.whole(get, "size")
    return queries.Filters(
        view=view_of(typed.text(get, "view") or view),
        class_code=typed.text(get, "class")[:64],
        channel=typed.text(get, "channel")[:12],
        unit_id=typed.whole(get, "unit"),
        place_path=typed.text(get, "place")[:255],
        text=typed.text(get, "text")[:200].strip(),
        stage=typed.text(get, "stage")[:8],
        level=typed.text(get, "level")[:12],
        figure=figure_links.drill_of(get),
        since=_day(typed.text(get, "first")),
        until=_day(typed.text(get, "last")),
        after=typed.text(get, "after")[:80],
        size=size if size in SIZES else queries.PAGE,
    )


def of_trail(trail: str) -> queries.Filters:
    """The filters of the list a page was opened from."""
    return read(QueryDict(trail[:1000]))


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year < 2100 else None


def view_of(text: str) -> queries.View:
    """The view a word names, the desk's own where it names none."""
    return next((view for view in queries.VIEWS if view == text), "todo")


def query_of(filters: queries.Filters, **changes: Any) -> str:
    """A URL's query for these filters, so that a view is a link."""
    said = {
        "view": filters.view,
        "class": filters.class_code,
        "channel": filters.channel,
        "unit": filters.unit_id or "",
        "place": filters.place_path,
        "text": filters.text,
        "stage": filters.stage,
        "level": filters.level,
        "first": filters.since or "",
        "last": filters.until or "",
        **figure_links.params_of(filters.figure),
        "after": "",
    } | changes
    return urlencode({key: value for key, value in said.items() if value})


def view_titles() -> dict[queries.View, str]:
    """The saved views every desk has."""
    return {
        "todo": _("我的待办"),
        "late": _("已超时"),
        "soon": _("即将超时"),
        "today": _("今日新到"),
        "objected": _("异议待裁"),
        "returned": _("退回"),
        "deferred": _("挂账"),
        "call_back": _("待回访"),
        "again": _("重办"),
        "supervised": _("督办中"),
        "open": _("全部在办"),
        "all": _("全部"),
    }


def choices(request: FaceRequest) -> dict[str, Any]:
    """What a list or a table may be narrowed by: classes, channels, communities, and units for who steers them."""
    everything = ("", _("全部"))
    classes: list[tuple[str, str]] = [everything]
    for group in duties.groups(showing.today()):
        classes.append((group.code, group.title))
        classes += [(item.code, "　" + item.title) for item in group.classes]
    root = places.root()
    communities = [(p.path, p.name) for p in places.children(root.id, "community")]
    units = (
        [(unit.id, unit.short or unit.name) for unit in people.units()]
        if request.actor.has("cases.dispatch") or request.actor.has("insight.read")
        else []
    )
    return {
        "classes": classes,
        "channels": [everything, *showing.channel_titles().items()],
        "places": [everything, *communities],
        "units": [everything, *units] if units else [],
    }


def is_narrowed(filters: queries.Filters) -> bool:
    """Whether the list shows less than its view."""
    return filters != queries.Filters(
        view=filters.view, text=filters.text, after=filters.after, size=filters.size, figure=filters.figure
    )


def tabs(request: FaceRequest, filters: queries.Filters, now: Any) -> list[dict[str, Any]]:
    """The views every desk has, then the lists this person kept, each with its count. Two statements."""
    titles, kept = view_titles(), queries.kept_views(request.actor)
    base = replace(filters, figure=None, text="", level="", after="", size=queries.PAGE)
    wanted = {title: replace(queries.Filters(), view=view) for view, title in titles.items() if view != "all"}
    own = [(one, read(QueryDict(one.query))) for one in kept]
    # words are not counted: each search would be a statement of its own
    counted = [each for _one, each in own if not each.text and each.figure is None]
    found = queries.counts_of(request.actor, [*wanted.values(), *counted], now=now)
    by_view = dict(zip(wanted, found, strict=False))
    by_own = dict(zip([one.id for one, each in own if each in counted], found[len(wanted) :], strict=False))
    here = query_of(filters)
    standing = any(one.query == here for one in kept)
    shown = [
        {
            "title": title,
            "count": counted_as(by_view.get(title)),
            "query": query_of(base, view=view),
            "here": view == filters.view and not standing,
            "hot": view == "late" and bool(by_view.get(title)),
        }
        for view, title in titles.items()
    ]
    return shown + [
        {
            "title": one.title,
            "count": counted_as(by_own.get(one.id)),
            "query": one.query,
            "here": one.query == here,
            "id": one.id,
        }
        for one in kept
    ]


def counted_as(count: int | None) -> str | None:
    """A count as a tab shows it: beyond 999 it is not counted on."""
    if count is None:
        return None
    return f"{count - 1}+" if count >= queries.COUNTED_TO else str(count)
