"""What everybody may read of the work: figures with small counts kept back, and cases without anything of a person.

A case is listed only among others of its community and group of classes that the same set counts, never by number,
words, address or day; what is kept back of the table of communities and groups is `methods.disclosure`'s to say.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.db.models import Case as Choose
from django.db.models import Count, F, IntegerField, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Mod

from liren.cases.models import Case
from liren.cases.queries.figures import Dimension, Figures, Slice, _base, _sets, figures, seen
from liren.cases.queries.ground import within
from liren.cases.queries.holding import held
from liren.cases.queries.nearby import PRIVATE_GROUPS
from liren.cases.states import AT_WORK, State
from liren.kernel.clock import office_zone, to_office
from liren.kernel.policy import SYSTEM
from liren.methods.disclosure import Kept, protect, protect_line
from liren.registers.places import queries as places

NONE = "-"  # of no community, of no class, before no unit
LISTED_SETS = ("demands", "due", "in_time", "closed", "heard", "solved", "rated", "satisfied")
# Where a case stands, in the few words that are for everybody.
STANDS: Mapping[str, frozenset[State]] = {
    "doing": AT_WORK | {State.RECEIVED},
    "answered": frozenset({State.REPLIED}),
    "solved": frozenset({State.SOLVED}),
    "closed": frozenset({State.CLOSED}),
    "unconfirmed": frozenset({State.CLOSED_UNCONFIRMED}),
    "referred": frozenset({State.LEFT}),
}
_STIR = 9973  # a prime: the order of a list must not be the order in which people spoke


def months_told(before: datetime) -> tuple[datetime, datetime] | None:
    """When the first and the last demand anybody may read of came, among those before a moment. One statement."""
    when = Slice(datetime(2000, 1, 1, tzinfo=office_zone()), before, public=True)
    told = seen(SYSTEM, public=True).filter(_sets(when)["demands"])
    # each walks the index from its end to the first that may be told: the least of all would be looked for in all
    first, last = (
        Subquery(told.order_by(order).values("received_at")[:1]) for order in ("received_at", "-received_at")
    )
    found = Case.objects.order_by("id").annotate(first=first, last=last).values_list("first", "last").first()
    return (found[0], found[1]) if found and found[0] else None


def public_figures(what: Slice, dimension: Dimension = "") -> Figures:
    """The rates of a period for everybody: those of `figures`, without what was taken back, barred or an accusation.

    Small counts are in them: a face asks `Cells` and `line_kept` what it may show.
    """
    public = replace(what, public=True)
    return held("figures", what.until, (public, dimension), lambda: figures(SYSTEM, public, dimension))


def line_kept(counts: Mapping[str, int], least: int) -> Kept:
    """What to keep back of one line of counts shown with its total; ask it for the column "all"."""
    return protect_line(counts, least)


@dataclass(frozen=True, slots=True)
class Cells:
    """How many cases a set counts by community (its path) and group of classes, and what of it is kept back."""

    counts: Mapping[tuple[str, str], int]
    kept: Kept
    codes: Mapping[tuple[str, str], Mapping[str, int]]  # classes in each cell
    communities: tuple[str, ...]

    def shown(self, community: str = "", group: str = "") -> int | None:
        """A count or, with one of the two left out, a total; None where it is kept back.

        No cases at all in the whole set is told; none in a part of it is told like few.
        """
        if self.counts and self.kept.hides(community, group):
            return None
        count = sum(
            count
            for (there, sort), count in self.counts.items()
            if community in {"", there} and group in {"", sort}
        )
        return count if count or not self.counts else None

    def listed(self, community: str, group: str) -> bool:
        """Whether the cases of a cell are listed."""
        return (
            (community, group) in self.counts
            and group not in PRIVATE_GROUPS
            and group != NONE
            and not self.kept.hides(community, group)
        )

    def named(self, community: str, group: str, least: int) -> frozenset[str]:
        """The classes of a cell that are named: each of enough cases, and the unnamed rest of none or enough too."""
        inside = self.codes[community, group]
        enough = {code for code, count in inside.items() if count >= least and code != group}
        rest = sum(count for code, count in inside.items() if code not in enough)
        return frozenset(enough) if rest == 0 or rest >= least else frozenset()


def cells(what: Slice, names: Sequence[str], least: int) -> dict[str, Cells]:
    """The tables behind the lists of these sets, by name. One statement; of a period that is over as counted last."""
    public = replace(what, public=True)
    return held("cells", what.until, (public, *names, least), lambda: _cells(public, names, least))


def _cells(public: Slice, names: Sequence[str], least: int) -> dict[str, Cells]:
    known = tuple(place.path for place in places.within(places.root().path, "community"))
    sets = _sets(public)
    rows: Any = (
        _base(SYSTEM, public)
        .order_by()
        .values_list("place_path", "class_code")
        .annotate(**{f"n_{name}": Count("pk", filter=sets[name]) for name in names})
    )
    found: dict[str, dict[tuple[str, str], dict[str, int]]] = {name: {} for name in names}
    for path, code, *counts in rows:
        cell = community_of(path, known), code.partition(".")[0] or NONE
        for name, count in zip(names, counts, strict=True):
            if count:
                inside = found[name].setdefault(cell, {})
                inside[code] = inside.get(code, 0) + count
    return {name: _table(codes, known, least) for name, codes in found.items()}


def community_of(path: str, known: Iterable[str]) -> str:
    """The path of the community a place lies in, NONE for elsewhere."""
    return next((one for one in known if path.startswith(one)), NONE)


def _table(codes: dict[tuple[str, str], dict[str, int]], known: tuple[str, ...], least: int) -> Cells:
    counts = {cell: sum(inside.values()) for cell, inside in codes.items()}
    return Cells(counts, protect(counts, least), codes, known)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader wants to see of the list of a set; empty means all that is listed."""

    name: str = "demands"
    community: str = ""
    group: str = ""
    unit_id: int | None = None
    stands: str = ""
    after: int = 0  # lines already seen
    size: int = 50


