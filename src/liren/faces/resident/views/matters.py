"""My matters: what stands where, what I can do about it; finding it again by phone or number."""

from collections.abc import Mapping

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from liren.base.access import actions as access
from liren.base.files import queries as kept
from liren.cases import actions as cases
from liren.cases import queries
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.middleware import DEVICE_COOKIE, keep_device, status_of
from liren.faces.resident import showing
from liren.faces.kit.uploads import keep_photos
from liren.faces.resident.views.say import with_device
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError, Refused
from liren.kernel.ids import check_number, new_token


@door("resident", "anyone")
def mine(request: FaceRequest) -> HttpResponse:
    """All my matters, and the ways to find those said elsewhere."""
    return _mine(request, {"told": _told(request.GET.get("told", ""))})


def _told(code: str) -> str:
    return {"proven": _("验证好了，下面是用这个号码说过的事。"), "sent": _("这件事已经提交过了，在下面。")}.get(code, "")


def _mine(request: FaceRequest, more: Mapping[str, object], *, status: int = 200) -> HttpResponse:
    context: dict[str, object] = {"tab": "mine", "matters": queries.matters(request.actor, now=utc_now())}
    return render(request, "resident/mine.html", context | dict(more), status=status)


@door("resident", "matters.read")
def matter(request: FaceRequest, number: str) -> HttpResponse:
    """One of my matters: next step first, then the story, then what I can do."""
    return _matter(request, number)


def _matter(request: FaceRequest, number: str, *, more: str = "", status: int = 200) -> HttpResponse:
    found = queries.matter(number, request.actor, now=utc_now())
    case, can = found.case, showing.can(found)
    unit = case.unit.name if case.unit else ""
    context = {
        "tab": "mine",
        "matter": found,
        "next_step": showing.next_step(case.state, unit, case.next_due),
        "steps": showing.story(found),
        "photos": kept.of(f"voice:{found.voice.id}") + kept.of(f"case:{case.id}"),
        "can": can,
        "may_rate": can.get("rate") and not found.verdict,
        # one key per page shown: a second tap on the same button is the same act
        "key": new_token(12),
        "fresh": request.GET.get("fresh") == "1",
        "claim": (request.session.get("claim") or {}).get(number),
        "more": more,
    }
    return render(request, "resident/matter.html", context, status=status)


def _voice(request: FaceRequest, number: str) -> int:
    return queries.matter(number, request.actor, now=utc_now()).voice.id


@door("resident", "matters.rate", methods=("POST",))
def rate(request: FaceRequest, number: str) -> HttpResponse:
    """满意 · 一般 · 没解决, in one tap. "Not solved" opens the case again."""
    said = request.POST.get("said", "")
    solved = said in {"1", "2", "3", "4", "5"}
    cases.rate(
        _voice(request, number),
        "solved" if solved else "not_solved" if said == "not_solved" else said,
        by=request.actor,
        now=utc_now(),
        rating=int(said) if solved else None,
        text=request.POST.get("text", ""),
        key=f"rate:{request.POST.get('key', '')}",
    )
    return redirect("matter", number)


@door("resident", "matters.chase", methods=("POST",))
def chase(request: FaceRequest, number: str) -> HttpResponse:
    """催一催."""
    key = f"chase:{request.POST.get('key', '')}"
    cases.chase(_voice(request, number), by=request.actor, now=utc_now(), key=key)
    return redirect("matter", number)


@door("resident", "matters.say_more", methods=("POST",))
def say_more(request: FaceRequest, number: str) -> HttpResponse:
    """Add words or photos; if refused, the words are still in the box."""
    text = request.POST.get("text", "")
    try:
        photos = tuple(keep_photos(request))
        cases.say_more(
            _voice(request, number),
            text,
            by=request.actor,
            now=utc_now(),
            key=f"more:{request.POST.get('key', '')}",
            file_ids=photos,
        )
    except Refused as error:
        return _matter(request, number, more=text, status=status_of(error))
    return redirect("matter", number)


