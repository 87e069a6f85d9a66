"""What the staff's desk shows: the worklist, its counts, and one case whole. A fixed number of statements each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Literal, get_args

from django.db.models import Case as Choose
from django.db.models import F, Q, QuerySet, When, prefetch_related_objects

from liren.base.search import queries as search
from liren.cases.models import Case, Step, Voice
from liren.cases.queries.figures import Drill, of_figure
from liren.cases.queries.ground import (
    RUNS,
    Before,
    facts_for,
    facts_of,
    helped_by,
    led_by,
    reached,
    visible,
    within,
)
from liren.cases.rules import TITLE_MAX
from liren.cases.states import AT_WORK, MOVES, NEXT, OPEN, Move, State, open_moves
from liren.kernel.clock import office_zone, to_office
from liren.kernel.errors import NotFound
from liren.kernel.ids import NUMBER_DIGITS, digits_of
from liren.kernel.policy import Actor, decide, scope
from liren.registers.places import queries as places

View = Literal[
    "todo", "late", "soon", "today", "objected", "returned", "deferred", "call_back", "again", "supervised", "open",
    "all",
]  # fmt: skip
VIEWS: tuple[View, ...] = get_args(View)
IN_STATE: Mapping[str, State] = {
    "objected": State.OBJECTED, "deferred": State.DEFERRED, "call_back": State.REPLIED,
}  # fmt: skip
SOON = timedelta(hours=4)
PAGE = 50
NEWEST_FIRST = frozenset({"all", "today"})  # history; the other views show what runs out first
SELECTABLE_STATES = frozenset({State.RECEIVED, State.REOPENED})  # may be dispatched from the list
PAGE_READ = 500  # rows of one page of a list that is read whole


@dataclass(frozen=True, slots=True)
class Filters:
    """What the URL of a list says; empty means no narrowing. `after` is the cursor of the next page."""

    view: View = "todo"
    class_code: str = ""  # a class, or a group and all its classes
    channel: str = ""
    unit_id: int | None = None
    place_path: str = ""
    text: str = ""
    stage: str = ""  # "unit": only what a unit has before it
    level: str = ""  # a rung of the ladder of supervision
    figure: Drill | None = None  # what one figure of the rates counts
    since: date | None = None  # received on that office day or later
    until: date | None = None  # received on that office day or earlier
    after: str = ""
    size: int = PAGE


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the worklist."""

    id: int
    number: str
    title: str
    place: str
    class_code: str
    channel: str
    state: str
    unit: str
    voices: int
    chased: int
    round: int
    returned: int
    supervised: str
    files: int
    questions_open: int
    parts_open: int
    received_at: datetime
    due_from: datetime | None
    next_due: datetime | None
    provisional: bool
    automatic: bool
    selectable: bool  # waits for a dispatch that may be made from the list
    version: int


@dataclass(frozen=True, slots=True)
class Worklist:
    """A page of rows and the cursor of the next, empty at the end."""

    rows: list[Row]
    after: str


def _todo(actor: Actor) -> Q:
    """Cases that wait for a move this actor may make, grant by grant."""
    wanted = Q(pk__in=[])
    for grant in actor.grants:
        states = [state for state, move in NEXT.items() if MOVES[move].duty in grant.duties]
        if not states or grant.own_only:
            continue
        reach = reached(grant.place_path) if grant.place_path else Q()
        if grant.unit_id is not None:
            reach &= Q(unit_id=grant.unit_id)
        wanted |= reach & Q(state__in=states) & RUNS
    return wanted


def _midnight(now: datetime) -> datetime:
    local = to_office(now, office_zone())
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), office_zone())


def of_view(view: View, actor: Actor, now: datetime) -> Q:
    """The cases that stand in a view, as a condition."""
    running = Q(state__in=sorted(OPEN - {State.SOLVED})) & RUNS
    match view:
        case "todo":
            return _todo(actor)
        case "late":
            return running & Q(next_due__lt=now)
        case "soon":
            return running & Q(next_due__gte=now, next_due__lt=now + SOON)
        case "today":
            return Q(received_at__gte=_midnight(now), received_at__lte=now)
        case "returned":
            return Q(state=State.RECEIVED, returned__gt=0) & RUNS
        case "objected" | "deferred" | "call_back":
            return Q(state=IN_STATE[view]) & RUNS
        case "again":
            return running & Q(round__gt=1)
        case "supervised":
            return running & ~Q(supervised="")
        case "open":
            return running
        case "all":
            return Q()


