"""Finding a matter again: by phone and code, by number and four digits, by claim code; and leaving a device."""

from django.http import HttpResponse
from django.shortcuts import redirect

from liren.base.access import actions as access
from liren.cases import actions as cases
from liren.cases import queries
from liren.faces.kit import typed
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.middleware import DEVICE_COOKIE, keep_device, status_of
from liren.faces.resident import nextstep
from liren.faces.resident.views.matters import mine_page
from liren.faces.resident.views.say import with_device
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError, Refused
from liren.kernel.ids import check_number


@door("resident", "matters.read_status", methods=("POST",))
def find(request: FaceRequest) -> HttpResponse:
    """Number and last four digits show where a matter stands; number and claim code open it on this device."""
    asked, proof = typed.text(request.POST, "number"), typed.text(request.POST, "proof")
    digits = "".join(char for char in proof if char.isascii() and char.isdigit())
    address = request.META.get("REMOTE_ADDR", "")
    try:
        number = check_number(asked)
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
        more = {"problem": sentences.sentence(error), "number": asked}
        return mine_page(request, more, status=status_of(error))
    step = nextstep.of_state(found.state, found.unit, found.next_due)
    shown = {"number": found.number, "state": found.state, "unit": found.unit, "next": step}
    return mine_page(request, {"found": shown, "number": asked})


@door("resident", "anyone", methods=("POST",))
def send_code(request: FaceRequest) -> HttpResponse:
    """Send a one-time code to a phone, to open what was said with it."""
    phone = typed.text(request.POST, "phone")
    token = with_device(request)
    try:
        device = request.actor.device_id
        if device is None:
            raise Refused("device.missing")
        address = request.META.get("REMOTE_ADDR", "")
        access.send_phone_code(phone, device_id=device, address=address, now=utc_now())
        response = mine_page(request, {"code_sent": True, "phone": phone})
    except LirenError as error:
        more = {"problem": sentences.sentence(error), "phone": phone}
        response = mine_page(request, more, status=status_of(error))
    if token:
        keep_device(request, response, token)
    return response


@door("resident", "anyone", methods=("POST",))
def prove(request: FaceRequest) -> HttpResponse:
    """Check the code; from now on this device sees what was said with that phone, for 90 days."""
    phone, code = typed.text(request.POST, "phone"), typed.text(request.POST, "code")
    try:
        if request.actor.device_id is None:
            raise Refused("device.missing")
        access.prove_phone(request.actor.device_id, phone, code, now=utc_now())
    except LirenError as error:
        more = {"problem": sentences.sentence(error), "phone": phone, "code_sent": True}
        return mine_page(request, more, status=status_of(error))
    return redirect("/mine?told=proven")


@door("resident", "anyone", methods=("POST",))
def forget_device(request: FaceRequest) -> HttpResponse:
    """Sign this device out: what was said from it can be found again by phone or number."""
    if request.actor.device_id is not None:
        access.forget_device(request.actor.device_id, now=utc_now())
    response = redirect("home")
    response.delete_cookie(DEVICE_COOKIE)
    return response
