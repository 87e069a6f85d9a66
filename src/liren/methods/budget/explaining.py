"""Why a project won, who carried it and what each paid; or what it lacked.

All money is exact; `in_money` rounds for the eye. What is told as paid adds up to the price to the last fraction.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Literal

from liren.methods.budget.deciding import BEGINS, Decision
from liren.methods.budget.election import Election, priority
from liren.methods.budget.greedy import ranking
from liren.methods.budget.phragmen import Course
from liren.methods.budget.purses import Paid
from liren.methods.budget.shares import Outcome, Shares
from liren.methods.budget.terms import tie_order

Why = Literal[
    "bought",  # its supporters paid for it
    "by_votes",  # it had the votes: greedy, or the rest of the budget after equal shares
    "few_votes",  # it lacks votes that the terms ask of it
    "excluded",  # it cannot win beside `against`, which won
    "too_dear",  # the rest of the budget did not hold it when it was its turn
    "count_ended",  # the count ended before it was its turn
    "no_price",  # it costs nothing, so there is nothing to pay for
    "money_spent",  # its supporters had not enough left to pay for it
]


@dataclass(frozen=True, slots=True)
class Explained:
    """One project. Fields that its rule does not know are None or empty.

    `place`: as which it won; of greedy, as which it had its turn. `votes`, `needed`: the votes it got, and the least
    the terms ask of it. `paid`: (amount, how many paid it), the largest first; `share`: the amount of those who paid
    in full. `effective`: price ÷ share, as many voters as would have carried it alone at that share. `left`: what its
    supporters together still had when the count ended; `missing`: what they lacked of the price then, or of greedy what
    the rest of the budget lacked; `more_voters`: the least number of further voters, each with a full part of the budget,
    who had closed that gap; of greedy the least number of further votes with which it had won; of a project that lacks
    votes, those. `spare`: the rest of the budget at its turn, or at the end. `moment`: of Phragmén's rule, how much
    everybody had earned when it was bought.
    """

    project: int
    won: bool
    why: Why
    votes: int
    needed: int
    place: int | None = None
    against: int | None = None
    paid: Paid = ()
    share: Fraction | None = None
    effective: Fraction | None = None
    left: Fraction | None = None
    missing: Fraction | None = None
    more_voters: int | None = None
    spare: Fraction | None = None
    moment: Fraction | None = None


def explain(election: Election, decision: Decision) -> tuple[Explained, ...]:
    """Every project, in the order of the election."""
    told = _Told(election, decision)
    if decision.turns is not None:
        found = _of_greedy(told)
    elif decision.course is not None:
        found = _of_course(told, decision.course)
    else:
        assert decision.outcome is not None
        found = _of_shares(told, decision.outcome)
    return tuple(found(at) for at in range(len(election.projects)))


def in_money(amount: Fraction, places: int = 2) -> Decimal:
    """Money rounded for the eye, half a unit upwards, whatever its size."""
    return Decimal(f"{floor(amount * 10**places + Fraction(1, 2))}E-{places}")


class _Told:
    """What every explanation needs."""

    def __init__(self, election: Election, decision: Decision) -> None:
        self.election, self.decision, self.terms = election, decision, decision.rule.terms
        self.place = {project: at + 1 for at, project in enumerate(decision.winners)}
        self.ties = tie_order(election, decision.rule.ties, decision.rule.listed)
        self.spare = election.budget - election.cost(decision.winners)

    def one(self, at: int, why: Why) -> Explained:
        """What is the same for every rule."""
        needed, votes = self.terms.needed(self.election, at), self.election.votes[at]
        return Explained(at, at in self.place, why, votes, needed, self.place.get(at), spare=self.spare)

    def barred(self, at: int) -> Explained | None:
        """A loser whom the terms kept out, if it is one."""
        if at in self.place:
            return None
        needed, votes = self.terms.needed(self.election, at), self.election.votes[at]
        if votes < needed:
            return replace(self.one(at, "few_votes"), more_voters=needed - votes)
        rivals = [project for project in self.decision.winners if project in self.terms.rivals(at)]
        return replace(self.one(at, "excluded"), against=rivals[0]) if rivals else None


def _carried(one: Explained, paid: Paid, cost: Fraction) -> Explained:
    share = paid[0][0]
    return replace(one, paid=paid, share=share, effective=cost / share)


def _lacking(one: Explained, cost: Fraction, left: Fraction, part: Fraction) -> Explained:
    missing = max(cost - left, Fraction(0))
    return replace(one, left=left, missing=missing, more_voters=ceil(missing / part) if part else None)


def _of_shares(told: _Told, outcome: Outcome) -> Callable[[int], Explained]:
    rule, election = told.decision.rule, told.election
    shares = Shares(election, rule.utility, told.ties, rule.terms)
    receipts, purses = shares.receipts(outcome)
    paid = {one.project: receipt for one, receipt in zip(outcome.rounds, receipts, strict=True)}

    def found(at: int) -> Explained:
        left, cost = purses.means(shares.sides[at]), election.projects[at].cost
        if at in paid:
            return replace(_carried(told.one(at, "bought"), paid[at], cost), left=left)
        if at in told.place:
            return replace(told.one(at, "by_votes"), left=left)
        if not cost:
            return told.one(at, "no_price")
        why: Why = "too_dear" if rule.name in BEGINS else "money_spent"
        return told.barred(at) or _lacking(told.one(at, why), cost, left, outcome.per_voter)

    return found


def _of_course(told: _Told, course: Course) -> Callable[[int], Explained]:
    election, bought = told.election, {one.project: one for one in course.bought}
    ballots = election.ballots

    def found(at: int) -> Explained:
        cost = election.projects[at].cost
        if at in bought:
            one = replace(told.one(at, "bought"), moment=bought[at].moment)
            return _carried(one, bought[at].paid, cost) if cost else one
        side = ballots.group[ballots.project == at].tolist()
        earned = ((course.end - course.spent[who]) * int(ballots.weight[who]) for who in side)
        why: Why = "too_dear" if at == course.stopped else "count_ended"
        return told.barred(at) or _lacking(told.one(at, why), cost, sum(earned, Fraction(0)), course.end)

    return found


def _of_greedy(told: _Told) -> Callable[[int], Explained]:
    election, had = told.election, {turn.project: turn for turn in told.decision.turns or ()}
    order = ranking(election, told.decision.rule.by, ties=told.ties, terms=told.terms)
    place = {project: at + 1 for at, project in enumerate(order)}

    def found(at: int) -> Explained:
        if at not in had:
            one = told.barred(at) or told.one(at, "count_ended")
            return replace(one, place=place.get(at), more_voters=one.more_voters or _more_votes(told, at))
        turn, cost = had[at], election.projects[at].cost
        why: Why = "by_votes" if turn.won else "too_dear" if turn.against is None else "excluded"
        one = replace(told.one(at, why), place=place[at], spare=turn.spare, against=turn.against)
        if turn.won:
            return one
        return replace(one, missing=max(cost - turn.spare, Fraction(0)), more_voters=_more_votes(told, at))

    return found


def _more_votes(told: _Told, project: int) -> int | None:
    """The least number of further votes with which greedy would have chosen a project; None if none would do.

    None also where votes are no approvals: what a further voter gives is not known there.
    """
    election, by = told.election, told.decision.rule.by
    if by.startswith("points") and election.kind != "approval":
        return None
    cost, rivals, past = election.projects[project].cost, told.terms.rivals(project), None
    for turn in told.decision.turns or ():
        # once it is too late it stays too late: money only goes, winners only come
        if turn.project == project or cost > turn.spare:
            break
        past = turn.project
        if turn.won and turn.project in rivals:
            break
    if past is None:
        return None
    rank = priority(told.ties)
    priced = by.endswith("per cost")
    # worth of one vote of each, as `ranking` counts it
    here, there = (
        Fraction(1) / election.projects[at].cost if priced and election.projects[at].cost else Fraction(1)
        for at in (project, past)
    )
    short = election.votes[past] * there / here - election.votes[project]
    return ceil(short) if rank[project] < rank[past] else floor(short) + 1
