"""Saying something: one box, one page to check, sent. Nothing typed is lost on the way."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language

from liren.base.access import actions as access
from liren.base.access import queries as accounts
from liren.base.files import queries as kept
from liren.cases import actions as cases
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.middleware import keep_device, status_of
from liren.faces.kit.uploads import keep_photos
from liren.faces.resident.views.home import home_context
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError, Refused
from liren.faces.kit.where import names_above
from liren.rooms.intake import actions as intake
from liren.rooms.intake import queries as drafts


def with_device(request: FaceRequest) -> str:
    """Make sure the device has a mark, and act from it from here on. Returns a new token to set, or ""."""
    if request.actor.device_id is not None or request.actor.kind == "staff":
        return ""
    now = utc_now()
    _, token = access.new_device(now=now)
    request.actor = accounts.actor(None, token, now=now, second_factor_at=None)
    return token


def _marked(request: HttpRequest, response: HttpResponse, token: str) -> HttpResponse:
    if token:
        keep_device(request, response, token)
    return response


def _number(text: str) -> float | None:
    try:
        return float(text) if text.strip() else None
    except ValueError:
        return None


def _whole(text: str) -> int | None:
    return int(text) if text.isdigit() and len(text) <= 19 else None


@door("resident", "intake.send", methods=("POST",))
def say(request: FaceRequest) -> HttpResponse:
    """Take what was said and go on to check it; if something is wrong, the same page with everything still there."""
    said = request.POST.get("words", "")
    token = with_device(request)
    try:
        photos = keep_photos(request)
        heard = intake.Heard(
            words=said,
            channel="snap" if photos else "web",
            file_ids=photos,
            latitude=_number(request.POST.get("latitude", "")),
            longitude=_number(request.POST.get("longitude", "")),
        )
        draft = intake.hear(heard, by=request.actor, now=utc_now())
    except LirenError as error:
        context = home_context(request, words=said, problem=sentences.sentence(error))
        return _marked(request, render(request, "resident/home.html", context, status=status_of(error)), token)
    return _marked(request, redirect("check", draft.token), token)


@door("resident", "intake.send", methods=("GET", "POST"))
def check(request: FaceRequest, token: str) -> HttpResponse:
    """The check page: words, place, kind of thing, how to answer; twins before sending."""
    draft = drafts.draft(token, request.actor)
    if request.method == "POST":
        return _send(request, token)
    if draft.sent_voice_id is not None:
        return redirect("mine")
    return _check_page(request, token, _form_of(draft), [])


def _form_of(draft: drafts.Draft) -> dict[str, object]:
    reading = drafts.reading_of(draft)
    sure_place = reading.places[0].place_id if reading.places and reading.places[0].share >= 0.6 else None
    sure_class = reading.classes[0].code if reading.classes and reading.classes[0].share >= 0.6 else ""
    return {
        "words": draft.words,
        "place": draft.place_id or sure_place,
        "place_text": draft.place_text,
        "class_code": draft.class_code or sure_class,
    }


def _check_page(
    request: FaceRequest, token: str, form: dict[str, object], problems: list[str], *, status: int = 200
) -> HttpResponse:
    draft = drafts.draft(token, request.actor)
    reading = drafts.reading_of(draft)
    where = names_above([guess.path for guess in reading.places], kinds=("community",))
    context = {
        "tab": "home",
        "draft": draft,
        "reading": {
            "danger": reading.danger,
            "outside": reading.outside,
            "classes": reading.classes,
            "places": [
                {"place_id": g.place_id, "name": g.name, "where": where.get(g.path, "")} for g in reading.places
            ],
        },
        "twins": drafts.twins_of(draft, now=utc_now()),
        "photos": kept.waiting(draft.file_ids, by=request.actor),
        "form": form,
        "problems": problems,
        "bad_phone": False,
    }
    return render(request, "resident/check.html", context, status=status)


def _send(request: FaceRequest, token: str) -> HttpResponse:
    post = request.POST
    form: dict[str, object] = {
        "words": post.get("words", ""),
        "place": _whole(post.get("place", "")),
        "place_text": post.get("place_text", ""),
        "class_code": post.get("class_code", ""),
        "phone": post.get("phone", ""),
        "name": post.get("name", ""),
        "on_behalf": post.get("on_behalf") == "1",
    }
    now = utc_now()
    try:
        draft = drafts.draft(token, request.actor)
        if draft.sent_voice_id is None:
            photos = [*draft.file_ids, *keep_photos(request)]
            heard = intake.Heard(
                words=str(form["words"]),
                channel=draft.channel,
                file_ids=photos,
                latitude=draft.latitude,
                longitude=draft.longitude,
                place_id=_whole(post.get("place", "")),
                place_text=str(form["place_text"]),
                class_code=str(form["class_code"]),
            )
            intake.revise(token, heard, by=request.actor, now=now)
        phone = str(form["phone"]).strip()
        sending = intake.Sending(
            contact=cases.Contact(name=str(form["name"]), phone=phone) if phone else None,
            on_behalf=bool(form["on_behalf"]),
            language=get_language() or "zh-hans",
            join_case_id=_whole(post.get("join", "")),
        )
        accepted = intake.send(token, sending, by=request.actor, now=now)
    except LirenError as error:
        return _check_page(request, token, form, [sentences.sentence(error)], status=status_of(error))
    request.session["claim"] = {accepted.number: accepted.claim_code} if accepted.claim_code else {}
    return redirect(f"/m/{accepted.number}?fresh=1")

