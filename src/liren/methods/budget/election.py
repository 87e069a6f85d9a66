"""What was voted on: projects with their price, and ballots, those that say the same counted together."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["approval", "ordinal", "cumulative", "scoring"]
Utility = Literal["cost", "cardinality", "points"]
Mark = tuple[tuple[int, int], ...]  # (project, points) of one ballot, by project

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Project:
    """One project: its key and its price in the money of the election."""

    id: str
    cost: Fraction
    name: str = ""


@dataclass(frozen=True)
class Ballots:
    """Ballots grouped: ballot g was cast `weight[g]` times and marks `project[start[g]:start[g + 1]]` with `points`."""

    start: Ints
    project: Ints
    points: Ints
    weight: Ints

    @property
    def voters(self) -> int:
        """How many people voted."""
        return int(self.weight.sum())


@dataclass(frozen=True)
class Election:
    """A budget to spend, projects, ballots. `selected`: what the real count chose, where a file says it."""

    budget: Fraction
    projects: tuple[Project, ...]
    ballots: Ballots
    kind: Kind = "approval"
    meta: tuple[tuple[str, str], ...] = ()
    selected: frozenset[int] | None = None

    @property
    def voters(self) -> int:
        """How many people voted, those who marked nothing included."""
        return self.ballots.voters

    @cached_property
    def by_id(self) -> tuple[int, ...]:
        """Projects in the order of their keys: ties fall to the first, unless a rule says otherwise."""
        return tuple(sorted(range(len(self.projects)), key=lambda p: self.projects[p].id))

    @cached_property
    def votes(self) -> tuple[int, ...]:
        """How many people marked each project."""
        return self._summed(np.ones_like(self.ballots.points))

    @cached_property
    def points(self) -> tuple[int, ...]:
        """The points each project got from everybody; of an approval ballot one for each mark."""
        return self._summed(self.ballots.points)

    def _summed(self, each: Ints) -> tuple[int, ...]:
        ballots = self.ballots
        weight = np.repeat(ballots.weight, np.diff(ballots.start))
        summed = np.zeros(len(self.projects), dtype=np.int64)
        np.add.at(summed, ballots.project, weight * each)
        return tuple(int(one) for one in summed)

    def cost(self, chosen: Iterable[int]) -> Fraction:
        """What projects cost together."""
        return sum((self.projects[p].cost for p in chosen), Fraction(0))


def grouped(marks: Iterable[Mark]) -> Ballots:
    """Ballots that say the same, counted. Deterministic: in the order in which each was met first."""
    return counted(Counter(marks))


def counted(groups: "Counter[Mark]") -> Ballots:
    """The same from counts."""
    lengths = [len(mark) for mark in groups]
    flat: Any = np.array([pair for mark in groups for pair in mark], dtype=np.int64).reshape(-1, 2)
    return Ballots(
        start=np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]).astype(np.int64),
        project=np.ascontiguousarray(flat[:, 0]),
        points=np.ascontiguousarray(flat[:, 1]),
        weight=np.array(list(groups.values()), dtype=np.int64),
    )


def priority(order: Sequence[int]) -> list[int]:
    """The rank of each project in an order of preference among ties."""
    rank = [0] * len(order)
    for at, project in enumerate(order):
        rank[project] = at
    return rank
