"""What rules not yet published would have meant for the cases of the last months: counts, never a list.

Reports of wrongdoing, and cases kept from somebody's eyes, are in none of them: even their number would tell.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from liren.cases import clocks
from liren.cases.models import Case
from liren.cases.states import State
from liren.kernel import policy
from liren.kernel.clock import office_zone, to_office
from liren.kernel.policy import Actor, Facts
from liren.kernel.worktime import Limit, due, load_calendar
from liren.registers.duties import queries as duties
from liren.registers.places import queries as places

SIMULATED_DAYS = 90
MOST = 20_000
DUTY = "duties.manage"


@dataclass(frozen=True, slots=True)
class Effect:
    """What another limit would have meant for the cases it applies to, dispatched since a moment.

    `seen` cases were looked through, at most MOST, the latest; `more` tells that there were more. `touched` are under
    the rule; their handling limit would have ended `earlier` or `later`; of those answered, `to_late` in time would
    have been late and `to_in_time` late ones in time.
    """

    since: datetime
    seen: int
    more: bool
    touched: int
    earlier: int
    later: int
    to_late: int
    to_in_time: int


def limit_effect(key: str, value: Mapping[str, Any], *, by: Actor, now: datetime) -> Effect:
    """What the limits of a class, a group or "default" would have meant had they held for SIMULATED_DAYS days already.

    Both counts are made anew, by the rules as they are and by the value, so that only the value makes a difference.
    Raises Denied. Five statements, however many cases.
    """
    since = now - timedelta(days=SIMULATED_DAYS)
    rows, seen = _dispatched(since, by)
    ruled = _Ruled(key, value)
    counts = {"touched": 0, "earlier": 0, "later": 0, "to_late": 0, "to_in_time": 0}
    for case in rows:
        ended = ruled.ends(case, now)
        if ended is None:
            continue
        before, after = ended
        counts["touched"] += 1
        counts["earlier"] += after < before
        counts["later"] += after > before
        if case.replied_at is not None:
            counts["to_late"] += after < case.replied_at <= before
            counts["to_in_time"] += before < case.replied_at <= after
    return Effect(since=since, seen=len(rows), more=seen > len(rows), **counts)


def _dispatched(since: datetime, by: Actor) -> tuple[list[Case], int]:
    """The cases that got their unit since then, the latest first, and how many there are."""
    policy.require(by, DUTY, Facts(place_path=places.office_view().path))
    rows: QuerySet[Case] = Case.objects.filter(
        limits_from__gte=since, unit__isnull=False, sealed=False, barred=False
    ).exclude(state=State.MERGED)
    with_waiting = rows.select_related("unit").prefetch_related("deferral_set", "extension_set")
    return list(with_waiting.order_by("-limits_from", "-id")[:MOST]), rows.count()


class _Ruled:
    """Which cases a rule would apply to, and when their limit ends without it and with it."""

    def __init__(self, key: str, value: Mapping[str, Any]) -> None:
        self.key, self.value = key, value
        self.known: dict[tuple[str, date], duties.LimitRule] = {}

    def ends(self, case: Case, now: datetime) -> tuple[datetime, datetime] | None:
        """When the handling limit of a case ends by the rules as they are and by this one; None where another, nearer
        rule goes on to hold for it.
        """
        start = case.limits_from or now
        on = to_office(start, office_zone()).date()
        asked = (case.class_code, on)
        if asked not in self.known:
            self.known[asked] = duties.limit_rule(case.class_code, on)
        rule = self.known[asked]
        if not rule.gives_way_to(self.key):
            return None
        general = str(self.value["calendar"]) if self.key == "default" else rule.general_calendar
        before = _end(case, rule.value, rule.general_calendar, start, now)
        return before, _end(case, self.value, general, start, now)


def _end(case: Case, value: Mapping[str, Any], general: str, start: datetime, now: datetime) -> datetime:
    """The end of the handling limit as `clocks` counts it, by a value of the limits pack."""
    calendar = str(value["calendar"])
    if calendar == general and case.unit is not None:
        calendar = case.unit.calendar
    limit = Limit(value["handle"]["value"], value["handle"]["unit"])
    return due(
        limit,
        start,
        load_calendar(calendar),
        suspended=clocks.waited(case, start, now),
        extended=clocks.granted(case, start),
    ).at
