"""How long "not solved" opens an ended matter again: one row of the pack "limits". No SQL."""

from dataclasses import dataclass
from datetime import date, datetime

from liren.kernel.worktime import Limit, due, load_calendar
from liren.registers.duties.packs import pack


@dataclass(frozen=True, slots=True)
class ReopenRule:
    """For how long after its end a matter is opened again, counted on which calendar, by which rule."""

    within: Limit
    calendar: str
    key: str
    source: str
    version: str

    def until(self, ended_at: datetime) -> datetime:
        """The moment from which a matter that ended then is said anew instead."""
        return due(self.within, ended_at, load_calendar(self.calendar)).at


def reopen_rule(on: date) -> ReopenRule:
    """The rule of that day. Raises NotFound("pack.no_rule") where an office took it away."""
    row = pack("limits").pick("rule.reopen", on)
    within = row.value["within"]
    return ReopenRule(
        Limit(within["value"], within["unit"]), row.value["calendar"], row.key, row.source, row.version
    )
