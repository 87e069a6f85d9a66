"""My matters: what stands where, and what I can do about it."""

from collections.abc import Mapping

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from liren.base.files import queries as kept
from liren.cases import actions as cases
from liren.cases import queries
from liren.faces.kit import typed
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.middleware import status_of
from liren.faces.kit.uploads import keep_photos
from liren.faces.resident import showing
from liren.faces.resident.views.behalf import behalf_page
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError, NotFound
from liren.kernel.ids import new_token
from liren.registers.channels import queries as told

MESSAGES = 5


@door("resident", "anyone")
def mine(request: FaceRequest) -> HttpResponse:
    """All my matters, and the ways to find those said elsewhere."""
    said = {
        "proven": _("验证好了，下面是用这个号码说过的事。"),
        "sent": _("这件事已经提交过了，在下面。"),
    }
    return mine_page(request, {"told": said.get(request.GET.get("told", ""), "")})


def mine_page(request: FaceRequest, more: Mapping[str, object], *, status: int = 200) -> HttpResponse:
    """The list with whatever a way of finding adds."""
    context: dict[str, object] = {
        "tab": "mine",
        "matters": queries.matters(request.actor, now=utc_now()),
        "messages": told.inbox(request.actor, limit=MESSAGES) if request.actor.kind == "resident" else [],
    }
    return render(request, "resident/mine.html", context | dict(more), status=status)


@door("resident", "matters.read")
def matter(request: FaceRequest, number: str) -> HttpResponse:
    """One of my matters: next step first, then the story, then what I can do."""
    return matter_page(request, number)


def matter_page(request: FaceRequest, number: str, *, status: int = 200, **more: object) -> HttpResponse:
    """The page of one matter; for one said on another's behalf, what may be seen of it. Raises NotFound."""
    try:
        found = queries.matter(number, request.actor, now=utc_now())
    except NotFound:
        return behalf_page(request, number)
    case, can = found.case, showing.can(found)
    unit = case.unit.name if case.unit else ""
    context = {
        "tab": "mine",
        "matter": found,
        "title": showing.title(found),
        "next_step": showing.next_step(case.state, unit, case.next_due),
        "steps": showing.story(found),
        "photos": kept.of(f"voice:{found.voice.id}") + kept.of(f"case:{case.id}"),
        "can": can,
        "may_rate": can.get("rate") and not found.verdict,
        "may_reopen": can.get("rate") and found.verdict == "solved",
        # one key per page shown: a second tap on the same button is the same act
        "key": new_token(12),
        "fresh": request.GET.get("fresh") == "1",
        "claim": cases.claim_code(found.voice.id) if found.voice.claim_hash else "",
    }
    return render(request, "resident/matter.html", context | more, status=status)


def _voice(request: FaceRequest, number: str) -> int:
    return queries.matter(number, request.actor, now=utc_now()).voice.id


@door("resident", "matters.rate", methods=("POST",))
def rate(request: FaceRequest, number: str) -> HttpResponse:
    """满意 · 一般 · 没解决, in one tap. "Not solved" opens the case again."""
    said, text = request.POST.get("said", ""), typed.text(request.POST, "text")
    solved = said in {"1", "2", "3", "4", "5"}
    voice_id = _voice(request, number)
    try:
        cases.rate(
            voice_id,
            "solved" if solved else "not_solved" if said == "not_solved" else said,
            by=request.actor,
            now=utc_now(),
            rating=int(said) if solved else None,
            text=text,
            key=f"rate:{voice_id}:{request.POST.get('key', '')[:60]}",
        )
    except LirenError as error:
        problem = sentences.sentence(error)
        return matter_page(request, number, status=status_of(error), problem=problem, rated_text=text)
    return redirect("matter", number)


@door("resident", "matters.chase", methods=("POST",))
def chase(request: FaceRequest, number: str) -> HttpResponse:
    """催一催."""
    voice_id = _voice(request, number)
    key = f"chase:{voice_id}:{request.POST.get('key', '')[:60]}"
    try:
        cases.chase(voice_id, by=request.actor, now=utc_now(), key=key)
    except LirenError as error:
        return matter_page(request, number, status=status_of(error), problem=sentences.sentence(error))
    return redirect("matter", number)


@door("resident", "matters.say_more", methods=("POST",))
def say_more(request: FaceRequest, number: str) -> HttpResponse:
    """Add words or photos; if refused, the words are still in the box."""
    voice_id, text = _voice(request, number), typed.text(request.POST, "text")
    try:
        cases.say_more(
            voice_id,
            text,
            by=request.actor,
            now=utc_now(),
            key=f"more:{voice_id}:{request.POST.get('key', '')[:60]}",
            file_ids=tuple(keep_photos(request)),
        )
    except LirenError as error:
        problem = sentences.sentence(error)
        return matter_page(request, number, status=status_of(error), more=text, more_problem=problem)
    return redirect("matter", number)


@door("resident", "matters.withdraw", methods=("POST",))
def withdraw(request: FaceRequest, number: str) -> HttpResponse:
    """Take one's own matter back."""
    voice_id = _voice(request, number)
    key = f"withdraw:{voice_id}:{request.POST.get('key', '')[:60]}"
    try:
        cases.withdraw(voice_id, by=request.actor, now=utc_now(), key=key)
    except LirenError as error:
        return matter_page(request, number, status=status_of(error), problem=sentences.sentence(error))
    return redirect("matter", number)


@door("resident", "anyone")
def photo(request: FaceRequest, file_id: int) -> HttpResponse:
    """A photo, to whom it belongs: the people behind the case, or the device that is about to send it."""
    owner = kept.owner_of(file_id)
    kind, _colon, ref = owner.partition(":")
    if kind == "voice":
        allowed = queries.sees_voice_files(int(ref), request.actor, now=utc_now())
    elif kind == "case":
        allowed = queries.sees_case_files(int(ref), request.actor, now=utc_now())
    else:
        allowed = bool(kept.waiting([file_id], by=request.actor))
    if not allowed:
        raise Http404
    small = request.GET.get("small") == "1"
    purpose = "handle_matter" if request.actor.kind == "staff" else "own_data"
    found = kept.read(file_id, by=request.actor, purpose=purpose, now=utc_now(), thumb=small)
    return HttpResponse(found.body, headers=found.headers)
