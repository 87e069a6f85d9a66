"""Which cases somebody opened on this device, and at which version: in a cookie of the browser, nowhere else.

Nothing is kept on the server, so nobody can read from it who looked at what; another member of staff at the same
device begins anew.
"""

from datetime import datetime
from typing import Any

from django.http import HttpResponse

from liren.cases import queries
from liren.faces.kit.doors import FaceRequest
from liren.kernel.clock import office_zone, to_office

COOKIE = "liren_seen"
MOST = 120  # the last so many cases; a cookie holds four kilobytes
DAYS = 30

Opened = dict[int, int]


def of(request: FaceRequest) -> Opened:
    """Version by case of what this member of staff opened here, the oldest first."""
    whose, _, rest = request.COOKIES.get(COOKIE, "").partition(".")
    if whose != _short(request.actor.id):
        return {}
    found: Opened = {}
    for part in rest.split(".")[-MOST:]:
        case, _, version = part.partition("-")
        try:
            found[int(case, 36)] = int(version, 36)
        except ValueError:
            continue
    return found


def note(request: FaceRequest, response: HttpResponse, case: Any) -> HttpResponse:
    """Note on the answer that the case was opened as it stands now."""
    opened = of(request)
    opened.pop(case.id, None)
    opened[case.id] = case.version
    last = list(opened.items())[-MOST:]
    value = ".".join([_short(request.actor.id), *(f"{_short(one)}-{_short(at)}" for one, at in last)])
    response.set_cookie(
        COOKIE,
        value,
        max_age=DAYS * 86_400,
        path="/desk/",
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return response


def mark(row: queries.Row, opened: Opened, now: datetime) -> str:
    """ "changed" since it was opened here, "new" where it came today and was not opened here, else ""."""
    version = opened.get(row.id)
    if version is not None:
        return "changed" if row.version > version else ""
    zone = office_zone()
    return "new" if to_office(row.received_at, zone).date() == to_office(now, zone).date() else ""


def _short(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits or "0"
