"""The rates of a period by unit, place, class and channel, and the rows behind each figure.

Each set that is counted is one condition; counting it and listing it use the same one, so that a figure opens exactly
the cases it counts. A fixed number of statements however many lines a table has.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

from django.db.models import (
    Count,
    DateTimeField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.lookups import IsNull

from liren.cases.models import Case, Exclusion, Voice
from liren.cases.queries.ground import visible, within
from liren.cases.queries.holding import held, whose
from liren.cases.rates import COUNTED, Counts, total
from liren.cases.states import ENDED, State
from liren.kernel.clock import office_zone, to_office, utc_now
from liren.kernel.errors import NotFound
from liren.kernel.policy import Actor, scope
from liren.registers.duties import queries as duties
from liren.registers.places import queries as places

By = Literal["case", "voice"]
Dimension = Literal["", "unit", "community", "grid", "class", "channel"]
DIMENSIONS: tuple[Dimension, ...] = ("unit", "community", "grid", "class", "channel")


@dataclass(frozen=True, slots=True)
class Slice:
    """What is counted: cases (or their voices) in [since, until), narrowed; empty means no narrowing.

    `public`: only what anybody may read a figure of.
    """

    since: datetime
    until: datetime
    by: By = "case"
    place_path: str = ""
    unit_id: int | None = None
    class_code: str = ""
    channel: str = ""
    public: bool = False


@dataclass(frozen=True, slots=True)
class Drill:
    """One figure of one line: the set, the slice it was counted in, the dimension and the line's key."""

    name: str
    slice: Slice
    dimension: Dimension = ""
    key: str = ""  # empty with a dimension: the line of those that have none


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One line of a table of rates. `residents`: of a place, where somebody counted them."""

    key: str
    name: str
    counts: Counts
    residents: int | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """A table of rates: its lines add up to `whole`. `residents` only where the reader sees all there is."""

    lines: list[FigureLine]
    whole: Counts
    residents: int | None


def figures(actor: Actor, what: Slice, dimension: Dimension = "", sets: Sequence[str] = COUNTED) -> Figures:
    """The rates over what the actor may see, cut by a dimension. Two statements, places among them.

    `sets`: only these are counted, the others stay 0.

    Formulas: `cases/rates.py`. Withdrawn cases count as demands alone, merged ones by their voices where those are now.
    """
    found = _counted(actor, what, dimension, sets)
    named = _named(found, what, dimension)
    whole = total(counts for _, counts in found)
    return Figures(named, whole, _residents(actor, what))


def whole(actor: Actor, what: Slice) -> Counts:
    """The same without lines, for the month before: as counted last, until anything happens. Two statements."""
    key = (*whose(actor), what)
    return held("whole", what.until, key, lambda: total(counts for _, counts in _counted(actor, what, "")))


def _residents(actor: Actor, what: Slice) -> int | None:
    """Whose demands these are: those of a place, for who sees every demand there; a unit has no residents."""
    reach = scope(actor, "cases.read")
    path = what.place_path or places.root().path
    if what.unit_id is not None or not reach.covers(path):
        return None
    try:
        return places.by_path(path).population
    except NotFound:
        return None


_FIELDS: dict[Dimension, tuple[str, ...]] = {
    "": (),
    "unit": ("unit_id", "unit__short", "unit__name"),
    "community": ("place_path",),
    "grid": ("place_path",),
    "class": ("class_code",),
    "channel": ("channel",),
}


def _counted(
    actor: Actor, what: Slice, dimension: Dimension, names: Sequence[str] = COUNTED
) -> list[tuple[tuple[Any, ...], Counts]]:
    """Counts by the raw fields of a dimension, in one statement."""
    rows, sets = _base(actor, what), _sets(what)
    counting = {f"n_{name}": Count("pk", filter=sets[name]) for name in names}
    fields = [_field(name, what.by) for name in _FIELDS[dimension]]
    if not fields:
        return [((), _counts(rows.aggregate(**counting)))]
    found: list[Any] = list(rows.order_by().values(*fields).annotate(**counting))
    return [(tuple(row[name] for name in fields), _counts(row)) for row in found]


def _counts(row: Any) -> Counts:
    return Counts(**{name: row.get(f"n_{name}", 0) for name in COUNTED})


def _field(name: str, by: By) -> str:
    """A case's field as the counted rows have it; a voice came by a channel of its own."""
    return name if by == "case" or name == "channel" else f"case__{name}"


