"""A rule with all its parts: its terms hold, its reasons add up, other rules beside it, what a ballot may say."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liren.methods.budget import (
    NAMES,
    Election,
    Limits,
    Project,
    Rule,
    Shares,
    Terms,
    check_ballot,
    compare,
    decide,
    every_rule,
    explain,
    greedy,
    grouped,
    in_money,
    part_of,
    told_limits,
)
from liren.methods.budget.purses import Side
from tests.methods.budgets import elections, excluded, terms, town, voters, wanted

RULES = st.builds(
    Rule,
    st.sampled_from(NAMES),
    st.sampled_from(["cost", "cardinality", "points"]),
    st.sampled_from(["votes", "points", "votes per cost"]),
    st.sampled_from([Fraction(1, 2), Fraction(2)]),
    st.lists(st.sampled_from(["most votes", "cheaper", "dearer"]), max_size=2).map(tuple),
    st.just(()),
    terms(),
    st.sampled_from([None, "more winners", "any winner"]),
)


@settings(max_examples=150, deadline=None)
@given(elections(), RULES)
def test_terms_hold_whatever_the_rule(election: Election, rule: Rule) -> None:
    winners = list(decide(election, rule).winners)
    assert len(set(winners)) == len(winners)
    assert election.cost(winners) <= election.budget
    for at in winners:
        assert wanted(election, rule.terms, at)
        assert not excluded(rule.terms, at, winners)


def test_greedy_stands_where_more_voters_like_it_better() -> None:
    election = town(*[{0: 1, 2: 1}] * 6, *[{1: 1}] * 5, budget=11)
    shares = decide(election, Rule("shares"))
    assert (set(shares.winners), shares.turns) == ({0, 1}, None)
    other = decide(election, Rule("shares", compared="more winners"))
    assert (other.winners, other.liked, other.outcome) == ((0, 2), (5, 6), None)
    kept = decide(election, Rule("shares", compared="any winner"))
    assert (set(kept.winners), kept.liked) == ({0, 1}, (5, 0))


def test_equal_shares_stand_where_as_many_like_either() -> None:
    election = town(*[{0: 1, 2: 1}] * 5, *[{1: 1}] * 5, budget=11)
    assert decide(election, Rule("add1u", compared="more winners")).liked == (0, 0)
    assert decide(election, Rule("add1u", compared="more winners")).outcome is not None


@settings(max_examples=150, deadline=None)
@given(elections(), RULES)
def test_reasons_add_up(election: Election, rule: Rule) -> None:
    decision = decide(election, rule)
    told = explain(election, decision)
    assert [one.project for one in told] == list(range(len(election.projects)))
    for one in told:
        cost = election.projects[one.project].cost
        assert one.won == (one.project in decision.winners)
        assert one.won == (one.why in {"bought", "by_votes"})
        assert one.votes == election.votes[one.project]
        if one.why == "bought":
            assert sum(amount * many for amount, many in one.paid) == cost
            assert one.share == max(amount for amount, _many in one.paid)
            assert one.effective is not None
            assert one.effective * one.share == cost
        else:
            assert not one.paid
        if one.why == "few_votes":
            assert one.needed == one.votes + (one.more_voters or 0) > one.votes
        else:
            assert one.votes >= one.needed
        if one.why == "excluded":
            assert one.against in decision.winners
            assert excluded(rule.terms, one.project, [one.against])
        if one.missing is not None and one.left is not None:
            assert one.missing == max(cost - one.left, 0)


@settings(max_examples=100, deadline=None)
@given(elections(), st.sampled_from(["shares", "add1", "add1e", "shares_u"]))
def test_the_money_of_equal_shares_is_all_accounted_for(election: Election, name: str) -> None:
    decision = decide(election, Rule(name))  # type: ignore[arg-type]
    outcome = decision.outcome
    assert outcome is not None
    receipts, purses = Shares(election).receipts(outcome)
    weight = election.ballots.weight
    everybody = Side(np.arange(len(weight)), np.ones_like(weight), weight)
    paid = sum((amount * many for receipt in receipts for amount, many in receipt), Fraction(0))
    assert purses.means(everybody) + paid == outcome.per_voter * election.voters
    assert paid == election.cost(one.project for one in outcome.rounds)


@settings(max_examples=100, deadline=None)
@given(elections(), st.sampled_from(["shares", "add1"]))
def test_so_many_more_voters_and_no_fewer_could_have_paid(election: Election, name: str) -> None:
    decision = decide(election, Rule(name))  # type: ignore[arg-type]
    outcome = decision.outcome
    assert outcome is not None
    for one in explain(election, decision):
        if one.why == "money_spent" and outcome.per_voter:
            assert one.more_voters is not None
            assert one.left is not None
            cost = election.projects[one.project].cost
            assert one.left + one.more_voters * outcome.per_voter >= cost
            assert one.left + (one.more_voters - 1) * outcome.per_voter < cost, "it was affordable already"


@settings(max_examples=150, deadline=None)
@given(elections(), st.sampled_from(["votes", "points", "votes per cost"]), st.booleans(), terms())
def test_with_so_many_more_votes_and_no_fewer_greedy_had_chosen_it(
    election: Election, by: str, skip: bool, under: Terms
) -> None:
    under = Terms(under.least_votes, apart=under.apart)  # shares of all voters would move with the voters
    rule = Rule("greedy" if skip else "greedy_stop", by=by, terms=under)  # type: ignore[arg-type]
    for one in explain(election, decide(election, rule)):
        if one.won or one.why == "few_votes":
            continue
        marks = [tuple(sorted(mark.items())) for mark in voters(election)]

        def with_more(
            many: int, at: int = one.project, marks: list[tuple[tuple[int, int], ...]] = marks
        ) -> bool:
            more = replace(election, ballots=grouped([*marks, *[((at, 1),)] * many]))
            return at in decide(more, rule).winners

        if one.more_voters is None:
            assert not with_more(50)
        else:
            assert with_more(one.more_voters)
            assert not with_more(one.more_voters - 1)


def test_what_residents_are_told() -> None:
    """Six want a and c, five want b, one nothing; of a budget of 12 everybody has one."""
    election = town(*[{0: 1, 2: 1}] * 6, *[{1: 1}] * 5, {}, budget=12)
    told = explain(election, decide(election, Rule("shares")))
    assert [(one.why, one.place, one.paid) for one in told] == [
        ("bought", 1, ((Fraction(1), 6),)),
        ("bought", 2, ((Fraction(1), 5),)),
        ("money_spent", None, ()),
    ]
    assert (told[0].share, told[0].effective, told[0].left) == (1, 6, 0)
    assert (told[2].left, told[2].missing, told[2].more_voters, told[2].spare) == (0, 4, 4, 1)
    told = explain(election, decide(election, Rule("greedy")))
    assert [(one.why, one.place, one.spare) for one in told] == [
        ("by_votes", 1, 12),
        ("too_dear", 3, 2),
        ("by_votes", 2, 6),
    ]
    assert (told[1].missing, told[1].more_voters) == (3, 1), "with six votes it comes before c, by key"
    told = explain(election, decide(election, Rule("phragmen")))
    assert [(one.why, one.moment) for one in told] == [
        ("too_dear", None),
        ("bought", 1),
        ("bought", Fraction(2, 3)),
    ]
    assert (told[2].paid, told[2].share) == (((Fraction(2, 3), 6),), Fraction(2, 3))
    assert (told[0].left, told[0].missing) == (6, 0), "its supporters had the money, the budget had not"
    ended = explain(election, decide(election, Rule("greedy_stop", by="votes", ties=("dearer",))))
    assert [(one.why, one.place) for one in ended] == [("by_votes", 1), ("too_dear", 3), ("by_votes", 2)]


def test_what_costs_nothing_is_told_so() -> None:
    election = Election(Fraction(3), (Project("talk", Fraction(0)),), grouped([((0, 1),)]))
    assert explain(election, decide(election, Rule("add1u")))[0].why == "no_price"


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (Fraction(1, 3), "0.33"),
        (Fraction(1, 200), "0.01"),
        (Fraction(2), "2.00"),
        (Fraction(10**18, 7), None),
    ],
)
def test_money_for_the_eye(amount: Fraction, shown: str | None) -> None:
    found = in_money(amount)
    assert abs(Fraction(found) - amount) <= Fraction(1, 200)
    assert shown is None or found == Decimal(shown)
    assert str(in_money(Fraction(5, 2), 0)) == "3"


@settings(max_examples=50, deadline=None)
@given(elections(), terms(), st.randoms())
def test_what_if_is_the_same_every_time_and_whoever_voted_first(
    election: Election, under: Terms, chance: Random
) -> None:
    rules = every_rule(Rule("shares", terms=under))
    found = compare(election, rules)
    marks = [tuple(sorted(mark.items())) for mark in voters(election)]
    chance.shuffle(marks)
    again = compare(replace(election, ballots=grouped(marks)), rules)
    for one, other in zip(found.results, again.results, strict=True):
        assert (one.winners, one.cost, one.by_wins, one.money) == (
            other.winners,
            other.cost,
            other.by_wins,
            other.money,
        )
        assert sum(one.by_wins) == election.voters
        assert one.heard == election.voters - one.by_wins[0]
        assert sum(share for _name, share in one.money) == (1 if one.cost else 0)
        wins = sum(sum(at in mark for at in one.winners) for mark in voters(election))
        assert one.average == Fraction(wins, election.voters)
    assert (found.always, found.sometimes) == (again.always, again.sometimes)
    won = [set(result.winners) for result in found.results]
    assert set(found.always) == set.intersection(*won)
    assert {at for at, _rules in found.sometimes} == set.union(*won) - set.intersection(*won)
    for at, places in found.sometimes:
        assert places == tuple(place for place, winners in enumerate(won) if at in winners)


def test_money_of_a_project_of_two_kinds_is_halved() -> None:
    kinds = ("绿化", "绿化,道路", "")
    projects = tuple(
        Project(str(at), Fraction(4), more=(("category", kind),)) for at, kind in enumerate(kinds)
    )
    election = Election(Fraction(12), projects, grouped([((0, 1), (1, 1), (2, 1))]))
    money = dict(compare(election, [Rule("greedy")]).results[0].money)
    assert money == {"绿化": Fraction(1, 2), "道路": Fraction(1, 6), "": Fraction(1, 3)}


MARKS = st.lists(st.tuples(st.integers(-1, 4), st.integers(-1, 5)), max_size=5)


@settings(max_examples=150, deadline=None)
@given(MARKS, st.sampled_from(["approval", "ordinal", "cumulative"]))
def test_a_ballot_over_a_limit_is_refused_and_one_within_is_not(
    marks: list[tuple[int, int]], kind: str
) -> None:
    election = replace(town(budget=9), kind=kind)  # type: ignore[arg-type]
    limits = Limits(1, 2, Fraction(9), 3, 1, 4)
    faults = check_ballot(marks, limits, election)
    projects, points = [one for one, _ in marks], [given for _, given in marks]
    right = (
        set(projects) <= {0, 1, 2}
        and len(set(projects)) == len(marks)
        and 1 <= len(marks) <= 2
        and election.cost(one for one in projects if 0 <= one < 3) <= 9
        and all(given > 0 for given in points)
        and {
            "approval": points == [1] * len(points),
            "ordinal": sorted(points) == list(range(1, len(points) + 1)),
            "cumulative": all(given <= 3 for given in points) and 1 <= sum(points) <= 4,
        }[kind]
    )
    assert (not faults) == right


@pytest.mark.parametrize(
    ("kind", "limits", "marks", "faults"),
    [
        ("approval", Limits(), [], []),
        ("approval", Limits(1), [], ["too_few_marks"]),
        ("approval", Limits(most_marks=1), [(0, 1), (1, 1)], ["too_many_marks"]),
        ("approval", Limits(), [(3, 1)], ["unknown_project"]),
        ("approval", Limits(), [(0, 1), (0, 1)], ["marked_twice"]),
        ("approval", Limits(), [(0, 2)], ["points_of_approval"]),
        ("approval", Limits(), [(0, 0)], ["no_points"]),
        ("approval", Limits(most_cost=Fraction(10)), [(0, 1), (2, 1)], []),
        ("approval", Limits(most_cost=Fraction(10)), [(0, 1), (1, 1)], ["over_cost"]),
        ("cumulative", Limits(most_sum=4), [(0, 3), (1, 1)], []),
        ("cumulative", Limits(most_sum=4), [(0, 3), (1, 2)], ["points_over_sum"]),
        ("cumulative", Limits(least_sum=4), [(0, 3)], ["points_under_sum"]),
        ("cumulative", Limits(most_points=2), [(0, 3)], ["too_many_points"]),
        ("ordinal", Limits(most_marks=2), [(2, 1), (0, 2)], []),
        ("ordinal", Limits(most_marks=2), [(2, 2), (0, 2)], ["not_ranks"]),
        ("ordinal", Limits(most_marks=2), [(0, 3), (1, 2), (2, 1)], ["too_many_marks"]),
    ],
)
def test_faults_of_a_ballot(
    kind: str, limits: Limits, marks: list[tuple[int, int]], faults: list[str]
) -> None:
    assert check_ballot(marks, limits, replace(town(), kind=kind)) == faults  # type: ignore[arg-type]


def test_limits_a_file_tells() -> None:
    meta = (("min_length", "1"), ("max_length", "3"), ("max_sum_cost", "123500,5"), ("max_points", ""))
    found = told_limits(replace(town(), meta=(*meta, ("max_sum_points", "7"))))
    assert found == Limits(1, 3, Fraction("123500.5"), None, None, 7)
    assert told_limits(town()) == Limits()


def test_a_rule_needs_voters() -> None:
    with pytest.raises(ValueError, match="nobody"):
        decide(town(), Rule("shares"))
    assert decide(town(), Rule("greedy")).winners == decide(town(), Rule("phragmen")).winners == ()
    assert greedy(town({})) == ()
    with pytest.raises(ValueError, match="nobody"):
        part_of(town())
