"""Where a case of another system comes to stand here: a lawful state, and whether it may count in the rates. Pure.

A file tells how far a case went there. What our life cycle asks for beside that (a unit, somebody's word that it is
solved) is never made up: without it the case stands at the last state that is true.
"""

from datetime import datetime
from typing import Literal

from liren.cases.states import State

# How far a case went in the other system.
Went = Literal["received", "dispatched", "handling", "replied", "ended", "withdrawn"]
WENT: tuple[Went, ...] = ("received", "dispatched", "handling", "replied", "ended", "withdrawn")

# Reasons of the rule pack `rule.exclusion_reasons` by which an imported case is left out.
NO_TIME, NO_WORD = "import_no_time", "import_no_word"


def stands_as(went: Went, *, has_unit: bool, verdict: str, answered: bool) -> State:
    """The state a case of another system is taken over in.

    Work without a unit waits for dispatch. What ended is closed where the requester said that it is solved, else closed
    unconfirmed; what ended on no day that the file tells is archived at once, so that its keeping time begins.
    """
    if went in {"dispatched", "handling"}:
        at_work = State.DISPATCHED if went == "dispatched" else State.HANDLING
        return at_work if has_unit else State.RECEIVED
    if went == "received":
        return State.RECEIVED
    if went == "replied":
        return State.REPLIED
    if not answered:
        return State.ARCHIVED
    if went == "withdrawn":
        return State.WITHDRAWN
    return State.CLOSED if verdict == "solved" else State.CLOSED_UNCONFIRMED


def archived_from(went: Went, verdict: str) -> State:
    """What an archived case had ended as."""
    if went == "withdrawn":
        return State.WITHDRAWN
    return State.CLOSED if verdict == "solved" else State.CLOSED_UNCONFIRMED


def uncounted(went: Went, *, answered_at: datetime | None, heard: bool) -> str:
    """Why an ended case cannot be counted, as a code of the rule pack; "" where the file holds what the rates need.

    `heard`: whether the file tells what the requester said, silence included.
    """
    if went != "ended":
        return ""
    if answered_at is None:
        return NO_TIME
    return "" if heard else NO_WORD
