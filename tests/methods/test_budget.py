"""Rules of a budget against slow exact ones, written from their papers."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from liren.methods.budget import (
    Election,
    Outcome,
    Project,
    Shares,
    Terms,
    add_one,
    borda,
    completed,
    greedy,
    grouped,
    part_of,
    phragmen,
    preferring,
    tie_order,
)
from liren.methods.budget.election import Utility
from tests.methods.budgets import (
    elections,
    excluded,
    slow_phragmen,
    slow_shares,
    terms,
    town,
    voters,
    wanted,
)

UTILITIES = st.sampled_from(["cost", "cardinality"])


@settings(max_examples=200, deadline=None)
@given(elections(), UTILITIES, st.integers(1, 6), terms())
def test_equal_shares_chooses_what_exact_fractions_choose(
    election: Election, utility: Utility, times: int, under: Terms
) -> None:
    part = part_of(election) * times / 3
    found = Shares(election, utility, terms=under).run(part)
    assert list(found.winners) == slow_shares(election, part, utility, under)


@settings(max_examples=100, deadline=None)
@given(elections(points=True))
def test_equal_shares_by_points(election: Election) -> None:
    part = part_of(election)
    assert list(Shares(election, "points").run(part).winners) == slow_shares(election, part, "points")


@settings(max_examples=150, deadline=None)
@given(elections(prices=st.integers(1, 10**6), most_projects=12), UTILITIES, st.integers(1, 9))
def test_equal_shares_of_prices_that_divide_by_nothing(
    election: Election, utility: Utility, times: int
) -> None:
    part = part_of(election) * times / 3
    assert list(Shares(election, utility).run(part).winners) == slow_shares(election, part, utility)


@settings(max_examples=100, deadline=None)
@given(elections())
def test_nobody_pays_more_than_their_part_and_the_price_is_paid(election: Election) -> None:
    found = Shares(election).run(part_of(election))
    paid = float(part_of(election)) * election.voters - float(np.dot(election.ballots.weight, found.left))
    assert np.all(found.left >= 0)
    assert paid == pytest.approx(float(election.cost(found.winners)))
    assert election.cost(found.winners) <= election.budget


def step_by_step(shares: Shares, step: Fraction, *, exhaustive: bool, whole: bool) -> Outcome:
    """Add1 as it is described: every step is counted."""
    election = shares.election
    part = part_of(election) // step * step if whole else part_of(election)
    best = shares.run(part)
    while True:
        won, spare = list(best.winners), election.budget - election.cost(best.winners)
        left = [
            at
            for at in range(len(election.projects))
            if at not in won and wanted(election, shares.terms, at) and not excluded(shares.terms, at, won)
        ]
        if not left or part >= election.budget:
            return best
        if exhaustive and all(election.projects[at].cost > spare for at in left):
            return best
        part += step
        found = shares.run(part)
        if election.cost(found.winners) > election.budget:
            return best
        best = found


@settings(max_examples=150, deadline=None)
@given(
    elections(),
    terms(),
    st.sampled_from([Fraction(1, 2), Fraction(1), Fraction(3)]),
    st.booleans(),
    st.booleans(),
)
def test_raised_parts_end_where_counting_every_step_ends(
    election: Election,
    under: Terms,
    step: Fraction,
    exhaustive: bool,
    whole: bool,
) -> None:
    shares = Shares(election, terms=under)
    found = add_one(shares, step, exhaustive_stop=exhaustive, whole_start=whole)
    slow = step_by_step(shares, step, exhaustive=exhaustive, whole=whole)
    assert (found.winners, found.per_voter) == (slow.winners, slow.per_voter)


def test_raising_parts_does_not_count_a_million_steps_for_one_voter() -> None:
    projects = (Project("playground", Fraction(10)), Project("one wish", Fraction(2_000_000)))
    election = Election(Fraction(3_000_000), projects, grouped([((0, 1),)] * 59 + [((1, 1),)]))
    shares, runs = Shares(election), list[Fraction]()
    run = shares.run
    shares.run = lambda part: runs.append(part) or run(part)  # type: ignore[assignment,func-returns-value]
    found = add_one(shares)
    assert (found.winners, found.per_voter) == ((0, 1), 2_000_000)
    assert len(runs) < 10


def test_what_is_kept_when_the_budget_is_passed_before_anything_was_exhausted() -> None:
    """Steps buy c, then b beside it; the next would buy a, the choice of most, and pass the budget."""
    projects = tuple(
        Project(key, Fraction(cost)) for key, cost in (("a", 80), ("b", 20), ("c", 3), ("d", 50))
    )
    marks = [((0, 1),)] * 8 + [((1, 1),)] * 3 + [((2, 1),)]
    election = Election(Fraction(96), projects, grouped([*marks, ((3, 1),), *[()] * 19]))
    shares = Shares(election)
    assert shares.run(part_of(election)).winners == (2,)
    assert add_one(shares, exhaustive_stop=True).winners == (1, 2)


@settings(max_examples=100, deadline=None)
@given(elections(), terms())
def test_the_rest_is_spent_until_nothing_fits(election: Election, under: Terms) -> None:
    shares = Shares(election, terms=under)
    found = completed(shares, add_one(shares))
    spare = election.budget - election.cost(found.winners)
    assert spare >= 0
    for at, project in enumerate(election.projects):
        if at not in found.winners and wanted(election, under, at):
            assert project.cost > spare or excluded(under, at, list(found.winners))


def test_the_rest_goes_to_most_votes_and_among_equals_to_the_cheaper() -> None:
    projects = tuple(Project(key, Fraction(cost)) for key, cost in (("a", 9), ("b", 5), ("c", 4), ("d", 1)))
    marks = [((0, 1),)] * 3 + [((1, 1), (2, 1))] * 2 + [((3, 1),)]
    election = Election(Fraction(12), projects, grouped(marks))
    shares = Shares(election)
    bought = shares.run(Fraction(0))
    assert bought.winners == ()
    assert completed(shares, bought).winners == (0, 3)
    assert completed(Shares(replace(election, budget=Fraction(8))), bought).winners == (2, 3)


def test_what_excludes_each_other_does_not_share_the_rest() -> None:
    election = town({0: 1, 1: 1, 2: 1}, {1: 1, 2: 1}, {2: 1}, budget=20)
    apart = Shares(election, terms=Terms(apart=(frozenset({1, 2}),)))
    assert completed(apart, apart.run(Fraction(0))).winners == (2, 0)


def test_raising_parts_needs_a_step() -> None:
    with pytest.raises(ValueError, match="step"):
        add_one(Shares(town({0: 1})), Fraction(0))


@settings(max_examples=100, deadline=None)
@given(elections(), terms())
def test_phragmen_buys_as_soon_as_supporters_can(election: Election, under: Terms) -> None:
    assert list(phragmen(election, terms=under)) == slow_phragmen(election, under)


def test_greedy_skips_what_does_not_fit_or_ends_there() -> None:
    election = town({0: 1, 1: 1}, {0: 1, 1: 1}, {0: 1, 2: 1})
    assert greedy(election) == (0, 2)
    assert greedy(election, skip=False) == (0,)
    assert greedy(election, "votes per cost") == (0, 2)
    assert greedy(election, ties=(2, 1, 0)) == (0, 2)


def test_greedy_passes_over_what_is_excluded_and_goes_on() -> None:
    election = town({0: 1, 1: 1, 2: 1}, {0: 1, 1: 1}, {0: 1}, budget=20)
    apart = Terms(apart=(frozenset({0, 1}),))
    assert greedy(election, terms=apart) == (0, 2)
    assert greedy(election, skip=False, terms=apart) == (0, 2)
    assert greedy(election, terms=Terms(least_votes=2)) == (0, 1)
    assert greedy(election, terms=Terms(least_share=Fraction(2, 3))) == (0, 1)
    assert greedy(election, terms=Terms(least_share=Fraction(2, 3) + Fraction(1, 10**9))) == (0,)


def test_by_price_asks_more_voters_of_what_is_dearer() -> None:
    """A third of the voters for each whole budget: 6 of 20 asks a tenth of the voters, one in ten."""
    marks = [((0, 1),)] + [((1, 1),)] * 9
    projects = (Project("a", Fraction(6)), Project("b", Fraction(20)))
    election = Election(Fraction(20), projects, grouped(marks))
    under = Terms(by_price=Fraction(1, 3))
    assert [under.needed(election, at) for at in (0, 1)] == [1, 4]
    assert under.open(election) == (True, True)
    assert under.open(replace(election, projects=(Project("a", Fraction(7)), projects[1]))) == (False, True)


def test_the_greedy_majority_takes_all_and_equal_shares_leaves_the_minority_its_part() -> None:
    election = town(*[{0: 1, 2: 1}] * 6, *[{1: 1}] * 5, budget=11)
    assert greedy(election) == (0, 2)
    assert set(Shares(election).run(part_of(election)).winners) == {0, 1}
    assert preferring(election, (0, 1), (0, 2)) == (5, 6)
    assert preferring(election, (0, 1), (0, 2), "any winner") == (5, 0)


def test_ties_fall_as_the_rule_says() -> None:
    projects = (Project("x", Fraction(3)), Project("y", Fraction(3)))
    election = Election(Fraction(3), projects, grouped([((0, 1), (1, 1))] * 3))
    assert Shares(election).run(part_of(election)).winners == (0,)
    assert Shares(election, ties=(1, 0)).run(part_of(election)).winners == (1,)
    assert greedy(election, ties=(1, 0)) == (1,)
    assert phragmen(election, ties=(1, 0)) == (1,)


def test_the_order_of_ties() -> None:
    election = town({0: 1, 1: 1}, {1: 1, 2: 1}, {2: 1, 1: 1})
    assert tie_order(election) == (0, 1, 2)
    assert tie_order(election, ("most votes",)) == (1, 2, 0)
    assert tie_order(election, ("cheaper",)) == (2, 1, 0)
    assert tie_order(election, ("dearer",)) == (0, 1, 2)
    assert tie_order(election, listed=(2,)) == (2, 0, 1)
    assert tie_order(replace(election, ballots=grouped([])), ("most votes",), (1, 2)) == (1, 2, 0)
    for wrong in ((1, 1), (3,)):
        with pytest.raises(ValueError, match="list"):
            tie_order(election, listed=wrong)


def test_borda_gives_one_less_than_cities_do_and_the_last_stays_marked() -> None:
    marks = [((0, 1), (1, 3), (2, 2)), ((1, 1),), ((0, 2), (2, 1))]
    election = replace(town(), ballots=grouped(marks), kind="ordinal")
    assert election.points == (3, 4, 3)
    assert borda(election).points == (1, 2, 1)
    assert borda(election).votes == election.votes == (2, 2, 2)
    assert next(iter(voters(borda(election)))) == {0: 0, 1: 2, 2: 1}
    with pytest.raises(ValueError, match="ranks"):
        borda(town())


MARKS = st.dictionaries(st.integers(0, 39), st.integers(0, 9), max_size=40)


@settings(max_examples=100, deadline=None)
@given(st.lists(MARKS, max_size=30))
@example([dict.fromkeys(range(40), 1), dict.fromkeys(range(39), 1), dict.fromkeys(range(40), 1)])
def test_ballots_are_grouped_whatever_they_mark(ballots: list[dict[int, int]]) -> None:
    found = grouped(tuple(one.items()) for one in ballots)
    told = [tuple(sorted((p, n) for p, n in one.items() if n)) for one in ballots]
    pairs = list(zip(found.project.tolist(), found.points.tolist(), strict=True))
    each = [tuple(pairs[a:b]) for a, b in zip(found.start[:-1], found.start[1:], strict=True)]
    assert each == list(dict.fromkeys(told)), "each once, as met first, by project"
    assert found.weight.tolist() == [told.count(one) for one in each]


def test_a_ballot_that_marks_twice_is_not_grouped() -> None:
    with pytest.raises(ValueError, match="twice"):
        grouped([((1, 2), (1, 1))])
