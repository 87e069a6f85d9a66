"""Deciding on a budget together: ballots over projects with a price, and the rules that turn them into winners.

election (what was voted on and how) · pabulib (read and write the exchange format) · shares (equal shares and its
completions) · greedy · phragmen · explaining (why a project won, or what it lacked). Every rule decides as exact
fractions would; floating point only finds the few candidates that have to be compared exactly.
"""

from liren.methods.budget.election import Ballots, Election, Project, grouped
from liren.methods.budget.greedy import greedy
from liren.methods.budget.pabulib import Unreadable, read, write
from liren.methods.budget.phragmen import phragmen
from liren.methods.budget.shares import Outcome, Round, Shares, add_one, completed, part_of

__all__ = [
    "Ballots",
    "Election",
    "Outcome",
    "Project",
    "Round",
    "Shares",
    "Unreadable",
    "add_one",
    "completed",
    "greedy",
    "grouped",
    "part_of",
    "phragmen",
    "read",
    "write",
]
