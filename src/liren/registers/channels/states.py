"""The life of a message as data: which states, which moves, from where to where. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from liren.kernel.errors import IllegalMove


class State(StrEnum):
    """Where a message stands."""

    QUEUED = "queued"  # to be sent, or sent again
    SENT = "sent"  # the provider took it; a receipt may follow
    DELIVERED = "delivered"  # the provider says it arrived, or it lies in "my matters"
    FAILED = "failed"  # the provider says it did not arrive
    DEAD = "dead"  # given up by the machine after its last try
    GIVEN_UP = "given_up"  # a clerk told the person otherwise, or the person was erased


# Nothing more is expected of these. (A late receipt may still move SENT.)
FINAL = frozenset({State.SENT, State.DELIVERED, State.GIVEN_UP})
# A clerk has to look at these: the worklist of what did not arrive.
DEAD_LETTERS = frozenset({State.FAILED, State.DEAD})
# What is waited for in the others. Nothing waits without a limit.
CLOCKS: Mapping[State, str] = {
    State.QUEUED: "retry",
    State.FAILED: "worklist",
    State.DEAD: "worklist",
}

S = State
MOVES: Mapping[str, Mapping[State, State]] = {
    "send": {S.QUEUED: S.SENT},
    "bury": {S.QUEUED: S.DEAD},
    "forget": {S.QUEUED: S.GIVEN_UP},
    # Providers report out of order: what arrived has arrived, whatever is reported later.
    "arrive": {S.QUEUED: S.DELIVERED, S.SENT: S.DELIVERED, S.FAILED: S.DELIVERED, S.DEAD: S.DELIVERED},
    "bounce": {S.QUEUED: S.FAILED, S.SENT: S.FAILED},
    "retry": {S.FAILED: S.QUEUED, S.DEAD: S.QUEUED},
    "give_up": {S.FAILED: S.GIVEN_UP, S.DEAD: S.GIVEN_UP},
}


def is_open(state: str, move: str) -> bool:
    """Whether the table has an edge for this move from this state."""
    return State(state) in MOVES[move]


def target(state: str, move: str) -> State:
    """Where `move` leads from `state`. Raises IllegalMove("message.move")."""
    if not is_open(state, move):
        raise IllegalMove("message.move", state=str(state), move=move)
    return MOVES[move][State(state)]
