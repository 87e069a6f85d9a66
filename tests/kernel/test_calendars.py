"""Calendars out of packs: what the office adds, and what is refused."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from liren.kernel.errors import NotFound, Refused
from liren.kernel.worktime import (
    Calendar,
    Limit,
    build_calendar,
    calendar_names,
    due,
    is_working,
    load_calendar,
)
from liren.kernel.worktime.loading import read

CHINA = ZoneInfo("Asia/Shanghai")
HEAD = 'pack: calendar\nversion: "office"\nrows:\n'
NEXT_YEAR = """
  - key: holidays.cn
    title: {zh: 2027年节假日, en: Holidays of 2027}
    source: 通知
    valid_from: 2027-01-01
    valid_to: 2027-12-31
    value:
      off: [{code: new_year, from: 2027-01-01, to: 2027-01-03}]
      make_up: [{code: new_year, on: [2027-01-09]}]
"""


def row(key: str, begins: str, ends: str, value: str, extra: str = "") -> str:
    return f"""
  - key: {key}
    title: {{zh: 本办公室, en: This office}}
    source: 本办公室通知
    valid_from: {begins}
    valid_to: {ends}
    {extra}
    value: {value}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The office's own calendar packs, in a home of its own."""
    monkeypatch.setenv("LIREN_HOME", str(tmp_path))
    own = tmp_path / "packs" / "calendar"
    own.mkdir(parents=True)
    return own


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def ends(value: int, unit: str, start: str, calendar: Calendar) -> str:
    return due(Limit(value, unit), at(start), calendar).trace[-1]  # type: ignore[arg-type]


def test_the_office_loads_next_year(folder: Path) -> None:
    (folder / "2027.yaml").write_text(HEAD + NEXT_YEAR, encoding="utf-8")
    office = load_calendar("office")
    assert office.loaded_through == date(2027, 12, 31)
    assert not office.day(date(2027, 1, 1)).spans
    assert office.day(date(2027, 1, 9)).spans
    found = due(Limit(5, "work_day"), at("2026-12-28 10:00"), office)
    assert not found.provisional
    assert found.trace[-1] == "ends 2027-01-05 18:00"


def test_half_days_local_holidays_closed_days_and_extra_opening(folder: Path) -> None:
    value = "{{calendars: [office], on: [{on}], hours: {hours}, holiday: {holiday}}}"
    half = value.format(on="2026-06-10", hours='["09:00-12:00"]', holiday="false")
    local = value.format(on="2026-04-20", hours="[]", holiday="true")
    closed = value.format(on="2026-06-17", hours="[]", holiday="false")
    extra = value.format(on="2026-06-13", hours='["10:00-15:00"]', holiday="false")
    (folder / "own.yaml").write_text(
        HEAD
        + row("days.half", "2026-06-10", "2026-06-10", half)
        + row("days.san_yue_san", "2026-01-01", "2026-12-31", local)
        + row("days.moving", "2026-01-01", "2026-12-31", closed)
        + row("days.open_saturday", "2026-01-01", "2026-12-31", extra),
        encoding="utf-8",
    )
    office = load_calendar("office")
    # A half day is a working day; a limit that ends on it ends when it closes, and work hours stop at noon.
    assert ends(1, "work_day", "2026-06-09 10:00", office) == "ends 2026-06-10 12:00"
    assert ends(4, "work_hour", "2026-06-10 11:00", office) == "ends 2026-06-11 12:00"
    # A local holiday moves the end; a day the office is merely closed is no working day but moves no 日.
    assert ends(3, "day", "2026-04-17 10:00", office) == "ends 2026-04-21 18:00"
    assert ends(1, "work_day", "2026-04-17 10:00", office) == "ends 2026-04-21 18:00"
    assert ends(1, "day", "2026-06-16 10:00", office) == "ends 2026-06-17 24:00"
    assert ends(1, "work_day", "2026-06-16 10:00", office) == "ends 2026-06-18 18:00"
    # A Saturday on which the office opens is worked.
    assert ends(1, "work_day", "2026-06-12 10:00", office) == "ends 2026-06-13 15:00"
    assert is_working(at("2026-06-13 12:30"), office)
    # Another unit's calendar knows none of it.
    assert load_calendar("round_the_clock").day(date(2026, 6, 17)).spans


WINTER = """
      holidays: holidays.cn
      week: {mon: [H], tue: [H], wed: [H], thu: [H], fri: [H], sat: [], sun: []}
      make_up: [H]
      day_ends: midnight
      rests: [holiday]
"""


