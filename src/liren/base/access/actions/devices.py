"""Devices and the phones they speak for. A device is a random cookie; a phone is proven by a code sent to
it.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from liren.base.access import loading, rules
from liren.base.access.actions import buckets
from liren.base.access.events import DeviceForgotten, DeviceMade, DeviceRenewed, PhoneCodeSent, PhoneProven
from liren.base.access.models import Device, KnownDevice, PhoneCode
from liren.base.ledger import actions as ledger
from liren.base.vault import queries as keys
from liren.kernel.errors import LirenError, NotFound, Refused
from liren.kernel.ids import new_id, new_token, token_hash

Sender = Callable[[str, str], None]

_senders: list[Sender] = []


@dataclass(frozen=True, slots=True)
class Challenge:
    """A code is on its way; it is good until `expires_at` and for `tries` tries, on this device only."""

    id: int
    expires_at: datetime
    tries: int


def set_code_sender(sender: Sender) -> None:
    """Who brings codes to phones: called with (phone, code) inside the transaction. Set once, by
    site/wiring.py.
    """
    _senders[:] = [sender]


@transaction.atomic
def new_device(now: datetime, *, by: int = 0) -> tuple[int, str]:
    """A device id and the token for its cookie, trusted for the days of the limit "device.trust".

    Make one when somebody sends something, not for every visitor. Only the hash of the token is kept.
    """
    token = new_token()
    device = Device(
        id=new_id(now),
        token_hash=token_hash(token),
        made_at=now,
        trusted_until=now + loading.span("device.trust", now),
    )
    device.save(force_insert=True)
    ledger.record(DeviceMade(subject_id=device.id, by=by, at=now))
    return device.id, token


@transaction.atomic
def renew_device(device_id: int, *, now: datetime) -> None:
    """Trust a device anew, since its holder just sent something. Raises NotFound for one forgotten."""
    until = now + loading.span("device.trust", now)
    if not Device.objects.filter(id=device_id, trusted_until__gt=now).update(trusted_until=until):
        raise NotFound("access.no_device")
    ledger.record(DeviceRenewed(subject_id=device_id, by=0, at=now, until=until))


@transaction.atomic
def forget_device(device_id: int, *, now: datetime) -> None:
    """End all trust in a device, for who leaves a shared computer. Idempotent."""
    known = Device.objects.filter(id=device_id, trusted_until__gt=now)
    if known.update(trusted_until=now, phone_index=None, phone_until=None):
        KnownDevice.objects.filter(device_id=device_id).delete()
        ledger.record(DeviceForgotten(subject_id=device_id, by=0, at=now))


def send_phone_code(phone: str, *, device_id: int, address: str, now: datetime) -> Challenge:
    """Send a six-digit code to a phone, for this device alone. The same answer whether or not the phone is
    known.

    Limits hold per phone, device and address; a device that proved this phone before has its own, so nobody
    can keep its holder out. Call outside a transaction. Raises Refused("phone.malformed"),
    NotFound("access.no_device"), Throttled("phone.too_many"), LirenError("phone.no_sender").
    """
    number = rules.phone(phone)
    index = keys.blind("phone", number)
    device = Device.objects.filter(id=device_id, trusted_until__gt=now).first()
    if device is None:
        raise NotFound("access.no_device")
    if not _senders:
        raise LirenError("phone.no_sender")
    if device.phone_index == index:
        tries = [(loading.rate("phone_code.known", now), f"{index}:{device_id}")]
    else:
        tries = [
            (loading.rate("phone_code.phone", now), index),
            (loading.rate("phone_code.device", now), str(device_id)),
        ]
        if not buckets.settled(device_id, now):
            tries.append((loading.rate("phone_code.address", now), rules.neighbourhood(address)))
    buckets.spend(tries, code="phone.too_many", now=now)
    return _send(number, index, device_id, now)


def prove_phone(device_id: int, phone: str, code: str, now: datetime) -> None:
    """The device shows the newest code sent to the phone for it, and speaks for that phone for 90 days.

    A device speaks for one phone: another's proof replaces it. Wrong codes count even if the caller fails
    later. Call outside a transaction. Raises Refused: "phone.malformed", "phone.code_wrong" (params left),
    "phone.code_expired", "phone.code_spent", "phone.no_code".
    """
    index = keys.blind("phone", rules.phone(phone))
    sent = (
        PhoneCode.objects.filter(device_id=device_id, phone_index=index).order_by("-sent_at", "-id").first()
    )
    if sent is None or sent.used_at is not None:
        raise Refused("phone.no_code", field="code")
    if now >= sent.expires_at:
        raise Refused("phone.code_expired", field="code")
    most = loading.times("phone_code.tries", now)
    with transaction.atomic(durable=True):
        counted = PhoneCode.objects.filter(id=sent.id, tries__lt=most).update(tries=F("tries") + 1)
    if not counted:
        raise Refused("phone.code_spent", field="code")
    if not hmac.compare_digest(_code_hash(sent.id, rules.one_time_code(code) or ""), sent.code_hash):
        raise Refused("phone.code_wrong", field="code", left=max(0, most - sent.tries - 1))
    until = now + loading.span("device.trust", now)
    with transaction.atomic():
        if not PhoneCode.objects.filter(id=sent.id, used_at__isnull=True).update(used_at=now):
            raise Refused("phone.no_code", field="code")
        if not Device.objects.filter(id=device_id, trusted_until__gt=now).update(
            phone_index=index, phone_until=until, trusted_until=until
        ):
            raise Refused("phone.no_code", field="code")
        ledger.record(PhoneProven(subject_id=device_id, by=0, at=now, code_id=sent.id, until=until))


def know(account_id: int, token: str | None, *, now: datetime) -> str | None:
    """Remember inside a transaction that an account showed both factors on this device; makes one if there
    is none.

    Returns the token of a new device for its cookie, None when the old cookie stays.
    """
    fresh = None
    device = (
        Device.objects.filter(token_hash=token_hash(token), trusted_until__gt=now).first() if token else None
    )
    until = now + loading.span("device.trust", now)
    if device is None:
        device_id, fresh = new_device(now, by=account_id)
    else:
        device_id = device.id
        Device.objects.filter(id=device_id).update(trusted_until=until)
    KnownDevice.objects.update_or_create(
        account_id=account_id, device_id=device_id, defaults={"until": until}
    )
    return fresh


def purge_devices(now: datetime) -> int:
    """Delete codes of yesterday and devices nobody trusted for a day. Returns how many rows."""
    before = now - timedelta(days=1)
    codes, _ = PhoneCode.objects.filter(expires_at__lt=before).delete()
    old, _ = Device.objects.filter(trusted_until__lt=before).delete()
    return codes + old


@transaction.atomic
def _send(number: str, index: str, device_id: int, now: datetime) -> Challenge:
    code = rules.new_phone_code()
    sent = PhoneCode(
        id=new_id(now),
        device_id=device_id,
        phone_index=index,
        sent_at=now,
        expires_at=now + loading.span("phone_code.life", now),
    )
    sent.code_hash = _code_hash(sent.id, code)
    sent.save(force_insert=True)
    _senders[0](number, code)
    ledger.record(PhoneCodeSent(subject_id=device_id, by=0, at=now, code_id=sent.id))
    return Challenge(sent.id, sent.expires_at, loading.times("phone_code.tries", now))


def _code_hash(code_id: int, code: str) -> str:
    """Keyed: six digits under a plain hash are read back in a second."""
    return keys.blind("access.phone_code", f"{code_id}:{code}")
