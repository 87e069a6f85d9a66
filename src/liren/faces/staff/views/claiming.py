"""What a unit claims of a case, and what is decided on it: objection, more time, waiting."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import redirect

from liren.cases import actions as cases
from liren.cases import queries
from liren.faces.kit import typed
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.staff.views.case import Typed, page
from liren.faces.staff.views.moves import following, onward
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError, Refused

FIELDS = ("text", "suggested", "value", "reason_code", "review_on")


def _form(request: FaceRequest) -> dict[str, str]:
    return {name: typed.text(request.POST, name) for name in FIELDS}


@door("staff", "cases.object", methods=("POST",))
def object_to(request: FaceRequest, number: str) -> HttpResponse:
    """The unit says that it is not its duty."""
    case, form = queries.case_ref(number, request.actor), _form(request)
    trail = typed.text(request.POST, "trail")
    follows = following(request, number, trail) if trail else None
    try:
        cases.object_to(
            case.id,
            by=request.actor,
            version=typed.whole(request.POST, "version"),
            reason=form["text"],
            suggested_unit_id=typed.whole(request.POST, "suggested"),
            now=utc_now(),
        )
    except LirenError as error:
        return page(request, number, Typed(problem=error, panel="object", form=form))
    return onward(request, number, trail, follows)


@door("staff", "cases.approve_return", methods=("POST",))
def rule(request: FaceRequest, number: str) -> HttpResponse:
    """The desk rules on an objection: `ruling` is uphold or overrule."""
    case, form = queries.case_ref(number, request.actor), _form(request)
    version, now = typed.whole(request.POST, "version"), utc_now()
    try:
        if request.POST.get("ruling") == "uphold":
            cases.uphold(case.id, by=request.actor, version=version, text=form["text"], now=now)
        else:
            cases.overrule(case.id, by=request.actor, version=version, text=form["text"], now=now)
    except LirenError as error:
        return page(request, number, Typed(problem=error, panel="rule", form=form))
    return onward(request, number, typed.text(request.POST, "trail"), None)


@door("staff", "cases.ask_extension", methods=("POST",))
def extend(request: FaceRequest, number: str) -> HttpResponse:
    """The unit asks for more time."""
    case, form = queries.case_ref(number, request.actor), _form(request)
    try:
        cases.ask_extension(
            case.id,
            typed.whole(request.POST, "value") or 0,
            by=request.actor,
            version=typed.whole(request.POST, "version"),
            reason=form["text"],
            now=utc_now(),
        )
    except LirenError as error:
        return page(request, number, Typed(problem=error, panel="extend", form=form))
    return redirect("desk_case", case.number)


@door("staff", "cases.grant_extension", methods=("POST",))
def decide(request: FaceRequest, number: str) -> HttpResponse:
    """More time is granted or refused: `decision` is grant or refuse."""
    case, form = queries.case_ref(number, request.actor), _form(request)
    version, now = typed.whole(request.POST, "version"), utc_now()
    try:
        if request.POST.get("decision") == "grant":
            cases.grant_extension(case.id, by=request.actor, version=version, text=form["text"], now=now)
        else:
            cases.refuse_extension(case.id, by=request.actor, version=version, text=form["text"], now=now)
    except LirenError as error:
        return page(request, number, Typed(problem=error, panel="decide", form=form))
    return redirect("desk_case", case.number)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("deferral.review_missing", field="review_on") from None


@door("staff", "cases.defer", methods=("POST",))
def defer(request: FaceRequest, number: str) -> HttpResponse:
    """The work waits until a day, or goes on."""
    case, form = queries.case_ref(number, request.actor), _form(request)
    version, now = typed.whole(request.POST, "version"), utc_now()
    try:
        if request.POST.get("resume"):
            cases.resume(case.id, by=request.actor, version=version, text=form["text"], now=now)
        else:
            cases.defer(
                case.id,
                form["reason_code"],
                by=request.actor,
                version=version,
                text=form["text"],
                review_on=_day(form["review_on"]),
                now=now,
            )
    except LirenError as error:
        return page(request, number, Typed(problem=error, panel="defer", form=form))
    return redirect("desk_case", case.number)
