"""Votes by the law's thresholds: rules, a frozen roll, the count, and a published file whoever wants to can count again.

figures (exact numbers) · tally (counting) · judging (quorum and majority) · rules, schema (a row of forum.voting) · roll ·
voters (proxies, secrecy, which ballot counts) · tree, board (seals and receipts) · publishing · recount, printed, script
(the same count by residents). Nothing but Python's own library: seven of these modules are the script itself.
"""

from liren.methods.ballot.board import (
    ballots_root,
    code_of,
    digest,
    in_order,
    receipt_leaf,
    receipt_of,
    receipts_root,
    sealed,
    sealed_box,
)
from liren.methods.ballot.figures import AREA, MEASURES, Weights, number, plain, weights_from, written
from liren.methods.ballot.judging import (
    OF,
    OUTCOMES,
    Condition,
    Finding,
    Threshold,
    Verdict,
    Way,
    condition_from,
    judge,
    standing,
    threshold_from,
)
from liren.methods.ballot.printed import told
from liren.methods.ballot.publishing import Asked, Basis, Receipt, Sealed, publish, row_of
from liren.methods.ballot.recount import Fault, Recounted, recount, result_of
from liren.methods.ballot.roll import Entry, Holding, Roll, committee, equals, owners, roll_of
from liren.methods.ballot.rules import (
    Proxies,
    Rule,
    Said,
    may_call,
    rule_from,
    still_needed,
    too_few_candidates,
)
from liren.methods.ballot.schema import VOTING
from liren.methods.ballot.script import script
from liren.methods.ballot.tally import ANSWERS, METHODS, RANKED, Ballot, Question, Tally, marks, tally
from liren.methods.ballot.tree import levels, prove, root, verify
from liren.methods.ballot.voters import (
    FEWEST_SECRET,
    Cast,
    Latest,
    Wrong,
    latest,
    may_be_secret,
    one_a_household,
    proxies,
    weighed,
)

__all__ = [
    "ANSWERS",
    "AREA",
    "FEWEST_SECRET",
    "MEASURES",
    "METHODS",
    "OF",
    "OUTCOMES",
    "RANKED",
    "VOTING",
    "Asked",
    "Ballot",
    "Basis",
    "Cast",
    "Condition",
    "Entry",
    "Fault",
    "Finding",
    "Holding",
    "Latest",
    "Proxies",
    "Question",
    "Receipt",
    "Recounted",
    "Roll",
    "Rule",
    "Said",
    "Sealed",
    "Tally",
    "Threshold",
    "Verdict",
    "Way",
    "Weights",
    "Wrong",
    "ballots_root",
    "code_of",
    "committee",
    "condition_from",
    "digest",
    "equals",
    "in_order",
    "judge",
    "latest",
    "levels",
    "marks",
    "may_be_secret",
    "may_call",
    "number",
    "one_a_household",
    "owners",
    "plain",
    "prove",
    "proxies",
    "publish",
    "receipt_leaf",
    "receipt_of",
    "receipts_root",
    "recount",
    "result_of",
    "roll_of",
    "root",
    "row_of",
    "rule_from",
    "script",
    "sealed",
    "sealed_box",
    "standing",
    "still_needed",
    "tally",
    "threshold_from",
    "told",
    "too_few_candidates",
    "verify",
    "weighed",
    "weights_from",
    "written",
]