@door("resident", "matters.withdraw", methods=("POST",))
def withdraw(request: FaceRequest, number: str) -> HttpResponse:
    """Take one's own matter back."""
    key = f"withdraw:{request.POST.get('key', '')}"
    cases.withdraw(_voice(request, number), by=request.actor, now=utc_now(), key=key)
    return redirect("matter", number)


@door("resident", "matters.read_status", methods=("POST",))
def find(request: FaceRequest) -> HttpResponse:
    """Number and last four digits show where a matter stands; number and claim code open it on this device."""
    typed, proof = request.POST.get("number", ""), request.POST.get("proof", "")
    digits = "".join(char for char in proof if char.isdigit())
    try:
        address = request.META.get("REMOTE_ADDR", "")
        number = check_number(typed)
        access.throttle(
            "status", device_id=request.actor.device_id, address=address, now=utc_now(), subject=number
        )
        if len(digits) > 4:
            token = with_device(request)
            cases.claim(number, digits, by=request.actor, now=utc_now())
            response = redirect("matter", number)
            if token:
                keep_device(request, response, token)
            return response
        found = queries.status(number, digits)
    except LirenError as error:
        more = {"problem": sentences.sentence(error), "number": typed}
        return _mine(request, more, status=status_of(error))
    step = showing.next_step(found.state, found.unit, found.next_due)
    shown = {"number": found.number, "state": found.state, "unit": found.unit, "next_step": step}
    return _mine(request, {"found": shown, "number": typed})


@door("resident", "anyone", methods=("POST",))
def send_code(request: FaceRequest) -> HttpResponse:
    """Send a one-time code to a phone, to open what was said with it."""
    phone = request.POST.get("phone", "")
    token = with_device(request)
    try:
        device = request.actor.device_id
        if device is None:
            raise Refused("device.missing")
        address = request.META.get("REMOTE_ADDR", "")
        access.send_phone_code(phone, device_id=device, address=address, now=utc_now())
        response = _mine(request, {"code_sent": True, "phone": phone})
    except LirenError as error:
        more = {"problem": sentences.sentence(error), "phone": phone}
        response = _mine(request, more, status=status_of(error))
    if token:
        keep_device(request, response, token)
    return response


@door("resident", "anyone", methods=("POST",))
def prove(request: FaceRequest) -> HttpResponse:
    """Check the code; from now on this device sees what was said with that phone, for 90 days."""
    phone, code = request.POST.get("phone", ""), request.POST.get("code", "")
    try:
        if request.actor.device_id is None:
            raise Refused("device.missing")
        access.prove_phone(request.actor.device_id, phone, code, now=utc_now())
    except LirenError as error:
        more = {"problem": sentences.sentence(error), "phone": phone, "code_sent": True}
        return _mine(request, more, status=status_of(error))
    return redirect("/mine?told=proven")


@door("resident", "anyone", methods=("POST",))
def forget_device(request: FaceRequest) -> HttpResponse:
    """Sign this device out: what was said from it can be found again by phone or number."""
    if request.actor.device_id is not None:
        access.forget_device(request.actor.device_id, now=utc_now())
    response = redirect("home")
    response.delete_cookie(DEVICE_COOKIE)
    return response


@door("resident", "anyone")
def photo(request: FaceRequest, file_id: int) -> HttpResponse:
    """A photo, to whom it belongs: the people behind the case, or the device that is about to send it."""
    owner = kept.owner_of(file_id)
    kind, _, ref = owner.partition(":")
    if kind == "voice":
        allowed = queries.sees_voice_files(int(ref), request.actor, now=utc_now())
    elif kind == "case":
        allowed = queries.sees_case_files(int(ref), request.actor, now=utc_now())
    else:
        allowed = bool(kept.waiting([file_id], by=request.actor))
    if not allowed:
        raise Http404
    small = request.GET.get("small") == "1"
    purpose = "handle_matter" if request.actor.kind == "staff" else "own_data"
    found = kept.read(file_id, by=request.actor, purpose=purpose, now=utc_now(), thumb=small)
    return HttpResponse(found.body, headers=found.headers)
