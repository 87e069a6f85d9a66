"""Merging cases from the desk, taking them apart again, and giving a voice a case of its own."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from liren.cases import actions as cases
from liren.cases import queries
from liren.faces.kit import typed
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.middleware import status_of
from liren.faces.staff.views.case import Typed, page
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError, NotFound, Refused


def _refused(request: FaceRequest, number: str, error: LirenError, panel: str) -> HttpResponse:
    kept = {name: typed.text(request.POST, name) for name in ("target", "voice", "other")}
    return page(request, number, Typed(problem=error, panel=panel, form=kept))


@door("staff", "cases.merge", methods=("POST",))
def merge(request: FaceRequest, number: str) -> HttpResponse:
    """Take this case into the one named by number; the page then shows where it went, with the way back."""
    case, by = queries.case_ref(number, request.actor), request.actor
    digits = "".join(char for char in typed.text(request.POST, "target") if char.isdigit())
    try:
        target = _target(digits, request)
        cases.merge(case.id, target, by=by, version=typed.whole(request.POST, "version"), now=utc_now())
    except LirenError as error:
        return _refused(request, number, error, "merge")
    return redirect("desk_case", case.number)


def _target(digits: str, request: FaceRequest) -> int:
    try:
        return queries.case_ref(digits, request.actor).id
    except NotFound:
        raise Refused("merge.no_target", field="target") from None


@door("staff", "cases.merge", methods=("POST",))
def split(request: FaceRequest, number: str) -> HttpResponse:
    """撤销并案, from either side: from the page of the other case with the number of the one that went into it."""
    here = typed.text(request.POST, "of")[:16]
    case = queries.case_ref(here or number, request.actor)
    try:
        cases.split(case.id, by=request.actor, version=typed.whole(request.POST, "version"), now=utc_now())
    except LirenError as error:
        return _refused(request, number, error, "split")
    return redirect("desk_case", case.number)


@door("staff", "cases.merge", methods=("POST",))
def split_off(request: FaceRequest, number: str) -> HttpResponse:
    """Give the chosen voice a case of its own and open it."""
    case = queries.case_ref(number, request.actor)
    try:
        wanted = _voice(case.id, request)
        own = cases.split_off(
            wanted, by=request.actor, version=typed.whole(request.POST, "version"), now=utc_now()
        )
    except LirenError as error:
        return _refused(request, number, error, "split_off")
    return redirect("desk_case", own.number)


def _voice(case_id: int, request: FaceRequest) -> int:
    """The chosen voice of this case, or the one whose number was typed where there are too many to choose from."""
    picked = typed.whole(request.POST, "voice")
    digits = "".join(char for char in typed.text(request.POST, "other") if char.isdigit())
    named = queries.voice_by_number(digits) if digits else None
    if named is not None and named.case_id == case_id:
        return named.id
    if digits or picked is None or not queries.is_voice_of(picked, case_id):
        raise Refused("split_off.no_voice", field="voice")
    return picked


@door("staff", "cases.merge", methods=("POST",))
def merge_picked(request: FaceRequest) -> HttpResponse:
    """Take the picked rows of the worklist into the one that came first and open it; all or none."""
    picked = [one.partition(":")[0] for one in request.POST.getlist("pick")[:50]]
    ids = [int(one) for one in picked if one.isascii() and one.isdecimal() and len(one) < 19]
    try:
        case = cases.merge_many(ids, by=request.actor, now=utc_now())
    except LirenError as error:
        back = request.POST.get("back", "")
        told = {"sentence": sentences.sentence(error), "status": status_of(error), "face": "staff"}
        told["back"] = back if back.startswith("/desk/") else ""
        return render(request, "kit/error.html", told, status=status_of(error))
    return redirect("desk_case", case.number)
