"""The rule most cities use: the most wanted first, as long as the money lasts."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from liren.methods.budget.election import Election, priority

By = Literal["votes", "points", "votes per cost", "points per cost"]


def greedy(
    election: Election, by: By = "points", *, skip: bool = True, ties: Sequence[int] = ()
) -> tuple[int, ...]:
    """Winners in order: the most points (votes) first, or the most per unit of money; among equals by `ties` (by key).

    `skip`: what does not fit is passed over and the next one tried; without, the count ends there.
    """
    rank = priority(tuple(ties) or election.by_id)
    weight = election.votes if by.startswith("votes") else election.points

    def worth(at: int) -> Fraction:
        cost = election.projects[at].cost
        return Fraction(weight[at]) / cost if by.endswith("per cost") and cost else Fraction(weight[at])

    order = sorted(range(len(election.projects)), key=lambda at: (-worth(at), rank[at]))
    chosen, spare = list[int](), election.budget
    for at in order:
        if not weight[at]:
            continue
        if election.projects[at].cost <= spare:
            chosen.append(at)
            spare -= election.projects[at].cost
        elif not skip:
            break
    return tuple(chosen)
