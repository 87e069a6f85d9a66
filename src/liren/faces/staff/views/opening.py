"""Writing down what somebody says on the phone or at the counter, as it is said."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from liren.cases import actions as cases
from liren.faces.kit import typed
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import KEPT, FaceRequest, door
from liren.faces.kit.middleware import status_of
from liren.faces.staff import showing
from liren.faces.staff.views.sealing import gone_to
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError
from liren.rooms.intake import actions as intake
from liren.rooms.intake import queries as drafts

CHANNELS = ("phone", "counter", "mailbox", "wechat", "grid")


@door("staff", "intake.open", methods=("GET", "POST"))
def new(request: FaceRequest) -> HttpResponse:
    """One page: the words, who and where; the reading comes on the case page, ready to be confirmed in one key."""
    if request.method != "POST":
        kept = request.session.pop(KEPT, None)
        words = kept.get("text", "") if kept and kept.get("path") == request.path else ""
        return _page(request, {"channel": "phone", "words": words})
    post = request.POST
    form: dict[str, Any] = {
        name: typed.text(post, name) for name in ("words", "name", "phone", "place_text", "channel")
    }
    form["sealed"] = post.get("sealed") == "1"
    channel = form["channel"] if form["channel"] in CHANNELS else "phone"
    now = utc_now()
    try:
        heard = intake.Heard(words=form["words"], channel=channel, place_text=form["place_text"])
        token = post.get("token", "")
        if token:
            draft = intake.revise(token, heard, by=request.actor, now=now)
        else:
            draft = intake.hear(heard, by=request.actor, now=now)
        form["token"] = draft.token
        phone = form["phone"].strip()
        contact = cases.Contact(name=form["name"], phone=phone) if phone else None
        joined = typed.whole(post, "join")
        if joined is None and not post.get("anyway") and not form["sealed"]:
            twins = drafts.twins_of(draft, now=now)
            if twins:
                return _page(request, form, twins=twins)
        sending = intake.Sending(contact=contact, join_case_id=joined, sealed=form["sealed"])
        accepted = intake.send(draft.token, sending, by=request.actor, now=now)
    except LirenError as error:
        return _page(request, form, problem=sentences.sentence(error), status=status_of(error))
    if form["sealed"] and not request.actor.has("cases.read.sealed"):
        return gone_to("taken", accepted.number)
    return redirect("desk_case", accepted.number)


def _page(
    request: FaceRequest, form: dict[str, Any], *, twins: Any = (), problem: str = "", status: int = 200
) -> HttpResponse:
    titles = showing.channel_titles()
    context = showing.frame(request, "new") | {
        "form": form,
        "twins": twins,
        "problem": problem,
        "channels": [(code, titles[code]) for code in CHANNELS],
    }
    return render(request, "staff/new.html", context, status=status)
