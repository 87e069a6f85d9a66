"""Every read of the forum. Proposals are public; who stands behind them is nobody's to read."""

from liren.rooms.forum.levels import level, levels, offered
from liren.rooms.forum.queries.depth import Depth, depth
from liren.rooms.forum.queries.desk import Count, Waiting, hidden_waiting, waiting
from liren.rooms.forum.queries.listing import Row, alike, listed, mine
from liren.rooms.forum.queries.proposal import (
    CommentView,
    RulingView,
    StepView,
    TurnView,
    View,
    proposal,
)
from liren.rooms.forum.rules import HIDE_REASONS, QUESTIONS, STANCES, Level, masked
from liren.rooms.forum.states import State

__all__ = [
    "HIDE_REASONS",
    "QUESTIONS",
    "STANCES",
    "CommentView",
    "Count",
    "Depth",
    "Level",
    "Row",
    "RulingView",
    "State",
    "StepView",
    "TurnView",
    "View",
    "Waiting",
    "alike",
    "depth",
    "hidden_waiting",
    "level",
    "levels",
    "listed",
    "masked",
    "mine",
    "offered",
    "proposal",
    "waiting",
]
