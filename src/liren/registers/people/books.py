"""The two books whoever keeps the registers looks through: units, and seats with who sits where from when to when."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from liren.kernel.errors import NotFound
from liren.registers.people.managing import open_on
from liren.registers.people.models import Body, Post


@dataclass(frozen=True, slots=True)
class BodyRow:
    """A unit whole, as its page and its table say it."""

    id: int
    code: str
    kind: str
    name: str
    name_en: str
    short: str
    uscc: str | None
    place_id: int | None
    parent_id: int | None
    parent__code: str | None
    handles: bool
    calendar: str
    phone: str
    valid_from: date | None
    valid_to: date | None
    sort: int


@dataclass(frozen=True, slots=True)
class SeatRow:
    """A seat, and who holds it or held it. `valid_to` is the first day on which it is no more."""

    id: int
    code: str | None
    body_id: int
    body__code: str
    body__name: str
    title: str
    title_en: str
    role: str
    place_id: int | None
    place_path: str
    account_id: int | None
    holder: str
    valid_from: date | None
    valid_to: date | None

    @property
    def vacant(self) -> bool:
        """Whether nobody with an account sits there."""
        return self.account_id is None


_BODY, _SEAT = tuple(BodyRow.__dataclass_fields__), tuple(SeatRow.__dataclass_fields__)


def mark_body(body_id: int) -> str:
    """A sign of everything that is said of a unit: another one as soon as anything was changed.

    Raises NotFound("body.unknown").
    """
    return _sign(Body.objects.filter(id=body_id), "body.unknown")


def mark_post(post_id: int) -> str:
    """The same for a seat and who holds it. Raises NotFound("post.unknown")."""
    return _sign(Post.objects.filter(id=post_id), "post.unknown")


def _sign(rows: QuerySet[Any], unknown: str) -> str:
    row = rows.values().first()
    if row is None:
        raise NotFound(unknown)
    return hashlib.sha256(json.dumps(sorted(row.items()), default=str).encode()).hexdigest()[:20]


def body_row(body_id: int) -> BodyRow:
    """One unit, open or closed. Raises NotFound("body.unknown")."""
    row = Body.objects.filter(id=body_id).values(*_BODY).first()
    if row is None:
        raise NotFound("body.unknown")
    return BodyRow(**row)


def body_rows(on: date, *, text: str = "", kind: str = "") -> list[BodyRow]:
    """Units of a day in the office's order, of a kind if named, by a part of their name or the beginning of a code."""
    rows = Body.objects.filter(open_on(on))
    if kind:
        rows = rows.filter(kind=kind)
    if text:
        rows = rows.filter(
            Q(name__icontains=text)
            | Q(short__icontains=text)
            | Q(code__istartswith=text)
            | Q(uscc__istartswith=text)
        )
    return [BodyRow(**row) for row in rows.order_by("sort", "id").values(*_BODY)]


def seats_of_each(on: date) -> dict[int, tuple[int, int]]:
    """For each unit with seats that day how many there are, and how many of them are vacant."""
    counted = Post.objects.filter(open_on(on)).values_list("body_id")
    rows = counted.annotate(seats=Count("id"), vacant=Count("id", filter=Q(account_id=None)))
    return {body_id: (seats, vacant) for body_id, seats, vacant in rows}


def units_by_calendar(on: date) -> dict[str, int]:
    """How many units work by each calendar that day. One statement."""
    rows = Body.objects.filter(open_on(on)).values_list("calendar").annotate(n=Count("id"))
    return dict(rows.order_by("calendar"))


def seat(post_id: int) -> SeatRow:
    """One seat, standing or ended. Raises NotFound("post.unknown")."""
    row = Post.objects.filter(id=post_id).values(*_SEAT).first()
    if row is None:
        raise NotFound("post.unknown")
    return SeatRow(**row)


def seats(
    on: date, *, text: str = "", body_id: int | None = None, role: str = "", vacant: bool = False
) -> list[SeatRow]:
    """Seats of a day, by unit in the office's order: of a unit, of a role, vacant ones, by title, holder or code."""
    rows = Post.objects.filter(open_on(on) | Q(valid_from__gt=on, valid_to=None))
    if body_id is not None:
        rows = rows.filter(body_id=body_id)
    if role:
        rows = rows.filter(role=role)
    if vacant:
        rows = rows.filter(account_id=None)
    if text:
        rows = rows.filter(
            Q(title__icontains=text)
            | Q(holder__icontains=text)
            | Q(code__istartswith=text)
            | Q(body__name__icontains=text)
        )
    return [SeatRow(**row) for row in rows.order_by("body__sort", "body_id", "id").values(*_SEAT)]


def earlier_seats(post_id: int) -> list[SeatRow]:
    """Who held the same seat before: the ended rows of its unit, title, role and ground, the latest first.

    Raises NotFound("post.unknown").
    """
    now = seat(post_id)
    same = Q(body_id=now.body_id, title=now.title, role=now.role, place=now.place_id)
    rows = Post.objects.filter(same, valid_to__isnull=False).exclude(id=post_id)
    return [
        SeatRow(**row) for row in rows.exclude(account_id=None).order_by("-valid_to", "-id").values(*_SEAT)
    ]
