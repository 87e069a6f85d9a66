"""Every write of the forum: propose, second, sort, promise, judge; comments and their moderation; what the clock does."""

from liren.rooms.forum.actions.commenting import agree, appeal, comment, hide, restore, rule_appeal
from liren.rooms.forum.actions.promising import Planned, add_step, finish, judge, postpone, promise, step_done
from liren.rooms.forum.actions.proposing import Draft, Made, propose, withdraw
from liren.rooms.forum.actions.seconding import add_paper, second, take_back
from liren.rooms.forum.actions.settling import follow_move, settle_due
from liren.rooms.forum.actions.sorting import Decision, outcome, sort
from liren.rooms.forum.rules import Sorting

__all__ = [
    "Decision",
    "Draft",
    "Made",
    "Planned",
    "Sorting",
    "add_paper",
    "add_step",
    "agree",
    "appeal",
    "comment",
    "finish",
    "follow_move",
    "hide",
    "judge",
    "outcome",
    "postpone",
    "promise",
    "propose",
    "restore",
    "rule_appeal",
    "second",
    "settle_due",
    "sort",
    "step_done",
    "take_back",
    "withdraw",
]
