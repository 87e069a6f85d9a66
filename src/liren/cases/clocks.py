"""The clock of each state: which limit runs, from when, until when. Limits and calendars are rule packs."""

from datetime import datetime, timedelta
from fractions import Fraction
from typing import get_args

from liren.cases.models import Case, LimitChange
from liren.cases.states import CLOCKS, State
from liren.kernel.clock import office_zone, to_office
from liren.kernel.policy import SYSTEM
from liren.kernel.worktime import Due, Interval, Limit, Unit, due, elapsed, load_calendar
from liren.registers.duties import queries as duties


def _due(limit: Limit, start: datetime, calendar: str) -> Due:
    return due(limit, start, load_calendar(calendar))


def ends(limit: Limit, start: datetime, calendar: str) -> datetime:
    """When a limit of a rule row ends on a calendar of the office."""
    return _due(limit, start, calendar).at


def objection_ends(case: Case, now: datetime) -> datetime:
    """Until when a unit may object to what it was given (安阳 art. 50 as an example)."""
    stage = duties.stage_limit("return_order", to_office(now, office_zone()).date())
    return ends(stage.limit, case.dispatched_at or now, stage.calendar)


def set_handling_limits(case: Case, now: datetime, *, by: int = SYSTEM.id, why: str = "dispatch") -> None:
    """Set response and handling limits for class and unit, counted from `now` (条例 art. 13, 15); keep the old ones."""
    case.limits_from = now
    recount(case, now, by=by, why=why)


def recount(case: Case, now: datetime, *, by: int, why: str = "") -> bool:
    """Count the limits that began at `limits_from` by the rule and calendar of that day, extensions added and lawful
    waiting left out. Keeps what they were before where they differ; whether they do. The caller saves the case.

    A limit that another system promised and its file told stands, whatever our rules say: only what was granted or
    lawfully waited here moves it.

    `why` left empty: a rule was changed, or the calendar under it, whichever it was.
    """
    response, handle, key = _counted(case, now)
    before, rule = _limits(case), case.limits_rule
    case.response_due, case.handle_due, case.limits_provisional = _as_limits(response, handle)
    case.limits_rule = key
    if before == _limits(case):
        return False
    if before[1] is not None:  # the first limits take nobody's earlier promise away
        _keep(case, before, rule, now, by, why or ("calendar" if rule == key else "rule"))
    return True


def lift(case: Case, now: datetime, *, by: int, why: str) -> None:
    """Take the limits away where a case leaves its unit for the desk; what they were is kept. The caller saves it."""
    before, rule = _limits(case), case.limits_rule
    case.dispatched_at = case.signed_at = case.response_due = case.handle_due = case.limits_from = None
    case.limits_rule, case.limits_provisional = "", False
    if before[1] is not None:
        _keep(case, before, rule, now, by, why)


def differs(case: Case, now: datetime) -> bool:
    """Whether the limits of a case would end otherwise if they were counted now. Changes nothing."""
    response, handle, _ = _counted(case, now)
    return _as_limits(response, handle) != _limits(case)


def _limits(case: Case) -> tuple[datetime | None, datetime | None, bool]:
    return case.response_due, case.handle_due, case.limits_provisional


def _as_limits(response: Due | None, handle: Due) -> tuple[datetime | None, datetime, bool]:
    provisional = handle.provisional or (response is not None and response.provisional)
    return response.at if response is not None else None, handle.at, provisional


def _keep(
    case: Case,
    before: tuple[datetime | None, datetime | None, bool],
    rule: str,
    now: datetime,
    by: int,
    why: str,
) -> None:
    LimitChange(
        case=case,
        at=now,
        by=by,
        why=why,
        response_before=before[0],
        response_after=case.response_due,
        handle_before=before[1],
        handle_after=case.handle_due,
        rule_before=rule,
        rule_after=case.limits_rule,
        provisional=case.limits_provisional,
    ).save(force_insert=True)


