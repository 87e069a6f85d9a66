"""Every write of search.

An index holds nothing that is not elsewhere, so it makes no news. It moves in the transaction of whoever
writes the text: what was saved can be found, what was erased cannot.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from liren.base.search import rules
from liren.base.search.models import Entry
from liren.kernel.clock import require_aware
from liren.kernel.ids import EPOCH, RANDOM_BITS

# Rows that happened in one millisecond (an import with dates and no times) draw their places by lot: the
# first of these lots that is free is taken.
_LOTS = 4
_MILLISECONDS = 1 << 40
_LOT = (1 << RANDOM_BITS) - 1

# One statement: a free id, then insert, or change what is already there. An entry whose time did not change
# keeps its id, and one that did not change at all is left alone. Only constants are written into it.
_PUT = f"""
INSERT INTO search_entry (id, kind, ref_id, place_path, units, at, grams)
SELECT lot.id, %s, %s, %s, %s, {{at}}, %s
FROM ({" UNION ALL ".join(["SELECT CAST(%s AS bigint) AS id"] * _LOTS)}) AS lot
WHERE NOT EXISTS (SELECT 1 FROM search_entry AS taken WHERE taken.id = lot.id)
LIMIT 1
ON CONFLICT (kind, ref_id) DO UPDATE SET
    id = CASE WHEN search_entry.at = excluded.at THEN search_entry.id ELSE excluded.id END,
    place_path = excluded.place_path, units = excluded.units, at = excluded.at, grams = excluded.grams
WHERE search_entry.grams IS DISTINCT FROM excluded.grams OR search_entry.units IS DISTINCT FROM excluded.units
    OR search_entry.place_path IS DISTINCT FROM excluded.place_path
    OR search_entry.at IS DISTINCT FROM excluded.at
"""  # noqa: S608 - only constants of this file


@dataclass(frozen=True, slots=True)
class Text:
    """A text to be found: what it is (`kind`, `ref_id`), who may find it (place, units), when it happened."""

    kind: str
    ref_id: int
    text: str
    place_path: str
    unit_ids: Iterable[int]
    at: datetime


def put(kind: str, ref_id: int, text: str, *, place_path: str, unit_ids: Iterable[int], at: datetime) -> None:
    """Make a text findable, or change what is found and by whom. Idempotent; one SQL statement.

    `at` is when the thing happened: results come newest first. Text beyond rules.LONGEST_TEXT characters is
    not indexed. Never put sealed words in. Raises Refused("clock.naive").
    """
    put_many([Text(kind, ref_id, text, place_path, unit_ids, at)])


def put_many(texts: Iterable[Text]) -> None:
    """`put` for many: imports, and an index made again. One statement per text."""
    statement = _PUT.format(at="CAST(%s AS timestamptz)" if connection.vendor == "postgresql" else "%s")
    with connection.cursor() as cursor:
        cursor.executemany(statement, [_row(text) for text in texts])


def drop(kind: str, ref_id: int) -> None:
    """Make a text unfindable. Idempotent; one SQL statement."""
    Entry.objects.filter(kind=kind, ref_id=ref_id).delete()


def settle() -> None:
    """Merge the word index, so that the grams of dropped texts leave the file too. For every night.

    On PostgreSQL autovacuum does this by itself.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO search_words (search_words) VALUES ('optimize')")


def _row(text: Text) -> tuple[int | str | None, ...]:
    units = "".join(f"/{unit}" for unit in sorted(set(text.unit_ids)))
    return (
        text.kind,
        text.ref_id,
        text.place_path,
        units and units + "/",
        connection.ops.adapt_datetimefield_value(require_aware(text.at)),
        rules.grams(text.text),
        *_lots(text.at),
    )


def _lots(at: datetime) -> list[int]:
    """Ids that sort by `at`, to the millisecond; times before 2020 sort below zero."""
    passed = (at - EPOCH) // timedelta(milliseconds=1)
    base = max(-_MILLISECONDS, min(passed, _MILLISECONDS)) << RANDOM_BITS
    drawn = secrets.randbits(_LOTS * RANDOM_BITS)  # one look at the source of chance for all of them
    return [base | drawn >> lot * RANDOM_BITS & _LOT for lot in range(_LOTS)]
