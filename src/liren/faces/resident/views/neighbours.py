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
from liren.faces.resident.views.say import with_device
from liren.kernel.clock import office_zone, to_office, utc_now
from liren.kernel.ids import new_token


@door("resident", "anyone")
def neighbours(request: FaceRequest) -> HttpResponse:
    """Public matters in hand: kind, courtyard, how many; one tap to say "me too"."""
    now = utc_now()
    rows = showing.public_rows(queries.in_hand(now=now, limit=30), to_office(now, office_zone()).date())
    shown = [
        {
            "case_id": row.case_id,
            "title": row.title,
            "place": row.place,
            "state": row.state,
            "voices": row.voices,
            "received_at": row.received_at,
            "key": new_token(12),
        }
        for row in rows
    ]
    return render(request, "resident/neighbours.html", {"tab": "neighbours", "rows": shown})


@door("resident", "intake.send", methods=("POST",))
def join(request: FaceRequest, case_id: int) -> HttpResponse:
    """Add my voice to a matter in hand, with a number of my own."""
    token = with_device(request)
    if not queries.is_in_hand(case_id):
        return redirect("neighbours")
    demand = cases.Demand(
        words=_("我也遇到同样的事。"),
        channel="web",
        device_id=request.actor.device_id,
        language=get_language() or "zh-hans",
    )
    key = f"join:{request.POST.get('key', '')}"
    accepted = cases.add_voice(case_id, demand, by=request.actor, now=utc_now(), key=key)
    request.session["claim"] = {accepted.number: accepted.claim_code} if accepted.claim_code else {}
    response = redirect(f"/m/{accepted.number}?fresh=1")
    if token:
        keep_device(request, response, token)
    return response
