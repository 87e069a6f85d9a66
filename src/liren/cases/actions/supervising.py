"""督办: the ladder of supervision, climbed by the clock or by a named person, per case and unit, never per person."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from liren.base.ledger import actions as ledger
from liren.cases import clocks, events, ladder, queries
from liren.cases.actions.stepping import same_version, take, words_of
from liren.cases.models import Case, Supervision
from liren.cases.states import AT_WORK, State
from liren.kernel.clock import office_zone, to_office
from liren.kernel.errors import Refused
from liren.kernel.policy import SYSTEM, Actor
from liren.registers.duties import queries as duties

CHUNK = 500  # cases looked at in one statement
# Where a unit's own clock runs. While the desk rules on an objection the ladder stands still.
PRESSED = AT_WORK - {State.OBJECTED}


def _rules(now: datetime) -> dict[str, duties.RungRule]:
    return {rule.level: rule for rule in duties.ladder(to_office(now, office_zone()).date())}


@transaction.atomic
def supervise(
    case_id: int, level: str, *, by: Actor, version: int | None, text: str, now: datetime
) -> Supervision:
    """A named person climbs to a higher rung, with words the unit reads.

    Raises NotFound, Denied, Conflict, IllegalMove (no unit has it), Refused("supervise.level" | "words.*").
    """
    case = queries.lock(case_id, by=by, duty="cases.supervise")
    same_version(case, version)
    words = words_of(text)
    rule = _rules(now).get(level)
    if rule is None or level not in ladder.above(case.supervised):
        raise Refused("supervise.level", field="level")
    return _climb(case, rule, "by_hand", by=by, now=now, words=words)


@transaction.atomic
def answer_supervision(case_id: int, *, by: Actor, version: int | None, text: str, now: datetime) -> Case:
    """The unit answers what it was asked; one answer serves every rung still open before it.

    Raises NotFound, Denied, Conflict, IllegalMove, Refused("supervise.nothing_open" | "words.*").
    """
    case = queries.lock(case_id, by=by, duty="cases.answer_supervision")
    same_version(case, version)
    words = words_of(text)
    units = {grant.unit_id for grant in by.grants if "cases.answer_supervision" in grant.duties}
    open_ = Supervision.objects.filter(case=case, answered_at=None, ended_at=None, answer_due__isnull=False)
    rows = list(open_.filter(unit_id__in=units - {None}).order_by("at", "id"))
    if not rows:
        raise Refused("supervise.nothing_open")
    last = rows[-1]
    open_.filter(pk__in=[row.pk for row in rows]).update(answered_at=now, answered_by=by.id, answer=words)
    hashed = take(
        case,
        "answer_supervision",
        by=by,
        now=now,
        words=words,
        facts={"level": last.level, "unit": last.unit_id},
    )
    ledger.record(
        events.SupervisionAnswered(
            subject_id=case.id,
            by=by.id,
            at=now,
            place_path=queries.told_path(case),
            unit_ids=queries.unit_ids(case),
            version=case.version,
            level=last.level,
            unit_id=last.unit_id or 0,
            words_hash=hashed,
        )
    )
    return case


def climb_due(*, now: datetime, limit: int = 2_000) -> int:
    """Let every case that its rules call for climb one rung; how many did. Run by a job; run again, nothing more.

    Cases are looked at in chunks and each climbs in a transaction of its own, at most `limit` in one run.
    """
    rules, count, after = _rules(now), 0, 0
    while count < limit:
        chunk = list(_candidates(rules, now, after)[:CHUNK])
        standing = _standing(chunk)
        for case in chunk:
            if _next(case, standing.get(case.id), rules, now) is None:
                continue
            count += _climb_one(case.id, rules, now)
            if count >= limit:
                break
        if len(chunk) < CHUNK:
            break
        after = chunk[-1].id
    return count


def _climb_one(case_id: int, rules: Mapping[str, duties.RungRule], now: datetime) -> bool:
    with transaction.atomic():
        case = queries.lock(case_id)
        found = _next(case, _standing([case]).get(case.id), rules, now)
        if found is None:
            return False
        rule, cause = found
        _climb(case, rule, cause, by=SYSTEM, now=now, words="")
        return True


def _candidates(rules: Mapping[str, duties.RungRule], now: datetime, after: int) -> QuerySet[Case]:
    """Cases at a unit that anything could call for, by id: late or soon, opened again or chased often enough."""
    triggers = [trigger for rule in rules.values() for trigger in rule.triggers]
    near = max((_hours(one.limit) for one in triggers if one.cause == "near"), default=timedelta(0))
    wanted = Q(next_due__lte=now + near)
    for cause, field in (("reopened", "round__gt"), ("chased", "chased__gte")):
        times = [one.times for one in triggers if one.cause == cause]
        if times:
            wanted |= Q(**{field: min(times)})
    rows = Case.objects.filter(
        wanted, state__in=sorted(PRESSED), unit__isnull=False, sealed=False, id__gt=after
    )
    return rows.exclude(supervised=ladder.LEVELS[-1]).order_by("id")


def _hours(limit: object) -> timedelta:
    return timedelta(hours=int(getattr(limit, "value", 0)))


def _standing(cases: Sequence[Case]) -> dict[int, Supervision]:
    """The rung each case stands on: its newest row, for those that stand on any."""
    on = [case.id for case in cases if case.supervised]
    rows = Supervision.objects.filter(case_id__in=on, ended_at=None).order_by("at", "id") if on else ()
    return {row.case_id: row for row in rows}


def _next(
    case: Case, row: Supervision | None, rules: Mapping[str, duties.RungRule], now: datetime
) -> tuple[duties.RungRule, str] | None:
    if State(case.state) not in PRESSED or case.unit_id is None:
        return None
    here = ladder.Standing(
        level=case.supervised,
        until=_until(row, rules) if row is not None else None,
        answered=row is not None and row.answered_at is not None,
        reopened=case.round - 1,
        chased=case.chased,
    )
    if here.level and here.until is not None and now < here.until:
        return None
    rungs = [ladder.Rung(rule.level, tuple(_triggers(case, rule, now))) for rule in rules.values()]
    found = ladder.climb(rungs, here, now)
    rule = rules.get(found[0]) if found else None
    return (rule, found[1]) if rule is not None and found is not None else None


def _until(row: Supervision, rules: Mapping[str, duties.RungRule]) -> datetime:
    rule = rules.get(row.level)
    if rule is None:
        return row.answer_due or row.at
    if row.answered_at is not None:
        return clocks.ends(rule.hold, row.answered_at, rule.calendar)
    return row.answer_due or clocks.ends(rule.time, row.at, rule.calendar)


def _triggers(case: Case, rule: duties.RungRule, now: datetime) -> list[ladder.Trigger]:
    found = []
    for one in rule.triggers:
        opens = None
        if one.limit is not None and case.next_due is not None:
            if one.cause == "near":
                begun = case.due_from or now
                used = begun + (case.next_due - begun) * one.used / 100
                opens = max(case.next_due - _hours(one.limit), used)
            elif case.next_due < now:
                opens = clocks.ends(one.limit, case.next_due, rule.calendar)
        found.append(ladder.Trigger(one.cause, opens, one.times))  # type: ignore[arg-type]
    return found


def _climb(
    case: Case, rule: duties.RungRule, cause: str, *, by: Actor, now: datetime, words: str
) -> Supervision:
    """Write the rung, the step and the news. The caller holds the lock and has decided."""
    case.supervised = rule.level
    due = clocks.ends(rule.time, now, rule.calendar) if rule.asks else None
    take(
        case,
        "supervise" if cause == "by_hand" else "remind",
        by=by,
        now=now,
        words=words,
        facts={"level": rule.level, "cause": cause, "unit": case.unit_id},
    )
    row = Supervision(
        case=case,
        unit_id=case.unit_id,
        level=rule.level,
        at=now,
        by=by.id,
        rule=f"{rule.key}@{rule.version}",
        cause=cause,
        words=words,
        answer_due=due,
    )
    row.save(force_insert=True)
    ledger.record(
        events.Supervised(
            subject_id=case.id,
            by=by.id,
            at=now,
            place_path=queries.told_path(case),
            unit_ids=queries.unit_ids(case),
            version=case.version,
            level=rule.level,
            cause=cause,
            unit_id=case.unit_id or 0,
            rule=rule.key,
            answer_due=due,
        )
    )
    return row
