"""Working time in the browser: a week, a year's holidays, days unlike the others; seen first, then holding."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from liren.cases import actions as cases
from liren.cases.models import Case
from liren.faces.staff import calendar_forms, calendar_words, showing
from liren.kernel.errors import Refused
from liren.kernel.worktime import Day, load_calendar, loading
from liren.registers.duties import actions, packs, published
from liren.registers.duties import queries as duties
from liren.registers.duties.models import RuleChange
from liren.registers.people import queries as people
from tests.cases import joined
from tests.faces.office import Office, worker

CALENDARS = "/desk/office/calendars"
WEEK, NEW = f"{CALENDARS}/hours/office", f"{CALENDARS}/days/new"
SOURCE = "街道办会议纪要〔2026〕21号"
writes = pytest.mark.writes
db = pytest.mark.django_db


def look_again() -> None:
    """What was read from files is read anew."""
    packs._looked.clear()
    packs._kept.clear()
    loading._looked.clear()
    loading._good.clear()
    loading._load.cache_clear()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An office folder of its own, and eyes that look at it anew."""
    monkeypatch.setenv("LIREN_HOME", str(tmp_path))
    _know_the_years(tmp_path / "packs" / "calendar")
    look_again()
    yield tmp_path
    monkeypatch.undo()
    look_again()


def _know_the_years(folder: Path) -> None:
    """The holidays of every year up to this one, however old the shipped files are."""
    last = loading.read().rows["holidays.cn"][-1].last_day.year
    folder.mkdir(parents=True)
    for of in range(last + 1, showing.today().year + 1):
        (folder / f"{of}.yaml").write_text(
            f"pack: calendar\nversion: '1'\nrows:\n- key: holidays.cn\n  title: {{zh: 假, en: Off}}\n  source: 通知\n"
            f"  valid_from: {of}-01-01\n  valid_to: {of}-12-31\n  value: {{off: [], make_up: []}}\n",
            encoding="utf-8",
        )


def day_that(fits: Callable[[Day], bool]) -> date:
    """The next day but one week of the office's that fits."""
    found = (load_calendar("office").day(showing.today() + timedelta(days=n)) for n in range(7, 99))
    return next(day.date for day in found if fits(day))


@pytest.fixture
def keeper(office: Office, home: Path) -> Client:
    """Who keeps the rules."""
    hall = people.unit_by_code("hall").id
    return worker("keeper", "田野", body=hall, title="系统管理员", role="system_admin").client()


def next_year() -> int:
    """The first year whose holidays are not known."""
    return duties.calendar_pack().rows["holidays.cn"][-1].last_day.year + 1


def week(**said: Any) -> dict[str, str]:
    """A week as it is typed: Friday ends at noon."""
    worked = dict.fromkeys(("mon", "tue", "wed", "thu"), "09:00-12:00 13:00-18:00")
    typed = worked | {
        "fri": "9:00—12:00", "sat": "", "sun": "", "make_up": "09:00-12:00 13:00-18:00", "day_ends": "close",
        "rest_holiday": "1", "rest_weekend": "1", "holidays": "1", "valid_from": showing.today().isoformat(),
        "source": SOURCE, "seen": "0",
    }  # fmt: skip
    return typed | {name: str(value) for name, value in said.items()}


def year(**said: Any) -> dict[str, str]:
    """A year's holidays as they are typed."""
    of = next_year()
    typed = {
        "new_year_from": f"{of}-01-01", "new_year_to": f"{of}-01-03", "national_day_from": f"{of}-10-01",
        "national_day_to": f"{of}-10-07", "national_day_make_up": "9-26、10月10日（周日）",
        "source": "国办发明电", "seen": "0",
    }  # fmt: skip
    return typed | {name: str(value) for name, value in said.items()}


def special(**said: Any) -> dict[str, str]:
    """Eight days closed from tomorrow on, as they are typed."""
    first, last = (showing.today() + timedelta(days=n) for n in (1, 8))
    typed = {
        "title": "暴雨停工", "on": f"{first}至{last}", "hours": "", "for_office": "1", "source": SOURCE, "seen": "0",
    }  # fmt: skip
    return typed | {name: str(value) for name, value in said.items()}


