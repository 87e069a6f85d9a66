"""Saying something: one box, one page to check, sent. Nothing typed is lost on the way."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liren.base.access import actions as access
from liren.base.access import queries as accounts
from liren.base.files import queries as kept
from liren.cases import actions as cases
from liren.faces.kit import typed
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.middleware import keep_device, status_of
from liren.faces.kit.uploads import came, keep_good_photos
from liren.faces.kit.where import names_above
from liren.faces.resident import showing
from liren.faces.resident.views.front import home_context
from liren.kernel.clock import office_zone, to_office, utc_now
from liren.kernel.errors import LirenError, Refused
from liren.registers.duties import queries as duties
from liren.rooms.intake import actions as intake
from liren.rooms.intake import queries as drafts

SURE = 0.6  # a reading this sure is chosen on the check page already


def with_device(request: FaceRequest) -> str:
    """Make sure the device has a mark, and act from it from here on. Returns a new token to set, or ""."""
    if request.actor.device_id is not None or request.actor.kind == "staff":
        return ""
    now = utc_now()
    _id, token = access.new_device(now=now)
    request.actor = accounts.actor(None, token, now=now, second_factor_at=None)
    return token


def may_send_now(request: FaceRequest) -> None:
    """Count one sending against the limits of this device or address. Raises Throttled."""
    address = request.META.get("REMOTE_ADDR", "")
    access.throttle("send", device_id=request.actor.device_id, address=address, now=utc_now())


def _marked(request: HttpRequest, response: HttpResponse, token: str) -> HttpResponse:
    if token:
        keep_device(request, response, token)
    return response


def _holding(code: str) -> str:
    """A class as it holds today. Raises Refused("class.retired") naming its successor, NotFound for none."""
    if not code:
        return ""
    view = duties.class_view(code[:64], to_office(utc_now(), office_zone()).date())
    if view.code != code:
        raise Refused("class.retired", field="class_code", successor=view.code, title=view.title)
    return view.code


@door("resident", "intake.send", methods=("POST",))
def say(request: FaceRequest) -> HttpResponse:
    """Take what was said and go on to check it; if something is wrong, the same page with everything still there."""
    said, about = typed.text(request.POST, "words"), request.POST.get("class_code", "")
    token = with_device(request)
    try:
        may_send_now(request)
        photos, problem = keep_good_photos(request)
        if problem is not None and not photos and not said.strip():
            raise problem
        heard = intake.Heard(
            words=said,
            channel="snap" if photos else "web",
            file_ids=photos,
            latitude=typed.real(request.POST, "latitude"),
            longitude=typed.real(request.POST, "longitude"),
            class_code=_holding(about),
        )
        draft = intake.hear(heard, by=request.actor, now=utc_now())
    except LirenError as error:
        about = str(error.params.get("successor", about))
        context = home_context(request, about=about, words=said, problem=sentences.sentence(error))
        return _marked(
            request, render(request, "resident/home.html", context, status=status_of(error)), token
        )
    if problem is not None:
        # told once on the next page: what was typed and what could be kept goes on
        request.session["photo_problem"] = sentences.sentence(problem)
    return _marked(request, redirect("check", draft.token), token)


@door("resident", "intake.send", methods=("GET", "POST"))
def check(request: FaceRequest, token: str) -> HttpResponse:
    """The check page: words, place, kind of thing, how to answer; twins before sending."""
    if request.method == "POST":
        return _send(request, token)
    draft = drafts.draft(token, request.actor)
    if draft.sent_voice_id is not None:
        return redirect("/mine?told=sent")
    told = request.session.pop("photo_problem", "")
    return check_page(request, token, _form_of(draft), [told] if told else [])


def _form_of(draft: drafts.Draft) -> dict[str, Any]:
    reading = drafts.reading_of(draft)
    sure_place = reading.places[0].place_id if reading.places and reading.places[0].share >= SURE else None
    sure_class = reading.classes[0].code if reading.classes and reading.classes[0].share >= SURE else ""
    return {
        "words": draft.words,
        "place": draft.place_id or sure_place,
        "place_text": draft.place_text,
        "class_code": draft.class_code or sure_class,
        "sealed": drafts.speaks_of_wrongdoing(draft.words),
    }


def form_sent(request: FaceRequest) -> dict[str, Any]:
    """What the check page's form holds now."""
    post = request.POST
    fields = {name: typed.text(post, name) for name in ("words", "place_text", "class_code", "phone", "name")}
    ticks = {name: post.get(name) == "1" for name in ("on_behalf", "no_call", "sealed")}
    return {**fields, **ticks, "place": typed.whole(post, "place")}