def test_new_hours_take_the_place_of_shipped_ones_from_a_day_on(folder: Path) -> None:
    value = WINTER.replace("H", '"08:30-16:30"')
    text = row("calendar.office", "2026-07-01", "null", value, "replaces: true")
    (folder / "hours.yaml").write_text(HEAD + text, encoding="utf-8")
    office = load_calendar("office")
    assert not is_working(at("2026-06-30 08:45"), office)
    assert is_working(at("2026-07-01 08:45"), office)
    assert is_working(at("2026-07-01 12:30"), office)
    # This office lets limits end at 24:00, and on weekends, as its rule says.
    assert ends(1, "work_day", "2026-06-29 10:00", office) == "ends 2026-06-30 18:00"
    assert ends(1, "work_day", "2026-07-01 10:00", office) == "ends 2026-07-02 24:00"
    assert ends(1, "day", "2026-07-03 10:00", office) == "ends 2026-07-04 24:00"
    assert ends(1, "day", "2026-09-30 10:00", office) == "ends 2026-10-08 24:00"


def test_a_unit_may_have_a_calendar_of_its_own(folder: Path) -> None:
    value = WINTER.replace("H", '"08:30-16:30"')
    (folder / "hall.yaml").write_text(
        HEAD + row("calendar.hall", "2026-01-01", "null", value), encoding="utf-8"
    )
    assert calendar_names() == ("hall", "office", "round_the_clock")
    assert load_calendar("hall").name == "hall"
    with pytest.raises(NotFound, match=r"calendar\.unknown"):
        load_calendar("moon")


DAYS = "{calendars: [office], on: [%s], hours: [%s], holiday: false}"
GAP = NEXT_YEAR.replace("2027-01-01\n", "2027-01-02\n").replace("from: 2027-01-01", "from: 2027-01-02")


ONE = '"09:00-17:00"'
LATER = row("calendar.office", "2026-01-01", "null", WINTER.replace("H", ONE))
IDLE = row("calendar.office", "2021-01-01", "null", WINTER.replace("H", ""), "replaces: true")
ABROAD = IDLE.replace("holidays.cn", "holidays.uk")


def day_row(on: str, hours: str, key: str = "days.x") -> str:
    return row(key, "2026-01-01", "null", DAYS % (on, hours))


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        (NEXT_YEAR.replace("2027", "2026"), "pack.overlap", "is valid twice from 2026-01-01 to 2026-12-31"),
        (GAP, "pack.gap", "holidays.cn has no rule from 2027-01-01 to 2027-01-01"),
        (NEXT_YEAR.replace("to: 2027-01-03", "to: 2026-01-03"), "calendar.day", "2026-01-03"),
        (NEXT_YEAR.replace("01-09", "02-30"), "calendar.day", "2027-02-30, which is in no calendar"),
        (NEXT_YEAR.replace("[2027-01-09]", "[2028-01-09]"), "calendar.day", "2028-01-09, outside the days"),
        (NEXT_YEAR.replace("[2027-01-09]", "[2027-01-02]"), "calendar.day", "2027-01-02 both off and worked"),
        (day_row("2026-06-10", '"12:00-09:00"'), "calendar.hours", "12:00-09:00"),
        (day_row("2026-06-10", "9am"), "pack.schema", "rows[0].value"),
        (day_row("2026-06-10, 2026-06-10", ""), "calendar.day", "2026-06-10"),
        (day_row("2026-06-10", "", "day.x"), "calendar.row", "day.x"),
        (LATER, "pack.overlap", "calendar.office is valid twice from 2026-01-01 on"),
        (IDLE, "calendar.row", "no working hours"),
        (ABROAD, "calendar.row", "holidays.uk"),
    ],
)
def test_a_faulty_office_file_is_refused_in_plain_words(
    folder: Path, text: str, code: str, says: str
) -> None:
    (folder / "own.yaml").write_text(HEAD + text, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        load_calendar("office")
    assert refused.value.code == code
    assert says in str(refused.value.params["says"])
    assert "own.yaml" in str(refused.value.params["file"])


def test_the_calendar_names_the_rules_it_was_made_of() -> None:
    assert ("holidays.cn", "2026.1") in load_calendar("office").rows
    assert load_calendar("round_the_clock").rows == (("calendar.round_the_clock", "2026.1"),)


def test_a_year_corrected_midway_keeps_the_days_before(folder: Path) -> None:
    """The shipped year still speaks of days that are no longer its own; a file that never had them may not."""
    later = "{off: [{code: national_day, from: 2026-10-02, to: 2026-10-08}], make_up: []}"
    rows = row("holidays.cn", "2026-05-03", "2026-12-31", later, "replaces: true")
    (folder / "corrected.yaml").write_text(HEAD + rows, encoding="utf-8")
    office = load_calendar("office")
    days = [(4, 6), (5, 2), (5, 4), (5, 9), (10, 1), (10, 8)]
    kinds = [office.day(date(2026, *on)).kind for on in days]
    assert kinds == ["holiday", "holiday", "work", "weekend", "work", "holiday"]
    stray = "{off: [{code: national_day, from: 2026-05-01, to: 2026-10-08}], make_up: []}"
    rows = row("holidays.cn", "2026-05-03", "2026-12-31", stray, "replaces: true")
    (folder / "corrected.yaml").write_text(HEAD + rows, encoding="utf-8")
    with pytest.raises(Refused, match=r"calendar\.day"):
        build_calendar("office", read(office=folder), CHINA)
