"""Periods, headings that ask the same, what adds up: without a database."""

import itertools
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.bridges.reporting import rules
from liren.bridges.reporting.rules import Period
from liren.kernel.errors import Refused

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
EVERY = st.sampled_from(sorted(rules.MONTHS))


@given(DAYS, EVERY)
def test_a_day_lies_in_one_period_that_is_said_and_read_back(day: date, every: rules.Every) -> None:
    found = rules.containing(day, every)
    assert found.first <= day <= found.last < found.after
    assert rules.period(found.key) == found
    assert found.before().after == found.first
    months = found.parts("month")
    assert len(months) == rules.MONTHS[every]
    assert months[0].first == found.first
    assert months[-1].after == found.after
    assert all(one.after == two.first for one, two in itertools.pairwise(months))


@pytest.mark.parametrize(
    "key", ["", "2026-13", "2026-00", "2026-Q5", "1999", "2026-1", "２０２６", "2026-01\n", "x"]
)
def test_no_period(key: str) -> None:
    with pytest.raises(Refused, match=r"report\.period"):
        rules.period(key)


def test_due_days() -> None:
    assert rules.due(rules.period("2026-10"), 5) == date(2026, 11, 5)
    assert rules.due(rules.period("2026-Q4"), 15) == date(2027, 1, 15)
    assert rules.due(rules.period("2027-01"), 31) == date(2027, 2, 28)  # the month has no 31st
    assert rules.due(rules.period("2026"), 31) == date(2027, 1, 31)


@given(DAYS, EVERY, st.integers(1, 31))
def test_a_form_is_due_in_the_month_after(day: date, every: rules.Every, of: int) -> None:
    period = rules.containing(day, every)
    due = rules.due(period, of)
    assert period.after <= due < period.after + timedelta(days=31)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("受理诉求数", "受理诉求数量（件）"),
        ("本月助餐人次", "助餐人次"),
        ("志愿者总数", "志愿者 数"),
        ("常住人口（人）", "常住人口"),
        ("Ａ类 事项", "A类事项"),
    ],
)
def test_the_same_in_other_words(one: str, other: str) -> None:
    assert rules.same(one, other)
    assert rules.alike(rules.sound(one), rules.sound(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("志愿服务活动场次", "志愿服务活动次数"),
        ("独居老年人（人）", "独居老人数"),
        ("助餐服务（人次）", "助餐服务人次数"),
    ],
)
def test_what_somebody_should_look_at(one: str, other: str) -> None:
    assert rules.alike(rules.sound(one), rules.sound(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("60岁以上老年人（人）", "80岁以上老年人（人）"),
        ("迁入人口", "迁出人口"),
        ("男性居民数", "女性居民数"),
        ("居民户数", "居民人数"),
        ("按时联系的诉求数", "超时联系的诉求数"),
        ("发现隐患数", "整改隐患数"),
        ("累计志愿者人数", "志愿者人数"),
        ("网格数", "网格员人数"),
    ],
)
def test_what_is_not_the_same(one: str, other: str) -> None:
    assert not rules.same(one, other)
    assert not rules.alike(rules.sound(one), rules.sound(other))


@given(st.text(max_size=40), st.text(max_size=40))
def test_sounding_alike_is_symmetric_and_true_of_itself(one: str, other: str) -> None:
    mine, theirs = rules.sound(one), rules.sound(other)
    assert rules.alike(mine, mine)
    assert rules.alike(mine, theirs) == rules.alike(theirs, mine)
    assert not rules.same(one, other) or rules.alike(mine, theirs)


def test_headings_by_line_or_as_a_pasted_row() -> None:
    assert rules.headings("网格数\n 居民 户数 \n\n") == ["网格数", "居民 户数"]
    assert rules.headings("网格数\t居民户数\t") == ["网格数", "居民户数"]
    for said, code in (
        (" \n", "no_columns"),
        ("一\n一", "column_twice"),
        ("栏" * 101, "long_column"),
        ("\n".join(f"栏{n}" for n in range(61)), "many_columns"),
    ):
        with pytest.raises(Refused, match=rf"report\.{code}"):
            rules.headings(said)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("128", "128"),
        (" 1,280 ", "1280"),
        ("３.５０", "3.5"),
        ("-0", "0"),
        ("007", "7"),
        ("", ""),
        ("0.0", "0"),
    ],
)
def test_numbers_as_people_type_them(said: str, kept: str) -> None:
    assert rules.value(said, "number") == kept


@pytest.mark.parametrize("said", ["约100", "1e5", "12人", "1..2", "--3", "９" * 16, "∞", "=1+1", "0x10"])
def test_no_number(said: str) -> None:
    with pytest.raises(Refused, match=r"report\.number"):
        rules.value(said, "number")


def test_a_text_is_not_endless() -> None:
    assert rules.value("  下水道 反复\n堵塞 ", "text") == "下水道 反复 堵塞"
    with pytest.raises(Refused, match=r"report\.long"):
        rules.value("长" * 201, "text")


@given(st.lists(st.decimals(-(10**9), 10**9, places=2, allow_nan=False), min_size=1, max_size=12))
def test_what_adds_up_adds_up_exactly(numbers: list[Decimal]) -> None:
    said = [rules.plainly(number) for number in numbers]
    assert Decimal(rules.added(said)) == sum(numbers)
    assert Decimal(rules.over_time(said, "sum")) == sum(numbers)
    assert rules.over_time(said, "last") == said[-1]
    assert all(rules.value(one, "number") == one for one in said)


def test_a_longer_period_has_no_part_in_a_shorter() -> None:
    assert Period("month", date(2026, 1, 1)).parts("quarter") == []
