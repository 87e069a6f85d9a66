"""The one sealer: it gives every committed event its place in the order and seals batches of them."""

from dataclasses import replace
from datetime import datetime

from django.db import connection, transaction

from liren.base.ledger import queries, rules
from liren.base.ledger.models import Seal, Sealer
from liren.kernel.clock import utc_now

# By key and by place in a list, so that no plan of the database can be a bad one: in a large import its statistics still
# say that nothing waits, and one statement that joined the events with their numbers compared them pair by pair.
_NUMBER_ONE = "UPDATE ledger_event SET seq = %s WHERE id = %s"
_NUMBER_MANY = (
    "UPDATE ledger_event SET seq = %s + array_position(%s::bigint[], id) WHERE id = ANY(%s::bigint[])"
)
_MANY = 1_000  # the place is looked for from the front: a list stays short


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
    waiting = queries.unsealed(limit)
    if not waiting:
        return 0
    entries = [replace(entry, seq=seq) for seq, entry in enumerate(waiting, start=sealer.last_seq + 1)]
    _number([entry.id for entry in entries], sealer.last_seq)
    count = len(entries)
    last = sealer.last_seq + count
    digest = rules.chain(sealer.digest, entries)
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


def _number(ids: list[int], last: int) -> None:
    """Give the events the places after `last`, in the order of the list."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(_NUMBER_ONE, list(enumerate(ids, start=last + 1)))
            return
        for at in range(0, len(ids), _MANY):
            lot = ids[at : at + _MANY]
            cursor.execute(_NUMBER_MANY, [last + at, lot, lot])


def _lock_sealer() -> Sealer:
    """The sealer's row, locked until commit; on SQLite the IMMEDIATE transaction is the lock."""
    for _ in range(2):
        row = Sealer.objects.select_for_update().filter(id=Sealer.ONLY).first()
        if row is not None:
            return row
        Sealer.objects.bulk_create([Sealer()], ignore_conflicts=True)
    raise RuntimeError("the sealer's row cannot be made")
