"""Households of the sample street: names, phones and deeds that belong to nobody, sealed as real ones are."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from itertools import islice

from liren.base.bulk.actions import insert
from liren.base.ledger import actions as ledger
from liren.base.vault import queries as sealed
from liren.base.vault.actions import Sealer
from liren.kernel.clock import office_zone, to_office
from liren.kernel.policy import SYSTEM
from liren.registers.people import rules
from liren.registers.people.actions.persons import NAME, PHONE, subject
from liren.registers.people.events import PeopleImported
from liren.registers.people.models import Dwelling, Household, Ownership, Person, Residence
from liren.registers.places import queries as places
from liren.site.sample import homes
from liren.site.sample.load.ink import Ids
from liren.site.sample.world import PlannedPerson, Street

HOUSEHOLDS = 800  # known by name in a default load


def write(
    street: Street, known: Mapping[str, tuple[int, str]], *, opened: datetime, limit: int = HOUSEHOLDS
) -> int:
    """Write up to `limit` households with the people in them; returns how many people."""
    ids, ink = Ids(), Sealer()
    begin = to_office(opened, office_zone()).date()
    dwellings: list[Dwelling] = []
    families: list[Household] = []
    people: list[Person] = []
    lives: list[Residence] = []
    deeds: list[Ownership] = []
    planned = homes.households(street, homes.registered(street), limit=limit)
    for household in islice(planned, limit):
        dwelling = Dwelling(id=ids.next(opened), place_id=known[household.dwelling][0])
        family = Household(id=ids.next(opened), dwelling=dwelling, valid_from=begin)
        dwellings.append(dwelling)
        families.append(family)
        for each in household.people:
            person = _person(each, ids.next(opened), ink, opened)
            people.append(person)
            lives.append(
                Residence(
                    id=ids.next(opened), person=person, household=family, tenure=each.tenure, valid_from=begin
                )
            )
            if each.tenure == "owner":
                deed = Ownership(id=ids.next(opened), dwelling=dwelling, person=person, valid_from=begin)
                deed.area = Decimal(f"{household.area:.2f}")
                deeds.append(deed)
    insert(ink.take())
    for rows in (dwellings, families, people, lives, deeds):
        insert(rows)
    ledger.record(
        PeopleImported(
            subject_id=places.office_view().id or 0,
            by=SYSTEM.id,
            at=opened,
            what="persons",
            created=len(people),
            updated=0,
            refused=0,
        )
    )
    return len(people)


def _person(planned: PlannedPerson, person_id: int, ink: Sealer, opened: datetime) -> Person:
    parts = [(planned.name.encode(), NAME), (planned.phone.encode(), PHONE)]
    name, phone = ink.seal_parts(parts, subject=subject(person_id), at=opened)
    return Person(
        id=person_id,
        code=planned.code,
        name_sealed=name,
        name_index=sealed.blind("person.name", planned.name),
        label=rules.masked(planned.name),
        phone_sealed=phone,
        phone_index=sealed.blind("phone", planned.phone),
        opened_at=opened,
    )
