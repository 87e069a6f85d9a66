"""What is being done nearby; joining it, 我也是; and following it, 关注."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liren.cases import actions as cases
from liren.cases import queries
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.middleware import keep_device, status_of
from liren.faces.resident import showing
from liren.faces.resident.views.say import may_send_now, with_device
from liren.kernel.clock import office_zone, to_office, utc_now
from liren.kernel.errors import LirenError, Refused

SHOWN = 30


@door("resident", "anyone")
def neighbours(request: FaceRequest) -> HttpResponse:
    """Public matters in hand: kind, courtyard, how many; one tap to say "me too"."""
    return neighbours_page(request)


def neighbours_page(request: FaceRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    """What this device follows first, then what is in hand nearby; `problem` says why a tap did nothing."""
    now = utc_now()
    on = to_office(now, office_zone()).date()
    followed = queries.followed(request.actor)
    held = {one.case.case_id for one in followed}
    rows = [row for row in queries.in_hand(now=now, limit=SHOWN) if row.case_id not in held]
    mine = showing.public_rows([one.case for one in followed], on)
    context = {
        "tab": "neighbours",
        "rows": showing.public_rows(rows, on),
        "followed": list(zip(mine, followed, strict=True)),
        "problem": problem,
    }
    return render(request, "resident/neighbours.html", context, status=status)


@door("resident", "intake.send", methods=("POST",))
def follow(request: FaceRequest, case_id: int) -> HttpResponse:
    """关注: the news of a public matter, without speaking for it."""
    token = with_device(request)
    try:
        cases.follow(case_id, by=request.actor, now=utc_now())
        response: HttpResponse = redirect("neighbours")
    except LirenError as error:
        response = neighbours_page(request, problem=sentences.sentence(error), status=status_of(error))
    if token:
        keep_device(request, response, token)
    return response


@door("resident", "intake.send", methods=("POST",))
def unfollow(request: FaceRequest, case_id: int) -> HttpResponse:
    """不再关注."""
    cases.unfollow(case_id, by=request.actor, now=utc_now())
    return redirect("neighbours")


@door("resident", "intake.send", methods=("POST",))
def join(request: FaceRequest, case_id: int) -> HttpResponse:
    """Add my voice to a matter in hand, with a number of my own; one device adds one."""
    token = with_device(request)
    if not queries.is_in_hand(case_id):
        return redirect("neighbours")
    if queries.sees_case_files(case_id, request.actor, now=utc_now()):
        return redirect("/mine?told=sent")  # already among those behind it
    if request.actor.device_id is None:
        raise Refused("device.missing")  # staff: whoever adds a voice does it from a device of their own
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
