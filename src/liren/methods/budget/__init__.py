"""Deciding on a budget together: ballots over projects with a price, and the rules that turn them into winners.

election (what was voted on and how) · limits (what a ballot may say) · pabulib, cells (read and write the exchange
format) · terms (thresholds, projects that exclude each other, ties) · shares, purses (equal shares) · completing (what
follows where money is left) · greedy · phragmen · deciding (a rule with all its parts) · explaining (who carried a
project, or what it lacked) · comparing (what other rules would have made of it). Every rule decides as exact fractions
would; floating point only finds the few candidates that have to be compared exactly.
"""

from liren.methods.budget.comparing import Comparison, Result, compare, every_rule
from liren.methods.budget.completing import add_one, completed, preferring
from liren.methods.budget.deciding import NAMES, Decision, Rule, decide
from liren.methods.budget.election import Ballots, Election, People, Project, borda, grouped
from liren.methods.budget.explaining import Explained, explain, in_money
from liren.methods.budget.greedy import greedy
from liren.methods.budget.limits import Fault, Limits, check_ballot, told_limits
from liren.methods.budget.pabulib import Unreadable, read, write
from liren.methods.budget.phragmen import phragmen
from liren.methods.budget.shares import Outcome, Round, Shares, part_of
from liren.methods.budget.terms import Terms, tie_order

__all__ = [
    "NAMES",
    "Ballots",
    "Comparison",
    "Decision",
    "Election",
    "Explained",
    "Fault",
    "Limits",
    "Outcome",
    "People",
    "Project",
    "Result",
    "Round",
    "Rule",
    "Shares",
    "Terms",
    "Unreadable",
    "add_one",
    "borda",
    "check_ballot",
    "compare",
    "completed",
    "decide",
    "every_rule",
    "explain",
    "greedy",
    "grouped",
    "in_money",
    "part_of",
    "phragmen",
    "preferring",
    "read",
    "tie_order",
    "told_limits",
    "write",
]
