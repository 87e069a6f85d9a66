"""Token buckets in the database: one statement a try, right over many processes, nobody named.

Limits slow attackers down without locking anybody out (OWASP, "Device Cookies"): who comes with a device
that has shown itself before has a bucket of its own, which nobody else can empty.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from liren.base.access import loading, rules
from liren.base.access.models import Bucket
from liren.base.access.rules import Rate
from liren.base.vault import queries as vault
from liren.kernel.errors import Throttled

Try = tuple[Rate, str]


def spend(tries: Sequence[Try], *, code: str, now: datetime) -> None:
    """Take one token from each bucket (rate, whose), or from none. Raises Throttled(code) with the longest
    wait of the empty ones: a try that was refused costs nobody else a token.

    Own transaction: an error raised later does not give the tokens back. Raises RuntimeError inside another
    one.
    """
    with transaction.atomic(durable=True):
        waits = [_take(rate, _id(rate, whose), now) for rate, whose in tries]
        if any(waits):
            give_back([taken for taken, wait in zip(tries, waits, strict=True) if not wait])
    if longest := max(waits, default=0):
        raise Throttled(code, retry_after=longest)


def give_back(tries: Sequence[Try]) -> None:
    """Undo `spend` after a success: only failures use tokens up."""
    for rate, whose in tries:
        bucket = Bucket.objects.filter(id=_id(rate, whose))
        bucket.update(full_at=F("full_at") - rules.cost(rate))


def throttle(what: str, *, device_id: int | None, address: str, now: datetime, subject: str = "") -> None:
    """Count one use of an open door ("status", "send") against limits `what`.device, .address and .subject.

    A device older than the limit "device.settled" is counted by itself; new ones share the bucket of their
    address, so a hall behind one address goes on working while a stranger there is slowed. `subject` is
    what the use is about (a tracking number): a bucket of its own for those without a settled device, if
    the limits have one. One statement per bucket. Call outside a transaction. Raises
    Throttled("access.too_many").
    """
    tries = [who(what, device_id=device_id, address=address, now=now)]
    about = loading.optional_rate(f"{what}.subject", now)
    if subject and about and not settled(device_id, now):
        tries.append((about, subject))
    spend(tries, code="access.too_many", now=now)


def who(what: str, *, device_id: int | None, address: str, now: datetime) -> Try:
    """The bucket of the device, if it is settled, else that of its address."""
    if device_id is not None and settled(device_id, now):
        return loading.rate(f"{what}.device", now), str(device_id)
    return loading.rate(f"{what}.address", now), rules.neighbourhood(address)


def settled(device_id: int | None, now: datetime) -> bool:
    """Whether the device was there before today's attack could have made it."""
    return device_id is not None and now - rules.made_at(device_id) >= loading.span("device.settled", now)


def purge_buckets(now: datetime) -> int:
    """Delete the buckets that are full again: they say nothing."""
    deleted, _ = Bucket.objects.filter(full_at__lt=rules.micros(now - timedelta(minutes=1))).delete()
    return deleted


def _id(rate: Rate, whose: str) -> int:
    return int(vault.blind("access.bucket", f"{rate.name}:{whose}")[:16], 16) >> 1


def _take(rate: Rate, bucket: int, now: datetime) -> int:
    """0 when a token was taken, else the seconds to wait."""
    if _drip(rate, bucket, now):
        return 0
    start = rules.micros(now) + rules.cost(rate)
    row, made = Bucket.objects.get_or_create(id=bucket, defaults={"full_at": start})
    if made or _drip(rate, bucket, now):
        return 0
    if rules.impossible(rate, row.full_at, now):
        Bucket.objects.filter(id=bucket).update(full_at=start)
        return 0
    return rules.wait(rate, row.full_at, now)


def _drip(rate: Rate, bucket: int, now: datetime) -> bool:
    fuller = Greatest(F("full_at"), rules.micros(now)) + rules.cost(rate)
    held = Bucket.objects.filter(id=bucket, full_at__lte=rules.latest_full(rate, now))
    return held.update(full_at=fuller) == 1
