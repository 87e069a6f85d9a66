"""One line of the log for each request: which page, what became of it, how long it took, in what role. No address of
a person, no query, no body; of the network only its neighbourhood, and only where something was refused.
"""

import ipaddress
import logging
import secrets
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from liren.kernel import tracing
from liren.kernel.policy import Actor

log = logging.getLogger("liren.requests")

SLOW = 2_000  # milliseconds from which on an answer is worth a look
REFUSED = {400, 401, 403, 429}  # what somebody who tries doors meets; 404 and 422 are everyday
HEADER = "X-Request-Id"  # on every answer, so that a report can name the line


def one_line(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Give the request a number of its own, and write its line when it is answered."""

    def middleware(request: HttpRequest) -> HttpResponse:
        number, began = secrets.token_hex(6), time.monotonic()
        with tracing.within(request=number):
            response = get_response(request)
            took = round((time.monotonic() - began) * 1000)
            with tracing.within(**_told(request, response, took)):
                log.log(_level(response.status_code, took), "answered")
        response.headers[HEADER] = number
        return response

    return middleware


def _level(status: int, took: int) -> int:
    if status >= 500:
        return logging.ERROR
    return logging.WARNING if status in REFUSED or took >= SLOW else logging.INFO


def _told(request: HttpRequest, response: HttpResponse, took: int) -> dict[str, tracing.Told]:
    match, actor = request.resolver_match, getattr(request, "actor", None)
    told: dict[str, tracing.Told] = {
        "page": match.view_name if match else "",
        "duty": str(getattr(match.func, "duty", "")) if match else "",
        "method": request.method if request.method in {"GET", "HEAD", "POST", "DELETE"} else "other",
        "status": response.status_code,
        "ms": took,
    }
    if isinstance(actor, Actor):
        told["who"] = actor.kind
        told["roles"] = sorted({grant.role for grant in actor.grants})
    if response.status_code in REFUSED:
        told["near"] = near(str(request.META.get("REMOTE_ADDR", "")))
    return told


def near(address: str) -> str:
    """The network an address is of: enough to see where a flood comes from, too little for a person. "" for none."""
    try:
        parsed = ipaddress.ip_address(address.strip().partition("%")[0])
    except ValueError:
        return ""
    kept = 24 if parsed.version == 4 else 48
    return str(ipaddress.ip_network((parsed, kept), strict=False))