def narrowed(actor: Actor, filters: Filters, now: datetime, before: Before | None = None) -> QuerySet[Case]:
    """The cases a list finds, unordered, within what the actor may see. One statement more where words are searched.

    `before` as in `visible`.
    """
    rows = Case.objects.filter(visible(actor, "cases.read", before)).filter(of_view(filters.view, actor, now))
    if filters.class_code:
        rows = rows.filter(
            Q(class_code=filters.class_code) | Q(class_code__startswith=filters.class_code + ".")
        )
    if filters.channel:
        rows = rows.filter(channel=filters.channel)
    if filters.unit_id is not None:
        rows = rows.filter(unit_id=filters.unit_id)
    if filters.place_path:
        rows = rows.filter(within(filters.place_path))
    if filters.stage == "unit":
        rows = rows.filter(state__in=sorted(AT_WORK))
    if filters.level:
        rows = rows.filter(supervised=filters.level)
    if filters.since is not None:
        rows = rows.filter(received_at__gte=_begins(filters.since))
    if filters.until is not None:
        rows = rows.filter(received_at__lt=_begins(filters.until + timedelta(days=1)))
    if filters.figure is not None:
        rows = rows.filter(of_figure(actor, filters.figure))
    if filters.text.strip():
        rows = rows.filter(pk__in=_found(actor, filters.text))
    return rows


def count(actor: Actor, filters: Filters, *, now: datetime) -> int:
    """How many cases the filters find, on all pages together. One statement."""
    return narrowed(actor, filters, now).count()


def _found(actor: Actor, text: str) -> list[int]:
    digits = digits_of(text)
    if len(digits) == NUMBER_DIGITS:
        # a case has a number of its own where its first voice is elsewhere: merged away, or split off with it
        by_voice = Voice.objects.filter(number=digits).values("case_id")
        return list(Case.objects.filter(Q(number=digits) | Q(pk__in=by_voice)).values_list("id", flat=True))
    return search.find(text, kind="case", scope=scope(actor, "cases.read"), limit=500)


def worklist(actor: Actor, filters: Filters, *, now: datetime) -> Worklist:
    """One page of cases, those whose time runs out first on top; history newest first. Three statements with a search.

    Raises nothing for odd filters: what names nothing finds nothing.
    """
    page = _page(actor, filters, now)
    more = page[filters.size - 1] if len(page) > filters.size else None
    cursor = ""
    if more is not None:
        mark = more.received_at if filters.view in NEWEST_FIRST else more.next_due
        cursor = f"{mark.isoformat() if mark else ''}|{more.id}"
    return Worklist(rows=rows_of(page[: filters.size]), after=cursor)


def _page(actor: Actor, filters: Filters, now: datetime) -> list[Case]:
    """The rows of a page and one more.

    A unit's history is read in two orders, what it leads and what it helps with: each comes sorted out of an index, while
    both at once would have to be sorted whole.
    """
    most = filters.size + 1
    if filters.view not in NEWEST_FIRST:
        rows = narrowed(actor, filters, now).order_by(F("next_due").asc(nulls_last=True), "id")
        return list(_after(rows, filters.after, newest_first=False).select_related("unit")[:most])
    reach = scope(actor, "cases.read")
    by_unit = bool(reach.unit_ids or reach.pairs)
    ways: tuple[Before | None, ...] = (led_by, helped_by) if by_unit else (None,)
    found: dict[int, Case] = {}
    for way in ways:
        rows = narrowed(actor, filters, now, way).order_by("-received_at", "-id")
        rows = _after(rows, filters.after, newest_first=True).select_related("unit")
        found |= {case.pk: case for case in rows[:most]}
    return sorted(found.values(), key=lambda case: (case.received_at, case.pk), reverse=True)[:most]


def every_row(actor: Actor, filters: Filters, *, now: datetime) -> Iterator[Row]:
    """All rows of a list in its order, read in pages as they are asked for."""
    after = ""
    while True:
        page = worklist(actor, replace(filters, after=after, size=PAGE_READ), now=now)
        yield from page.rows
        after = page.after
        if not after:
            return


