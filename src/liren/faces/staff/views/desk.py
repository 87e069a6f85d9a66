"""The worklist: views with counts, filters in the URL, bulk dispatch as suggested."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from liren.cases import actions as cases
from liren.cases import queries
from liren.faces.kit import typed
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.staff import figure_links, rate_words, showing, watch_words
from liren.faces.staff.views import choosing
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError
from liren.registers.advice import actions as advice
from liren.registers.advice import queries as advised
from liren.registers.duties import queries as duties
from liren.registers.people import queries as people
from liren.registers.places import queries as places

SIZES = (20, 50, 100, 200)


def filters_of(request: FaceRequest) -> queries.Filters:
    """The filters a URL says; anything odd is passed over."""
    get = request.GET
    view = view_of(typed.text(get, "view"))
    size = typed.whole(get, "size")
    return queries.Filters(
        view=view,
        class_code=typed.text(get, "class")[:64],
        channel=typed.text(get, "channel")[:12],
        unit_id=typed.whole(get, "unit"),
        place_path=typed.text(get, "place")[:255],
        text=typed.text(get, "text")[:200].strip(),
        stage=typed.text(get, "stage")[:8],
        level=typed.text(get, "level")[:12],
        figure=figure_links.drill_of(get),
        after=typed.text(get, "after")[:80],
        size=size if size in SIZES else queries.PAGE,
    )


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
        "returned": _("退回"),
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


@door("staff", "cases.read")
def worklist(request: FaceRequest) -> HttpResponse:
    """The queue, sorted by the time left."""
    now, filters = utc_now(), filters_of(request)
    page = queries.worklist(request.actor, filters, now=now)
    counted = queries.counts(request.actor, now=now)
    titles, on = view_titles(), showing.today()
    levels = watch_words.level_titles(on)
    channels = showing.channel_titles()
    waiting = [row.id for row in page.rows if not row.class_code]
    suggested = advised.choices("case", waiting, kind="class") if waiting else {}
    rows = [
        _shown(row, showing.class_title(row.class_code, on), channels, suggested, on)
        | {"rung": levels.get(row.supervised, "")}
        for row in page.rows
    ]
    context = showing.frame(request, "desk") | {
        "filters": filters,
        "unit_choice": filters.unit_id,
        "narrowed": bool(
            filters.class_code
            or filters.channel
            or filters.unit_id
            or filters.place_path
            or filters.stage
            or filters.level
        ),
        "view_title": titles[filters.view],
        "tabs": [
            {
                "title": title,
                "count": counted.get(view),
                "query": query_of(replace(filters, figure=None), view=view, text="", level=""),
                "here": view == filters.view,
                "hot": view == "late" and bool(counted.get("late")),
            }
            for view, title in titles.items()
        ],
        "choices": choices(request),
        "rows": rows,
        "after": page.after,
        "list_query": query_of(filters),
        "next_query": query_of(filters, after=page.after),
        "trail": urlencode({"from": query_of(filters)}),
        "may_dispatch": request.actor.has("cases.dispatch"),
        "may_merge": request.actor.has("cases.merge"),
        "may_leave": request.actor.has("cases.leave"),
        "may_help": request.actor.has("cases.end_part") or request.actor.has("cases.ask_part"),
        "told": _told(request),
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


def _told(request: FaceRequest) -> str:
    done, left = typed.whole(request.GET, "done"), typed.whole(request.GET, "left")
    if done is None or left is None:
        return ""
    told = _("已派出 %(n)s 件。") % {"n": done}
    if left:
        told += _("%(n)s 件没有派出：缺地点或类别，或同时有几个单位合适，请逐件打开决定。") % {"n": left}
    return told


@door("staff", "cases.dispatch", methods=("POST",))
def bulk(request: FaceRequest) -> HttpResponse:
    """Dispatch the picked cases as suggested, each on its own: what is not clear stays for a look."""
    done = left = 0
    now = utc_now()
    for picked in request.POST.getlist("pick")[:200]:
        case_id, _, version = picked.partition(":")
        if not (case_id.isdecimal() and version.isdecimal() and len(case_id) < 20 and len(version) < 10):
            continue
        sent = dispatch_as_suggested(request, int(case_id), int(version))
        done, left = done + sent, left + (not sent)
    back = request.POST.get("back", "")
    query = back.partition("?")[2] if back.startswith("/desk/") else ""
    joined = "&".join(
        part for part in (query, urlencode({"done": done, "left": left, "at": int(now.timestamp())})) if part
    )
    return redirect(f"/desk/?{joined}")


def dispatch_as_suggested(request: FaceRequest, case_id: int, version: int) -> bool:
    """Dispatch one case where advice and duty list leave exactly one answer. A named clerk chose to."""
    now, on = utc_now(), showing.today()
    given = {
        item.kind: item.choice
        for item in advised.for_subject("case", case_id)
        if item.kind == "unit" or item.confidence >= choosing.SURE
    }
    try:
        case = queries.peek(case_id, by=request.actor, duty="cases.dispatch")
        code = case.class_code or given.get("class", "")
        place_id = case.place_id or (int(given["place"]) if given.get("place") else None)
        if not code or place_id is None:
            return False
        path = places.get(place_id).path
        units = [match for match in duties.lead(code, path, on) if not match.assist_only]
        if len(units) != 1:
            return False
        cases.dispatch(
            case_id,
            units[0].unit_id,
            by=request.actor,
            version=version,
            now=now,
            class_code=code,
            place_id=place_id,
        )
        settle_advice(
            request, case_id, {"class": code, "place": str(place_id), "unit": str(units[0].unit_id)}
        )
    except LirenError:
        return False
    return True


def settle_advice(request: FaceRequest, case_id: int, chosen: dict[str, str]) -> None:
    """Note what became of each suggestion: what the clerk chose is what the adviser is scored by."""
    now = utc_now()
    for item in advised.for_subject("case", case_id):
        if item.taken_at is None and item.kind in chosen:
            advice.take(item.id, by=request.actor, choice=chosen[item.kind], now=now)
