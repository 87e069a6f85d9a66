"""The second factor: one-time codes of RFC 6238 for all staff, ten paper codes for the day the phone is
lost.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime

import pyotp
from django.db import transaction

from liren.base.access import loading, rules
from liren.base.access.actions import buckets, devices
from liren.base.access.actions.accounts import held
from liren.base.access.events import (
    SecondFactorConfirmed,
    SecondFactorProven,
    SecondFactorReset,
    SecondFactorStarted,
)
from liren.base.access.models import KnownDevice, RecoveryCode, SecondFactor, new_stamp
from liren.base.ledger import actions as ledger
from liren.base.vault import actions as vault
from liren.base.vault import queries as keys
from liren.kernel.errors import Denied, Refused
from liren.kernel.policy import Actor, Facts, require

ISSUER = "里仁"
_CONTEXT = "access.second_factor"


@dataclass(frozen=True, slots=True)
class SetUp:
    """What an authenticator app needs: the secret in base 32, and the same as an otpauth:// address for a
    QR code.
    """

    secret: str
    uri: str


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The second factor works: `at` for the session, ten recovery codes to show once, a cookie if one is
    new.
    """

    at: datetime
    recovery_codes: tuple[str, ...]
    device_token: str | None


@transaction.atomic
def start_second_factor(account_id: int, *, by: Actor, now: datetime) -> SetUp:
    """Begin to set up a second factor, the first or another one; the old one works until the new is
    confirmed.

    Raises Denied for another's account, and for a change of factor without the old one shown in this session.
    """
    if by.id != account_id or by.proof not in {"password", "second_factor"}:
        raise Denied("second_factor.not_yours")
    account = held(account_id)
    factor = SecondFactor.objects.filter(account=account).first() or SecondFactor(account=account)
    if factor.secret is not None and by.proof != "second_factor":
        raise Denied("second_factor.show_old_first")
    secret = pyotp.random_base32()
    factor.pending = vault.seal(secret, subject=f"account:{account_id}", context=_CONTEXT)
    factor.save()
    ledger.record(SecondFactorStarted(subject_id=account_id, by=by.id, at=now))
    return SetUp(secret, pyotp.TOTP(secret).provisioning_uri(name=account.username, issuer_name=ISSUER))


def confirm_second_factor(
    account_id: int, code: str, *, device_token: str | None, by: Actor, now: datetime
) -> Confirmed:
    """Finish the set-up with a first right code. This device is known to the account from now on.

    The recovery codes are shown once and kept only as hashes. Call outside a transaction. Raises Denied,
    Refused("second_factor.not_started"), Refused("second_factor.wrong"), Throttled("access.too_many").
    """
    if by.id != account_id or by.proof not in {"password", "second_factor"}:
        raise Denied("second_factor.not_yours")
    tries = [(loading.rate("second_factor.guess", now), f"confirm:{account_id}")]
    buckets.spend(tries, code="access.too_many", now=now)
    with transaction.atomic():
        account = held(account_id)
        factor = SecondFactor.objects.filter(account=account, pending__isnull=False).first()
        if factor is None or factor.pending is None:
            raise Refused("second_factor.not_started")
        step = _matching_step(bytes(factor.pending), code, by=by, now=now)
        if step is None:
            raise Refused("second_factor.wrong", field="code")
        factor.secret, factor.pending = factor.pending, None
        factor.confirmed_at, factor.last_step = now, step
        factor.save()
        printed = _new_recovery_codes(account_id)
        token = devices.know(account_id, device_token, now=now)
        buckets.give_back(tries)
        ledger.record(SecondFactorConfirmed(subject_id=account_id, by=by.id, at=now))
    return Confirmed(now, printed, token)


def prove_second_factor(account_id: int, code: str, *, by: Actor, now: datetime) -> datetime:
    """Show the second factor again during a session, before something weighty. Returns the time for the
    session.

    Call outside a transaction. Raises Denied, Refused("second_factor.wrong"), Throttled("access.too_many").
    """
    if by.id != account_id or by.proof not in {"password", "second_factor"}:
        raise Denied("second_factor.not_yours")
    tries = [(loading.rate("second_factor.guess", now), f"prove:{account_id}")]
    buckets.spend(tries, code="access.too_many", now=now)
    with transaction.atomic():
        factor = SecondFactor.objects.filter(account_id=account_id).first()
        if factor is None or not use_code(factor, code, now=now):
            raise Refused("second_factor.wrong", field="code")
        buckets.give_back(tries)
        ledger.record(SecondFactorProven(subject_id=account_id, by=by.id, at=now))
    return now


@transaction.atomic
def reset_second_factor(account_id: int, *, by: Actor, now: datetime) -> None:
    """Take a lost second factor away; sessions end, devices are strangers again. Raises Denied, NotFound."""
    require(by, "access.reset_sign_in", Facts())
    account = held(account_id)
    SecondFactor.objects.filter(account=account).delete()
    RecoveryCode.objects.filter(account=account).delete()
    KnownDevice.objects.filter(account=account).delete()
    account.session_stamp = new_stamp()
    account.save(update_fields=["session_stamp"])
    ledger.record(SecondFactorReset(subject_id=account_id, by=by.id, at=now))


def use_code(factor: SecondFactor, text: str, *, now: datetime) -> str:
    """Use a code up: "code" or "recovery" says which kind it was, "" that it was wrong or used before.

    One step (30 s) of drift either way. A code, and every older one, works once even for two requests at
    once.
    """
    if factor.secret is None:
        return ""
    if letters := rules.recovery_code(text):
        hashed = _recovery_hash(factor.account_id, letters)
        unused = RecoveryCode.objects.filter(
            account_id=factor.account_id, code_hash=hashed, used_at__isnull=True
        )
        return "recovery" if unused.update(used_at=now) else ""
    holder = Actor(id=factor.account_id, kind="staff", proof="password")
    step = _matching_step(bytes(factor.secret), text, by=holder, now=now)
    if step is None:
        return ""
    newer = SecondFactor.objects.filter(id=factor.id, last_step__lt=step)
    return "code" if newer.update(last_step=step) else ""


def _matching_step(sealed: bytes, text: str, *, by: Actor, now: datetime) -> int | None:
    code = rules.one_time_code(text)
    if code is None:
        return None
    secret = vault.reveal(sealed, context=_CONTEXT, by=by, purpose="own_data", now=now)
    totp, here = pyotp.TOTP(secret), rules.step_of(now)
    found = None
    for step in (here - 1, here, here + 1):
        if hmac.compare_digest(totp.generate_otp(step), code):
            found = step
    return found


def _new_recovery_codes(account_id: int) -> tuple[str, ...]:
    RecoveryCode.objects.filter(account_id=account_id).delete()
    printed = rules.new_recovery_codes()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(account_id=account_id, code_hash=_recovery_hash(account_id, code.replace("-", "")))
        for code in printed
    )
    return tuple(printed)


def _recovery_hash(account_id: int, letters: str) -> str:
    return keys.blind("access.recovery", f"{account_id}:{letters}")