def hidden(page: str) -> dict[str, str]:
    """What a page before publication carries along."""
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))


def figure(page: str, title: str) -> int:
    """One figure of the page before publication."""
    found = re.search(rf"<dt>{title}</dt><dd class=\"num\">(\d+) 件", page)
    assert found, title
    return int(found[1])


@db
def test_the_door_is_for_who_keeps_rules(office: Office, keeper: Client) -> None:
    page = keeper.get(CALENDARS).content.decode()
    assert CALENDARS in keeper.get("/desk/office").content.decode()
    assert "周一至周五 09:00–12:00、13:00–18:00" in page
    assert (f"{next_year()} 年的放假安排还没有" in page) is (next_year() == showing.today().year + 1)
    clerk = office.clerk.client()
    for path in (CALENDARS, WEEK, NEW, f"{CALENDARS}/holidays/{next_year()}"):
        assert keeper.get(path).status_code == 200
        assert clerk.get(path).status_code == 404
    for path in (
        f"{CALENDARS}/hours/moon", f"{CALENDARS}/days/d20200101",
        f"{CALENDARS}/holidays/{showing.today().year - 1}", f"{CALENDARS}/holidays/{next_year() + 1}",
    ):  # fmt: skip
        assert keeper.get(path).status_code == 404
        assert keeper.post(path, year(sure=1)).status_code == 404


@db
@writes
def test_a_week_is_seen_before_it_holds(keeper: Client, django_capture_on_commit_callbacks: Any) -> None:
    friday = day_that(lambda day: day.kind == "work" and day.date.weekday() == 4)
    shown = keeper.post(WEEK, week(fri="8:30–11:00")).content.decode()
    assert "还没有发布" in shown
    assert "08:30–11:00" in shown
    assert not RuleChange.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        done = keeper.post(WEEK, week(sure=1, fri="8:30–11:00"))
    assert done["Location"] == f"{WEEK}#history"
    look_again()
    assert load_calendar("office").day(friday).spans == ((510, 660),)
    assert load_calendar("office").regimes[0].week[4] == ((540, 720), (780, 1080))
    page = keeper.get(WEEK).content.decode()
    assert 'value="08:30-11:00"' in page
    assert SOURCE in page


@db
@writes
def test_a_year_of_holidays_is_added_and_no_year_is_left_out(
    keeper: Client, django_capture_on_commit_callbacks: Any
) -> None:
    of = next_year()
    shown = keeper.post(f"{CALENDARS}/holidays/{of}", year()).content.decode()
    assert "国庆节" in shown
    assert "10-01–10-07，7 天" in shown
    with django_capture_on_commit_callbacks(execute=True):
        assert keeper.post(f"{CALENDARS}/holidays/{of}", year(sure=1)).status_code == 302
    look_again()
    office = load_calendar("office")
    assert office.loaded_through == date(of, 12, 31)
    assert (office.day(date(of, 10, 5)).kind, office.day(date(of, 9, 26)).kind) == ("holiday", "make_up")
    page = keeper.get(f"{CALENDARS}/holidays/{of}").content.decode()
    assert f'value="{of}-10-07"' in page
    assert f"{of} 年：放假 10 天，补班 2 天" in keeper.get(CALENDARS).content.decode()


