"""Messages that did not arrive: a list people see and act on, not a log."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from liren.cases import queries as cases
from liren.faces.kit import typed
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.middleware import status_of
from liren.faces.staff import showing
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError
from liren.kernel.policy import Actor
from liren.registers.channels import actions as channels
from liren.registers.channels import queries as sent

SHOWN = 50


@door("staff", "cases.dispatch", methods=("GET", "POST"))
def messages(request: FaceRequest) -> HttpResponse:
    """What could not be delivered, why, and two ways on: try again, or note that the person is told another way."""
    problem, status = "", 200
    if request.method == "POST":
        message_id, act = typed.whole(request.POST, "message"), request.POST.get("act", "")
        try:
            if message_id is not None and act == "retry":
                channels.retry(message_id, by=request.actor, now=utc_now())
            elif message_id is not None and act == "give_up":
                channels.give_up(message_id, by=request.actor, now=utc_now())
            return redirect("desk_messages")
        except LirenError as error:
            problem, status = sentences.sentence(error), status_of(error)
    rows = [
        {"message": letter, "number": _number(letter.case_id, request.actor)}
        for letter in sent.dead_letters(request.actor, limit=SHOWN)
    ]
    context = showing.frame(request, "messages") | {"rows": rows, "problem": problem}
    return render(request, "staff/messages.html", context, status=status)


def _number(case_id: int | None, actor: Actor) -> str:
    """The number of the case a message is about, "" where there is none or it may not be seen."""
    try:
        return cases.peek(case_id, by=actor, duty="cases.read").number if case_id is not None else ""
    except LirenError:
        return ""
