"""Speaking for somebody in the family: only the status shows until the person behind the phone agrees.

The code goes to the family member's phone but is typed on the agent's device. So that the agent's device never
comes to speak for that phone, the code is asked for and shown by a device of its own, made for this one matter
and forgotten at once.
"""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from liren.base.access import actions as access
from liren.base.access import queries as accounts
from liren.cases import actions as cases
from liren.cases import queries
from liren.faces.kit import typed
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.middleware import status_of
from liren.faces.resident import nextstep
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError, NotFound, Refused

ASKED = "behalf"


def waiting_row(request: FaceRequest, number: str) -> queries.MatterRow:
    """The matter somebody said on this device for another who has not agreed yet. Raises NotFound for any other."""
    rows = queries.matters(request.actor, now=utc_now())
    row = next((row for row in rows if row.number == number and not row.title), None)
    if row is None:
        raise NotFound("matter.not_found")
    return row


def behalf_page(request: FaceRequest, number: str, *, status: int = 200, **more: object) -> HttpResponse:
    """Where it stands, and how the family member agrees. Raises NotFound."""
    row = waiting_row(request, number)
    context = {
        "tab": "mine",
        "row": row,
        "next": nextstep.of_state(row.state, row.unit, row.next_due),
        "fresh": request.GET.get("fresh") == "1",
    }
    return render(request, "resident/behalf.html", context | more, status=status)


@door("resident", "matters.read_status", methods=("POST",))
def ask_agree(request: FaceRequest, number: str) -> HttpResponse:
    """Send a code to the family member's phone, if it is the one that was left with this matter."""
    row, phone, now = waiting_row(request, number), typed.text(request.POST, "phone"), utc_now()
    address = request.META.get("REMOTE_ADDR", "")
    try:
        access.throttle("status", device_id=request.actor.device_id, address=address, now=now, subject=number)
        _same_phone(row.number, phone)
        device_id, token = access.new_device(now=now)
        access.send_phone_code(phone, device_id=device_id, address=address, now=now)
    except LirenError as error:
        return behalf_page(
            request, number, status=status_of(error), problem=sentences.sentence(error), phone=phone
        )
    request.session[ASKED] = {"number": number, "device": device_id, "token": token}
    return behalf_page(request, number, code_sent=True, phone=phone)


def _same_phone(number: str, phone: str) -> None:
    """Whether the last four digits are those left with the matter. Raises Refused("behalf.other_phone")."""
    digits = "".join(char for char in phone if char.isascii() and char.isdigit())
    try:
        queries.status(number, digits[-4:])
    except NotFound as error:
        raise Refused("behalf.other_phone", field="phone") from error


@door("resident", "matters.read_status", methods=("POST",))
def agree(request: FaceRequest, number: str) -> HttpResponse:
    """The family member's code: from now on this device sees this one matter, and nothing else of that phone."""
    waiting_row(request, number)
    asked = request.session.get(ASKED) or {}
    phone, now = typed.text(request.POST, "phone"), utc_now()
    if asked.get("number") != number:
        raise Http404
    try:
        access.prove_phone(asked["device"], phone, typed.text(request.POST, "code"), now=now)
    except LirenError as error:
        return behalf_page(
            request,
            number,
            status=status_of(error),
            problem=sentences.sentence(error),
            phone=phone,
            code_sent=True,
        )
    family = accounts.actor(None, asked["token"], now=now, second_factor_at=None)
    del request.session[ASKED]
    try:
        voice = queries.voice_by_number(number)
        if voice is None:
            raise NotFound("matter.not_found")
        cases.agree_on_behalf(voice.id, by=family, now=now)
    except NotFound:
        wrong = sentences.sentence(Refused("behalf.not_agreed"))
        return behalf_page(request, number, status=422, problem=wrong, phone=phone)
    finally:
        access.forget_device(asked["device"], now=now)
    return redirect("matter", number)
