"""Every write to a case. Permission, change and event stand in one transaction; each is idempotent where told a key."""

from liren.cases.actions.again import say_again
from liren.cases.actions.archiving import Due, archive_due, erase_due, hold, retention_due
from liren.cases.actions.asking import answer_question, ask, record_answer
from liren.cases.actions.deferring import defer, resume
from liren.cases.actions.disposing import consent_to_call, correct_contact, erase_voice, erase_voice_again
from liren.cases.actions.excluding import ask_exclusion, decide_exclusion
from liren.cases.actions.exporting import export_rates, export_worklist
from liren.cases.actions.extending import ask_extension, grant_extension, refuse_extension
from liren.cases.actions.following import follow, unfollow
from liren.cases.actions.handling import (
    answer,
    classify,
    contact,
    dispatch,
    note,
    place,
    reply,
    sign,
    start,
    undo_dispatch,
)
from liren.cases.actions.importing import Brought, Taken, take_over
from liren.cases.actions.keeping import drop_view, keep_view, rename_view
from liren.cases.actions.leaving import OUTCOMES, Leaving, come_back, follow_exit, leave
from liren.cases.actions.merging import merge, merge_many, split, split_off
from liren.cases.actions.objecting import object_to, overrule, uphold
from liren.cases.actions.opening import (
    Accepted,
    Contact,
    Demand,
    add_voice,
    claim_code,
    index,
    open_case,
    open_within,
)
from liren.cases.actions.parts import ask_part, end_part, withdraw_part
from liren.cases.actions.recounting import recount_limits
from liren.cases.actions.sealing import bar_person, bar_unit, seal, step_back, unseal
from liren.cases.actions.settling import settle_due, stamp
from liren.cases.actions.supervising import answer_supervision, climb_due, supervise
from liren.cases.actions.verifying import verify
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
from liren.cases.actions.whistling import (
    Act,
    Call,
    agree,
    answer_call,
    call_off,
    finish_act,
    finish_whistle,
    lapse_whistles,
    raise_whistle,
    score,
)
from liren.cases.landing import Went

__all__ = [
    "OUTCOMES",
    "Accepted",
    "Act",
    "Brought",
    "Call",
    "Contact",
    "Demand",
    "Due",
    "Leaving",
    "Taken",
    "Went",
    "add_voice",
    "agree",
    "agree_on_behalf",
    "answer",
    "answer_call",
    "answer_question",
    "answer_supervision",
    "archive_due",
    "ask",
    "ask_exclusion",
    "ask_extension",
    "ask_part",
    "attempt",
    "bar_person",
    "bar_unit",
    "call_off",
    "chase",
    "claim",
    "claim_code",
    "classify",
    "climb_due",
    "come_back",
    "consent_to_call",
    "contact",
    "correct_contact",
    "decide_exclusion",
    "defer",
    "dispatch",
    "drop_view",
    "end_part",
    "erase_due",
    "erase_voice",
    "erase_voice_again",
    "export_rates",
    "export_worklist",
    "finish_act",
    "finish_whistle",
    "follow",
    "follow_exit",
    "grant_extension",
    "hold",
    "index",
    "keep_view",
    "lapse_whistles",
    "leave",
    "merge",
    "merge_many",
    "note",
    "object_to",
    "open_case",
    "open_within",
    "overrule",
    "place",
    "raise_whistle",
    "rate",
    "record_answer",
    "record_verdict",
    "recount_limits",
    "refuse_extension",
    "rename_view",
    "reply",
    "resume",
    "retention_due",
    "say_again",
    "say_more",
    "score",
    "seal",
    "settle_due",
    "sign",
    "split",
    "split_off",
    "stamp",
    "start",
    "step_back",
    "supervise",
    "take_over",
    "undo_dispatch",
    "unfollow",
    "unseal",
    "uphold",
    "verify",
    "withdraw",
    "withdraw_part",
]
