"""Idempotency: the same request sent twice is done once and answered twice."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from liren.base.ledger import rules
from liren.base.ledger.models import Receipt
from liren.kernel.clock import utc_now
from liren.kernel.errors import Conflict
from liren.kernel.ids import new_id

# One statement that says whether we are first, on both databases, without a savepoint: a unique violation
# would abort the whole transaction on PostgreSQL. There a second request with the key waits for the first
# to commit.
_CLAIM = (
    'INSERT INTO ledger_receipt (id, "by", key, fingerprint, result, at) VALUES (%s, %s, %s, %s, NULL, %s) '
    'ON CONFLICT ("by", key) DO NOTHING'
)


@dataclass(slots=True)
class Once:
    """What `once` gives: `done` and the stored `result`, or the duty to `keep` one."""

    receipt_id: int
    done: bool
    result: dict[str, Any]

    def keep(self, result: dict[str, Any]) -> None:
        """Store the answer (JSON; ids and codes, never words) for whoever sends the same request again. One
        UPDATE.
        """
        Receipt.objects.filter(id=self.receipt_id).update(result=result)
        self.result = result
        self.done = True


@contextmanager
def once(*, key: str, by: int, fingerprint: str) -> Iterator[Once]:
    """Do a write once per (`by`, `key`), inside the caller's transaction.

    `with once(key=key, by=actor.id, fingerprint=words) as first: if first.done: return first.result; …;
    first.keep({…})`. `fingerprint` tells requests apart (any text: only its hash is kept). Two statements,
    first time and every time. A second request that comes while the first still runs waits for it. Raises
    Conflict("key.reused") for another fingerprint, Conflict("key.in_flight") if the first was neither
    finished nor undone, RuntimeError outside a transaction or when the body ends without `keep`.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a receipt is kept in the transaction of the write it proves")
    receipt = Receipt(by=by, key=_hash(key), fingerprint=_hash(fingerprint), at=utc_now(), id=new_id())
    with connection.cursor() as cursor:
        at = connection.ops.adapt_datetimefield_value(receipt.at)
        cursor.execute(_CLAIM, [receipt.id, by, receipt.key, receipt.fingerprint, at])
        first = cursor.rowcount == 1
    if first:
        claimed = Once(receipt.id, False, {})
        yield claimed
        if not claimed.done:
            raise RuntimeError("a write done once must keep its result")
        return
    kept = Receipt.objects.filter(by=by, key=receipt.key).first()
    if kept is not None and kept.fingerprint != receipt.fingerprint:
        raise Conflict("key.reused")
    if kept is None or kept.result is None:
        raise Conflict("key.in_flight")
    yield Once(kept.id, True, kept.result)


def purge_receipts(*, now: datetime) -> int:
    """Forget receipts older than 30 days (a field device may be offline that long). Returns how many."""
    return Receipt.objects.filter(at__lt=now - rules.RECEIPTS_KEPT).delete()[0]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