def _counted(case: Case, now: datetime) -> tuple[Due | None, Due, str]:
    """Response and handling limit as rule, calendar, extensions and lawful waiting have them, and the rule's key."""
    if case.limits_from is None and case.handle_due is not None:
        return None, _carried(case, case.handle_due, now), case.limits_rule
    start = case.limits_from or now
    limits = duties.limits(case.class_code, case.unit_id, to_office(start, office_zone()).date())
    calendar = load_calendar(limits.calendar)
    begun = start < now  # a limit that only begins has neither waited nor been extended
    pauses = waited(case, start, now) if begun else []
    more = granted(case, start) if begun else []
    response = due(limits.response, start, calendar)
    handle = due(limits.handle, start, calendar, suspended=pauses, extended=more)
    return response, handle, limits.key


def _carried(case: Case, stands: datetime, now: datetime) -> Due:
    """A limit that came with a file, moved by the working time for which the work lawfully waited since and by what was
    granted. What was promised is what stood before anything moved it."""
    first = case.limit_change_set.order_by("at", "id").first()
    promised = first.handle_before if first is not None and first.handle_before is not None else stands
    day = to_office(now, office_zone()).date()
    calendar = load_calendar(duties.limits(case.class_code, case.unit_id, day).calendar)
    pauses = [pause for pause in waited(case, case.received_at, now) if pause.start < promised]
    rest = sum((elapsed(pause.start, pause.end, calendar) for pause in pauses), timedelta())
    more = granted(case, case.received_at)
    if rest:
        more.insert(0, Limit(Fraction(rest // timedelta(seconds=1), 3600), "work_hour"))
    if not more:
        return Due(promised, case.limits_provisional, ())
    return due(more[0], promised, calendar, extended=more[1:])


def waited(case: Case, start: datetime, now: datetime) -> list[Interval]:
    """The time since `start` in which a lawful reason let the work wait."""
    # filtered here: a list of many cases has the rows of all of them at hand
    rows = [row for row in case.deferral_set.all() if row.stops_clock and row.since >= start]
    return [Interval(row.since, row.until or now) for row in rows if (row.until or now) > row.since]


def granted(case: Case, start: datetime) -> list[Limit]:
    """What was granted on top since `start`, in the order in which it was."""
    if not case.extended:
        return []
    rows = [(row.decided_at, row.id, row) for row in case.extension_set.all() if row.decision == "granted"]
    units: dict[str, Unit] = {unit: unit for unit in get_args(Unit)}
    return [
        Limit(row.value, units[row.unit_of_time])
        for at, _, row in sorted(rows, key=lambda one: one[:2])
        if at is not None and at >= start
    ]


def restart(case: Case, now: datetime, *, review_at: datetime | None = None) -> None:
    """Point `next_due` at the limit of the state the case is in now; a final state has none.

    A deferred case has the day on which it is looked at again, `review_at`.
    """
    clock = CLOCKS.get(State(case.state))
    case.due_from = now
    if clock is None:
        case.next_due = None
        if case.state != State.ARCHIVED or case.closed_at is None:
            case.closed_at = now  # an archived case ended when it ended
        return
    case.closed_at = None
    if clock == "review" and review_at is not None:
        case.next_due, case.due_provisional = review_at, False
        return
    if clock in {"response", "handle"} and case.handle_due is not None:
        # whichever limit comes first is the one that presses
        limits = [case.handle_due]
        if clock == "response" and case.response_due is not None:
            limits.append(case.response_due)
        case.next_due, case.due_from = min(limits), case.limits_from or case.dispatched_at
        case.due_rule, case.due_provisional = case.limits_rule, case.limits_provisional
        return
    # A case that went back to work without ever having had a unit waits for dispatch again.
    stage = clock if clock in {"dispatch", "ruling", "call_back", "close"} else "dispatch"
    limit = duties.stage_limit(stage, to_office(now, office_zone()).date())
    reached = _due(limit.limit, now, limit.calendar)
    case.next_due, case.due_provisional, case.due_rule = reached.at, reached.provisional, limit.key
