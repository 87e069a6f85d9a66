"""通知地址: other systems told of changes; what waits, what was given up and why, tried again by one press."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from liren.bridges.exchange import actions, queries
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.staff import showing
from liren.kernel.clock import utc_now

DUTY = "channels.manage"


def error_words(code: str) -> str:
    """Why a telling did not arrive."""
    told = {
        "address": _("地址解析不到，或者在没有放行的内网里"),
        "refused": _("对方没有接"),
        "hung": _("对方接了不回话"),
        "tls": _("对方的证书不对"),
        "moved": _("对方让转到别处，这里不跟着转"),
        "token": _("接口密钥已经收回或过期"),
    }
    if code.startswith("status."):
        return _("对方回了错误 %(status)s") % {"status": code.removeprefix("status.")}
    return told.get(code, code)


@door("staff", DUTY)
def webhooks(request: FaceRequest) -> HttpResponse:
    """Every address that is told, with what was given up."""
    rows = [{"hook": one, "why": error_words(one.error)} for one in queries.states(by=request.actor)]
    context = showing.frame(request, "office", dead=False) | {"rows": rows}
    return render(request, "staff/office_webhooks.html", context)


@door("staff", DUTY, methods=("POST",))
def replay(request: FaceRequest, webhook: str) -> HttpResponse:
    """Tell again what was given up."""
    actions.replay(int(webhook), by=request.actor, now=utc_now())
    return redirect("desk_webhooks")
