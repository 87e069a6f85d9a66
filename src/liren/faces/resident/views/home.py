"""Home: one box for everything, my matters, what is being done nearby; and how one likes to read."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from liren.faces.kit import prefs
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.resident.views.front import home_context
from liren.faces.resident.views.lost import lost_form

__all__ = ["home", "lost_form", "me", "set_prefs"]


@door("resident", "anyone")
def home(request: FaceRequest) -> HttpResponse:
    """What can I say, where is my matter, what is being done nearby."""
    return render(request, "resident/home.html", home_context(request, about=request.GET.get("about", "")))


@door("resident", "anyone", methods=("POST",))
def set_prefs(request: HttpRequest) -> HttpResponse:
    """Large type or dark tone, on or off; back to where the reader was."""
    now = prefs.of(request)
    mode, tone = request.POST.get("mode", now.mode), request.POST.get("tone", now.tone)
    wanted = prefs.Prefs("care" if mode == "care" else "normal", "dark" if tone == "dark" else "light")
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = redirect(back)
    response.set_cookie(
        prefs.COOKIE,
        wanted.as_cookie(),
        max_age=prefs.YEAR,
        samesite="Lax",
        httponly=True,
        secure=settings.HTTPS,
    )
    return response


@door("resident", "anyone")
def me(request: FaceRequest) -> HttpResponse:
    """Me: reading, language, phone, family, my data."""
    return render(request, "resident/me.html", {"tab": "me", "proven": bool(request.actor.phone_index)})
