"""What people allow: somebody to act for them, the office to use their data for one purpose."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import IntegrityError, transaction

from liren.base.ledger import actions as ledger
from liren.kernel.errors import NotFound, Refused
from liren.kernel.ids import new_id
from liren.kernel.policy import Actor
from liren.registers.people.actions.bodies import check_code, manage
from liren.registers.people.events import ConsentGiven, ConsentWithdrawn, MandateChanged
from liren.registers.people.models import Body, Consent, Mandate, Person


@transaction.atomic
def give_mandate(
    *,
    person_id: int,
    scope: Iterable[str],
    evidence_hash: str,
    valid_from: date,
    by: Actor,
    now: datetime,
    for_person_id: int | None = None,
    for_body_id: int | None = None,
    valid_to: date | None = None,
) -> int:
    """Let a person act for another person or a body, in the duties of `scope`; returns the mandate's id.

    `evidence_hash` proves the paper or recording it rests on. Raises Denied, NotFound("person.unknown")
    for ids not on the register, Refused: mandate.for_whom, mandate.scope, mandate.evidence,
    mandate.dates.
    """
    manage(by)
    duties = sorted(set(scope))
    if (for_person_id is None) == (for_body_id is None) or for_person_id == person_id:
        raise Refused("mandate.for_whom", field="for_whom")
    if not duties:
        raise Refused("mandate.scope", field="scope")
    if len(evidence_hash) != 64:
        raise Refused("mandate.evidence", field="evidence")
    if valid_to is not None and valid_to < valid_from:
        raise Refused("mandate.dates", field="valid_to")
    row = Mandate(
        id=new_id(now),
        person_id=person_id,
        for_person_id=for_person_id,
        for_body_id=for_body_id,
        scope=duties,
        evidence_hash=evidence_hash,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    _check_known(row)
    row.save(force_insert=True)
    ledger.record(MandateChanged(subject_id=row.id, by=by.id, at=now, ended=False))
    return row.id


@transaction.atomic
def end_mandate(mandate_id: int, *, on: date, by: Actor, now: datetime) -> None:
    """A mandate ends on a day. Raises Denied, NotFound("mandate.unknown"), Refused("mandate.dates")."""
    manage(by)
    row = Mandate.objects.select_for_update().filter(id=mandate_id).first()
    if row is None:
        raise NotFound("mandate.unknown")
    if on < row.valid_from:
        raise Refused("mandate.dates", field="on")
    Mandate.objects.filter(id=mandate_id).update(valid_to=on)
    ledger.record(MandateChanged(subject_id=mandate_id, by=by.id, at=now, ended=True))


@transaction.atomic
def give_consent(
    *, subject: str, purpose: str, channel: str, by: Actor, now: datetime, evidence_hash: str = ""
) -> int:
    """Write down a yes of a subject ("person:1", "voice:1") to one purpose; a standing one is returned as
    it is.

    Whether `by` may speak for the subject is the calling room's decision. Raises Refused("body.code") for
    a purpose, subject or channel that is no code.
    """
    for code in (purpose, subject, channel):
        check_code(code)
    standing = Consent.objects.filter(subject=subject, purpose=purpose, withdrawn_at=None)
    known = standing.values_list("id", flat=True).first()
    if known is not None:
        return known
    row = Consent(
        id=new_id(now),
        subject=subject,
        purpose=purpose,
        channel=channel,
        evidence_hash=evidence_hash,
        given_at=now,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # the same yes at the same moment
        return standing.values_list("id", flat=True).get()
    ledger.record(ConsentGiven(subject_id=row.id, by=by.id, at=now, purpose=purpose))
    return row.id


@transaction.atomic
def withdraw_consent(*, subject: str, purpose: str, by: Actor, now: datetime) -> bool:
    """Take back a yes; as easy as giving it (个人信息保护法 15). False where none stood."""
    row = (
        Consent.objects.select_for_update()
        .filter(subject=subject, purpose=purpose, withdrawn_at=None)
        .first()
    )
    if row is None:
        return False
    Consent.objects.filter(id=row.id).update(withdrawn_at=now)
    ledger.record(ConsentWithdrawn(subject_id=row.id, by=by.id, at=now, purpose=purpose))
    return True


def _check_known(row: Mandate) -> None:
    persons = {one for one in (row.person_id, row.for_person_id) if one is not None}
    if Person.objects.filter(id__in=persons).count() != len(persons):
        raise NotFound("person.unknown")
    if row.for_body_id is not None and not Body.objects.filter(id=row.for_body_id).exists():
        raise NotFound("body.unknown")
