"""One place at a time."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.db.models import QuerySet

from liren.base.ledger import actions as ledger
from liren.kernel import policy
from liren.kernel.errors import Conflict, NotFound, Refused
from liren.kernel.ids import new_id
from liren.kernel.policy import Actor, Facts
from liren.registers.places import rules
from liren.registers.places.events import PlaceClosed, PlaceCorrected, PlaceMoved, PlaceOpened
from liren.registers.places.models import ExternalCode, Place, Stamp
from liren.registers.places.queries.managing import OWN, mark
from liren.registers.places.queries.snapshot import STAMP, look_again
from liren.registers.places.queries.tree import office_view, path_filter

DUTY = "places.manage"
LONGEST_NAME = 100
MOST_ALIASES = 200
LONGEST_CODE = 40


class Details(TypedDict, total=False):
    """What may be said of a place besides its kind and where it lies."""

    name: str
    name_en: str
    aliases: Iterable[str]
    lat: float | None
    lon: float | None
    population: int | None
    households: int | None
    counted_on: date | None
    valid_from: date | None
    sort: int


def new_version() -> None:
    """Tell every process that what it keeps of places is old."""
    Stamp.objects.update_or_create(name=STAMP, defaults={"version": new_id()})
    look_again()


def cleaned(details: Details) -> dict[str, Any]:
    """Details ready for their columns. Raises Refused: place.name, place.aliases, place.point,
    place.count.
    """
    fields: dict[str, Any] = dict(details)
    if "name" in fields:
        fields["name"] = _said(fields["name"])
    if "aliases" in fields:
        aliases = list(dict.fromkeys(_said(alias) for alias in fields["aliases"]))
        if len(aliases) > MOST_ALIASES:
            raise Refused("place.aliases", field="aliases")
        fields["aliases"] = aliases
    lat, lon = fields.get("lat"), fields.get("lon")
    if (lat is None) != (lon is None):
        raise Refused("place.point", field="point")
    if lat is not None and lon is not None and not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise Refused("place.point", field="point")
    for name in ("population", "households"):
        number = fields.get(name)
        if number is not None and not 0 <= number <= 100_000_000:
            raise Refused("place.count", field=name)
    return fields


def _said(text: str) -> str:
    words = " ".join(text.split())
    if not words or len(words) > LONGEST_NAME or not words.isprintable():
        raise Refused("place.name", field="name")
    return words


def manage(by: Actor, path: str) -> None:
    """Raises Denied unless `by` may manage places there; ground around or beside the office counts as the
    office's.
    """
    office = office_view().path
    policy.require(by, DUTY, Facts(place_path=path if path.startswith(office) else office))


@transaction.atomic
def open_place(
    *,
    kind: str,
    parent_id: int | None,
    by: Actor,
    now: datetime,
    codes: Mapping[str, str] | None = None,
    office: bool = False,
    key: str = "",
    **details: Unpack[Details],
) -> int:
    """Put a place on the register and return its id; `codes` by scheme, `office` marks the place this
    office serves. The same `key` again gives the same id and changes nothing.

    Raises Denied, NotFound("place.unknown") for the parent, Refused: place.kind, place.parent (this kind
    may not lie there), place.closed (the parent is), place.name, place.point, place.count,
    place.code_malformed; Conflict: place.code_taken, place.office_known.
    """
    parent = _locked(parent_id) if parent_id is not None else None
    manage(by, parent.path if parent else "")
    check_parent(parent, kind)
    if "name" not in details:
        raise Refused("place.name", field="name")
    fields = cleaned(details)
    if not key:
        return _opened(kind, parent, fields, codes or {}, office, by, now)
    said = f"{kind} {parent_id} {fields['name']}"
    with ledger.once(key=f"place:{key}", by=by.id, fingerprint=said) as first:
        if not first.done:
            first.keep({"id": _opened(kind, parent, fields, codes or {}, office, by, now)})
        return int(first.result["id"])


def _opened(
    kind: str,
    parent: Place | None,
    fields: dict[str, Any],
    codes: Mapping[str, str],
    office: bool,
    by: Actor,
    now: datetime,
) -> int:
    if office and Place.objects.filter(is_office=True).exists():
        raise Conflict("place.office_known")
    place_id = new_id(now)
    path = rules.path_of(parent.path if parent else "", place_id)
    Place.objects.create(id=place_id, kind=kind, parent=parent, path=path, is_office=office, **fields)
    for scheme, value in codes.items():
        put_code(place_id, kind, scheme, value)
    new_version()
    ledger.record(PlaceOpened(subject_id=place_id, by=by.id, at=now, place_path=path, place_kind=kind))
    return place_id


@transaction.atomic
def correct_place(
    place_id: int,
    *,
    by: Actor,
    now: datetime,
    seen: str = "",
    code: str | None = None,
    **details: Unpack[Details],
) -> None:
    """Set a place's name, aliases, point, counts, order; `code` is its code for tables, "" takes it away.

    What is so already is not written again. `seen` is the `queries.mark` the change was thought of with.
    Raises Denied, NotFound, Refused as `open_place`; Conflict: place.code_taken, place.changed.
    """
    place = _locked(place_id)
    manage(by, place.path)
    fields = {name: value for name, value in cleaned(details).items() if getattr(place, name) != value}
    names = sorted(fields)
    recode = code is not None and _other_code(place, code)
    if recode:
        names.append("code")
    if not names:
        return
    _still(place_id, seen)
    if fields:
        Place.objects.filter(id=place_id).update(**fields)
    if recode:
        _recode(place, code or "")
    new_version()
    ledger.record(
        PlaceCorrected(subject_id=place_id, by=by.id, at=now, place_path=place.path, fields=tuple(names))
    )


@transaction.atomic
def move_place(place_id: int, *, parent_id: int, by: Actor, now: datetime, seen: str = "") -> None:
    """Let a place, and all in it, lie in another: as when grids are cut anew. The event tells the old path.

    Raises Denied, NotFound("place.unknown"), Refused: place.parent, place.closed; Conflict("place.changed")
    where it is not as `seen` (`queries.mark`) any more.
    """
    place, parent = _locked(place_id), _locked(parent_id)
    manage(by, place.path)
    manage(by, parent.path)
    if place.parent_id == parent_id:
        return
    _still(place_id, seen)
    check_parent(parent, place.kind)
    if parent.path.startswith(place.path):
        raise Refused("place.parent", field="parent")
    old, new = place.path, rules.path_of(parent.path, place.id)
    if old == new:
        return
    moved = list(Place.objects.filter(path_filter(old)).only("id", "path"))
    for one in moved:
        one.path = new + one.path[len(old) :]
    Place.objects.bulk_update(moved, ["path"], batch_size=500)
    Place.objects.filter(id=place_id).update(parent=parent)
    new_version()
    ledger.record(PlaceMoved(subject_id=place_id, by=by.id, at=now, place_path=new, old_path=old))


@transaction.atomic
def close_place(
    place_id: int,
    *,
    on: date,
    by: Actor,
    now: datetime,
    successor_id: int | None = None,
    seen: str = "",
) -> None:
    """A place is no more from the day `on`; its row stays, because cases speak of it.

    Raises Denied, NotFound("place.unknown"), Refused: place.has_children (move or close them first),
    place.closed, place.successor (itself, or closed), place.dates (closes before it opened);
    Conflict("place.changed") where it is not as `seen` (`queries.mark`) any more.
    """
    place = _locked(place_id)
    manage(by, place.path)
    if place.valid_to is not None:
        raise Refused("place.closed")
    _still(place_id, seen)
    if place.valid_from is not None and on < place.valid_from:
        raise Refused("place.dates", field="on")
    if Place.objects.filter(parent_id=place_id, valid_to=None).exists():
        raise Refused("place.has_children")
    if successor_id is not None and (successor_id == place_id or _locked(successor_id).valid_to is not None):
        raise Refused("place.successor", field="successor")
    Place.objects.filter(id=place_id).update(valid_to=on, successor_id=successor_id)
    new_version()
    ledger.record(
        PlaceClosed(
            subject_id=place_id,
            by=by.id,
            at=now,
            place_path=place.path,
            day=on.isoformat(),
            successor_id=successor_id,
        )
    )


def check_parent(parent: Place | None, kind: str) -> None:
    """Raises Refused: place.kind, place.closed, place.parent."""
    if kind not in Place.Kind.values:
        raise Refused("place.kind", field="kind")
    if parent is not None and parent.valid_to is not None:
        raise Refused("place.closed", field="parent")
    if not rules.may_hold(parent.kind if parent else None, kind):
        raise Refused("place.parent", field="parent")


def put_code(place_id: int, kind: str, scheme: str, value: str) -> None:
    """Give a place a further code. Raises Refused("place.code_malformed"), Conflict("place.code_taken")."""
    if scheme in {"division", "cell"}:
        rules.scheme_of(value, kind)
    known = ExternalCode.objects.filter(scheme=scheme, value=value).values_list("place_id", flat=True).first()
    if known is not None and known != place_id:
        raise Conflict("place.code_taken", scheme=scheme, value=value)
    if known is None:
        ExternalCode.objects.create(place_id=place_id, scheme=scheme, value=value)


def _still(place_id: int, seen: str) -> None:
    """Raises Conflict("place.changed") where a place is not any more as it was seen."""
    if seen and seen != mark(place_id):
        raise Conflict("place.changed")


def _bare_codes(place: Place) -> QuerySet[ExternalCode]:
    """The codes a table may name a place by: those in a scheme a bare code of its kind has."""
    schemes = (
        {"division", "office"} if place.kind in {"district", "street", "community"} else {"office", "cell"}
    )
    return ExternalCode.objects.filter(place=place, scheme__in=schemes)


def _other_code(place: Place, code: str) -> bool:
    """Whether a code for tables differs from that a place bears. Raises Refused("place.code_malformed")."""
    words = code.strip()
    if len(words) > LONGEST_CODE or not words.isprintable() or " " in words or words.startswith(OWN):
        raise Refused("place.code_malformed", field="code")
    return list(_bare_codes(place).values_list("value", flat=True)) != ([words] if words else [])


def _recode(place: Place, code: str) -> None:
    words = code.strip()
    _bare_codes(place).delete()
    if words:
        put_code(place.id, place.kind, rules.scheme_of(words, place.kind), words)


def _locked(place_id: int) -> Place:
    place = Place.objects.select_for_update().filter(id=place_id).first()
    if place is None:
        raise NotFound("place.unknown")
    return place
