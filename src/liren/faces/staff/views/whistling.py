"""吹哨报到 at the desk: the street calls, each called unit answers for itself, what was agreed, both scores."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from liren.cases import actions as cases
from liren.cases import queries
from liren.faces.kit import typed
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.middleware import status_of
from liren.faces.staff import showing, watch_words
from liren.kernel.clock import office_zone, utc_now
from liren.kernel.errors import LirenError, NotFound, Refused
from liren.registers.people import queries as people

FIELDS = ("matter", "needed_by", "unit_id", "what", "due_at", "text", "stars", "turn")


def _when(text: str, code: str, field: str) -> datetime:
    """What a field for date and time says, on the office's clock."""
    try:
        said = datetime.fromisoformat(text.strip()[:40])
    except ValueError:
        raise Refused(code, field=field) from None
    return said if said.tzinfo is not None else said.replace(tzinfo=office_zone())


def _form(request: FaceRequest) -> dict[str, str]:
    return {name: typed.text(request.POST, name) for name in FIELDS}


@door("staff", "cases.read")
def whistle(request: FaceRequest, number: str) -> HttpResponse:
    """The whistles of a case and, for the street, a new one."""
    return _page(request, number, {}, set(), None)


@door("staff", "cases.whistle", methods=("POST",))
def call(request: FaceRequest, number: str) -> HttpResponse:
    """Call units to the matter."""
    form = _form(request)
    picked = [int(one) for one in request.POST.getlist("units")[:50] if one.isdecimal() and len(one) < 19]
    try:
        case = queries.case_ref(number, request.actor)
        needed_by = _when(form["needed_by"], "whistle.needed_by", "needed_by")
        cases.raise_whistle(
            case.id,
            cases.Call(form["matter"], tuple(picked), needed_by),
            by=request.actor,
            version=typed.whole(request.POST, "version"),
            now=utc_now(),
        )
    except LirenError as error:
        return _page(request, number, form, set(picked), error)
    return redirect("desk_whistle", number)


@door("staff", "cases.read", methods=("POST",))
def turn(request: FaceRequest, number: str, whistle: str, name: str) -> HttpResponse:
    """One turn of a whistle, by its name in the address; who may take it is decided where it is taken."""
    form = _form(request) | {"turn": name}
    whistle_id = int(whistle) if len(whistle) < 19 else 0
    try:
        case = queries.case_ref(number, request.actor)
        if all(one.id != whistle_id for one in queries.whistles_of(case, now=utc_now())):
            raise NotFound("whistle.not_found")
        _take(request, whistle_id, name, form)
    except LirenError as error:
        return _page(request, number, form, set(), error)
    try:
        queries.case_ref(number, request.actor)
    except NotFound:
        return redirect("desk")  # the whistle was all this unit saw the case for
    return redirect("desk_whistle", number)


def _take(request: FaceRequest, whistle_id: int, name: str, form: dict[str, str]) -> None:
    by, now, unit = request.actor, utc_now(), typed.whole(request.POST, "unit_id") or 0
    text = form["text"]
    match name:
        case "acknowledge" | "arrive" | "refuse":
            cases.answer_call(whistle_id, unit, name, by=by, now=now, text=text)
        case "agree":
            due = _when(form["due_at"], "whistle.act_due", "due_at")
            cases.agree(whistle_id, [cases.Act(unit, form["what"], due)], by=by, now=now)
        case "act_done":
            cases.finish_act(typed.whole(request.POST, "act") or 0, by=by, now=now, text=text)
        case "finish":
            cases.finish_whistle(whistle_id, by=by, now=now, text=text)
        case "call_off":
            cases.call_off(whistle_id, by=by, now=now, reason=text)
        case "score":
            stars = typed.whole(request.POST, "stars") or 0
            cases.score(whistle_id, unit, stars, by=by, now=now, text=text)
        case _:
            raise Http404


def _page(
    request: FaceRequest, number: str, form: dict[str, str], picked: set[int], problem: LirenError | None
) -> HttpResponse:
    actor, now = request.actor, utc_now()
    shown = queries.case_page(number, actor)
    case = shown.case
    views = queries.whistles_of(case, now=now)
    street = any(move.name == "whistle_score" for move in shown.moves)
    may_call = any(move.name == "whistle" for move in shown.moves) and not any(one.running for one in views)
    context = showing.frame(request, "desk") | {
        "case": case,
        "form": form,
        "picked": picked,
        "street": street,
        "may_call": may_call,
        "unit_choices": people.units() if may_call else [],
        "whistles": [_shown(one, actor, case, street=street) for one in views],
        "problem": sentences.sentence(problem) if problem is not None else "",
        "stars": (5, 4, 3, 2, 1),
    }
    return render(request, "staff/whistle.html", context, status=status_of(problem) if problem else 200)


def _shown(view: queries.WhistleView, actor: Any, case: Any, *, street: bool) -> dict[str, Any]:
    words, called = watch_words.whistle_titles(), watch_words.called_titles()
    mine = {
        unit.unit_id
        for unit in view.units
        if queries.may_for_unit(actor, case, unit.unit_id, "cases.whistle_report")
    }
    rows = [
        {
            "view": unit,
            "word": called[unit.state][0],
            "shape": called[unit.state][1],
            "mine": unit.unit_id in mine,
            "scores": view.state == "done" and unit.state == "on_site" and (street or unit.unit_id in mine),
        }
        for unit in view.units
    ]
    return {
        "view": view,
        "word": words[view.state][0],
        "shape": words[view.state][1],
        "units": rows,
        "acts": [{"view": act, "mine": act.unit_id in mine} for act in view.acts],
        "there": [unit for unit in view.units if unit.state == "on_site"],
        "may_agree": street and view.state in {"on_site", "agreed"},
        "may_finish": street and view.state in {"on_site", "agreed"},
        "may_call_off": street and view.state in {"raised", "acknowledged"},
    }
