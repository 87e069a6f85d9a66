"""When a limit ends: the counting rules of the Civil Code (民法典 art. 200-204) on a calendar.

小时 hour runs from the moment, round the clock, and ends to the second (art. 201 sec. 2). 工作时 work_hour
runs only while the unit is at work. 日 day the starting day does not count (art. 201 sec. 1); if the last
day is a day of rest the limit ends on
                the next day that is none (art. 203 sec. 1). Days of rest (法定休假日) are the published
                holidays and, as administrative practice reads it, the weekend's days off; the calendar pack
                says which (`rests`).
工作日 work_day the starting day does not count; then only worked days do, make-up days and half days among
them.

A limit in days ends at close of business of its last day, or at 24:00 if the unit keeps no hours that day
or the pack says so (art. 203 sec. 2). 行政许可法 art. 82 and the 20 days of 政府信息公开条例 art. 33 are
work_day; 信访工作条例 counts 15, 30 and 60 days as day.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Literal, get_args

from liren.kernel.clock import require_aware
from liren.kernel.errors import Refused
from liren.kernel.worktime.calendars import Calendar

Unit = Literal["hour", "work_hour", "day", "work_day"]
Pauses = tuple[tuple[datetime, datetime], ...]
_LONGEST = {"hour": 87_600, "work_hour": 20_000, "day": 3_650, "work_day": 2_500}
_HOURS = ("hour", "work_hour")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """A value above zero in one of the four units. Hours may be fractions; days are whole.

    Raises Refused: "limit.unit", "limit.value" (not above zero, or a fraction of a day), "limit.too_long"
    (ten years).
    """

    value: int | Fraction
    unit: Unit

    def __post_init__(self) -> None:
        if self.unit not in get_args(Unit):
            raise Refused("limit.unit", unit=str(self.unit))
        if type(self.value) not in (int, Fraction) or self.value <= 0:
            raise Refused("limit.value", value=str(self.value), unit=self.unit)
        if self.unit not in _HOURS and self.value != int(self.value):
            raise Refused("limit.value", value=str(self.value), unit=self.unit)
        if self.value > _LONGEST[self.unit]:
            raise Refused("limit.too_long", value=str(self.value), unit=self.unit)

    def __str__(self) -> str:
        return f"{self.value} {self.unit}"


@dataclass(frozen=True, slots=True)
class Interval:
    """A time during which a limit stands still, from `start` to before `end`; both know their zone.

    Raises Refused: "clock.naive", "limit.interval" if it ends before it starts.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if require_aware(self.end) < require_aware(self.start):
            raise Refused("limit.interval", start=self.start.isoformat(), end=self.end.isoformat())


@dataclass(frozen=True, slots=True)
class Due:
    """When a limit ends (UTC), and whether a holiday notice still to come could move it.

    `trace` explains it to a person, one code and its arguments to an entry, days in the office zone: `from
    2026-02-13T16:30` · `uncounted 2026-02-13` the starting day · `rest 2026-02-15 holiday:spring_festival`
    not worked · `makeup 2026-02-14 spring_festival` worked on a weekend · `paused 2026-03-02` or `paused
    <from>/<to>` stood still · `rolled 2026-02-21 weekend` the last day moved on · `extended 20 work_day` ·
    `provisional 2026-12-31` the last day for which holidays are published · `ends 2026-02-28 18:00`.
    """

    at: datetime
    provisional: bool
    trace: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remaining:
    """Seconds left (below zero: overdue by so many), and the share of the time used, 0.0 to 1.0."""

    seconds: int
    used: float
    overdue: bool


