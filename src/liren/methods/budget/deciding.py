"""Ballots turned into winners by a rule that was fixed before the vote, in all its parts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from liren.methods.budget.completing import Wish, add_one, completed, preferring
from liren.methods.budget.election import Election, Utility
from liren.methods.budget.greedy import By, Turn, turns
from liren.methods.budget.phragmen import Course, course
from liren.methods.budget.shares import Outcome, Shares, part_of
from liren.methods.budget.terms import FREE, Terms, Tie, tie_order

Name = Literal["greedy", "greedy_stop", "phragmen", "shares", "shares_u", "add1", "add1u", "add1e", "add1eu"]
NAMES: tuple[Name, ...] = (
    "greedy", "greedy_stop", "phragmen", "shares", "shares_u", "add1", "add1u", "add1e", "add1eu",
)  # fmt: skip
# rules that spend the rest by votes, and those they begin as
BEGINS: Mapping[Name, Name] = {"shares_u": "shares", "add1u": "add1", "add1eu": "add1e"}


@dataclass(frozen=True)
class Rule:
    """How ballots become winners.

    `name`: greedy, passing over what does not fit or ending there (greedy_stop); Phragmén's rule; equal shares alone
    (shares), with the parts raised by `step` as long as the budget holds (add1) or until nothing more could be added
    (add1e), and with the rest spent by votes (…u). `by`: what greedy counts. `utility`: what equal shares count.
    `compared`: greedy stands instead of equal shares if more voters like it better, in that sense.
    """

    name: Name
    utility: Utility = "cost"
    by: By = "points"
    step: Fraction = Fraction(1)
    ties: tuple[Tie, ...] = ()
    listed: tuple[int, ...] = ()
    terms: Terms = FREE
    compared: Wish | None = None


@dataclass(frozen=True)
class Decision:
    """Who won and how it came about: of the rule that decided one of `outcome`, `course` and `turns` is told.

    `liked`: of a comparison, how many voters liked equal shares better and how many greedy.
    """

    rule: Rule
    winners: tuple[int, ...]
    outcome: Outcome | None = None
    course: Course | None = None
    turns: tuple[Turn, ...] | None = None
    liked: tuple[int, int] | None = None


def decide(election: Election, rule: Rule, known: dict[Rule, Outcome] | None = None) -> Decision:
    """The winners, in the order in which they won.

    `known`: what was found under other rules of the same election; what is found here is added, so that rules that begin
    alike are counted once. Raises ValueError where nobody voted, the step of a rule is not positive or its list of ties
    is none.
    """
    ties = tie_order(election, rule.ties, rule.listed)
    if rule.name == "phragmen":
        found = course(election, ties=ties, terms=rule.terms)
        return Decision(rule, found.winners, course=found)
    if rule.name.startswith("greedy"):
        return _greedily(election, rule)
    outcome = _shared(rule, Shares(election, rule.utility, ties, rule.terms), {} if known is None else known)
    if rule.compared is None:
        return Decision(rule, outcome.winners, outcome)
    other = _greedily(election, rule)
    liked = preferring(election, outcome.winners, other.winners, rule.compared)
    if liked[1] > liked[0]:
        return Decision(rule, other.winners, turns=other.turns, liked=liked)
    return Decision(rule, outcome.winners, outcome, liked=liked)


def _greedily(election: Election, rule: Rule) -> Decision:
    ties = tie_order(election, rule.ties, rule.listed)
    found = turns(election, rule.by, skip=rule.name != "greedy_stop", ties=ties, terms=rule.terms)
    return Decision(rule, tuple(turn.project for turn in found if turn.won), turns=found)


def _shared(rule: Rule, shares: Shares, known: dict[Rule, Outcome]) -> Outcome:
    name = BEGINS.get(rule.name, rule.name)
    begun = replace(rule, name=name, compared=None)
    if begun not in known:
        known[begun] = (
            shares.run(part_of(shares.election))
            if name == "shares"
            else add_one(shares, rule.step, exhaustive_stop=name == "add1e")
        )
    return known[begun] if name == rule.name else completed(shares, known[begun])
