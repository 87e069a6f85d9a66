"""What if: one election under several rules, before it is laid down which of them decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from liren.methods.budget.deciding import NAMES, Decision, Rule, decide
from liren.methods.budget.election import Election
from liren.methods.budget.shares import Outcome


@dataclass(frozen=True)
class Result:
    """What one rule makes of an election.

    `heard`: voters of whom at least one project won; `by_wins[n]`: voters of whom n projects won. `money`: the share of
    what is spent that goes to each category, by name; a project of several is split evenly, one without is "".
    """

    decision: Decision
    cost: Fraction
    heard: int
    by_wins: tuple[int, ...]
    money: tuple[tuple[str, Fraction], ...]

    @property
    def rule(self) -> Rule:
        """The rule."""
        return self.decision.rule

    @property
    def winners(self) -> tuple[int, ...]:
        """Who wins, in the order in which they won."""
        return self.decision.winners

    @property
    def average(self) -> Fraction:
        """How many of their projects won for a voter on average; nothing where nobody voted."""
        wins = sum(times * voters for times, voters in enumerate(self.by_wins))
        return Fraction(wins, sum(self.by_wins)) if sum(self.by_wins) else Fraction(0)


@dataclass(frozen=True)
class Comparison:
    """Results in the order of the rules; projects that win under all of them, and under some only: by which."""

    results: tuple[Result, ...]
    always: tuple[int, ...]
    sometimes: tuple[tuple[int, tuple[int, ...]], ...]  # (project, places of the rules under which it wins)


def every_rule(like: Rule | None = None) -> tuple[Rule, ...]:
    """All rules of this house, in other respects like one."""
    like = like or Rule("shares")
    return tuple(
        Rule(name, like.utility, like.by, like.step, like.ties, like.listed, like.terms) for name in NAMES
    )


def compare(election: Election, rules: Sequence[Rule]) -> Comparison:
    """The same ballots under each rule. Raises ValueError as `decide` does."""
    known: dict[Rule, Outcome] = {}
    results = tuple(_result(election, decide(election, rule, known)) for rule in rules)
    under = {
        at: tuple(place for place, result in enumerate(results) if at in result.winners)
        for at in range(len(election.projects))
    }
    always = tuple(at for at, places in under.items() if results and len(places) == len(results))
    sometimes = tuple((at, places) for at, places in under.items() if 0 < len(places) < len(results))
    return Comparison(results, always, sometimes)


def _result(election: Election, decision: Decision) -> Result:
    winners = tuple(sorted(decision.winners))
    wins = np.bincount(election.marked(winners), election.ballots.weight, 1)
    by_wins = tuple(int(voters) for voters in wins)
    return Result(decision, election.cost(winners), sum(by_wins[1:]), by_wins, _money(election, winners))


def _money(election: Election, winners: Sequence[int]) -> tuple[tuple[str, Fraction], ...]:
    spent, parts = election.cost(winners), dict[str, Fraction]()
    for at in winners:
        project = election.projects[at]
        names = project.categories or ("",)
        for name in names:
            parts[name] = parts.get(name, Fraction(0)) + project.cost / len(names)
    return tuple((name, part / spent) for name, part in sorted(parts.items())) if spent else ()
