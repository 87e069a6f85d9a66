"""The office's own limits, counted once where the same limit begins at the same moment."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache

from liren.cases.rules import CallBackRule
from liren.kernel.clock import office_zone, to_office
from liren.kernel.worktime import Calendar, Due, Limit, due, load_calendar
from liren.registers.duties import queries as duties
from liren.registers.duties.views import HandlingLimits, StageLimit


class OfficeLimits:
    """What the rule packs say, for the simulation (unit codes) and for the rows (unit ids)."""

    def __init__(self, units: Mapping[str, int]) -> None:
        self._units = units
        self._zone = office_zone()
        self._plain: dict[tuple[str, date], HandlingLimits] = {}
        self._rules: dict[tuple[str, int, str, str], HandlingLimits] = {}
        self._stages: dict[tuple[str, date], StageLimit] = {}
        self._call_back: dict[date, CallBackRule] = {}
        self._calendars: dict[str, Calendar] = {}
        self._count = lru_cache(maxsize=4096)(self._counted)

    def handling(self, class_code: str, unit: str, at: datetime) -> tuple[datetime, datetime]:
        """When the response and the handling limit run out for a dispatch at `at`."""
        response, handle, _ = self.limits(class_code, self._units[unit], at)
        return response.at, handle.at

    def limits(self, class_code: str, unit_id: int, at: datetime) -> tuple[Due, Due, str]:
        """Both limits and the key of the rule they come from."""
        day = self._day(at)
        plain = self._plain.get((class_code, day))
        if plain is None:
            plain = self._plain[class_code, day] = duties.limits(class_code, None, day)
        # the unit only adds its calendar: asked once for each version of a rule, not once a day
        key = (class_code, unit_id, plain.key, plain.version)
        rule = self._rules.get(key)
        if rule is None:
            rule = self._rules[key] = duties.limits(class_code, unit_id, day)
        response = self._count(rule.response, at, rule.calendar)
        return response, self._count(rule.handle, at, rule.calendar), rule.key

    def stage(self, stage: str, at: datetime) -> tuple[Due, str]:
        """When the limit of a stage runs out, and the key of its rule."""
        key = (stage, self._day(at))
        rule = self._stages.get(key)
        if rule is None:
            rule = self._stages[key] = duties.stage_limit(*key)
        return self._count(rule.limit, at, rule.calendar), rule.key

    def closing(self, at: datetime) -> datetime:
        """When a case solved at `at` is closed."""
        return self.stage("close", at)[0].at

    def call_back(self, at: datetime) -> CallBackRule:
        """How often somebody is tried."""
        day = self._day(at)
        if day not in self._call_back:
            self._call_back[day] = duties.call_back_rule(day)
        return self._call_back[day]

    def _day(self, at: datetime) -> date:
        return to_office(at, self._zone).date()

    def _counted(self, limit: Limit, start: datetime, calendar: str) -> Due:
        if calendar not in self._calendars:
            self._calendars[calendar] = load_calendar(calendar)
        return due(limit, start, self._calendars[calendar])
