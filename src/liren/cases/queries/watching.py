"""What stands watched over: rungs and answers, whistles, replies to look at. Per unit and place, never a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from liren.cases import clocks, ladder, sampling
from liren.cases.models import Case, Supervision, Verification, Whistle, WhistleAct, WhistleUnit
from liren.cases.queries.desk import of_view
from liren.cases.queries.ground import RUNS, visible
from liren.cases.states import AT_WORK, State
from liren.cases.whistles import RUNNING, Called, Whistled
from liren.kernel.clock import office_zone, to_office
from liren.kernel.policy import Actor
from liren.registers.duties import queries as duties
from liren.registers.places import queries as places

SHOWN = 3  # cases named under each rung
STANDING_MAX = 2_000  # cases on any rung that one page looks through
LISTED_MAX = 30
UNAGREED = frozenset(
    {Whistled.RAISED, Whistled.ACKNOWLEDGED, Whistled.REFUSED}
)  # nothing to do was agreed yet
REFUSED_DAYS = 30


@dataclass(frozen=True, slots=True)
class Watched:
    """One case on a rung: what, whose, until when an answer is due, and whether it came."""

    number: str
    title: str
    unit: str
    next_due: datetime | None
    due_from: datetime | None
    answer_due: datetime | None
    answered: bool


@dataclass(slots=True)
class Step:
    """One rung with all that stand on it; the first few by name."""

    level: str
    count: int = 0
    unanswered: int = 0  # past their time
    cases: list[Watched] = field(default_factory=list)


def rungs(actor: Actor, *, now: datetime) -> list[Step]:
    """The ladder with who stands where, the most pressing first. Two statements."""
    steps = {level: Step(level) for level in ladder.LEVELS}
    rows = list(
        Case.objects.filter(visible(actor, "cases.read"), sealed=False)
        .exclude(supervised="")
        .select_related("unit")
        .order_by("next_due", "id")[:STANDING_MAX]
    )
    standing: dict[int, Supervision] = {}
    for row in Supervision.objects.filter(case_id__in=[case.id for case in rows], ended_at=None).order_by(
        "at"
    ):
        standing[row.case_id] = row
    for case in rows:
        step, on = steps.get(case.supervised), standing.get(case.id)
        if step is None:
            continue
        step.count += 1
        late = on is not None and on.answered_at is None and on.answer_due is not None and on.answer_due < now
        step.unanswered += late
        if len(step.cases) < SHOWN:
            step.cases.append(_watched(case, on))
    return list(steps.values())


def _watched(case: Case, on: Supervision | None) -> Watched:
    return Watched(
        number=case.number,
        title=case.title,
        unit=(case.unit.short or case.unit.name) if case.unit else "",
        next_due=case.next_due,
        due_from=case.due_from,
        answer_due=on.answer_due if on else None,
        answered=on is not None and on.answered_at is not None,
    )


@dataclass(frozen=True, slots=True)
class Line:
    """How the work stands at one unit, or in one place. Every figure is a list that can be opened."""

    key: str  # the unit's id, or the place's path
    name: str
    at_work: int
    late: int
    soon: int
    again: int
    returned: int
    supervised: int


_COUNTS = ("at_work", "late", "soon", "again", "returned", "supervised")


def _counts(actor: Actor, now: datetime) -> dict[str, Count]:
    at_unit = Q(state__in=sorted(AT_WORK))
    return {
        "at_work": Count("pk", filter=at_unit),
        "late": Count("pk", filter=at_unit & of_view("late", actor, now)),
        "soon": Count("pk", filter=at_unit & of_view("soon", actor, now)),
        "again": Count("pk", filter=at_unit & of_view("again", actor, now)),
        "returned": Count("pk", filter=of_view("returned", actor, now)),
        "supervised": Count("pk", filter=at_unit & of_view("supervised", actor, now)),
    }


def _running(actor: Actor) -> QuerySet[Case]:
    reach = visible(actor, "cases.read") & Q(sealed=False)  # no unit's figures count what it may not know of
    return Case.objects.filter(reach, RUNS, state__in=sorted(AT_WORK | {State.RECEIVED}))


def by_unit(actor: Actor, *, now: datetime) -> list[Line]:
    """Every unit with work before it, the latest first. One statement."""
    rows: Any = (
        _running(actor)
        .filter(unit__isnull=False)
        .values("unit_id", "unit__short", "unit__name")
        .annotate(**_counts(actor, now))
    )
    found = [
        Line(
            str(row["unit_id"]),
            row["unit__short"] or row["unit__name"],
            **{name: row[name] for name in _COUNTS},
        )
        for row in rows
    ]
    return sorted(found, key=lambda line: (-line.late, -line.at_work, line.name))


def by_place(actor: Actor, *, now: datetime) -> list[Line]:
    """Every community of the office with work in it, the latest first. Two statements."""
    rows: list[Any] = list(_running(actor).values("place_path").annotate(**_counts(actor, now)))
    found = []
    for place in places.children(places.root().id, "community"):
        inside = [row for row in rows if row["place_path"].startswith(place.path)]
        counted = {name: sum(row[name] for row in inside) for name in _COUNTS}
        if any(counted.values()):
            found.append(Line(place.path, place.name, **counted))
    return sorted(found, key=lambda line: (-line.late, -line.at_work, line.name))


@dataclass(frozen=True, slots=True)
class CalledUnit:
    """One called unit: where it stands, by when it had to say that it heard, its words and both scores."""

    unit_id: int
    name: str
    state: str
    silent: bool  # past its time to acknowledge
    at: datetime | None
    words: str
    score_of_unit: int | None
    score_of_street: int | None
    score_words: str
    street_words: str


@dataclass(frozen=True, slots=True)
class ActView:
    """One thing agreed on site."""

    id: int
    unit_id: int
    unit: str
    what: str
    due_at: datetime
    done_at: datetime | None
    done_words: str
    late: bool


@dataclass(frozen=True, slots=True)
class WhistleView:
    """One whistle whole. `score_due`: until when both sides score, once it is done."""

    id: int
    number: str
    title: str
    state: str
    matter: str
    raised_at: datetime
    needed_by: datetime
    late: bool  # its time is over and not everybody came
    acknowledge_due: datetime
    score_due: datetime | None
    units: list[CalledUnit]
    acts: list[ActView]

    @property
    def running(self) -> bool:
        """Whether units still have to come, agree or act."""
        return self.state in RUNNING


def whistles_of(case: Case, *, now: datetime) -> list[WhistleView]:
    """The whistles of a case the reader was shown already, newest first. Two statements, none where it has none."""
    if not case.whistled:
        return []
    called = WhistleUnit.objects.filter(whistle__case=case).select_related("whistle", "unit")
    units = list(called.order_by("-whistle__raised_at", "unit__name")[:LISTED_MAX])
    for unit in units:
        unit.whistle.case = case
    return _whole(list({unit.whistle_id: unit.whistle for unit in units}.values()), units, now)


def whistles_running(actor: Actor, *, now: datetime) -> list[WhistleView]:
    """Whistles under way or waiting for scores that the actor may see, those needed first on top. Three statements."""
    seen = Case.objects.filter(visible(actor, "cases.read"), pk=OuterRef("case_id"))
    rows = Whistle.objects.filter(Exists(seen), state__in=sorted({*RUNNING, Whistled.DONE}))
    found = list(rows.select_related("case").order_by("needed_by")[:LISTED_MAX])
    units = WhistleUnit.objects.filter(whistle__in=found).select_related("unit").order_by("unit__name")
    return _whole(found, list(units) if found else [], now)


def _whole(rows: Sequence[Whistle], called: Sequence[WhistleUnit], now: datetime) -> list[WhistleView]:
    rule = duties.whistle_rule(to_office(now, office_zone()).date())
    units: dict[int, list[WhistleUnit]] = {}
    acts: dict[int, list[WhistleAct]] = {}
    for unit in called:
        units.setdefault(unit.whistle_id, []).append(unit)
    agreed = [row for row in rows if row.state not in UNAGREED]
    for act in WhistleAct.objects.filter(whistle__in=agreed).select_related("unit").order_by("due_at", "id"):
        acts.setdefault(act.whistle_id, []).append(act)
    return [_whistle(row, units.get(row.id, []), acts.get(row.id, []), rule, now) for row in rows]


def _whistle(
    row: Whistle,
    units: Sequence[WhistleUnit],
    acts: Sequence[WhistleAct],
    rule: duties.WhistleRule,
    now: datetime,
) -> WhistleView:
    heard_by = clocks.ends(rule.acknowledge, row.raised_at, rule.calendar)
    missing = any(unit.state in {Called.RAISED, Called.ACKNOWLEDGED} for unit in units)
    done = row.state == Whistled.DONE and row.ended_at is not None
    return WhistleView(
        id=row.id,
        number=row.case.number,
        title=row.case.title,
        state=row.state,
        matter=row.matter,
        raised_at=row.raised_at,
        needed_by=row.needed_by,
        late=row.state in RUNNING and missing and row.needed_by < now,
        acknowledge_due=heard_by,
        score_due=clocks.ends(rule.score, row.ended_at, rule.calendar) if done and row.ended_at else None,
        units=[_called(unit, silent=heard_by < now) for unit in units],
        acts=[
            ActView(
                act.id,
                act.unit_id,
                act.unit.short or act.unit.name,
                act.what,
                act.due_at,
                act.done_at,
                act.done_words,
                late=act.done_at is None and act.due_at < now,
            )
            for act in acts
        ],
    )


def _called(row: WhistleUnit, *, silent: bool) -> CalledUnit:
    return CalledUnit(
        unit_id=row.unit_id,
        name=row.unit.short or row.unit.name,
        state=row.state,
        silent=silent and row.state == Called.RAISED,
        at=row.refused_at or row.on_site_at or row.acknowledged_at,
        words=row.words,
        score_of_unit=row.score_of_unit,
        score_of_street=row.score_of_street,
        score_words=row.score_words,
        street_words=row.street_words,
    )


@dataclass(frozen=True, slots=True)
class Refusal:
    """A called unit that refused: what the street reports to the district (街道办事处条例 art. 44)."""

    number: str
    title: str
    unit: str
    at: datetime
    reason: str


def refusals(actor: Actor, *, now: datetime) -> list[Refusal]:
    """Refused calls of the last days that the actor may see, newest first. One statement."""
    seen = Case.objects.filter(visible(actor, "cases.read"), pk=OuterRef("whistle__case_id"))
    rows = (
        WhistleUnit.objects.filter(
            Exists(seen), state=Called.REFUSED, refused_at__gte=now - timedelta(days=REFUSED_DAYS)
        )
        .select_related("unit", "whistle__case")
        .order_by("-refused_at")[:LISTED_MAX]
    )
    return [
        Refusal(
            row.whistle.case.number,
            row.whistle.case.title,
            row.unit.short or row.unit.name,
            row.refused_at or now,
            row.words,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class ToVerify:
    """One reply drawn for a look on the spot."""

    number: str
    title: str
    unit: str
    place: str
    replied_at: datetime


@dataclass(frozen=True, slots=True)
class Sample:
    """The replies drawn this week: how many, how many are looked at already, and which are left."""

    drawn: int
    verified: int
    left: list[ToVerify]


def sample(actor: Actor, *, now: datetime) -> Sample:
    """This week's sample of replied cases, for each unit its share; the same for whoever asks. Four statements."""
    local = to_office(now, office_zone())
    monday = (local - timedelta(days=local.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    year, week, _ = local.isocalendar()
    rule = duties.sample_rule(local.date())
    done = (State.REPLIED, State.SOLVED, State.CLOSED, State.CLOSED_UNCONFIRMED)
    replied = Case.objects.filter(visible(actor, "cases.read"), state__in=done, sealed=False)
    replied = replied.filter(replied_at__gte=monday, replied_at__lte=now)
    pairs = replied.filter(unit__isnull=False).values_list("unit_id", "id")
    ids = sampling.draw(f"{year}-W{week:02}", pairs, percent=rule.percent, least=rule.least)
    seen = set(Verification.objects.filter(case_id__in=ids, at__gte=monday).values_list("case_id", flat=True))
    rows = Case.objects.filter(pk__in=[one for one in ids if one not in seen]).select_related("unit")
    cases = list(rows.order_by("unit__name", "replied_at")[:LISTED_MAX])
    names = places.full_names({case.place_id for case in cases if case.place_id is not None})
    return Sample(len(ids), len(seen), [_to_verify(case, names) for case in cases])


def _to_verify(case: Case, names: Mapping[int, str]) -> ToVerify:
    return ToVerify(
        case.number,
        case.title,
        (case.unit.short or case.unit.name) if case.unit else "",
        names.get(case.place_id or 0, "") or case.place_text,
        case.replied_at or case.received_at,
    )


def rungs_of(case: Case) -> list[Supervision]:
    """The rungs of the present climb, newest first; none where the case stands on the ground. One statement or none."""
    if not case.supervised:
        return []
    return list(case.supervision_set.filter(ended_at=None).order_by("-at", "-id"))


def levels_above(case: Case) -> tuple[str, ...]:
    """The rungs a named person may still climb to with this case. No SQL."""
    return ladder.above(case.supervised)


def verifications(case: Case) -> list[Verification]:
    """What was found on the spot, newest first. One statement."""
    return list(case.verification_set.order_by("-at"))
