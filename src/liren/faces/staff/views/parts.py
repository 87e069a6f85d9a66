"""协办 at the desk: asking a unit for a part, ending one's own, withdrawing one, and the list of those asked of my unit."""

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import redirect, render

from liren.cases import actions as cases
from liren.cases import queries
from liren.faces.kit import typed
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.staff import showing
from liren.faces.staff.views.case import Typed, page
from liren.kernel.clock import office_zone, utc_now
from liren.kernel.errors import LirenError, NotFound, Refused


def _moment(text: str) -> datetime | None:
    """What a field for date and time says, on the office's clock; None where it is empty."""
    if not text.strip():
        return None
    try:
        said = datetime.fromisoformat(text.strip()[:25])
    except ValueError:
        raise Refused("part.due_odd", field="due") from None
    return said if said.tzinfo is not None else said.replace(tzinfo=office_zone())


@door("staff", "cases.ask_part", methods=("POST",))
def ask(request: FaceRequest, number: str) -> HttpResponse:
    """Ask a unit for a part: of the case, or of the part one's own unit holds."""
    case = queries.case_ref(number, request.actor)
    form = {name: typed.text(request.POST, name) for name in ("unit_id", "text", "due", "parent")}
    unit = typed.whole(request.POST, "unit_id")
    try:
        if unit is None:
            raise Refused("part.no_unit", field="unit_id")
        cases.ask_part(
            case.id,
            unit,
            by=request.actor,
            version=typed.whole(request.POST, "version"),
            task=form["text"],
            now=utc_now(),
            due_at=_moment(form["due"]),
            parent_id=typed.whole(request.POST, "parent"),
        )
    except LirenError as error:
        return page(request, number, Typed(problem=error, panel="ask_part", form=form))
    return redirect("desk_case", case.number)


@door("staff", "cases.read", methods=("POST",))
def end(request: FaceRequest, number: str, part: str) -> HttpResponse:
    """End a part: done or declined by the unit that holds it, withdrawn by whoever asked."""
    case = queries.case_ref(number, request.actor)
    form = {"text": typed.text(request.POST, "text"), "part": part}
    by, now, said = request.actor, utc_now(), request.POST.get("end", "")
    try:
        wanted = next((one.id for one in queries.parts(case.id) if str(one.id) == part), None)
        if wanted is None:
            raise NotFound("part.not_found")
        if said == "withdrawn":
            cases.withdraw_part(wanted, by=by, text=form["text"], now=now)
        else:
            cases.end_part(wanted, said, by=by, text=form["text"], now=now)
    except LirenError as error:
        return page(request, number, Typed(problem=error, panel="end_part", form=form))
    try:
        queries.case_ref(number, by)
    except NotFound:  # a unit that declined has nothing more to look for there
        return redirect("desk_parts")
    return redirect("desk_case", case.number)


@door("staff", "cases.read")
def parts(request: FaceRequest) -> HttpResponse:
    """What other units asked of mine, due first on top."""
    rows = queries.parts_for(request.actor)
    return render(request, "staff/parts.html", showing.frame(request, "desk") | {"rows": rows})
