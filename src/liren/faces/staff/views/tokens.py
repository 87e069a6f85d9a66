"""接口密钥: the keys by which programs act; given for some days and some things, shown once, taken back at once."""

from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from liren.base.access import actions as access
from liren.base.access import queries as accounts
from liren.faces.kit import typed
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.middleware import status_of
from liren.faces.staff import showing
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError, Refused
from liren.kernel.ids import new_token
from liren.registers.people import queries as people

DUTY = "access.grant"
DAYS = 90


def scope_titles() -> dict[str, str]:
    """What a token may be given, in words."""
    return {
        "registers.read": _("看类别、地点、单位的目录"),
        "cases.open": _("报诉求"),
        "cases.read": _("看诉求办到哪一步（看不到举报、姓名和电话）"),
        "webhooks": _("诉求有变化时通知对方的地址"),
        "cases.work": _("替单位签收、联系、办理、答复"),
    }


@door("staff", DUTY, methods=("GET", "POST"))
def tokens(request: FaceRequest) -> HttpResponse:
    """Every token there is or was; one more for a program's account."""
    if request.method != "POST":
        return _page(request, {"days": str(DAYS)})
    form = {name: typed.text(request.POST, name)[:200] for name in ("account", "name", "days", "key")}
    scopes = [scope for scope in scope_titles() if request.POST.get(f"scope_{scope}")]
    form |= {f"scope_{scope}": "1" for scope in scopes}
    try:
        return _page(request, {"days": str(DAYS)}, secret=_give(request, form, scopes))
    except LirenError as problem:
        return _page(request, form, problem=problem)


def _give(request: FaceRequest, form: Mapping[str, str], scopes: list[str]) -> str:
    account = accounts.find_account(form["account"].strip().lower())
    if account is None:
        raise Refused("token.account", field="account")
    days = (
        int(form["days"])
        if form["days"].isascii() and form["days"].isdecimal() and len(form["days"]) < 5
        else 0
    )
    return access.give_token(
        account, name=form["name"], scopes=scopes, days=days, by=request.actor, now=utc_now(), key=form["key"]
    )


@door("staff", "access.revoke", methods=("POST",))
def revoke(request: FaceRequest, token: str) -> HttpResponse:
    """Take a token back; it opens nothing from that moment."""
    access.revoke_token(int(token), by=request.actor, now=utc_now())
    return redirect("desk_tokens")


def _page(
    request: FaceRequest, form: Mapping[str, str], *, secret: str = "", problem: LirenError | None = None
) -> HttpResponse:
    now, titles = utc_now(), scope_titles()
    found = accounts.tokens(by=request.actor)
    names = people.labels({one.account_id for one in found} | {one.given_by for one in found})
    usernames = accounts.usernames(one.account_id for one in found)
    context = showing.frame(request, "office", dead=False) | {
        "rows": [
            {
                "token": one,
                "whose": names.get(one.account_id) or usernames.get(one.account_id, ""),
                "by": names.get(one.given_by, ""),
                "scopes": [titles[scope] for scope in one.scopes if scope in titles],
                "over": one.expires_at <= now,
                "open": one.revoked_at is None and one.expires_at > now,
            }
            for one in found
        ],
        "scopes": [(scope, title, form.get(f"scope_{scope}", "")) for scope, title in titles.items()],
        "form": form,
        "key": form.get("key") or new_token(),
        "secret": secret,
        "may_revoke": request.actor.has("access.revoke"),
        "problem": sentences.sentence(problem) if problem else "",
        "fault": getattr(problem, "field", None) or "",
    }
    return render(request, "staff/office_tokens.html", context, status=status_of(problem) if problem else 200)
