"""Leaving a case out of the rates: asked by one on the case page, decided by another there."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect

from liren.cases import actions as cases
from liren.cases import queries
from liren.faces.kit import typed
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.staff.views.case import Typed, page
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError


@door("staff", "cases.ask_exclusion", methods=("POST",))
def ask(request: FaceRequest, number: str) -> HttpResponse:
    """Ask that the case be left out, with a reason of the office's list and words."""
    return _act(request, number, "ask_exclusion", ("reason", "text"), cases.ask_exclusion)


@door("staff", "cases.decide_exclusion", methods=("POST",))
def decide(request: FaceRequest, number: str) -> HttpResponse:
    """Grant, refuse, or let it count again."""
    return _act(request, number, "decide_exclusion", ("decision", "text"), cases.decide_exclusion)


def _act(request: FaceRequest, number: str, panel: str, names: tuple[str, str], action: Any) -> HttpResponse:
    form = {name: typed.text(request.POST, name) for name in names}
    try:
        action(
            queries.case_ref(number, request.actor).id,
            form[names[0]],
            by=request.actor,
            version=typed.whole(request.POST, "version"),
            text=form["text"],
            now=utc_now(),
        )
    except LirenError as error:
        return page(request, number, Typed(panel=panel, form=form, problem=error))
    return redirect("desk_case", number)
