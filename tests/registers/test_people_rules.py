"""Codes, masks and shares, without a database."""

import contextlib
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.kernel.errors import Refused
from liren.registers.people import rules

USCC = "91110000600037341L"  # the published example of domain law, a real register entry's form
ID_NUMBER = "11010519491231002X"  # the worked example of GB 11643


def test_the_published_examples_are_valid() -> None:
    assert rules.uscc(f" {USCC.lower()} ") == USCC
    assert rules.identity_number("11010519491231002x") == ID_NUMBER


@given(st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_one_wrong_sign_of_a_credit_code_is_caught(place: int, sign: str) -> None:
    wrong = USCC[:place] + sign + USCC[place + 1 :]
    if wrong != USCC:
        with pytest.raises(Refused):
            rules.uscc(wrong)


@given(st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_wrong_digit_of_an_identity_number_is_caught(place: int, sign: str) -> None:
    wrong = ID_NUMBER[:place] + sign + ID_NUMBER[place + 1 :]
    if wrong != ID_NUMBER:
        with pytest.raises(Refused):
            rules.identity_number(wrong)


@given(st.text(max_size=30))
def test_any_text_is_answered(text: str) -> None:
    for read in (rules.uscc, rules.identity_number, rules.phone, rules.person_name, rules.share):
        with contextlib.suppress(Refused):
            read(text)


def test_an_identity_number_needs_a_day_that_was() -> None:
    with pytest.raises(Refused):
        rules.identity_number("110105194902310026")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("142 0000 0001", "14200000001"),
        ("+86 142-0000-0001", "14200000001"),
        ("１４２００００００００１".replace("００００００００", "0000000"), "14200000001"),
        ("010-62345678", "01062345678"),
        ("(000) 6234 5678", "00062345678"),
        ("62345678", "62345678"),
    ],
)
def test_phones_have_one_form(typed: str, kept: str) -> None:
    assert rules.phone(typed) == kept


@pytest.mark.parametrize("typed", ["", "12345", "1234567890123", "142000000a1", "电话14200000001", "110"])
def test_what_is_no_phone_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match=r"person\.phone"):
        rules.phone(typed)


@pytest.mark.parametrize(
    ("name", "shown"), [("李明华", "李*华"), ("李华", "李*"), ("李", "*"), ("欧阳明华", "欧*华"), ("", "*")]
)
def test_the_middle_of_a_name_is_hidden(name: str, shown: str) -> None:
    assert rules.masked(name) == shown


@given(st.text(min_size=2, max_size=40))
def test_a_mask_tells_no_more_than_two_signs(name: str) -> None:
    assert len(rules.masked(name)) <= 3


@pytest.mark.parametrize(
    ("written", "share"),
    [
        ("1/2", Fraction(1, 2)),
        ("50%", Fraction(1, 2)),
        ("0.25", Fraction(1, 4)),
        ("", Fraction(1)),
        ("１／３", Fraction(1, 3)),
    ],
)
def test_shares_are_read_as_deeds_write_them(written: str, share: Fraction) -> None:
    assert rules.share(written) == share


@pytest.mark.parametrize("written", ["0", "3/2", "-1/2", "1/0", "一半", "150%", "nan", "inf", "1/10000019"])
def test_a_share_beyond_the_whole_is_refused(written: str) -> None:
    with pytest.raises(Refused, match=r"ownership\.share"):
        rules.share(written)


DAYS = st.none() | st.dates(date(2020, 1, 1), date(2020, 1, 20))
SHARES = st.builds(Fraction, st.integers(1, 5), st.integers(5, 9))


@given(st.lists(st.builds(rules.Held, SHARES, DAYS, DAYS), max_size=6))
def test_most_held_is_the_worst_day(held: list[rules.Held]) -> None:
    """Against counting every day by itself."""
    days = [date(2019, 12, 31) + timedelta(days=step) for step in range(25)]

    def on(day: date) -> Fraction:
        return sum(
            (
                one.share
                for one in held
                if (one.valid_from is None or one.valid_from <= day)
                and (one.valid_to is None or day < one.valid_to)
            ),
            Fraction(0),
        )

    assert rules.most_held(held) == max(on(day) for day in days)
