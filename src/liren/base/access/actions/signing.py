"""Signing in and out. A name that does not exist, a wrong password and a wrong code look the same."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction

from liren.base.access import loading, rules, sessions
from liren.base.access.actions import buckets, devices, factors
from liren.base.access.actions.accounts import held
from liren.base.access.events import SignedIn, SignedOut, SignInRefused
from liren.base.access.models import Account, Device, KnownDevice, SecondFactor, new_stamp
from liren.base.ledger import actions as ledger
from liren.kernel.errors import Refused, Throttled
from liren.kernel.ids import new_token, token_hash
from liren.kernel.policy import Actor, Facts, require


@dataclass(frozen=True, slots=True)
class SignIn:
    """A right name and password. Without `second_factor_at` the account has no second factor yet and may
    only set one up. `device_token` is a new cookie to set, None when the present one stays. `stamp` goes
    into the session.
    """

    account_id: int
    stamp: str
    second_factor_at: datetime | None
    device_token: str | None


@dataclass(frozen=True, slots=True)
class _Comer:
    account: Account | None
    factor: SecondFactor | None
    device_id: int | None
    known: bool


def sign_in(
    username: str, password: str, code: str, *, address: str, device_token: str | None, now: datetime
) -> SignIn:
    """Sign a member of staff in with password and one-time code (or recovery code), all in one step.

    `code` may be empty only until the second factor is set up. A known device (both factors shown on it
    within 90 days) has its own limit, so that nobody elsewhere can lock its holder out; strangers share one
    per account and one per address. Success costs no tries. Call outside a transaction; then
    `open_session`. Raises Refused ("access.sign_in_failed") whatever was wrong,
    Throttled("access.too_many").
    """
    name = _name(username)
    comer = _comer(name, device_token, now)
    tries = _tries(name, comer, address, now)
    buckets.spend(tries, code="access.too_many", now=now)
    if not _password_right(comer.account, password) or comer.account is None:
        raise _refused(comer, "password", now)
    account, factor = comer.account, comer.factor
    shown = "none"
    if factor is not None:
        shown = _second_factor(factor, code, comer, now)
        if not shown:
            raise _refused(comer, "code", now)
    with transaction.atomic():
        buckets.give_back(tries)
        Account.objects.filter(id=account.id).update(last_login=now)
        fresh = devices.know(account.id, device_token, now=now) if factor is not None else None
        event = SignedIn(
            subject_id=account.id, by=account.id, at=now, second_factor=shown, known_device=comer.known
        )
        ledger.record(event)
    return SignIn(account.id, account.session_stamp, now if factor is not None else None, fresh)


def open_session(session: SessionBase, signed: SignIn, *, now: datetime) -> None:
    """Put a sign-in into the browser's session under a new session key: a planted one is worth nothing.

    What the session held for nobody or for the same account stays (a half-written text); another's is
    dropped.
    """
    if session.get(sessions.ACCOUNT) not in (None, signed.account_id):
        session.flush()
    else:
        session.cycle_key()
    sessions.write(session, signed.account_id, signed.stamp, signed.second_factor_at, now)
    session.set_expiry(int(loading.span("session.absolute", now).total_seconds()))


def renew_session(
    session: SessionBase, *, now: datetime, second_factor_at: datetime | None = None, stamp: str | None = None
) -> None:
    """Note a second factor just shown, or the stamp of a password just changed; the session key changes
    too.
    """
    session.cycle_key()
    sessions.renew(session, second_factor_at=second_factor_at, stamp=stamp, now=now)


def touch_session(session: SessionBase, *, now: datetime) -> None:
    """Note that somebody is still there; writes at most once a minute."""
    sessions.touch(session, now)


def sign_out(session: SessionBase, *, now: datetime) -> None:
    """End this session and forget what it held. The device stays known. Idempotent."""
    account_id = session.get(sessions.ACCOUNT)
    session.flush()
    if account_id is not None:
        with transaction.atomic():
            ledger.record(SignedOut(subject_id=account_id, by=account_id, at=now, everywhere=False))


@transaction.atomic
def sign_out_everywhere(account_id: int, *, by: Actor, now: datetime) -> None:
    """End every session of an account and make every device a stranger: for oneself, or with the duty
    access.sign_out_others. Raises Denied, NotFound.
    """
    if by.id != account_id or by.proof not in {"password", "second_factor"}:
        require(by, "access.sign_out_others", Facts())
    account = held(account_id)
    account.session_stamp = new_stamp()
    account.save(update_fields=["session_stamp"])
    KnownDevice.objects.filter(account=account).delete()
    ledger.record(SignedOut(subject_id=account_id, by=by.id, at=now, everywhere=True))


def purge(*, now: datetime) -> int:
    """Delete what is over: sessions, codes, devices, full buckets. For every night. Returns how many rows."""
    ended, _ = Session.objects.filter(expire_date__lt=now).delete()
    return ended + devices.purge_devices(now) + buckets.purge_buckets(now)


def _name(username: str) -> str:
    """The name if it could be one. What could not is still counted and still costs a password check."""
    try:
        return rules.username(username)
    except Refused:
        return "?" + username[:64]


def _comer(name: str, device_token: str | None, now: datetime) -> _Comer:
    """Who seems to come and from where: two statements, whether or not the name exists."""
    account = (
        Account.objects.filter(username=name, kind=Account.Kind.STAFF, is_active=True)
        .select_related("second_factor")
        .first()
    )
    device = Device.objects.filter(token_hash=token_hash(device_token or ""), trusted_until__gt=now)
    rows = list(device.values_list("id", "known_to__account_id", "known_to__until"))
    known = any(account is not None and holder == account.id and until > now for _, holder, until in rows)
    factor: SecondFactor | None = getattr(account, "second_factor", None)
    if factor is not None and factor.secret is None:
        factor = None
    return _Comer(account, factor, rows[0][0] if rows else None, known)


def _tries(name: str, comer: _Comer, address: str, now: datetime) -> list[buckets.Try]:
    if comer.known:
        return [(loading.rate("sign_in.known", now), f"{name}:{comer.device_id}")]
    return [
        (loading.rate("sign_in.account", now), name),
        buckets.who("sign_in", device_id=comer.device_id, address=address, now=now),
    ]


def _password_right(account: Account | None, password: str) -> bool:
    """One hash, always: of nobody's password where there is no account."""
    given = password[: rules.LONGEST_PASSWORD + 1]
    right = check_password(given, account.password if account else _nobodys())
    return right and account is not None


def _second_factor(factor: SecondFactor, code: str, comer: _Comer, now: datetime) -> str:
    """As factors.use_code, but slowed for who has the password and guesses; being slowed looks like being
    wrong.
    """
    whose = f"{factor.account_id}:{comer.device_id if comer.known else 'strangers'}"
    tries = [(loading.rate("second_factor.guess", now), whose)]
    try:
        buckets.spend(tries, code="access.too_many", now=now)
    except Throttled:
        return ""
    shown = factors.use_code(factor, code, now=now)
    if shown:
        buckets.give_back(tries)
    return shown


def _refused(comer: _Comer, what: str, now: datetime) -> Refused:
    account_id = comer.account.id if comer.account else 0
    with transaction.atomic():
        ledger.record(SignInRefused(subject_id=account_id, by=0, at=now, what=what, known_device=comer.known))
    return Refused("access.sign_in_failed")


@cache
def _nobodys() -> str:
    return make_password(new_token())
