"""The cases of a month as anybody may read them, page by page and as a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from liren.cases import queries
from liren.faces.kit import tabular, typed
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.where import office_name
from liren.faces.public import months, words

LARGEST_START = 1_000_000


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the address says, and what of it may be told."""

    month: months.Month
    asked: queries.Asked
    table: queries.Cells
    units: frozenset[int]
    least: int


def _wanted(request: FaceRequest) -> _Wanted:
    get = request.GET
    month, name = months.read(typed.text(get, "month")), typed.text(get, "set") or "demands"
    stands = typed.text(get, "state")
    if name not in queries.LISTED_SETS or (stands and stands not in queries.STANDS):
        raise Http404
    least, unit = month.rule.fewest, typed.text(get, "unit")
    asked = queries.Asked(
        name=name,
        community=typed.text(get, "community")[:255],
        group=typed.text(get, "group")[:64],
        unit_id=(typed.whole(get, "unit") or 0) if unit else None,
        stands=stands,
        after=min(typed.whole(get, "after") or 0, LARGEST_START),
    )
    with queries.one_look():
        table = queries.cells(month.slice, [name], least)[name]
        lines = queries.public_figures(month.slice, "unit").lines
    counts = {line.key or queries.NONE: getattr(line.counts, name) for line in lines}
    kept = queries.line_kept(counts, least)
    units = frozenset(int(line.key) for line in lines if line.key and not kept.hides(line.key, "all"))
    return _Wanted(month, asked, table, units, least)


@door("public", "anyone")
def listed(request: FaceRequest) -> HttpResponse:
    """One page of the list; what is too few to be listed says so."""
    wanted = _wanted(request)
    month, asked = wanted.month, wanted.asked
    if not month.over:
        return render(
            request, "public/running.html", {"month": month, "tab": "cases", **months.beside(month)}
        )
    told = queries.open_list(month.slice, asked, wanted.table, wanted.units, wanted.least)
    keep = _query(wanted)
    context = {
        "tab": "cases",
        "month": month,
        "heading": words.set_titles()[asked.name],
        "rows": list(_rows(told.rows)),
        "told": told,
        "all": wanted.table.shown(),
        "least": wanted.least,
        "asked": asked,
        "query": keep,
        "next": f"{keep}&after={told.after}" if told.after else "",
        "narrowed": asked != queries.Asked(name=asked.name, after=asked.after),
        "clear": words.query(month=month.key, set="" if asked.name == "demands" else asked.name),
        **_choices(wanted),
        **months.beside(month),
    }
    return render(request, "public/cases.html", context)


@door("public", "anyone")
def table(request: FaceRequest) -> HttpResponseBase:
    """Exactly what the list shows, whole, as CSV."""
    wanted = _wanted(request)
    if not wanted.month.over:
        raise Http404
    rows = queries.every_open_row(wanted.month.slice, wanted.asked, wanted.table, wanted.units, wanted.least)
    about = request.build_absolute_uri(reverse("open_cases")) + "#dictionary"
    return tabular.as_csv(_file(rows, about), f"liren-open-{wanted.month.key}")


def columns() -> list[tuple[str, str]]:
    """The columns of the file and what each holds: the data dictionary."""
    return [
        (_("月份"), _("收到的月份")),
        (_("旬"), _("上旬 1–10 日，中旬 11–20 日，下旬 21 日以后；不写哪一天")),
        (_("大类"), _("事情的大类")),
        (_("类别"), _("事情的类别；同一社区里这类太少的，只写大类")),
        (_("社区"), _("在哪个社区；不写地址")),
        (_("承办单位"), _("由谁办；这个月事情太少的单位不写")),
        (_("进展"), _("现在办到哪一步")),
        (_("用时（天）"), _("从开始计时到答复，不足一天算一天；没有答复的空着")),
        (_("时限（天）"), _("规定几天办完")),
        (_("按时"), _("答复时没有超过时限：是或否")),
    ]


def _file(rows: Iterator[queries.OpenRow], about: str) -> Iterator[list[str | int | float]]:
    yield [head for head, _meaning in columns()]
    for row in _rows(rows):
        open_row: queries.OpenRow = row["row"]
        in_time = "" if open_row.in_time is None else _("是") if open_row.in_time else _("否")
        yield [
            f"{open_row.month:%Y-%m}",
            row["ten"],
            row["group"],
            row["class"],
            row["community"],
            open_row.unit,
            row["stands"],
            "" if open_row.took is None else open_row.took,
            "" if open_row.limit is None else open_row.limit,
            in_time,
        ]
    yield [licence(), about]


def licence() -> str:
    """Under what terms the data may be used."""
    return _("可以自由使用，请注明来源：%(office)s") % {"office": office_name()}


def _rows(found: Any) -> Iterator[dict[str, Any]]:
    """Rows with their codes in words."""
    groups, communities = words.group_titles(), words.community_titles()
    stands, shapes, tens = words.stand_titles(), words.stand_shapes(), words.ten_titles()
    titles: dict[str, str] = {}
    for row in found:
        if row.code not in titles:
            titles[row.code] = words.class_title(row.code, groups)
        group = row.code.partition(".")[0]
        yield {
            "row": row,
            "class": titles[row.code],
            "group": groups.get(group, group),
            "community": communities.get(row.community, ""),
            "stands": stands[row.stands],
            "shape": shapes[row.stands],
            "ten": tens[row.ten],
            "month": months.title(row.month),
        }


def _query(wanted: _Wanted) -> str:
    asked = wanted.asked
    return words.query(
        month=wanted.month.key,
        set="" if asked.name == "demands" else asked.name,
        community=asked.community,
        group=asked.group,
        unit=asked.unit_id,
        state=asked.stands,
    )


def _choices(wanted: _Wanted) -> dict[str, Any]:
    everything = [("", _("全部"))]
    table, groups, units = wanted.table, words.group_titles(), words.unit_titles()
    there = {group for community, group in table.counts if table.listed(community, group)}
    where = {community for community, group in table.counts if table.listed(community, group)}
    named = sorted((str(one) for one in wanted.units), key=lambda one: units.get(one, one))
    return {
        "months": months.choices(wanted.month),
        "communities": everything
        + [(key, name) for key, name in words.community_titles().items() if key in where],
        "groups": everything + [(key, name) for key, name in groups.items() if key in there],
        "units": everything + [(one, units[one]) for one in named if one in units],
        "states": everything + list(words.stand_titles().items()),
        "columns": columns(),
        "licence": licence(),
    }
