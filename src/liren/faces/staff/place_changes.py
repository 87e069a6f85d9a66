"""What a form says shall become of a place, read into one act; and what the page tells before it is done."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from liren.faces.staff import ground_words
from liren.faces.staff.changes import Change, Form
from liren.kernel.errors import Refused
from liren.kernel.policy import Actor
from liren.registers.places import actions as register
from liren.registers.places import queries as places

FIELDS = (
    "name", "name_en", "code", "aliases", "population", "households", "counted_on", "parent", "on", "successor",
    "kind", "key",
)  # fmt: skip


def read(name: str, place: places.PlaceView, form: Form, *, by: Actor, now: datetime, seen: str) -> Change:
    """The act a form asks for. Raises Refused: place.number, place.dates, place.parent_unclear, place.successor."""
    kinds = {"correct": _correct, "move": _move, "close": _close, "add": _add}
    return kinds[name](place, form, by, now, seen)


def _correct(place: places.PlaceView, form: Form, by: Actor, now: datetime, seen: str) -> Change:
    said: register.Details = {
        "name": form["name"],
        "name_en": form["name_en"].strip(),
        "aliases": split(form["aliases"]),
        "population": _whole(form["population"], "population"),
        "households": _whole(form["households"], "households"),
        "counted_on": _day(form["counted_on"], "counted_on") if form["counted_on"].strip() else None,
    }
    code = form["code"]
    titles, old = ground_words.field_titles(), typed_of(place)
    new = {name: form[name].strip() for name in old} | {"aliases": "、".join(split(form["aliases"]))}
    same = [one for one in places.children(place.parent_id, place.kind) if one.name == new["name"]]
    return Change(
        title=_("更正%(name)s") % {"name": place.name},
        button=_("照这样更正"),
        do=lambda: register.correct_place(place.id, by=by, now=now, seen=seen, code=code, **said),
        rows=[(titles[name], old[name] or "—", new[name] or "—") for name in old if old[name] != new[name]],
        warning=_("同一个上级里已经有叫这个名字的了。") if any(one.id != place.id for one in same) else "",
    )


def _move(place: places.PlaceView, form: Form, by: Actor, now: datetime, seen: str) -> Change:
    offered = {one.id for one in places.parents_for(place.id)}
    parent = one_of(form["parent"], offered, "parent")
    return Change(
        title=_("把%(name)s移到%(parent)s") % {"name": place.name, "parent": parent.name},
        button=_("照这样移"),
        do=lambda: register.move_place(place.id, parent_id=parent.id, by=by, now=now, seen=seen),
        rows=[],
    )


def _close(place: places.PlaceView, form: Form, by: Actor, now: datetime, seen: str) -> Change:
    on = _day(form["on"], "on")
    heir = None
    if form["successor"].strip():
        found = [one for one in places.named(form["successor"]) if one.id != place.id]
        heir = one_of(form["successor"], {one.id for one in found}, "successor")
    later = heir or (places.get(place.parent_id) if place.parent_id is not None else None)
    return Change(
        title=_("撤销%(name)s") % {"name": place.name},
        button=_("照这样撤销"),
        do=lambda: register.close_place(
            place.id, on=on, successor_id=heir.id if heir else None, by=by, now=now, seen=seen
        ),
        rows=[(_("从哪天起没有了"), "—", on.isoformat()), (_("由哪里接替"), "—", heir.name if heir else "—")],
        later_path=later.path if later else "",
        warning="" if heir else _("没有写接替的地点：以后按它的上一级来分。"),
    )


def _add(place: places.PlaceView, form: Form, by: Actor, now: datetime, seen: str) -> Change:
    code, kind = form["code"].strip(), form["kind"]
    scheme = (
        "division"
        if kind in {"street", "community"} and code.isdigit()
        else "cell"
        if kind == "cell"
        else "office"
    )
    same = [one for one in places.children(place.id, kind or None) if one.name == form["name"].strip()]
    return Change(
        title=_("在%(name)s里添一个%(kind)s")
        % {"name": place.name, "kind": ground_words.kind_titles().get(kind, "")},
        button=_("照这样添"),
        do=lambda: register.open_place(
            kind=kind,
            parent_id=place.id,
            codes={scheme: code} if code else None,
            key=form["key"],
            by=by,
            now=now,
            name=form["name"],
            aliases=split(form["aliases"]),
            sort=len(places.children(place.id)) + 1,
        ),
        rows=[(_("名称"), "—", form["name"].strip()), (_("编码"), "—", code or "—")],
        warning=_("同一个上级里已经有叫这个名字的了。") if same else "",
    )


def typed_of(place: places.PlaceView) -> dict[str, str]:
    """A place as the form for correcting it says it."""
    return {
        "name": place.name,
        "name_en": place.name_en,
        "code": code_of(place),
        "aliases": "、".join(place.aliases),
        "population": "" if place.population is None else str(place.population),
        "households": "" if place.households is None else str(place.households),
        "counted_on": place.counted_on.isoformat() if place.counted_on else "",
    }


def code_of(place: places.PlaceView) -> str:
    """The code a table names a place by, "" where it has none."""
    schemes = {"division", "office", "cell"}
    return next((value for scheme, value in places.codes(place.id) if scheme in schemes), "")


def split(text: str) -> list[str]:
    """Names parted by 、 ; or line breaks."""
    for mark in ("；", ";", "，", ",", "\n"):
        text = text.replace(mark, "、")
    return [part.strip() for part in text.split("、") if part.strip()]


def one_of(text: str, offered: set[int], field: str) -> places.PlaceView:
    """The one place among those offered that a text names by code, name or full name.

    Raises Refused("place.parent_unclear").
    """
    found = [one for one in places.named(text) if one.id in offered]
    if len(found) != 1:
        raise Refused("place.parent_unclear", field=field)
    return found[0]


def _whole(text: str, field: str) -> int | None:
    said = text.strip().replace(",", "")
    if not said:
        return None
    if not (said.isascii() and said.isdigit() and len(said) < 10):
        raise Refused("place.number", field=field)
    return int(said)


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise Refused("place.day", field=field) from error
