"""No due date may be wrong: every hour of 2024-2026 against a brute-force count out of chinesecalendar.

The oracle shares nothing with the code it judges: another source of holidays, a fixed UTC+8 instead of a
zone, ranks and minute-by-minute walks instead of spans.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import accumulate
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest

from liren.kernel.worktime import Calendar, Limit, Unit, due, load_calendar

CHINA = ZoneInfo("Asia/Shanghai")
FIRST, LAST = date(2024, 1, 1), date(2026, 12, 31)
DATES = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 200)]


def worked(day: date) -> bool:
    """By the published notices; beyond them only the week is known."""
    return chinese_calendar.is_workday(day) if day <= LAST else day.isoweekday() <= 5


WORKED = [worked(day) for day in DATES]
RANK = list(accumulate(WORKED))
NTH = {rank: place for place, rank in reversed(list(enumerate(RANK)))}


def oracle_work_day(place: int, value: int) -> int:
    """The first day by whose evening `value` more days have been worked than by the evening of the start."""
    return NTH[RANK[place] + value]


def oracle_day(place: int, value: int) -> int:
    """The first worked day not before the value-th day after the start."""
    return min(later for later in range(place + value, place + value + 12) if WORKED[later])


@pytest.fixture(scope="module")
def office() -> Calendar:
    return load_calendar("office")


def test_every_day_of_the_published_years_is_what_the_notices_say(office: Calendar) -> None:
    for day in (date(2023, 1, 1) + timedelta(days=n) for n in range((LAST - date(2023, 1, 1)).days + 1)):
        made = office.day(day)
        assert bool(made.spans) == chinese_calendar.is_workday(day), day
        assert made.known
        assert (made.kind == "make_up") == (day.isoweekday() > 5 and chinese_calendar.is_workday(day)), day
        if day.isoweekday() <= 5:
            assert (made.kind == "holiday") == chinese_calendar.is_holiday(day), day
    assert (office.loaded_from, office.loaded_through) == (date(2023, 1, 1), LAST)


@pytest.mark.parametrize(
    ("unit", "oracle"),
    [("day", oracle_day), ("work_day", oracle_work_day)],
)
def test_no_due_date_is_wrong_on_any_hour_of_three_years(
    office: Calendar, unit: Unit, oracle: Callable[[int, int], int]
) -> None:
    wrong: list[str] = []
    counted = 0
    limits = [Limit(value, unit) for value in (1, 3, 5, 10, 15)]
    for place, day in enumerate(DATES):
        if day > LAST:
            break
        for hour in range(24):
            # 08:00 in China is midnight UTC, so the UTC day differs from the office day for a third of these.
            start = datetime(day.year, day.month, day.day, hour, tzinfo=CHINA)
            for limit in limits:
                end = DATES[oracle(place, int(limit.value))]
                found = due(limit, start, office)
                counted += 1
                if found.at != datetime(end.year, end.month, end.day, 10, tzinfo=UTC):
                    wrong.append(f"{limit} from {start}: {found.at}, not {end} 18:00")
                if found.provisional != (end > LAST):
                    wrong.append(f"{limit} from {start}: provisional {found.provisional}")
    assert counted == 1096 * 24 * 5
    assert wrong == []


def walk_minutes(start: datetime, minutes: int) -> datetime:
    """Office minutes counted one by one on a clock of UTC+8: 09:00-12:00 and 13:00-18:00 of worked days."""
    wall = start.astimezone(UTC).replace(tzinfo=None) + timedelta(hours=8)
    while minutes:
        open_day = WORKED[(wall.date() - FIRST).days]
        if open_day and (9 <= wall.hour < 12 or 13 <= wall.hour < 18):
            minutes -= 1
            wall += timedelta(minutes=1)
        else:
            # Nothing opens but on the hour.
            wall = wall.replace(minute=0) + timedelta(hours=1)
    return (wall - timedelta(hours=8)).replace(tzinfo=UTC)


def test_work_hours_agree_with_a_walk_minute_by_minute(office: Calendar) -> None:
    start = datetime(2024, 1, 1, 0, 7, tzinfo=CHINA)
    wrong: list[str] = []
    while start.date() <= LAST:
        for hours in (Fraction(1, 2), 1, 4, 8, 13):
            found = due(Limit(hours, "work_hour"), start, office)
            if found.at != walk_minutes(start, int(hours * 60)):
                wrong.append(f"{hours} work hours from {start}: {found.at}")
        start += timedelta(hours=67, minutes=11)
    assert wrong == []


def test_hours_run_round_the_clock_on_any_calendar(office: Calendar) -> None:
    start = datetime(2024, 1, 1, 0, 7, tzinfo=CHINA)
    while start.date() <= LAST:
        for hours in (1, 2, 24, 72, Fraction(3, 4)):
            found = due(Limit(hours, "hour"), start, office)
            assert found.at.timestamp() == start.timestamp() + float(hours * 3600)
            assert not found.provisional
        start += timedelta(hours=43, minutes=11)


def test_units_that_never_close_count_every_day_and_end_at_midnight() -> None:
    always = load_calendar("round_the_clock")
    start = datetime(2024, 1, 1, 0, 7, tzinfo=CHINA)
    while start.date() <= LAST:
        for value in (1, 3, 5, 10, 15):
            midnight = datetime(start.year, start.month, start.day, tzinfo=CHINA) + timedelta(days=value + 1)
            for unit in ("day", "work_day"):
                found = due(Limit(value, unit), start, always)
                assert found.at == midnight
                assert not found.provisional
            assert due(Limit(value, "work_hour"), start, always).at == start + timedelta(hours=value)
        start += timedelta(hours=43, minutes=11)
