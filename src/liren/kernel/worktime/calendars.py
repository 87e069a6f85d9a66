"""A calendar.

Which days are worked and at which hours, by published holidays, make-up days and the office's week.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from liren.kernel.clock import to_office
from liren.kernel.errors import Refused

DayKind = Literal["work", "make_up", "special", "weekend", "holiday", "closed"]
Spans = tuple[tuple[int, int], ...]
MIDNIGHT = 24 * 60
_DAY = timedelta(days=1)
_FARTHEST_YEAR = 9990


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a calendar. `spans` are its working hours in minutes after midnight; none: a day of rest.

    `code` names the holiday, make-up day or special day ("spring_festival"). `known` is False where no
    published holiday notice covers the day, so that only its weekday speaks. `told` is the day as a trace
    tells it: "2026-02-21 weekend", "2026-02-17 holiday:spring_festival".
    """

    date: date
    kind: DayKind
    code: str
    spans: Spans
    known: bool
    told: str = field(init=False)

    def __post_init__(self) -> None:
        # Made once, since a limit tells of every day it passes.
        object.__setattr__(self, "told", f"{self.date} {self.kind}{':' if self.code else ''}{self.code}")


@dataclass(frozen=True, slots=True)
class Regime:
    """The week and counting rules from `first` until the next regime.

    `week` has seven entries from Monday; `make_up` are the hours of a 调休 make-up day. `ends_at_close`
    says whether the last day ends at close of business or at 24:00 (民法典 art. 203 sec. 2). `rests` are
    the kinds of day on which a limit in 日 may not end (art. 203 sec. 1). Without `holidays` the unit works
    by its week alone.
    """

    first: date
    week: tuple[Spans, ...]
    make_up: Spans
    holidays: bool
    ends_at_close: bool
    rests: frozenset[str]


@dataclass(frozen=True, slots=True)
class Special:
    """One day unlike its week.

    A half day, a local holiday, a closed day, or opening hours on a day of rest.
    """

    kind: DayKind
    code: str
    spans: Spans


@dataclass(frozen=True, eq=False)
class Calendar:
    """Holidays, make-up days, special days and weekly hours of one kind of unit, in the office's zone.

    `loaded_from` and `loaded_through` bound the published holiday notices; beyond them days follow the week
    alone and are not `known`. `rows` are the pack rows it was made of, as (key, version) for links from a
    page.
    """

    name: str
    zone: ZoneInfo
    regimes: tuple[Regime, ...]
    holidays: Mapping[date, str]
    make_up_days: Mapping[date, str]
    specials: Mapping[date, Special]
    loaded_from: date
    loaded_through: date
    rows: tuple[tuple[str, str], ...] = ()
    _days: dict[date, Day] = field(default_factory=dict, repr=False)
    _hours: dict[date, tuple[tuple[datetime, datetime], ...]] = field(default_factory=dict, repr=False)
    _closes: dict[date, datetime] = field(default_factory=dict, repr=False)
    _starts: list[date] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        self._starts.extend(regime.first for regime in self.regimes)

    def regime(self, on: date) -> Regime:
        """The week and counting rules of that day; before the first regime, the first."""
        return self.regimes[max(0, bisect_right(self._starts, on) - 1)]

    def day(self, on: date) -> Day:
        """What kind of day it is and its hours. Raises Refused("limit.too_long") at the end of time."""
        found = self._days.get(on)
        if found is None:
            found = self._days[on] = self._make(on)
        return found

    def hours(self, on: date) -> tuple[tuple[datetime, datetime], ...]:
        """The working hours of that day as UTC spans, in order, the end of each not included."""
        found = self._hours.get(on)
        if found is None:
            spans = self.day(on).spans
            found = tuple((self.at(on, begin), self.at(on, end)) for begin, end in spans)
            self._hours[on] = found
        return found

    def close(self, on: date) -> datetime:
        """When that day ends for a limit, in UTC: at close of business if it has any and the rule says so."""
        found = self._closes.get(on)
        if found is None:
            spans = self.day(on).spans
            minute = spans[-1][1] if spans and self.regime(on).ends_at_close else MIDNIGHT
            found = self._closes[on] = self.at(on, minute)
        return found

    def at(self, on: date, minute: int) -> datetime:
        """The UTC moment of that minute on the office's wall clock; minute 1440 is the next midnight."""
        wall = datetime(on.year, on.month, on.day, tzinfo=self.zone) + timedelta(minutes=minute)
        return wall.astimezone(UTC)

    def local_day(self, moment: datetime) -> date:
        """The office day of a moment. Raises Refused("clock.naive")."""
        return to_office(moment, self.zone).date()

    def _make(self, on: date) -> Day:
        if on.year > _FARTHEST_YEAR:
            raise Refused("limit.too_long")
        regime = self.regime(on)
        known = not regime.holidays or self.loaded_from <= on <= self.loaded_through
        special = self.specials.get(on)
        if special is not None:
            return Day(on, special.kind, special.code, special.spans, known)
        if regime.holidays and on in self.make_up_days:
            return Day(on, "make_up", self.make_up_days[on], regime.make_up, known)
        if regime.holidays and on in self.holidays:
            return Day(on, "holiday", self.holidays[on], (), known)
        spans = regime.week[on.weekday()]
        return Day(on, "work" if spans else "weekend", "", spans, known)


def is_working(moment: datetime, calendar: Calendar) -> bool:
    """Whether the unit is at work at that moment.

    At the minute of closing it is not. Raises Refused("clock.naive").
    """
    return any(begin <= moment < end for begin, end in calendar.hours(calendar.local_day(moment)))


def next_working_moment(moment: datetime, calendar: Calendar) -> datetime:
    """The moment itself in UTC if it is worked, else the next opening. Raises Refused("clock.naive")."""
    on = calendar.local_day(moment)
    while True:
        for begin, end in calendar.hours(on):
            if moment < end:
                return max(begin, moment.astimezone(UTC))
        on += _DAY
