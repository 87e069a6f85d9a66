"""The clock of each state: which limit runs, from when, until when. Limits and calendars are rule packs."""

from datetime import datetime

from liren.cases.models import Case
from liren.cases.states import CLOCKS, State
from liren.kernel.clock import office_zone, to_office
from liren.kernel.worktime import Due, Limit, due, load_calendar
from liren.registers.duties import queries as duties


def _due(limit: Limit, start: datetime, calendar: str) -> Due:
    return due(limit, start, load_calendar(calendar))


def ends(limit: Limit, start: datetime, calendar: str) -> datetime:
    """When a limit of a rule row ends on a calendar of the office."""
    return _due(limit, start, calendar).at


def set_handling_limits(case: Case, now: datetime) -> None:
    """Set response and handling limits for class and unit, counted from dispatch (条例 art. 13, 15)."""
    on = to_office(now, office_zone()).date()
    limits = duties.limits(case.class_code, case.unit_id, on)
    response = _due(limits.response, now, limits.calendar)
    handle = _due(limits.handle, now, limits.calendar)
    case.response_due, case.handle_due, case.limits_from = response.at, handle.at, now
    case.due_provisional = response.provisional or handle.provisional
    case.due_rule = limits.key


def restart(case: Case, now: datetime, *, review_at: datetime | None = None) -> None:
    """Point `next_due` at the limit of the state the case is in now; a final state has none.

    A deferred case has the day on which it is looked at again, `review_at`.
    """
    clock = CLOCKS.get(State(case.state))
    case.due_from = now
    if clock is None:
        case.next_due = None
        case.closed_at = now
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
        case.next_due, case.due_from = min(limits), case.limits_from
        return
    # A case that went back to work without ever having had a unit waits for dispatch again.
    stage = clock if clock in {"dispatch", "ruling", "call_back", "close"} else "dispatch"
    limit = duties.stage_limit(stage, to_office(now, office_zone()).date())
    reached = _due(limit.limit, now, limit.calendar)
    case.next_due, case.due_provisional, case.due_rule = reached.at, reached.provisional, limit.key