@db
@writes
def test_eight_days_closed_move_the_limits_that_run(
    keeper: Client, office: Office, django_capture_on_commit_callbacks: Any
) -> None:
    town, now = office.town, datetime.now(UTC)
    case_id = joined.case(town, "running", device=901)
    case = cases.dispatch(case_id, town.drains, by=town.clerk(), version=None, now=now)
    # a thing counted in work days, while that of the drains is counted in hours, come what may
    Case.objects.filter(pk=case_id).update(class_code="municipal.road")
    every = {f"for_{name}": "1" for name in ("office", "round_the_clock")}
    shown = keeper.post(NEW, special(**every)).content.decode()
    assert (figure(shown, "正在走的"), figure(shown, "会晚到期的"), figure(shown, "会早到期的")) == (1, 1, 0)
    assert case.number not in shown  # who keeps rules counts cases and does not read them
    carried = hidden(shown) | {"sure": "1"}
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):
            done = keeper.post(NEW, carried)
            assert done["Location"] == f"{CALENDARS}/days/{carried['code']}#history"
    assert RuleChange.objects.count() == 1
    look_again()
    tomorrow = showing.today() + timedelta(days=1)
    assert load_calendar("office").day(tomorrow).kind == "closed"
    assert "暴雨停工" in keeper.get(CALENDARS).content.decode()


