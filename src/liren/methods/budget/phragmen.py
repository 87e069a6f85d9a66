"""Phragmén's sequential rule: supporters earn money at the same pace and buy a project as soon as they can together.

L. E. Phragmén 1894; for budgets: M. Los, Z. Christoff, D. Grossi, Proportional Budget Allocations: Towards a
Systematization, IJCAI 2022 (arXiv:2203.12324).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from liren.methods.budget.election import Election, Ints, priority
from liren.methods.budget.purses import Paid
from liren.methods.budget.terms import FREE, Terms

NEAR = 1e-9


@dataclass(frozen=True, slots=True)
class Buying:
    """A purchase: when, counted in the money everybody has earned by then, and what its supporters paid."""

    project: int
    moment: Fraction
    paid: Paid


@dataclass(frozen=True, slots=True)
class Course:
    """How the count went. `stopped`: what could be bought next at `end` and was too dear for the rest, if anything.

    `spent`: what each ballot had paid by then, all voters of it the same.
    """

    bought: tuple[Buying, ...]
    stopped: int | None
    end: Fraction
    spent: tuple[Fraction, ...]

    @property
    def winners(self) -> tuple[int, ...]:
        """What was bought, in order."""
        return tuple(one.project for one in self.bought)


def phragmen(election: Election, *, ties: Sequence[int] = (), terms: Terms = FREE) -> tuple[int, ...]:
    """Winners in the order in which they were bought; it ends at the first that the budget does not hold.

    Exact: candidates closer than one part in a thousand million are compared in fractions; equals by `ties` (by key).
    """
    return course(election, ties=ties, terms=terms).winners


def course(election: Election, *, ties: Sequence[int] = (), terms: Terms = FREE) -> Course:
    """The same with all it took to get there."""
    rank, wanted = priority(tuple(ties) or election.by_id), terms.open(election)
    loads = _Loads(election)
    waiting = [at for at in range(len(election.projects)) if wanted[at]]
    bought, spare, end, stopped = list[Buying](), election.budget, Fraction(0), None
    while waiting:
        best = loads.first(waiting, rank)
        end = loads.moment(best)
        if election.projects[best].cost > spare:
            stopped = best
            break
        bought.append(Buying(best, end, loads.buy(best, end)))
        spare -= election.projects[best].cost
        out = terms.rivals(best) | {best}
        waiting = [at for at in waiting if at not in out]
    return Course(tuple(bought), stopped, end, loads.spent())


class _Loads:
    """What each ballot has paid: a moment of some purchase, so few values stand for many ballots."""

    def __init__(self, election: Election) -> None:
        ballots = election.ballots
        order = np.argsort(ballots.project, kind="stable")
        edges = np.searchsorted(ballots.project[order], np.arange(len(election.projects) + 1)).tolist()
        self._sides: list[Ints] = [ballots.group[order[begin:end]] for begin, end in pairwise(edges)]
        self._weight, self._costs = ballots.weight, [project.cost for project in election.projects]
        self._values, self._at = [Fraction(0)], np.zeros(len(ballots.weight), dtype=np.int64)
        self._float = np.zeros(len(ballots.weight))

    def first(self, waiting: Sequence[int], rank: Sequence[int]) -> int:
        """What can be bought first."""
        times = {at: self._about(at) for at in waiting}
        first = min(times.values())
        near = [at for at in waiting if times[at] <= first * (1 + NEAR)]
        return min(near, key=lambda at: (self.moment(at), rank[at])) if len(near) > 1 else near[0]

    def _about(self, project: int) -> float:
        side = self._sides[project]
        weight = self._weight[side]
        return float((weight @ self._float[side] + float(self._costs[project])) / weight.sum())

    def moment(self, project: int) -> Fraction:
        """When supporters can buy a project, exactly."""
        people = self._people(project)
        owed = sum((self._values[at] * many for at, many in people), self._costs[project])
        return owed / sum(many for _at, many in people)

    def _people(self, project: int) -> list[tuple[int, int]]:
        """Supporters by what they have paid before: (value, how many)."""
        side = self._sides[project]
        people = np.bincount(self._at[side], self._weight[side])
        return [(at, int(people[at])) for at in np.flatnonzero(people).tolist()]

    def buy(self, project: int, moment: Fraction) -> Paid:
        """Let supporters pay all they have earned until a moment. Tells what was paid by how many people."""
        paid: dict[Fraction, int] = {}
        for at, many in self._people(project):
            amount = moment - self._values[at]
            if amount:
                paid[amount] = paid.get(amount, 0) + many
        self._at[self._sides[project]] = len(self._values)
        self._float[self._sides[project]] = float(moment)
        self._values.append(moment)
        return tuple(sorted(paid.items(), reverse=True))

    def spent(self) -> tuple[Fraction, ...]:
        """What each ballot has paid."""
        return tuple(self._values[at] for at in self._at.tolist())
