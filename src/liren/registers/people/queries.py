"""Every read of people. Units and names at work are public; a resident is shown masked, and never with
what they asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from liren.base.vault import actions as vault
from liren.base.vault import queries as sealed
from liren.kernel import policy
from liren.kernel.clock import to_office, utc_now
from liren.kernel.errors import NotFound
from liren.kernel.policy import MACHINE, SYSTEM, Actor, Facts
from liren.registers.people import rules
from liren.registers.people.books import (
    BodyRow,
    SeatRow,
    body_row,
    body_rows,
    earlier_seats,
    mark_body,
    mark_post,
    seat,
    seats,
    seats_of_each,
    units_by_calendar,
)
from liren.registers.people.managing import Standing, Watch, committees, standing, watching
from liren.registers.people.models import Body, Consent, Dwelling, Mandate, Ownership, Person, Post, Residence
from liren.registers.places import queries as places

__all__ = [
    "READ_DUTY",
    "BodyRow",
    "ConsentView",
    "HomeView",
    "MandateView",
    "OwnershipView",
    "PersonView",
    "PostView",
    "SeatRow",
    "Standing",
    "UnitView",
    "Watch",
    "bodies",
    "body_row",
    "body_rows",
    "committees",
    "current_consent",
    "dwelling_id",
    "earlier_seats",
    "find_person",
    "homes_by_phone",
    "label",
    "labels",
    "mandates_of",
    "mark_body",
    "mark_post",
    "may_act_for",
    "owners",
    "person_label",
    "posts_at",
    "posts_of",
    "read_person",
    "seat",
    "seats",
    "seats_of_each",
    "standing",
    "unit",
    "unit_by_code",
    "unit_names",
    "units",
    "units_by_calendar",
    "watching",
]

READ_DUTY = "people.read"


@dataclass(frozen=True, slots=True)
class UnitView:
    """A body as others see it; `calendar` names its working hours, `phone` is its public number."""

    id: int
    code: str
    name: str
    name_en: str
    short: str
    kind: str
    place_path: str
    phone: str
    calendar: str
    handles: bool
    parent_id: int | None


@dataclass(frozen=True, slots=True)
class PostView:
    """A seat, whose body it is at, its ground and role, and who sits on it."""

    id: int
    code: str | None
    body_id: int
    body: str
    title: str
    title_en: str
    place_id: int | None
    place_path: str
    role: str
    account_id: int | None
    holder: str


@dataclass(frozen=True, slots=True)
class PersonView:
    """A resident's own record, opened for a purpose."""

    id: int
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class OwnershipView:
    """A share of a dwelling: `area` in square metres as the deed gives it, `owner` masked, or the body's
    name.
    """

    id: int
    dwelling_id: int
    person_id: int | None
    body_id: int | None
    owner: str
    area: Decimal
    share: Fraction
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class HomeView:
    """A household and where it lives."""

    household_id: int
    path: str


@dataclass(frozen=True, slots=True)
class ConsentView:
    """A standing yes to one purpose."""

    id: int
    purpose: str
    channel: str
    given_at: datetime


@dataclass(frozen=True, slots=True)
class MandateView:
    """Whom a person may act for: exactly one of the two ids."""

    id: int
    for_person_id: int | None
    for_body_id: int | None
    scope: frozenset[str]


_UNIT = tuple(UnitView.__dataclass_fields__)


def units(*, on: date | None = None) -> list[UnitView]:
    """Bodies that may be given cases on a day (today), in the office's order."""
    rows = Body.objects.filter(_open(_day(on)), handles=True).order_by("sort", "id")
    return [UnitView(**row) for row in rows.values(*_UNIT)]


def unit(body_id: int) -> UnitView:
    """One body, open or closed. Raises NotFound("body.unknown")."""
    row = Body.objects.filter(id=body_id).values(*_UNIT).first()
    if row is None:
        raise NotFound("body.unknown")
    return UnitView(**row)


