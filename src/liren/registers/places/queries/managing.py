"""What whoever keeps the register looks at: where places are found, what lies in them, and whether one is still as it was
seen.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from liren.kernel.errors import NotFound, Refused
from liren.registers.places import rules
from liren.registers.places.models import ExternalCode, Place
from liren.registers.places.queries.snapshot import FIELDS, PlaceView, snapshot, view
from liren.registers.places.queries.tree import names_in, path_filter

# How a table names a place that bears no code of its own: by the register's number.
OWN = "#"


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place as a table says it: `code` and `parent` are codes that an import knows again."""

    place: PlaceView
    code: str
    parent: str
    is_office: bool


def numbered(code: str) -> int | None:
    """The register's own number that a table names a place by ("#7"); None for every other code."""
    number = code.removeprefix(OWN)
    if not code.startswith(OWN) or not (number.isascii() and number.isdigit() and len(number) < 20):
        return None
    return int(number) if int(number) < 2**63 else None


def mark(place_id: int) -> str:
    """A sign of everything that is said of a place: another one as soon as anything of it was changed.

    Raises NotFound("place.unknown"). Two statements.
    """
    row = Place.objects.filter(id=place_id).values(*FIELDS, "boundary").first()
    if row is None:
        raise NotFound("place.unknown")
    codes = list(ExternalCode.objects.filter(place_id=place_id).order_by("scheme", "value"))
    said = [sorted(row.items()), [str(code) for code in codes]]
    return hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()[:20]


def find(text: str, *, limit: int) -> list[PlaceView]:
    """Open places by a part of their name, a name they are also called by, or the beginning of a code; big ones first."""
    wanted = "".join(text.split()).lower()
    if not wanted:
        return []
    coded = set(
        ExternalCode.objects.filter(value__istartswith=wanted).values_list("place_id", flat=True)[:500]
    )
    found = [
        place
        for place in snapshot().places.values()
        if place.valid_to is None
        and (
            place.id in coded
            or any(wanted in name.lower() for name in (place.name, place.name_en, *place.aliases))
        )
    ]
    order = list(Place.Kind.values)
    found.sort(key=lambda place: (order.index(place.kind), len(place.name), place.sort, place.id))
    if len(found) < limit:
        homes = Place.objects.filter(
            Q(id__in=coded) | Q(name__icontains=wanted), kind="dwelling", valid_to=None
        )
        found += [view(row) for row in homes.order_by("path").values(*FIELDS)[: limit - len(found)]]
    return found[:limit]


def named(text: str) -> list[PlaceView]:
    """Open places of exactly this code, this name or this full name; homes are known by their code only."""
    wanted = "".join(text.split())
    if not wanted:
        return []
    kept = snapshot()
    own = numbered(wanted)
    coded = set(ExternalCode.objects.filter(value=wanted).values_list("place_id", flat=True))
    if own is not None:
        coded.add(own)
    if coded:
        rows = Place.objects.filter(id__in=coded, valid_to=None).order_by("path")
        return [view(row) for row in rows.values(*FIELDS)]
    spoken = names_in(kept, kept.places)
    return [
        place
        for place in kept.places.values()
        if place.valid_to is None and wanted in {"".join(place.name.split()), spoken[place.id]}
    ]


def chain(path: str) -> list[PlaceView]:
    """The places a path names, the outermost first, wherever they lie now: for paths of the past. Homes are left out."""
    known = snapshot().places
    return [known[one] for one in rules.ancestors(path) if one in known]


def inside(path: str) -> dict[str, int]:
    """How many open places of each kind lie in a place, itself not counted; kinds without any are left out."""
    rows = Place.objects.filter(path_filter(path), valid_to=None).exclude(path=path)
    counted = dict(rows.values_list("kind").annotate(count=Count("id")))
    return {kind: counted[kind] for kind in Place.Kind.values if kind in counted}


