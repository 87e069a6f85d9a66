"""The rules an office may set in the browser, as whoever sets them sees them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count

from liren.kernel.errors import NotFound
from liren.kernel.rulepacks import Pack, Row, office_folder
from liren.kernel.worktime import loading
from liren.registers.duties.models import RuleChange
from liren.registers.duties.packs import pack
from liren.registers.duties.rules import TEMPLATE_KINDS, with_blanks
from liren.registers.duties.taxonomy import nearby
from liren.registers.duties.views import Words, english

LIMITS = "duties.limits"
TEMPLATES = "duties.templates"
STEPS = ("stage.", "rule.")


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
class StepRow:
    """A limit of the procedure itself on a day: a stage, the call-back, reopening. `value` as the pack has it."""

    key: str
    titles: Words
    value: Mapping[str, Any]
    source: str
    since: date
    next_from: date | None
    published: int

    @property
    def title(self) -> str:
        """Its name in the language being spoken."""
        return str(self.titles)


def step_rows(on: date) -> list[StepRow]:
    """Every limit of the procedure, in the order of the pack."""
    counts = _published(LIMITS)
    return [
        StepRow(
            row.key,
            Words(row.title.zh, row.title.en),
            row.value,
            row.source,
            row.valid_from,
            _next_from(LIMITS, row.key, on),
            counts.get(row.key, 0),
        )
        for row in pack("limits").on(on).values()
        if row.key.startswith(STEPS)
    ]


def step_row(key: str, on: date) -> StepRow:
    """One limit of the procedure. Raises NotFound("rule.key_unknown")."""
    row = next((one for one in step_rows(on) if one.key == key), None)
    if row is None:
        raise NotFound("rule.key_unknown")
    return row


def _next_from(name: str, key: str, on: date) -> date | None:
    """The first day of another rule of that key, if one was published ahead."""
    rows = pack(name.removeprefix("duties.")).rows.get(key, ())
    return min((row.valid_from for row in rows if row.valid_from > on), default=None)


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """The words a class, a group or "default" begins a kind of reply from on a day.

    `key` is what is set, `rule` the row that says so; `next_from` as of a `LimitRow`.
    """

    code: str
    kind: str
    titles: Words
    kind_titles: Words
    rule: str
    texts: Words
    source: str
    since: date
    next_from: date | None
    published: int

    @property
    def title(self) -> str:
        """The class and the kind of reply in the language being spoken."""
        return str(self.titles)

    @property
    def kind_title(self) -> str:
        """The kind of reply in the language being spoken."""
        return str(self.kind_titles)

    @property
    def shown(self) -> str:
        """The words with their blanks in the language being spoken."""
        return with_blanks(str(self.texts), english=english())

    @property
    def key(self) -> str:
        """What is set: the class with the kind of reply."""
        return f"{self.code}.{self.kind}"

    @property
    def own(self) -> bool:
        """Whether it has words of its own."""
        return self.rule == self.key


def template_rows(code: str, on: date) -> list[TemplateRow]:
    """The words for each kind of reply of a class, a group or "default". Raises NotFound("rule.key_unknown")."""
    if code != "default" and code not in pack("taxonomy").on(on):
        raise NotFound("rule.key_unknown")
    counts = _published(TEMPLATES)
    return [_template_row(code, kind, on, counts.get(f"{code}.{kind}", 0)) for kind in TEMPLATE_KINDS]


def _template_row(code: str, kind: str, on: date, published: int) -> TemplateRow:
    found, key = pack("templates"), f"{code}.{kind}"
    row = found.pick(template_used(code, kind, on), on)
    general = found.pick(f"default.{kind}", on).title
    kinds = Words(*(title.rpartition(":")[2].strip() for title in (general.zh, general.en)))
    titles = Words(general.zh, general.en)
    if code != "default":
        named = pack("taxonomy").pick(code, on).title
        titles = Words(f"{named.zh}:{kinds.zh}", f"{named.en}: {kinds.en}")
    return TemplateRow(
        code=code,
        kind=kind,
        titles=titles,
        kind_titles=kinds,
        rule=row.key,
        texts=Words(row.value["zh"], row.value["en"]),
        source=row.source,
        since=row.valid_from,
        next_from=_next_from(TEMPLATES, key, on),
        published=published,
    )


def template_keys(code: str, kind: str, on: date) -> tuple[str, ...]:
    """The keys under which words for a class are looked for, its own first, the general ones last."""
    return tuple(f"{one}.{kind}" for one in dict.fromkeys((*nearby(code, on), "default")))


def template_used(code: str, kind: str, on: date) -> str:
    """The key of the words a class is given that day. No SQL."""
    found = pack("templates")
    return next(key for key in template_keys(code, kind, on) if found.find(key, on) is not None)


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
    found = pack("limits")
    codes = tuple(dict.fromkeys((*nearby(class_code, on), "default")))
    general = found.pick("default", on)
    rule = next((rule for code in codes if (rule := found.find(code, on))), general)
    return LimitRule(rule.key, rule.value, codes, str(general.value["calendar"]))


def _limit_row(key: str, on: date, taxonomy: Mapping[str, Row], published: int) -> LimitRow:
    found = pack("limits")
    row = found.pick(limit_rule(key, on).key, on)
    title = taxonomy[key].title if key in taxonomy else row.title
    return LimitRow(
        key, Words(title.zh, title.en), row.key, row.value, row.source, row.version, row.valid_from,
        _next_from(LIMITS, key, on), published,
    )  # fmt: skip


def calendar_pack() -> Pack:
    """Every calendar, year of holidays and special day, read now. Raises Refused("pack.*"). No SQL."""
    return loading.read(office=office_folder("calendar"))


def times_published(name: str, key: str) -> int:
    """How often a rule of a pack was published here: what is `seen` when it is changed."""
    return _published(name).get(key, 0)


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
