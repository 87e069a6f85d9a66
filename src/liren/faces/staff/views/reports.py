"""报表 (一表通): the forms of a month filled from what is held, what is left entered once, each handed in."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from liren.bridges.reporting import actions, queries
from liren.faces.kit import figure_links, typed
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.middleware import status_of
from liren.faces.staff import report_words, showing
from liren.faces.staff.views import tables
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError, Refused
from liren.registers.people import queries as people

MONTHS_SHOWN = 13


@door("staff", queries.READ)
def board(request: FaceRequest) -> HttpResponse:
    """The forms of a month with where each stands; last month's where none is named."""
    month, today = month_of(request), showing.today()
    told = queries.burden(request.actor)
    rows = [
        {
            "sheet": sheet,
            "period": report_words.period_title(sheet.period),
            "word": word,
            "colour": colour,
        }
        for sheet in queries.of_month(month, request.actor)
        for word, colour in [report_words.standing(sheet, today)]
    ]
    context = showing.frame(request, "reports") | {
        "tab": "board",
        "month": month.key,
        "month_title": report_words.period_title(month),
        "months": months(),
        "finding": report_words.finding(told),
        "burden": told,
        "rows": rows,
        "forms": queries.forms(request.actor),
        "every": report_words.every_titles(),
    }
    return render(request, "staff/reports.html", context)


@door("staff", queries.READ)
def sheet(request: FaceRequest, form: str, period: str) -> HttpResponse:
    """A form filled for a period, with where each value comes from."""
    return _sheet(request, queries.sheet(int(form), period, request.actor))


@door("staff", queries.ENTER, methods=("POST",))
def hand_in(request: FaceRequest, form: str, period: str) -> HttpResponse:
    """Freeze a form as it is handed in; what is lacking is told beside it."""
    try:
        actions.hand_in(int(form), period, by=request.actor, now=utc_now())
    except Refused as problem:
        return _sheet(request, queries.sheet(int(form), period, request.actor), problem)
    return redirect("desk_report", form, period)


@door("staff", queries.READ)
def sheet_file(request: FaceRequest, form: str, period: str, kind: str) -> HttpResponseBase:
    """A form filled, to take along: under its own headings, in its own order."""
    found = queries.sheet(int(form), period, request.actor)
    name = f"liren-report-{found.form.id}-{found.period.key}"
    return tables.as_file(found.table(), name, kind, _("报表"))


def _sheet(request: FaceRequest, found: queries.Sheet, problem: Refused | None = None) -> HttpResponse:
    word, colour = report_words.standing(found, showing.today())
    earlier = found.period.before()
    columns = [
        {
            "column": column,
            "cells": [_cell(line.cells[at]) for line in found.lines],
        }
        for at, column in enumerate(found.form.columns)
    ]
    may_enter = request.actor.has(queries.ENTER)
    context = showing.frame(request, "reports") | {
        "sheet": found,
        "period": report_words.period_title(found.period),
        "every": report_words.every_titles()[found.form.every],
        "word": word,
        "colour": colour,
        "columns": columns,
        "lines": [(line, [_cell(cell) for cell in line.cells]) for line in found.lines],
        "earlier": (earlier.key, report_words.period_title(earlier)) if _asked(found, earlier) else None,
        "handed_by": people.label(found.handed.by) if found.handed else "",
        "may_hand_in": may_enter
        and not found.missing
        and not found.form.ended
        and showing.today() >= found.period.after
        and (found.handed is None or found.handed.changed),
        "may_enter": may_enter,
        "may_manage": request.actor.has(queries.MANAGE),
        "problem": sentences.sentence(problem) if problem else "",
    }
    return render(request, "staff/report.html", context, status=status_of(problem) if problem else 200)


def _asked(found: queries.Sheet, earlier: queries.Period) -> bool:
    return earlier.first >= queries.containing(found.form.since, found.form.every).first


def _cell(cell: queries.Cell) -> dict[str, Any]:
    """A value with its rows, or with the months in which it is still to be entered."""
    href = f"{reverse('desk')}?{figure_links.query_of(cell.drill)}" if cell.drill else ""
    lacking = [(key, report_words.key_title(key)) for key in cell.lacking]
    return {"value": cell.value, "how": cell.how, "href": href, "lacking": lacking}


@door("staff", queries.ENTER, methods=("GET", "POST"))
def fill(request: FaceRequest) -> HttpResponse:
    """What is entered by hand for a month, each thing once for every form; a wrong one stays beside its reason."""
    month = month_of(request)
    said: dict[str, str] = {}
    faults: dict[str, str] = {}
    taken = 0
    if request.method == "POST":
        names = [name.removeprefix("v.") for name in request.POST if name.startswith("v.")]
        said = {name: typed.text(request.POST, f"v.{name}") for name in names}
        seen = {name: typed.text(request.POST, f"w.{name}") for name in names}
        report = actions.enter(month, said, seen, by=request.actor, now=utc_now())
        faults = {name: sentences.sentence(fault) for name, fault in report.faults.items()}
        taken = report.taken
        if not faults:
            return redirect(f"{reverse('desk_reports_fill')}?month={month.key}&told={taken}")
    wanted = queries.to_enter(month, request.actor)
    things = [
        {
            "asked": one,
            "period": report_words.period_title(one.period),
            "cells": [
                {
                    "ask": ask,
                    "shown": said[ask.name] if ask.name in faults else ask.value,
                    "fault": faults.get(ask.name, ""),
                }
                for ask in one.asks
            ],
        }
        for one in wanted
    ]
    told = typed.whole(request.GET, "told") if request.method != "POST" else taken
    context = showing.frame(request, "reports") | {
        "tab": "fill",
        "month": month.key,
        "month_title": report_words.period_title(month),
        "months": months(),
        "things": things,
        "empty": sum(not ask.value for one in wanted for ask in one.asks),
        "faults": len(faults),
        "told": _("记下了 %(n)s 项。") % {"n": told} if told else "",
        "may_read": request.actor.has(queries.READ),
    }
    return render(request, "staff/report_fill.html", context, status=422 if faults else 200)


def month_of(request: FaceRequest) -> queries.Period:
    """The month an address or a form names; the last whole one where it names none."""
    said = typed.text(request.GET, "month") or typed.text(request.POST, "month")
    try:
        found = queries.period(said) if said else None
    except LirenError:
        found = None
    if found is None or found.every != "month":
        return queries.containing(showing.today(), "month").before()
    return found


def months() -> list[tuple[str, str]]:
    """The months offered by name, this one first."""
    found, at = [], queries.containing(showing.today(), "month")
    for _month in range(MONTHS_SHOWN):
        found.append((at.key, report_words.period_title(at)))
        at = queries.containing(at.first - timedelta(days=1), "month")
    return found
