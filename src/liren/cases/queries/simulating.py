"""What limits and calendars not yet published would mean: for the cases of the last months, for those now running.

Reports of wrongdoing, and cases kept from somebody's eyes, are in none of the figures: even their number would tell.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from django.db.models import QuerySet

from liren.cases import clocks
from liren.cases.models import Case
from liren.cases.queries.ground import visible
from liren.cases.states import CLOCKS, RUNNING, State
from liren.kernel import policy
from liren.kernel.clock import office_zone, to_office
from liren.kernel.policy import Actor, Facts
from liren.kernel.rulepacks import Pack
from liren.kernel.worktime import Calendar, Limit, build_calendar, due, load_calendar
from liren.registers.duties import queries as duties
from liren.registers.places import queries as places

SIMULATED_DAYS = 90
MOST = 20_000
SHOWN = 50  # cases told one by one
DUTY = "duties.manage"

Calendars = Callable[[str], Calendar]


@dataclass(frozen=True, slots=True)
class Moved:
    """One case whose handling limit would end otherwise."""

    number: str
    title: str
    before: datetime
    after: datetime


@dataclass(frozen=True, slots=True)
class Effect:
    """What another limit would have meant for the cases it applies to, dispatched since a moment.

    `seen` cases were looked through, at most MOST, the latest; `more` tells that there were more. `touched` are under
    the rule; their handling limit would have ended `earlier` or `later`; of those answered, `to_late` in time would
    have been late and `to_in_time` late ones in time. `rows` are the latest SHOWN of those moved that the reader may see.
    """

    since: datetime
    seen: int
    more: bool
    touched: int
    earlier: int
    later: int
    to_late: int
    to_in_time: int
    rows: tuple[Moved, ...] = ()


def limit_effect(values: Mapping[str, Mapping[str, Any]], *, by: Actor, now: datetime) -> Effect:
    """What limits, by class, group or "default", would have meant had they held for SIMULATED_DAYS days already.

    Both counts are made anew, by the rules as they are and by the values, so that only these make a difference.
    Raises Denied. Six statements, however many cases.
    """
    since = now - timedelta(days=SIMULATED_DAYS)
    rows, seen = _dispatched(since, by)
    ruled = _Ruled(values)
    counts = {"touched": 0, "earlier": 0, "later": 0, "to_late": 0, "to_in_time": 0}
    moved: dict[int, tuple[datetime, datetime]] = {}
    for case in rows:
        ended = ruled.ends(case, now)
        if ended is None:
            continue
        before, after = ended
        if before != after:
            moved[case.pk] = ended
        counts["touched"] += 1
        counts["earlier"] += after < before
        counts["later"] += after > before
        if case.replied_at is not None:
            counts["to_late"] += after < case.replied_at <= before
            counts["to_in_time"] += before < case.replied_at <= after
    told = _told(moved, by)
    return Effect(since=since, seen=len(rows), more=seen > len(rows), rows=told, **counts)


@dataclass(frozen=True, slots=True)
class CalendarEffect:
    """What other working time would mean for the `running` limits: how many end `earlier` and `later`, and which.

    At most MOST are looked through, the latest; `more` tells that there are more.
    """

    running: int
    more: bool
    earlier: int
    later: int
    rows: tuple[Moved, ...]


def calendar_effect(pack: Pack, *, by: Actor, now: datetime) -> CalendarEffect:
    """What a pack of calendars would mean for the limits that run now. Raises Denied. Six statements at most."""
    policy.require(by, DUTY, Facts(place_path=places.office_view().path))

    @cache
    def planned(name: str) -> Calendar:
        return build_calendar(name, pack, office_zone())

    running = _with_waiting(_seen().filter(state__in=sorted(RUNNING), limits_from__isnull=False))
    rows = list(running[:MOST])
    moved: dict[int, tuple[datetime, datetime]] = {}
    for case in rows:
        start = case.limits_from or now
        rule = duties.limit_rule(case.class_code, to_office(start, office_zone()).date())
        before, after = (
            _end(case, rule.value, rule.general_calendar, start, now, calendars)
            for calendars in (load_calendar, planned)
        )
        if before != after:
            moved[case.pk] = before, after
    earlier = sum(after < before for before, after in moved.values())
    more = len(rows) == MOST and running.count() > MOST
    return CalendarEffect(len(rows), more, earlier, len(moved) - earlier, _told(moved, by))


@dataclass(frozen=True, slots=True)
class StepEffect:
    """What another limit of a stage would mean for the `waiting` cases that are in it now: how many are `late` (now,
    then), and which would be due at another moment.
    """

    waiting: int
    late: tuple[int, int]
    rows: tuple[Moved, ...]


def step_effect(key: str, value: Mapping[str, Any], *, by: Actor, now: datetime) -> StepEffect:
    """What a limit of the procedure would mean for the cases now waiting in that stage; none where it times no state.

    Raises Denied. Two statements.
    """
    policy.require(by, DUTY, Facts(place_path=places.office_view().path))
    stage = key.removeprefix("stage.")
    states = sorted(state for state, clock in CLOCKS.items() if clock == stage)
    if "limit" not in value:
        states = []
    limit = Limit(value["limit"]["value"], value["limit"]["unit"]) if states else None
    moved: dict[int, tuple[datetime, datetime]] = {}
    late = [0, 0]
    rows = Case.objects.filter(state__in=states, sealed=False, barred=False, next_due__isnull=False)
    found = list(rows.order_by("-id").values_list("pk", "due_from", "next_due")[:MOST]) if limit else []
    for pk, begun, before in found:
        if limit is None or begun is None or before is None:
            continue
        after = due(limit, begun, load_calendar(str(value["calendar"]))).at
        late[0] += before < now
        late[1] += after < now
        if before != after:
            moved[pk] = before, after
    return StepEffect(len(found), (late[0], late[1]), _told(moved, by))


def _told(moved: Mapping[int, tuple[datetime, datetime]], by: Actor) -> tuple[Moved, ...]:
    return tuple(Moved(number, title, *moved[pk]) for pk, number, title in seen_by(by, moved))


def seen_by(by: Actor, ids: Iterable[int]) -> list[tuple[int, str, str]]:
    """The latest SHOWN of some cases that the reader may see, as (id, number, title)."""
    latest = sorted(ids, reverse=True)[: SHOWN * 20]
    rows = Case.objects.filter(visible(by, "cases.read"), pk__in=latest).order_by("-id")
    return list(rows.values_list("pk", "number", "title")[:SHOWN])


def _seen() -> QuerySet[Case]:
    return Case.objects.filter(sealed=False, barred=False, unit__isnull=False).exclude(state=State.MERGED)


def _with_waiting(rows: QuerySet[Case]) -> QuerySet[Case]:
    waiting = rows.select_related("unit").prefetch_related("deferral_set", "extension_set")
    return waiting.order_by("-limits_from", "-id")


def _dispatched(since: datetime, by: Actor) -> tuple[list[Case], int]:
    """The cases that got their unit since then, the latest first, and how many there are."""
    policy.require(by, DUTY, Facts(place_path=places.office_view().path))
    rows = _seen().filter(limits_from__gte=since)
    return list(_with_waiting(rows)[:MOST]), rows.count()


class _Ruled:
    """Which cases rules would apply to, and when their limit ends without them and with them."""

    def __init__(self, values: Mapping[str, Mapping[str, Any]]) -> None:
        self.values = values
        self.known: dict[tuple[str, date], duties.LimitRule] = {}

    def ends(self, case: Case, now: datetime) -> tuple[datetime, datetime] | None:
        """When the handling limit of a case ends by the rules as they are and by these; None where another, nearer
        rule goes on to hold for it.
        """
        start = case.limits_from or now
        on = to_office(start, office_zone()).date()
        asked = (case.class_code, on)
        if asked not in self.known:
            self.known[asked] = duties.limit_rule(case.class_code, on)
        rule = self.known[asked]
        key = next((one for one in rule.nearer if one in self.values and rule.gives_way_to(one)), None)
        if key is None:
            return None
        general = str(self.values.get("default", {}).get("calendar", rule.general_calendar))
        before = _end(case, rule.value, rule.general_calendar, start, now)
        return before, _end(case, self.values[key], general, start, now)


def _end(
    case: Case,
    value: Mapping[str, Any],
    general: str,
    start: datetime,
    now: datetime,
    calendars: Calendars = load_calendar,
) -> datetime:
    """The end of the handling limit as `clocks` counts it, by a value of the limits pack."""
    calendar = str(value["calendar"])
    if calendar == general and case.unit is not None:
        calendar = case.unit.calendar
    limit = Limit(value["handle"]["value"], value["handle"]["unit"])
    return due(
        limit,
        start,
        calendars(calendar),
        suspended=clocks.waited(case, start, now),
        extended=clocks.granted(case, start),
    ).at
