"""Counting rules, worked by hand, and what must hold whatever the dates."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.kernel.errors import Refused
from liren.kernel.worktime import (
    Calendar,
    Due,
    Interval,
    Limit,
    Unit,
    due,
    elapsed,
    is_working,
    load_calendar,
    next_working_moment,
    remaining,
)

CHINA = ZoneInfo("Asia/Shanghai")
OFFICE = load_calendar("office")
ALWAYS = load_calendar("round_the_clock")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def ends(value: int | Fraction, unit: Unit, start: str, **more: object) -> str:
    found = due(Limit(value, unit), at(start), OFFICE, **more)  # type: ignore[arg-type]
    assert found.at.tzinfo is UTC
    return found.at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("value", "unit", "start", "end"),
    [
        # 信访工作条例 art. 22: 15 日. Day 15 after Monday 5 January is Tuesday 20 January.
        (15, "day", "2026-01-05 09:00", "2026-01-20 18:00"),
        # Day 15 after 1 February is 16 February, in Spring Festival; the next working day is the 24th.
        (15, "day", "2026-02-01 09:00", "2026-02-24 18:00"),
        # art. 34: 60 日: 26 days of January, 28 of February, 6 of March.
        (60, "day", "2026-01-05 23:59", "2026-03-06 18:00"),
        # 政府信息公开条例 art. 33: 20 工作日: 11-14 Feb (make-up Saturday) 4, 24-28 Feb (make-up
        # Saturday) 5, 2-6 and 9-13 March 10, 16 March 1.
        (20, "work_day", "2026-02-10 17:59", "2026-03-16 18:00"),
        # Five working days from Friday 25 September 2026, a holiday: 28-30 September, 8-9 October.
        (5, "work_day", "2026-09-25 10:00", "2026-10-09 18:00"),
        # One working day from Friday evening before a make-up Saturday is that Saturday.
        (1, "work_day", "2026-05-08 20:00", "2026-05-09 18:00"),
        # One working day from Thursday evening before Labour Day is 6 May.
        (1, "work_day", "2026-04-30 20:00", "2026-05-06 18:00"),
        # A limit in 日 that ends on a make-up Sunday ends there.
        (3, "day", "2026-01-01 10:00", "2026-01-04 18:00"),
        # One that ends on an ordinary Saturday ends on Monday.
        (1, "day", "2026-06-05 10:00", "2026-06-08 18:00"),
        # 2 hours for danger to life run through the night of a holiday.
        (2, "hour", "2026-02-17 23:30", "2026-02-18 01:30"),
        # 4 work hours from 11:00: one before lunch, three after.
        (4, "work_hour", "2026-06-10 11:00", "2026-06-10 16:00"),
        # Received in the lunch break: begins at one.
        (1, "work_hour", "2026-06-10 12:20", "2026-06-10 14:00"),
        # What is full at closing time is due then, not next morning.
        (8, "work_hour", "2026-06-10 07:00", "2026-06-10 18:00"),
        # 17:30 on the eve of Spring Festival (make-up Saturday): half an hour, then 24 February.
        (1, "work_hour", "2026-02-14 17:30", "2026-02-24 09:30"),
        (Fraction(1, 2), "work_hour", "2026-06-10 11:45", "2026-06-10 13:15"),
    ],
)
def test_limits_of_law_worked_by_hand(value: int | Fraction, unit: Unit, start: str, end: str) -> None:
    assert ends(value, unit, start) == end


def test_the_start_may_be_given_in_any_zone() -> None:
    # 20:00 UTC on the 9th is four in the morning of the 10th in the office.
    assert ends(1, "work_day", "2026-06-10 04:00") == "2026-06-11 18:00"
    assert due(Limit(1, "work_day"), datetime(2026, 6, 9, 20, tzinfo=UTC), OFFICE).at == datetime(
        2026, 6, 11, 10, tzinfo=UTC
    )


def test_the_trace_explains_the_date() -> None:
    found = due(Limit(3, "work_day"), at("2026-02-13 16:30"), OFFICE)
    rest = [f"rest 2026-02-{day} holiday:spring_festival" for day in range(15, 24)]
    assert list(found.trace) == [
        "from 2026-02-13T16:30",
        "uncounted 2026-02-13",
        "makeup 2026-02-14 spring_festival",
        *rest,
        "ends 2026-02-25 18:00",
    ]
    rolled = due(Limit(1, "day"), at("2026-06-05 10:00"), OFFICE)
    assert "rolled 2026-06-06 weekend" in rolled.trace
    assert "rolled 2026-06-07 weekend" in rolled.trace
    assert due(Limit(1, "day"), at("2026-06-08 10:00"), ALWAYS).trace[-1] == "ends 2026-06-09 24:00"


def test_a_limit_beyond_the_loaded_calendar_is_computed_and_provisional() -> None:
    found = due(Limit(5, "work_day"), at("2026-12-28 10:00"), OFFICE)
    assert found == Due(
        at("2027-01-04 18:00").astimezone(UTC),
        True,
        (
            "from 2026-12-28T10:00",
            "uncounted 2026-12-28",
            "rest 2027-01-02 weekend",
            "rest 2027-01-03 weekend",
            "provisional 2026-12-31",
            "ends 2027-01-04 18:00",
        ),
    )
    assert due(Limit(1, "work_hour"), at("2031-07-01 09:00"), OFFICE).provisional
    assert due(Limit(1, "work_day"), at("2019-07-01 09:00"), OFFICE).provisional
    assert not due(Limit(72, "hour"), at("2026-12-31 09:00"), OFFICE).provisional


@pytest.mark.parametrize(
    ("value", "unit", "start", "pause", "end"),
    [
        # 政府信息公开条例 art. 33: asking a third party does not count. Three days' pause, three days later.
        (5, "work_day", "2026-06-08 10:00", ("2026-06-09 10:00", "2026-06-12 10:00"), "2026-06-18 18:00"),
        # Asked and answered within one day: the clock ran when the day closed, nothing is left out.
        (5, "work_day", "2026-06-08 10:00", ("2026-06-09 10:00", "2026-06-09 17:00"), "2026-06-15 18:00"),
        # A pause that begins as the last day closes finds it over; one that ends at a close held that day.
        (1, "work_day", "2026-06-08 10:00", ("2026-06-09 18:00", "2026-06-10 19:00"), "2026-06-09 18:00"),
        (1, "work_day", "2026-06-08 10:00", ("2026-06-09 10:00", "2026-06-09 18:00"), "2026-06-10 18:00"),
        # A pause over a weekend takes out only the Friday.
        (5, "work_day", "2026-06-08 10:00", ("2026-06-12 10:00", "2026-06-15 10:00"), "2026-06-16 18:00"),
        (10, "day", "2026-06-01 10:00", ("2026-06-02 10:00", "2026-06-04 10:00"), "2026-06-15 18:00"),
        # The day to which the end rolls is itself suspended: it ends on the first that is not.
        (1, "day", "2026-06-05 10:00", ("2026-06-08 10:00", "2026-06-10 10:00"), "2026-06-10 18:00"),
        (4, "hour", "2026-06-08 10:00", ("2026-06-08 11:00", "2026-06-08 12:30"), "2026-06-08 15:30"),
        (4, "hour", "2026-06-08 10:00", ("2026-06-08 09:00", "2026-06-08 12:30"), "2026-06-08 16:30"),
        # Due at the very moment at which the pause begins: it had run out.
        (4, "hour", "2026-06-08 10:00", ("2026-06-08 14:00", "2026-06-08 15:00"), "2026-06-08 14:00"),
        # Of a pause from 11:00 to 15:00 only three hours are work.
        (4, "work_hour", "2026-06-08 10:00", ("2026-06-08 11:00", "2026-06-08 15:00"), "2026-06-08 18:00"),
    ],
)
def test_suspended_time_does_not_count(
    value: int, unit: Unit, start: str, pause: tuple[str, str], end: str
) -> None:
    assert ends(value, unit, start, suspended=[Interval(at(pause[0]), at(pause[1]))]) == end


@pytest.mark.parametrize(
    ("value", "unit", "start", "extended", "end"),
    [
        # 信访工作条例 art. 34: 60 + 30 日 are 90 日, whether or not day 60 was a working day.
        (60, "day", "2026-01-06 10:00", [Limit(30, "day")], "2026-04-07 18:00"),
        # 安阳 art. 50: 5 + 5 工作日.
        (5, "work_day", "2026-06-01 10:00", [Limit(5, "work_day")], "2026-06-15 18:00"),
        # Another unit starts where the first ended.
        (1, "work_day", "2026-06-01 10:00", [Limit(24, "hour")], "2026-06-03 18:00"),
        (24, "hour", "2026-06-01 10:00", [Limit(1, "work_day")], "2026-06-03 18:00"),
        (
            1,
            "work_day",
            "2026-06-01 10:00",
            [Limit(2, "work_hour"), Limit(1, "work_hour")],
            "2026-06-03 12:00",
        ),
    ],
)
def test_extensions_run_on(value: int, unit: Unit, start: str, extended: list[Limit], end: str) -> None:
    assert ends(value, unit, start, extended=extended) == end


@pytest.mark.parametrize(
    ("value", "unit", "code"),
    [
        (0, "day", "limit.value"),
        (-1, "hour", "limit.value"),
        (Fraction(1, 2), "work_day", "limit.value"),
        (1.5, "hour", "limit.value"),
        (True, "hour", "limit.value"),
        (1, "week", "limit.unit"),
        (3_651, "day", "limit.too_long"),
        (10**12, "work_hour", "limit.too_long"),
    ],
)
def test_no_limit_without_sense(value: object, unit: object, code: str) -> None:
    with pytest.raises(Refused) as refused:
        Limit(value, unit)  # type: ignore[arg-type]
    assert refused.value.code == code


def test_times_must_know_their_zone_and_pauses_must_run_forward() -> None:
    with pytest.raises(Refused, match=r"clock\.naive"):
        due(Limit(1, "hour"), datetime(2026, 6, 1), OFFICE)
    with pytest.raises(Refused, match=r"clock\.naive"):
        Interval(datetime(2026, 6, 1), datetime(2026, 6, 2))
    with pytest.raises(Refused, match=r"limit\.interval"):
        Interval(at("2026-06-02 10:00"), at("2026-06-01 10:00"))


def test_the_farthest_limits_are_still_computed() -> None:
    for unit, value in (("hour", 87_600), ("work_hour", 20_000), ("day", 3_650), ("work_day", 2_500)):
        found = due(Limit(value, unit), at("2026-06-01 10:00"), OFFICE)  # type: ignore[arg-type]
        assert found.at.year in (2035, 2036)
    with pytest.raises(Refused, match=r"limit\.too_long"):
        due(Limit(3_650, "day"), at("9989-06-01 10:00"), OFFICE)


# What must hold whatever the dates.

moments = st.datetimes(datetime(2023, 1, 1), datetime(2027, 6, 1)).map(
    lambda naive: naive.replace(tzinfo=CHINA)
)
units = st.sampled_from(["hour", "work_hour", "day", "work_day"])
limits = st.builds(Limit, st.integers(1, 60), units)
calendars = st.sampled_from([OFFICE, ALWAYS])
near_pauses = st.lists(
    st.tuples(st.integers(-200, 1500), st.integers(0, 400)).map(
        lambda hours: (hours[0], hours[0] + hours[1])
    ),
    max_size=4,
)


def intervals(start: datetime, hours: list[tuple[int, int]]) -> list[Interval]:
    return [Interval(start + timedelta(hours=a), start + timedelta(hours=b)) for a, b in hours]


@given(limits, moments, moments, calendars)
def test_who_asks_later_is_due_no_earlier(
    limit: Limit, one: datetime, two: datetime, calendar: Calendar
) -> None:
    first, second = sorted((one, two))
    assert due(limit, first, calendar).at <= due(limit, second, calendar).at


@given(st.integers(1, 59), units, moments, near_pauses, calendars)
def test_a_larger_limit_ends_no_earlier(
    value: int, unit: Unit, start: datetime, hours: list[tuple[int, int]], calendar: Calendar
) -> None:
    paused = intervals(start, hours)
    shorter = due(Limit(value, unit), start, calendar, suspended=paused)
    longer = due(Limit(value + 1, unit), start, calendar, suspended=paused)
    assert start < shorter.at <= longer.at
    if unit != "day":
        assert shorter.at < longer.at


@given(limits, moments, near_pauses, st.tuples(st.integers(-200, 1500), st.integers(0, 400)), calendars)
def test_a_suspension_never_shortens_and_never_holds_the_end(
    limit: Limit, start: datetime, hours: list[tuple[int, int]], more: tuple[int, int], calendar: Calendar
) -> None:
    some = intervals(start, hours)
    all_of_them = [*some, *intervals(start, [(more[0], more[0] + more[1])])]
    found = due(limit, start, calendar, suspended=all_of_them).at
    assert due(limit, start, calendar, suspended=some).at <= found
    assert not any(pause.start < found < pause.end for pause in all_of_them)
    assert due(limit, start, calendar, suspended=all_of_them[::-1]).at == found


@given(limits, st.lists(limits, max_size=3), moments, calendars)
def test_an_extension_never_shortens(
    limit: Limit, extended: list[Limit], start: datetime, calendar: Calendar
) -> None:
    ends_at = [
        due(limit, start, calendar, extended=extended[:count]).at for count in range(len(extended) + 1)
    ]
    assert ends_at == sorted(ends_at)


@given(limits, moments)
def test_a_limit_in_office_units_ends_while_the_office_can_act(limit: Limit, start: datetime) -> None:
    found = due(limit, start, OFFICE)
    day = OFFICE.day(OFFICE.local_day(found.at))
    if limit.unit == "hour":
        assert found.at == start + timedelta(hours=int(limit.value))
    else:
        assert day.spans
        assert is_working(found.at - timedelta(microseconds=1), OFFICE)
        assert found.at <= OFFICE.close(day.date)


@given(st.integers(1, 300), moments, near_pauses, calendars)
def test_exactly_the_work_hours_of_a_limit_lie_between_its_ends(
    value: int, start: datetime, hours: list[tuple[int, int]], calendar: Calendar
) -> None:
    paused = intervals(start, hours)
    found = due(Limit(value, "work_hour"), start, calendar, suspended=paused)
    assert elapsed(start, found.at, calendar, suspended=paused) == timedelta(hours=value)
    whole = due(Limit(value, "hour"), start, calendar, suspended=paused)
    assert elapsed(start, whole.at, suspended=paused) == timedelta(hours=value)


@given(limits, moments, calendars)
def test_provisional_says_whether_a_notice_to_come_could_move_it(
    limit: Limit, start: datetime, calendar: Calendar
) -> None:
    found = due(limit, start, calendar)
    reaches = calendar.local_day(found.at) > date(2026, 12, 31)
    assert found.provisional == (calendar is OFFICE and limit.unit != "hour" and reaches)


@given(moments, calendars)
def test_the_next_working_moment_is_worked_and_nothing_before_it_is(
    moment: datetime, calendar: Calendar
) -> None:
    found = next_working_moment(moment, calendar)
    assert is_working(found, calendar)
    assert found >= moment
    assert elapsed(moment, found, calendar) == timedelta()
    assert (found == moment) == is_working(moment, calendar)


def test_is_working_knows_lunch_closing_and_make_up_days() -> None:
    worked = {"2026-06-10 09:00", "2026-06-10 11:59", "2026-06-10 13:00", "2026-02-14 10:00"}
    for text in (*worked, "2026-06-10 08:59", "2026-06-10 12:00", "2026-06-10 18:00", "2026-02-17 10:00"):
        assert is_working(at(text), OFFICE) == (text in worked), text
        assert is_working(at(text), ALWAYS)


def test_a_clock_bar_counts_down_and_stays_full_when_overdue() -> None:
    start, end = at("2026-06-08 09:00"), at("2026-06-09 18:00")
    half = remaining(end, at("2026-06-09 09:00"), start=start, calendar=OFFICE)
    assert (half.seconds, half.used, half.overdue) == (8 * 3600, 0.5, False)
    plain = remaining(end, at("2026-06-09 09:00"), start=start)
    assert (plain.seconds, round(plain.used, 3)) == (9 * 3600, round(24 / 33, 3))
    night = remaining(end, at("2026-06-10 03:00"), start=start, calendar=OFFICE)
    assert (night.seconds, night.used, night.overdue) == (0, 1.0, True)
    late = remaining(end, at("2026-06-10 10:30"), start=start, calendar=OFFICE)
    assert (late.seconds, late.used, late.overdue) == (-5400, 1.0, True)
    paused = [Interval(at("2026-06-08 09:00"), at("2026-06-08 18:00"))]
    assert remaining(end, at("2026-06-09 14:00"), start=start, calendar=OFFICE, suspended=paused).used == 0.5
    assert remaining(start, start, start=start).used == 1.0


@given(moments, st.integers(1, 500), st.integers(-50, 700), st.sampled_from([None, OFFICE, ALWAYS]))
def test_a_clock_bar_is_always_drawable(
    start: datetime, length: int, seen: int, calendar: Calendar | None
) -> None:
    end, now = start + timedelta(hours=length), start + timedelta(hours=seen)
    bar = remaining(end, now, start=start, calendar=calendar)
    assert 0.0 <= bar.used <= 1.0
    assert bar.overdue == (seen > length)
    assert bar.seconds <= 0 if bar.overdue else bar.seconds >= 0
