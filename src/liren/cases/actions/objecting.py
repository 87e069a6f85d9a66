"""派单异议: a unit says in time why a case is not its duty; the desk rules, and its ruling stands."""

from datetime import date, datetime

from django.db import transaction

from liren.base.ledger import actions as ledger
from liren.cases import clocks, events, queries
from liren.cases.actions.opening import index
from liren.cases.actions.stepping import same_version, take, words_of
from liren.cases.models import Case, Objection
from liren.kernel.clock import office_zone, to_office
from liren.kernel.errors import Denied, IllegalMove, Refused
from liren.kernel.policy import Actor
from liren.registers.duties import queries as duties
from liren.registers.people import queries as people


def _day(now: datetime) -> date:
    return to_office(now, office_zone()).date()


def _in_time(case: Case, now: datetime) -> None:
    """Raises Refused("objection.too_late", limit) once the time to object is over."""
    until = clocks.objection_ends(case, now)
    if now > until:
        raise Refused("objection.too_late", limit=until.isoformat())


def _not_again(case: Case, unit_id: int, now: datetime) -> None:
    """Raises Refused("objection.overruled" | "objection.too_often", most) (潍坊 art. 22 as an example)."""
    rulings = list(Objection.objects.filter(case=case, unit_id=unit_id).values_list("ruling", flat=True))
    if "refused" in rulings:
        raise Refused("objection.overruled")
    most = duties.objections_of_unit(_day(now))
    if len(rulings) >= most:
        raise Refused("objection.too_often", most=most)


@transaction.atomic
def object_to(
    case_id: int,
    *,
    by: Actor,
    version: int | None,
    reason: str,
    now: datetime,
    suggested_unit_id: int | None = None,
) -> Case:
    """Say that a case is not this unit's duty, with the reason and whose it may be. Its limits run on meanwhile.

    Raises NotFound, Conflict, IllegalMove, Refused("objection.too_late" | "objection.overruled" |
    "objection.too_often" | "objection.unit_unknown" | "words.*").
    """
    case = queries.lock(case_id, by=by, duty="cases.object")
    same_version(case, version)
    words = words_of(reason, field="reason")
    if case.unit_id is None:
        raise IllegalMove("move.not_open", state=case.state, move="object")
    _in_time(case, now)
    _not_again(case, case.unit_id, now)
    if suggested_unit_id is not None and suggested_unit_id not in {unit.id for unit in people.units()}:
        raise Refused("objection.unit_unknown", field="suggested")
    stage = duties.stage_limit("ruling", _day(now))
    row = Objection(
        case=case,
        unit_id=case.unit_id,
        suggested_id=suggested_unit_id,
        reason=words,
        raised_by=by.id,
        raised_at=now,
        due_at=clocks.ends(stage.limit, now, stage.calendar),
    )
    facts = {"unit": case.unit_id, "suggested": suggested_unit_id}
    hashed = take(case, "object", by=by, now=now, words=words, facts=facts)
    row.save(force_insert=True)
    _tell(case, row, by=by, now=now, words_hash=hashed)
    return case


def _waiting(case: Case, by: Actor) -> Objection:
    row = Objection.objects.filter(case=case, ruling="").order_by("-raised_at", "-id").first()
    if row is None:
        raise IllegalMove("move.not_open", state=case.state, move="uphold")
    if row.raised_by == by.id:
        raise Denied("policy.denied", duty="cases.approve_return", reason="handler")
    return row


@transaction.atomic
def uphold(case_id: int, *, by: Actor, version: int | None, now: datetime, text: str = "") -> Case:
    """Rule that the unit is right: the case comes back to the desk, to be sent to whose duty it is.

    Who was first to receive it stays written down. Raises NotFound, Denied (who objected), Conflict, IllegalMove.
    """
    case = queries.lock(case_id, by=by, duty="cases.approve_return")
    same_version(case, version)
    row, units = _waiting(case, by), queries.unit_ids(case)
    words = words_of(text) if text.strip() else ""
    case.unit_id, case.automatic = None, False
    case.returned += 1
    clocks.lift(case, now, by=by.id, why="upheld")
    _rule(row, "upheld", words, by=by, now=now)
    hashed = take(case, "uphold", by=by, now=now, words=words, facts={"unit": row.unit_id})
    index(case, queries.words_of_case(case.id))
    _tell(case, row, by=by, now=now, words_hash=hashed, units=units)
    return case


@transaction.atomic
def overrule(case_id: int, *, by: Actor, version: int | None, text: str, now: datetime) -> Case:
    """Rule that it is the unit's duty, and why: it has signed, and its limits have run on all the time.

    Raises NotFound, Denied (who objected), Conflict, IllegalMove, Refused("words.empty").
    """
    case = queries.lock(case_id, by=by, duty="cases.approve_return")
    same_version(case, version)
    row = _waiting(case, by)
    words = words_of(text)
    case.signed_at = case.signed_at or now
    clocks.recount(case, now, by=by.id)  # what was corrected while nobody worked on it
    _rule(row, "refused", words, by=by, now=now)
    hashed = take(case, "overrule", by=by, now=now, words=words, facts={"unit": row.unit_id})
    _tell(case, row, by=by, now=now, words_hash=hashed)
    return case


def _rule(row: Objection, ruling: str, words: str, *, by: Actor, now: datetime) -> None:
    row.ruling, row.words, row.ruled_by, row.ruled_at = ruling, words, by.id, now
    row.save(update_fields=["ruling", "words", "ruled_by", "ruled_at"])


def _tell(
    case: Case,
    row: Objection,
    *,
    by: Actor,
    now: datetime,
    words_hash: str,
    units: tuple[int, ...] | None = None,
) -> None:
    ledger.record(
        events.Objected(
            subject_id=case.id,
            by=by.id,
            at=now,
            place_path=queries.told_path(case),
            unit_ids=queries.unit_ids(case) if units is None else units,
            version=case.version,
            objection_id=row.id,
            unit_id=row.unit_id,
            ruling=row.ruling,
            words_hash=words_hash,
        )
    )
