"""Opinion groups: where people who vote on statements stand, which groups they form, what each says, what all agree on.

votes (who said what) · plane (where everybody stands) · groups · saying (what tells the groups apart, what unites them,
what to ask next) · steadiness (whether the groups may be spoken of). The mathematics of Polis, reproduced from its
published description and numbers, on sparse matrices; with what it lacks: how steady its groups are.
"""

from liren.methods.opinion.groups import Groups, groups, join, taking_part
from liren.methods.opinion.plane import Plane, plane
from liren.methods.opinion.saying import (
    Agreed,
    Counts,
    Told,
    agreed_across,
    agreed_by_all,
    priorities,
    telling,
)
from liren.methods.opinion.steadiness import Steadiness, alike, steadiness
from liren.methods.opinion.votes import AGREE, DISAGREE, PASS, Votes

__all__ = [
    "AGREE",
    "DISAGREE",
    "PASS",
    "Agreed",
    "Counts",
    "Groups",
    "Plane",
    "Steadiness",
    "Told",
    "Votes",
    "agreed_across",
    "agreed_by_all",
    "alike",
    "groups",
    "join",
    "plane",
    "priorities",
    "steadiness",
    "taking_part",
    "telling",
]
