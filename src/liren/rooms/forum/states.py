"""The life of a proposal as data: which moves exist, from where to where, whose duty each is, which clock runs.

Source: 成都市金牛区社区提案 (反馈、分拣、处理、公示、监督, four levels); domain reference §3.8. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from liren.kernel.errors import IllegalMove


class State(StrEnum):
    """Where a proposal stands."""

    GATHERING = "gathering"  # neighbours second it
    SUBMITTED = "submitted"  # enough did: the level sorts it
    ACCEPTED = "accepted"  # taken up: the level looks into it and answers
    PROMISED = "promised"  # it will be done, by these steps
    DONE = "done"  # the steps are done: those behind it say whether it is so
    KEPT = "kept"
    DECLINED = "declined"
    JOINED = "joined"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


Clock = Literal["gather", "sort", "reply", "step", "verdict"]

CLOCKS: Mapping[State, Clock] = {
    State.GATHERING: "gather",
    State.SUBMITTED: "sort",
    State.ACCEPTED: "reply",
    State.PROMISED: "step",
    State.DONE: "verdict",
}
OPEN = frozenset(CLOCKS)
# What waits for the level's word.
WAITING = frozenset({State.SUBMITTED, State.ACCEPTED})
# What may still be seconded: also what a level declined, since enough neighbours carry it to the next one.
SECONDED = frozenset({State.GATHERING, State.SUBMITTED, State.ACCEPTED, State.DECLINED})


@dataclass(frozen=True, slots=True)
class Move:
    """One kind of step and who takes it."""

    name: str
    edges: Mapping[State, State]
    duty: str
    by: Literal["staff", "resident", "machine"] = "staff"


def _stay(*states: State) -> dict[State, State]:
    return {state: state for state in states}


S = State
MOVES: Mapping[str, Move] = {
    move.name: move
    for move in (
        Move("second", _stay(*sorted(SECONDED)), "forum.speak", by="resident"),
        Move("withdraw", {S.GATHERING: S.WITHDRAWN, S.SUBMITTED: S.WITHDRAWN}, "forum.speak", by="resident"),
        Move("submit", {S.GATHERING: S.SUBMITTED}, "forum.speak", by="machine"),
        Move("lapse", {S.GATHERING: S.LAPSED}, "forum.speak", by="machine"),
        # Neighbours on paper: counted by a named person, with where the sheet is kept.
        Move("add_paper", _stay(*sorted(SECONDED)), "forum.sort"),
        Move("accept", {S.SUBMITTED: S.ACCEPTED}, "forum.sort"),
        Move("join", {S.SUBMITTED: S.JOINED}, "forum.sort"),
        Move("raise", {S.SUBMITTED: S.SUBMITTED, S.ACCEPTED: S.SUBMITTED, S.DECLINED: S.SUBMITTED}, "forum.sort"),
        Move("decline", {S.SUBMITTED: S.DECLINED, S.ACCEPTED: S.DECLINED}, "forum.sort"),
        Move("promise", {S.ACCEPTED: S.PROMISED}, "forum.answer"),
        Move("step", _stay(S.PROMISED), "forum.answer"),
        Move("finish", {S.PROMISED: S.DONE}, "forum.answer"),
        # Only those who asked for it say that it was done.
        Move("judge", _stay(S.DONE), "forum.speak", by="resident"),
        Move("keep", {S.DONE: S.KEPT}, "forum.speak", by="machine"),
        Move("reopen", {S.DONE: S.PROMISED}, "forum.speak", by="machine"),
    )
}  # fmt: skip


def target(name: str, state: str) -> State:
    """The state a move leads to. Raises IllegalMove("proposal.move")."""
    to = MOVES[name].edges.get(State(state))
    if to is None:
        raise IllegalMove("proposal.move", state=state, move=name)
    return to


def open_moves(state: str, *, by: Literal["staff", "resident", "machine"] = "staff") -> tuple[str, ...]:
    """The moves open in a state to somebody, in the order of the table."""
    return tuple(move.name for move in MOVES.values() if move.by == by and State(state) in move.edges)