@db
@writes
def test_special_days_are_shortened_and_taken_back(
    keeper: Client, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        home = keeper.post(NEW, special(sure=1))["Location"].partition("#")[0]
    look_again()
    first, last = (showing.today() + timedelta(days=n) for n in (1, 8))
    with django_capture_on_commit_callbacks(execute=True):
        assert keeper.post(home, special(sure=1, on=first, hours="10:00-11:00", seen=1)).status_code == 302
    look_again()
    office = load_calendar("office")
    assert office.day(first).spans == ((600, 660),)
    assert office.day(last).kind != "closed"
    late = keeper.post(home, special(sure=1, on=last, seen=1))
    assert late.status_code == 409
    with django_capture_on_commit_callbacks(execute=True):
        assert keeper.post(home, special(sure=1, drop=1, seen=2)).status_code == 302
    look_again()
    assert load_calendar("office").day(first).kind not in {"special", "closed"}
    assert published.heal() == 0


@pytest.mark.parametrize(
    ("said", "why", "field"),
    [
        ({"fri": "18:00-09:00"}, "从早写到晚", "fri"),
        ({"fri": "09:00-12:00 11:00-13:00"}, "重叠", "fri"),
        ({"sat": "上午"}, "看不懂", "sat"),
        (dict.fromkeys(calendar_forms.WEEK, ""), "总要有一天", "mon"),
        ({"day_ends": "noon"}, "从清单里选", "day_ends"),
        ({"valid_from": "2026-01-01"}, "最早从", "valid_from"),
        ({"valid_from": "明天"}, "生效日期", "valid_from"),
        ({"source": " "}, "请写明依据", "source"),
    ],
)
@db
def test_what_is_wrong_with_a_week_is_said(
    keeper: Client, said: dict[str, str], why: str, field: str
) -> None:
    _refused(keeper, WEEK, week(**{"make_up": "09:00-11:11"} | said), why, field, "09:00-11:11")


@pytest.mark.parametrize(
    ("said", "why", "field"),
    [
        ({"new_year_to": "{of}-01-03", "new_year_from": "{of}-01-05"}, "早于第一天", "new_year_to"),
        ({"new_year_to": ""}, "都要写", "new_year_to"),
        ({"new_year_from": "{before}-12-31"}, "这里只写", "new_year_from"),
        ({"national_day_make_up": "10-03"}, "又放假又补班", "national_day_make_up"),
        ({"national_day_make_up": "{before}-10-10"}, "这里只写", "national_day_make_up"),
        ({"national_day_make_up": "2-30"}, "看不懂", "national_day_make_up"),
        ({"other_from": "{of}-10-07", "other_to": "{of}-10-08"}, "两个假期", "other_from"),
        ({"source": ""}, "请写明依据", "source"),
    ],
)
@db
def test_what_is_wrong_with_a_year_is_said(
    keeper: Client, said: dict[str, str], why: str, field: str
) -> None:
    of = next_year()
    told = {name: text.format(of=of, before=of - 1) for name, text in said.items()}
    form = year(labour_day_from=f"{of}-05-01", labour_day_to=f"{of}-05-05", **told)
    _refused(keeper, f"{CALENDARS}/holidays/{of}", form, why, field, f"{of}-05-05")


@pytest.mark.parametrize(
    ("said", "why", "field"),
    [
        ({"on": "2026-01-01"}, "已经算过", "on"),
        ({"on": "后天"}, "看不懂", "on"),
        ({"on": ""}, "哪些天", "on"),
        ({"title": ""}, "请写名称", "title"),
        ({"hours": "12:00-09:00"}, "从早写到晚", "hours"),
        ({"for_office": ""}, "勾选一份日历", "calendars"),
        ({"source": ""}, "请写明依据", "source"),
    ],
)
@db
def test_what_is_wrong_with_special_days_is_said(
    keeper: Client, said: dict[str, str], why: str, field: str
) -> None:
    form = special(**said)
    _refused(keeper, NEW, form, why, field, form["title"] or form["on"])


def _refused(keeper: Client, path: str, form: dict[str, str], why: str, field: str, kept: str) -> None:
    for sure in ({}, {"sure": "1"}):
        answer = keeper.post(path, form | sure)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert why in page
        assert f'value="{kept}"' in page
        assert re.search(
            rf'(name="{field}"[^>]*|<fieldset) aria-invalid="true" aria-describedby="problem"', page
        )
    assert not RuleChange.objects.exists()


@db
def test_a_day_is_not_set_twice_and_what_looks_odd_is_told(
    keeper: Client, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        keeper.post(NEW, special(sure=1))
    look_again()
    again = keeper.post(NEW, special(title="街道搬迁"))
    assert again.status_code == 422
    assert "另一条特殊的日子" in again.content.decode()
    assert "只上 4 天班" in keeper.post(WEEK, week(fri="")).content.decode()
    of = next_year()
    idle = day_that(lambda day: not day.spans and day.kind != "closed")
    assert "本来就不上班" in keeper.post(NEW, special(on=idle)).content.decode()
    odd = keeper.post(f"{CALENDARS}/holidays/{of}", year(new_year_to=f"{of}-01-12")).content.decode()
    assert "连放 12 天" in odd


@db
def test_a_calendar_of_the_offices_own_file_is_shown_and_not_overruled_unseen(
    keeper: Client, home: Path
) -> None:
    folder = home / "packs" / "calendar"
    day = '["20:00-24:00"]'
    hours = ", ".join(f"{name}: {day}" for name in calendar_forms.WEEK)
    (folder / "night.yaml").write_text(
        "pack: calendar\nversion: '1'\nrows:\n- key: calendar.night\n  title: {zh: 夜班, en: Nights}\n"
        "  source: 街道承诺\n  valid_from: 2026-01-01\n  valid_to: null\n"
        f"  value: {{holidays: null, week: {{{hours}}}, make_up: {day}, day_ends: midnight, rests: []}}\n",
        encoding="utf-8",
    )
    look_again()
    page = keeper.get(CALENDARS).content.decode()
    assert "夜班" in page
    assert "周一至周日 20:00–24:00" in page
    answer = keeper.post(f"{CALENDARS}/hours/night", week(sure=1))
    assert answer.status_code == 422
    assert "街道自己的规则文件" in answer.content.decode()
    assert not RuleChange.objects.exists()


@db
def test_this_years_holidays_are_changed_from_today_on(home: Path, office: Office) -> None:
    """A notice corrected in May leaves the days before it as they were, and the rest of the year readable."""
    hall = people.unit_by_code("hall").id
    by = worker("keeper", "田野", body=hall, title="系统管理员", role="system_admin").actor()
    value = {"off": [{"code": "national_day", "from": "2026-10-02", "to": "2026-10-08"}], "make_up": []}
    first, last = date(2026, 5, 20), date(2026, 12, 31)
    now = datetime(2026, 5, 20, 2, tzinfo=UTC)
    for seen, source in enumerate(("更正", "再更正")):
        draft = actions.RuleDraft(
            "calendar", "holidays.cn", {"zh": "2026年", "en": "2026"}, value, first + timedelta(days=seen), source,
            seen, last,
        )  # fmt: skip
        actions.publish_rule(draft, by=by, now=now)
    actions.write_published()
    look_again()
    kinds = [load_calendar("office").day(date(2026, *on)).kind for on in ((5, 1), (5, 9), (10, 1), (10, 8))]
    assert kinds == ["holiday", "make_up", "work", "holiday"]


# What is typed, alone.

SPANS = st.lists(st.integers(0, 24 * 60 - 1), unique=True, max_size=8).map(sorted)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@given(SPANS)
def test_hours_are_read_as_they_are_said(marks: list[int]) -> None:
    hours = [f"{_clock(a)}-{_clock(b)}" for a, b in zip(marks[::2], marks[1::2], strict=False)]
    assert calendar_forms.read_hours(calendar_forms.say_hours(hours), "mon") == hours
    typed = "，".join(hours).replace("-", "——").replace(":", "：")
    assert calendar_forms.read_hours(typed, "mon") == hours


@given(st.sets(st.dates(date(2027, 1, 1), date(2027, 12, 31)), max_size=40))
def test_days_are_read_as_they_are_said(days: set[date]) -> None:
    today = date(2026, 11, 26)
    for year_ in (None, 2027):
        said = calendar_forms.say_days(sorted(days), year=year_)
        assert calendar_forms.read_days(said, "on", today=today, year=year_) == sorted(days)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("9:00-12:00、13:00至18:00", ["09:00-12:00", "13:00-18:00"]),
        ("０９：００～１２：００；13:00 - 24:00", ["09:00-12:00", "13:00-24:00"]),
        ("", []),
    ],
)
def test_hours_are_read_however_they_are_typed(typed: str, read: list[str]) -> None:
    assert calendar_forms.read_hours(typed, "mon") == read


