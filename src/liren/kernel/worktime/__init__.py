"""Limits in the four units 小时, 工作时, 日 and 工作日, counted on the office's published calendar."""

from liren.kernel.worktime.calendars import (
    Calendar,
    Day,
    DayKind,
    is_working,
    next_working_moment,
)
from liren.kernel.worktime.limits import Due, Interval, Limit, Remaining, Unit, due, elapsed, remaining
from liren.kernel.worktime.loading import build_calendar, calendar_names, calendar_titles, load_calendar

__all__ = [
    "Calendar",
    "Day",
    "DayKind",
    "Due",
    "Interval",
    "Limit",
    "Remaining",
    "Unit",
    "build_calendar",
    "calendar_names",
    "calendar_titles",
    "due",
    "elapsed",
    "is_working",
    "load_calendar",
    "next_working_moment",
    "remaining",
]
