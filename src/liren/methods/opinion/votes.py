"""Who said what of which statement, as sparse columns of integers."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

AGREE, PASS, DISAGREE = 1, 0, -1


@dataclass(frozen=True)
class Votes:
    """The votes that count: the last of each person on each statement, ordered by person, then by statement.

    `hidden`: statements taken out by moderation, and those about oneself ("I rent my flat"). They are worth nothing to
    anybody and count as seen by all, as in Polis: dropping them would move everybody.
    """

    people: int
    statements: int
    person: Ints
    statement: Ints
    value: Ints
    hidden: Ints

    @classmethod
    def last_of(
        cls,
        people: int,
        statements: int,
        person: Ints,
        statement: Ints,
        value: Ints,
        *,
        hidden: Collection[int] = (),
    ) -> "Votes":
        """Votes in the order in which they were cast; of each person the last on a statement counts.

        Raises ValueError where a vote is none of -1, 0, 1, or of nobody, or on nothing.
        """
        if len(person) and not (
            person.min() >= 0
            and person.max() < people
            and statement.min() >= 0
            and statement.max() < statements
            and np.isin(value, (AGREE, PASS, DISAGREE)).all()
        ):
            raise ValueError("a vote is -1, 0 or 1, of a person and on a statement that there are")
        cell = person.astype(np.int64) * statements + statement
        order = np.argsort(cell, kind="stable")
        cell = cell[order]
        last = order[np.append(cell[1:] != cell[:-1], True)[: len(cell)]]
        return cls(
            people,
            statements,
            person[last].astype(np.int64),
            statement[last].astype(np.int64),
            value[last].astype(np.int64),
            np.array(sorted(hidden), dtype=np.int64),
        )

    @cached_property
    def counts(self) -> Ints:
        """How many statements each person voted on, hidden ones too."""
        return np.bincount(self.person, minlength=self.people)

    @cached_property
    def shown(self) -> "Votes":
        """The votes on what is not hidden."""
        if not len(self.hidden):
            return self
        seen = np.ones(self.statements, dtype=bool)
        seen[self.hidden] = False
        kept = seen[self.statement]
        return Votes(
            self.people,
            self.statements,
            self.person[kept],
            self.statement[kept],
            self.value[kept],
            np.empty(0, dtype=np.int64),
        )

    def drawn(self, people: Ints) -> "Votes":
        """The votes of some people, each as often as named, who become 0, 1, 2, … in that order."""
        starts = np.concatenate(([0], np.cumsum(self.counts)))
        many = self.counts[people]
        person = np.repeat(np.arange(len(people)), many)
        first = np.cumsum(many) - many
        rows = np.repeat(starts[people] - first, many) + np.arange(int(many.sum()))
        return Votes(
            len(people), self.statements, person, self.statement[rows], self.value[rows], self.hidden
        )
