"""Pure rules of jobs: how long to wait after a failure, and when a schedule is due next."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=1)
FARTHEST = timedelta(days=366 * 8 + 1)  # 29 February may be eight years away

_SPAN = re.compile(r"([1-9][0-9]{0,5})([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 7))
_PART = re.compile(r"(\*|[0-9]{1,2}(?:-[0-9]{1,2})?)(?:/([1-9][0-9]?))?")


@dataclass(frozen=True, slots=True)
class Cron:
    """The five fields of a cron line as sets; `either` is cron's old rule that day OR weekday is enough if
    both are set.
    """

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either: bool

    def on(self, day: datetime) -> bool:
        """Whether it runs on the day of this wall-clock time."""
        in_days, in_weekdays = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        fits = (in_days or in_weekdays) if self.either else (in_days and in_weekdays)
        return day.month in self.months and fits


def wait(attempts: int, chance: float) -> timedelta:
    """The wait after the `attempts`-th failure: 10 s, doubled each time, an hour at most, less up to half
    by `chance`.

    `chance` in 0..1 spreads jobs that failed together, so that they do not come back together.
    """
    longest = min(FIRST_WAIT * (1 << min(attempts - 1, 20)), LONGEST_WAIT)
    return longest * (1 - chance / 2)


def parse(spec: str) -> timedelta | Cron:
    """A schedule: "30s", "5m", "2h", "1d" (a span), or the five fields of cron in the office's zone ("30 3
    * * 1-5").

    Fields take *, numbers, ranges, lists and /steps; weekday 0 and 7 are Sunday. Raises ValueError for
    anything else.
    """
    span = _SPAN.fullmatch(spec)
    if span is not None:
        return timedelta(seconds=int(span[1]) * _SECONDS[span[2]])
    parts = spec.split()
    if len(parts) != len(_FIELDS):
        raise ValueError(f"a schedule is a span like 5m or five cron fields, not {spec!r}")
    minutes, hours, days, months, weekdays = (
        _field(part, *bounds) for part, bounds in zip(parts, _FIELDS, strict=True)
    )
    either = not parts[2].startswith("*") and not parts[4].startswith("*")
    return Cron(minutes, hours, days, months, frozenset(day % 7 for day in weekdays), either)


def following(spec: str, after: datetime, zone: ZoneInfo) -> datetime:
    """The first time strictly after `after` (UTC) at which the schedule is due. Raises ValueError if there
    is none.
    """
    schedule = parse(spec)
    if isinstance(schedule, timedelta):
        return after + schedule
    for moment in _moments(schedule, after, zone):
        if moment > after:
            return moment
    raise ValueError(f"{spec!r} is never due")


def _moments(cron: Cron, after: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    day = after.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    last = day + FARTHEST
    while day < last:
        if cron.on(day):
            for hour in sorted(cron.hours):
                for minute in sorted(cron.minutes):
                    yield day.replace(hour=hour, minute=minute, tzinfo=zone).astimezone(UTC)
        day += timedelta(days=1)


def _field(text: str, name: str, low: int, high: int) -> frozenset[int]:
    values: set[int] = set()
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise ValueError(f"cron {name}: {part!r}")
        first, last = low, high
        if match[1] != "*":
            start, _, end = match[1].partition("-")
            # "5/10" runs from 5 to the end of the field, as in Vixie cron
            first, last = int(start), int(end or (high if match[2] else start))
        if not low <= first <= last <= high:
            raise ValueError(f"cron {name}: {part!r} is outside {low}-{high}")
        values.update(range(first, last + 1, int(match[2] or 1)))
    return frozenset(values)


def named(error: BaseException) -> str:
    """What may be kept of an exception: its type and, if it has one, its error code. Messages may hold
    words of people.
    """
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    code = getattr(error, "code", None)
    return (f"{kind}:{code}" if isinstance(code, str) else kind)[:200]
