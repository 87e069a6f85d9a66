"""Grants: roles given and taken back. The three administrators of 等保 are three people."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from liren.base.access import loading
from liren.base.access.actions.accounts import held
from liren.base.access.events import GrantGiven, GrantRevoked
from liren.base.access.models import SYSTEM_ID, Account, Grant
from liren.base.access.rules import Role
from liren.base.ledger import actions as ledger
from liren.kernel.clock import to_office
from liren.kernel.errors import Denied, NotFound, Refused
from liren.kernel.policy import Actor, Facts, require


@transaction.atomic
def grant(
    account_id: int,
    *,
    role: str,
    place_path: str,
    unit_id: int | None,
    valid_from: date,
    valid_to: date | None,
    source: str,
    by: Actor,
    now: datetime,
) -> int:
    """Give an account a role in a place ("" everywhere), a unit (None: any), for office days, both included.

    The same grant again gives the same id. Raises Denied (duty access.grant; nobody grants to themselves),
    NotFound, Refused: "access.role", "access.not_staff", "access.grant_needs_unit",
    "access.grant_needs_place", "access.grant_dates", "access.place_path", "access.grant_source",
    "access.exclusive" (params holds, wants).
    """
    require(by, "access.grant", Facts())
    if by.id == account_id and by.id != SYSTEM_ID:
        raise Denied("access.own_grant")
    wanted = _role(role, now)
    _check(wanted, place_path, unit_id, valid_from, valid_to, source)
    account = held(account_id)
    if account.kind != Account.Kind.STAFF or not account.is_active:
        raise Refused("access.not_staff", field="account")
    said = {
        "account": account,
        "role": role,
        "place_path": place_path,
        "unit_id": unit_id,
        "valid_from": valid_from,
        "valid_to": valid_to,
        "source": source,
    }
    same = Grant.objects.filter(**said, revoked_at__isnull=True).first()
    if same is not None:
        return same.id
    if wanted.exclusive:
        _shut_out(account, wanted, valid_from, now)
    row = Grant(**said, exclusive=wanted.exclusive, granted_at=now, granted_by=by.id)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Refused("access.exclusive", field="role", wants=role) from error
    units = () if unit_id is None else (unit_id,)
    ledger.record(
        GrantGiven(
            subject_id=account_id,
            by=by.id,
            at=now,
            place_path=place_path,
            unit_ids=units,
            grant_id=row.id,
            role=role,
        )
    )
    return row.id


@transaction.atomic
def revoke(grant_id: int, *, by: Actor, now: datetime) -> None:
    """Take a grant back, at once. Idempotent. Raises Denied (duty access.revoke), NotFound."""
    require(by, "access.revoke", Facts())
    row = Grant.objects.select_for_update().filter(id=grant_id).first()
    if row is None:
        raise NotFound("access.no_grant")
    if row.revoked_at is not None:
        return
    row.revoked_at, row.revoked_by = now, by.id
    row.save(update_fields=["revoked_at", "revoked_by"])
    units = () if row.unit_id is None else (row.unit_id,)
    ledger.record(
        GrantRevoked(
            subject_id=row.account_id,
            by=by.id,
            at=now,
            place_path=row.place_path,
            unit_ids=units,
            grant_id=row.id,
            role=row.role,
        )
    )


def _role(key: str, now: datetime) -> Role:
    role = loading.roles(to_office(now).date()).get(key)
    if role is None or not role.staff:
        raise Refused("access.role", field="role")
    return role


def _check(
    role: Role, place_path: str, unit_id: int | None, valid_from: date, valid_to: date | None, source: str
) -> None:
    if place_path and not (place_path.startswith("/") and place_path.endswith("/")):
        raise Refused("access.place_path", field="place_path")
    if role.needs == "unit" and unit_id is None:
        raise Refused("access.grant_needs_unit", field="unit_id")
    if role.needs == "place" and not place_path:
        raise Refused("access.grant_needs_place", field="place_path")
    if valid_to is not None and valid_to < valid_from:
        raise Refused("access.grant_dates", field="valid_to")
    if not source.strip():
        raise Refused("access.grant_source", field="source")


def _shut_out(account: Account, wanted: Role, valid_from: date, now: datetime) -> None:
    """Refuse a second role of an exclusive group. One that ended before the new begins makes way."""
    for row in Grant.objects.filter(account=account, exclusive=wanted.exclusive, revoked_at__isnull=True):
        if row.valid_to is None or row.valid_to >= valid_from:
            raise Refused("access.exclusive", field="role", holds=row.role, wants=wanted.key)
        row.revoked_at, row.revoked_by = now, SYSTEM_ID
        row.save(update_fields=["revoked_at", "revoked_by"])
