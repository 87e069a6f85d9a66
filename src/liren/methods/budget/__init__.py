"""Deciding on a budget together: ballots over projects with a price, and the rules that turn them into winners.

election (what was voted on and how) · pabulib (read and write the exchange format) · shares (equal shares and its
completions) · greedy · phragmen · explaining (why a project won, or what it lacked). Every rule decides as exact
fractions would; floating point only finds the few candidates that have to be compared exactly.
"""

from liren.methods.budget.completing import add_one, completed, preferring
from liren.methods.budget.election import Ballots, Election, People, Project, borda, grouped
from liren.methods.budget.greedy import greedy
from liren.methods.budget.pabulib import Unreadable, read, write
from liren.methods.budget.phragmen import phragmen
from liren.methods.budget.shares import Outcome, Round, Shares, part_of
from liren.methods.budget.terms import Terms, tie_order

__all__ = [
    "Ballots",
    "Election",
    "Outcome",
    "People",
    "Project",
    "Round",
    "Shares",
    "Terms",
    "Unreadable",
    "add_one",
    "borda",
    "completed",
    "greedy",
    "grouped",
    "part_of",
    "phragmen",
    "preferring",
    "read",
    "tie_order",
    "write",
]
