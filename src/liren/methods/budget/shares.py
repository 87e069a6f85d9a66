"""The method of equal shares: everybody gets the same part of the budget and pays for what they voted for.

D. Peters, G. Pierczyński, P. Skowron, Proportional Participatory Budgeting with Additive Utilities, NeurIPS 2021
(arXiv:2008.13276). A project is ρ-affordable if its supporters, each paying min(what is left, ρ·utility), can pay it;
the project with the smallest ρ is bought until none is affordable.

Floating point finds the project; whenever two are so close that rounding could have turned them, or a project can only
just be paid, fractions decide. So the winners are those of exact arithmetic.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from liren.methods.budget.election import Election, Ints, Utility, priority
from liren.methods.budget.purses import Paid, Purses, Side
from liren.methods.budget.terms import FREE, Terms

NEAR = 1e-9  # a part of what is compared …
LOST = 1e-13  # … and of all the money that was added up, which is what rounding can lose
FAR = 1 + 1e-6
Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Round:
    """One purchase: the project, what one unit of utility cost its supporters, and how many of them there were."""

    project: int
    rate: float
    supporters: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """Who won, in the order in which they were bought; `left` is what each ballot still has.

    `per_voter`: the part everybody started with. `completed`: winners that were added afterwards by votes.
    """

    rounds: tuple[Round, ...]
    per_voter: Fraction
    left: Reals
    completed: tuple[int, ...] = ()

    @property
    def winners(self) -> tuple[int, ...]:
        """All winners, in the order in which they won."""
        return (*(one.project for one in self.rounds), *self.completed)


@dataclass(frozen=True, slots=True)
class _Quick:
    """A side in floating point. `worth` is None where the project is worth the same to all who support it."""

    ballots: Ints
    weight: Reals
    worth: Reals | None
    weighed: Reals  # weight × worth
    worths: float  # their sum
    people: float
    cost: float
    unit: float  # what one of worth stands for: the price under "cost", else one


class Shares:
    """An election made ready for the rule, to be run with one part of the budget after another.

    `utility`: "cost" (a project is worth what it costs), "cardinality" (each is worth one), "points".
    `ties`: projects in the order in which ties fall; by key without. `terms`: who can win at all.
    """

    def __init__(
        self, election: Election, utility: Utility = "cost", ties: Sequence[int] = (), terms: Terms = FREE
    ) -> None:
        self.election, self.utility, self.terms = election, utility, terms
        self.rank = priority(tuple(ties) or election.by_id)
        self.sides, self.quick = _split(election, utility)
        wanted = terms.open(election)
        # what nobody supports and what costs nothing cannot be bought
        self.electable = tuple(
            at for at, quick in enumerate(self.quick) if wanted[at] and quick.people and quick.cost
        )
        # a rate below which nobody can buy a project: all of its supporters pay their full share
        self._waiting = [(self._floor(at), self.rank[at], at) for at in self.electable]
        heapq.heapify(self._waiting)

    def _floor(self, project: int) -> float:
        quick = self.quick[project]
        return quick.cost / quick.worths / quick.unit * (1 - NEAR)

    def price(self, project: int) -> Fraction:
        """What a project costs."""
        return self.election.projects[project].cost

    def run(self, per_voter: Fraction) -> Outcome:
        """Buy until nothing is affordable. Projects nobody marked and projects that cost nothing are never bought."""
        state, waiting, out = _State(self, per_voter), self._waiting.copy(), set[int]()
        while waiting:
            chosen = _cheapest(state, waiting, out)
            if chosen is None:
                break
            state.buy(*chosen)
            out |= self.terms.rivals(chosen[0])
        return Outcome(tuple(state.rounds), per_voter, state.left)

    def receipts(self, outcome: Outcome) -> tuple[tuple[Paid, ...], Purses]:
        """What was paid for each project that was bought, exactly, and what is left to everybody."""
        purses = Purses(len(outcome.left), outcome.per_voter)
        return tuple(self.pay(purses, one.project) for one in outcome.rounds), purses

    def pay(self, purses: Purses, project: int) -> Paid:
        """Take the price of a project from its supporters."""
        side = self.sides[project]
        return purses.pay(side, purses.rate(side, self.price(project)))


def _split(election: Election, utility: Utility) -> tuple[list[Side], list[_Quick]]:
    """Who supports each project, exactly and in floating point: stretches of columns that all projects share."""
    ballots, many = election.ballots, len(election.projects)
    # sorting of two bytes is ten times as fast, and no vote has sixty thousand projects
    small = ballots.project.astype(np.uint16 if many < 2**16 else np.int64)
    order = np.argsort(small, kind="stable")
    if utility == "points":  # a mark worth nothing pays nothing
        order = order[ballots.points[order] > 0]
    project, who = ballots.project[order], ballots.group[order]
    worth = ballots.points[order] if utility == "points" else np.ones_like(who)
    weight = ballots.weight[who]
    heavy, worthy, weighed = (
        weight.astype(np.float64),
        worth.astype(np.float64),
        (weight * worth).astype(np.float64),
    )
    edges = np.searchsorted(project, np.arange(many + 1)).tolist()
    people = np.bincount(project, heavy, many).tolist()
    worths = np.bincount(project, weighed, many).tolist()
    uneven = np.bincount(project[worth != 1], minlength=many).tolist()
    sides, quick = list[Side](), list[_Quick]()
    for at, (begin, end) in enumerate(pairwise(edges)):
        here = slice(begin, end)
        cost = float(election.projects[at].cost)
        sides.append(Side(who[here], worth[here], weight[here]))
        quick.append(
            _Quick(
                who[here],
                heavy[here],
                worthy[here] if uneven[at] else None,
                weighed[here],
                worths[at],
                people[at],
                cost,
                cost if utility == "cost" else 1.0,
            )
        )
    return sides, quick


def _cheapest(
    state: "_State", waiting: list[tuple[float, int, int]], out: set[int]
) -> tuple[int, float] | None:
    """The affordable project with the smallest rate, and its rate; what it was compared with goes back to wait.

    A rate only rises while others are bought, so an old one is a bound: what stands above the best is not looked at.
    """
    best, looked = float("inf"), list[tuple[float, float, int, int]]()
    while waiting and waiting[0][0] <= best:
        bound, rank, project = heapq.heappop(waiting)
        found = None if project in out else state.rate(project, bound, best)
        if found is None:
            continue  # nobody's money grows: never affordable again
        rate, lost = found
        looked.append((rate, rate - lost, rank, project))
        best = min(best, rate + lost)
    if not looked:
        return None
    near = [one for one in looked if one[1] <= best]
    chosen = near[0] if len(near) == 1 else min(near, key=lambda one: (state.exact_rate(one[3]), one[2]))
    for one in looked:
        if one is not chosen:
            heapq.heappush(waiting, one[1:])
    return chosen[3], chosen[0]


class _State:
    """What is left to everybody while projects are bought; exact where it was asked for."""

    def __init__(self, shares: Shares, per_voter: Fraction) -> None:
        self.shares, self.per_voter, self.part = shares, per_voter, float(per_voter)
        self.left: Reals = np.full(len(shares.election.ballots.weight), self.part)
        self.rounds: list[Round] = []
        self._purses: Purses | None = None
        self._paid = 0

    def rate(self, project: int, bound: float, best: float) -> tuple[float, float] | None:
        """The smallest rate at which a project is paid and how far rounding may have moved it.

        None where its supporters cannot pay. `bound`: a rate that is known to be too small. What is above `best` need
        not be known: there a better bound is told.
        """
        quick = self.shares.quick[project]
        money = self.left[quick.ballots]
        means = float(quick.weight @ money)
        lost = LOST * quick.people * self.part
        near = NEAR * quick.cost + lost
        if means < quick.cost - near:
            return None
        if means <= quick.cost + near and self._means(project) < self.shares.price(project):
            return None
        # Who has less than their share pays all they have, and the share of the others rises: from a share too small
        # one comes to the right one from below, in as many steps as there are kinds of people who have too little.
        weighed = quick.weight * money
        share, worths, enough = bound * quick.unit, float("inf"), best * quick.unit * FAR
        each = money if quick.worth is None else money / quick.worth
        while share <= enough:
            rich = (each > share).astype(np.float64)
            able = float(quick.weighed @ rich)
            if not 0 < able < worths:
                break
            worths = able
            share = (quick.cost - (means - float(weighed @ rich))) / able
        rate = share / quick.unit
        return rate, NEAR * rate + lost / max(worths, 1.0) / quick.unit

    def buy(self, project: int, rate: float) -> None:
        """Take the price of a project from its supporters."""
        quick = self.shares.quick[project]
        money = self.left[quick.ballots]
        share: float | Reals = rate * quick.unit
        share = share if quick.worth is None else share * quick.worth
        self.left[quick.ballots] = np.maximum(money - share, 0.0)
        self.rounds.append(Round(project, rate, int(quick.people)))

    def exact_rate(self, project: int) -> Fraction:
        """What one unit of utility costs, as a fraction. ValueError where the project cannot be paid."""
        price = self.shares.price(project)
        rate = self._exactly().rate(self.shares.sides[project], price)
        return rate / price if self.shares.utility == "cost" else rate

    def _means(self, project: int) -> Fraction:
        """All the money of a project's supporters, exactly."""
        return self._exactly().means(self.shares.sides[project])

    def _exactly(self) -> Purses:
        """What is left to each ballot, exactly: everything bought so far is bought again in fractions, once."""
        if self._purses is None:
            self._purses = Purses(len(self.left), self.per_voter)
        for bought in self.rounds[self._paid :]:
            self.shares.pay(self._purses, bought.project)
        self._paid = len(self.rounds)
        return self._purses


def part_of(election: Election) -> Fraction:
    """What everybody starts with: budget ÷ voters. ValueError where nobody voted."""
    if election.voters == 0:
        raise ValueError("nobody voted")
    return Fraction(election.budget) / election.voters
