"""How far the groups can be believed: would other people, or another start, have given others?

A peer shows its groups as facts; on two of five real conversations a start as good gives very different ones. Here the
people are drawn again and grouped again (bootstrap), and the small groups are joined from many other starts; how alike
the groupings are is the adjusted Rand index (Hubert and Arabie, Journal of Classification 2, 1985).
"""

from dataclasses import dataclass

import numpy as np
from sklearn.metrics import adjusted_rand_score

from liren.methods.opinion.groups import (
    GROUP_ROUNDS,
    Groups,
    groups,
    nearest_means,
    taking_part,
)
from liren.methods.opinion.plane import plane
from liren.methods.opinion.votes import Floats, Ints, Votes

DRAWS, STARTS, SEED = 20, 20, 1
LEAST_ALIKE = 0.6  # below this the groups are not named


@dataclass(frozen=True)
class Steadiness:
    """`drawn`: the median likeness of the groups to those of people drawn again. `started`: their likeness to the best of
    many other starts, 1.0 where none is better. `named`: whether the groups may be spoken of.
    """

    drawn: float
    started: float

    @property
    def named(self) -> bool:
        """Whether they would be much the same again."""
        return min(self.drawn, self.started) >= LEAST_ALIKE


def steadiness(votes: Votes, found: Groups) -> Steadiness:
    """How steady the groups found are. The same votes give the same answer."""
    labels = found.labels(votes.people)
    inside = np.flatnonzero(labels >= 0)
    if len(found.members) < 2:
        return Steadiness(0.0, 0.0)
    dice = np.random.default_rng(SEED)
    likeness = [_drawn_again(votes, labels, dice) for _ in range(DRAWS)]
    points = plane(votes).people[inside]
    return Steadiness(float(np.median(likeness)), _started_anew(points, labels[inside], dice))


def _drawn_again(votes: Votes, labels: Ints, dice: np.random.Generator) -> float:
    drawn = np.sort(dice.integers(votes.people, size=votes.people))
    again = votes.drawn(drawn)
    regrouped = groups(plane(again).people, taking_part(again)).labels(again.people)
    both = (regrouped >= 0) & (labels[drawn] >= 0)
    return alike(labels[drawn][both], regrouped[both])


def _started_anew(points: Floats, labels: Ints, dice: np.random.Generator) -> float:
    """The likeness to the best grouping from starts spread by chance (k-means++), where it is better than ours."""
    k = int(labels.max()) + 1
    weights = np.ones(len(points))
    best, likeness = _compactness(points, labels), 1.0
    for _ in range(STARTS):
        other, _centers = nearest_means(points, _spread(points, k, dice), weights, GROUP_ROUNDS)
        compact = _compactness(points, other)
        if compact > best:
            best, likeness = compact, alike(labels, other)
    return likeness


def _compactness(points: Floats, labels: Ints) -> float:
    """Minus the squared distances of all to the middle of their group."""
    k = int(labels.max()) + 1
    sizes = np.maximum(np.bincount(labels, minlength=k), 1)
    middle = np.stack(
        [np.bincount(labels, weights=points[:, axis], minlength=k) / sizes for axis in (0, 1)], axis=1
    )
    return -float(((points - middle[labels]) ** 2).sum())


def _spread(points: Floats, k: int, dice: np.random.Generator) -> Floats:
    """k different people to start from, each likelier the farther it is from those before it."""
    chosen = [points[dice.integers(len(points))]]
    for _ in range(k - 1):
        far = np.min([((points - one) ** 2).sum(axis=1) for one in chosen], axis=0)
        if not far.any():
            break
        chosen.append(points[dice.choice(len(points), p=far / far.sum())])
    return np.array(chosen)


def alike(one: Ints, other: Ints) -> float:
    """The adjusted Rand index of two groupings of the same people: 1.0 the same, about 0.0 no more than by chance."""
    return float(adjusted_rand_score(one, other)) if len(one) else 0.0