class _Count:
    """One count under way: where it stands, what stood still, what there is to tell."""

    def __init__(self, start: datetime, calendar: Calendar, pauses: Pauses) -> None:
        self.calendar = calendar
        self.pauses = pauses
        self.at = start.astimezone(UTC)
        self.trace = [f"from {_wall(start, calendar)}"]
        self.provisional = False

    def run(self, value: int | Fraction, unit: Unit) -> None:
        """Move on by one limit."""
        match unit:
            case "hour":
                self._hours(_span(value))
            case "work_hour":
                self._work_hours(_span(value))
            case _:
                self._days(int(value), worked_only=unit == "work_day")

    def _hours(self, left: timedelta) -> None:
        for begin, end in self.pauses:
            if begin >= self.at + left:
                break
            if end > self.at:
                left -= max(begin - self.at, timedelta())
                self.at = end
                self._tell_pause(begin, end)
        self.at += left

    def _work_hours(self, left: timedelta) -> None:
        calendar = self.calendar
        on = calendar.local_day(self.at)
        self._note(on)
        while True:
            for begin, end in calendar.hours(on):
                for free_from, free_to in _free(max(begin, self.at), end, self.pauses):
                    if left <= free_to - free_from:
                        self.at = free_from + left
                        self._note(on)
                        return
                    left -= free_to - free_from
            self._tell_rest(on)
            on += _DAY

    def _days(self, left: int, *, worked_only: bool) -> None:
        calendar = self.calendar
        on = calendar.local_day(self.at)
        self.trace.append(f"uncounted {on}")
        if worked_only:
            self._note(on + _DAY)
        if not worked_only and not self.pauses:
            on, left = on + left * _DAY, 0
        while left:
            on += _DAY
            day = calendar.day(on)
            if worked_only and not day.spans:
                self.trace.append(f"rest {day.told}")
            elif self.pauses and self._paused(on):
                self.trace.append(f"paused {on}")
            else:
                left -= 1
                if worked_only and day.kind == "make_up":
                    self.trace.append(f"makeup {on} {day.code}")
        if not worked_only:
            on = self._rolled(on)
        self._note(on)
        self.at = calendar.close(on)

    def _rolled(self, on: date) -> date:
        while True:
            day = self.calendar.day(on)
            self._note(on)
            if day.kind in self.calendar.regime(on).rests:
                self.trace.append(f"rolled {day.told}")
            elif self.pauses and self._paused(on):
                self.trace.append(f"paused {on}")
            else:
                return on
            on += _DAY

    def _paused(self, on: date) -> bool:
        """Whether the clock stood still when the day closed.

        One day is either counted or not: it counts if the clock ran at its close. So a pause takes out as
        many days as there lie between its first day and its last, and a limit never ends while it is
        suspended.
        """
        close = self.calendar.close(on)
        return any(begin < close <= end for begin, end in self.pauses)

    def _note(self, on: date) -> None:
        if not self.calendar.day(on).known:
            self.provisional = True

    def _tell_rest(self, on: date) -> None:
        day = self.calendar.day(on)
        if not day.spans:
            self.trace.append(f"rest {day.told}")

    def _tell_pause(self, begin: datetime, end: datetime) -> None:
        self.trace.append(f"paused {_wall(begin, self.calendar)}/{_wall(end, self.calendar)}")

    def tell_end(self) -> None:
        """Where the count stands, midnight as the end of the day before."""
        local = self.at.astimezone(self.calendar.zone).replace(tzinfo=None)
        if local.time() == time.min:
            self.trace.append(f"ends {local.date() - _DAY} 24:00")
        else:
            self.trace.append(f"ends {local.isoformat(' ', 'minutes')}")

    def result(self) -> Due:
        """The due moment with the end of its story."""
        if self.provisional:
            self.trace.append(f"provisional {self.calendar.loaded_through}")
        self.tell_end()
        return Due(self.at, self.provisional, tuple(self.trace))


def due(
    limit: Limit,
    start: datetime,
    calendar: Calendar,
    *,
    suspended: Sequence[Interval] = (),
    extended: Sequence[Limit] = (),
) -> Due:
    """When the limit that began at `start` ends, on this calendar.

    Suspended time does not count: hours leave out exactly that time, days leave out each day at whose close
    the limit stood still. An extension runs on from where the limit (or the extension before it) ends: one
    in the same unit is added to it (60 日 and 30 日 are 90 日), one in another unit starts at its end. Days
    beyond the loaded calendar are counted by the week and make the result provisional, never an error.
    Raises Refused("clock.naive").

    信访工作条例 art. 34: 60 日 from 2026-01-05 end on Friday 2026-03-06 at close; 政府信息公开条例 art. 33:
    20 工作日 from 2026-02-10 end on 2026-03-16, nine days of Spring Festival left out and both make-up
    Saturdays counted.
    """
    count = _Count(require_aware(start), calendar, _merged(suspended))
    for step, (value, unit) in enumerate(_stages(limit, extended)):
        if step:
            count.tell_end()
        count.run(value, unit)
    count.trace.extend(f"extended {more}" for more in extended)
    return count.result()