def seen(actor: Actor, *, public: bool) -> "QuerySet[Case]":
    """The cases of which the actor may read figures; `public`: those of which everybody may."""
    # no figure counts what few may know of: the difference of two figures would tell
    rows = Case.objects.filter(visible(actor, "cases.read"), sealed=False).exclude(state=State.MERGED)
    if not public:
        return rows
    # no street tells everybody of what was taken back, keeps somebody from it, or accuses somebody
    gone = Q(state=State.WITHDRAWN) | Q(ended_as=State.WITHDRAWN) | Q(demand_type="whistleblow")
    return rows.filter(barred=False).exclude(gone)


def _base(actor: Actor, what: Slice) -> "QuerySet[Any]":
    """The rows a slice looks through: those the period touches, in what the actor may see."""
    rows = seen(actor, public=what.public)
    touched = _in(what, "response_due") | _in(what, "replied_at")
    if what.by == "case":
        return rows.filter(touched | _in(what, "received_at")).filter(_narrow(what))
    # by ids of cases, found by two indexes: a condition on both tables at once would be looked for in every row of both
    said = Voice.objects.filter(_in(what, "said_at")).values("case_id")
    moved = Case.objects.filter(touched).values("id").union(said)
    return Voice.objects.filter(case__in=rows.filter(id__in=moved).values("id")).filter(_narrow(what))


def _in(what: Slice, field: str) -> Q:
    return Q(**{f"{field}__gte": what.since, f"{field}__lt": what.until})


def _narrow(what: Slice) -> Q:
    def named(name: str) -> str:
        return _field(name, what.by)

    wanted = Q()
    if what.place_path:
        wanted &= within(what.place_path, named("place_path"))
    if what.unit_id is not None:
        wanted &= Q(**{named("unit_id"): what.unit_id})
    if what.class_code:
        wanted &= _of_class(what.class_code, named("class_code"))
    if what.channel:
        wanted &= Q(channel=what.channel)
    return wanted


def _of_class(code: str, field: str) -> Q:
    return Q(**{field: code}) | Q(**{f"{field}__startswith": f"{code}."})


def _sets(what: Slice) -> dict[str, Q]:
    """Every counted set as a condition on the rows of the slice.

    A case counts as one: not solved if one voice said so, as content as its least content voice.
    """

    def of(**said: Any) -> Q:
        return Q(**{_field(name, what.by): value for name, value in said.items()})

    # archiving changes no figure: a case counts as what it was archived from
    withdrawn = of(state=State.WITHDRAWN) | of(ended_as=State.WITHDRAWN)
    kept = of(excluded=False) & ~withdrawn
    heard, solved, rated, satisfied = _said(what.by)
    ended = ~withdrawn & _in(what, _field("replied_at", what.by))
    ended &= (of(state__in=sorted(ENDED)) & ~of(ended_as=State.LEFT)) | heard
    due = kept & _in(what, _field("response_due", what.by))
    closed = kept & ended
    return {
        "due": due,
        "in_time": due & of(contacted_at__lte=F(_field("response_due", what.by))),
        "closed": closed,
        "heard": closed & heard,
        "solved": closed & solved,
        "rated": closed & rated,
        "satisfied": closed & satisfied,
        "ended": ended,
        "excluded": ended & of(excluded=True),
        "recurred": closed & (of(round__gt=1) | _repeated(what)),
        "demands": of(kind="demand") & _in(what, "received_at" if what.by == "case" else "said_at"),
    }


CONTENT = 3  # of 5: 基本满意 and better (好差评)


def _said(by: By) -> tuple[Q, Q, Q, Q]:
    """Heard, solved, rated and satisfied, by the last word of each voice."""
    if by == "voice":
        heard = ~Q(verdict="")
        rated = heard & Q(rating__isnull=False)
        return heard, Q(verdict="solved"), rated, heard & Q(rating__gte=CONTENT)
    voices = Voice.objects.filter(case_id=OuterRef("pk")).exclude(verdict="")
    heard, rated = _some(voices), _some(voices.filter(rating__isnull=False))
    return (
        heard,
        heard & ~_some(voices.filter(verdict="not_solved")),
        rated,
        rated & ~_some(voices.filter(rating__lt=CONTENT)),
    )


def _some(rows: "QuerySet[Voice]") -> Q:
    """EXISTS, looked for case by case: asked as EXISTS, PostgreSQL reads the whole table first, for every count again."""
    return Q(IsNull(Subquery(rows.values("pk")[:1]), False))


