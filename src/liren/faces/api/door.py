"""How a program comes in: a token, the scopes it opens, its own pace; every error as problem+json (RFC 9457)."""

import hashlib
import json
from collections.abc import Callable
from typing import Any, cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.security import HttpBearer

from liren.base.access import actions as access
from liren.base.access import queries as accounts
from liren.base.ledger import actions as ledger
from liren.faces.kit import words
from liren.faces.kit.doors import FaceRequest
from liren.faces.kit.middleware import status_of
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError, Refused, Throttled
from liren.kernel.policy import Actor

PROBLEM = "application/problem+json"
KEY_MAX = 100


class ApiRequest(FaceRequest):
    """A request a token came with."""

    token: accounts.TokenView


class Scope(HttpBearer):
    """A token that has a scope. Without one 401, with one that has it not 403."""

    def __init__(self, scope: str) -> None:
        self.scope = scope
        super().__init__()

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Who acts from here on; None lets nobody in.

        Raises Throttled for a token that asks too often, and for an address that tries too many wrong ones.
        """
        now = utc_now()
        found = accounts.token_actor(token, now=now)
        if found is None:
            address = str(request.META.get("REMOTE_ADDR", ""))
            access.throttle("api", device_id=None, address=address, now=now)
            return None
        actor, view = found
        access.spend_call(view.id, now=now)
        if self.scope and self.scope not in view.scopes:
            raise HttpError(403, words.sentence(Refused("token.scope_missing", scope=self.scope)))
        access.touch_token(view.id, now=now)
        asked = cast(ApiRequest, request)
        asked.actor, asked.token = actor, view
        return actor


class _Described(NinjaAPI):
    """The API with errors described as what they are: problem+json."""

    def get_openapi_schema(self, **how: Any) -> Any:
        """The description, every answer from 400 on under its own media type."""
        schema = super().get_openapi_schema(**how)
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400 and "application/json" in answer.get("content", {}):
                        answer["content"] = {PROBLEM: answer["content"].pop("application/json")}
        return schema


api = _Described(
    title="Liren",
    version="1.0",
    description="Cases of a street office: filed, followed, worked on. See docs/api.md.",
    docs_url=None,  # its page would be loaded from elsewhere
    openapi_url="/openapi.json",
    urls_namespace="api",
)


def problem(status: int, code: str, sentence: str, *, field: str = "", **more: Any) -> HttpResponse:
    """An error a program can act on: `code` for it, `detail` for whoever reads its log."""
    body = {
        "type": f"urn:liren:problem:{code}",
        "title": sentence,
        "status": status,
        "code": code,
        **({"field": field} if field else {}),
        **more,
    }
    return HttpResponse(
        json.dumps(body, ensure_ascii=False), status=status, content_type=f"{PROBLEM}; charset=utf-8"
    )


@api.exception_handler(LirenError)
def _refused(request: HttpRequest, error: LirenError) -> HttpResponse:
    answer = problem(
        status_of(error), error.code, words.sentence(error), field=getattr(error, "field", None) or ""
    )
    if isinstance(error, Throttled):
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


@api.exception_handler(ValidationError)
def _malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    faults = [
        {"at": [str(part) for part in one["loc"]], "says": str(one["msg"])[:200]} for one in error.errors[:20]
    ]
    return problem(422, "request.malformed", words.sentence(Refused("request.malformed")), faults=faults)


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    codes = {400: "request.unreadable", 401: "token.missing", 403: "token.scope_missing"}
    code = codes.get(error.status_code, "request.refused")
    sentence = str(error) if error.status_code == 403 else words.sentence(Refused(code))
    answer = problem(error.status_code, code, sentence)
    if error.status_code == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="liren"'
    return answer


def once(request: HttpRequest, do: Callable[[Actor, str], dict[str, Any]]) -> tuple[dict[str, Any], bool]:
    """Do a write once for a token's Idempotency-Key; what it answered, and whether that was now.

    The same key with another request is a Conflict("key.reused"). Raises Refused("request.key").
    """
    asked = cast(ApiRequest, request)
    key = request.headers.get("Idempotency-Key", "")
    if not 0 < len(key) <= KEY_MAX or not key.isprintable():
        raise Refused("request.key", field="Idempotency-Key", most=KEY_MAX)
    said = hashlib.sha256(request.method.encode() + request.path.encode() + request.body).hexdigest()  # type: ignore[union-attr]
    with transaction.atomic(), ledger.once(key=f"api:{key}", by=asked.actor.id, fingerprint=said) as first:
        if first.done:
            return dict(first.result), False
        result = do(asked.actor, f"api.do:{key}")
        first.keep(result)
    return result, True
