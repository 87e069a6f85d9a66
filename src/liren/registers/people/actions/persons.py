"""Residents known by name. Name and phone are sealed; on a screen stands the masked name."""

from datetime import datetime

from django.db import transaction

from liren.base.ledger import actions as ledger
from liren.base.vault import actions as vault
from liren.base.vault import queries as sealed
from liren.kernel.errors import Conflict, NotFound
from liren.kernel.ids import new_id
from liren.kernel.policy import Actor
from liren.registers.people import rules
from liren.registers.people.actions.bodies import check_code, manage
from liren.registers.people.events import PersonCorrected, PersonErased, PersonOpened
from liren.registers.people.models import Consent, Mandate, Person

NAME = "people.person.name"
PHONE = "people.person.phone"


@transaction.atomic
def open_person(
    *,
    name: str,
    by: Actor,
    now: datetime,
    phone: str = "",
    code: str | None = None,
    account_id: int | None = None,
) -> int:
    """Put a person on the register and return the id; the same `code` again returns the same person
    unchanged.

    A resident may open the record of their own account. Raises Denied, Refused: person.name,
    person.phone, body.code; Conflict("person.account_taken").
    """
    if account_id is None or account_id != by.id:
        manage(by)
    if code is not None:
        known = Person.objects.filter(code=check_code(code)).values_list("id", flat=True).first()
        if known is not None:
            return known
    if account_id is not None and Person.objects.filter(account_id=account_id).exists():
        raise Conflict("person.account_taken")
    person = Person(id=new_id(now), code=code, account_id=account_id, opened_at=now)
    put_name(person, rules.person_name(name))
    put_phone(person, rules.phone(phone) if phone else "")
    person.save(force_insert=True)
    ledger.record(PersonOpened(subject_id=person.id, by=by.id, at=now))
    return person.id


@transaction.atomic
def correct_person(
    person_id: int, *, by: Actor, now: datetime, name: str | None = None, phone: str | None = None
) -> None:
    """Set a person's name or phone anew ("" takes the phone away); a person may do it for themselves.

    Raises Denied, NotFound("person.unknown"), Refused: person.name, person.phone, vault.erased.
    """
    person = locked(person_id, by)
    fields: list[str] = []
    if name is not None:
        put_name(person, rules.person_name(name))
        fields.append("name")
    if phone is not None:
        put_phone(person, rules.phone(phone) if phone else "")
        fields.append("phone")
    if fields:
        person.save()
        ledger.record(PersonCorrected(subject_id=person_id, by=by.id, at=now, fields=tuple(fields)))


@transaction.atomic
def erase_person(person_id: int, *, by: Actor, now: datetime) -> None:
    """Make name and phone unreadable for ever, take back consents, end mandates (个人信息保护法 47).

    Residence and ownership stay as facts about dwellings, without a name. Raises Denied,
    NotFound("person.unknown").
    """
    person = locked(person_id, by)
    vault.erase(subject(person_id), by=by, now=now)
    person.label, person.name_index, person.phone_index, person.phone_sealed = "*", "", "", None
    person.account_id = None
    person.save()
    Consent.objects.filter(subject=subject(person_id), withdrawn_at=None).update(withdrawn_at=now)
    Mandate.objects.filter(person_id=person_id).delete()
    ledger.record(PersonErased(subject_id=person_id, by=by.id, at=now))


def subject(person_id: int) -> str:
    """Whose key seals a person's fields, and whose consents they are."""
    return f"person:{person_id}"


def put_name(person: Person, name: str) -> None:
    """Seal a name into the row, with its mask and its blind index."""
    person.name_sealed = vault.seal(name, subject=subject(person.id), context=NAME)
    person.name_index = sealed.blind("person.name", name)
    person.label = rules.masked(name)


def put_phone(person: Person, phone: str) -> None:
    """Seal a phone into the row, with its blind index; "" for none."""
    person.phone_sealed = vault.seal(phone, subject=subject(person.id), context=PHONE) if phone else None
    person.phone_index = sealed.blind("phone", phone) if phone else ""


def locked(person_id: int, by: Actor) -> Person:
    """A person held until the transaction ends, for themselves or a manager. Raises Denied, NotFound."""
    person = Person.objects.select_for_update().filter(id=person_id).first()
    if person is None:
        raise NotFound("person.unknown")
    if person.account_id is None or person.account_id != by.id:
        manage(by)
    return person
