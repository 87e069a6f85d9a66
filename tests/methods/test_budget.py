"""Rules of a budget against slow exact ones, written from their papers; Pabulib there and back."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liren.methods.budget import (
    Election,
    Project,
    Shares,
    Unreadable,
    add_one,
    completed,
    greedy,
    grouped,
    part_of,
    phragmen,
    read,
    write,
)
from liren.methods.budget.election import Utility

# few prices and few voters, so that ties and projects that can only just be paid are everyday
PRICES = st.sampled_from([1, 2, 3, 4, 6, 12])


@st.composite
def elections(draw: st.DrawFn, *, points: bool = False) -> Election:
    """A small election."""
    prices = draw(st.lists(PRICES, min_size=1, max_size=6))
    projects = tuple(Project(f"p{at}", Fraction(price)) for at, price in enumerate(prices))
    worth = st.integers(1, 3) if points else st.just(1)
    mark = st.dictionaries(st.integers(0, len(prices) - 1), worth, max_size=len(prices))
    ballots = draw(st.lists(mark, min_size=1, max_size=9))
    budget = Fraction(draw(st.integers(1, 30)))
    marks = [tuple(sorted(ballot.items())) for ballot in ballots]
    return Election(budget, projects, grouped(marks), "scoring" if points else "approval")


def voters(election: Election) -> list[dict[int, int]]:
    """Every voter by themselves."""
    ballots, found = election.ballots, []
    for group, weight in enumerate(ballots.weight):
        inside = slice(int(ballots.start[group]), int(ballots.start[group + 1]))
        pairs = zip(ballots.project[inside], ballots.points[inside], strict=True)
        mark = {int(project): int(points) for project, points in pairs}
        found += [mark] * int(weight)
    return found


def slow_shares(election: Election, part: Fraction, utility: Utility) -> list[int]:
    """Equal shares as the paper says it: one voter at a time, fractions only, every project looked at every time."""
    people = voters(election)
    left, chosen = [part] * len(people), list[int]()
    while True:
        best: tuple[Fraction, str, int] | None = None
        for at, project in enumerate(election.projects):
            if at in chosen:
                continue
            worth = {
                who: Fraction(mark[at] if utility == "points" else project.cost if utility == "cost" else 1)
                for who, mark in enumerate(people)
                if at in mark
            }
            if not worth or sum(left[who] for who in worth) < project.cost:
                continue
            rates = sorted(left[who] / each for who, each in worth.items())
            for bound in rates:
                payers = sum(
                    (left[who] for who, each in worth.items() if left[who] / each < bound), Fraction(0)
                )
                rest = sum((each for who, each in worth.items() if left[who] / each >= bound), Fraction(0))
                rate = (project.cost - payers) / rest
                if rate <= bound:
                    best = min(best, (rate, project.id, at)) if best else (rate, project.id, at)
                    break
        if best is None:
            return chosen
        rate, _key, at = best
        chosen.append(at)
        for who, mark in enumerate(people):
            if at in mark:
                each = (
                    mark[at]
                    if utility == "points"
                    else election.projects[at].cost
                    if utility == "cost"
                    else 1
                )
                left[who] -= min(left[who], rate * each)


@settings(max_examples=400, deadline=None)
@given(elections(), st.sampled_from(["cost", "cardinality"]), st.integers(1, 6))
def test_equal_shares_chooses_what_exact_fractions_choose(
    election: Election, utility: Utility, times: int
) -> None:
    part = part_of(election) * times / 3
    assert list(Shares(election, utility).run(part).winners) == slow_shares(election, part, utility)


@settings(max_examples=200, deadline=None)
@given(elections(points=True))
def test_equal_shares_by_points(election: Election) -> None:
    part = part_of(election)
    assert list(Shares(election, "points").run(part).winners) == slow_shares(election, part, "points")


@settings(max_examples=200, deadline=None)
@given(elections())
def test_nobody_pays_more_than_their_part_and_the_price_is_paid(election: Election) -> None:
    found = Shares(election).run(part_of(election))
    paid = float(part_of(election)) * election.voters - float(np.dot(election.ballots.weight, found.left))
    assert np.all(found.left >= 0)
    assert paid == pytest.approx(float(election.cost(found.winners)))
    assert election.cost(found.winners) <= election.budget


@settings(max_examples=100, deadline=None)
@given(elections())
def test_raised_parts_stay_within_the_budget_and_stop_for_a_reason(election: Election) -> None:
    shares, step = Shares(election), Fraction(1, 2)
    found = add_one(shares, step)
    assert election.cost(found.winners) <= election.budget
    more = shares.run(found.per_voter + step)
    everything = [at for at in range(len(election.projects)) if election.votes[at]]
    assert election.cost(more.winners) > election.budget or found.per_voter >= election.budget
    filled = completed(shares, found)
    spare = election.budget - election.cost(filled.winners)
    assert spare >= 0
    left = [at for at in everything if at not in filled.winners]
    assert all(election.projects[at].cost > spare for at in left), "what is left does not fit"


@settings(max_examples=200, deadline=None)
@given(elections())
def test_phragmen_buys_as_soon_as_supporters_can(election: Election) -> None:
    people, chosen, spare = voters(election), list[int](), election.budget
    loads = [Fraction(0)] * len(people)
    while True:
        times = []
        for at, project in enumerate(election.projects):
            side = [who for who, mark in enumerate(people) if at in mark]
            if at not in chosen and side:
                times.append(((sum(loads[who] for who in side) + project.cost) / len(side), project.id, at))
        if not times or election.projects[min(times)[2]].cost > spare:
            break
        moment, _key, at = min(times)
        for who, mark in enumerate(people):
            loads[who] = moment if at in mark else loads[who]
        spare -= election.projects[at].cost
        chosen.append(at)
    assert list(phragmen(election)) == chosen


def town(*ballots: dict[int, int], budget: int = 10) -> Election:
    """Three projects of 6, 5 and 4."""
    projects = tuple(Project(key, Fraction(cost)) for key, cost in (("a", 6), ("b", 5), ("c", 4)))
    return Election(Fraction(budget), projects, grouped(tuple(sorted(one.items())) for one in ballots))


def test_greedy_skips_what_does_not_fit_or_ends_there() -> None:
    election = town({0: 1, 1: 1}, {0: 1, 1: 1}, {0: 1, 2: 1})
    assert greedy(election) == (0, 2)
    assert greedy(election, skip=False) == (0,)
    assert greedy(election, "votes per cost") == (0, 2)
    assert greedy(election, ties=(2, 1, 0)) == (0, 2)


def test_the_greedy_majority_takes_all_and_equal_shares_leaves_the_minority_its_part() -> None:
    election = town(*[{0: 1, 2: 1}] * 6, *[{1: 1}] * 5, budget=11)
    assert greedy(election) == (0, 2)
    assert set(Shares(election).run(part_of(election)).winners) == {0, 1}


def test_ties_fall_as_the_rule_says() -> None:
    projects = (Project("x", Fraction(3)), Project("y", Fraction(3)))
    election = Election(Fraction(3), projects, grouped([((0, 1), (1, 1))] * 3))
    assert Shares(election).run(part_of(election)).winners == (0,)
    assert Shares(election, ties=(1, 0)).run(part_of(election)).winners == (1,)


@settings(max_examples=100, deadline=None)
@given(elections(points=True))
def test_pabulib_there_and_back(election: Election) -> None:
    again = read(write(election, meta={"description": 'a; "b"', "unit": "望澜区"}))
    assert again.budget == election.budget
    assert [(one.id, one.cost) for one in again.projects] == [(one.id, one.cost) for one in election.projects]
    assert sorted(map(str, voters(again))) == sorted(map(str, voters(election)))
    assert dict(again.meta)["description"] == 'a; "b"'


HEAD = "META\nkey;value\nbudget;100\nvote_type;approval\n"


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("", 0, "no section META"),
        ("voter;vote\n", 1, "a line before META"),
        (HEAD + "PROJECTS\nproject_id;cost\n1;ten\nVOTES\nvoter_id;vote\n0;1\n", 7, "money"),
        (HEAD + "PROJECTS\nproject_id;cost\n1;-5\nVOTES\nvoter_id;vote\n0;1\n", 7, "money"),
        (HEAD + "PROJECTS\nproject_id;cost\n1;10\n1;20\nVOTES\nvoter_id;vote\n0;1\n", 8, "twice"),
        (HEAD + "PROJECTS\nproject_id;cost\n1;10\nVOTES\nvoter_id;vote\n0;2\n", 10, "no project 2"),
        (HEAD + "PROJECTS\nproject_id;cost\n1;10\nVOTES\nvoter_id;vote\n0;1,1\n", 10, "marked twice"),
        (HEAD + "PROJECTS\nproject_id;price\n1;10\nVOTES\nvoter_id;vote\n0;1\n", 6, "no column cost"),
        (
            HEAD.replace("approval", "shouting") + "PROJECTS\nproject_id;cost\n1;1\nVOTES\nvoter_id;vote\n",
            0,
            "vote_type",
        ),
    ],
)
def test_a_file_that_is_no_election_is_told_where(text: str, line: int, what: str) -> None:
    with pytest.raises(Unreadable) as fault:
        read(text)
    assert fault.value.line == line
    assert what in fault.value.what
