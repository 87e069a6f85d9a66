"""Making one move on a case. Refused, the page comes back with what was written and the reason in plain words."""

from dataclasses import replace
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from liren.cases import actions as cases
from liren.cases import queries
from liren.faces.kit import typed
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.uploads import keep_photos
from liren.faces.staff import showing
from liren.faces.staff.views import listing, seen
from liren.faces.staff.views.bulk import settle_advice
from liren.faces.staff.views.case import Typed, page
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError, NotFound, Refused
from liren.registers.duties import queries as duties

MOVES = {"dispatch", "undo_dispatch", "sign", "contact", "start", "note", "reply", "answer"}
LEAVES_THE_DESK = {"dispatch", "answer", "reply"}  # after these the next of the list opens
WITH_PHOTOS = {"note", "reply", "contact", "start"}


@door("staff", "cases.read", methods=("POST",))
def move(request: FaceRequest, number: str, name: str) -> HttpResponse:
    """One move of the table, by its name in the address."""
    if name not in MOVES:
        raise Http404
    post = request.POST
    said = typed.text(post, "text")
    wrote = Typed(
        text=said,
        class_code=typed.text(post, "class_code"),
        place_id=typed.whole(post, "place_id"),
        unit_id=typed.whole(post, "unit_id"),
        where=typed.text(post, "where"),
        ahead=typed.text(post, "ahead"),
    )
    if post.get("template"):
        wrote.text = _filled(request, number, post["template"])
        return page(request, number, wrote)
    if post.get("again"):
        wrote.unit_id = None
        return page(request, number, wrote)
    trail = typed.text(request.POST, "trail")
    follows = following(request, number, trail) if name in LEAVES_THE_DESK and trail else None
    try:
        _do(request, number, name, wrote)
    except LirenError as error:
        wrote.problem = error
        return page(request, number, wrote)
    return onward(request, number, trail, follows)


def _filled(request: FaceRequest, number: str, key: str) -> str:
    case = queries.case_ref(number, request.actor)
    unit = case.unit.name if case.unit else ""
    for template in duties.templates(case.class_code):
        if template.key == key:
            return template.fill(unit=unit, place=showing.place_name(case.place_id), number=number)
    return ""


def _do(request: FaceRequest, number: str, name: str, wrote: Typed) -> None:
    case_id, now, by = queries.case_ref(number, request.actor).id, utc_now(), request.actor
    version, text = typed.whole(request.POST, "version"), wrote.text
    key = f"{name}:{case_id}:{request.POST.get('key', '')[:60]}"
    photos = tuple(keep_photos(request)) if name in WITH_PHOTOS else ()
    match name:
        case "dispatch":
            _dispatch(request, case_id, version, wrote)
        case "undo_dispatch":
            cases.undo_dispatch(case_id, by=by, version=version, now=now)
        case "sign":
            cases.sign(case_id, by=by, version=version, now=now)
        case "contact":
            cases.contact(case_id, by=by, version=version, text=text, now=now, file_ids=photos)
        case "start":
            cases.start(case_id, by=by, version=version, text=text, now=now, file_ids=photos)
        case "note":
            cases.note(case_id, by=by, text=text, now=now, file_ids=photos)
        case "reply":
            cases.reply(
                case_id,
                by=by,
                version=version,
                text=text,
                now=now,
                key=key,
                file_ids=photos,
                ahead=wrote.ahead,
            )
        case "answer":
            cases.answer(case_id, by=by, version=version, text=text, now=now, key=key)


def _dispatch(request: FaceRequest, case_id: int, version: int | None, wrote: Typed) -> None:
    if not wrote.class_code:
        raise Refused("dispatch.no_class", field="class_code")
    if wrote.place_id is None:
        raise Refused("dispatch.no_place", field="place_id")
    if wrote.unit_id is None:
        raise Refused("dispatch.no_unit", field="unit_id")
    cases.dispatch(
        case_id,
        wrote.unit_id,
        by=request.actor,
        version=version,
        now=utc_now(),
        class_code=wrote.class_code,
        place_id=wrote.place_id,
    )
    chosen = {"class": wrote.class_code, "place": str(wrote.place_id), "unit": str(wrote.unit_id)}
    settle_advice(request, case_id, chosen)


def following(request: FaceRequest, number: str, trail: str) -> str:
    """The case that stands after this one in the list of the trail, "" where it is the last; asked before the act, which
    takes it out of its place.
    """
    case, now = queries.case_ref(number, request.actor), utc_now()
    found = queries.neighbour(request.actor, listing.of_trail(trail), case, step=1, now=now)
    return found or ""


def onward(request: FaceRequest, number: str, trail: str, follows: str | None) -> HttpResponse:
    """After an act: the next of the same list, from the top again at its end, the list where nothing is left.

    None for `follows` stays at the case.
    """
    suffix = f"?{urlencode({'from': trail})}" if trail else ""
    if follows is None:
        return redirect(f"/desk/case/{number}{suffix}")
    if not follows:
        first = replace(listing.of_trail(trail), size=1, after="")
        rows = queries.worklist(request.actor, first, now=utc_now()).rows
        follows = rows[0].number if rows and rows[0].number != number else ""
    answer = redirect(f"/desk/case/{follows}{suffix}" if follows else f"/desk/?{trail}")
    try:
        return seen.note(request, answer, queries.case_ref(number, request.actor))
    except NotFound:
        return answer  # it went where this desk does not see it


@door("staff", "cases.read")
def step(request: FaceRequest, number: str, way: str) -> HttpResponse:
    """Open the case before or after this one in the list it was opened from; at either end, the list."""
    trail = typed.text(request.GET, "from")
    case = queries.case_ref(number, request.actor)
    found = queries.neighbour(
        request.actor, listing.of_trail(trail), case, step=1 if way == "next" else -1, now=utc_now()
    )
    return redirect(f"/desk/case/{found}?{urlencode({'from': trail})}" if found else f"/desk/?{trail}")


@door("staff", "cases.call_back", methods=("POST",))
def verdict(request: FaceRequest, number: str, voice: str) -> HttpResponse:
    """Write down what a requester answered on the phone, or that nobody did."""
    said, text = request.POST.get("said", ""), typed.text(request.POST, "text")
    version, now = typed.whole(request.POST, "version"), utc_now()
    shown = queries.case_page(number, request.actor)
    trail = typed.text(request.POST, "trail")
    follows = following(request, number, trail) if trail else None
    voice_id = next((one.id for one in shown.voices if str(one.id) == voice), None)
    if voice_id is None:
        raise Http404
    try:
        if said == "no_answer":
            cases.attempt(voice_id, by=request.actor, version=version, now=now, text=text)
        else:
            solved = said in {"1", "2", "3", "4", "5"}
            cases.record_verdict(
                voice_id,
                "solved" if solved else said,
                by=request.actor,
                version=version,
                now=now,
                rating=int(said) if solved else None,
                text=text,
            )
    except LirenError as error:
        return page(request, number, Typed(text=text, voice_id=voice_id, problem=error))
    if follows is not None and queries.case_ref(number, request.actor).state == shown.case.state:
        follows = None  # others of this case are still to be called
    return onward(request, number, trail, follows)
