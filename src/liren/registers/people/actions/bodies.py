"""Organisations: opened, corrected, closed."""

import re
from datetime import date, datetime
from typing import Any, TypedDict, Unpack

from django.db import transaction

from liren.base.ledger import actions as ledger
from liren.kernel import policy
from liren.kernel.errors import Conflict, NotFound, Refused
from liren.kernel.ids import new_id
from liren.kernel.policy import Actor, Facts
from liren.kernel.worktime import calendar_names
from liren.registers.people import rules
from liren.registers.people.books import mark_body
from liren.registers.people.events import BodyClosed, BodyCorrected, BodyOpened
from liren.registers.people.models import Body, Post
from liren.registers.places import queries as places

DUTY = "people.manage"
_CODE = re.compile(r"[\x21-\x7e]{1,40}")
_LONGEST = {"name": 100, "name_en": 200, "short": 40, "calendar": 40, "phone": 40}


class BodyDetails(TypedDict, total=False):
    """What may be said of a body besides its code and kind. `place_id` is its ground; `phone` its public
    number.
    """

    name: str
    name_en: str
    short: str
    uscc: str | None
    place_id: int | None
    parent_id: int | None
    handles: bool
    calendar: str
    phone: str
    valid_from: date | None
    sort: int


def cleaned(details: BodyDetails) -> dict[str, Any]:
    """Details ready for their columns. Raises Refused: body.name, body.text, body.uscc;
    body.calendar; NotFound("place.unknown").
    """
    fields: dict[str, Any] = dict(details)
    for name, longest in _LONGEST.items():
        if name in fields:
            fields[name] = " ".join(str(fields[name]).split())
            if len(fields[name]) > longest or not fields[name].isprintable():
                raise Refused("body.text", field=name)
    if "name" in fields and not fields["name"]:
        raise Refused("body.name", field="name")
    if "calendar" in fields and fields["calendar"] not in calendar_names():
        raise Refused("body.calendar", field="calendar")
    if fields.get("uscc"):
        fields["uscc"] = rules.uscc(fields["uscc"])
    if "place_id" in fields:
        place_id = fields["place_id"]
        fields["place_path"] = places.get(place_id).path if place_id is not None else ""
    return fields


def manage(by: Actor) -> None:
    """The register of people is the whole office's. Raises Denied unless `by` may manage it there."""
    policy.require(by, DUTY, Facts(place_path=places.office_view().path))


@transaction.atomic
def open_body(*, code: str, kind: str, by: Actor, now: datetime, **details: Unpack[BodyDetails]) -> int:
    """Put an organisation on the register and return its id.

    Raises Denied, NotFound("place.unknown"), Refused: body.kind, body.code, body.name, body.text, body.uscc;
    Conflict: body.code_taken, body.uscc_taken.
    """
    manage(by)
    if kind not in Body.Kind.values:
        raise Refused("body.kind", field="kind")
    if "name" not in details:
        raise Refused("body.name", field="name")
    fields = cleaned(details)
    code = check_code(code)
    if Body.objects.filter(code=code).exists():
        raise Conflict("body.code_taken")
    check_uscc(fields.get("uscc"), None)
    body_id = new_id(now)
    Body.objects.create(id=body_id, code=code, kind=kind, **fields)
    path = fields.get("place_path", "")
    ledger.record(
        BodyOpened(subject_id=body_id, by=by.id, at=now, place_path=path, unit_ids=(body_id,), body_kind=kind)
    )
    return body_id


@transaction.atomic
def correct_body(
    body_id: int, *, by: Actor, now: datetime, seen: str = "", **details: Unpack[BodyDetails]
) -> None:
    """Set what is said of a body; what is so already is not written again. `seen` is the `queries.mark_body` the
    change was thought of with. Raises as `open_body`, NotFound("body.unknown"), Conflict("body.changed").
    """
    body = locked(body_id)
    manage(by)
    fields = {name: value for name, value in cleaned(details).items() if getattr(body, name) != value}
    if not fields:
        return
    still(body_id, seen)
    check_uscc(fields.get("uscc"), body_id)
    Body.objects.filter(id=body_id).update(**fields)
    ledger.record(
        BodyCorrected(
            subject_id=body_id,
            by=by.id,
            at=now,
            place_path=str(fields.get("place_path", body.place_path)),
            unit_ids=(body_id,),
            fields=tuple(sorted(fields)),
        )
    )


@transaction.atomic
def close_body(body_id: int, *, on: date, by: Actor, now: datetime, seen: str = "") -> None:
    """A body is no more from the day `on`; its row stays. Posts must have ended.

    Raises Denied, NotFound("body.unknown"), Refused: body.closed, body.has_posts, body.dates;
    Conflict("body.changed") where it is not as `seen` any more.
    """
    body = locked(body_id)
    manage(by)
    if body.valid_to is not None:
        raise Refused("body.closed")
    still(body_id, seen)
    if body.valid_from is not None and on < body.valid_from:
        raise Refused("body.dates", field="on")
    if Post.objects.filter(body_id=body_id, valid_to=None).exists():
        raise Refused("body.has_posts")
    Body.objects.filter(id=body_id).update(valid_to=on)
    ledger.record(
        BodyClosed(
            subject_id=body_id,
            by=by.id,
            at=now,
            place_path=body.place_path,
            unit_ids=(body_id,),
            day=on.isoformat(),
        )
    )


def check_code(text: str) -> str:
    """A code in its one form. Raises Refused("body.code")."""
    code = text.strip()
    if not _CODE.fullmatch(code):
        raise Refused("body.code", field="code")
    return code


def check_uscc(uscc: str | None, body_id: int | None) -> None:
    """Raises Conflict("body.uscc_taken") where another body has it."""
    if uscc and Body.objects.filter(uscc=uscc).exclude(id=body_id or 0).exists():
        raise Conflict("body.uscc_taken")


def still(body_id: int, seen: str) -> None:
    """Raises Conflict("body.changed") where a body is not any more as it was seen."""
    if seen and seen != mark_body(body_id):
        raise Conflict("body.changed")


def locked(body_id: int) -> Body:
    """A body held until the transaction ends. Raises NotFound("body.unknown")."""
    body = Body.objects.select_for_update().filter(id=body_id).first()
    if body is None:
        raise NotFound("body.unknown")
    return body
