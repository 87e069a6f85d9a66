"""Who owns and who lives in a dwelling."""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from django.db import transaction

from liren.base.ledger import actions as ledger
from liren.kernel.errors import NotFound, Refused
from liren.kernel.ids import new_id
from liren.kernel.policy import Actor
from liren.registers.people import rules
from liren.registers.people.actions.bodies import manage
from liren.registers.people.events import OwnershipChanged, ResidenceChanged
from liren.registers.people.models import Body, Dwelling, Household, Ownership, Person, Residence
from liren.registers.places import queries as places

MOST_AREA = Decimal(1_000_000)


@transaction.atomic
def own(
    *,
    place_id: int,
    area: Decimal,
    share: Fraction,
    by: Actor,
    now: datetime,
    person_id: int | None = None,
    body_id: int | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> int:
    """Write down a share of a dwelling, of one person or one body; returns its id. `area` is the deed's,
    in m².

    On no day may the shares of a dwelling come to more than the whole. Raises Denied, NotFound:
    place.unknown, person.unknown, body.unknown; Refused: dwelling.kind, ownership.owner, ownership.share,
    ownership.area, ownership.dates, ownership.too_much (params `held`, the largest sum, as a fraction).
    """
    dwelling = dwelling_of(place_id, by, now)
    _check_owner(person_id, body_id)
    if not 0 < share <= 1 or share.denominator > 1_000_000:
        raise Refused("ownership.share", field="share")
    if not area.is_finite() or not 0 < area <= MOST_AREA or area != round(area, 2):
        raise Refused("ownership.area", field="area")
    if valid_from is not None and valid_to is not None and valid_to < valid_from:
        raise Refused("ownership.dates", field="valid_to")
    check_whole(dwelling.id, rules.Held(share, valid_from, valid_to))
    row_id = new_id(now)
    Ownership.objects.create(
        id=row_id,
        dwelling=dwelling,
        person_id=person_id,
        body_id=body_id,
        area=area,
        numerator=share.numerator,
        denominator=share.denominator,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    path = places.get(place_id).path
    ledger.record(
        OwnershipChanged(
            subject_id=dwelling.id, by=by.id, at=now, place_path=path, ownership_id=row_id, ended=False
        )
    )
    return row_id


@transaction.atomic
def end_ownership(ownership_id: int, *, on: date, by: Actor, now: datetime) -> None:
    """A share is held no longer from the day `on`. Raises Denied, NotFound("ownership.unknown"), Refused:
    ownership.dates, ownership.ended."""
    row = Ownership.objects.select_related("dwelling__place").filter(id=ownership_id).first()
    if row is None:
        raise NotFound("ownership.unknown")
    path = row.dwelling.place.path
    manage(by)
    if row.valid_to is not None and row.valid_to <= on:
        raise Refused("ownership.ended")
    if row.valid_from is not None and on < row.valid_from:
        raise Refused("ownership.dates", field="on")
    Ownership.objects.filter(id=ownership_id).update(valid_to=on)
    ledger.record(
        OwnershipChanged(
            subject_id=row.dwelling_id,
            by=by.id,
            at=now,
            place_path=path,
            ownership_id=ownership_id,
            ended=True,
        )
    )


@transaction.atomic
def move_in(
    *,
    person_id: int,
    place_id: int,
    tenure: str,
    by: Actor,
    now: datetime,
    household_id: int | None = None,
    valid_from: date | None = None,
) -> int:
    """A person lives in a dwelling from a day on, in a household given or new; returns the residence's id.

    Raises Denied, NotFound: place.unknown, person.unknown, household.unknown; Refused: dwelling.kind,
    residence.tenure.
    """
    dwelling = dwelling_of(place_id, by, now)
    if tenure not in Residence.Tenure.values:
        raise Refused("residence.tenure", field="tenure")
    if not Person.objects.filter(id=person_id).exists():
        raise NotFound("person.unknown")
    if household_id is None:
        household_id = new_id(now)
        Household.objects.create(id=household_id, dwelling=dwelling, valid_from=valid_from)
    elif not Household.objects.filter(id=household_id, dwelling=dwelling).exists():
        raise NotFound("household.unknown")
    row_id = new_id(now)
    Residence.objects.create(
        id=row_id, person_id=person_id, household_id=household_id, tenure=tenure, valid_from=valid_from
    )
    path = places.get(place_id).path
    ledger.record(
        ResidenceChanged(
            subject_id=dwelling.id, by=by.id, at=now, place_path=path, residence_id=row_id, ended=False
        )
    )
    return row_id


@transaction.atomic
def move_out(residence_id: int, *, on: date, by: Actor, now: datetime) -> None:
    """A person lives there no longer from the day `on`; an empty household ends with its last member.

    Raises Denied, NotFound("residence.unknown"), Refused: residence.dates, residence.ended.
    """
    row = Residence.objects.select_related("household__dwelling__place").filter(id=residence_id).first()
    if row is None:
        raise NotFound("residence.unknown")
    dwelling = row.household.dwelling
    manage(by)
    if row.valid_to is not None:
        raise Refused("residence.ended")
    if row.valid_from is not None and on < row.valid_from:
        raise Refused("residence.dates", field="on")
    Residence.objects.filter(id=residence_id).update(valid_to=on)
    if not Residence.objects.filter(household_id=row.household_id, valid_to=None).exists():
        Household.objects.filter(id=row.household_id).update(valid_to=on)
    ledger.record(
        ResidenceChanged(
            subject_id=dwelling.id,
            by=by.id,
            at=now,
            place_path=dwelling.place.path,
            residence_id=residence_id,
            ended=True,
        )
    )


def _check_owner(person_id: int | None, body_id: int | None) -> None:
    if (person_id is None) == (body_id is None):
        raise Refused("ownership.owner", field="owner")
    if person_id is not None and not Person.objects.filter(id=person_id).exists():
        raise NotFound("person.unknown")
    if body_id is not None and not Body.objects.filter(id=body_id).exists():
        raise NotFound("body.unknown")


def dwelling_of(place_id: int, by: Actor, now: datetime) -> Dwelling:
    """The property record of a dwelling, held and made if missing. Raises Denied, NotFound,
    Refused("dwelling.kind").
    """
    place = places.get(place_id)
    manage(by)
    if place.kind != "dwelling":
        raise Refused("dwelling.kind", field="place")
    Dwelling.objects.get_or_create(place_id=place_id, defaults={"id": new_id(now)})
    return Dwelling.objects.select_for_update().get(place_id=place_id)


def check_whole(dwelling_id: int, more: rules.Held) -> None:
    """Raises Refused("ownership.too_much") where shares would come to more than the whole on some day."""
    rows = Ownership.objects.filter(dwelling_id=dwelling_id)
    held = [
        rules.Held(Fraction(row.numerator, row.denominator), row.valid_from, row.valid_to) for row in rows
    ]
    most = rules.most_held([*held, more])
    if most > 1:
        raise Refused("ownership.too_much", field="share", held=str(most))
