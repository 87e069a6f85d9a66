"""Asking one requester a question from the desk, and writing down what was answered on the phone."""

from django.http import HttpResponse
from django.shortcuts import redirect

from liren.cases import actions as cases
from liren.cases import queries
from liren.faces.kit import typed
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.staff.views.case import Typed, page
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError, Refused


@door("staff", "cases.contact", methods=("POST",))
def ask(request: FaceRequest, number: str) -> HttpResponse:
    """Send a question to one of the people behind the case."""
    shown = queries.case_page(number, request.actor)
    form = {name: typed.text(request.POST, name) for name in ("voice", "text")}
    wanted = typed.whole(request.POST, "voice")
    if wanted is None and len(shown.voices) == 1:
        wanted = shown.voices[0].id
    version = typed.whole(request.POST, "version")
    try:
        if wanted is None:
            raise Refused("question.no_voice", field="voice")
        cases.ask(shown.case.id, wanted, by=request.actor, version=version, text=form["text"], now=utc_now())
    except LirenError as error:
        return page(request, number, Typed(problem=error, panel="ask", form=form))
    return redirect("desk_case", number)


@door("staff", "cases.contact", methods=("POST",))
def answer(request: FaceRequest, number: str, question: str) -> HttpResponse:
    """Write down what a requester answered."""
    case = queries.case_ref(number, request.actor)
    form = {"text": typed.text(request.POST, "text"), "question": question}
    version = typed.whole(request.POST, "version")
    try:
        wanted = next((one.id for one in queries.open_questions(case.id) if str(one.id) == question), None)
        if wanted is None:
            raise Refused("question.answered")
        cases.record_answer(wanted, form["text"], by=request.actor, version=version, now=utc_now())
    except LirenError as error:
        return page(request, number, Typed(problem=error, panel="answer", form=form))
    return redirect("desk_case", number)