class _DaysLater(Func):
    """A moment of a column some whole days later, by the database's own calendar.

    Django would add them on SQLite by a function of Python, called for every case.
    """

    template = "(%(expressions)s + interval '%(days)d days')"
    output_field = DateTimeField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Moments are texts of UTC there: the day moves, what follows it stays."""
        later = "(date(%(expressions)s, '+%(days)d days') || substr(%(expressions)s, 11))"
        return self.as_sql(compiler, connection, template=later, **context)


def _repeated(what: Slice) -> Q:
    """The same class at the same place was said again within the window after the answer."""

    def outer(name: str) -> OuterRef:
        return OuterRef(_field(name, what.by))

    until = _DaysLater(outer("replied_at"), days=duties.rates_rule(rule_day(what)).window.days)
    again = Case.objects.filter(
        class_code=outer("class_code"),
        place_id=outer("place_id"),
        received_at__gt=outer("replied_at"),
        received_at__lte=until,
        # what few may know of is not told by a figure
        sealed=False,
        barred=False,
    ).exclude(Q(class_code="") | Q(state__in=[State.WITHDRAWN, State.MERGED]) | Q(ended_as=State.WITHDRAWN))
    return Q(Exists(again))


def rule_day(what: Slice) -> date:
    """The day whose rules a slice is counted by: its last; today where no rules are held of that day."""
    day = to_office(what.until - timedelta(seconds=1), office_zone()).date()
    try:
        duties.rates_rule(day)
    except NotFound:
        return to_office(utc_now(), office_zone()).date()
    return day


def _named(
    found: Sequence[tuple[tuple[Any, ...], Counts]], what: Slice, dimension: Dimension
) -> list[FigureLine]:
    """Lines of a table, the most cases first, those that have none of the dimension last."""
    if dimension in {"community", "grid"}:
        lines = _by_place(found, what, dimension)
    elif dimension == "unit":
        lines = [
            FigureLine(str(unit or ""), short or name or "", counts) for (unit, short, name), counts in found
        ]
    elif dimension == "class":
        grouped: dict[str, list[Counts]] = {}
        for (code,), counts in found:
            grouped.setdefault(code.partition(".")[0], []).append(counts)
        lines = [FigureLine(code, code, total(parts)) for code, parts in grouped.items()]
    else:
        lines = [FigureLine(fields[0], fields[0], counts) for fields, counts in found if fields]
    shown = [line for line in lines if line.counts != Counts()]
    return sorted(shown, key=lambda line: (not line.key, -line.counts.due - line.counts.closed, line.name))


def _by_place(
    found: Sequence[tuple[tuple[Any, ...], Counts]], what: Slice, dimension: Dimension
) -> list[FigureLine]:
    known = {place.path: place for place in places.within(what.place_path or places.root().path, dimension)}
    inside: dict[str, list[Counts]] = {}
    for (path,), counts in found:
        above = [path[: at + 1] for at, char in enumerate(path) if char == "/"]
        inside.setdefault(next((one for one in above if one in known), ""), []).append(counts)
    names = places.full_names(place.id for place in known.values()) if dimension == "grid" else {}
    return [
        FigureLine(
            path,
            names.get(known[path].id, known[path].name) if path else "",
            total(parts),
            known[path].population if path else None,
        )
        for path, parts in inside.items()
    ]


def of_figure(actor: Actor, drill: Drill) -> Q:
    """The cases a figure counts, as a condition on cases: for voices, the cases those voices are in."""
    what = drill.slice
    rows = _base(actor, what).filter(_sets(what)[drill.name]).filter(_on_line(drill))
    return Q(pk__in=rows.values("pk" if what.by == "case" else "case_id"))


def _on_line(drill: Drill) -> Q:
    what, key = drill.slice, drill.key
    match drill.dimension:
        case "unit":
            field = _field("unit_id", what.by)
            known = key.isdecimal() and len(key) < 20
            return Q(**{field: int(key)}) if known else Q(**{f"{field}__isnull": True})
        case "community" | "grid":
            field = _field("place_path", what.by)
            if key:
                return within(key, field)
            inside = places.within(what.place_path or places.root().path, drill.dimension)
            outside = Q()
            for place in inside:
                outside &= ~within(place.path, field)
            return outside
        case "class":
            field = _field("class_code", what.by)
            return _of_class(key, field) if key else Q(**{field: ""})
        case "channel":
            return Q(channel=key)
    return Q()


def left_out(actor: Actor, what: Slice) -> dict[str, int]:
    """How many cases of the period were left out, by reason code. One statement."""
    counted = replace(what, by="case")
    granted = Exclusion.objects.filter(case_id=OuterRef("pk"), decision="granted").order_by("-decided_at")
    rows: Any = (
        _base(actor, counted)
        .filter(_sets(counted)["excluded"])
        .annotate(why=Subquery(granted.values("reason_code")[:1]))
        .order_by()
        .values("why")
        .annotate(n=Count("pk"))
    )
    return {row["why"] or "": row["n"] for row in rows}


def exclusions(case: Case) -> list[Exclusion]:
    """What was asked and decided about leaving a case out, newest first; the reader was shown the case already."""
    return list(case.exclusion_set.order_by("-asked_at", "-id"))
