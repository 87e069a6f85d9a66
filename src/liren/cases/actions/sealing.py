"""举报保密 and 回避: a report of wrongdoing is sealed, the unit it names is kept from it, and people step back.

Source: 北京市接诉即办工作条例 arts 9, 35; 信访工作条例 art. 30. What is sealed is seen by who holds the duty ".sealed";
who is barred sees nothing whatever else they hold (kernel/policy.py). No case is locked by it: when nobody is left
at a unit it goes back to the desk, and the last one of a desk cannot step back.
"""

from datetime import datetime

from django.db import transaction

from liren.base.access import queries as accounts
from liren.cases import clocks, queries
from liren.cases.actions.opening import WHISTLEBLOW, index
from liren.cases.actions.stepping import moved, same_version, take, words_of
from liren.cases.actions.units import kin
from liren.cases.models import Bar, Case, CaseUnit, Part
from liren.cases.states import AT_WORK, State
from liren.kernel.clock import office_zone, to_office
from liren.kernel.errors import IllegalMove, Refused
from liren.kernel.policy import SEALED, SYSTEM, Actor
from liren.registers.duties import queries as duties
from liren.registers.people import queries as people

NAMED = "named"  # the case speaks of this unit, or of a unit this person works at


@transaction.atomic
def seal(case_id: int, *, by: Actor, version: int | None, now: datetime) -> Case:
    """Make a case a sealed report of wrongdoing: it leaves every desk but the sealed one. Again changes nothing.

    Raises NotFound, Denied, Conflict, IllegalMove (merged: open the case it went to).
    """
    case = queries.lock(case_id, by=by, duty="cases.seal")
    if case.sealed:
        return case
    same_version(case, version)
    hide(case, by=by, now=now)
    return case


def hide(case: Case, *, by: Actor, now: datetime) -> None:
    """Seal a case and those merged into it; a unit that had it has it no more. The caller holds the lock."""
    case.sealed, case.demand_type = True, WHISTLEBLOW
    if case.retention_class != "case.held":
        case.retention_class = "case.sealed"
    take(case, "seal", by=by, now=now)
    if case.state in AT_WORK:
        _hand_back(case, now=now)
    index(case, [])
    moved(case, "seal", by=by, now=now)
    level = [case.id]
    while level:
        # what was taken in tells of the same report
        inside = list(Case.objects.select_for_update().filter(merged_into_id__in=level, sealed=False))
        for one in inside:
            one.sealed = True
            one.save(update_fields=["sealed"])
            index(one, [])
        level = [one.id for one in inside]


@transaction.atomic
def unseal(case_id: int, *, by: Actor, version: int | None, reason: str, now: datetime) -> Case:
    """Open a case that is no report of wrongdoing, with the reason; who was barred from it stays barred.

    Raises NotFound, Denied, Conflict, Refused("words.*"), IllegalMove where it is not sealed.
    """
    case = queries.lock(case_id, by=by, duty="cases.unseal")
    same_version(case, version)
    if not case.sealed:
        raise IllegalMove("move.not_open", state=case.state, move="unseal")
    words = words_of(reason, field="reason")
    case.sealed, case.demand_type = False, "complaint"
    # the requester is told that it is no longer kept apart
    hashed = take(case, "unseal", by=by, now=now, words=words, shown=True)
    index(case, queries.words_of_case(case.id))
    moved(case, "unseal", by=by, now=now, words_hash=hashed)
    return case


@transaction.atomic
def bar_unit(case_id: int, unit_id: int, *, by: Actor, version: int | None, now: datetime) -> Case:
    """Keep a unit the case speaks of from it, and everybody with a seat there. Again changes nothing.

    Raises NotFound (case, unit), Denied, Conflict.
    """
    case = queries.lock(case_id, by=by, duty="cases.bar")
    if Bar.objects.filter(case=case, unit_id=unit_id).exists():
        return case
    same_version(case, version)
    unit = people.unit(unit_id)
    Bar(case=case, unit_id=unit.id, reason_code=NAMED, by=by.id, at=now).save(force_insert=True)
    seated = {post.account_id for post in people.posts_at(unit.id) if post.account_id is not None}
    for account_id in sorted(seated - {by.id}):
        _bar(case, account_id, NAMED, by=by, now=now)
    case.barred = True
    take(case, "bar", by=by, now=now, facts={"unit": unit.id, "reason": NAMED})
    near = kin(unit.id)
    if case.state in AT_WORK and not near.isdisjoint(queries.units_of(case)):
        _hand_back(case, now=now)
    index(case, queries.words_of_case(case.id))
    moved(case, "bar", by=by, now=now)
    return case


