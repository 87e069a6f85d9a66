"""Seats at bodies, and who sits on them: a seat brings the grant of its role, its end takes the grant
back.
"""

from datetime import date, datetime, timedelta

from django.db import transaction

from liren.base.access import actions as access
from liren.base.access import queries as accounts
from liren.base.ledger import actions as ledger
from liren.kernel.clock import to_office
from liren.kernel.errors import Conflict, NotFound, Refused
from liren.kernel.ids import new_id
from liren.kernel.policy import Actor
from liren.registers.people import rules
from liren.registers.people.actions.bodies import check_code, locked, manage
from liren.registers.people.events import Appointed, PostEnded, PostOpened
from liren.registers.people.models import Post
from liren.registers.places import queries as places


@transaction.atomic
def open_post(
    *,
    body_id: int,
    title: str,
    role: str,
    by: Actor,
    now: datetime,
    place_id: int | None = None,
    code: str | None = None,
    title_en: str = "",
    holder: str = "",
) -> int:
    """Make a seat at a body, vacant until `appoint`. `place_id` is its ground: that of the body unless
    given.

    `holder` names who sits there where they have no account. Raises Denied, NotFound: body.unknown,
    place.unknown, access.no_role; Refused: post.title, body.closed, body.code, person.name;
    Conflict("post.code_taken").
    """
    body = locked(body_id)
    manage(by)
    if body.valid_to is not None:
        raise Refused("body.closed", field="body")
    words = " ".join(title.split())
    if not words or len(words) > 60:
        raise Refused("post.title", field="title")
    accounts.role(role, to_office(now).date())
    if code is not None and Post.objects.filter(code=check_code(code)).exists():
        raise Conflict("post.code_taken")
    ground = place_id if place_id is not None else body.place_id
    path = places.get(ground).path if ground is not None else ""
    post_id = new_id(now)
    Post.objects.create(
        id=post_id,
        code=code,
        body_id=body_id,
        title=words,
        title_en=title_en.strip(),
        role=role,
        place_id=ground,
        place_path=path,
        holder=rules.person_name(holder) if holder else "",
    )
    ledger.record(
        PostOpened(subject_id=post_id, by=by.id, at=now, place_path=path, unit_ids=(body_id,), role=role)
    )
    return post_id


@transaction.atomic
def appoint(
    post_id: int,
    *,
    account_id: int,
    holder: str,
    by: Actor,
    now: datetime,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> int:
    """Give an account a seat and the grant of its role; returns the grant's id. From today unless told
    otherwise, until before `valid_to`. The same account again changes nothing.

    A role that must name a unit is granted for the body, every other for the seat's ground. Raises Denied
    (the grant's own duty, access.grant), NotFound("post.unknown"), Refused: post.taken, post.ended,
    person.name, and what `access.grant` refuses.
    """
    post = _locked(post_id)
    if post.valid_to is not None:
        raise Refused("post.ended")
    if post.account_id is not None:
        if post.account_id == account_id and post.grant_id is not None:
            return post.grant_id
        raise Refused("post.taken")
    today = to_office(now).date()
    begin = valid_from or today
    grant_id = _granted(post, account_id, begin, valid_to, by, now)
    post.account_id, post.holder, post.grant_id = account_id, rules.person_name(holder), grant_id
    post.valid_from, post.valid_to = begin, valid_to
    post.save(update_fields=["account_id", "holder", "grant_id", "valid_from", "valid_to"])
    ledger.record(
        Appointed(
            subject_id=post_id,
            by=by.id,
            at=now,
            place_path=post.place_path,
            unit_ids=(post.body_id,),
            account_id=account_id,
            grant_id=grant_id,
        )
    )
    return grant_id


@transaction.atomic
def end_post(post_id: int, *, by: Actor, now: datetime, on: date | None = None) -> None:
    """A seat ends on a day (today); its grant is revoked at once, its code is free for the seat that follows.

    The row stays: it names who did what. Raises Denied, NotFound("post.unknown"), Refused("post.dates").
    """
    post = _locked(post_id)
    manage(by)
    day = on or to_office(now).date()
    if post.valid_from is not None and day < post.valid_from:
        raise Refused("post.dates", field="on")
    if post.grant_id is not None:
        access.revoke(post.grant_id, by=by, now=now)
    post.valid_to, post.code = day, None
    post.save(update_fields=["valid_to", "code"])
    ledger.record(
        PostEnded(
            subject_id=post_id,
            by=by.id,
            at=now,
            place_path=post.place_path,
            unit_ids=(post.body_id,),
            day=day.isoformat(),
        )
    )


def regrant(post: Post, *, by: Actor, now: datetime) -> None:
    """Give the grant anew after the seat's ground got another path."""
    if post.grant_id is None or post.account_id is None:
        return
    access.revoke(post.grant_id, by=by, now=now)
    begin = post.valid_from or to_office(now).date()
    post.grant_id = _granted(post, post.account_id, begin, post.valid_to, by, now)
    post.save(update_fields=["grant_id"])


def _granted(post: Post, account_id: int, begin: date, end: date | None, by: Actor, now: datetime) -> int:
    needs = accounts.role(post.role, begin).needs
    return access.grant(
        account_id,
        role=post.role,
        place_path="" if needs == "unit" else post.place_path,
        unit_id=post.body_id if needs == "unit" else None,
        valid_from=begin,
        valid_to=end - timedelta(days=1) if end is not None else None,
        source=f"post:{post.id}",
        by=by,
        now=now,
    )


def _locked(post_id: int) -> Post:
    post = Post.objects.select_for_update().filter(id=post_id).first()
    if post is None:
        raise NotFound("post.unknown")
    return post
