"""我的信息: what is kept about me here, to see, take along, put right, or have erased. Mine alone, without an account."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from liren.base.access import queries as accounts
from liren.base.files import queries as kept
from liren.cases import actions as cases
from liren.cases import queries
from liren.faces.kit import typed
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.middleware import status_of
from liren.faces.kit.templatetags.kit import state_word
from liren.faces.resident import showing
from liren.kernel.clock import office_zone, to_office, utc_now
from liren.kernel.errors import LirenError
from liren.registers.channels import queries as told
from liren.registers.duties import queries as duties


def _said(purpose: str) -> str:
    """What a contact was opened for, in plain words."""
    purposes = {
        "call_back": _("打电话问您解决没有"),
        "contact_requester": _("联系您办这件事"),
        "deliver_message": _("系统给您发短信"),
        "delivery": _("给您送材料"),
        "handle_matter": _("办这件事"),
        "mediate": _("调解"),
        "correct_data": _("按您的要求更正"),
        "bring_in": _("从旧系统导入"),
        "legal_request": _("依法调取"),
    }
    return purposes.get(purpose, purpose)


def _gathered(request: FaceRequest) -> dict[str, Any]:
    """All that is kept of whoever asks: one reading of the store, audited where something sealed is opened."""
    now = utc_now()
    on = to_office(now, office_zone()).date()
    voices = queries.own_voices(request.actor, now=now)
    photos = kept.of_all(f"voice:{one.voice.id}" for one in voices)
    reasons = {one.code: one.title for one in duties.rating_reasons(on)}
    levels = {one.value: one.title for one in showing.levels()}
    items = [
        {
            "own": one,
            "photos": photos.get(f"voice:{one.voice.id}", []),
            "looks": [(look.at, _said(look.purpose)) for look in one.looks],
            "ratings": [
                (
                    rating.at,
                    _("解决了") if rating.verdict == "solved" else _("没解决"),
                    levels.get(rating.rating or 0, ""),
                    [reasons.get(code, code) for code in rating.reasons],
                    rating.words,
                )
                for rating in one.ratings
            ],
        }
        for one in voices
    ]
    followed = showing.public_rows([one.case for one in queries.followed(request.actor)], on)
    return {
        "items": items,
        "messages": told.sent_to(request.actor) if request.actor.kind == "resident" else [],
        "devices": accounts.own_devices(request.actor, now=now),
        "followed": followed,
        "at": now,
        "known": request.actor.device_id is not None,
        "proven": bool(request.actor.phone_index),
    }


def _page(request: FaceRequest, *, status: int = 200, **more: object) -> HttpResponse:
    said = {
        "corrected": _("改好了。"),
        "calls": _("记下了。"),
        "erased": _("已经删除。事情办过的记录还在，但不再有您的话、电话和照片。"),
    }
    context: dict[str, object] = {"tab": "me", "told": said.get(request.GET.get("told", ""), "")}
    return render(request, "resident/mydata.html", context | _gathered(request) | more, status=status)


@door("resident", "anyone")
def my_data(request: FaceRequest) -> HttpResponse:
    """Everything kept about me, matter by matter."""
    return _page(request)


@door("resident", "anyone")
def print_page(request: FaceRequest) -> HttpResponse:
    """The same to read on paper, without a button."""
    return render(request, "resident/mydata_print.html", {"tab": "me"} | _gathered(request))


@door("resident", "anyone")
def download(request: FaceRequest) -> HttpResponse:
    """The same as a file a machine can read (个人信息保护法 art. 45: to take along elsewhere)."""
    found = _gathered(request)
    data = {
        "at": found["at"],
        "matters": [_as_data(item) for item in found["items"]],
        "messages": [
            {"at": one.message.at, "channel": one.channel, "state": one.state, "text": one.message.text}
            for one in found["messages"]
        ],
        "devices": [
            {
                "since": one.made_at,
                "until": one.trusted_until,
                "phone_until": one.phone_until,
                "here": one.here,
            }
            for one in found["devices"]
        ],
        "followed": [
            {"matter": row.title, "place": row.place, "state": row.state} for row in found["followed"]
        ],
    }
    response = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = 'attachment; filename="liren-my-data.json"'
    return response


def _as_data(item: dict[str, Any]) -> dict[str, Any]:
    one = item["own"]
    voice, case = one.voice, one.voice.case
    return {
        "number": voice.number,
        "said_at": voice.said_at,
        "channel": voice.channel,
        "title": one.title,
        "words": voice.words,
        "place": case.place.name if case.place else "",
        "place_text": case.place_text if voice.number == case.number else "",
        "state": state_word(one.state, for_staff=False),
        "name": one.name,
        "phone": one.phone,
        "may_be_called": voice.consent_call,
        "on_behalf_of_family": voice.on_behalf,
        "added": [{"at": step.at, "words": step.words} for step in one.steps],
        "questions": [
            {"asked_at": q.asked_at, "question": q.words, "answered_at": q.answered_at, "answer": q.answer}
            for q in one.questions
        ],
        "ratings": [
            {"at": at, "said": said, "level": level, "reasons": reasons, "words": words}
            for at, said, level, reasons, words in item["ratings"]
        ],
        "photos": [
            {"id": photo.id, "type": photo.media_type, "bytes": photo.size} for photo in item["photos"]
        ],
        "contact_opened": [{"at": at, "for": purpose} for at, purpose in item["looks"]],
    }


def _voice(request: FaceRequest, number: str) -> int:
    return queries.matter(number, request.actor, now=utc_now()).voice.id


@door("resident", "matters.read", methods=("POST",))
def contact(request: FaceRequest, number: str) -> HttpResponse:
    """Put the name or the phone right; what was typed stays where it is refused."""
    name, phone = typed.text(request.POST, "name"), typed.text(request.POST, "phone")
    voice_id = _voice(request, number)
    try:
        cases.correct_contact(voice_id, name=name, phone=phone, by=request.actor, now=utc_now())
    except LirenError as error:
        return _page(
            request,
            status=status_of(error),
            at_fault=number,
            problem=sentences.sentence(error),
            typed_name=name,
            typed_phone=phone,
        )
    return redirect(f"/me/data?told=corrected#v{number}")


@door("resident", "matters.read", methods=("POST",))
def calls(request: FaceRequest, number: str) -> HttpResponse:
    """Take back that I may be called and texted about this matter, or give it again."""
    voice_id = _voice(request, number)
    try:
        cases.consent_to_call(voice_id, request.POST.get("may_call") == "1", by=request.actor, now=utc_now())
    except LirenError as error:
        return _page(request, status=status_of(error), problem_above=sentences.sentence(error))
    return redirect(f"/me/data?told=calls#v{number}")


@door("resident", "matters.read", methods=("POST",))
def erase(request: FaceRequest, number: str) -> HttpResponse:
    """Erase what I said of an ended matter; an open one is refused, and the page says why."""
    voice_id = _voice(request, number)
    try:
        cases.erase_voice(voice_id, by=request.actor, now=utc_now())
    except LirenError as error:
        return _page(request, status=status_of(error), problem_above=sentences.sentence(error))
    return redirect("/me/data?told=erased")
