"""地方: the tree of places, one place with what may be done to it, and what an act will change before it is done."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from liren.faces.kit import typed
from liren.faces.kit import words as sentences
from liren.faces.kit.doors import FaceRequest, door
from liren.faces.kit.middleware import status_of
from liren.faces.staff import ground_words, place_changes, showing
from liren.faces.staff.changes import Change
from liren.faces.staff.views import sure
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError, NotFound
from liren.kernel.ids import new_token
from liren.registers.places import actions as register
from liren.registers.places import queries as places

FOUND = 60
OFFERED = 300  # parents offered by name; among more one types a code
HISTORY = 20


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into one of a place's forms, and why it did not do."""

    panel: str = ""
    form: Mapping[str, str] | None = None
    problem: LirenError | None = None


@door("staff", "places.manage")
def tree(request: FaceRequest) -> HttpResponse:
    """The office's place with what lies in it, or the places a search finds."""
    text = typed.text(request.GET, "find").strip()
    if text:
        found = places.find(text, limit=FOUND + 1)
        context = showing.frame(request, "office", dead=False) | {
            "find": text,
            "rows": [_row(place, {}) for place in found[:FOUND]],
            "more": len(found) > FOUND,
        }
        return render(request, "staff/office_places_found.html", context)
    try:
        return page(request, places.root())
    except NotFound:
        return render(
            request, "staff/office_places_found.html", showing.frame(request, "office") | {"none": True}
        )


@door("staff", "places.manage")
def place(request: FaceRequest, place_id: str) -> HttpResponse:
    """One place of the tree."""
    return page(request, places.get(int(place_id)))


@door("staff", "places.manage", methods=("POST",))
def act(request: FaceRequest, place_id: str, name: str) -> HttpResponse:
    """Correct, move or close a place, or add one in it: first what it will change, then, when sure, the deed."""
    here, now = places.get(int(place_id)), utc_now()
    form = {field: typed.text(request.POST, field)[:2000] for field in place_changes.FIELDS}
    if request.POST.get("back"):
        return page(request, here, Typed(name, form))
    seen = typed.text(request.POST, "seen")
    try:
        change = place_changes.read(name, here, form, by=request.actor, now=now, seen=seen)
        if request.POST.get("sure"):
            done = change.do()
            return redirect("desk_place", done if name == "add" else here.id)
        return _preview(request, here, name, form, change)
    except LirenError as problem:
        return page(request, here, Typed(name, form, problem))


def _preview(
    request: FaceRequest,
    here: places.PlaceView,
    name: str,
    form: Mapping[str, str],
    change: Change,
) -> HttpResponse:
    """What will be so afterwards, seen in a rehearsal of which nothing stays."""
    on = showing.today()
    before = ground_words.answers(here.path, on)

    def look() -> ground_words.Answers:
        path = places.get(here.id).path if change.later_path is None else change.later_path
        return ground_words.answers(path, on)

    after = register.rehearse(change.do, look)
    asked = sure.Asked(
        heading=change.title,
        button=change.button,
        rows=[*change.rows, *ground_words.differences(before, after, on)],
        touched=ground_words.touched(here.path, by=request.actor, on=on),
        action=reverse("desk_place_act", args=[here.id, name]),
        warning=change.warning,
        danger=name == "close",
    )
    return sure.ask(request, asked, {**form, "seen": typed.text(request.POST, "seen")})


def page(request: FaceRequest, here: places.PlaceView, said: Typed | None = None) -> HttpResponse:
    """A place with what lies in it, what is known of it, what may be done, what was done."""
    said = said or Typed()
    counts, history = places.inside_each(here.id), ground_words.history(here.id)
    homes = places.children(here.id, "dwelling")
    rows = [place for place in places.children(here.id) if place.kind != "dwelling"]
    parents = places.parents_for(here.id)
    context = showing.frame(request, "office", dead=False) | {
        "place": here,
        "kind": ground_words.kind_titles()[here.kind],
        "above": places.chain(here.path)[:-1],
        "closed": here.valid_to is not None,
        "heir": ground_words.full_name(here.successor_id),
        "rows": [_row(one, counts.get(one.id, {})) for one in rows],
        "homes": homes,
        "inside": ground_words.inside_words(places.inside(here.path)),
        "count": places.count(here.id),
        "codes": places.codes(here.id),
        "drawn": places.outline(here.id) is not None,
        "answers": ground_words.answers(here.path, showing.today()),
        "seen": places.mark(here.id),
        "form": {**place_changes.typed_of(here), "on": showing.today().isoformat(), **(said.form or {})},
        "add": dict(said.form or {}) if said.panel == "add" else {},
        "key": (said.form or {}).get("key") or new_token(),
        "panel": said.panel,
        "problem": sentences.sentence(said.problem) if said.problem else "",
        "fault": getattr(said.problem, "field", None) or "",
        "inner_kinds": [(kind, ground_words.kind_titles()[kind]) for kind in places.may_hold(here.kind)],
        "parents": list(places.full_names(one.id for one in parents).values())
        if len(parents) <= OFFERED
        else [],
        "may_move": bool(parents),
        "history": history[:HISTORY],
        "older": max(0, len(history) - HISTORY),
    }
    status = status_of(said.problem) if said.problem else 200
    return render(request, "staff/office_place.html", context, status=status)


def _row(one: places.PlaceView, counts: Mapping[str, int]) -> dict[str, Any]:
    return {
        "place": one,
        "kind": ground_words.kind_titles()[one.kind],
        "inside": ground_words.inside_words(counts),
        "where": ground_words.chain_words(one.path.rstrip("/").rpartition("/")[0] + "/"),
        "count": places.count(one.id),
    }
