"""The one sealer: it gives every committed event its place in the order and seals batches of them."""

from datetime import datetime

from django.db import connection, transaction

from liren.base.ledger import queries, rules
from liren.base.ledger.models import Seal, Sealer
from liren.kernel.clock import utc_now

# The subquery picks and numbers in one statement, so what is numbered is what is updated.
_NUMBER = (
    "UPDATE ledger_event SET seq = numbered.place FROM ("
    "SELECT id, %s + ROW_NUMBER() OVER (ORDER BY id) AS place "
    "FROM (SELECT id FROM ledger_event WHERE seq IS NULL ORDER BY id LIMIT %s) AS oldest"
    ") AS numbered WHERE ledger_event.id = numbered.id"
)


@transaction.atomic
def seal(limit: int = 10_000, *, now: datetime | None = None) -> int:
    """Give the oldest unsealed events consecutive seq numbers and seal them as one batch. Returns how many.

    Why no event is ever passed over: seq is given here and not at insert, under the lock on the single
    Sealer row, which is held until commit. An event whose transaction commits late is simply not seen yet,
    stays without seq and gets a higher one next time; and as sealers follow one another, whoever sees seq n
    sees every seq below n. No waiting horizon is needed. Within a batch order is that of ids; events of one
    subject from different transactions follow one another, because the later waits for the row lock or
    version of the earlier.
    """
    sealer = _lock_sealer()
    with connection.cursor() as cursor:
        cursor.execute(_NUMBER, [sealer.last_seq, limit])
        count: int = cursor.rowcount
    if count <= 0:
        return 0
    last = sealer.last_seq + count
    digest = rules.chain(sealer.digest, queries.sealed(sealer.last_seq + 1, last))
    Seal.objects.create(
        first_seq=sealer.last_seq + 1,
        last_seq=last,
        count=count,
        previous=sealer.digest,
        digest=digest,
        at=now or utc_now(),
    )
    sealer.last_seq, sealer.digest = last, digest
    sealer.save(update_fields=["last_seq", "digest"])
    return count


def _lock_sealer() -> Sealer:
    """The sealer's row, locked until commit; on SQLite the IMMEDIATE transaction is the lock."""
    for _ in range(2):
        row = Sealer.objects.select_for_update().filter(id=Sealer.ONLY).first()
        if row is not None:
            return row
        Sealer.objects.bulk_create([Sealer()], ignore_conflicts=True)
    raise RuntimeError("the sealer's row cannot be made")
