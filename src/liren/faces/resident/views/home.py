"""Home: one box for everything, my matters, what is being done nearby; and how one likes to read."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from liren.cases import queries as cases
from liren.faces.kit import prefs
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.resident import showing
from liren.kernel.clock import office_zone, to_office, utc_now
from liren.registers.duties import queries as duties

CHIPS = 6


@door("resident", "anyone")
def home(request: FaceRequest) -> HttpResponse:
    """What can I say, where is my matter, what is being done nearby."""
    now = utc_now()
    about = request.GET.get("about", "")
    return render(request, "resident/home.html", home_context(request, about=about) | {"now": now})


def home_context(request: FaceRequest, *, about: str = "", words: str = "", problem: str = "") -> dict[str, object]:
    """Everything the home page shows; also used to show it again with what was typed and what was wrong."""
    now = utc_now()
    on = to_office(now, office_zone()).date()
    mine = cases.matters(request.actor, now=now)
    chips = [duties.class_view(code, on) for code in cases.frequent_classes(now=now, limit=CHIPS)]
    return {
        "tab": "home",
        "words": words,
        "problem": problem,
        "matters": mine[:3],
        "total": len(mine),
        "chips": chips,
        "about": next((chip for chip in chips if chip.code == about), None),
        "nearby": showing.public_rows(cases.in_hand(now=now, limit=3), on),
    }


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
    response.set_cookie(prefs.COOKIE, wanted.as_cookie(), max_age=prefs.YEAR, samesite="Lax", httponly=True)
    return response


@door("resident", "anyone")
def me(request: FaceRequest) -> HttpResponse:
    """Me: reading, language, phone, family, my data."""
    return render(request, "resident/me.html", {"tab": "me", "proven": bool(request.actor.phone_index)})


def lost_form(request: FaceRequest, reason: str = "") -> HttpResponse:
    """A form came back without its proof (an expired session, cookies off): show what was typed, ready to send again."""
    kept = request.POST.get("words") or request.POST.get("text") or ""
    problem = _("页面放得太久，刚才没有提交成功。您写的内容还在，请再点一次“提交”。")
    if request.path.startswith("/desk"):
        context = {"sentence": problem, "kept": kept, "status": 403, "face": "staff", "back": "/desk/"}
        return render(request, "kit/error.html", context, status=403)
    return render(request, "resident/home.html", home_context(request, words=kept, problem=problem), status=403)
