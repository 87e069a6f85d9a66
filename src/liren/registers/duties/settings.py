"""The rules an office may set in the browser, as whoever sets them sees them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count

from liren.kernel.errors import NotFound
from liren.kernel.rulepacks import Row
from liren.registers.duties.models import RuleChange
from liren.registers.duties.packs import pack
from liren.registers.duties.views import Words

LIMITS = "duties.limits"


@dataclass(frozen=True, slots=True)
class LimitRow:
    """The limits a class, a group or everything else has on a day.

    `key` is what is set, `rule` the row that says so (its own, its group's or the default); `next_from` is the first
    day of another rule of its own, if one was published ahead.
    """

    key: str
    titles: Words
    rule: str
    value: Mapping[str, Any]
    source: str
    version: str
    since: date
    next_from: date | None
    published: int

    @property
    def title(self) -> str:
        """Its name in the language being spoken."""
        return str(self.titles)

    @property
    def own(self) -> bool:
        """Whether it has a rule of its own."""
        return self.rule == self.key


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """One publication of a rule: when, from which day, by whom, on what."""

    version: int
    valid_from: date
    valid_to: date | None
    source: str
    value: Any
    by: int
    at: datetime


def limit_rows(on: date) -> list[LimitRow]:
    """The default and every group and class, in the order of the taxonomy, with the limits of that day."""
    counts = _published(LIMITS)
    taxonomy = pack("taxonomy").on(on)
    return [_limit_row(key, on, taxonomy, counts.get(key, 0)) for key in ("default", *taxonomy)]


def limit_row(key: str, on: date) -> LimitRow:
    """The limits of a class, a group or "default" that day. Raises NotFound("rule.key_unknown")."""
    taxonomy = pack("taxonomy").on(on)
    if key != "default" and key not in taxonomy:
        raise NotFound("rule.key_unknown")
    return _limit_row(key, on, taxonomy, _published(LIMITS).get(key, 0))


@dataclass(frozen=True, slots=True)
class LimitRule:
    """The rule of limits nearest to a class on a day. `nearer` are the codes it is looked for by, the nearest first."""

    key: str
    value: Mapping[str, Any]
    nearer: tuple[str, ...]
    general_calendar: str

    def gives_way_to(self, key: str) -> bool:
        """Whether a rule of that key would hold for the class instead."""
        return key in self.nearer and self.nearer.index(key) <= self.nearer.index(self.key)


def limit_rule(class_code: str, on: date) -> LimitRule:
    """The rule that holds for a class, as `queries.limits` finds it, with what comes nearer than it. No SQL."""
    found, row = pack("limits"), pack("taxonomy").find(class_code, on)
    parent = row.value.get("parent", "") if row is not None else class_code.split(".", maxsplit=1)[0]
    codes = tuple(dict.fromkeys(code for code in (class_code, parent, "default") if code))
    general = found.pick("default", on)
    rule = next((rule for code in codes if (rule := found.find(code, on))), general)
    return LimitRule(rule.key, rule.value, codes, str(general.value["calendar"]))


def _limit_row(key: str, on: date, taxonomy: Mapping[str, Row], published: int) -> LimitRow:
    found = pack("limits")
    row = found.pick(limit_rule(key, on).key, on)
    title = taxonomy[key].title if key in taxonomy else row.title
    later = [other.valid_from for other in found.rows.get(key, ()) if other.valid_from > on]
    return LimitRow(
        key, Words(title.zh, title.en), row.key, row.value, row.source, row.version, row.valid_from,
        min(later, default=None), published,
    )  # fmt: skip


def _published(name: str) -> dict[str, int]:
    return dict(RuleChange.objects.filter(pack=name).values_list("key").annotate(n=Count("id")))


def rule_versions(name: str, key: str) -> list[RuleVersion]:
    """What was published of a rule, newest first. One statement."""
    rows = RuleChange.objects.filter(pack=name, key=key).order_by("-version")
    return [
        RuleVersion(
            row.version, row.valid_from, row.valid_to, row.source, row.value, row.published_by, row.published_at
        )
        for row in rows
    ]  # fmt: skip
