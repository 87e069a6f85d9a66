"""The public holidays as a table: down as they are known, up for this year and those that follow, row by row."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from liren.base.tables import queries as tables
from liren.faces.staff import calendar_forms, calendar_rows
from liren.kernel.clock import office_day
from liren.kernel.errors import LirenError, Refused
from liren.kernel.policy import Actor
from liren.kernel.rulepacks import Pack
from liren.kernel.worktime.loading import within
from liren.registers.duties import actions
from liren.registers.duties import queries as duties
from liren.registers.places.actions import Report, RowReport

PACK = "calendar"
# Headings and holidays are what the import reads, in any language of the reader.
COLUMNS: dict[str, tuple[str, ...]] = {
    "year": ("年",),
    "day": ("节日",),
    "from": ("放假第一天", "第一天"),
    "to": ("放假最后一天", "最后一天"),
    "make_up": ("补班",),
    "source": ("依据", "来源"),
}
HEADS = tuple(names[0] for names in COLUMNS.values())
LINES = dict(
    zip(
        calendar_forms.HOLIDAYS,
        ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节", "次年元旦", "其他"),
        strict=True,
    )
)
_EMPTY = {f"{line}_{part}": "" for line in LINES for part in ("from", "to", "make_up")}


@dataclass(slots=True)
class _Year:
    """What a table says of one year: the form it fills, and which line of the table filled which line of it."""

    year: int
    form: dict[str, str] = field(default_factory=lambda: dict(_EMPTY))
    at: dict[str, int] = field(default_factory=dict)
    source: str = ""

    @property
    def lines(self) -> list[int]:
        """The lines of the table that speak of it."""
        return sorted(self.at.values())


def rows(on: date) -> Iterator[Sequence[str]]:
    """The holidays of this year and every later one there is, heading first."""
    pack = duties.calendar_pack()
    yield HEADS
    for year in range(on.year, calendar_rows.last_year(pack) + 1):
        first, last = date(year, 1, 1), date(year, 12, 31)
        known = [row for row in pack.rows[calendar_forms.REGION] if row.holds(last)]
        for row in known:
            form = calendar_forms.year_form(within(row.value, first, last), year)
            for line, name in LINES.items():
                said = [form[f"{line}_{part}"] for part in ("from", "to", "make_up")]
                if any(said):
                    yield [str(year), name, *said, row.source]


@dataclass(frozen=True, slots=True)
class HolidayReport(Report):
    """What became of a table of holidays; `planned` are the calendars as it makes them, None where it changes nothing."""

    planned: Pack | None = None


def take(data: bytes, *, by: Actor, now: datetime, dry_run: bool) -> HolidayReport:
    """Publish every year of the table whose rows are all right; a year is taken whole or not at all.

    Of the present year only the days still to come are changed. Raises Denied, Refused("table.*").
    """
    told: dict[int, RowReport] = {}
    years: dict[int, _Year] = {}
    faulty: set[str] = set()
    for line in tables.read_table(data, COLUMNS):
        cells = {column: line.cells.get(column, "").strip() for column in COLUMNS}
        try:
            _read(cells, line.number, years, office_day(now))
        except Refused as error:
            told[line.number] = RowReport(line.number, "refused", error.code, error.field or "")
            faulty.add(cells["year"])
    drafts: list[actions.RuleDraft] = []
    planned: Pack | None = None
    for _, one in sorted(years.items()):
        try:
            draft, known = _draft(one, now, seen=len(drafts), faulty=str(one.year) in faulty)
            if draft is None:
                told |= {number: RowReport(number, "unchanged") for number in one.lines}
                continue
            planned = actions.try_rules([*drafts, draft], by=by, now=now)
        except LirenError as error:
            told |= _blamed(one, error)
            continue
        drafts.append(draft)
        told |= {number: RowReport(number, "updated" if known else "created") for number in one.lines}
    if drafts and not dry_run:
        actions.publish_rules(drafts, by=by, now=now)
    return HolidayReport(tuple(told[number] for number in sorted(told)), dry_run, planned=planned)


def _read(cells: dict[str, str], number: int, years: dict[int, _Year], today: date) -> None:
    if not (cells["year"].isascii() and cells["year"].isdecimal() and len(cells["year"]) == 4):
        raise Refused("calendar.year", field="year")
    year = int(cells["year"])
    if year < today.year:
        raise Refused("calendar.year_past", field="year")
    line = next((line for line, name in LINES.items() if cells["day"] in {name, name.removesuffix("节")}), "")
    if not line:
        raise Refused("calendar.holiday", field="day")
    if not cells["source"]:
        raise Refused("rule.no_source", field="source")
    one = years.setdefault(year, _Year(year))
    if line in one.at:
        raise Refused("calendar.line_twice", field="day")
    one.at[line] = number
    one.source = cells["source"]
    one.form |= {f"{line}_{part}": cells[part] for part in ("from", "to", "make_up")}


def _draft(one: _Year, now: datetime, *, seen: int, faulty: bool) -> tuple[actions.RuleDraft | None, bool]:
    """A year as a rule, None where it says what holds anyway; and whether it was known before.

    `seen`: how many years of the table come before it as rules of their own.
    """
    first = max(date(one.year, 1, 1), actions.earliest(PACK, now))
    last = date(one.year, 12, 31)
    value = within(calendar_forms.year_value(one.form, date(one.year, 1, 1)), first, last)
    if faulty:
        raise Refused("calendar.year_faulty")
    row = duties.calendar_pack().find(calendar_forms.REGION, last)
    if row is not None and row.source == one.source and _same(within(row.value, first, last), value):
        return None, True
    seen += duties.times_published(PACK, calendar_forms.REGION)
    title = {"zh": f"{one.year}年部分节假日安排", "en": f"Public holidays of {one.year}"}
    draft = actions.RuleDraft(PACK, calendar_forms.REGION, title, value, first, one.source, seen, last)
    return draft, row is not None


def _blamed(one: _Year, error: LirenError) -> dict[int, RowReport]:
    """The row at fault with what is wrong with it, the others of its year with that; all of them where none is to blame."""
    line, _, part = (getattr(error, "field", None) or "").rpartition("_")
    line = line.removesuffix("_make") if part == "up" else line
    column = "make_up" if part == "up" else part
    if line not in one.at:
        return {number: RowReport(number, "refused", error.code) for number in one.lines}
    found = {number: RowReport(number, "refused", "calendar.year_faulty") for number in one.lines}
    found[one.at[line]] = RowReport(one.at[line], "refused", error.code, column)
    return found


def _same(before: dict[str, object], after: dict[str, object]) -> bool:
    def sorted_days(value: dict[str, object]) -> list[str]:
        # a database may give the fields of a day back in another order
        return sorted(json.dumps(one, sort_keys=True) for part in ("off", "make_up") for one in value[part])  # type: ignore[attr-defined]

    return sorted_days(before) == sorted_days(after)
