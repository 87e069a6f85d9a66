"""One case on the desk: story, facts, advice, and the one next legal move."""

import json
from typing import Any
from urllib.parse import parse_qs, urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from liren.cases import actions as cases
from liren.cases import queries
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.middleware import status_of
from liren.faces.kit.uploads import keep_photos
from liren.faces.staff import showing
from liren.faces.staff.views.desk import settle_advice, view_of
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError, Refused
from liren.kernel.ids import new_token
from liren.registers.advice import queries as advised
from liren.registers.duties import queries as duties
from liren.registers.people import queries as people
from liren.registers.places import queries as places


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() and len(text) < 20 else None


@door("staff", "cases.read")
def case(request: FaceRequest, number: str) -> HttpResponse:
    """One case whole."""
    return page(request, number)


def page(request: FaceRequest, number: str, *, status: int = 200, **typed: Any) -> HttpResponse:
    """The case page; `typed` holds what a person wrote when something was refused, and `problem` why."""
    shown = queries.case_page(number, request.actor)
    case, on = shown.case, showing.today()
    can = {move.name: True for move in shown.moves}
    given = advised.for_subject("case", case.id)
    context: dict[str, Any] = showing.frame(request, "desk") | {
        "case": case,
        "can": can,
        "trail": request.GET.get("from", "") or request.POST.get("trail", ""),
        "key": new_token(12),
        "place_name": showing.place_name(case.place_id),
        "class_title": showing.class_title(case.class_code, on),
        "channel_title": showing.channel_titles().get(case.channel, case.channel),
        "demand_title": showing.demand_titles().get(case.demand_type, ""),
        "rule_title": case.due_rule,
        "story": showing.story(case, shown.steps, shown.voices),
        "near": shown.near,
        "advice": [_advice(item, on) for item in given],
        "may_reveal": any(voice.contact for voice in shown.voices) and request.actor.has("cases.contact_reveal"),
        "call_voices": _call_voices(shown) if can.get("record_verdict") else [],
        "write_move": "reply" if can.get("reply") else "answer" if can.get("answer") else "contact",
        "templates": duties.templates(case.class_code) if case.class_code and can.get("reply") else [],
    }
    if can.get("dispatch"):
        context |= _dispatch_choices(shown, given, on, typed)
    return render(request, "staff/case.html", context | typed, status=status)


def _advice(item: Any, on: Any) -> dict[str, Any]:
    names = {"class": showing.class_title, "place": lambda c, _: showing.place_name(int(c)), "unit": _unit_name}
    return {
        "percent": round(item.confidence * 100),
        "title": names[item.kind](item.choice, on) if item.kind in names else item.choice,
        "because": "、".join(str(reason) for reason in item.reasons[:3]),
        "taken": item.taken_choice == item.choice,
    }


def _unit_name(choice: str, _: Any) -> str:
    return people.unit(int(choice)).name


def _call_voices(shown: queries.CasePage) -> list[dict[str, Any]]:
    rows = []
    for voice in shown.voices:
        current = voice.verdict if voice.verdict_round == shown.case.round else ""
        said = {"solved": "✓", "not_solved": "×"}.get(current, "")
        rows.append(
            {
                "id": voice.id,
                "number": voice.number,
                "said_at": voice.said_at,
                "attempts": voice.attempts,
                "reachable": bool(voice.phone_index) and voice.consent_call and not current,
                "said": said,
            }
        )
    return rows


def _dispatch_choices(
    shown: queries.CasePage, given: list[Any], on: Any, typed: dict[str, Any]
) -> dict[str, Any]:
    """Class, place and unit with what is suggested already chosen; one key sends it."""
    case = shown.case
    best = {item.kind: item.choice for item in given}
    code = typed.get("class_code") or case.class_code or best.get("class", "") or "other.other"
    place_id = typed.get("place_id") or case.place_id or _whole(best.get("place"))
    root = places.root()
    spots = _place_choices(given, case, root)
    if place_id is None:
        place_id = root.id
    path = places.get(place_id).path
    units = [match for match in duties.lead(code, path, on) if not match.assist_only]
    unit_id = typed.get("unit_id") or case.unit_id or (units[0].unit_id if len(units) == 1 else None)
    return {
        "class_choices": duties.groups(on),
        "place_choices": spots,
        "unit_choices": [{"unit_id": u.unit_id, "name": u.unit_name, "basis": u.basis} for u in units],
        "chosen": {"class_code": code, "place_id": place_id, "unit_id": unit_id},
    }


def _place_choices(given: list[Any], case: Any, root: Any) -> list[tuple[int, str]]:
    """Suggested places first, then the communities; a finer place is written into the address or set by its own page."""
    ids: list[int] = [case.place_id] if case.place_id else []
    for item in given:
        if item.kind == "place":
            ids.append(int(item.choice))
            ids += [int(other["choice"]) for other in item.alternatives]
    ids += [place.id for place in places.children(root.id, "community")]
    ids.append(root.id)
    return [(place_id, places.full_name(place_id)) for place_id in dict.fromkeys(ids)]


MOVES = {"dispatch", "undo_dispatch", "sign", "contact", "start", "note", "reply", "answer", "return"}


