"""Every write to a case. Permission, change and event stand in one transaction; each is idempotent where told a key."""

from liren.cases.actions.handling import (
    answer,
    classify,
    contact,
    dispatch,
    note,
    place,
    reply,
    return_order,
    sign,
    start,
    undo_dispatch,
)
from liren.cases.actions.opening import Accepted, Contact, Demand, add_voice, claim_code, index, open_case
from liren.cases.actions.settling import settle_due, stamp
from liren.cases.actions.voices import (
    agree_on_behalf,
    attempt,
    chase,
    claim,
    rate,
    record_verdict,
    say_more,
    withdraw,
)

__all__ = [
    "Accepted",
    "Contact",
    "Demand",
    "add_voice",
    "agree_on_behalf",
    "answer",
    "attempt",
    "chase",
    "claim",
    "claim_code",
    "classify",
    "contact",
    "dispatch",
    "index",
    "note",
    "open_case",
    "place",
    "rate",
    "record_verdict",
    "reply",
    "return_order",
    "say_more",
    "settle_due",
    "sign",
    "stamp",
    "start",
    "undo_dispatch",
    "withdraw",
]