def elapsed(
    begin: datetime, end: datetime, calendar: Calendar | None = None, *, suspended: Sequence[Interval] = ()
) -> timedelta:
    """The time from `begin` to `end` that was not suspended; with a calendar, only the working time in it.

    Zero if `end` is not after `begin`. Raises Refused("clock.naive").
    """
    start, stop = require_aware(begin).astimezone(UTC), require_aware(end).astimezone(UTC)
    pauses = _merged(suspended)
    spans: Iterable[tuple[datetime, datetime]] = [(start, stop)]
    if calendar is not None and start < stop:
        spans = _working(start, stop, calendar)
    free = (part for span in spans for part in _free(*span, pauses))
    return sum((to - since for since, to in free), timedelta())


def remaining(
    due_at: datetime,
    now: datetime,
    *,
    start: datetime,
    calendar: Calendar | None = None,
    suspended: Sequence[Interval] = (),
) -> Remaining:
    """How much is left of a limit that runs from `start` to `due_at`: for clock bars.

    With a calendar both figures count working time only (for work_hour and work_day), else all time. Whole
    seconds, rounded towards the deadline. Raises Refused("clock.naive").
    """
    left = elapsed(now, due_at, calendar, suspended=suspended)
    over = elapsed(due_at, now, calendar, suspended=suspended)
    gone = elapsed(start, min(now, due_at), calendar, suspended=suspended)
    total = elapsed(start, due_at, calendar, suspended=suspended)
    overdue = now > due_at
    used = 1.0 if overdue or not total else min(1.0, gone / total)
    return Remaining(-int(over.total_seconds()) if overdue else int(left.total_seconds()), used, overdue)


def _wall(moment: datetime, calendar: Calendar) -> str:
    return moment.astimezone(calendar.zone).replace(tzinfo=None).isoformat(timespec="minutes")


def _span(hours: int | Fraction) -> timedelta:
    return timedelta(microseconds=round(hours * 3_600_000_000))


def _stages(limit: Limit, extended: Sequence[Limit]) -> list[tuple[int | Fraction, Unit]]:
    """The limit and its extensions, neighbours of one unit added up."""
    stages: list[tuple[int | Fraction, Unit]] = []
    for more in (limit, *extended):
        if stages and stages[-1][1] == more.unit:
            stages[-1] = (stages[-1][0] + more.value, more.unit)
        else:
            stages.append((more.value, more.unit))
    return stages


def _merged(suspended: Sequence[Interval]) -> Pauses:
    """The pauses in UTC, in order, overlapping ones as one, empty ones left out."""
    merged: list[tuple[datetime, datetime]] = []
    for pause in sorted(suspended, key=lambda pause: pause.start):
        begin, end = pause.start.astimezone(UTC), pause.end.astimezone(UTC)
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif begin < end:
            merged.append((begin, end))
    return tuple(merged)


def _free(begin: datetime, end: datetime, pauses: Pauses) -> Iterator[tuple[datetime, datetime]]:
    """The parts of a span that no pause covers, in order."""
    for pause_begin, pause_end in pauses:
        if pause_end <= begin:
            continue
        if pause_begin >= end:
            break
        if begin < pause_begin:
            yield begin, pause_begin
        begin = pause_end
    if begin < end:
        yield begin, end


def _working(begin: datetime, end: datetime, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    on, last = calendar.local_day(begin), calendar.local_day(end)
    while on <= last:
        for opens, closes in calendar.hours(on):
            if opens < end and closes > begin:
                yield max(opens, begin), min(closes, end)
        on += _DAY