def inside_each(parent_id: int) -> dict[int, dict[str, int]]:
    """`inside` of every open child of a place, in one statement; homes of a building are not children here."""
    kept = snapshot()
    parent = kept.places.get(parent_id)
    if parent is None:
        return {}
    told: dict[int, Counter[str]] = {
        child.id: Counter() for child in kept.below.get(parent_id, []) if child.valid_to is None
    }
    for place in kept.places.values():
        if place.valid_to is None and place.path.startswith(parent.path):
            _count(told, place.path, place.kind, 1)
    homes = Place.objects.filter(path_filter(parent.path), kind="dwelling", valid_to=None)
    for home_of, count in homes.values_list("parent_id").annotate(count=Count("id")):
        if home_of in kept.places:
            _count(told, kept.places[home_of].path + "0/", "dwelling", count)
    return {
        one: {kind: counts[kind] for kind in Place.Kind.values if counts[kind]}
        for one, counts in told.items()
    }


def _count(told: Mapping[int, Counter[str]], path: str, kind: str, count: int) -> None:
    for one in rules.ancestors(path)[:-1]:
        if one in told:
            told[one][kind] += count


def may_hold(kind: str) -> list[str]:
    """The kinds a place of this kind may hold directly, big ones first."""
    return [inner for inner in Place.Kind.values if rules.may_hold(kind, inner)]


def parents_for(place_id: int) -> list[PlaceView]:
    """Open places a place might lie in instead, in the order of the tree; its own insides are not among them.

    Raises NotFound("place.unknown").
    """
    kept = snapshot()
    place = kept.places.get(place_id)
    if place is None:
        row = Place.objects.filter(id=place_id).values(*FIELDS).first()
        if row is None:
            raise NotFound("place.unknown")
        place = view(row)
    found = [
        one
        for one in kept.places.values()
        if one.valid_to is None
        and rules.may_hold(one.kind, place.kind)
        and not one.path.startswith(place.path)
    ]
    return sorted(found, key=lambda one: one.path)


def every_row(path: str) -> Iterator[PlaceRow]:
    """All open places in a place, itself included, parents before what lies in them: what a table for an import says."""
    codes = _codes()
    rows = Place.objects.filter(path_filter(path), valid_to=None)
    order = {kind: at for at, kind in enumerate(Place.Kind.values)}
    plain = list(rows.order_by("sort", "path").values(*FIELDS, "is_office"))
    for row in sorted(plain, key=lambda row: order[row["kind"]]):
        is_office = row.pop("is_office")
        place = view(row)
        above = place.parent_id
        yield PlaceRow(
            place,
            codes.get(place.id) or f"{OWN}{place.id}",
            "" if above is None else codes.get(above) or f"{OWN}{above}",
            is_office,
        )


def every_outline(path: str) -> Iterator[tuple[PlaceView, str, Any]]:
    """All open places in a place that have an outline, with the code a file of outlines names them by, and the outline."""
    codes = _codes()
    rows = Place.objects.filter(path_filter(path), valid_to=None, boundary__isnull=False).order_by("path")
    for row in rows.values(*FIELDS, "boundary").iterator(chunk_size=200):
        boundary = row.pop("boundary")
        place = view(row)
        yield place, codes.get(place.id) or f"{OWN}{place.id}", boundary


def _codes() -> dict[int, str]:
    """The code an import knows each place by."""
    codes: dict[int, str] = {}
    rows = ExternalCode.objects.order_by("id").values_list("place_id", "scheme", "value", "place__kind")
    for held, scheme, value, kind in rows:
        if scheme == _scheme(value, kind):
            codes.setdefault(held, value)
    return codes


def _scheme(value: str, kind: str) -> str:
    """The scheme an import would look a bare code up in; "" where it would refuse the code."""
    try:
        return rules.scheme_of(value, kind)
    except Refused:  # a code older than today's rules is written by the register's own number
        return ""