def check_page(
    request: FaceRequest,
    token: str,
    form: dict[str, Any],
    problems: list[str],
    *,
    status: int = 200,
    bad: str = "",
) -> HttpResponse:
    """The check page with what the form holds; `bad` names the field at fault. Raises NotFound for a stranger's."""
    draft = drafts.draft(token, request.actor)
    reading = drafts.reading_of(draft)
    where = names_above([guess.path for guess in reading.places], kinds=("community",))
    places = []
    for guess in reading.places:
        around = where.get(guess.path, "")
        places.append(
            {"place_id": guess.place_id, "name": guess.name, "where": "" if around in guess.name else around}
        )
    classes = _classes(reading, form["class_code"])
    first = reading.classes[0].code if reading.classes else ""
    context = {
        "tab": "home",
        "draft": draft,
        "reading": {
            "danger": reading.danger,
            "outside": reading.outside,
            "classes": classes,
            "places": places,
        },
        # neighbours' matters by their kind and place: how they put it is theirs
        "twin_title": next((item["title"] for item in classes if item["code"] == first), ""),
        "twins": drafts.twins_of(draft, now=utc_now()),
        "photos": kept.waiting(draft.file_ids, by=request.actor),
        "form": form,
        "problems": problems,
        "bad_phone": bad == "phone",
    }
    return render(request, "resident/check.html", context, status=status)


def _classes(reading: drafts.Reading, chosen: str) -> list[dict[str, Any]]:
    """The classes to choose from: those read out of the words, and the one chosen where it is none of them."""
    on = to_office(utc_now(), office_zone()).date()
    offered: list[dict[str, Any]] = [
        {"code": g.code, "title": showing.class_title(g.code, on), "because": g.because}
        for g in reading.classes
    ]
    if chosen and all(item["code"] != chosen for item in offered):
        try:
            view = duties.class_view(chosen[:64], on)
        except LirenError:
            return offered
        offered.insert(0, {"code": view.code, "title": view.title, "because": ()})
    return offered


def _send(request: FaceRequest, token: str) -> HttpResponse:
    form, more_photos = form_sent(request), False
    try:
        more_photos = _keep_more_photos(request, token)
        checked = intake.Checked(
            words=form["words"],
            place_id=form["place"],
            place_text=form["place_text"],
            class_code=_holding(form["class_code"]),
        )
        sending = _sending(request, form)
        accepted = intake.send(token, sending, by=request.actor, now=utc_now(), checked=checked)
    except LirenError as error:
        problems = [sentences.sentence(error)]
        form["class_code"] = error.params.get("successor", form["class_code"])
        if more_photos:
            problems.append(_("下面的照片已经收好，不用再选。"))
        field = str(getattr(error, "field", "") or "")
        return check_page(request, token, form, problems, status=status_of(error), bad=field)
    if accepted.claim_code:
        request.session["claim"] = {accepted.number: accepted.claim_code}
    return redirect(f"/m/{accepted.number}?fresh=1")


def _keep_more_photos(request: FaceRequest, token: str) -> bool:
    """Photos added on the check page: what was kept once stays with the draft, whatever is refused after.

    Whether there were any. Raises as the keeping of a file, NotFound for a stranger's draft.
    """
    if not came(request):
        return False
    draft = drafts.draft(token, request.actor)
    if draft.sent_voice_id is not None:
        return False
    good, problem = keep_good_photos(request)
    if good:
        heard = intake.Heard(
            words=draft.words,
            channel=draft.channel,
            file_ids=[*draft.file_ids, *good],
            latitude=draft.latitude,
            longitude=draft.longitude,
            place_id=draft.place_id,
            place_text=draft.place_text,
            class_code=draft.class_code,
        )
        intake.revise(draft.token, heard, by=request.actor, now=utc_now())
    if problem is not None:
        raise problem
    return bool(good)


def _sending(request: FaceRequest, form: dict[str, Any]) -> intake.Sending:
    phone = form["phone"].strip()
    if form["on_behalf"] and not phone:
        raise Refused("behalf.no_phone", field="phone")
    return intake.Sending(
        contact=cases.Contact(name=form["name"], phone=phone) if phone else None,
        on_behalf=form["on_behalf"],
        consent_call=not form["no_call"],
        language=get_language() or "zh-hans",
        join_case_id=typed.whole(request.POST, "join"),
        sealed=form["sealed"],
    )
