"""Accounts: opened, closed, opened again; passwords changed by their holder or reset by the security
administrator.
"""

from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from liren.base.access import loading, rules
from liren.base.access.actions import buckets
from liren.base.access.events import AccountClosed, AccountOpened, AccountReopened, PasswordChanged
from liren.base.access.models import Account, KnownDevice, new_stamp
from liren.base.ledger import actions as ledger
from liren.kernel.errors import Denied, NotFound, Refused
from liren.kernel.policy import Actor, Facts, require


@transaction.atomic
def open_account(*, username: str | None, kind: str, password: str | None, by: Actor, now: datetime) -> int:
    """Open an account of kind "staff" or "resident"; staff need a username. Without password nobody signs in.

    Raises Denied (duty access.open_account), Refused: "access.kind", "access.username",
    "access.username_taken", "password.*".
    """
    require(by, "access.open_account", Facts())
    if kind not in {Account.Kind.STAFF, Account.Kind.RESIDENT}:
        raise Refused("access.kind", field="kind")
    name = rules.username(username or "") if username is not None or kind == Account.Kind.STAFF else None
    if password is not None:
        _check(password, name or "", now)
    if name is not None and Account.objects.filter(username=name).exists():
        raise Refused("access.username_taken", field="username")
    account = Account(
        kind=kind, username=name, password=make_password(password), opened_at=now, opened_by=by.id
    )
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError as error:
        raise Refused("access.username_taken", field="username") from error
    ledger.record(AccountOpened(subject_id=account.id, by=by.id, at=now, account_kind=kind))
    return account.id


@transaction.atomic
def close_account(account_id: int, *, by: Actor, now: datetime) -> None:
    """Let an account act no more; its sessions end at once. Idempotent. Raises Denied, NotFound."""
    require(by, "access.close_account", Facts())
    account = held(account_id)
    if account.is_active:
        account.is_active = False
        account.session_stamp = new_stamp()
        account.save(update_fields=["is_active", "session_stamp"])
        KnownDevice.objects.filter(account=account).delete()
        ledger.record(AccountClosed(subject_id=account.id, by=by.id, at=now))


@transaction.atomic
def reopen_account(account_id: int, *, by: Actor, now: datetime) -> None:
    """Let a closed account act again, with the grants it still has. Idempotent. Raises Denied, NotFound."""
    require(by, "access.open_account", Facts())
    account = held(account_id)
    if not account.is_active:
        account.is_active = True
        account.save(update_fields=["is_active"])
        ledger.record(AccountReopened(subject_id=account.id, by=by.id, at=now))


def change_password(account_id: int, *, old: str, new: str, by: Actor, now: datetime) -> str:
    """The holder changes the password; all sessions end but the one that keeps the stamp returned here.

    Call outside a transaction. Raises Denied (another's account), Refused: "password.wrong" and those of a
    new one; Throttled("access.too_many").
    """
    if by.id != account_id or by.proof not in {"password", "second_factor"}:
        raise Denied("password.not_yours")
    tries = [(loading.rate("sign_in.known", now), f"password:{account_id}")]
    buckets.spend(tries, code="access.too_many", now=now)
    account = Account.objects.filter(id=account_id, is_active=True).first()
    if account is None or not check_password(old[: rules.LONGEST_PASSWORD + 1], account.password):
        raise Refused("password.wrong", field="old")
    with transaction.atomic():
        buckets.give_back(tries)
        return _set_password(account_id, new, by=by, now=now)


@transaction.atomic
def reset_password(account_id: int, new: str, *, by: Actor, now: datetime) -> None:
    """Another sets a new password for who forgot theirs; all sessions end. Raises Denied, NotFound,
    Refused.
    """
    require(by, "access.reset_sign_in", Facts())
    _set_password(account_id, new, by=by, now=now)


def held(account_id: int) -> Account:
    """The account, locked until the transaction ends. Raises NotFound for none, and for the house's own
    two.
    """
    account = (
        Account.objects.select_for_update().filter(id=account_id).exclude(kind=Account.Kind.SYSTEM).first()
    )
    if account is None:
        raise NotFound("access.no_account")
    return account


def _set_password(account_id: int, new: str, *, by: Actor, now: datetime) -> str:
    account = held(account_id)
    _check(new, account.username or "", now)
    account.password = make_password(new)
    account.session_stamp = new_stamp()
    account.save(update_fields=["password", "session_stamp"])
    ledger.record(PasswordChanged(subject_id=account_id, by=by.id, at=now))
    return account.session_stamp


def _check(password: str, username: str, now: datetime) -> None:
    rules.check_password(password, username=username, shortest=loading.times("password.shortest", now))
    try:
        CommonPasswordValidator().validate(password)
    except ValidationError as error:
        raise Refused("password.common", field="password") from error
