"""What follows from what the voices said, or from silence. Never chosen by anybody."""

from datetime import datetime

from django.db import transaction

from liren.base.ledger import actions as ledger
from liren.cases import clocks, events, queries
from liren.cases.actions.stepping import take
from liren.cases.models import Case
from liren.cases.rules import outcome
from liren.cases.states import State
from liren.kernel.clock import office_zone, to_office
from liren.kernel.policy import SYSTEM
from liren.registers.duties import queries as duties


def settle(case: Case, *, now: datetime) -> None:
    """Let the case follow its voices: reopen, solve, close unconfirmed, or wait. The caller holds the lock."""
    rule = duties.call_back_rule(to_office(now, office_zone()).date())
    heard = [queries.heard(voice, case.round) for voice in case.voice_set.all()]
    follows = outcome(heard, replied_at=case.replied_at or now, now=now, rule=rule)
    if follows == "reopen":
        reopen(case, now=now)
    elif follows == "solve" and case.state in {State.REPLIED, State.CLOSED_UNCONFIRMED}:
        take(case, "solve", by=SYSTEM, now=now, shown=True)
        _settled(case, now)
    elif follows == "give_up" and case.state == State.REPLIED:
        take(case, "give_up", by=SYSTEM, now=now, shown=True)
        _settled(case, now)


def reopen(case: Case, *, now: datetime, cause: str = "not_solved") -> None:
    """A case opens again: a new round, a new handling limit, every voice to be asked anew.

    `cause`: one "not_solved" of a requester, or a verification that found it "not_as_replied".
    """
    case.round += 1
    # what was left out of the rates was the round that ended: what she says now counts
    case.excluded = False
    if case.unit_id is not None:
        why = "verification" if cause == "not_as_replied" else "reopen"
        clocks.set_handling_limits(case, now, why=why)
    take(case, "reopen", by=SYSTEM, now=now, shown=True, facts={"round": case.round, "cause": cause})
    case.voice_set.update(attempts=0, first_attempt_at=None, last_attempt_at=None)
    _settled(case, now, cause)


def _settled(case: Case, now: datetime, cause: str = "") -> None:
    ledger.record(
        events.Settled(
            subject_id=case.id,
            by=SYSTEM.id,
            at=now,
            place_path=queries.told_path(case),
            unit_ids=queries.unit_ids(case),
            version=case.version,
            state=case.state,
            round=case.round,
            cause=cause,
        )
    )


def settle_due(*, now: datetime, limit: int = 500) -> int:
    """Close solved cases whose time for second thoughts is over and give up on voices nobody can reach.

    Run by a job. Each case in its own transaction, so that one bad case holds back no other.
    """
    count = 0
    rule = duties.call_back_rule(to_office(now, office_zone()).date())
    for case_id in queries.due_to_settle(now, rule.silence, limit):
        with transaction.atomic():
            case = queries.lock(case_id)
            if case.state == State.SOLVED and case.next_due is not None and case.next_due <= now:
                take(case, "close", by=SYSTEM, now=now, shown=True)
                _settled(case, now)
            elif case.state == State.REPLIED:
                settle(case, now=now)
            count += 1
    return count


def stamp(case_id: int, seq: int) -> None:
    """Give a case the ledger's sequence number of its last news: readers page by it and miss nothing."""
    Case.objects.filter(id=case_id).update(change_seq=seq)
