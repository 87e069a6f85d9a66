"""The method of equal shares: everybody gets the same part of the budget and pays for what they voted for.

D. Peters, G. Pierczyński, P. Skowron, Proportional Participatory Budgeting with Additive Utilities, NeurIPS 2021
(arXiv:2008.13276). A project is ρ-affordable if its supporters, each paying min(what is left, ρ·utility), can pay it;
the project with the smallest ρ is bought until none is affordable.

Floating point finds the project; whenever two are closer than one part in a thousand million, or a project can only just
be paid, fractions decide. So the winners are those of exact arithmetic.
"""

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from liren.methods.budget.election import Election, Utility, priority

NEAR = 1e-9
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
class _Side:
    """Who supports a project: ballots, what it is worth to them, how many cast each."""

    ballots: NDArray[np.int64]
    worth: Reals
    weight: Reals
    exact: tuple[tuple[int, int], ...]  # (worth, weight) by ballot, whole numbers


class Shares:
    """An election made ready for the rule, to be run with one part of the budget after another.

    `utility`: "cost" (a project is worth what it costs), "cardinality" (each is worth one), "points".
    `ties`: projects in the order in which ties fall; by key without.
    """

    def __init__(self, election: Election, utility: Utility = "cost", ties: Sequence[int] = ()) -> None:
        self.election, self.utility = election, utility
        self.rank = priority(tuple(ties) or election.by_id)
        self.costs = [float(project.cost) for project in election.projects]
        self._sides = self._split()

    def _split(self) -> list[_Side]:
        ballots = self.election.ballots
        group = np.repeat(np.arange(len(ballots.weight)), np.diff(ballots.start))
        order = np.argsort(ballots.project, kind="stable")
        edges = np.searchsorted(ballots.project[order], np.arange(len(self.election.projects) + 1))
        found = []
        for project in range(len(self.election.projects)):
            mine = order[edges[project] : edges[project + 1]]
            mine = mine[ballots.points[mine] > 0]  # a mark worth nothing pays nothing
            who = group[mine]
            points = ballots.points[mine] if self.utility == "points" else np.ones(len(mine), dtype=np.int64)
            weight = ballots.weight[who]
            exact = tuple((int(worth), int(many)) for worth, many in zip(points, weight, strict=True))
            found.append(_Side(who, points.astype(np.float64), weight.astype(np.float64), exact))
        return found

    def run(self, per_voter: Fraction) -> Outcome:
        """Buy until nothing is affordable. Projects nobody marked and projects that cost nothing are never bought."""
        state = _State(self, per_voter)
        waiting = [
            (state.floor(project), self.rank[project], project)
            for project, side in enumerate(self._sides)
            if len(side.ballots) and self.costs[project] > 0
        ]
        heapq.heapify(waiting)
        while waiting:
            chosen = self._cheapest(state, waiting)
            if chosen is None:
                break
            state.buy(chosen)
        return Outcome(tuple(state.rounds), per_voter, state.left)

    def _cheapest(self, state: "_State", waiting: list[tuple[float, int, int]]) -> int | None:
        """The affordable project with the smallest rate; what it was compared with goes back to wait.

        A rate only rises while others are bought, so an old one is a bound: what stands above the best is not looked at.
        """
        best, looked = float("inf"), list[tuple[float, int, int]]()
        while waiting and waiting[0][0] <= best * (1 + NEAR):
            _bound, rank, project = heapq.heappop(waiting)
            rate = state.rate(project)
            if rate is None:
                continue  # nobody's money grows: never affordable again
            looked.append((rate, rank, project))
            best = min(best, rate)
        if not looked:
            return None
        near = [one for one in looked if one[0] <= best * (1 + NEAR)]
        chosen = near[0] if len(near) == 1 else min(near, key=lambda one: (state.exact_rate(one[2]), one[1]))
        for one in looked:
            if one is not chosen:
                heapq.heappush(waiting, one)
        return chosen[2]

    def price(self, project: int) -> Fraction:
        """What a project costs."""
        return self.election.projects[project].cost

    def scale(self, project: int) -> int | Fraction:
        """What one point of a project is worth: its price under "cost", else one."""
        return self.price(project) if self.utility == "cost" else 1

    def side(self, project: int) -> _Side:
        """Who supports a project."""
        return self._sides[project]


