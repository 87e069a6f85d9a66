"""单位: the organisations of the register, one of them with its seats, and what an act will change before it is done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from liren.faces.kit import typed
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.middleware import status_of
from liren.faces.staff import showing, unit_changes, unit_words
from liren.faces.staff.changes import Change
from liren.faces.staff.views import sure
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError
from liren.kernel.ids import new_token
from liren.registers.people import queries as people
from liren.registers.places import actions as ground

DUTY = "people.manage"


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into one of the forms, and why it did not do."""

    panel: str = ""
    form: Mapping[str, str] = field(default_factory=dict)
    problem: LirenError | None = None

    def told(self) -> dict[str, Any]:
        """For the page."""
        return {
            "panel": self.panel,
            "problem": sentences.sentence(self.problem) if self.problem else "",
            "fault": getattr(self.problem, "field", None) or "",
        }

    @property
    def status(self) -> int:
        """The page's status."""
        return status_of(self.problem) if self.problem else 200


def typed_form(request: FaceRequest) -> dict[str, str]:
    """What came with a form of a unit or a post."""
    return {name: typed.text(request.POST, name)[:500] for name in unit_changes.FIELDS}


@door("staff", DUTY)
def units(request: FaceRequest) -> HttpResponse:
    """Every unit, by kind or by name."""
    on, text, kind = showing.today(), typed.text(request.GET, "find").strip(), typed.text(request.GET, "kind")
    seats, kinds = people.seats_of_each(on), unit_words.kind_titles()
    calendars = unit_words.calendar_titles()
    rows = [
        {
            "unit": one,
            "kind": kinds.get(one.kind, one.kind),
            "seats": seats.get(one.id, (0, 0))[0],
            "vacant": seats.get(one.id, (0, 0))[1],
            "calendar": calendars.get(one.calendar, one.calendar),
        }
        for one in people.body_rows(on, text=text, kind=kind if kind in kinds else "")
    ]
    context = showing.frame(request, "office", dead=False) | {
        "rows": rows,
        "find": text,
        "kinds": kinds.items(),
        "kind": kind,
    }
    return render(request, "staff/office_units.html", context)


@door("staff", DUTY, methods=("GET", "POST"))
def new(request: FaceRequest) -> HttpResponse:
    """A unit to be put on the register."""
    form = dict.fromkeys(unit_changes.FIELDS, "") | {
        "calendar": "office",
        "handles": "1",
        "kind": "department",
    }
    said = Typed()
    if request.method == "POST":
        form = typed_form(request)
        try:
            change = unit_changes.new_body(form, by=request.actor, now=utc_now())
            if request.POST.get("sure"):
                return redirect("desk_unit", change.do())
            if not request.POST.get("back"):
                ground.rehearse(change.do, lambda: None)
                return _ask(request, change, form, [], reverse("desk_unit_new"))
        except LirenError as problem:
            said = Typed("new", form, problem)
    context = showing.frame(request, "office", dead=False) | said.told() | _choices() | {"form": form}
    return render(request, "staff/office_unit_new.html", context, status=said.status)


@door("staff", DUTY)
def unit(request: FaceRequest, unit_id: str) -> HttpResponse:
    """One unit."""
    return page(request, people.body_row(int(unit_id)))


@door("staff", DUTY, methods=("POST",))
def act(request: FaceRequest, unit_id: str, name: str) -> HttpResponse:
    """Correct or close a unit, or make a seat at it: first what it will change, then, when sure, the deed."""
    here, form = people.body_row(int(unit_id)), typed_form(request)
    if request.POST.get("back"):
        return page(request, here, Typed(name, form))
    seen = typed.text(request.POST, "seen")
    try:
        change = unit_changes.read_body(name, here, form, by=request.actor, now=utc_now(), seen=seen)
        if request.POST.get("sure"):
            done = change.do()
            return redirect("desk_post", done) if name == "seat" else redirect("desk_unit", here.id)
        ground.rehearse(change.do, lambda: None)
        touched = unit_words.touched(here.id, by=request.actor, on=showing.today())
        at = reverse("desk_unit_act", args=[here.id, name])
        return _ask(request, change, {**form, "seen": seen}, touched, at, danger=name == "close")
    except LirenError as problem:
        return page(request, here, Typed(name, form, problem))


def _ask(
    request: FaceRequest,
    change: Change,
    form: Mapping[str, str],
    touched: list[tuple[str, str]],
    action: str,
    danger: bool = False,
) -> HttpResponse:
    asked = sure.Asked(
        heading=change.title,
        button=change.button,
        rows=change.rows,
        touched=touched,
        action=action,
        warning=change.warning,
        danger=danger,
    )
    return sure.ask(request, asked, form)


def _choices() -> dict[str, Any]:
    return {
        "kinds": unit_words.kind_titles().items(),
        "calendars": unit_words.calendar_titles().items(),
        "roles": unit_words.role_titles(showing.today()).items(),
    }


def page(request: FaceRequest, here: people.BodyRow, said: Typed | None = None) -> HttpResponse:
    """A unit with what is known of it, its seats, what may be done, what was done."""
    said, on = said or Typed(), showing.today()
    own = said.form if said.panel == "correct" else {}
    roles = unit_words.role_titles(on)
    context = showing.frame(request, "office", dead=False) | said.told() | _choices()
    context |= {
        "unit": here,
        "kind": unit_words.kind_titles().get(here.kind, here.kind),
        "closed": here.valid_to is not None,
        "place": unit_words.place_title(here.place_id),
        "calendar": unit_words.calendar_titles().get(here.calendar, here.calendar),
        "hours": unit_words.hours(here.calendar, on),
        "seats": [
            {
                "seat": one,
                "role": roles.get(one.role, one.role),
                "place": unit_words.place_title(one.place_id),
            }
            for one in people.seats(on, body_id=here.id)
        ],
        "touched": unit_words.touched(here.id, by=request.actor, on=on),
        "seen": people.mark_body(here.id),
        "form": {**unit_changes.typed_of(here), "on": on.isoformat(), **own},
        "add": said.form if said.panel == "seat" else {},
        "key": said.form.get("key") or new_token(),
        "history": unit_words.history("body", here.id),
    }
    return render(request, "staff/office_unit.html", context, status=said.status)
