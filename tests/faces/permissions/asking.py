"""One request of a cell of the table, and what it is counted as."""

import json
import re
from collections.abc import Mapping
from http.cookies import SimpleCookie
from typing import Any

from django.test import Client

from tests.faces.permissions.world import undone

BODIES: dict[str, Any] = {
    "/cases": {"words": "路灯不亮"},
    "/webhooks": {"url": "https://a.example/x"},
}
PASSED = {200, 201, 204, 302, 403, 409, 422}


def ask(browser: Client, method: str, path: str, form: Mapping[str, Any]) -> Any:
    """The answer; whatever it wrote is undone, in the browser too."""
    before = browser.cookies.output(header="")
    with undone():
        answer = _sent(browser, method, path, form)
    browser.cookies = SimpleCookie(before)
    return answer


def _sent(browser: Client, method: str, path: str, form: Mapping[str, Any]) -> Any:
    if not path.startswith("/api/"):
        return browser.post(path, form) if method == "POST" else browser.generic(method, path)
    tail = path.removeprefix("/api/v1")
    body = BODIES.get(tail, {} if tail.endswith("/replay") else {"text": "说明", "version": 1})
    written = method == "POST"
    return browser.generic(
        method,
        path,
        json.dumps(body) if written else "",
        content_type="application/json",
        headers={"Idempotency-Key": "once"} if written else {},
    )


def verdict(answer: Any, path: str) -> str:
    """o passed, . there is nothing, L to the door, 2 to the second factor, 1 and 3 the API's 401 and 403."""
    status, went = answer.status_code, answer.headers.get("Location", "")
    if went.startswith("/desk/login") and not path.startswith("/desk/log"):
        return "L"
    if went.startswith("/desk/second-factor") and not path.startswith("/desk/login"):
        return "2"
    if path.startswith("/api/") and status in {401, 403}:
        return {401: "1", 403: "3"}[status]
    if status == 404:
        return "."
    return "o" if status in PASSED and status != 403 else f"<{status}>"


def told(answer: Any, path: str) -> str:
    """All an answer tells, without what differs between any two: nonces, proofs, times, the address asked."""
    body = answer.content.decode() if not getattr(answer, "streaming", False) else ""
    body = re.sub(r'(name="csrfmiddlewaretoken" value=|nonce=)"[^"]*"', r'\1""', body)
    body = body.replace(path, "PATH")
    headers = sorted((name, value) for name, value in answer.headers.items() if name not in VARYING)
    return f"{answer.status_code}\n{headers}\n{body}"


VARYING = {
    "Content-Security-Policy",
    "Content-Length",
    "Set-Cookie",
    "Expires",
    "Last-Modified",
    "ETag",
    "X-Request-Id",
}
