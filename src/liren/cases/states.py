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
    OBJECTED = "objected"
    SIGNED = "signed"
    CONTACTED = "contacted"
    HANDLING = "handling"
    DEFERRED = "deferred"
    REPLIED = "replied"
    SOLVED = "solved"
    REOPENED = "reopened"
    CLOSED = "closed"
    CLOSED_UNCONFIRMED = "closed_unconfirmed"
    WITHDRAWN = "withdrawn"
    LEFT = "left"
    MERGED = "merged"
    ARCHIVED = "archived"


Clock = Literal["dispatch", "ruling", "response", "handle", "review", "call_back", "close"]

OPEN = frozenset(
    {
        State.RECEIVED,
        State.DISPATCHED,
        State.OBJECTED,
        State.SIGNED,
        State.CONTACTED,
        State.HANDLING,
        State.DEFERRED,
        State.REPLIED,
        State.SOLVED,
        State.REOPENED,
    }
)
FINAL = frozenset(State) - OPEN
# Before a unit: what neighbours may join, and what a limit presses.
AT_WORK = frozenset(
    {
        State.DISPATCHED,
        State.OBJECTED,
        State.SIGNED,
        State.CONTACTED,
        State.HANDLING,
        State.DEFERRED,
        State.REOPENED,
    }
)
# Where response and handling limit press. A case that waits has them counted when it is resumed, one that is objected to
# when it was ruled on.
RUNNING = frozenset(AT_WORK - {State.DEFERRED, State.OBJECTED})
# Answered, and no longer waiting for anybody's word: what the rates count as ended.
ENDED = frozenset({State.SOLVED, State.CLOSED, State.CLOSED_UNCONFIRMED, State.ARCHIVED})