@pytest.mark.parametrize("typed", ["9", "09:60-10:00", "09:00-24:01", "25:00-26:00", "09:00", "九点-十点"])
def test_what_is_no_hours_is_refused(typed: str) -> None:
    with pytest.raises(Refused) as refused:
        calendar_forms.read_hours(typed, "mon")
    assert (refused.value.code, refused.value.field) == ("calendar.hours_text", "mon")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("1月15日", ["2027-01-15"]),
        ("11-26", ["2026-11-26"]),
        ("12月30日至1月1日", ["2026-12-30", "2026-12-31", "2027-01-01"]),
        ("10月1日至3日，2027/10/9（周六）", ["2027-10-01", "2027-10-02", "2027-10-03", "2027-10-09"]),
        ("2-29", None),
        ("2027-02-03至2027-02-01", None),
        ("2027-01-01至2029-01-01", None),
        ("1-2至1-3至1-4", None),
    ],
)
def test_days_are_read_however_they_are_typed(typed: str, read: list[str] | None) -> None:
    today = date(2026, 11, 26)
    if read is None:
        with pytest.raises(Refused):
            calendar_forms.read_days(typed, "on", today=today)
    else:
        assert [day.isoformat() for day in calendar_forms.read_days(typed, "on", today=today)] == read


def test_every_shipped_year_comes_through_its_form_unchanged() -> None:
    for row in loading.read().rows["holidays.cn"]:
        form = calendar_forms.year_form(row.value, row.valid_from.year)
        again = calendar_forms.year_value(form, row.valid_from)

        def days(value: dict[str, Any]) -> tuple[set[str], set[str]]:
            off = {(one["from"], one["to"]) for one in value["off"]}
            return off, {on for one in value["make_up"] for on in one["on"]}

        assert days(again) == days(row.value)
        assert (
            all("周末" not in said for said in calendar_words.year_warnings(again))
            or row.valid_from.year == 2023
        )


def test_round_the_clock_is_no_long_week() -> None:
    for row in (
        loading.read().rows["calendar.office"][0],
        loading.read().rows["calendar.round_the_clock"][0],
    ):
        assert calendar_words.week_warnings(row.value) == []
        assert (
            calendar_forms.week_value(calendar_forms.week_form(row.value), row.value["holidays"]) == row.value
        )


TABLE = "/desk/office/tables/holidays"
HEAD = "年,节日,放假第一天,放假最后一天,补班,依据"


