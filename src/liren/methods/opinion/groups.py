"""Groups of people who stand near one another on the plane: first up to a hundred small ones, then two to five of those.

Source: Polis, math/clusters.clj and conversation.clj, begun cold (its own groups carry the history of a conversation).
Every step is deterministic: the first centres are the first people, ties go to the first.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import silhouette_score

from liren.methods.opinion.votes import Floats, Ints, Votes

LEAST_SAID, LEAST_PEOPLE = 7, 15
SMALL, SMALL_ROUNDS = 100, 100
MOST_GROUPS, GROUP_ROUNDS = 5, 20
STILL = 0.01  # a centre that moved less than this stands still


@dataclass(frozen=True)
class Groups:
    """`members`: the people of each group, in the order given. `centers`: where each group stands.

    `silhouette`: how far apart the groups are, -1 to 1, by the small groups they are made of; 0 for one group.
    """

    members: tuple[Ints, ...]
    centers: Floats
    silhouette: float

    def labels(self, people: int) -> Ints:
        """The group of each person, -1 for who is in none."""
        found = np.full(people, -1, dtype=np.int64)
        for at, members in enumerate(self.members):
            found[members] = at
        return found


def taking_part(votes: Votes) -> Ints:
    """Who said enough to be placed in a group: 7 statements, or all there are; at least the 15 who said most."""
    counts = votes.counts
    enough = np.flatnonzero(counts >= max(1, min(LEAST_SAID, votes.statements)))
    if len(enough) >= LEAST_PEOPLE:
        return enough
    most = np.argsort(-counts, kind="stable")
    rest = most[(counts[most] > 0) & ~np.isin(most, enough)]
    return np.sort(np.concatenate((enough, rest[: LEAST_PEOPLE - len(enough)])))


def groups(points: Floats, people: Ints) -> Groups:
    """Group the people whose places are the rows of `points` named by `people`."""
    if not len(people):
        return Groups((), np.empty((0, 2)), 0.0)
    near = points[people]
    labels, centers = nearest_means(near, _first_distinct(near, SMALL), np.ones(len(near)), SMALL_ROUNDS)
    sizes = np.bincount(labels, minlength=len(centers)).astype(float)
    joined, middle, silhouette = join(centers, sizes)
    of_person = joined[labels]
    members = tuple(people[of_person == at] for at in range(len(middle)))
    return Groups(members, middle, silhouette)


def join(centers: Floats, sizes: Floats) -> tuple[Ints, Floats, float]:
    """The group of each small group, where the groups stand, and their silhouette: of two to five the best apart."""
    far = np.hypot(*(centers[:, None, :] - centers[None, :, :]).transpose(2, 0, 1))
    best: tuple[Ints, Floats, float] | None = None
    for k in range(2, min(MOST_GROUPS, 2 + len(centers) // 12) + 1):
        labels, middle = nearest_means(centers, _first_distinct(centers, k), sizes, GROUP_ROUNDS)
        if len(middle) < 2:
            continue
        apart = _apart(far, labels)
        if best is None or apart > best[2]:
            best = labels, middle, apart
    if best is None:
        weighed = np.average(centers, axis=0, weights=sizes)
        return np.zeros(len(centers), dtype=np.int64), weighed[None, :], 0.0
    return best


def _first_distinct(points: Floats, most: int) -> Floats:
    """The first `most` different places."""
    _, first = np.unique(points, axis=0, return_index=True)
    return points[np.sort(first)[:most]]


def nearest_means(points: Floats, begin: Floats, weights: Floats, rounds: int) -> tuple[Ints, Floats]:
    """k-means by Lloyd's rounds from given centres: the centre of each point, and the centres; empty ones are dropped.

    Ends when every centre stands still. Most points stay with their centre: those of which the triangle inequality proves
    it are not measured again (Hamerly, SDM 2010), which changes nothing but the time.
    """
    centers = begin
    labels, own, other = _nearest_two(points, centers)
    for left in reversed(range(rounds)):
        means, kept = _means(points, labels, weights, len(centers))
        moved = np.hypot(*(means - centers).T)[kept]
        all_kept = bool(kept.all())
        centers, labels = means[kept], (np.cumsum(kept) - 1)[labels]
        if not left or moved.max() < STILL:
            break
        if not all_kept:  # without one of the centres the bounds say nothing
            labels, own, other = _nearest_two(points, centers)
            continue
        own += moved[labels]
        other -= moved.max()
        unsure = np.flatnonzero(own >= other)
        labels[unsure], own[unsure], other[unsure] = _nearest_two(points[unsure], centers)
    return labels, centers


def _nearest_two(points: Floats, centers: Floats) -> tuple[Ints, Floats, Floats]:
    """The nearest centre of each point, how far it is, and how far the second nearest is."""
    far = np.sqrt((points[:, :1] - centers[:, 0]) ** 2 + (points[:, 1:] - centers[:, 1]) ** 2)
    labels = far.argmin(axis=1)
    rows = np.arange(len(points))
    own = far[rows, labels].copy()
    far[rows, labels] = np.inf
    return labels, own, far.min(axis=1, initial=np.inf)


def _means(points: Floats, labels: Ints, weights: Floats, k: int) -> tuple[Floats, NDArray[np.bool_]]:
    heavy = np.bincount(labels, weights=weights, minlength=k)
    kept = heavy > 0
    sums = np.stack([np.bincount(labels, weights=weights * points[:, axis], minlength=k) for axis in (0, 1)])
    return (sums / np.where(kept, heavy, 1.0)).T, kept


def _apart(far: Floats, labels: Ints) -> float:
    """The mean silhouette of things whose distances are given; one alone in its group counts 0."""
    if labels.max() + 1 == len(labels):  # each alone
        return 0.0
    return float(silhouette_score(far, labels, metric="precomputed"))