@door("staff", "cases.read", methods=("POST",))
def move(request: FaceRequest, number: str, name: str) -> HttpResponse:
    """Make one move. Refused, the page comes back with what was written and the reason in plain words."""
    if name not in MOVES:
        raise Http404
    post = request.POST
    typed: dict[str, Any] = {
        "reason" if name == "return" else "text": post.get("text", ""),
        "class_code": post.get("class_code"),
        "place_id": _whole(post.get("place_id")),
        "unit_id": _whole(post.get("unit_id")),
    }
    typed = {key: value for key, value in typed.items() if value is not None}
    if post.get("template"):
        return page(request, number, text=_filled(request, number, post["template"]))
    if post.get("again"):
        typed.pop("unit_id", None)
        return page(request, number, **typed)
    try:
        _do(request, number, name, typed)
    except LirenError as error:
        return page(request, number, status=status_of(error), **typed, problem=sentences.sentence(error))
    return _next(request, number, name)


def _filled(request: FaceRequest, number: str, key: str) -> str:
    case = queries.case_ref(number, request.actor)
    unit = case.unit.name if case.unit else ""
    for template in duties.templates(case.class_code):
        if template.key == key:
            return template.fill(unit=unit, place=showing.place_name(case.place_id))
    return ""


def _do(request: FaceRequest, number: str, name: str, typed: dict[str, Any]) -> None:
    ref, now, by = queries.case_ref(number, request.actor), utc_now(), request.actor
    version = _whole(request.POST.get("version"))
    text = str(typed.get("text", ""))
    photos = tuple(keep_photos(request)) if name in {"note", "reply", "contact", "start"} else ()
    match name:
        case "dispatch":
            _dispatch(request, ref.id, version, typed)
        case "undo_dispatch":
            cases.undo_dispatch(ref.id, by=by, version=version, now=now)
        case "sign":
            cases.sign(ref.id, by=by, version=version, now=now)
        case "contact":
            cases.contact(ref.id, by=by, version=version, text=text, now=now, file_ids=photos)
        case "start":
            cases.start(ref.id, by=by, version=version, text=text, now=now, file_ids=photos)
        case "note":
            cases.note(ref.id, by=by, text=text, now=now, file_ids=photos)
        case "reply":
            key = f"reply:{request.POST.get('key', '')}"
            cases.reply(ref.id, by=by, version=version, text=text, now=now, key=key, file_ids=photos)
        case "answer":
            key = f"answer:{request.POST.get('key', '')}"
            cases.answer(ref.id, by=by, version=version, text=text, now=now, key=key)
        case "return":
            cases.return_order(ref.id, by=by, version=version, reason=str(typed.get("reason", "")), now=now)


def _dispatch(request: FaceRequest, case_id: int, version: int | None, typed: dict[str, Any]) -> None:
    unit_id = typed.get("unit_id")
    if unit_id is None:
        raise Refused("dispatch.no_unit", field="unit_id")
    code, place_id = str(typed.get("class_code", "")), typed.get("place_id")
    cases.dispatch(
        case_id,
        unit_id,
        by=request.actor,
        version=version,
        now=utc_now(),
        class_code=code or None,
        place_id=place_id,
    )
    settle_advice(request, case_id, {"class": code, "place": str(place_id), "unit": str(unit_id)})


def _next(request: FaceRequest, number: str, name: str) -> HttpResponse:
    """After a case leaves this desk, the next of the same list opens; else the case stays before the clerk."""
    trail = request.POST.get("trail", "")
    if name not in {"dispatch", "answer", "reply", "return"} or not trail:
        suffix = f"?{urlencode({'from': trail})}" if trail else ""
        return redirect(f"/desk/case/{number}{suffix}")
    said = {key: values[0] for key, values in parse_qs(trail).items()}
    filters = queries.Filters(
        view=view_of(said.get("view", "")),
        class_code=said.get("class", ""),
        channel=said.get("channel", ""),
        unit_id=_whole(said.get("unit")),
        place_path=said.get("place", ""),
        text=said.get("text", ""),
        size=1,
    )
    rows = queries.worklist(request.actor, filters, now=utc_now()).rows
    if not rows:
        return redirect(f"/desk/?{trail}")
    return redirect(f"/desk/case/{rows[0].number}?{urlencode({'from': trail})}")


@door("staff", "cases.call_back", methods=("POST",))
def verdict(request: FaceRequest, number: str, voice_id: int) -> HttpResponse:
    """Write down what a requester answered on the phone, or that nobody did."""
    said, text = request.POST.get("said", ""), request.POST.get("text", "")
    version, now = _whole(request.POST.get("version")), utc_now()
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
        return page(request, number, status=status_of(error), problem=sentences.sentence(error))
    return redirect("desk_case", number)


@door("staff", "cases.contact_reveal", methods=("POST",))
def contact(request: FaceRequest, number: str) -> HttpResponse:
    """Show the sealed contacts of a case; who looked, when and why is kept."""
    shown = queries.case_page(number, request.actor)
    found = []
    for voice in shown.voices[:20]:
        kept = queries.contact_of(voice, by=request.actor, purpose="contact_requester", now=utc_now())
        if kept:
            found.append(json.loads(kept))
    return page(request, number, contacts=found)
