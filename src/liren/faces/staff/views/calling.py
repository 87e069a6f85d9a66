"""回访台: one voice at a time, the most due first; three questions, and the next one opens."""

import json
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from liren.cases import actions as cases
from liren.cases import queries
from liren.faces.kit import typed
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.middleware import status_of
from liren.faces.staff import showing
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError
from liren.registers.duties import queries as duties

SKIPPED_MAX = 30  # put aside in one sitting; the address carries them
NO_CONTACT = "no_contact"  # what "nobody spoke to me" is kept as, where the office's list has it


def _skipped(text: str) -> list[int]:
    found = [one for one in text.split(",") if one.isdecimal() and len(one) < 19]
    return [int(one) for one in found[-SKIPPED_MAX:]]


@door("staff", "cases.call_back")
def calls(request: FaceRequest) -> HttpResponse:
    """The desk with whoever is to be called next."""
    skipped = _skipped(typed.text(request.GET, "skip"))
    told = _("记下了，这是下一位。") if request.GET.get("done") else ""
    return _page(request, {"told": told}, skipped=skipped)


@door("staff", "cases.contact_reveal", methods=("POST",))
def phone(request: FaceRequest, voice: str) -> HttpResponse:
    """Show the phone of the voice on the desk; who looked, when and why is kept."""
    voice_id, now = int(voice) if len(voice) < 19 else 0, utc_now()
    found = queries.call_queue(request.actor, now=now, voice_id=voice_id).next
    if found is None:
        return redirect("desk_calls")
    try:
        kept = queries.contact_of(found.voice, by=request.actor, purpose="call_back", now=now)
    except LirenError as error:
        return _page(request, {"problem": error}, voice_id=voice_id)
    return _page(request, {"contact": json.loads(kept) if kept else {}}, voice_id=voice_id)


@door("staff", "cases.call_back", methods=("POST",))
def record(request: FaceRequest, voice: str) -> HttpResponse:
    """Write down what was answered, or that nobody was; then the next one."""
    post, now = request.POST, utc_now()
    voice_id = int(voice) if len(voice) < 19 else 0
    said, rating = typed.text(post, "said"), typed.whole(post, "rating")
    reasons = [one for one in post.getlist("reasons")[:20] if len(one) <= 32]
    known = {one.code for one in duties.rating_reasons(showing.today())}
    if post.get("contacted") == "no" and NO_CONTACT in known:
        reasons.append(NO_CONTACT)
    form = {
        "said": said,
        "rating": rating,
        "reasons": reasons,
        "contacted": typed.text(post, "contacted"),
        "text": typed.text(post, "text"),
    }
    try:
        if post.get("nobody"):
            cases.attempt(
                voice_id,
                by=request.actor,
                version=typed.whole(post, "version"),
                now=now,
                text=typed.text(post, "text"),
            )
        else:
            cases.record_verdict(
                voice_id,
                said,
                by=request.actor,
                version=typed.whole(post, "version"),
                now=now,
                rating=rating,
                text=typed.text(post, "text"),
                reasons=tuple(reasons),
            )
    except LirenError as error:
        return _page(request, {"problem": error, "form": form}, voice_id=voice_id)
    query = {"done": "1"} | ({"skip": post["skip"]} if post.get("skip") else {})
    return redirect(f"/desk/calls?{urlencode(query)}")


def _page(
    request: FaceRequest,
    more: dict[str, Any],
    *,
    skipped: list[int] | None = None,
    voice_id: int | None = None,
) -> HttpResponse:
    now, on = utc_now(), showing.today()
    aside = skipped if skipped is not None else _skipped(typed.text(request.POST, "skip"))
    queue = queries.call_queue(request.actor, now=now, skipped=aside, voice_id=voice_id)
    problem: LirenError | None = more.pop("problem", None)
    context = showing.frame(request, "calls") | {
        "queue": queue,
        "call": queue.next,
        "reasons": duties.rating_reasons(on),
        "ratings": [(stars, showing.rating_title(stars)) for stars in (5, 4, 3, 2, 1)],
        "skip": ",".join(map(str, aside)),
        "problem": sentences.sentence(problem) if problem is not None else "",
        "contact": None,
        "form": {},
    }
    if queue.next is not None:
        case = queue.next.case
        context |= {
            "place": showing.place_name(case.place_id) or case.place_text,
            "class_title": showing.class_title(case.class_code, on),
            "skip_query": urlencode({"skip": ",".join(map(str, [*aside, queue.next.voice.id]))}),
        }
    return render(request, "staff/calls.html", context | more, status=status_of(problem) if problem else 200)
