"""What is left to everybody while projects are bought, in fractions: ballots with the same money share one value."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from liren.methods.budget.election import Ints

SPENT = 1  # the place of the value of who has nothing left
Paid = tuple[tuple[Fraction, int], ...]  # (amount, how many people paid it), the largest first


@dataclass(frozen=True, slots=True)
class Side:
    """Who supports a project: ballots, what it is worth to them (whole numbers), how many people cast each."""

    ballots: Ints
    worth: Ints
    weight: Ints


class Purses:
    """The money of each ballot as a fraction. Few values stand for many ballots: whoever bought the same has the same."""

    def __init__(self, ballots: int, each: Fraction) -> None:
        self._values = [each, Fraction(0)]
        self._at: Ints = np.zeros(ballots, dtype=np.int64)

    def means(self, side: Side) -> Fraction:
        """All the money of a project's supporters."""
        people = np.bincount(self._at[side.ballots], side.weight)  # whole numbers, far below 2**53
        return sum(
            (self._values[at] * int(people[at]) for at in np.flatnonzero(people).tolist()), Fraction(0)
        )

    def rate(self, side: Side, cost: Fraction) -> Fraction:
        """The smallest price of one unit of worth at which supporters, each with what they have, pay a project.

        Raises ValueError where they cannot.
        """
        pairs = [(self._values[at], worth, many) for at, worth, many, _ in self._pairs(side)]
        before, worths = Fraction(0), sum(worth * many for _left, worth, many in pairs)
        for left, worth, many in sorted(pairs, key=lambda pair: pair[0] / pair[1]):
            rate = (cost - before) / worths
            if rate * worth <= left:
                return rate
            before += left * many
            worths -= worth * many
        raise ValueError("not affordable")

    def pay(self, side: Side, rate: Fraction) -> Paid:
        """Take from every supporter rate × worth, or all they have. Tells what was paid by how many people."""
        paid: dict[Fraction, int] = {}
        for at, worth, many, ballots in self._pairs(side):
            amount = min(self._values[at], rate * worth)
            if not amount:
                continue
            paid[amount] = paid.get(amount, 0) + many
            if amount == self._values[at]:
                self._at[ballots] = SPENT
            else:
                self._at[ballots] = len(self._values)
                self._values.append(self._values[at] - amount)
        return tuple(sorted(paid.items(), reverse=True))

    def _pairs(self, side: Side) -> list[tuple[int, int, int, Ints]]:
        """Supporters by their money and what the project is worth to them: (value, worth, people, ballots)."""
        if not len(side.ballots):
            return []
        most = int(side.worth.max()) + 1
        key = self._at[side.ballots] * most + side.worth
        order = np.argsort(key, kind="stable")
        ordered = key[order]
        edges = np.concatenate([[0], np.flatnonzero(np.diff(ordered)) + 1])
        many = np.add.reduceat(side.weight[order], edges)
        parts: Sequence[Ints] = np.split(side.ballots[order], edges[1:])
        values, worths = np.divmod(ordered[edges], most)
        return list(zip(values.tolist(), worths.tolist(), many.tolist(), parts, strict=True))
