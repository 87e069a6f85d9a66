"""The rule most cities use: the most wanted first, as long as the money lasts."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from liren.methods.budget.election import Election, priority
from liren.methods.budget.terms import FREE, Terms

By = Literal["votes", "points", "votes per cost", "points per cost"]


@dataclass(frozen=True, slots=True)
class Turn:
    """A project when it was its turn: what money was left, whether it won, and which winner excluded it."""

    project: int
    spare: Fraction
    won: bool
    against: int | None = None


def greedy(
    election: Election,
    by: By = "points",
    *,
    skip: bool = True,
    ties: Sequence[int] = (),
    terms: Terms = FREE,
) -> tuple[int, ...]:
    """Winners in order: the most points (votes) first, or the most per unit of money; among equals by `ties` (by key).

    `skip`: what does not fit is passed over and the next one tried; without, the count ends there.
    """
    found = turns(election, by, skip=skip, ties=ties, terms=terms)
    return tuple(turn.project for turn in found if turn.won)


def turns(
    election: Election,
    by: By = "points",
    *,
    skip: bool = True,
    ties: Sequence[int] = (),
    terms: Terms = FREE,
) -> tuple[Turn, ...]:
    """The same with all projects that had a turn, in that order; those without the votes they need have none."""
    chosen, spare, found = set[int](), election.budget, list[Turn]()
    for at in ranking(election, by, ties=ties, terms=terms):
        against = min(terms.rivals(at) & chosen, default=None)
        won = against is None and election.projects[at].cost <= spare
        found.append(Turn(at, spare, won, against))
        if won:
            chosen.add(at)
            spare -= election.projects[at].cost
        elif not skip and against is None:
            break
    return tuple(found)


def ranking(election: Election, by: By, *, ties: Sequence[int] = (), terms: Terms = FREE) -> tuple[int, ...]:
    """Projects in the order in which they have their turn."""
    rank, wanted = priority(tuple(ties) or election.by_id), terms.open(election)
    weight = election.votes if by.startswith("votes") else election.points

    def worth(at: int) -> Fraction:
        cost = election.projects[at].cost
        return Fraction(weight[at]) / cost if by.endswith("per cost") and cost else Fraction(weight[at])

    able = (at for at in range(len(election.projects)) if wanted[at] and weight[at])
    return tuple(sorted(able, key=lambda at: (-worth(at), rank[at])))
