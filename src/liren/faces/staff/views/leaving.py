"""Letting a demand leave by a lawful exit, and asking what became of those that left."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from liren.cases import actions as cases
from liren.cases import queries
from liren.faces.kit import typed
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.staff import showing
from liren.faces.staff.views.case import Typed, page
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError
from liren.registers.duties import queries as duties

FIELDS = ("exit", "channel", "reference", "earlier_number", "why", "reply", "filled")
HOTLINE = "12345"


@door("staff", "cases.leave", methods=("POST",))
def leave(request: FaceRequest, number: str) -> HttpResponse:
    """One of the six exits; `again` writes the reply of the chosen exit, unless the clerk wrote their own."""
    case = queries.case_ref(number, request.actor)
    form = {name: typed.text(request.POST, name) for name in FIELDS}
    if request.POST.get("again"):
        return page(request, number, Typed(panel="leave", form=_written(form)))
    form["reply"] = _completed(form)
    wanted = cases.Leaving(
        key=form["exit"],
        reply=form["reply"],
        channel=form["channel"],
        reference=form["reference"],
        earlier_number=form["earlier_number"],
        reason=form["why"],
    )
    version = typed.whole(request.POST, "version")
    try:
        cases.leave(case.id, wanted, by=request.actor, version=version, now=utc_now())
    except LirenError as error:
        return page(request, number, Typed(problem=error, panel="leave", form=form))
    return redirect("desk_case", case.number)


def _values(form: dict[str, str]) -> dict[str, str]:
    return {
        "channel": form["channel"].strip(),
        "reason": form["why"].strip(),
        "number": form["earlier_number"].strip(),
        "phone": HOTLINE,
    }


def _written(form: dict[str, str]) -> dict[str, str]:
    """The form with the chosen exit's reply in it; a reply somebody wrote themselves is only completed."""
    way = next((way for way in duties.exits(showing.today()) if way.code == form["exit"]), None)
    own = form["reply"].strip() and form["reply"].strip() != form["filled"].strip()
    if way is None or own:
        return form | {"reply": _completed(form)}
    reply = way.fill(**_values(form))
    return form | {"reply": reply, "filled": reply}


def _completed(form: dict[str, str]) -> str:
    """The reply with what the other fields say put into its open places."""
    reply = form["reply"]
    for name, value in _values(form).items():
        for label in duties.PLACEHOLDERS[name]:
            reply = reply.replace(f"【{label}】", value) if value else reply
    return reply


@door("staff", "cases.leave", methods=("POST",))
def follow(request: FaceRequest, number: str) -> HttpResponse:
    """Write down what became of a demand that left."""
    case = queries.case_ref(number, request.actor)
    form = {name: typed.text(request.POST, name) for name in ("outcome", "text")}
    try:
        cases.follow_exit(
            case.id,
            form["outcome"],
            by=request.actor,
            version=typed.whole(request.POST, "version"),
            text=form["text"],
            now=utc_now(),
        )
    except LirenError as error:
        return page(request, number, Typed(problem=error, panel="follow", form=form))
    return redirect("desk_case", case.number)


@door("staff", "cases.leave")
def exits(request: FaceRequest) -> HttpResponse:
    """Demands that were handed on and not asked after yet, those overdue on top."""
    rows = queries.to_follow(request.actor, now=utc_now())
    return render(request, "staff/exits.html", showing.frame(request, "desk") | {"rows": rows})
