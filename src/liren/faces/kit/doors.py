"""How a face's views are made: each names its duty, and what a person may not see does not exist."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Literal, ParamSpec
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import conditional_page, require_http_methods

from liren.base.access import actions as access
from liren.kernel.clock import utc_now
from liren.kernel.policy import Actor

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
Face = Literal["resident", "staff", "leader", "public", "anyone"]
SIGNED_IN = frozenset({"staff", "leader"})  # faces behind the desk's own door

# In the session, across a sign-in: what a member of staff had written when the session ran out.
KEPT = "kept_form"
KEPT_MAX = 20_000
KEPT_FOR = 300  # seconds a public page may be kept on its way


class FaceRequest(HttpRequest):
    """A request after the kit's middleware: it knows who acts, on which device, and the nonce of its page."""

    actor: Actor
    csp_nonce: str
    device_token: str


def _to_the_door(request: HttpRequest) -> HttpResponseBase:
    """Sign in first, then back to the page; words on their way come along, to be sent again."""
    back = request.get_full_path()
    if request.method == "POST":
        back = request.path.rpartition("/")[0] if request.path.startswith("/desk/case/") else request.path
        back = re.sub(r"/(voice|part|question)$", "", back)
        words = request.POST.get("text") or request.POST.get("words") or ""
        if words:
            request.session[KEPT] = {"path": request.path, "text": words[:KEPT_MAX]}
    return redirect(f"/desk/login?{urlencode({'next': back})}")


def door(
    face: Face,
    duty: str,
    *,
    methods: tuple[str, ...] = ("GET",),
    also: str = "",
    lands: Callable[[Actor], str] | None = None,
) -> Callable[[Any], Any]:
    """Mark a view with its face and the duty it serves; refuse who holds no such duty anywhere, nor the one it serves
    `also`.

    The decision about the thing itself is made where it is fetched. Staff who are not signed in go to the door;
    staff without their second factor go to set it up; everybody else gets 404. What is public may be kept for five
    minutes by whoever passes it on, is asked for again by its mark, and is read at the pace of a hall. `lands` names where
    somebody without the duty goes on to, from the page everybody comes to first.
    """

    def wrap(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def entered(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor: Actor = request.actor
            if face == "public":
                access.pace("open", address=request.META.get("REMOTE_ADDR", ""), now=utc_now())
            if face in SIGNED_IN and actor.kind != "staff":
                return _to_the_door(request)
            if face in SIGNED_IN and actor.proof != "second_factor" and duty != "access.second_factor":
                return redirect("/desk/second-factor")
            if duty not in {"access.second_factor", "anyone"} and not (
                actor.has(duty) or (also and actor.has(also))
            ):
                if lands is not None:
                    return redirect(lands(actor))
                raise Http404
            return view(request, *args, **kwargs)

        # read by the house test that every view names a duty
        entered.face, entered.duty = face, duty  # type: ignore[attr-defined]
        opened = require_http_methods([*methods, "HEAD"])(entered)
        if face == "public":
            return conditional_page(cache_control(public=True, max_age=KEPT_FOR)(opened))
        return never_cache(opened)

    return wrap