def tried(client: Client, *rows: str) -> str:
    """A table of holidays tried; the page."""
    file = SimpleUploadedFile("假.csv", "\n".join([HEAD, *rows]).encode("utf-8-sig"))
    return client.post(TABLE, {"file": file}).content.decode()


@db
@writes
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_holidays_come_down_and_go_up_unchanged(keeper: Client, form: str) -> None:
    down = keeper.get(f"{TABLE}.{form}")
    raw = b"".join(down) if down.streaming else down.content  # type: ignore[arg-type]
    up = keeper.post(TABLE, {"file": SimpleUploadedFile(f"a.{form}", raw)}).content.decode()
    assert "没收下 0<" in up
    assert not RuleChange.objects.exists()


@db
@writes
def test_a_year_by_table_is_taken_whole_and_each_row_is_told(
    keeper: Client, home: Path, django_capture_on_commit_callbacks: Any
) -> None:
    of = next_year()
    good = [
        f"{of},元旦,{of}-01-01,{of}-01-03,01-04,国办通知",
        f"{of},国庆节,{of}-10-01,{of}-10-07,9月28日、10月10日,国办通知",
    ]
    wrong = tried(
        keeper,
        good[0],
        f"{of},国庆节,{of}-10-07,{of}-10-01,,国办通知",
        f"{of},儿童节,{of}-06-01,{of}-06-01,,国办通知",
    )
    told = re.findall(r'class="num">(\d)</th><td>([^<]*)</td><td>([^<]*)</td>', wrong)
    assert [row[:2] for row in told] == [("2", "—"), ("3", "放假最后一天"), ("4", "节日")]
    assert "先改那一行" in told[0][2]
    assert "没有要收下的" in wrong
    assert "过去的年份" in tried(keeper, f"{showing.today().year - 1},元旦,2020-01-01,2020-01-01,,国办通知")
    both = [*good, *(row.replace(str(of), str(of + 1)) for row in good)]
    assert "新增 4<" in tried(keeper, *both)  # two years in one table
    shown = tried(keeper, *good)
    assert "没收下 0<" in shown
    assert "正在走的时限会怎样" in shown
    assert "新增 2<" in shown
    packed = re.search(r'name="packed" value="([^"]+)"', shown)
    assert packed
    for _ in range(2):  # sent twice is published once
        with django_capture_on_commit_callbacks(execute=True):
            done = keeper.post(TABLE, {"packed": packed[1], "sure": "1"})
        look_again()
    assert "没变 2<" in done.content.decode()
    assert RuleChange.objects.count() == 1
    calendar = load_calendar("office")
    assert not calendar.day(date(of, 10, 7)).spans
    assert calendar.day(date(of, 10, 10)).spans


@db
@writes
def test_a_calendar_of_the_offices_own_is_added_and_may_be_chosen(
    keeper: Client, home: Path, django_capture_on_commit_callbacks: Any
) -> None:
    add = f"{CALENDARS}/hours/new"
    assert add in keeper.get(CALENDARS).content.decode()
    said = week(title="政务服务大厅", code="", sat="09:00-12:00")
    assert "名称" in keeper.post(add, said | {"title": " "}).content.decode()
    assert keeper.post(add, said | {"title": "机关工作时间"}).status_code == 422
    shown = keeper.post(add, said).content.decode()
    assert "还没有发布" in shown
    code = re.search(r'name="code" value="(own1)"', shown)
    assert code
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            done = keeper.post(add, said | {"code": code[1], "sure": "1"})
        assert done.status_code == 302
        assert done.headers["Location"].startswith(f"{CALENDARS}/hours/own1")
        look_again()
    assert RuleChange.objects.count() == 1
    saturday = next(day for n in range(9) if (day := showing.today() + timedelta(days=n)).weekday() == 5)
    assert load_calendar("own1").day(saturday).spans or load_calendar("own1").day(saturday).kind == "holiday"
    assert "政务服务大厅" in keeper.get("/desk/office/limits/municipal").content.decode()
    assert "政务服务大厅" in keeper.get(f"{CALENDARS}/hours/own1").content.decode()
