"""Phragmén's sequential rule: supporters earn money at the same pace and buy a project as soon as they can together.

L. E. Phragmén 1894; for budgets: M. Los, Z. Christoff, D. Grossi, Proportional Budget Allocations: Towards a
Systematization, IJCAI 2022 (arXiv:2203.12324).
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from liren.methods.budget.election import Election, priority

NEAR = 1e-9


def phragmen(election: Election, *, ties: Sequence[int] = ()) -> tuple[int, ...]:
    """Winners in the order in which they were bought; it ends at the first that the budget does not hold.

    Exact: candidates closer than one part in a thousand million are compared in fractions; equals by `ties` (by key).
    """
    rank = priority(tuple(ties) or election.by_id)
    ballots = election.ballots
    group = np.repeat(np.arange(len(ballots.weight)), np.diff(ballots.start))
    sides = [group[ballots.project == at] for at in range(len(election.projects))]
    loads = np.zeros(len(ballots.weight))
    exact = [Fraction(0)] * len(ballots.weight)
    waiting = [at for at, side in enumerate(sides) if len(side)]
    chosen, spare = list[int](), election.budget

    def exactly(at: int) -> Fraction:
        weights = [(exact[int(who)], int(ballots.weight[who])) for who in sides[at]]
        owed = sum((load * weight for load, weight in weights), Fraction(0))
        return (owed + election.projects[at].cost) / sum(weight for _load, weight in weights)

    while waiting:
        times = {
            at: (
                float(np.dot(ballots.weight[sides[at]], loads[sides[at]])) + float(election.projects[at].cost)
            )
            / float(ballots.weight[sides[at]].sum())
            for at in waiting
        }
        first = min(times.values())
        near = [at for at in waiting if times[at] <= first * (1 + NEAR)]
        best = min(near, key=lambda at: (exactly(at), rank[at])) if len(near) > 1 else near[0]
        if election.projects[best].cost > spare:
            break
        moment = exactly(best)
        for who in sides[best]:
            exact[int(who)] = moment
        loads[sides[best]] = float(moment)
        spare -= election.projects[best].cost
        chosen.append(best)
        waiting.remove(best)
    return tuple(chosen)