def unit_by_code(code: str) -> UnitView:
    """One body by the office's code. Raises NotFound("body.unknown")."""
    row = Body.objects.filter(code=code).values(*_UNIT).first()
    if row is None:
        raise NotFound("body.unknown")
    return UnitView(**row)


def unit_names(body_ids: Iterable[int]) -> dict[int, str]:
    """Names of many bodies in one query; unknown ids are left out."""
    return dict(Body.objects.filter(id__in=set(body_ids)).values_list("id", "name"))


def bodies(*, kind: str | None = None, path: str = "", on: date | None = None) -> list[UnitView]:
    """Bodies of a kind whose ground lies in a place, on a day (today)."""
    rows = Body.objects.filter(_open(_day(on)), place_path__startswith=path)
    if kind is not None:
        rows = rows.filter(kind=kind)
    return [UnitView(**row) for row in rows.order_by("sort", "id").values(*_UNIT)]


def posts_of(account_id: int, *, on: date | None = None) -> list[PostView]:
    """The seats an account holds on a day (today), the longest held first."""
    return _posts(Post.objects.filter(_open(_day(on)), account_id=account_id))


def posts_at(body_id: int, *, on: date | None = None) -> list[PostView]:
    """The seats of a body on a day (today), the vacant ones too."""
    return _posts(Post.objects.filter(_open(_day(on)), body_id=body_id))


def label(account_id: int) -> str:
    """Who an account is, for staff screens: "陈敏 · 清河里第3网格"; a resident masked, "李*华"; "" for
    nobody known.
    """
    return labels([account_id]).get(account_id, "")


def labels(account_ids: Iterable[int]) -> dict[int, str]:
    """`label` of many, in at most four queries, for people with a seat in one; accounts nobody knows are left out."""
    told = {SYSTEM.id: _("系统"), MACHINE.id: _("机器")}
    asked = set(account_ids)
    found = {one: told[one] for one in asked & told.keys()}
    wanted = asked - told.keys() - {0}  # 0 is somebody without an account
    rows = Post.objects.filter(account_id__in=wanted).exclude(holder="").order_by("valid_from", "id")
    # the latest seat names them
    held = {post.account_id: post for post in rows.select_related("body")} if wanted else {}
    if seatless := wanted - held.keys():
        residents = Person.objects.filter(account_id__in=seatless).values_list("account_id", "label")
        found |= {account: masked for account, masked in residents if account is not None}
    grounds = {
        post.place_id for post in held.values() if post.place_id is not None and post.role == "grid_worker"
    }
    names = places.full_names(grounds) if grounds else {}
    for account, post in held.items():
        ground = names.get(post.place_id or 0, "") if post.role == "grid_worker" else ""
        if account is not None:
            found[account] = f"{post.holder} · {ground or post.body.short or post.body.name}"
    return found


def find_person(*, phone: str) -> list[int]:
    """Ids of persons with exactly this phone. Raises Refused("person.phone")."""
    index = sealed.blind("phone", rules.phone(phone))
    return list(Person.objects.filter(phone_index=index).values_list("id", flat=True))


def homes_by_phone(phone_index: str | None, *, on: date | None = None) -> list[HomeView]:
    """Where the register has whoever holds a proven phone living on a day (today): for counting a household once.

    Nothing of the person comes with it.
    """
    if not phone_index:
        return []
    day = _day(on)
    rows = Residence.objects.filter(_open(day), person__phone_index=phone_index).order_by("id")
    return [HomeView(*row) for row in rows.values_list("household_id", "household__dwelling__place__path")]


def person_label(person_id: int) -> str:
    """A person masked: 李*华. Raises NotFound("person.unknown")."""
    found = Person.objects.filter(id=person_id).values_list("label", flat=True).first()
    if found is None:
        raise NotFound("person.unknown")
    return found


