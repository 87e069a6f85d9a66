"""协办 at the desk: asking a unit for a part, ending one's own, withdrawing one, and the list of those asked of my unit."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from liren.cases import actions as cases
from liren.cases import queries
from liren.faces.kit import typed
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.middleware import status_of
from liren.faces.staff import showing
from liren.faces.staff.views.case import Typed, page
from liren.kernel.clock import office_zone, utc_now
from liren.kernel.errors import LirenError, NotFound, Refused
from liren.registers.duties import queries as duties
from liren.registers.people import queries as people


def _moment(text: str) -> datetime | None:
    """What a field for date and time says, on the office's clock; None where it is empty."""
    if not text.strip():
        return None
    try:
        said = datetime.fromisoformat(text.strip()[:25])
    except ValueError:
        raise Refused("part.due_odd", field="due") from None
    return said if said.tzinfo is not None else said.replace(tzinfo=office_zone())


@door("staff", "cases.ask_part", methods=("GET", "POST"))
def ask(request: FaceRequest, number: str) -> HttpResponse:
    """Ask a unit for a part: of the case, or of the part one's own unit holds (`parent`)."""
    case = queries.case_ref(number, request.actor)
    said = request.POST if request.method == "POST" else request.GET
    form = {name: typed.text(said, name) for name in ("unit_id", "text", "due", "parent")}
    if request.method != "POST":
        return _asking(request, case, form)
    unit = typed.whole(said, "unit_id")
    try:
        if unit is None:
            raise Refused("part.no_unit", field="unit_id")
        cases.ask_part(
            case.id,
            unit,
            by=request.actor,
            version=typed.whole(said, "version"),
            task=form["text"],
            now=utc_now(),
            due_at=_moment(form["due"]),
            parent_id=typed.whole(said, "parent"),
        )
    except LirenError as error:
        return _asking(request, case, form, error)
    return redirect("desk_case", case.number)


def _asking(
    request: FaceRequest, case: Any, form: dict[str, str], error: LirenError | None = None
) -> HttpResponse:
    rows = queries.parts(case.id)
    parent = next((part for part in rows if str(part.id) == form["parent"]), None)
    busy = {part.unit_id for part in rows if part.state == "asked"} | {case.unit_id}
    context = showing.frame(request, "desk", dead=False) | {
        "case": case,
        "form": form,
        "parent": parent,
        "limit": parent.due_at if parent else case.handle_due,
        "helpers": [one for one in _helpers(case) if one[0] not in busy],
        "chosen": typed.whole(request.POST, "unit_id"),
        "problem": sentences.sentence(error) if error else "",
    }
    return render(request, "staff/ask_part.html", context, status=status_of(error) if error else 200)


def _helpers(case: Any) -> list[tuple[int, str, str]]:
    """Units the duty list lets lead or assist here: id, name, basis."""
    if not case.class_code:
        return []
    found: dict[int, tuple[str, str]] = {}
    helpers: dict[int, str] = {}
    for match in duties.lead(case.class_code, case.place_path, showing.today()):
        found.setdefault(match.unit_id, (match.unit_name, match.basis))
        helpers |= dict.fromkeys(match.co_unit_ids, match.basis)
    names = people.unit_names(unit for unit in helpers if unit not in found)
    found |= {unit: (name, helpers[unit]) for unit, name in names.items()}
    return [(unit, name, basis) for unit, (name, basis) in found.items()]


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