@dataclass(frozen=True, slots=True)
class OpenRow:
    """One case as anybody may see it. `ten`: 1 to 3, which ten days of the month; spans in days, rounded up."""

    month: datetime
    ten: int
    code: str  # its class, or its group where the class would single it out
    community: str  # path, NONE for elsewhere
    unit: str  # "" where naming it would tell a count that is kept back
    stands: str
    took: int | None
    limit: int | None
    in_time: bool | None


@dataclass(frozen=True, slots=True)
class OpenList:
    """A page of the list. `few`: what was asked for is below the minimum, and neither counted nor listed."""

    rows: list[OpenRow]
    count: int
    few: bool
    after: int  # of the next page, 0 at the end


def open_list(what: Slice, asked: Asked, table: Cells, units: frozenset[int], least: int) -> OpenList:
    """One page of what anybody may read of a set. `units`: those that may be named. Two statements.

    A case never stands in a list of fewer than `least`: such a list is not opened.
    """
    rows = _rows(what, asked, table, units)
    count = rows.count()
    if count < least:
        return OpenList([], 0, count > 0 or _narrowed(asked), 0)
    page = list(rows[asked.after : asked.after + asked.size])
    after = asked.after + asked.size
    return OpenList(_told(page, table, units, least), count, False, after if after < count else 0)


def every_open_row(
    what: Slice, asked: Asked, table: Cells, units: frozenset[int], least: int
) -> Iterator[OpenRow]:
    """Every line of a list `open_list` opens. Two statements."""
    rows = _rows(what, asked, table, units)
    found = list(rows)
    if len(found) >= least:
        yield from _told(found, table, units, least)


def _narrowed(asked: Asked) -> bool:
    return bool(asked.community or asked.group or asked.stands or asked.unit_id is not None)


def _rows(what: Slice, asked: Asked, table: Cells, units: frozenset[int]) -> "QuerySet[Case]":
    public = replace(what, public=True)
    rows: QuerySet[Case] = _base(SYSTEM, public).filter(_sets(public)[asked.name])
    rows = rows.filter(_in_cells(asked, table))
    if asked.unit_id is not None:
        rows = rows.filter(unit_id=asked.unit_id) if asked.unit_id in units else rows.none()
    if asked.stands:
        rows = rows.filter(_standing(asked.stands))
    local = to_office(what.since, office_zone())
    tens = Choose(
        When(received_at__lt=what.since, then=Value(0)),
        When(received_at__lt=local.replace(day=11), then=Value(1)),
        When(received_at__lt=local.replace(day=21), then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    return rows.select_related("unit").order_by(-tens, Mod(F("id"), Value(_STIR)), "id")


def _standing(stands: str) -> Q:
    states = sorted(STANDS.get(stands, ()))
    return Q(state__in=states) | Q(state=State.ARCHIVED, ended_as__in=states)


def _in_cells(asked: Asked, table: Cells) -> Q:
    """The cases of the cells that are listed, as few conditions as there are communities."""
    wanted: dict[str, list[str]] = defaultdict(list)
    for community, group in table.counts:
        here = asked.community in {"", community} and asked.group in {"", group}
        if here and table.listed(community, group):
            wanted[community] += table.codes[community, group]
    found = Q(pk__in=[])
    for community, codes in wanted.items():
        found |= _of_community(community, table) & Q(class_code__in=codes)
    return found


def _of_community(community: str, table: Cells) -> Q:
    if community != NONE:
        return within(community)
    outside = Q()
    for one in table.communities:
        outside &= ~within(one)
    return outside


def _told(found: list[Case], table: Cells, units: frozenset[int], least: int) -> list[OpenRow]:
    named: dict[tuple[str, str], frozenset[str]] = {}
    rows = []
    for case in found:
        community = community_of(case.place_path, table.communities)
        group = case.class_code.partition(".")[0]
        cell = community, group
        if cell not in named:
            named[cell] = table.named(community, group, least)
        code = case.class_code if case.class_code in named[cell] else group
        unit = (case.unit.short or case.unit.name) if case.unit and case.unit_id in units else ""
        rows.append(_row(case, code, community, unit))
    return rows


def _row(case: Case, code: str, community: str, unit: str) -> OpenRow:
    came = to_office(case.received_at, office_zone())
    begun = case.limits_from or case.received_at
    if case.replied_at and begun > case.replied_at:
        begun = case.received_at
    took = _days(case.replied_at - begun) if case.replied_at else None
    on_time = case.replied_at <= case.handle_due if case.replied_at and case.handle_due else None
    state = case.ended_as if case.state == State.ARCHIVED else case.state
    return OpenRow(
        month=came.replace(day=1, hour=0, minute=0, second=0, microsecond=0),
        ten=min(3, (came.day + 9) // 10),
        code=code,
        community=community,
        unit=unit,
        stands=next((name for name, states in STANDS.items() if state in states), "closed"),
        took=took,
        limit=_days(case.handle_due - begun) if case.handle_due else None,
        in_time=on_time,
    )


def _days(span: timedelta) -> int:
    return max(1, ceil(span / timedelta(days=1)))
