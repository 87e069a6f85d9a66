"""Coming in: password and one-time code, setting the code up, going out."""

import segno
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from liren.base.access import actions as access
from liren.base.access import queries as accounts
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.middleware import DEVICE_COOKIE, keep_device, status_of
from liren.faces.kit.where import names_above
from liren.faces.staff.showing import frame
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError
from liren.registers.people import queries as people


def _safe(request: FaceRequest, wanted: str) -> str:
    good = wanted.startswith(("/desk", "/lead")) and url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}
    )
    return wanted if good else "/desk/"


@door("resident", "anyone", methods=("GET", "POST"))
def login(request: FaceRequest) -> HttpResponse:
    """Sign in with name, password and one-time code, in one step; a wrong one is not told which."""
    wanted = _safe(request, request.POST.get("next") or request.GET.get("next") or "")
    context = {"next": wanted, "username": request.POST.get("username", "")}
    if request.method != "POST":
        return render(request, "staff/login.html", context)
    now = utc_now()
    try:
        signed = access.sign_in(
            request.POST.get("username", ""),
            request.POST.get("password", ""),
            request.POST.get("code", ""),
            address=request.META.get("REMOTE_ADDR", ""),
            device_token=request.COOKIES.get(DEVICE_COOKIE),
            now=now,
        )
    except LirenError as error:
        context["problem"] = sentences.sentence(error)
        return render(request, "staff/login.html", context, status=status_of(error))
    access.open_session(request.session, signed, now=now)
    response = redirect(wanted if signed.second_factor_at else "desk_second_factor")
    if signed.device_token:
        keep_device(request, response, signed.device_token)
    return response


@door("staff", "access.second_factor", methods=("GET", "POST"))
def second_factor(request: FaceRequest) -> HttpResponse:
    """Set the one-time code up: scan, type one, keep the recovery codes. Nothing else opens before."""
    actor, now = request.actor, utc_now()
    if actor.proof == "second_factor":
        return redirect("desk")
    account = accounts.account(actor.id)
    if request.method != "POST":
        if account.second_factor:
            return redirect("desk_login")
        set_up = access.start_second_factor(actor.id, by=actor, now=now)
        request.session["set_up"] = {"secret": set_up.secret, "uri": set_up.uri}
        return _set_up(request, "")
    try:
        token = request.COOKIES.get(DEVICE_COOKIE)
        code = request.POST.get("code", "")
        done = access.confirm_second_factor(actor.id, code, device_token=token, by=actor, now=now)
    except LirenError as error:
        return _set_up(request, sentences.sentence(error), status=status_of(error))
    request.session.pop("set_up", None)
    access.renew_session(request.session, now=now, second_factor_at=done.at)
    response = render(request, "staff/recovery.html", {"codes": done.recovery_codes})
    if done.device_token:
        keep_device(request, response, done.device_token)
    return response


def _set_up(request: FaceRequest, problem: str, *, status: int = 200) -> HttpResponse:
    kept = request.session.get("set_up") or {}
    picture = segno.make(kept.get("uri", "liren"), error="m").svg_data_uri(scale=5, border=2) if kept else ""
    context = {"secret": kept.get("secret", ""), "picture": picture, "problem": problem}
    return render(request, "staff/second_factor.html", context, status=status)


@door("staff", "access.second_factor", methods=("POST",))
def logout(request: FaceRequest) -> HttpResponse:
    """Sign out of this session."""
    access.sign_out(request.session, now=utc_now())
    return redirect("desk_login")


@door("staff", "access.second_factor")
def me(request: FaceRequest) -> HttpResponse:
    """My posts, and how I like to read."""
    posts = people.posts_of(request.actor.id)
    where = names_above([post.place_path for post in posts], kinds=("grid", "community"))
    grants = [
        {"title": f"{post.body} · {post.title}", "where": where.get(post.place_path, "")} for post in posts
    ]
    return render(request, "staff/me.html", frame(request, "me") | {"grants": grants})
