"""Row ids sort, tracking numbers survive the telephone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from liren.kernel.errors import Refused
from liren.kernel.ids import (
    check_number,
    digits_of,
    near_numbers,
    new_id,
    new_number,
    new_token,
    show_number,
    token_hash,
)

CHINA = ZoneInfo("Asia/Shanghai")
moments = st.datetimes(datetime(2020, 1, 2), datetime(2089, 1, 1)).map(
    lambda naive: naive.replace(tzinfo=UTC)
)
SPOKEN = ["零〇○洞", "一幺", "二两", "三", "四", "五", "六", "七拐", "八", "九勾"]
BROKEN = [
    "",
    " ",
    "12345",
    "1" * 17,
    "2611 2248 3920 715x",
    "二" * 15,
    "🙂" * 16,
    "١" * 16,
    "\x00" * 16,
    "Ⅷ" * 16,
]


def valid(number: str) -> bool:
    try:
        return check_number(number) == number
    except Refused as refused:
        if refused.code != "number.check":
            raise
        return False


def completed(body: str) -> str:
    """The one number that begins with these fifteen digits."""
    (number,) = (body + digit for digit in "0123456789" if valid(body + digit))
    return number


numbers = st.text("0123456789", min_size=15, max_size=15).map(completed)


@given(moments, moments)
def test_ids_sort_by_time_and_fit_a_signed_column(one: datetime, two: datetime) -> None:
    first, second = sorted((one, two))
    if second - first >= timedelta(milliseconds=1):
        assert new_id(first) < new_id(second)
    assert 0 <= new_id(one) < 1 << 63


def test_what_is_drawn_for_one_instant_keeps_its_order() -> None:
    noon = datetime(2026, 5, 12, 4, tzinfo=UTC)
    drawn = [new_id(noon) for _ in range(1_000)]
    assert drawn == sorted(drawn)
    with time_machine.travel(noon + timedelta(days=1), tick=False) as clock:
        told = []
        for step in (0, 0, -3, 1, -900, 0, 5):  # a clock that is corrected
            clock.shift(timedelta(milliseconds=step))
            told.append(new_id())
        assert told == sorted(told)
        clock.shift(timedelta(days=-1))  # set back a day it is believed
        assert new_id() < told[0]


def test_a_clock_that_goes_back_and_forth_draws_no_id_twice() -> None:
    noon = datetime(2026, 5, 12, 4, tzinfo=UTC)
    at = [noon, noon + timedelta(milliseconds=1)]
    drawn = [new_id(at[turn % 2]) for turn in range(40_000)]
    assert len(set(drawn)) == len(drawn)


def test_ids_of_one_moment_differ() -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    drawn = {new_id(at) for _ in range(20_000)}
    assert len(drawn) == 20_000
    assert abs(new_id() - new_id(datetime.now(UTC))) < 60_000 << 22


def test_ids_have_an_age() -> None:
    for year in (2019, 2100):
        with pytest.raises(ValueError, match="ids begin in 2020"):
            new_id(datetime(year, 1, 1, tzinfo=UTC))
    with pytest.raises(Refused, match=r"clock\.naive"):
        new_id(datetime(2026, 1, 1))


@given(moments)
def test_a_number_begins_with_the_office_day_and_its_part(moment: datetime) -> None:
    number = new_number(moment, CHINA)
    local = moment.astimezone(CHINA)
    since = (local.replace(tzinfo=None) - datetime.combine(local.date(), datetime.min.time())).total_seconds()
    assert len(number) == 16
    assert number[:6] == local.strftime("%y%m%d")
    assert int(number[6:9]) * 86.4 <= since < (int(number[6:9]) + 1) * 86.4
    assert check_number(number) == number


def test_numbers_sort_by_slot_and_differ_within_one() -> None:
    at = datetime(2026, 11, 22, 4, tzinfo=UTC)
    assert new_number(at, CHINA) < new_number(at + timedelta(seconds=87), CHINA)
    drawn = {new_number(at, CHINA) for _ in range(200)}
    assert len(drawn) >= 198
    assert len({number[:9] for number in drawn}) == 1


@given(numbers)
def test_every_single_wrong_digit_is_caught(number: str) -> None:
    for place in range(16):
        for digit in "0123456789":
            if digit != number[place]:
                wrong = number[:place] + digit + number[place + 1 :]
                with pytest.raises(Refused, match=r"number\.check"):
                    check_number(wrong)


@given(numbers)
def test_every_swap_of_neighbours_is_caught(number: str) -> None:
    for place in range(15):
        left, right = number[place], number[place + 1]
        if left != right:
            with pytest.raises(Refused, match=r"number\.check"):
                check_number(number[:place] + right + left + number[place + 2 :])


@given(numbers, st.data())
def test_numbers_are_understood_as_people_type_and_say_them(number: str, data: st.DataObject) -> None:
    full_width = number.translate({ord("0") + n: chr(ord("０") + n) for n in range(10)})
    spoken = "".join(data.draw(st.sampled_from(SPOKEN[int(digit)])) for digit in number)
    grouped = show_number(number)
    for typed in (grouped, grouped.replace(" ", "-"), grouped.replace(" ", "—"), full_width, spoken):
        assert check_number(typed) == number
    assert check_number(f"\u200b {'　'.join(spoken)}\n") == number
    assert check_number(grouped.replace(" ", "·")) == number


@given(numbers, st.integers(0, 15), st.integers(0, 9))
def test_one_slip_leads_back_to_the_number(number: str, at: int, digit: int) -> None:
    wrong = number[:at] + str(digit) + number[at + 1 :]
    swapped = number[:at] + number[at + 1 : at + 2] + number[at] + number[at + 2 :]
    short, long = number[:at] + number[at + 1 :], number[:at] + str(digit) + number[at:]
    for slip in {wrong, swapped, short, long} - {number}:
        near = near_numbers(slip)
        assert number in near
        assert slip not in near
        assert all(check_number(one) == one for one in near)
        assert len(near) < 40
    assert near_numbers(number[:10]) == frozenset()


def test_digits_are_read_out_of_what_is_typed_and_nothing_out_of_words() -> None:
    assert digits_of("2611 22·幺洞") == "26112210"
    assert digits_of("6号楼") == digits_of("") == digits_of("1" * 101) == ""


def test_a_number_is_shown_in_groups_of_four() -> None:
    assert show_number("2611224839207155") == "2611 2248 3920 7155"


@pytest.mark.parametrize("text", [*BROKEN, "9" * 100_000])
def test_what_is_no_number_is_refused_at_its_field(text: str) -> None:
    with pytest.raises(Refused) as refused:
        check_number(text)
    assert (refused.value.code, refused.value.field) == ("number.malformed", "number")


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    try:
        found = check_number(text)
    except Refused as refused:
        found = refused.code
    digits = len(found) == 16 and found.isascii() and found.isdecimal()
    assert digits or found in ("number.malformed", "number.check")


def test_tokens_are_long_and_kept_only_as_hashes() -> None:
    one, two = new_token(), new_token()
    assert one != two
    assert len(one) >= 43
    assert len(new_token(16)) < len(one)
    assert token_hash("liren") == "c0d6af7252d15d084e7983eae92e8223d9f9f9698545ea80379905c711cf8ce7"
    assert token_hash(one) != token_hash(two)
