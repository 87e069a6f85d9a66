"""The tree: one place, those around it, those in it, and what they are called."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from liren.kernel.errors import NotFound
from liren.registers.places import rules
from liren.registers.places.models import ExternalCode, Place
from liren.registers.places.queries.snapshot import FIELDS, PlaceView, Snapshot, snapshot, view

# A grid is how the office cuts its ground; people find a building by community, courtyard and number.
_SAID = frozenset({"community", "courtyard", "building", "dwelling"})


@dataclass(frozen=True, slots=True)
class Count:
    """How many people and households, and on which day they were counted; None where nobody counted."""

    population: int | None
    households: int | None
    counted_on: date | None


def root() -> PlaceView:
    """The place this office serves: the one marked so, else the first street, else the first district.

    Raises NotFound("place.no_root").
    """
    kept = snapshot()
    if kept.office_id is not None:
        return kept.places[kept.office_id]
    for kind in ("street", "district"):
        found = [place for place in kept.places.values() if place.kind == kind and place.valid_to is None]
        if found:
            return min(found, key=lambda place: (place.sort, place.id))
    raise NotFound("place.no_root")


@dataclass(frozen=True, slots=True)
class OfficeView:
    """The office as every page names it; without an office yet, an empty path and the product's own name."""

    id: int | None
    name: str
    name_en: str
    path: str


def office_view() -> OfficeView:
    """The office's place for headings. Never raises: pages must be shown before there is one."""
    try:
        place = root()
    except NotFound:
        return OfficeView(None, _("里仁"), "Liren", "")
    return OfficeView(place.id, place.name, place.name_en, place.path)


def get(place_id: int) -> PlaceView:
    """One place. Raises NotFound("place.unknown")."""
    known = snapshot().places.get(place_id)
    if known is not None:
        return known
    row = Place.objects.filter(id=place_id).values(*FIELDS).first()
    if row is None:
        raise NotFound("place.unknown")
    return view(row)


def by_path(path: str) -> PlaceView:
    """The place of a path. Raises NotFound("place.unknown")."""
    known = snapshot().by_path.get(path)
    if known is not None:
        return known
    row = Place.objects.filter(path=path).values(*FIELDS).first()
    if row is None:
        raise NotFound("place.unknown")
    return view(row)


def by_code(value: str, *, scheme: str | None = None) -> PlaceView:
    """The place with an external code, in any scheme unless one is named.

    Raises NotFound("place.unknown"), also where two schemes give the code to two places.
    """
    found = ExternalCode.objects.filter(value=value)
    if scheme is not None:
        found = found.filter(scheme=scheme)
    ids = set(found.values_list("place_id", flat=True))
    if len(ids) != 1:
        raise NotFound("place.unknown")
    return get(ids.pop())


def codes(place_id: int) -> list[tuple[str, str]]:
    """A place's external codes as (scheme, value)."""
    return list(ExternalCode.objects.filter(place_id=place_id).order_by("id").values_list("scheme", "value"))


def codes_of(place_ids: Iterable[int]) -> dict[int, str]:
    """The code each of some places is named by in tables: of its division, else of the office, else of the cell grid.

    One statement; places without a code are left out.
    """
    order = {"cell": 0, "office": 1, "division": 2}
    rows = ExternalCode.objects.filter(place_id__in=set(place_ids), scheme__in=order)
    found = sorted(rows.values_list("place_id", "scheme", "value"), key=lambda row: order[row[1]])
    return {place_id: value for place_id, _, value in found}


def ancestors(place_id: int) -> list[PlaceView]:
    """The places around a place, the outermost first, without itself. Raises NotFound("place.unknown")."""
    places = snapshot().places
    return [places[one] for one in rules.ancestors(get(place_id).path)[:-1] if one in places]


def children(place_id: int | None, kind: str | None = None) -> list[PlaceView]:
    """Open places directly in a place (None: those in nothing), in the office's order."""
    found = [place for place in snapshot().below.get(place_id, []) if place.valid_to is None]
    if kind in {None, "dwelling"} and place_id is not None:
        rows = Place.objects.filter(parent_id=place_id, kind="dwelling", valid_to=None)
        found += [view(row) for row in rows.order_by("sort", "id").values(*FIELDS)]
    return [place for place in found if kind is None or place.kind == kind]


def within(path: str, kind: str) -> list[PlaceView]:
    """Open places of one kind in a place (itself included), in the order of the tree."""
    rows = Place.objects.filter(path_filter(path), kind=kind, valid_to=None).order_by("sort", "path")
    return [view(row) for row in rows.values(*FIELDS)]


def path_filter(path: str, field: str = "path") -> Q:
    """Rows whose path field lies in a place; the empty path is everywhere. A range, so that the index
    serves it.
    """
    if not path:
        return Q()
    return Q(**{f"{field}__gte": path, f"{field}__lt": rules.upper_bound(path)})


def count(place_id: int) -> Count:
    """People and households of a place: its own count, else the sum of the places in it."""
    place = get(place_id)
    if place.population is not None or place.households is not None:
        return Count(place.population, place.households, place.counted_on)
    parts = [count(child.id) for child in snapshot().below.get(place_id, []) if child.valid_to is None]
    people = [part.population for part in parts if part.population is not None]
    homes = [part.households for part in parts if part.households is not None]
    days = [part.counted_on for part in parts if part.counted_on is not None]
    return Count(sum(people) if people else None, sum(homes) if homes else None, min(days, default=None))


def names_above(paths: Iterable[str], *, kinds: Iterable[str]) -> dict[str, str]:
    """For each path the name of the nearest place of these kinds on it, itself included; paths without
    are left out.
    """
    known, wanted = snapshot().places, frozenset(kinds)
    names = {}
    for path in paths:
        above = (known[one] for one in reversed(rules.ancestors(path)) if one in known)
        nearest = next((place for place in above if place.kind in wanted), None)
        if nearest is not None:
            names[path] = nearest.name
    return names


def full_name(place_id: int) -> str:
    """What the place is called among neighbours: 清河里社区和园小区3号楼. Raises
    NotFound("place.unknown").
    """
    return _spoken(get(place_id), snapshot().places)


def full_names(place_ids: Iterable[int]) -> dict[int, str]:
    """`full_name` of many, in at most two queries; unknown ids are left out."""
    return names_in(snapshot(), place_ids)


def names_in(kept: Snapshot, place_ids: Iterable[int]) -> dict[int, str]:
    """`full_names` by a version already at hand: one query if dwellings are among them, else none."""
    wanted = set(place_ids)
    known = kept.places
    missing = wanted - known.keys()
    rows = Place.objects.filter(id__in=missing).values(*FIELDS) if missing else []
    places: Sequence[PlaceView] = [
        *(known[one] for one in wanted & known.keys()),
        *(view(row) for row in rows),
    ]
    return {place.id: _spoken(place, known) for place in places}


def _spoken(place: PlaceView, known: Mapping[int, PlaceView]) -> str:
    """Names from the community down to the place, without the grids between and without saying a name
    twice.
    """
    names = [
        known[one].name
        for one in rules.ancestors(place.path)[:-1]
        if one in known and known[one].kind in _SAID
    ]
    said = ""
    for name in [*names, place.name]:
        stem = said.removesuffix("社区")
        said = name if stem and name.startswith(stem) else said + name
    return said