@transaction.atomic
def bar_person(
    case_id: int, account_id: int, reason_code: str, *, by: Actor, version: int | None, now: datetime
) -> Case:
    """Keep a member of staff from a case, by a reason of the office's list. Again changes nothing.

    Raises NotFound (case, account), Denied, Conflict, Refused("recusal.reason" | "recusal.last_one").
    """
    case = queries.lock(case_id, by=by, duty="cases.bar")
    accounts.account(account_id)
    return _step_back(case, "bar", account_id, reason_code, by=by, version=version, now=now)


@transaction.atomic
def step_back(case_id: int, reason_code: str, *, by: Actor, version: int | None, now: datetime) -> Case:
    """回避: step back from a case for a reason of the office's list; from now on one does not see it.

    Raises NotFound, Denied, Conflict, Refused("recusal.reason" | "recusal.last_one").
    """
    case = queries.lock(case_id, by=by, duty="cases.step_back")
    return _step_back(case, "step_back", by.id, reason_code, by=by, version=version, now=now)


def _step_back(
    case: Case,
    move: str,
    account_id: int,
    reason_code: str,
    *,
    by: Actor,
    version: int | None,
    now: datetime,
) -> Case:
    if Bar.objects.filter(case=case, account_id=account_id).exists():
        return case
    same_version(case, version)
    on = to_office(now, office_zone()).date()
    if reason_code not in {reason.code for reason in duties.recusal_reasons(on)}:
        raise Refused("recusal.reason", field="reason")
    _bar(case, account_id, reason_code, by=by, now=now)
    case.barred = True
    take(case, move, by=by, now=now, facts={"reason": reason_code})
    if not able_at(case, "cases.dispatch", None, now):
        raise Refused("recusal.last_one")
    if case.state in AT_WORK and not able_at(case, "cases.reply", case.unit_id, now):
        case.returned += 1  # so that it stands on the desk's list of what came back
        _hand_back(case, now=now)
    if case.state == State.REPLIED and not able_at(case, "cases.call_back", None, now):
        raise Refused("recusal.last_one")
    index(case, queries.words_of_case(case.id))
    moved(case, move, by=by, now=now)
    return case


def _bar(case: Case, account_id: int, reason_code: str, *, by: Actor, now: datetime) -> None:
    Bar.objects.get_or_create(
        case=case, account_id=account_id, defaults={"reason_code": reason_code, "by": by.id, "at": now}
    )


def able_at(case: Case, duty: str, unit_id: int | None, now: datetime) -> bool:
    """Whether somebody may do this there, and read the case, who is not barred. No handler calls back on their own work."""
    wanted = {"cases.read", duty}
    if case.sealed:
        wanted |= {one + SEALED for one in wanted}
    on = to_office(now, office_zone()).date()
    able = set(accounts.who_may(wanted, on=on, unit_id=unit_id, place_path=case.place_path))
    if duty == "cases.call_back":
        able.discard(case.handler_id or 0)
    return bool(able.difference(Bar.objects.filter(case=case).values_list("account_id", flat=True)))


def _hand_back(case: Case, *, now: datetime) -> None:
    """Take a case from its unit and its helpers; what they were asked to do is no longer asked."""
    case.unit_id, case.automatic, case.co_unit_ids, case.parts_open = None, False, [], 0
    clocks.lift(case, now, by=SYSTEM.id, why="sealed")
    CaseUnit.objects.filter(case=case).delete()
    Part.objects.filter(case=case, state="asked").update(state="withdrawn", ended_at=now, ended_by=SYSTEM.id)
    take(case, "hand_back", by=SYSTEM, now=now)
