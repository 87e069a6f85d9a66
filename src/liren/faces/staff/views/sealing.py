"""Sealing a report of wrongdoing, keeping a unit or a person from a case, and stepping back from it."""

from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from liren.cases import actions as cases
from liren.cases import queries
from liren.faces.kit import typed
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.staff import sealed_words, showing
from liren.faces.staff.views.case import Typed, page
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError, NotFound, Refused

DIGITS = 16


@door("staff", "cases.seal", methods=("POST",))
def seal(request: FaceRequest, number: str) -> HttpResponse:
    """This is a report of wrongdoing: the sealed desk has it from now on, and nobody else."""
    return _act(request, number, "seal")


@door("staff", "cases.unseal", methods=("POST",))
def unseal(request: FaceRequest, number: str) -> HttpResponse:
    """This is no report of wrongdoing: open it again, with the reason."""
    return _act(request, number, "unseal")


@door("staff", "cases.bar", methods=("POST",))
def bar(request: FaceRequest, number: str) -> HttpResponse:
    """Keep a unit the case speaks of, or a person by a reason, from it."""
    return _act(request, number, "bar")


@door("staff", "cases.step_back", methods=("POST",))
def step_back(request: FaceRequest, number: str) -> HttpResponse:
    """Step back from a case for a reason of the list."""
    return _act(request, number, "step_back")


def _act(request: FaceRequest, number: str, name: str) -> HttpResponse:
    case_id = queries.case_ref(number, request.actor).id
    form = {field: typed.text(request.POST, field) for field in ("reason", "why", "unit", "person")}
    try:
        _do(request, case_id, name, form)
    except LirenError as error:
        return page(request, number, Typed(panel=name, form=form, problem=error))
    try:
        return redirect("desk_case", queries.case_ref(number, request.actor).number)
    except NotFound:
        return gone_to(name if name in sealed_words.gone_titles() else "step_back")


def _do(request: FaceRequest, case_id: int, name: str, form: dict[str, str]) -> None:
    by, version, now = request.actor, typed.whole(request.POST, "version"), utc_now()
    unit_id, person_id = typed.whole(request.POST, "unit"), typed.whole(request.POST, "person")
    match name:
        case "seal":
            cases.seal(case_id, by=by, version=version, now=now)
        case "unseal":
            cases.unseal(case_id, by=by, version=version, reason=form["why"], now=now)
        case "step_back":
            cases.step_back(case_id, form["reason"], by=by, version=version, now=now)
        case "bar" if unit_id is not None:
            cases.bar_unit(case_id, unit_id, by=by, version=version, now=now)
        case "bar" if person_id is not None:
            cases.bar_person(case_id, person_id, form["reason"], by=by, version=version, now=now)
        case _:
            raise Refused("bar.nobody", field="unit")


def gone_to(why: str, number: str = "") -> HttpResponse:
    """On to the page that says why a case is seen here no more."""
    return redirect(f"{reverse('desk_gone')}?{urlencode({'why': why, 'n': number})}")


@door("staff", "cases.read")
def gone(request: FaceRequest) -> HttpResponse:
    """What became of a case that is seen here no more, with its number where the caller has to be told."""
    told = sealed_words.gone_titles().get(typed.text(request.GET, "why"))
    if told is None:
        raise Http404
    number = typed.text(request.GET, "n")
    context = showing.frame(request, "desk") | {
        "title": told[0],
        "says": told[1],
        "number": number if number.isdecimal() and len(number) == DIGITS else "",
    }
    return render(request, "staff/gone.html", context)
