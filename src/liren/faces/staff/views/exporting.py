"""Tables and sheets to take along: the worklist as filtered, the rates, one case on paper. No contact is in any."""

from collections.abc import Iterable, Iterator
from typing import Any

import segno
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from liren.cases import actions as cases
from liren.cases import queries
from liren.faces.kit import figure_links, tabular, typed
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.templatetags.kit import number as grouped
from liren.faces.kit.templatetags.kit import state_word
from liren.faces.staff import claim_words, rate_words, showing
from liren.faces.staff.views import desk, listing
from liren.faces.staff.views.rates import slice_of
from liren.kernel.clock import office_zone, to_office, utc_now
from liren.registers.duties import queries as duties
from liren.registers.people import queries as people

ON_PAPER = 500  # rows of a list; more is for a file


@door("staff", "cases.read")
def worklist(request: FaceRequest, form: str) -> HttpResponseBase:
    """The list as filtered, whole, as CSV or as a workbook."""
    now, filters = utc_now(), listing.filters_of(request)
    rows = cases.export_worklist(filters, by=request.actor, now=now, form=form)
    return _file(_table(rows), f"liren-list-{to_office(now, office_zone()):%Y%m%d-%H%M}", form, _("事项"))


@door("staff", "cases.read")
def rates(request: FaceRequest, form: str) -> HttpResponseBase:
    """The rates of the page as a table."""
    what = slice_of(request)
    cut = figure_links.cut_of(typed.text(request.GET, "cut")) or "unit"
    rule = duties.rates_rule(queries.rule_day(what))
    told = queries.figures(request.actor, what, cut)
    cases.export_rates(what, cut, len(told.lines), by=request.actor, now=utc_now(), form=form)
    name = f"liren-rates-{to_office(what.since, office_zone()):%Y%m%d}"
    return _file(rate_words.table(told, what, cut, rule), name, form, _("三率"))


def _file(rows: Iterable[list[str | int | float]], name: str, form: str, sheet: str) -> HttpResponseBase:
    return tabular.as_xlsx(rows, name, sheet=sheet) if form == "xlsx" else tabular.as_csv(rows, name)


def _table(rows: Iterable[queries.Row]) -> Iterator[list[str | int | float]]:
    """A list as a plain table, heading first. Numbers of cases are grouped, so that no spreadsheet rounds them."""
    on, channels, titles = showing.today(), showing.channel_titles(), {"": ""}
    yield [
        _("编号"), _("事项"), _("地点"), _("类别"), _("来源"), _("状态"), _("承办"), _("诉求人"), _("催办"), _("收到"),
        _("时限"),
    ]  # fmt: skip
    for row in rows:
        if row.class_code not in titles:
            titles[row.class_code] = showing.class_title(row.class_code, on)
        yield [
            grouped(row.number),
            row.title,
            row.place,
            titles[row.class_code],
            channels.get(row.channel, row.channel),
            state_word(row.state, for_staff=True),
            row.unit,
            row.voices,
            row.chased,
            _stamp(row.received_at),
            _stamp(row.next_due) if row.next_due else "",
        ]


def _stamp(at: Any) -> str:
    return f"{to_office(at, office_zone()):%Y-%m-%d %H:%M}"


@door("staff", "cases.read")
def list_sheet(request: FaceRequest) -> HttpResponse:
    """The list as filtered, on paper."""
    now, filters = utc_now(), listing.filters_of(request)
    count = queries.count(request.actor, filters, now=now)
    rows = cases.export_worklist(filters, by=request.actor, now=now, form="print")
    printed = [row for _at, row in zip(range(ON_PAPER), rows, strict=False)]
    on, channels = showing.today(), showing.channel_titles()
    title = listing.view_titles()[filters.view]
    context = {
        "title": desk.figure_title(filters.figure) if filters.figure else title,
        "rows": [
            {
                "row": row,
                "class_title": showing.class_title(row.class_code, on),
                "channel": channels.get(row.channel, row.channel),
            }
            for row in printed
        ],
        "count": count,
        "more": max(0, count - len(printed)),
        "now": now,
        "who": people.label(request.actor.id),
        "back": reverse("desk") + "?" + listing.query_of(filters),
    }
    return render(request, "staff/sheet_list.html", context)


@door("staff", "cases.read")
def case_sheet(request: FaceRequest, number: str) -> HttpResponse:
    """One case on paper: what was said, its story, its limits, and a way back to it."""
    shown = queries.case_page(number, request.actor)
    case, on = shown.case, showing.today()
    address = request.build_absolute_uri(reverse("desk_case", args=[case.number]))
    names = people.labels({request.actor.id, *(step.by for step in shown.steps)})
    context = {
        "case": case,
        "said": showing.said(shown.voices, {}),
        "story": showing.story(case, shown.steps, [], {}, names)[::-1],
        "place_name": showing.place_name(case.place_id),
        "class_title": showing.class_title(case.class_code, on),
        "channel_title": showing.channel_titles().get(case.channel, case.channel),
        "limit_words": claim_words.limit_words(case, showing.today()),
        "back": reverse("desk_case", args=[case.number]),
        "qr": segno.make(address, error="m").svg_data_uri(scale=3, border=2),
        "now": utc_now(),
        "who": names.get(request.actor.id, ""),
    }
    return render(request, "staff/sheet_case.html", context)
