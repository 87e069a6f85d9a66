"""Messages that did not arrive: a list people see and act on, not a log."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from liren.faces.kit.doors import FaceRequest, door
from liren.faces.staff import showing
from liren.kernel.clock import utc_now
from liren.registers.channels import actions as channels
from liren.registers.channels import queries as sent


@door("staff", "cases.dispatch", methods=("GET", "POST"))
def messages(request: FaceRequest) -> HttpResponse:
    """What could not be delivered, why, and two ways on: try again, or note that the person is told another way."""
    if request.method == "POST":
        message_id, act = request.POST.get("message", ""), request.POST.get("act", "")
        if message_id.isdigit() and act == "retry":
            channels.retry(int(message_id), by=request.actor, now=utc_now())
        elif message_id.isdigit() and act == "give_up":
            channels.give_up(int(message_id), by=request.actor, now=utc_now())
        return redirect("desk_messages")
    context = showing.frame(request, "messages") | {"rows": sent.dead_letters()}
    return render(request, "staff/messages.html", context)
