"""What is laid down beside a rule before people vote: who needs how many votes, what excludes what, how ties fall."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Literal

from liren.methods.budget.election import Election

Tie = Literal["most votes", "cheaper", "dearer"]


@dataclass(frozen=True)
class Terms:
    """Who can win at all.

    `least_votes`, `least_share`: votes a project needs, as a number and as a share of all voters. `by_price`: a project
    needs by_price × its part of the budget as a share of the voters (a third in Świecie). `apart`: groups of projects
    of which at most one can win, say because they want the same ground.
    """

    least_votes: int = 0
    least_share: Fraction = Fraction(0)
    by_price: Fraction = Fraction(0)
    apart: tuple[frozenset[int], ...] = ()

    def needed(self, election: Election, project: int) -> int:
        """The least number of votes with which a project can win; one at least."""
        by_price = Fraction(0)
        if self.by_price and election.budget:
            by_price = self.by_price * election.projects[project].cost / election.budget
        share = max(Fraction(self.least_share), by_price)
        return max(1, self.least_votes, ceil(share * election.voters))

    def open(self, election: Election) -> tuple[bool, ...]:
        """Which projects have the votes they need."""
        return tuple(votes >= self.needed(election, project) for project, votes in enumerate(election.votes))

    def rivals(self, project: int) -> frozenset[int]:
        """Projects that cannot win beside this one."""
        if not self.apart:
            return frozenset()
        return frozenset().union(*(group for group in self.apart if project in group)) - {project}


FREE = Terms()


def tie_order(election: Election, by: Sequence[Tie] = (), listed: Sequence[int] = ()) -> tuple[int, ...]:
    """All projects in the order in which ties fall: by each rule in turn, then as listed, then by key.

    `listed`: a list that was drawn or fixed; who is not on it comes after those who are. Raises ValueError where the
    list names a project twice or one that is not there.
    """
    if len(set(listed)) < len(listed) or not set(listed) <= set(range(len(election.projects))):
        raise ValueError("a list names every project once at most")
    place = {project: at for at, project in enumerate(listed)}

    def key(at: int) -> tuple[Fraction, ...]:
        votes, cost = Fraction(election.votes[at]), election.projects[at].cost
        worth = {"most votes": -votes, "cheaper": cost, "dearer": -cost}
        return (*(worth[one] for one in by), Fraction(place.get(at, len(place))))

    return tuple(sorted(election.by_id, key=key))
