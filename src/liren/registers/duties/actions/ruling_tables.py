"""Limits and words for replies from a spreadsheet: every row told what became of it, those that differ published."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from liren.base.tables import queries as tables
from liren.kernel.clock import office_day
from liren.kernel.errors import LirenError, Refused
from liren.kernel.policy import Actor, Facts, require
from liren.kernel.worktime import Limit, calendar_names
from liren.registers.duties import settings
from liren.registers.duties.actions.publishing import DUTY
from liren.registers.duties.actions.ruling import LIMITS, RuleDraft, check_rule, publish_rules, try_rules
from liren.registers.duties.naming import Names, office_path
from liren.registers.duties.packs import pack
from liren.registers.duties.rules import TEMPLATE_KINDS, open_places, without_blanks
from liren.registers.places.actions import Report, RowReport

LIMIT_COLUMNS: dict[str, tuple[str, ...]] = {
    "class": ("类别", "诉求类别"),
    "response": ("联系时限",),
    "response_basis": ("联系时限从哪来",),
    "handle": ("办理时限",),
    "handle_basis": ("办理时限从哪来",),
    "calendar": ("怎么算", "工作日历"),
    "valid_from": ("起用日期", "启用日期"),
    "source": ("依据", "来源"),
}
TEMPLATE_COLUMNS: dict[str, tuple[str, ...]] = {
    "class": ("类别", "诉求类别"),
    "use": ("用途",),
    "zh": ("中文",),
    "en": ("英文",),
    "valid_from": ("起用日期", "启用日期"),
    "source": ("依据", "来源"),
}
UNITS = {"小时": "hour", "工作小时": "work_hour", "天": "day", "工作日": "work_day"}
BASES = {"法律法规": "law", "标准": "standard", "参照外地": "local_example", "本街道定": "office_choice"}
CALENDARS = {"机关工作时间": "office", "全天候": "round_the_clock"}
EVERYTHING = "一般诉求"
_LIMIT = re.compile(r"(\d{1,6})\s*个?\s*(小时|工作小时|天|工作日)")


@dataclass(frozen=True, slots=True)
class RuleReport(Report):
    """What became of a table of rules; `values` are those it sets anew, by key."""

    values: Mapping[str, Any] = field(default_factory=dict)


_Read = Callable[[Mapping[str, str], Names], RuleDraft | None]


def import_limits(data: bytes, *, by: Actor, now: datetime, dry_run: bool) -> RuleReport:
    """Limits of classes, groups and everything else. A row that says what holds on its day anyway changes nothing.

    Raises Denied, Refused("table.*") and those of `publish_rules` that no row can be blamed for.
    """
    return _take(data, LIMIT_COLUMNS, _limit_draft, by=by, now=now, dry_run=dry_run)


def import_templates(data: bytes, *, by: Actor, now: datetime, dry_run: bool) -> RuleReport:
    """Words for replies by class and kind. As `import_limits`."""
    return _take(data, TEMPLATE_COLUMNS, _template_draft, by=by, now=now, dry_run=dry_run)


def _take(
    data: bytes,
    columns: Mapping[str, tuple[str, ...]],
    read: _Read,
    *,
    by: Actor,
    now: datetime,
    dry_run: bool,
) -> RuleReport:
    require(by, DUTY, Facts(place_path=office_path()))
    names = Names(office_day(now))
    rows: dict[int, RowReport] = {}
    drafts: dict[int, RuleDraft] = {}
    for line in tables.read_table(data, columns):
        cells = {column: line.cells.get(column, "").strip() for column in columns}
        try:
            draft = read(cells, names)
            if draft is None:
                rows[line.number] = RowReport(line.number, "unchanged")
                continue
            if any(one.key == draft.key for one in drafts.values()):
                raise Refused("rule.row_twice", field="class")
            check_rule(draft, now=now)
        except LirenError as error:
            rows[line.number] = RowReport(
                line.number, "refused", error.code, getattr(error, "field", None) or ""
            )
            continue
        drafts[line.number] = draft
        rows[line.number] = RowReport(line.number, "created" if draft.seen == 0 else "updated")
    if drafts and dry_run:
        try_rules(list(drafts.values()), by=by, now=now)
    elif drafts:
        publish_rules(list(drafts.values()), by=by, now=now)
    told = tuple(rows[number] for number in sorted(rows))
    return RuleReport(told, dry_run, values={draft.key: draft.value for draft in drafts.values()})


def _limit_draft(cells: Mapping[str, str], names: Names) -> RuleDraft | None:
    code, valid_from = _code(cells["class"], names), _day(cells["valid_from"])
    row = settings.limit_row(code, valid_from)
    value: dict[str, Any] = {part: _limit(cells, part) for part in ("response", "handle")}
    calendar = CALENDARS.get(cells["calendar"], cells["calendar"])
    if calendar not in calendar_names():
        raise Refused("calendar.unknown", field="calendar")
    value["calendar"] = calendar
    value |= {name: row.value[name] for name in ("urgent", "note") if row.own and name in row.value}
    inherited = {name: row.value[name] for name in value}
    if value == inherited and cells["source"] == row.source:
        return None
    title = {"zh": row.titles.zh, "en": row.titles.en}
    return RuleDraft(LIMITS, row.key, title, value, valid_from, cells["source"], row.published)


def _template_draft(cells: Mapping[str, str], names: Names) -> RuleDraft | None:
    code, valid_from = _code(cells["class"], names), _day(cells["valid_from"])
    kinds = {
        said: row.kind
        for row in settings.template_rows(code, valid_from)
        for said in (row.kind, row.kind_titles.zh)
    }
    kind = kinds.get(cells["use"])
    if kind is None:
        raise Refused("template.kind", field="use")
    row = settings.template_rows(code, valid_from)[TEMPLATE_KINDS.index(kind)]
    value = {field: _text(cells, field) for field in ("zh", "en")}
    if set(open_places(value["en"])) - set(open_places(value["zh"])):
        raise Refused("template.blank_english", field="en")
    if value == {"zh": row.texts.zh, "en": row.texts.en} and cells["source"] == row.source:
        return None
    title = {"zh": row.titles.zh, "en": row.titles.en}
    return RuleDraft(settings.TEMPLATES, row.key, title, value, valid_from, cells["source"], row.published)


def _text(cells: Mapping[str, str], field: str) -> str:
    if not cells[field]:
        raise Refused("template.empty", field=field)
    try:
        return without_blanks(cells[field])
    except Refused as error:
        raise Refused(error.code, field=field, **error.params) from error


def _code(said: str, names: Names) -> str:
    if said in {"default", EVERYTHING, pack("limits").rows["default"][-1].title.zh}:
        return "default"
    code = names.classes.get(said) or names.classes.get(said.lower())
    if code is None:
        raise Refused("rule.class_unknown", field="class")
    return code


def _limit(cells: Mapping[str, str], part: str) -> dict[str, Any]:
    found = _LIMIT.fullmatch(cells[part])
    if found is None or int(found[1]) == 0:
        raise Refused("rule.limit_said", field=part)
    basis = BASES.get(cells[f"{part}_basis"])
    if basis is None:
        raise Refused("rule.basis", field=f"{part}_basis")
    value, unit = int(found[1]), UNITS[found[2]]
    try:
        Limit(value, unit)  # type: ignore[arg-type]  # one of the four, looked up above
    except Refused as error:
        raise Refused(error.code, field=part, **error.params) from error
    return {"value": value, "unit": unit, "basis": basis}


def _day(said: str) -> date:
    try:
        return date.fromisoformat(said[:10])
    except ValueError as error:
        raise Refused("rule.day", field="valid_from") from error
