"""What is being done nearby, and joining it: 我也是."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liren.cases import actions as cases
from liren.cases import queries
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.middleware import keep_device
from liren.faces.resident import showing
from liren.faces.resident.views.say import may_send_now, with_device
from liren.kernel.clock import office_zone, to_office, utc_now

SHOWN = 30


@door("resident", "anyone")
def neighbours(request: FaceRequest) -> HttpResponse:
    """Public matters in hand: kind, courtyard, how many; one tap to say "me too"."""
    now = utc_now()
    on = to_office(now, office_zone()).date()
    rows = showing.public_rows(queries.in_hand(now=now, limit=SHOWN), on)
    return render(request, "resident/neighbours.html", {"tab": "neighbours", "rows": rows})


@door("resident", "intake.send", methods=("POST",))
def join(request: FaceRequest, case_id: int) -> HttpResponse:
    """Add my voice to a matter in hand, with a number of my own; one device adds one."""
    token = with_device(request)
    if not queries.is_in_hand(case_id):
        return redirect("neighbours")
    if queries.sees_case_files(case_id, request.actor, now=utc_now()):
        return redirect("/mine?told=sent")  # already among those behind it
    may_send_now(request)
    demand = cases.Demand(
        words=_("我也遇到同样的事。"),
        channel="web",
        device_id=request.actor.device_id,
        language=get_language() or "zh-hans",
    )
    key = f"join:{case_id}:{request.actor.device_id}"
    accepted = cases.add_voice(case_id, demand, by=request.actor, now=utc_now(), key=key)
    response = redirect(f"/m/{accepted.number}?fresh=1")
    if token:
        keep_device(request, response, token)
    return response
