"""What was voted on: projects with their price, and ballots, those that say the same counted together."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["approval", "ordinal", "cumulative", "scoring"]
Utility = Literal["cost", "cardinality", "points"]
Mark = tuple[tuple[int, int], ...]  # (project, points) of one ballot, by project

Ints = NDArray[np.int64]
BITS = 62  # of a whole number, its sign and one more left free


@dataclass(frozen=True, slots=True)
class Project:
    """One project: its key and its price in the money of the election. `more`: what else a file says of it."""

    id: str
    cost: Fraction
    name: str = ""
    more: tuple[tuple[str, str], ...] = ()

    @property
    def categories(self) -> tuple[str, ...]:
        """What kind of project it is, where that was told; parted by commas."""
        told = dict(self.more)
        said = told.get("category") or told.get("categories") or ""
        return tuple(dict.fromkeys(one for part in said.split(",") if (one := part.strip())))


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

    @cached_property
    def group(self) -> Ints:
        """The ballot of each mark."""
        return np.repeat(np.arange(len(self.weight)), np.diff(self.start))


@dataclass(frozen=True)
class People:
    """What a file tells of every voter beside the vote: a row of cells under `heads`, and the ballot they cast."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    ballot: tuple[int, ...]


@dataclass(frozen=True)
class Election:
    """A budget to spend, projects, ballots. `selected`: what the real count chose, where a file says it."""

    budget: Fraction
    projects: tuple[Project, ...]
    ballots: Ballots
    kind: Kind = "approval"
    meta: tuple[tuple[str, str], ...] = ()
    selected: frozenset[int] | None = None
    people: People | None = None

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
        summed = np.zeros(len(self.projects), dtype=np.int64)
        np.add.at(summed, ballots.project, ballots.weight[ballots.group] * each)
        return tuple(int(one) for one in summed)

    def cost(self, chosen: Iterable[int]) -> Fraction:
        """What projects cost together."""
        return sum((self.projects[p].cost for p in chosen), Fraction(0))

    def marked(self, chosen: Iterable[int]) -> Ints:
        """How many of some projects each ballot marks."""
        ballots = self.ballots
        among = np.isin(ballots.project, np.fromiter(chosen, dtype=np.int64))
        return np.bincount(ballots.group[among], minlength=len(ballots.weight)).astype(np.int64)


def borda(election: Election) -> Election:
    """The same ballots of ranks with the points of Borda: k-1 to the first of k, nothing to the last.

    Cities give k to the first and 1 to the last (3-2-1), and so does `read`; the literature on voting gives one less.
    The last is still marked and counts among the votes. Raises ValueError where ballots are no ranks.
    """
    if election.kind != "ordinal":
        raise ValueError("only ranks have points of Borda")
    ballots = election.ballots
    return replace(election, ballots=replace(ballots, points=_from_below(ballots)))


def _from_below(ballots: Ballots) -> Ints:
    """How many projects of the same ballot stand below each."""
    order = np.lexsort((ballots.points, ballots.group))
    below = np.empty_like(ballots.points)
    below[order] = np.arange(len(order)) - ballots.start[ballots.group[order]]
    return below


def grouped(marks: Iterable[Mark]) -> Ballots:
    """Ballots that say the same, counted. Deterministic: in the order in which each was met first.

    Marks of no points are left out. Raises ValueError where a ballot marks a project twice.
    """
    groups = Counter(marks)
    pairs: Any = np.array([pair for mark in groups for pair in mark], dtype=np.int64).reshape(-1, 2)
    sizes = np.array([len(mark) for mark in groups], dtype=np.int64)
    return gathered(sizes, pairs[:, 0], pairs[:, 1], np.array(list(groups.values()), dtype=np.int64))


def gathered(sizes: Ints, project: Ints, points: Ints, weight: Ints) -> Ballots:
    """The same from columns: ballot g has `sizes[g]` marks in any order and was cast `weight[g]` times.

    Raises ValueError also where there is more to tell apart than a number of 62 bits can.
    """
    low = int(points.max(initial=0)).bit_length()
    high = low + int(project.max(initial=0)).bit_length()
    if 2 * len(sizes).bit_length() + high + 1 > BITS:
        raise ValueError("too many ballots, projects or points")
    # one number for each mark: sorting numbers is many times as fast as sorting by columns
    marks = (np.repeat(np.arange(len(sizes)), sizes) << high) | (project << low) | points
    marks.sort()
    if np.any((marks[1:] ^ marks[:-1]) >> low == 0):
        raise ValueError("a project marked twice")
    if not points.all():
        marks = marks[(marks & ((1 << low) - 1)) > 0]
        sizes = np.bincount(marks >> high, minlength=len(sizes))
    marks &= (1 << high) - 1
    start = np.cumsum(sizes) - sizes
    said, order = in_order(_told_apart(start, sizes, marks + 1, high + 1))
    edges = np.flatnonzero(np.diff(said, prepend=-1))
    counts = np.add.reduceat(weight[order], edges) if len(edges) else weight
    first, met = in_order(order[edges])
    size = sizes[first]
    ends = np.cumsum(size)
    kept = marks[np.arange(int(size.sum())) + np.repeat(start[first] - ends + size, size)]
    starts = np.concatenate([np.zeros(1, dtype=np.int64), ends])
    return Ballots(starts, kept >> low, kept & ((1 << low) - 1), counts[met])


def _told_apart(start: Ints, sizes: Ints, marks: Ints, bits: int) -> Ints:
    """A number for each ballot, the same for those that say the same. `marks`: from one up, of so many bits."""
    widest, said = int(sizes.max(initial=0)), np.zeros(len(sizes), dtype=np.int64)
    at_once = (
        BITS - 2 * len(sizes).bit_length()
    ) // bits  # with room for a place (below), and for one to be sorted
    for at in range(widest):
        if at and at % at_once == 0:
            numbers, order = in_order(said)
            said[order] = np.cumsum(np.diff(numbers, prepend=0) > 0)  # small again, to make room for the next
        mark = marks[np.minimum(start + at, len(marks) - 1)]
        said = (said << bits) | np.where(sizes > at, mark, 0)
    return said


def in_order(numbers: Ints) -> tuple[Ints, Ints]:
    """Numbers in order, equal ones as they stood, and where each stood. They leave bits enough for that place."""
    bits = len(numbers).bit_length()
    both = (numbers << bits) | np.arange(len(numbers))
    both.sort()
    return both >> bits, both & ((1 << bits) - 1)


def priority(order: Sequence[int]) -> list[int]:
    """The rank of each project in an order of preference among ties."""
    rank = [0] * len(order)
    for at, project in enumerate(order):
        rank[project] = at
    return rank
