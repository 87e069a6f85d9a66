"""Webhooks over the API: told that a case changed, so that a program need not ask all the time."""

from typing import Annotated, Any, cast

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field

from liren.bridges.exchange import actions, queries
from liren.faces.api.door import ApiRequest, Scope
from liren.faces.api.shapes import Problem, Replayed, WebhookIn, WebhookOut
from liren.kernel.clock import utc_now

router = Router(tags=["webhooks"])
REFUSED = {401: Problem, 403: Problem, 404: Problem, 422: Problem, 429: Problem}
Id = Annotated[str, Field(pattern=r"^\d{1,18}$")]


@router.post("", response={201: WebhookOut, **REFUSED}, auth=Scope("webhooks"))
def make(request: HttpRequest, said: WebhookIn) -> Status[dict[str, Any]]:
    """Have an address told of every change this token may see. The same address again gives the same webhook."""
    return Status(201, _told(actions.make_webhook(said.url, token=_token(request), now=utc_now())))


@router.get("", response={200: list[WebhookOut], **REFUSED}, auth=Scope("webhooks"))
def every(request: HttpRequest) -> list[dict[str, Any]]:
    """The webhooks of this token."""
    return [_told(one) for one in queries.webhooks_of(_token(request))]


@router.delete("/{webhook_id}", response={204: None, **REFUSED}, auth=Scope("webhooks"))
def end(request: HttpRequest, webhook_id: Id) -> Status[None]:
    """Tell an address no more."""
    actions.end_webhook(int(webhook_id), token=_token(request), now=utc_now())
    return Status(204, None)


@router.post("/{webhook_id}/replay", response={200: Replayed, **REFUSED}, auth=Scope("webhooks"))
def replay(request: HttpRequest, webhook_id: Id) -> dict[str, Any]:
    """Try again what was given up while the receiver was away."""
    return {"replayed": actions.replay_own(int(webhook_id), token=_token(request), now=utc_now())}


def _token(request: HttpRequest) -> Any:
    return cast(ApiRequest, request).token


def _told(hook: queries.WebhookView) -> dict[str, Any]:
    return {"id": str(hook.id), "url": hook.url, "secret": hook.secret, "made_at": hook.made_at}
