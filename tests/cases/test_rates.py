"""三率 as pure functions: worked examples, published intervals, and what must hold for any counts."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.cases import rates
from liren.cases.rates import COUNTED, SHARES, Counts, Rate


def test_rates_by_hand() -> None:
    counts = Counts(
        due=4, in_time=3, closed=4, heard=3, solved=2, rated=2, satisfied=1, ended=5, excluded=1, recurred=1
    )
    found = {name: (counts.rate(name).hits, counts.rate(name).of) for name in SHARES}
    assert found == {
        "response": (3, 4),
        "resolution": (2, 3),
        "satisfaction": (1, 2),
        "coverage": (3, 4),
        "exclusion": (1, 5),
        "recurrence": (1, 4),
    }
    assert Counts().rate("resolution").value is None
    assert Counts().rate("resolution").interval(0.95) is None


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        # R. G. Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998)
        # 857-872, table I, method 3 (score, no continuity correction), 95 %
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
        # by hand: z² = 3.8415, n = 10, p = 1/2: ½ ± 1.96/1.38415·√(0.025 + 0.0096037)
        (5, 10, 0.2366, 0.7634),
    ],
)
def test_wilson_agrees_with_published_values(hits: int, of: int, low: float, high: float) -> None:
    found = rates.wilson(hits, of, 0.95)
    assert found == pytest.approx((low, high), abs=0.00006)


def test_wilson_refuses_what_is_no_share() -> None:
    for hits, of, confidence in ((1, 0, 0.95), (3, 2, 0.95), (-1, 2, 0.95), (1, 2, 1.0)):
        with pytest.raises(ValueError, match="no interval"):
            rates.wilson(hits, of, confidence)


@given(
    st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.floats(0.5, 0.99)
)
def test_an_interval_holds_its_point_and_stays_a_share(counted: tuple[int, int], confidence: float) -> None:
    hits, of = counted
    low, high = rates.wilson(hits, of, confidence)
    assert 0 <= low <= hits / of <= high <= 1
    assert low < high


def test_only_what_rests_on_answers_has_an_interval() -> None:
    counts = Counts(due=20, in_time=19, closed=20, heard=12, solved=9, rated=11, satisfied=8, ended=20)
    assert {name for name in SHARES if counts.rate(name).interval(0.95)} == {"resolution", "satisfaction"}


def test_below_the_minimum_counts_stand_alone() -> None:
    assert not Rate(9, 9).enough(10)
    assert Rate(9, 10).enough(10)
    assert not Rate(0, 0).enough(0)


some = st.builds(Counts, **{name: st.integers(0, 10**5) for name in COUNTED})


@given(st.lists(some, max_size=8), st.integers(0, 8))
def test_parts_add_up_to_the_whole(lines: list[Counts], cut: int) -> None:
    parts = [rates.total(lines[:cut]), rates.total(lines[cut:])]
    assert rates.total(parts) == rates.total(lines)
    assert rates.total([]) == Counts()


def test_a_change_is_told_only_where_it_is_clear() -> None:
    def told(now: Rate, before: Rate) -> str:
        return rates.changed(now, before, 10, 0.95)

    assert told(Rate(90, 100, True), Rate(50, 100, True)) == "clear"
    assert told(Rate(52, 100, True), Rate(50, 100, True)) == "unclear"
    assert told(Rate(9, 9, True), Rate(50, 100, True)) == "few"
    assert told(Rate(99, 100), Rate(98, 100)) == "clear", "counted whole: no chance in it"
    assert told(Rate(98, 100), Rate(98, 100)) == "unclear"


def test_demands_per_ten_thousand_residents() -> None:
    assert rates.per_ten_thousand(42, 21_000) == 20
    assert rates.per_ten_thousand(42, None) is None
    assert rates.per_ten_thousand(42, 0) is None


@given(
    st.sampled_from(["event", "procedure", "duty", "requester"]), st.lists(st.sampled_from(["", "solved"]))
)
def test_no_reason_is_easier_where_somebody_said_not_solved(about: str, others: list[str]) -> None:
    """Being negative never opens a way out of the rates that being content would not."""
    if rates.leave_out(about, verdicts=others) != "":
        assert rates.leave_out(about, verdicts=[*others, "not_solved"]) != ""
    assert rates.leave_out("requester", verdicts=[*others, "not_solved"]) == "exclusion.she_said_not_solved"


def test_counts_can_be_taken_apart() -> None:
    assert rates.total([Counts(due=1), replace(Counts(due=2), in_time=1)]) == Counts(due=3, in_time=1)
