"""What every page shares: who acts, what a browser may load, and how an error is told."""

import logging
import secrets
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from liren.base.access import actions as access
from liren.base.access import queries as accounts
from liren.faces.kit import words
from liren.kernel.clock import utc_now
from liren.kernel.errors import Conflict, Denied, IllegalMove, LirenError, NotFound, Throttled
from liren.registers.places import queries as places

log = logging.getLogger("liren.faces")

DEVICE_COOKIE = "liren_device"
DEVICE_AGE = 400 * 24 * 3600
Next = Callable[[HttpRequest], HttpResponse]


def content_security(get_response: Next) -> Next:
    """Only our own scripts and styles, by a nonce made for each page; no inline, no foreign frame, no plugin."""

    def middleware(request: HttpRequest) -> HttpResponse:
        nonce = secrets.token_urlsafe(16)
        request.csp_nonce = nonce  # type: ignore[attr-defined]
        response = get_response(request)
        response.headers.setdefault(
            "Content-Security-Policy",
            f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data: blob:; "
            "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'",
        )
        response.headers.setdefault(
            "Permissions-Policy", "geolocation=(self), camera=(self), microphone=(self), payment=()"
        )
        # what is ours is shown in our own pages only; a public file may still be fetched by a program
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    return middleware


def one_ground(get_response: Next) -> Next:
    """One request sees one register of places, looked up once however often it asks where something is."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with places.steady():
            return get_response(request)

    return middleware


def acting_person(get_response: Next) -> Next:
    """Work out who acts: the signed-in account, the device, the phone proven on it. Made fresh for every request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        token = request.COOKIES.get(DEVICE_COOKIE) or None
        now = utc_now()
        actor = accounts.actor_of(request.session, token, now=now)
        if actor.kind == "staff":
            access.touch_session(request.session, now=now)
        request.actor = actor  # type: ignore[attr-defined]
        access.set_acting_person(connection, actor)
        return get_response(request)

    return middleware


def keep_device(request: HttpRequest, response: HttpResponse, token: str) -> None:
    """Give the device its cookie, so that what was said from it can be found again without an account."""
    response.set_cookie(
        DEVICE_COOKIE, token, max_age=DEVICE_AGE, httponly=True, samesite="Lax", secure=settings.HTTPS
    )


STATUS = {Denied: 404, NotFound: 404, IllegalMove: 409, Conflict: 409, Throttled: 429}


def status_of(error: LirenError) -> int:
    """The HTTP status of an error; bad input is 422."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 422)


class PlainErrors:
    """Turn the errors Liren raises on purpose into a page that says what happened and what to do next."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page for a LirenError; anything else goes its way to the server's log."""
        if not isinstance(exception, LirenError):
            return None
        status = status_of(exception)
        response = render(
            request,
            "kit/error.html",
            {"sentence": words.sentence(exception), "status": status, "face": face_of(request)},
            status=status,
        )
        if isinstance(exception, Throttled):
            response.headers["Retry-After"] = str(exception.retry_after)
        return response


def face_of(request: HttpRequest) -> str:
    """Which face a path belongs to."""
    return "staff" if request.path.startswith(("/desk", "/lead")) else "resident"
