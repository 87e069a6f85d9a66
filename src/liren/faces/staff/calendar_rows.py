"""What the calendar pack says: which rule holds, which comes next, the days of which one speaks."""

from datetime import date

from liren.faces.staff.calendar_forms import REGION
from liren.kernel.clock import office_zone
from liren.kernel.rulepacks import Pack, Row
from liren.kernel.worktime import Calendar, build_calendar


def days(row: Row) -> list[date]:
    """The days of which a row of special days speaks."""
    return [day for day in map(date.fromisoformat, row.value["on"]) if row.holds(day)]


def holding(pack: Pack, key: str, on: date) -> Row:
    """The rule of today, or the first there will be."""
    return pack.find(key, on) or pack.rows[key][0]


def next_from(pack: Pack, row: Row, on: date) -> date | None:
    """The first day of another rule of the same key."""
    later = [other.valid_from for other in pack.rows[row.key] if other.valid_from > max(on, row.valid_from)]
    return min(later, default=None)


def last_year(pack: Pack) -> int:
    """The last year whose holidays are known."""
    return pack.rows[REGION][-1].last_day.year


def built(pack: Pack) -> dict[str, Calendar]:
    """Every calendar there is, by name."""
    names = (key.removeprefix("calendar.") for key in pack.rows if key.startswith("calendar."))
    return {name: build_calendar(name, pack, office_zone()) for name in names}
