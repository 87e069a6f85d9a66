"""One case on the desk: what was said, the one next legal move, the story, the facts, the advice."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from liren.cases import queries
from liren.faces.kit import typed
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import KEPT, FaceRequest, door
from liren.faces.kit.middleware import status_of
from liren.faces.staff import claim_words, excluded_words, sealed_words, showing
from liren.faces.staff.views import beside, choosing, seen, watched
from liren.kernel.clock import utc_now
from liren.kernel.errors import Conflict, LirenError
from liren.kernel.ids import new_token
from liren.registers.advice import queries as advised
from liren.registers.duties import queries as duties
from liren.registers.people import queries as people

SAID = 3  # voices shown whole above the story


@dataclass
class Typed:
    """What somebody wrote on the page before something was refused; shown again as it was."""

    text: str = ""
    class_code: str = ""
    place_id: int | None = None
    unit_id: int | None = None
    where: str = ""
    voice_id: int | None = None
    problem: LirenError | None = None
    note: str = ""
    contacts: list[dict[str, str]] = field(default_factory=list)
    ahead: str = ""
    hints: list[str] = field(
        default_factory=list
    )  # about the reply, where it was looked at before it is sent
    checked: bool = False
    panel: str = ""  # which of the forms beside was sent, and what it said
    form: dict[str, str] = field(default_factory=dict)


@door("staff", "cases.read")
def case(request: FaceRequest, number: str) -> HttpResponse:
    """One case whole; what was typed before the session ran out is back in its box."""
    kept = request.session.pop(KEPT, None)
    if kept and str(kept.get("path", "")).startswith(f"/desk/case/{number}/"):
        note = _("登录过期了，您刚才写的内容还在，请再提交一次。")
        words = str(kept.get("text", ""))
        if kept["path"].endswith("/object"):
            return page(request, number, Typed(note=note, panel="object", form={"text": words}))
        return page(request, number, Typed(note=note, text=words))
    return page(request, number, Typed())


@door("staff", "cases.contact_reveal", methods=("POST",))
def contact(request: FaceRequest, number: str) -> HttpResponse:
    """Show the sealed contacts of a case; who looked, when and why is kept."""
    shown = queries.case_page(number, request.actor)
    found = []
    for voice in shown.voices[:20]:
        kept = queries.contact_of(voice, by=request.actor, purpose="contact_requester", now=utc_now())
        if kept:
            found.append(json.loads(kept))
    return page(request, number, Typed(contacts=found))


def page(request: FaceRequest, number: str, wrote: Typed) -> HttpResponse:
    """The case page with what was written on it; refused acts come back here with the reason in plain words."""
    shown = queries.case_page(number, request.actor)
    case, on = shown.case, showing.today()
    can = {move.name: True for move in shown.moves}
    given = advised.for_subject("case", case.id)
    photos = showing.photos_of(case, shown.voices)
    names = people.labels({request.actor.id, *(step.by for step in shown.steps)})
    story = showing.story(case, shown.steps, shown.voices[SAID:], photos, names)
    spots = choosing.spots(case, given, wrote.where, wrote.place_id)
    frame = showing.frame(request, "desk", who=names.get(request.actor.id, ""), dead=False)
    context: dict[str, Any] = {
        **frame,
        **_facts(case, on),
        **beside.context(request, shown, given, on, wrote.panel, wrote.form),
        **claim_words.context(shown, on),
        **watched.context(shown, on),
        **excluded_words.context(shown, on),
        **sealed_words.context(shown, on, request.actor.id),
        "case": case,
        "can": can,
        "trail": typed.text(request.GET, "from") or typed.text(request.POST, "trail"),
        "here": urlencode({"from": typed.text(request.GET, "from") or typed.text(request.POST, "trail")}),
        "key": new_token(12),
        "said": showing.said(shown.voices[:SAID], photos),
        "place_name": spots.names.get(case.place_id or 0, ""),
        "more_voices": max(0, case.voices - SAID),
        "story": story,
        "near": shown.near,
        "advice": [showing.advice_line(item, on, spots.names) for item in given],
        "may_reveal": any(voice.contact for voice in shown.voices)
        and request.actor.has("cases.contact_reveal"),
        "call_voices": _call_voices(shown, wrote) if can.get("record_verdict") else [],
        "may_write": bool({"reply", "answer", "contact", "start", "note"} & can.keys()),
        "write_move": next((name for name in ("reply", "answer", "contact", "note") if can.get(name)), ""),
        "templates": duties.templates(case.class_code) if case.class_code and can.get("reply") else [],
        "text": wrote.text,
        "ahead": wrote.ahead,
        "hints": wrote.hints,
        "checked": wrote.checked,
        "contacts": wrote.contacts,
        "kept_note": wrote.note,
        "where": wrote.where,
        "reassigning": bool(wrote.class_code or wrote.where),
    }
    if can.get("dispatch"):
        context |= choosing.choices(case, given, on, spots, wrote.class_code, wrote.unit_id)
    status = 200
    if wrote.problem is not None:
        status = status_of(wrote.problem)
        context |= {"problem": sentences.sentence(wrote.problem), "fresh": _fresh(wrote.problem, story)}
    return seen.note(request, render(request, "staff/case.html", context, status=status), case)


def _facts(case: Any, on: Any) -> dict[str, Any]:
    return {
        "class_title": showing.class_title(case.class_code, on),
        "channel_title": showing.channel_titles().get(case.channel, case.channel),
        "demand_title": showing.demand_titles().get(case.demand_type, ""),
    }


def _fresh(problem: LirenError, story: Sequence[showing.Line]) -> list[showing.Line]:
    """What happened since the clerk's page was opened: each step raised the version by one."""
    if not isinstance(problem, Conflict):
        return []
    now, seen = problem.params.get("now"), problem.params.get("seen")
    missed = now - seen if isinstance(now, int) and isinstance(seen, int) else 0
    return [line for line in story if line.step][: max(0, min(missed, 5))]


def _call_voices(shown: queries.CasePage, wrote: Typed) -> list[dict[str, Any]]:
    rows = []
    for voice in shown.voices:
        current = voice.verdict if voice.verdict_round == shown.case.round else ""
        rows.append(
            {
                "id": voice.id,
                "number": voice.number,
                "said_at": voice.said_at,
                "attempts": voice.attempts,
                "reachable": bool(voice.phone_index) and voice.consent_call and not current,
                "said": {"solved": _("说解决了"), "not_solved": _("说没解决")}.get(current, ""),
                "typed": wrote.text if voice.id == wrote.voice_id else "",
            }
        )
    return rows
