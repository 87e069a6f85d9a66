"""提一个: a title, what and why, where; those that sound alike are shown before it is sent. Nothing typed is lost."""

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from liren.faces.kit import forum_words, typed
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.middleware import keep_device, status_of
from liren.faces.resident.views.say import may_send_now, with_device
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError, Refused
from liren.kernel.ids import new_token
from liren.registers.places import queries as places
from liren.rooms.forum import actions, queries

SURE = 0.6  # an address read this surely is taken as said


@dataclass(frozen=True, slots=True)
class Form:
    """What the form holds."""

    title: str = ""
    words: str = ""
    place_text: str = ""
    place: int | None = None
    level: str = ""
    phone: str = ""
    key: str = ""


@door("resident", "forum.speak", methods=("GET", "POST"))
def new(request: FaceRequest) -> HttpResponse:
    """Write a proposal and send it; asked for the place or the level only where it cannot be read."""
    if request.method == "GET":
        return _page(request, Form(key=new_token(9)))
    post = request.POST
    form = Form(
        title=typed.text(post, "title"),
        words=typed.text(post, "words"),
        place_text=typed.text(post, "place_text"),
        place=typed.whole(post, "place"),
        level=typed.text(post, "level"),
        phone=typed.text(post, "phone"),
        key=typed.text(post, "key")[:40] or new_token(9),
    )
    token = with_device(request)
    try:
        response = _send(request, form)
    except LirenError as error:
        if error.code == "place.unknown":
            form = replace(form, place=None)  # gone since, or never there: it is named again
        field = str(getattr(error, "field", "") or "")
        response = _page(request, form, problem=sentences.sentence(error), bad=field, status=status_of(error))
    if token:
        keep_device(request, response, token)
    return response


def _send(request: FaceRequest, form: Form) -> HttpResponse:
    now = utc_now()
    form = _placed(form)
    if form.place is None:
        if not form.place_text.strip():
            raise Refused("forum.no_place", field="place_text")
        return _page(request, form, ask_place=True, status=422)
    offered = [level.key for level in queries.offered(form.place, now)]
    level = form.level if form.level in offered else offered[0] if offered else ""
    draft = actions.Draft(form.title, form.words, form.place, form.level or level, form.phone)
    if form.title.strip() and form.words.strip() and request.POST.get("sure") != "1":
        near = queries.alike(form.title, form.words, form.place, now=now)
        if near:
            return _page(request, form, near=near, status=200)
    may_send_now(request)
    made = actions.propose(draft, by=request.actor, now=now, key=form.key)
    return redirect(f"/forum/{made.number}?fresh=1")


def _placed(form: Form) -> Form:
    """The form with its place, where it was chosen or is read surely."""
    if form.place is not None:
        places.get(form.place)
        return form
    found = _read(form.place_text)
    sure = [one for one in found if one.score >= SURE]
    if len(sure) == 1 or (len(sure) > 1 and sure[0].score > sure[1].score):
        return Form(
            form.title, form.words, form.place_text, sure[0].place_id, form.level, form.phone, form.key
        )
    return form


def _read(text: str) -> list[Any]:
    return list(places.read_address(text, near_path=None, limit=4)) if text.strip() else []


def _page(
    request: FaceRequest,
    form: Form,
    *,
    problem: str = "",
    bad: str = "",
    near: list[queries.Row] | None = None,
    ask_place: bool = False,
    status: int = 200,
) -> HttpResponse:
    now = utc_now()
    ground = form.place
    if ground is None:
        ground = places.root().id
    levels = queries.offered(ground, now) if form.place is not None else []
    context = {
        "tab": "forum",
        "form": form,
        "problem": problem,
        "bad": bad,
        "near": near or [],
        "ask_place": ask_place,
        "guesses": [(one.place_id, places.full_name(one.place_id)) for one in _read(form.place_text)],
        "levels": forum_words.needed_words(levels),
        "place_name": places.full_name(form.place) if form.place is not None else "",
    }
    return render(request, "resident/propose.html", context, status=status)
