"""The plane on which people who vote alike stand together: the first two principal components of all votes.

What nobody said is filled with the mean of the statement, and the mean is taken off; so a missing vote is exactly 0 and
the matrix stays sparse. Source: Small et al., "Polis: Scaling Deliberation by Mapping High Dimensional Opinion Spaces",
Recerca 26(2), 2021; its program's math/pca.clj, whose numbers these are up to the sign of each axis.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.linalg import svds

from liren.methods.opinion.votes import Floats, Votes

SMALL = 40  # people or statements up to which the whole table is taken apart


@dataclass(frozen=True)
class Plane:
    """`center`: mean vote of each statement. `axes`: two rows, a weight for each statement. `people`: where each person
    stands. `statements`: where a person would stand who agreed with that one alone; `extremity`: how far out that is.

    An axis points to where its statements weigh the most; an axis of which there is none (all said the same) is 0.
    """

    center: Floats
    axes: Floats
    people: Floats
    statements: Floats
    extremity: Floats


def plane(votes: Votes) -> Plane:
    """Lay the votes onto their plane. The same votes give the same numbers, bit for bit."""
    shown, n, m = votes.shown, votes.people, votes.statements
    seen = np.bincount(shown.statement, minlength=m)
    center = np.bincount(shown.statement, weights=shown.value, minlength=m) / np.maximum(seen, 1)
    starts = np.concatenate(([0], np.cumsum(np.bincount(shown.person, minlength=n))))
    off = csr_array((shown.value - center[shown.statement], shown.statement, starts), shape=(n, m))
    axes = _axes(off)
    said = np.diff(starts) + len(votes.hidden)
    people = (off @ axes.T) * np.sqrt(m / np.maximum(said, 1))[:, None]
    statements = np.sqrt(m) * (1.0 - center)[:, None] * axes.T
    return Plane(center, axes, people, statements, np.hypot(statements[:, 0], statements[:, 1]))


def _axes(off: csr_array) -> Floats:
    """The two directions in which the rows differ most, of length 1; 0 where there is no such direction."""
    axes = np.zeros((2, off.shape[1]))
    if min(off.shape) <= SMALL:
        _, strength, found = np.linalg.svd(off.toarray(), full_matrices=False)
    elif not off.data.any():
        return axes
    else:
        # begun from a fixed direction that lies along no axis, so that every run goes the same way
        begin = np.cos(np.arange(min(off.shape)))
        _, strength, found = svds(off, k=2, v0=begin, tol=0, return_singular_vectors="vh", rng=1)
        order = np.argsort(-strength, kind="stable")
        strength, found = strength[order], found[order]
    for at in range(min(2, len(strength))):
        if strength[at] > 1e-9 * max(1.0, strength[0]):
            axis = found[at]
            axes[at] = axis * np.sign(axis[np.argmax(np.abs(axis))])
    return axes