# The clock that runs in each state. Every state that is not final has one: nothing waits without a limit.
CLOCKS: Mapping[State, Clock] = {
    State.RECEIVED: "dispatch",
    State.DISPATCHED: "response",
    State.OBJECTED: "ruling",
    State.SIGNED: "response",
    State.CONTACTED: "handle",
    State.HANDLING: "handle",
    State.REOPENED: "handle",
    State.DEFERRED: "review",
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
_WORKED = frozenset({S.SIGNED, S.CONTACTED, S.HANDLING, S.REOPENED})
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
        # What the machine dispatched is taken back by the desk in one tap.
        Move("return", _all(frozenset({S.DISPATCHED, S.SIGNED}), S.RECEIVED), "cases.dispatch"),
        # 派单异议 (art. 12): the unit says why it is not its duty, the desk rules; refused, the unit has signed.
        Move("object", _all(frozenset({S.DISPATCHED, S.SIGNED}), S.OBJECTED), "cases.object", ("reason",)),
        Move("uphold", {S.OBJECTED: S.RECEIVED}, "cases.approve_return"),
        Move("overrule", {S.OBJECTED: S.SIGNED}, "cases.approve_return", ("reason",)),
        # The six lawful exits (art. 11): never into silence. New facts bring it back.
        Move("leave", _all(frozenset({S.RECEIVED, S.REOPENED}), S.LEFT), "cases.leave", ("exit", "text")),
        Move("follow_exit", _stay(S.LEFT), "cases.leave", ("outcome",)),
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
        # 挂账: waits for a reason outside the unit, with a day on which it is looked at again.
        Move(
            "defer",
            _all(frozenset({S.SIGNED, S.CONTACTED, S.HANDLING, S.REOPENED}), S.DEFERRED),
            "cases.defer",
            ("reason", "review_at"),
        ),
        Move("resume", {S.DEFERRED: S.HANDLING}, "cases.defer"),
        Move("ask_extension", _stay(*sorted(_WORKED)), "cases.ask_extension", ("reason",)),
        Move("grant_extension", _stay(*sorted(_WORKED)), "cases.grant_extension"),
        Move("refuse_extension", _stay(*sorted(_WORKED)), "cases.grant_extension", ("reason",)),
        Move("ask", _stay(*sorted(_WORKED)), "cases.contact", ("voice", "text")),
        # Helpers (art. 14): the lead answers for them; a part ends before the whole is answered.
        Move("ask_part", _stay(*sorted(_WORKED)), "cases.ask_part", ("unit", "text")),
        Move("end_part", _stay(*sorted(OPEN)), "cases.end_part", ("text",)),
        # 吹哨 (art. 16): each turn of a whistle is a step of its case.
        Move("whistle", _stay(*sorted(AT_WORK | {S.RECEIVED})), "cases.whistle", ("units", "text")),
        Move("whistle_report", _stay(*sorted(OPEN)), "cases.whistle_report"),
        Move("whistle_score", _stay(*sorted(State)), "cases.whistle"),
        # One case for one matter: merged with every voice, taken apart again with every voice.
        Move("merge", _all(OPEN - {S.REPLIED, S.SOLVED}, S.MERGED), "cases.merge", ("target",)),
        Move("take_in", _stay(*sorted(OPEN - {S.SOLVED})), "cases.merge"),
        Move("split", {S.MERGED: S.RECEIVED}, "cases.merge"),
        Move("split_to_unit", {S.MERGED: S.DISPATCHED}, "cases.merge"),
        Move("give_out", _stay(*sorted(State)), "cases.merge"),
        # 督办: by the clock or by a named person while a unit has the case; answered by the unit.
        Move("supervise", _stay(*sorted(AT_WORK)), "cases.supervise", ("text",)),
        Move("answer_supervision", _stay(*sorted(OPEN)), "cases.answer_supervision", ("text",)),
        Move("verify", _stay(S.REPLIED, S.SOLVED, S.CLOSED, S.CLOSED_UNCONFIRMED), "cases.verify", ("text",)),
        Move("ask_exclusion", _stay(*sorted(ENDED)), "cases.ask_exclusion", ("reason",)),
        Move("decide_exclusion", _stay(*sorted(ENDED)), "cases.decide_exclusion"),
        # 回避, and reports of wrongdoing that the unit they name may not see (art. 9, 35).
        Move("bar", _stay(*sorted(State)), "cases.bar", ("reason",)),
        Move("step_back", _stay(*sorted(State)), "cases.step_back", ("reason",)),
        Move("seal", _stay(*sorted(set(State) - {S.MERGED})), "cases.seal"),
        Move("unseal", _stay(*sorted(State)), "cases.unseal", ("reason",)),
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
        Move("answer_question", _stay(*sorted(OPEN)), "matters.say_more", ("words",), by="resident"),
        Move("come_back", {S.LEFT: S.RECEIVED}, "matters.come_back", ("words",), by="resident"),
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
        Move("remind", _stay(*sorted(AT_WORK)), "cases.settle", by="machine"),
        Move("recount", _stay(*sorted(OPEN)), "cases.settle", by="machine"),
        # Nobody is left at the unit who may know of it: back to the desk.
        Move("hand_back", _all(AT_WORK, S.RECEIVED), "cases.settle", by="machine"),
        Move(
            "archive",
            _all(frozenset({S.CLOSED, S.CLOSED_UNCONFIRMED, S.WITHDRAWN, S.LEFT}), S.ARCHIVED),
            "cases.settle",
            by="machine",
        ),
        Move("give_up", {S.REPLIED: S.CLOSED_UNCONFIRMED}, "cases.settle", by="machine"),
    )
}

# What the lead answers for, and no helper does in its place (条例 art. 14: 主办单位 牵头): a helper sees the case, notes,
# and ends its own part.
LEAD_ONLY = frozenset(
    {
        "cases.sign",
        "cases.object",
        "cases.contact",
        "cases.start",
        "cases.defer",
        "cases.ask_extension",
        "cases.reply",
        "cases.answer_supervision",
        "cases.ask_exclusion",
    }
)


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
    State.OBJECTED: "overrule",
    State.SIGNED: "contact",
    State.CONTACTED: "reply",
    State.HANDLING: "reply",
    State.REOPENED: "contact",
    State.DEFERRED: "resume",
    State.REPLIED: "record_verdict",
}
