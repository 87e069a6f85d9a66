"""Due dates, held against the independent count of the tests; a calendar that knows no 调休 beside them."""

from datetime import UTC, date, datetime, timedelta

from bench.frame import Measured

DAYS = (1, 3, 5, 10, 15)


def measure() -> Measured:
    """Every hour of 2024-2026 × 1, 3, 5, 10, 15 days, counted as 日 and as 工作日."""
    from liren.kernel.worktime import Limit, due, load_calendar
    from tests.kernel import test_worktime_oracle as oracle

    office = load_calendar("office")
    wrong = plain_wrong = counted = 0
    for unit, ends in (("day", oracle.oracle_day), ("work_day", oracle.oracle_work_day)):
        limits = [Limit(value, unit) for value in DAYS]  # type: ignore[arg-type]
        for place in range((oracle.LAST - oracle.FIRST).days + 1):
            day = oracle.DATES[place]
            for limit in limits:
                value = int(limit.value)
                end = oracle.DATES[ends(place, value)]
                closing = datetime(end.year, end.month, end.day, 10, tzinfo=UTC)  # 18:00 in China
                plain_wrong += 24 * (_plain(day, value, unit) != end)
                for hour in range(24):
                    start = datetime(day.year, day.month, day.day, hour, tzinfo=oracle.CHINA)
                    wrong += due(limit, start, office).at != closing
                    counted += 1
    note = (
        f"{counted} due dates: every hour of 2024-2026 × {', '.join(map(str, DAYS))} days, as 日 and as 工作日, against "
        "the count of tests/kernel out of chinesecalendar; baseline: weekends and public holidays without make-up days "
        f"and half days are wrong for {plain_wrong} of them ({plain_wrong / counted:.1%})"
    )
    return Measured("wrong due dates", wrong, "due dates", plain_wrong, note)


def _plain(day: date, value: int, unit: str) -> date:
    """The day a calendar of weekends and holidays gives, which knows no make-up day."""
    end = day
    if unit == "day":
        end += timedelta(days=value)
        while not _plainly_worked(end):
            end += timedelta(days=1)
        return end
    while value:
        end += timedelta(days=1)
        value -= _plainly_worked(end)
    return end


def _plainly_worked(day: date) -> bool:
    import chinese_calendar

    if day.isoweekday() > 5:
        return False
    return day.year > 2026 or not chinese_calendar.is_holiday(day)
