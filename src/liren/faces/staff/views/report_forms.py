"""报表登记: which forms are asked for and by what paper, what fills each column, what is asked twice."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from liren.bridges.reporting import actions, queries
from liren.faces.kit import typed
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.middleware import status_of
from liren.faces.staff import report_words, showing
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError

FIELDS = ("title", "asked_by", "basis", "every", "due_day", "since", "columns")


@door("staff", queries.READ)
def twice(request: FaceRequest) -> HttpResponse:
    """What may be asked twice; who keeps the forms says whether it is one thing or two."""
    return _twice(request)


@door("staff", queries.MANAGE, methods=("POST",))
def settle(request: FaceRequest, item: str) -> HttpResponse:
    """Two things that sound alike are one, or they are two and why."""
    other = typed.text(request.POST, "other")[:60]
    try:
        if request.POST.get("one"):
            actions.join_items(int(item), other, by=request.actor, now=utc_now())
        else:
            why = typed.text(request.POST, "why")
            actions.tell_apart(int(item), other, why, by=request.actor, now=utc_now())
    except LirenError as problem:
        return _twice(request, problem, int(item), typed.text(request.POST, "why"))
    return redirect("desk_reports_twice")


def _twice(
    request: FaceRequest, problem: LirenError | None = None, at: int = 0, why: str = ""
) -> HttpResponse:
    pairs = [
        {
            "pair": pair,
            "other": pair.held if pair.held else str(pair.other_id),
            "fault": sentences.sentence(problem) if problem and pair.item_id == at else "",
            "why": why if pair.item_id == at else "",
        }
        for pair in queries.asked_twice(request.actor)
    ]
    told = queries.burden(request.actor)
    context = showing.frame(request, "reports") | {
        "tab": "twice",
        "pairs": pairs,
        "burden": told,
        "may_manage": request.actor.has(queries.MANAGE),
    }
    return render(request, "staff/report_twice.html", context, status=status_of(problem) if problem else 200)


@door("staff", queries.MANAGE, methods=("GET", "POST"))
def new(request: FaceRequest) -> HttpResponse:
    """Write a form down: who asks, by what paper, how often, its headings as they stand on it."""
    if request.method != "POST":
        return _page(request, {"every": "month", "due_day": "5", "rows": "office"}, None)
    said = _typed(request)
    try:
        form_id = actions.set_form(_draft(said), by=request.actor, now=utc_now())
    except LirenError as problem:
        return _page(request, said, None, problem)
    return redirect("desk_report_set", form_id)


@door("staff", queries.MANAGE, methods=("GET", "POST"))
def change(request: FaceRequest, form: str) -> HttpResponse:
    """Change a form, and see or say what fills each of its columns."""
    shown = queries.form(int(form), request.actor)
    if request.method != "POST":
        return _page(request, _of(shown), shown)
    said = _typed(request)
    try:
        actions.set_form(_draft(said), by=request.actor, now=utc_now(), form_id=shown.id)
    except LirenError as problem:
        return _page(request, said, shown, problem)
    return redirect("desk_report_set", form)


@door("staff", queries.MANAGE, methods=("POST",))
def fill_column(request: FaceRequest, form: str, column: str) -> HttpResponse:
    """Say what fills a column."""
    choice, adds, kind = (typed.text(request.POST, name)[:60] for name in ("choice", "adds", "kind"))
    actions.fill_column(int(column), choice, adds=adds, kind=kind, by=request.actor, now=utc_now())
    return redirect("desk_report_set", form)


@door("staff", queries.MANAGE, methods=("POST",))
def end(request: FaceRequest, form: str) -> HttpResponse:
    """A form is asked for no more."""
    actions.end_form(int(form), by=request.actor, now=utc_now())
    return redirect("desk_reports")


def _typed(request: FaceRequest) -> dict[str, str]:
    said = {name: typed.text(request.POST, name)[:8_000] for name in FIELDS}
    return said | {"rows": "community" if request.POST.get("rows") == "community" else "office"}


def _draft(said: Mapping[str, str]) -> actions.FormDraft:
    day = said["due_day"].strip()
    try:
        since = date.fromisoformat(said["since"].strip())
    except ValueError:
        since = None
    return actions.FormDraft(
        title=said["title"],
        asked_by=said["asked_by"],
        basis=said["basis"],
        every=said["every"],
        due_day=int(day) if day.isascii() and day.isdecimal() and len(day) < 3 else None,
        by_community=said["rows"] == "community",
        since=since,
        columns=said["columns"],
    )


def _of(shown: queries.FormView) -> dict[str, str]:
    return {
        "title": shown.title,
        "asked_by": shown.asked_by,
        "basis": shown.basis,
        "every": shown.every,
        "due_day": str(shown.due_day),
        "since": shown.since.isoformat(),
        "rows": "community" if shown.by_community else "office",
        "columns": "\n".join(column.title for column in shown.columns),
    }


def _page(
    request: FaceRequest,
    form: Mapping[str, str],
    shown: queries.FormView | None,
    problem: LirenError | None = None,
) -> HttpResponse:
    by_hand = queries.items(request.actor)
    context = showing.frame(request, "reports") | {
        "tab": "new",
        "shown": shown,
        "form": form,
        "every": report_words.every_titles(),
        "rows": [("office", _("全街道一行")), ("community", _("每个社区一行"))],
        "columns": [_column(column, by_hand) for column in (shown.columns if shown else ())],
        "held": queries.held_titles(),
        "adds": report_words.adds_titles(),
        "kinds": [("number", _("数字")), ("text", _("文字"))],
        "problem": sentences.sentence(problem) if problem else "",
        "fault": getattr(problem, "field", None) or "",
    }
    return render(request, "staff/report_form.html", context, status=status_of(problem) if problem else 200)


def _column(column: queries.ColumnView, by_hand: list[queries.ItemView]) -> dict[str, Any]:
    """A column with what fills it, and the other things entered by hand that might."""
    return {
        "column": column,
        "choice": column.held or "",
        "others": [item for item in by_hand if item.id != column.item_id],
    }
