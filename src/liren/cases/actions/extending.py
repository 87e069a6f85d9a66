"""延期: asked for before the limit ends, granted by somebody else, its reason and new date told to the requester."""

from datetime import datetime
from typing import get_args

from django.db import transaction

from liren.base.ledger import actions as ledger
from liren.cases import clocks, events, queries
from liren.cases.actions.stepping import moved, same_version, take, words_of
from liren.cases.models import Case, Extension
from liren.kernel.clock import office_zone, to_office
from liren.kernel.errors import Denied, IllegalMove, NotFound, Refused
from liren.kernel.policy import Actor
from liren.kernel.worktime import Limit, Unit, due, load_calendar
from liren.registers.duties import queries as duties


def _limit(value: int, unit: str) -> Limit:
    known: dict[str, Unit] = {name: name for name in get_args(Unit)}
    if unit not in known:
        raise Refused("limit.unit", field="unit", unit=unit)
    return Limit(value, known[unit])


def _within(case: Case, wanted: Limit, now: datetime) -> None:
    """Raises Refused where the limit is over, was extended as often as the rule allows, or would be by too much."""
    if case.handle_due is None:
        raise IllegalMove("move.not_open", state=case.state, move="ask_extension")
    if now > case.handle_due:
        raise Refused("extension.too_late", limit=case.handle_due.isoformat())
    day = to_office(now, office_zone()).date()
    rule = duties.extension_rule(day)
    since = case.limits_from or now
    rows = Extension.objects.filter(case=case, asked_at__gte=since)
    if rows.filter(decision="").exists():
        raise Refused("extension.waiting")
    if rows.filter(decision="granted").count() >= rule.most:
        raise Refused("extension.too_often", most=rule.most)
    calendar = load_calendar(duties.limits(case.class_code, case.unit_id, day).calendar)
    if due(wanted, case.handle_due, calendar).at > due(rule.longest, case.handle_due, calendar).at:
        raise Refused(
            "extension.too_long", field="value", value=str(rule.longest.value), unit=rule.longest.unit
        )


@transaction.atomic
def ask_extension(
    case_id: int,
    value: int,
    *,
    by: Actor,
    version: int | None,
    reason: str,
    now: datetime,
    unit: str = "work_day",
) -> Case:
    """Ask for more time, before the limit ends, with the reason the requester will read.

    Raises NotFound, Conflict, IllegalMove, Refused("extension.too_late" | "extension.waiting" |
    "extension.too_often" | "extension.too_long" | "limit.*" | "words.*").
    """
    case = queries.lock(case_id, by=by, duty="cases.ask_extension")
    same_version(case, version)
    words, wanted = words_of(reason, field="reason"), _limit(value, unit)
    if case.unit_id is None:
        raise IllegalMove("move.not_open", state=case.state, move="ask_extension")
    facts = {"value": value, "unit_of_time": unit}
    _within(case, wanted, now)
    hashed = take(case, "ask_extension", by=by, now=now, words=words, facts=facts)
    Extension(
        case=case,
        unit_id=case.unit_id,
        value=value,
        unit_of_time=unit,
        reason=words,
        asked_by=by.id,
        asked_at=now,
    ).save(force_insert=True)
    moved(case, "ask_extension", by=by, now=now, words_hash=hashed)
    return case


def _asked(case_id: int, by: Actor, version: int | None) -> tuple[Case, Extension]:
    case = queries.lock(case_id, by=by, duty="cases.grant_extension")
    same_version(case, version)
    row = Extension.objects.filter(case=case, decision="").order_by("-asked_at", "-id").first()
    if row is None:
        raise NotFound("extension.not_found")
    if row.asked_by == by.id:
        raise Denied("policy.denied", duty="cases.grant_extension", reason="handler")
    return case, row


@transaction.atomic
def grant_extension(case_id: int, *, by: Actor, version: int | None, now: datetime, text: str = "") -> Case:
    """Grant what was asked for: the handling limit moves, the old one is kept, the people behind the case are told.

    Raises NotFound, Denied (who asked), Conflict, IllegalMove.
    """
    case, row = _asked(case_id, by, version)
    row.decision, row.words, row.decided_by, row.decided_at = "granted", text.strip(), by.id, now
    row.save(update_fields=["decision", "words", "decided_by", "decided_at"])
    case.extended += 1
    clocks.recount(case, now, by=by.id, why="extension")
    clocks.restart(case, now)
    facts = {"value": row.value, "unit_of_time": row.unit_of_time}
    hashed = take(case, "grant_extension", by=by, now=now, words=row.reason, shown=True, facts=facts)
    ledger.record(
        events.Extended(
            subject_id=case.id,
            by=by.id,
            at=now,
            place_path=queries.told_path(case),
            unit_ids=queries.unit_ids(case),
            version=case.version,
            extension_id=row.id,
            due_at=case.handle_due or now,
            words_hash=hashed,
        )
    )
    return case


@transaction.atomic
def refuse_extension(case_id: int, *, by: Actor, version: int | None, text: str, now: datetime) -> Case:
    """Refuse it, and why; the limit stays. Raises NotFound, Denied, Conflict, IllegalMove, Refused("words.empty")."""
    case, row = _asked(case_id, by, version)
    words = words_of(text)
    row.decision, row.words, row.decided_by, row.decided_at = "refused", words, by.id, now
    row.save(update_fields=["decision", "words", "decided_by", "decided_at"])
    hashed = take(case, "refuse_extension", by=by, now=now, words=words)
    moved(case, "refuse_extension", by=by, now=now, words_hash=hashed)
    return case