@transaction.atomic
def read_person(person_id: int, *, by: Actor, purpose: str, now: datetime) -> PersonView:
    """A person's name and phone, opened for a purpose that stays on record.

    Oneself, or whoever has the duty people.read on the ground where the person lives. Raises Denied,
    NotFound("person.unknown"), Refused("vault.erased").
    """
    person = Person.objects.filter(id=person_id).first()
    if person is None:
        raise NotFound("person.unknown")
    own = person.account_id is not None and person.account_id == by.id
    homes = _homes(person_id, to_office(now).date())
    if not own:
        policy.require(by, READ_DUTY, Facts(place_path=homes[0] if homes else "", own=own))
    name = vault.reveal(
        bytes(person.name_sealed), context="people.person.name", by=by, purpose=purpose, now=now
    )
    phone = ""
    if person.phone_sealed is not None:
        token = bytes(person.phone_sealed)
        phone = vault.reveal(token, context="people.person.phone", by=by, purpose=purpose, now=now)
    return PersonView(person_id, name, phone)


def owners(place_id: int, *, on: date) -> list[OwnershipView]:
    """Who owned a dwelling (a place) on a day, with area and share; co-owners are several rows."""
    rows = Ownership.objects.filter(_open(on), dwelling__place_id=place_id).select_related("person", "body")
    return [
        OwnershipView(
            id=row.id,
            dwelling_id=row.dwelling_id,
            person_id=row.person_id,
            body_id=row.body_id,
            owner=row.person.label if row.person else row.body.name if row.body else "",
            area=row.area,
            share=Fraction(row.numerator, row.denominator),
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        )
        for row in rows.order_by("id")
    ]


def dwelling_id(place_id: int) -> int | None:
    """The property record of a dwelling, if there is one."""
    return Dwelling.objects.filter(place_id=place_id).values_list("id", flat=True).first()


def current_consent(subject: str, purpose: str) -> ConsentView | None:
    """The standing yes of a subject ("person:1", "voice:1") to a purpose; None if never given or taken
    back.
    """
    row = Consent.objects.filter(subject=subject, purpose=purpose, withdrawn_at=None).first()
    return ConsentView(row.id, row.purpose, row.channel, row.given_at) if row else None


def mandates_of(person_id: int, *, on: date) -> list[MandateView]:
    """Whom a person may act for on a day, and in what."""
    rows = Mandate.objects.filter(_open(on), person_id=person_id).order_by("id")
    return [MandateView(row.id, row.for_person_id, row.for_body_id, frozenset(row.scope)) for row in rows]


def may_act_for(
    person_id: int, *, scope: str, on: date, for_person_id: int | None = None, for_body_id: int | None = None
) -> bool:
    """Whether a person may do this duty for another person or a body on a day."""
    return any(
        scope in mandate.scope
        and (mandate.for_person_id, mandate.for_body_id) == (for_person_id, for_body_id)
        for mandate in mandates_of(person_id, on=on)
    )


def _posts(rows: QuerySet[Post]) -> list[PostView]:
    return [
        PostView(
            id=post.id,
            code=post.code,
            body_id=post.body_id,
            body=post.body.short or post.body.name,
            title=post.title,
            title_en=post.title_en,
            place_id=post.place_id,
            place_path=post.place_path,
            role=post.role,
            account_id=post.account_id,
            holder=post.holder,
        )
        for post in rows.select_related("body").order_by("valid_from", "id")
    ]


def _open(day: date) -> Q:
    begun = Q(valid_from=None) | Q(valid_from__lte=day)
    return begun & (Q(valid_to=None) | Q(valid_to__gt=day))


def _day(on: date | None) -> date:
    return on if on is not None else to_office(utc_now()).date()


def _homes(person_id: int, day: date) -> list[str]:
    rows = Person.objects.get(id=person_id).residences.filter(_open(day)).order_by("id")
    return list(rows.values_list("household__dwelling__place__path", flat=True))
