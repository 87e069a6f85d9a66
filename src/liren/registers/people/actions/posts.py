"""Seats at bodies, and who sits on them: a seat brings the grant of its role, its end takes the grant
back.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from liren.base.access import actions as access
from liren.base.access import queries as accounts
from liren.base.ledger import actions as ledger
from liren.kernel import policy
from liren.kernel.clock import to_office
from liren.kernel.errors import Conflict, NotFound, Refused
from liren.kernel.ids import new_id
from liren.kernel.policy import Actor, Facts
from liren.registers.people import rules
from liren.registers.people.actions.bodies import check_code, locked, manage
from liren.registers.people.books import mark_post
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
    key: str = "",
) -> int:
    """Make a seat at a body, vacant until `appoint`. `place_id` is its ground: that of the body unless
    given.

    `holder` names who sits there where they have no account. The same `key` again gives the same id.
    Raises Denied, NotFound: body.unknown, place.unknown, access.no_role; Refused: post.title, body.closed,
    body.code, person.name; Conflict("post.code_taken").
    """
    body = locked(body_id)
    manage(by)
    if body.valid_to is not None:
        raise Refused("body.closed", field="body")
    words = " ".join(title.split())
    if not words or len(words) > 60:
        raise Refused("post.title", field="title")
    accounts.role(role, to_office(now).date())
    if code is not None and Post.objects.filter(code=check_code(code)).exists() and not key:
        raise Conflict("post.code_taken")
    fields = {
        "code": code,
        "body_id": body_id,
        "title": words,
        "title_en": title_en.strip(),
        "role": role,
        "place_id": place_id if place_id is not None else body.place_id,
        "holder": rules.person_name(holder) if holder else "",
    }
    if not key:
        return _opened(fields, by, now)
    with ledger.once(key=f"post:{key}", by=by.id, fingerprint=f"{body_id} {role} {words}") as first:
        if not first.done:
            first.keep({"id": _opened(fields, by, now)})
        return int(first.result["id"])


def _opened(fields: dict[str, Any], by: Actor, now: datetime) -> int:
    ground, post_id = fields["place_id"], new_id(now)
    path = places.get(ground).path if ground is not None else ""
    Post.objects.create(id=post_id, place_path=path, **fields)
    ledger.record(
        PostOpened(
            subject_id=post_id,
            by=by.id,
            at=now,
            place_path=path,
            unit_ids=(fields["body_id"],),
            role=fields["role"],
        )
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
    seen: str = "",
) -> int:
    """Give an account a seat and the grant of its role; returns the grant's id. From today unless told
    otherwise, until before `valid_to`. The same account again changes nothing.

    A role that must name a unit is granted for the body, an administrator's everywhere, every other for the
    seat's ground. Raises Denied (the grant's own duty, access.grant), NotFound("post.unknown"), Refused:
    post.taken, post.ended, post.own_seat (nobody gives a seat to themselves), person.name, and what
    `access.grant` refuses; Conflict("post.changed") where it is not as `seen` (`queries.mark_post`) any more.
    """
    post = _locked(post_id)
    _not_to_oneself(account_id, by)
    if post.valid_to is not None:
        raise Refused("post.ended")
    if post.account_id is not None:
        if post.account_id == account_id and post.grant_id is not None:
            return post.grant_id
        raise Refused("post.taken")
    _still(post_id, seen)
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
def end_post(post_id: int, *, by: Actor, now: datetime, on: date | None = None, seen: str = "") -> None:
    """A seat ends on a day (today); its grant is revoked at once, its code is free for the seat that follows.

    The row stays: it names who did what. Raises Denied, NotFound("post.unknown"), Refused: post.dates, post.held
    (somebody sits there, and who asks may not take roles back), post.last_admin; Conflict("post.changed").
    """
    post = _locked(post_id)
    manage(by)
    if _held(post) and not by.has("access.revoke"):
        raise Refused("post.held")
    day = on or to_office(now).date()
    if post.valid_to is not None and post.valid_to <= day and post.code is None and not _held(post):
        return
    _still(post_id, seen)
    _end(post, day, by, now)
    _somebody_left(post.role, now)


@transaction.atomic
def relieve(post_id: int, *, by: Actor, now: datetime, seen: str = "") -> int:
    """Take a seat and its grant back from who holds it, today; the seat that follows is vacant, its id is returned.

    The old row stays: it names who did what. Raises Denied (the duty access.revoke), NotFound("post.unknown"), Refused:
    post.vacant, post.last_admin; Conflict("post.changed").
    """
    policy.require(by, "access.revoke", Facts())
    after = _relieved(post_id, by, now, seen)
    _somebody_left(Post.objects.get(id=after).role, now)
    return after


@transaction.atomic
def hand_over(
    post_id: int,
    *,
    account_id: int,
    holder: str,
    by: Actor,
    now: datetime,
    valid_to: date | None = None,
    seen: str = "",
) -> int:
    """Take a seat back from who holds it and give it to another account, in one; returns the new row's id.

    Raises Denied (the duties access.revoke and access.grant) and as `relieve` and `appoint`; Refused("post.same_holder").
    """
    policy.require(by, "access.revoke", Facts())
    _not_to_oneself(account_id, by)
    if _locked(post_id).account_id == account_id:
        raise Refused("post.same_holder", field="account")
    after = _relieved(post_id, by, now, seen)
    appoint(after, account_id=account_id, holder=holder, by=by, now=now, valid_to=valid_to)
    return after


def _relieved(post_id: int, by: Actor, now: datetime, seen: str) -> int:
    post = _locked(post_id)
    if not _held(post):
        raise Refused("post.vacant")
    _still(post_id, seen)
    fields = {
        name: getattr(post, name) for name in ("code", "body_id", "title", "title_en", "role", "place_id")
    }
    today = to_office(now).date()
    begun = max(today, post.valid_from or today)  # one that was to begin later ends before it began to count
    _end(post, min(begun, post.valid_to or begun), by, now)
    return _opened(fields, by, now)


def _end(post: Post, day: date, by: Actor, now: datetime) -> None:
    if post.valid_from is not None and day < post.valid_from:
        raise Refused("post.dates", field="on")
    if post.grant_id is not None:
        access.revoke(post.grant_id, by=by, now=now)
    post.valid_to, post.code = day, None
    post.save(update_fields=["valid_to", "code"])
    ledger.record(
        PostEnded(
            subject_id=post.id,
            by=by.id,
            at=now,
            place_path=post.place_path,
            unit_ids=(post.body_id,),
            day=day.isoformat(),
        )
    )


def _held(post: Post) -> bool:
    """Whether somebody holds it with a grant. A row that was ended freed its code and its grant together."""
    return post.grant_id is not None and not accounts.is_revoked(post.grant_id)


def _somebody_left(role: str, now: datetime) -> None:
    """Raises Refused("post.last_admin") where nobody is left in a role that only three people in the house may hold."""
    today = to_office(now).date()
    if accounts.role(role, today).exclusive and not accounts.holders(role, on=today):
        raise Refused("post.last_admin")


def _not_to_oneself(account_id: int, by: Actor) -> None:
    if by.kind == "staff" and by.id == account_id:
        raise Refused("post.own_seat", field="account")


def _still(post_id: int, seen: str) -> None:
    """Raises Conflict("post.changed") where a seat is not any more as it was seen."""
    if seen and seen != mark_post(post_id):
        raise Conflict("post.changed")


def regrant(post: Post, *, by: Actor, now: datetime) -> None:
    """Give the grant anew after the seat's ground got another path."""
    if post.grant_id is None or post.account_id is None:
        return
    access.revoke(post.grant_id, by=by, now=now)
    begin = post.valid_from or to_office(now).date()
    post.grant_id = _granted(post, post.account_id, begin, post.valid_to, by, now)
    post.save(update_fields=["grant_id"])


def _granted(post: Post, account_id: int, begin: date, end: date | None, by: Actor, now: datetime) -> int:
    role = accounts.role(post.role, begin)
    needs = role.needs
    # what the three administrators of the house do has no place: a role given to anybody, the ledger
    everywhere = needs == "unit" or bool(role.exclusive)
    return access.grant(
        account_id,
        role=post.role,
        place_path="" if everywhere else post.place_path,
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
