"""My matters: what stands where, what comes next, and the photos that belong to it."""

from collections.abc import Mapping

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from liren.base.files import queries as kept
from liren.cases import actions as cases
from liren.cases import queries
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.resident import nextstep, showing, telling
from liren.faces.resident.views.behalf import behalf_page
from liren.kernel.clock import office_zone, to_office, utc_now
from liren.kernel.errors import NotFound
from liren.kernel.ids import new_token
from liren.registers.channels import queries as told
from liren.registers.duties import queries as duties

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
        "matters": showing.mine_rows(queries.matters(request.actor, now=utc_now())),
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
    said, steps = request.GET.get("told", ""), telling.story(found)
    context = {
        "tab": "mine",
        "matter": found,
        "title": showing.title(found),
        "next": nextstep.of_matter(found),
        "steps": steps,
        "reply": telling.reply(steps),
        "photos": kept.of(f"voice:{found.voice.id}") + kept.of(f"case:{case.id}"),
        "can": can,
        "may_rate": can.get("rate") and not found.verdict,
        "rated": showing.rated(found),
        "not_solved_opens": can.get("rate") and found.may_reopen,
        "may_say_again": _may_say_again(found),
        "levels": showing.levels(),
        "reasons": duties.rating_reasons(to_office(utc_now(), office_zone()).date()),
        # one key per page shown: a second tap on the same button is the same act
        "key": new_token(12),
        "fresh": request.GET.get("fresh") == "1",
        "told": _told(said, case.unit.name if case.unit else ""),
        "more_open": said == "reopened",
        "claim": cases.claim_code(found.voice.id) if found.voice.claim_hash else "",
    }
    return render(request, "resident/matter.html", context | more, status=status)


def _told(said: str, unit: str) -> str:
    """What just happened, once, on the page the tap led to."""
    said_of = {
        "reopened": _("已经重新办。哪里没解决？在下面写一句、拍张照片，更快办好。"),
        "chased": _("催过了，%(unit)s 会看到。") % {"unit": unit or _("街道")},
        "answered": _("回答收到了，谢谢。"),
        "back": _("收到了，我们重新办这件事。"),
        "rated": _("谢谢您的评价。"),
    }
    return said_of.get(said, "")


def _may_say_again(found: queries.Matter) -> bool:
    """Ended, and no other way is open to take it up again: then one tap says it anew."""
    state = found.case.state
    if state in {"closed", "closed_unconfirmed"}:
        return not found.may_reopen
    if state == "left":
        return found.left is None or found.left.back_until <= utc_now()
    return state in {"archived", "withdrawn"}


@door("resident", "anyone")
def photo(request: FaceRequest, file_id: int) -> HttpResponse:
    """A photo, to whom it belongs: the people behind the case, or the device that is about to send it."""
    try:
        owner = kept.owner_of(file_id)
    except NotFound:
        raise Http404 from None  # as what belongs to somebody else
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
