"""What groups say: the statements that set each group apart, those on which all agree, and which to ask next.

Source: Polis, math/repness.clj and conversation.clj: its smoothing, its tests at 90 % one-sided, its order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from liren.methods.opinion.votes import AGREE, DISAGREE, Floats, Ints, Votes

Side = Literal["agree", "disagree"]
SURE = 1.2816  # the one-sided 90 % quantile of the normal distribution, as Polis has it
MOST_TOLD = 5
ABOUT_ONESELF = 7.0  # the importance of a statement about oneself when the next one is drawn


@dataclass(frozen=True)
class Counts:
    """How each group voted on each statement, rows by group: agreed, disagreed, seen (passed too)."""

    agreed: Ints
    disagreed: Ints
    seen: Ints

    @classmethod
    def of(cls, votes: Votes, groups: Sequence[Ints]) -> "Counts":
        """Counted over the members of each group; hidden statements too."""
        k, m = len(groups), votes.statements
        group = np.full(votes.people, -1, dtype=np.int64)
        for at, members in enumerate(groups):
            group[members] = at
        of_vote = group[votes.person]
        kept = of_vote >= 0
        cell = of_vote[kept] * m + votes.statement[kept]
        value = votes.value[kept]
        counted = np.bincount(cell * 3 + value + 1, minlength=k * m * 3).reshape(k, m, 3)
        return cls(counted[:, :, AGREE + 1], counted[:, :, DISAGREE + 1], counted.sum(axis=2))


@dataclass(frozen=True)
class Told:
    """A statement a group is told by. `said` of `seen` took this side; `share` of them, smoothed; `likelier`: how many
    times likelier than in the other groups; `share_z`, `likelier_z`: how sure both are, as normal scores.
    """

    statement: int
    side: Side
    said: int
    seen: int
    share: float
    share_z: float
    likelier: float
    likelier_z: float
    best_agreed: bool = False

    @property
    def weight(self) -> float:
        """What the order goes by."""
        return self.likelier * self.likelier_z * self.share * self.share_z


@dataclass(frozen=True)
class Agreed:
    """A statement on which everybody takes one side."""

    statement: int
    said: int
    seen: int
    share: float
    share_z: float


@dataclass(frozen=True)
class _Side:
    """One side of all statements in all groups."""

    said: Ints
    seen: Ints

    @cached_property
    def share(self) -> Floats:
        return (self.said + 1) / (self.seen + 2)

    @cached_property
    def share_z(self) -> Floats:
        return share_score(self.said, self.seen)

    @cached_property
    def likelier(self) -> Floats:
        rest_said, rest_seen = self._rest
        return self.share / ((rest_said + 1) / (rest_seen + 2))

    @cached_property
    def likelier_z(self) -> Floats:
        rest_said, rest_seen = self._rest
        return difference_score(self.said, self.seen, rest_said, rest_seen)

    @property
    def _rest(self) -> tuple[Ints, Ints]:
        return self.said.sum(axis=0) - self.said, self.seen.sum(axis=0) - self.seen

    def told(self, group: int, statement: int, side: Side, *, best_agreed: bool = False) -> Told:
        at = group, statement
        return Told(
            statement,
            side,
            int(self.said[at]),
            int(self.seen[at]),
            float(self.share[at]),
            float(self.share_z[at]),
            float(self.likelier[at]),
            float(self.likelier_z[at]),
            best_agreed,
        )


def share_score(said: Ints, seen: Ints) -> Floats:
    """How surely more than half took a side."""
    return 2 * np.sqrt(seen + 1) * ((said + 1) / (seen + 1) - 0.5)


def difference_score(said: Ints, seen: Ints, rest_said: Ints, rest_seen: Ints) -> Floats:
    """How surely a group takes a side more often than the rest."""
    own, other = (said + 1) / (seen + 1), (rest_said + 1) / (rest_seen + 1)
    both = (said + rest_said + 2) / (seen + rest_seen + 2)
    spread = np.sqrt(np.maximum(both * (1 - both) * (1 / (seen + 1) + 1 / (rest_seen + 1)), 0.0))
    return np.where(both == 1, 0.0, (own - other) / np.where(spread > 0, spread, 1.0))


def telling(counts: Counts, hidden: Ints) -> tuple[tuple[Told, ...], ...]:
    """For each group the statements that tell it from the others: five at most, those it agrees with first."""
    agree, disagree = _Side(counts.agreed, counts.seen), _Side(counts.disagreed, counts.seen)
    shown = np.setdiff1d(np.arange(counts.seen.shape[1]), hidden)
    return tuple(_of_group(group, agree, disagree, shown) for group in range(len(counts.seen)))


def _of_group(group: int, agree: _Side, disagree: _Side, shown: Ints) -> tuple[Told, ...]:
    sure: list[Told] = []
    best: Told | None = None
    best_score = -np.inf
    agreed: int | None = None
    for statement in map(int, shown):
        at = group, statement
        side = agree if agree.likelier_z[at] > disagree.likelier_z[at] else disagree
        told = side.told(group, statement, "agree" if side is agree else "disagree")
        if any(one.likelier_z[at] > SURE and one.share_z[at] > SURE for one in (agree, disagree)):
            sure.append(told)
        if told.likelier_z > best_score:
            best, best_score = told, told.likelier_z
        if _agrees_better(group, statement, agreed, agree, disagree):
            agreed = statement
    head = [agree.told(group, agreed, "agree", best_agreed=True)] if agreed is not None else []
    if not head and not sure and best is not None:
        head = [best]
    rest = sorted((one for one in sure if one.statement != agreed), key=lambda one: -one.weight)
    chosen = (head + rest)[:MOST_TOLD]
    return tuple(sorted(chosen, key=lambda one: one.side != "agree"))


def _agrees_better(group: int, statement: int, so_far: int | None, agree: _Side, disagree: _Side) -> bool:
    """Whether the group agrees with this statement more tellingly than with the best one before it."""
    at = group, statement
    if not agree.said[at] and not disagree.said[at]:
        return False
    if so_far is None:
        return bool(agree.share_z[at] > SURE or (agree.likelier[at] > 1 and agree.share[at] > 0.5))
    before = group, so_far
    if agree.likelier[before] > 1:
        return bool(_weight(agree, at) > _weight(agree, before))
    return bool(agree.share[at] * agree.share_z[at] > agree.share[before] * agree.share_z[before])


def _weight(side: _Side, at: tuple[int, int]) -> float:
    return float(side.likelier[at] * side.likelier_z[at] * side.share[at] * side.share_z[at])


def agreed_by_all(votes: Votes) -> dict[Side, tuple[Agreed, ...]]:
    """The statements on which surely more than half of all who saw them take one side: five at most for each side."""
    counts = Counts.of(votes, [np.arange(votes.people)])
    shown = np.setdiff1d(np.arange(votes.statements), votes.hidden)
    found: dict[Side, tuple[Agreed, ...]] = {}
    sides: tuple[tuple[Side, Ints], ...] = (("agree", counts.agreed), ("disagree", counts.disagreed))
    for side, said in sides:
        one = _Side(said, counts.seen)
        share, score = one.share[0], one.share_z[0]
        kept = shown[(share[shown] > 0.5) & (score[shown] > SURE)]
        order = kept[np.argsort(-(share * score)[kept], kind="stable")][:MOST_TOLD]
        found[side] = tuple(
            Agreed(int(at), int(said[0, at]), int(counts.seen[0, at]), float(share[at]), float(score[at]))
            for at in order
        )
    return found


def agreed_across(counts: Counts) -> Floats:
    """Group-aware consensus: the product over the groups of the smoothed share that agrees, for each statement."""
    shares: Floats = np.prod((counts.agreed + 1) / (counts.seen + 2), axis=0)
    return shares


def priorities(counts: Counts, extremity: Floats, about_oneself: Ints) -> Floats:
    """How likely each statement should be the next one shown: new, far out and agreed with before passed over.

    By the votes of those who stand in a group, as in Polis; `about_oneself` are statements always worth asking.
    """
    agreed, seen = counts.agreed.sum(axis=0), counts.seen.sum(axis=0)
    passed = seen - agreed - counts.disagreed.sum(axis=0)
    importance = (1 - (passed + 1) / (seen + 2)) * (extremity + 1) * ((agreed + 1) / (seen + 2))
    found: Floats = (importance * (1 + 8 * 2.0 ** (-seen / 5))) ** 2
    found[about_oneself] = ABOUT_ONESELF**2
    return found
