"""The life of a case as data: which moves exist, from where to where, and what each needs.

Buttons on a page are the open moves filtered by policy, so a screen cannot offer what this table forbids.
Source: 北京市接诉即办工作条例 arts 10-23; state machine of the domain reference §3.19. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from liren.kernel.errors import IllegalMove


class State(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"
    DISPATCHED = "dispatched"
    SIGNED = "signed"
    CONTACTED = "contacted"
    HANDLING = "handling"
    REPLIED = "replied"
    SOLVED = "solved"
    REOPENED = "reopened"
    CLOSED = "closed"
    CLOSED_UNCONFIRMED = "closed_unconfirmed"
    WITHDRAWN = "withdrawn"


Clock = Literal["dispatch", "response", "handle", "call_back", "close"]

OPEN = frozenset(
    {
        State.RECEIVED,
        State.DISPATCHED,
        State.SIGNED,
        State.CONTACTED,
        State.HANDLING,
        State.REPLIED,
        State.SOLVED,
        State.REOPENED,
    }
)
FINAL = frozenset(State) - OPEN
# Nothing was confirmed or somebody asked for it to stop: only a resident's "not solved" opens these again.
AT_WORK = frozenset({State.DISPATCHED, State.SIGNED, State.CONTACTED, State.HANDLING, State.REOPENED})

# The clock that runs in each state. Every state that is not final has one: nothing waits without a limit.
CLOCKS: Mapping[State, Clock] = {
    State.RECEIVED: "dispatch",
    State.DISPATCHED: "response",
    State.SIGNED: "response",
    State.CONTACTED: "handle",
    State.HANDLING: "handle",
    State.REOPENED: "handle",
    State.REPLIED: "call_back",
    State.SOLVED: "close",
}


@dataclass(frozen=True, slots=True)
class Move:
    """One kind of step. `needs` names what the action must be given or find on the case."""

    name: str
    edges: Mapping[State, State]
    duty: str
    needs: tuple[str, ...] = ()
    # Residents and machines move cases too; a page for staff offers only the staff's moves.
    by: Literal["staff", "resident", "machine"] = "staff"


def _stay(*states: State) -> dict[State, State]:
    return {state: state for state in states}


def _all(states: frozenset[State], target: State) -> dict[State, State]:
    return dict.fromkeys(sorted(states), target)


S = State
MOVES: Mapping[str, Move] = {
    move.name: move
    for move in (
        Move("place", _stay(*sorted(OPEN - {S.SOLVED})), "cases.place", ("place",)),
        Move("classify", _stay(*sorted(OPEN - {S.SOLVED})), "cases.classify", ("class",)),
        # A demand with one right unit goes out at once (art. 11); a wrong dispatch is put right the same way.
        Move(
            "dispatch",
            _all(frozenset({S.RECEIVED, S.DISPATCHED, S.SIGNED, S.REOPENED}), S.DISPATCHED),
            "cases.dispatch",
            ("place", "class", "unit"),
        ),
        # A consultation is answered at once where the desk knows the answer (art. 11).
        Move("answer", {S.RECEIVED: S.REPLIED}, "cases.answer", ("text",)),
        Move("sign", {S.DISPATCHED: S.SIGNED}, "cases.sign"),
        Move("return", _all(frozenset({S.DISPATCHED, S.SIGNED}), S.RECEIVED), "cases.return", ("reason",)),
        # First human contact is what the response rate measures (art. 15). Signing is implied by it.
        Move(
            "contact",
            {
                S.SIGNED: S.CONTACTED,
                S.CONTACTED: S.CONTACTED,
                S.HANDLING: S.HANDLING,
                S.REOPENED: S.CONTACTED,
            },
            "cases.contact",
            ("text",),
        ),
        Move(
            "start",
            {S.SIGNED: S.HANDLING, S.CONTACTED: S.HANDLING, S.REOPENED: S.HANDLING},
            "cases.start",
        ),
        Move("note", _stay(*sorted(OPEN)), "cases.note", ("text",)),
        Move("reply", {S.CONTACTED: S.REPLIED, S.HANDLING: S.REPLIED}, "cases.reply", ("text",)),
        # Calling back (art. 23): an attempt that reached nobody, or an answer written down for the resident.
        Move("attempt", {S.REPLIED: S.REPLIED}, "cases.call_back", ("voice",)),
        Move("record_verdict", {S.REPLIED: S.REPLIED}, "cases.call_back", ("voice", "verdict")),
        # What the resident says.
        Move(
            "rate", _stay(S.REPLIED, S.SOLVED, S.CLOSED, S.CLOSED_UNCONFIRMED), "matters.rate", by="resident"
        ),
        Move("join", _stay(*sorted(OPEN - {S.SOLVED})), "intake.send", ("words",), by="resident"),
        Move("say_more", _stay(*sorted(OPEN)), "matters.say_more", ("words",), by="resident"),
        Move("chase", _stay(*sorted(OPEN - {S.SOLVED, S.REPLIED})), "matters.chase", by="resident"),
        Move(
            "withdraw",
            _all(OPEN - {S.SOLVED, S.REPLIED}, S.WITHDRAWN),
            "matters.withdraw",
            by="resident",
        ),
        # Consequences, never chosen: of what every reached voice said, or of silence.
        Move("solve", {S.REPLIED: S.SOLVED, S.CLOSED_UNCONFIRMED: S.SOLVED}, "cases.settle", by="machine"),
        Move(
            "reopen",
            _all(frozenset({S.REPLIED, S.SOLVED, S.CLOSED, S.CLOSED_UNCONFIRMED}), S.REOPENED),
            "cases.settle",
            by="machine",
        ),
        Move("close", {S.SOLVED: S.CLOSED}, "cases.settle", by="machine"),
        Move("give_up", {S.REPLIED: S.CLOSED_UNCONFIRMED}, "cases.settle", by="machine"),
    )
}


def target(state: str, move: str) -> State:
    """Where `move` leads from `state`. Raises IllegalMove("move.not_open") where the table has no such edge."""
    edge = MOVES[move].edges.get(State(state))
    if edge is None:
        raise IllegalMove("move.not_open", state=str(state), move=move)
    return edge


def open_moves(state: str, by: Literal["staff", "resident", "machine"]) -> list[Move]:
    """The moves the table allows from `state` for one side, in the order of the table."""
    return [move for move in MOVES.values() if move.by == by and State(state) in move.edges]


# The one move a state waits for: the main button of a page, and whose list the case stands on.
NEXT: Mapping[State, str] = {
    State.RECEIVED: "dispatch",
    State.DISPATCHED: "sign",
    State.SIGNED: "contact",
    State.CONTACTED: "reply",
    State.HANDLING: "reply",
    State.REOPENED: "contact",
    State.REPLIED: "record_verdict",
}
