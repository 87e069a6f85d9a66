"""Which month a public page speaks of: only whole ones that are over, so that nobody watches a count grow by one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from liren.cases import queries
from liren.kernel.clock import office_zone, to_office, utc_now
from liren.registers.duties import queries as duties

FIRST_YEAR = 2000


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the office. `over`: it has passed; `data`: anybody said anything in any month that has."""

    begin: datetime
    over: bool
    told: tuple[datetime, datetime] | None

    @property
    def key(self) -> str:
        """As an address has it."""
        return f"{self.begin:%Y-%m}"

    @property
    def title(self) -> str:
        """As people say it."""
        return title(self.begin)

    @property
    def slice(self) -> queries.Slice:
        """What is counted in it."""
        return queries.Slice(self.begin, later(self.begin), public=True)

    @property
    def before(self) -> queries.Slice:
        """What was counted in the month before it."""
        return queries.Slice(earlier(self.begin), self.begin, public=True)

    @property
    def rule(self) -> duties.DisclosureRule:
        """How its small counts are told."""
        return duties.disclosure_rule(queries.rule_day(self.slice))


def title(begin: datetime) -> str:
    """A month as people say it."""
    return _("%(y)s年%(m)s月") % {"y": begin.year, "m": begin.month}


def later(begin: datetime) -> datetime:
    """The beginning of the month after."""
    return _first(begin + timedelta(days=32))


def earlier(begin: datetime) -> datetime:
    """The beginning of the month before."""
    return _first(begin - timedelta(days=1))


def _first(at: datetime) -> datetime:
    return at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def read(text: str) -> Month:
    """The month an address says, the last one with data where it says none. Raises Http404 for no month of an office."""
    running = _first(to_office(utc_now(), office_zone()))
    told = queries.months_told(running)
    if not text:
        last = to_office(told[1], office_zone()) if told else earlier(running)
        return Month(_first(last), True, told)
    try:
        begin = datetime.strptime(text, "%Y-%m").replace(tzinfo=office_zone())
    except ValueError as odd:
        raise Http404 from odd
    if not begin.year >= FIRST_YEAR or begin > running:
        raise Http404
    return Month(begin, begin < running, told)


def beside(month: Month) -> dict[str, Any]:
    """The months before and after that have something to read, for the links on a page."""
    if month.told is None:
        return {"earlier": None, "later": None}
    first, last = (_first(to_office(one, office_zone())) for one in month.told)
    back, on = earlier(month.begin), later(month.begin)
    return {
        "earlier": _link(min(back, last)) if back >= first else None,
        "later": _link(max(on, first)) if on <= last else None,
    }


def _link(begin: datetime) -> dict[str, str]:
    return {"key": f"{begin:%Y-%m}", "title": title(begin)}


def choices(month: Month) -> list[tuple[str, str]]:
    """The months that may be chosen in a form, the last first, two years at most."""
    if month.told is None:
        return [(month.key, month.title)]
    first, at = (_first(to_office(one, office_zone())) for one in month.told)
    found: list[tuple[str, str]] = []
    while at >= first and len(found) < 24:
        found.append((f"{at:%Y-%m}", title(at)))
        at = earlier(at)
    return found