class _State:
    """What is left to everybody while projects are bought; exact where it was asked for."""

    def __init__(self, shares: Shares, per_voter: Fraction) -> None:
        self.shares, self.per_voter = shares, per_voter
        self.left: Reals = np.full(len(shares.election.ballots.weight), float(per_voter))
        self.rounds: list[Round] = []
        self._exact: list[Fraction] | None = None

    def floor(self, project: int) -> float:
        """A rate below which nobody can buy a project."""
        side = self.shares.side(project)
        worth = float(np.dot(side.weight, side.worth)) * float(self.shares.scale(project))
        return self.shares.costs[project] / worth

    def rate(self, project: int) -> float | None:
        """The smallest rate at which a project is paid; None where its supporters cannot pay it."""
        side, cost = self.shares.side(project), self.shares.costs[project]
        money = self.left[side.ballots]
        all_of_it = float(np.dot(side.weight, money))
        if all_of_it < cost * (1 - NEAR):
            return None
        if all_of_it <= cost * (1 + NEAR) and self._means(project) < self.shares.price(project):
            return None
        worth = side.worth * float(self.shares.scale(project))
        order = np.argsort(money / worth, kind="stable")
        paid, worths = (side.weight * money)[order], (side.weight * worth)[order]
        before = np.concatenate([[0.0], np.cumsum(paid)[:-1]])
        after = np.cumsum(worths[::-1])[::-1]
        rates = (cost - before) / after
        fits = rates <= (money / worth)[order] * (1 + NEAR)
        found = int(np.argmax(fits)) if fits.any() else len(rates) - 1
        return float(rates[found])

    def buy(self, project: int) -> None:
        """Take the price of a project from its supporters."""
        rate = self.rate(project)
        if rate is None:
            raise AssertionError("bought what nobody can pay")
        if self._exact is not None:
            self._pay_exactly(self._exact, project)
        side = self.shares.side(project)
        worth = side.worth * float(self.shares.scale(project))
        money = self.left[side.ballots]
        self.left[side.ballots] = np.maximum(money - np.minimum(money, rate * worth), 0.0)
        self.rounds.append(Round(project, rate, int(side.weight.sum())))

    def exact_rate(self, project: int) -> Fraction:
        """The rate as a fraction. ValueError where the project cannot be paid."""
        return _exact_rate(self._pairs(self.exactly(), project), self.shares.price(project))

    def exactly(self) -> list[Fraction]:
        """What is left to each ballot, exactly: everything bought so far is bought again in fractions, once."""
        if self._exact is None:
            self._exact = [self.per_voter] * len(self.left)
            for bought in self.rounds:
                self._pay_exactly(self._exact, bought.project)
        return self._exact

    def _means(self, project: int) -> Fraction:
        """All the money of a project's supporters, exactly."""
        left, side = self.exactly(), self.shares.side(project)
        pairs = zip(side.ballots, side.exact, strict=True)
        return sum((left[int(ballot)] * weight for ballot, (_worth, weight) in pairs), Fraction(0))

    def _pay_exactly(self, left: list[Fraction], project: int) -> None:
        rate = _exact_rate(self._pairs(left, project), self.shares.price(project))
        side, scale = self.shares.side(project), self.shares.scale(project)
        for ballot, (worth, _weight) in zip(side.ballots, side.exact, strict=True):
            left[ballot] -= min(left[ballot], rate * worth * scale)

    def _pairs(self, left: list[Fraction], project: int) -> dict[tuple[Fraction, Fraction], int]:
        """Supporters by what is left to them and what the project is worth to them: few pairs, many people."""
        side, scale, found = (
            self.shares.side(project),
            self.shares.scale(project),
            dict[tuple[Fraction, Fraction], int](),
        )
        for ballot, (worth, weight) in zip(side.ballots, side.exact, strict=True):
            pair = left[ballot], Fraction(worth * scale)
            found[pair] = found.get(pair, 0) + weight
        return found


def _exact_rate(pairs: dict[tuple[Fraction, Fraction], int], cost: Fraction) -> Fraction:
    """The smallest rate at which supporters pay a price. Raises ValueError where they cannot."""
    before, worths = Fraction(0), sum((worth * many for (_left, worth), many in pairs.items()), Fraction(0))
    for (left, worth), many in sorted(pairs.items(), key=lambda item: item[0][0] / item[0][1]):
        rate = (cost - before) / worths
        if rate * worth <= left:
            return rate
        before += left * many
        worths -= worth * many
    raise ValueError("not affordable")


def add_one(shares: Shares, step: Fraction = Fraction(1), *, exhaustive_stop: bool = False) -> Outcome:
    """Equal shares with the parts raised, a step each, while all winners together stay within the budget (Add1).

    Starts at the whole steps of budget ÷ voters and keeps the last outcome that could be paid. `exhaustive_stop`: stop
    at the first to which no other project could be added (Add1e). ValueError where nobody voted or the step is not
    positive.
    """
    election = shares.election
    if step <= 0 or election.voters == 0:
        raise ValueError("a step above nothing and at least one voter")
    part = election.budget / election.voters // step * step
    best = shares.run(part)
    # who holds the whole budget alone can pay for whatever still fits: more money adds nothing
    while part < election.budget and not (exhaustive_stop and _exhaustive(election, best.winners)):
        part += step
        found = shares.run(part)
        if election.cost(found.winners) > election.budget:
            break
        best = found
    return best


def _exhaustive(election: Election, winners: Iterable[int]) -> bool:
    chosen = set(winners)
    spare = election.budget - election.cost(chosen)
    return all(project.cost > spare for at, project in enumerate(election.projects) if at not in chosen)


def completed(shares: Shares, found: Outcome) -> Outcome:
    """The rest of the budget spent by votes: most marks first, the cheaper among equals, what fits (utilitarian).

    After `add_one` this is Add1U.
    """
    election, chosen = shares.election, set(found.winners)
    spare = election.budget - election.cost(chosen)
    order = sorted(
        (at for at in range(len(election.projects)) if at not in chosen),
        key=lambda at: (-election.votes[at], election.projects[at].cost, shares.rank[at]),
    )
    added = []
    for at in order:
        if election.projects[at].cost <= spare and election.votes[at]:
            added.append(at)
            spare -= election.projects[at].cost
    return Outcome(found.rounds, found.per_voter, found.left, tuple(added))


def part_of(election: Election) -> Fraction:
    """What everybody starts with: budget ÷ voters. ValueError where nobody voted."""
    if election.voters == 0:
        raise ValueError("nobody voted")
    return Fraction(election.budget) / election.voters