def _after(rows: QuerySet[Case], cursor: str, *, newest_first: bool) -> QuerySet[Case]:
    mark, _, last = cursor.partition("|")
    if not last.isdigit():
        return rows
    try:
        at = datetime.fromisoformat(mark) if mark else None
    except ValueError:
        return rows
    if at is None:
        return rows.filter(next_due__isnull=True, id__gt=int(last))
    if newest_first:
        return rows.filter(Q(received_at__lt=at) | Q(received_at=at, id__lt=int(last)))
    later = Q(next_due__gt=at) | Q(next_due=at, id__gt=int(last)) | Q(next_due__isnull=True)
    return rows.filter(later)


def rows_of(cases: Sequence[Case]) -> list[Row]:
    """Lines of a list, each place with what it lies in: "3号楼" alone names nothing."""
    names = places.full_names({case.place_id for case in cases if case.place_id is not None})
    return [_row(case, names.get(case.place_id or 0, "") or case.place_text) for case in cases]


def _row(case: Case, place: str) -> Row:
    return Row(
        id=case.id,
        number=case.number,
        title=case.title or case.place_text[:TITLE_MAX],
        place=place,
        class_code=case.class_code,
        channel=case.channel,
        state=case.state,
        unit=(case.unit.short or case.unit.name) if case.unit else "",
        voices=case.voices,
        chased=case.chased,
        round=case.round,
        returned=case.returned,
        supervised=case.supervised,
        files=case.files,
        questions_open=case.questions_open,
        parts_open=case.parts_open,
        received_at=case.received_at,
        due_from=case.due_from,
        next_due=case.next_due,
        provisional=case.due_provisional,
        automatic=case.automatic,
        selectable=case.state in SELECTABLE_STATES,
        version=case.version,
    )


@dataclass(frozen=True, slots=True)
class CasePage:
    """One case whole, and the moves this actor may make now. `contact` stays sealed: reading it is an act."""

    case: Case
    voices: list[Voice]
    steps: list[Step]
    moves: list[Move]
    main: str
    near: list[Row] = field(default_factory=list)


def case_ref(number: str, actor: Actor) -> Case:
    """A case by its own number or that of any of its voices. Raises NotFound also where it may not be seen."""
    # a case that was merged keeps its number, and its first voice took the same number along
    case = (
        Case.objects.filter(
            # in the statement itself: what is kept from the reader takes no more time than what never was
            visible(actor, "cases.read"),
            Q(number=number) | Q(pk__in=Voice.objects.filter(number=number).values("case_id")),
        )
        .select_related("place", "unit")
        .order_by(Choose(When(number=number, then=0), default=1))
        .first()
    )
    if case is None:
        raise NotFound("case.not_found")
    return case


def case_page(number: str, actor: Actor) -> CasePage:
    """Everything a case page shows but files and advice, in four statements at most. Raises NotFound."""
    case = case_ref(number, actor)
    voices = list(case.voice_set.order_by("said_at", "id")[:200])
    steps = list(case.step_set.select_related("unit").order_by("-at", "-id")[:400])
    if case.barred:  # a page asks several times who is kept from it
        prefetch_related_objects([case], "bar_set")
    facts = facts_of(case)
    moves = [
        move
        for move in open_moves(case.state, "staff")
        if decide(actor, move.duty, facts_for(case, move.duty, facts)).allowed
    ]
    wanted = NEXT.get(State(case.state), "")
    main = wanted if any(move.name == wanted for move in moves) else ""
    return CasePage(case, voices, steps, moves, main, similar(case, actor))


def similar(case: Case, actor: Actor, *, limit: int = 5) -> list[Row]:
    """Cases of the same class in the same place within a year, for the clerk who asks "again?". Matters, not people."""
    if not case.class_code or not case.place_path:
        return []
    rows = (
        Case.objects.filter(visible(actor, "cases.read"))
        .filter(within(case.place_path), class_code=case.class_code)
        .filter(received_at__gte=case.received_at - timedelta(days=365))
        .exclude(pk=case.pk)
        .select_related("unit")
        .order_by("-received_at")[:limit]
    )
    return rows_of(list(rows))
