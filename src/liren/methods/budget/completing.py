"""What follows equal shares where money is left: parts raised step by step, the rest spent by votes, greedy compared.

Add1, Add1U and the utilitarian completion: D. Peters, equalshares.net, explanation and computing tool; the comparison
step and `by_price` of terms: the rules of Świecie, equalshares.net/elections/swiecie-2024.
"""

from collections.abc import Iterable
from fractions import Fraction
from math import ceil
from typing import Literal

import numpy as np

from liren.methods.budget.election import Election
from liren.methods.budget.shares import Outcome, Shares, part_of

Wish = Literal["more winners", "any winner"]


def add_one(
    shares: Shares,
    step: Fraction = Fraction(1),
    *,
    exhaustive_stop: bool = False,
    whole_start: bool = True,
) -> Outcome:
    """Equal shares with the parts raised, a step each, while all winners together stay within the budget (Add1).

    Starts at the whole steps of budget ÷ voters (`whole_start`; else at budget ÷ voters itself) and keeps the last
    outcome that could be paid; it ends also where nothing is left to add. `exhaustive_stop`: ends at the first outcome
    to which no other project could be added (Add1e).
    ValueError where nobody voted or the step is not positive.
    """
    election = shares.election
    if step <= 0:
        raise ValueError("a step above nothing")
    part = part_of(election)
    if whole_start:
        part = part // step * step
    best = shares.run(part)
    ended = _ended(shares, best, exhaustive_stop=exhaustive_stop)
    skipped = ceil((_quiet(shares, exhaustive_stop=exhaustive_stop) - part) / step) - 1
    if not ended and skipped > 0:
        part += skipped * step
        best = shares.run(part)
    while not ended:
        part += step
        found = shares.run(part)
        if election.cost(found.winners) > election.budget:
            return best
        best = found
        ended = _ended(shares, best, exhaustive_stop=exhaustive_stop)
    return best


def _ended(shares: Shares, found: Outcome, *, exhaustive_stop: bool) -> bool:
    """Whether nothing is left to add, or nothing that could be paid."""
    election, left = shares.election, _left(shares, found.winners)
    # who holds the whole budget alone can pay for whatever still fits: more money adds nothing
    if not left or found.per_voter >= election.budget:
        return True
    if not exhaustive_stop:
        return False
    spare = election.budget - election.cost(found.winners)
    return all(election.projects[at].cost > spare for at in left)


def _left(shares: Shares, winners: Iterable[int]) -> list[int]:
    """Projects that have not won and could, money aside."""
    chosen = set(winners)
    out = chosen.union(*(shares.terms.rivals(at) for at in chosen))
    return [at for at in shares.electable if at not in out]


def _quiet(shares: Shares, *, exhaustive_stop: bool) -> Fraction:
    """A part below which raising cannot end, so that nothing need be counted there.

    With less, some projects cost more than all of their supporters have together. The budget is not passed while all
    others fit in it at once, and nothing is exhausted while one of those that cannot be bought fits beside all others.
    """
    election = shares.election
    needs = sorted((shares.price(at) / election.votes[at], shares.price(at), at) for at in shares.electable)
    apart = frozenset[int]().union(*shares.terms.apart)
    spare, quiet = Fraction(election.budget), Fraction(0)
    for at, (need, price, _project) in enumerate(needs):
        free = [cost for _need, cost, project in needs[at:] if project not in apart]
        if not (any(cost <= spare for cost in free) if exhaustive_stop else free):
            break
        spare, quiet = spare - price, need
        if spare < 0:
            break
    return min(quiet, election.budget)


def completed(shares: Shares, found: Outcome) -> Outcome:
    """The rest of the budget spent by votes: most marks first, the cheaper among equals, what fits (utilitarian).

    After `add_one` this is Add1U. The terms of the shares hold here too.
    """
    election = shares.election
    order = sorted(
        _left(shares, found.winners),
        key=lambda at: (-election.votes[at], election.projects[at].cost, shares.rank[at]),
    )
    spare = election.budget - election.cost(found.winners)
    added, out = list[int](), set[int]()
    for at in order:
        if election.projects[at].cost <= spare and at not in out:
            added.append(at)
            out |= shares.terms.rivals(at)
            spare -= election.projects[at].cost
    return Outcome(found.rounds, found.per_voter, found.left, tuple(added))


def preferring(
    election: Election, first: Iterable[int], second: Iterable[int], wish: Wish = "more winners"
) -> tuple[int, int]:
    """How many voters like the first outcome better, and how many the second.

    `wish`: the one in which more of what they marked wins, or the one in which anything of it does.
    """
    here, there = election.marked(first), election.marked(second)
    if wish == "any winner":
        here, there = np.minimum(here, 1), np.minimum(there, 1)
    weight = election.ballots.weight
    return int(weight[here > there].sum()), int(weight[there > here].sum())
