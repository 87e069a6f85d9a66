"""Making one move on a case. Refused, the page comes back with what was written and the reason in plain words."""

from urllib.parse import parse_qs, urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from liren.cases import actions as cases
from liren.cases import queries
from liren.faces.kit import typed
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.uploads import keep_photos
from liren.faces.staff import showing
from liren.faces.staff.views.case import Typed, page
from liren.faces.staff.views.desk import settle_advice, view_of
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError, Refused
from liren.registers.duties import queries as duties

MOVES = {"dispatch", "undo_dispatch", "sign", "contact", "start", "note", "reply", "answer", "return"}
WITH_PHOTOS = {"note", "reply", "contact", "start"}


@door("staff", "cases.read", methods=("POST",))
def move(request: FaceRequest, number: str, name: str) -> HttpResponse:
    """One move of the table, by its name in the address."""
    if name not in MOVES:
        raise Http404
    post = request.POST
    said = typed.text(post, "text")
    wrote = Typed(
        text="" if name == "return" else said,
        reason=said if name == "return" else "",
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
    try:
        _do(request, number, name, wrote)
    except LirenError as error:
        wrote.problem = error
        return page(request, number, wrote)
    return _next(request, number, name)


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
        case "return":
            cases.return_order(case_id, by=by, version=version, reason=wrote.reason, now=now)


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


def _next(request: FaceRequest, number: str, name: str) -> HttpResponse:
    """After a case leaves this desk, the next of the same list opens; else the case stays before the clerk."""
    trail = typed.text(request.POST, "trail")
    if name not in {"dispatch", "answer", "reply", "return"} or not trail:
        suffix = f"?{urlencode({'from': trail})}" if trail else ""
        return redirect(f"/desk/case/{number}{suffix}")
    said = {key: values[0] for key, values in parse_qs(trail).items()}
    unit = said.get("unit", "")
    filters = queries.Filters(
        view=view_of(said.get("view", "")),
        class_code=said.get("class", ""),
        channel=said.get("channel", ""),
        unit_id=int(unit) if unit.isdecimal() and len(unit) < 19 else None,
        place_path=said.get("place", ""),
        text=said.get("text", ""),
        stage=said.get("stage", ""),
        level=said.get("level", ""),
        size=1,
    )
    rows = queries.worklist(request.actor, filters, now=utc_now()).rows
    if not rows:
        return redirect(f"/desk/?{trail}")
    return redirect(f"/desk/case/{rows[0].number}?{urlencode({'from': trail})}")


@door("staff", "cases.call_back", methods=("POST",))
def verdict(request: FaceRequest, number: str, voice: str) -> HttpResponse:
    """Write down what a requester answered on the phone, or that nobody did."""
    said, text = request.POST.get("said", ""), typed.text(request.POST, "text")
    version, now = typed.whole(request.POST, "version"), utc_now()
    shown = queries.case_page(number, request.actor)
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
    return redirect("desk_case", number)
