"""Pure decisions of the ledger: the bytes a seal covers, the chained digest, the wait before another
delivery.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

ATTEMPTS = 8
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)
RECEIPTS_KEPT = timedelta(days=30)

_SEAL = b"liren.seal.1\n"


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as it is stored. `seq` is None until the sealer has seen it."""

    id: int
    seq: int | None
    kind: str
    subject_kind: str
    subject_id: int
    by: int
    at: datetime
    place_path: str
    unit_ids: tuple[int, ...]
    payload: Mapping[str, object]


def canonical(entry: Entry) -> bytes:
    """The bytes of an event that a seal covers: one line of JSON, the same on every database and machine."""
    row = [
        entry.seq,
        entry.id,
        entry.kind,
        entry.subject_kind,
        entry.subject_id,
        entry.by,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.place_path,
        list(entry.unit_ids),
        dict(entry.payload),
    ]
    return json.dumps(row, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode("ascii")


def chain(previous: str, entries: Iterable[Entry]) -> str:
    """The digest of a batch: SHA-256 over the digest before and every event, in hex.

    JSON escapes line ends, so a newline after each event separates them without doubt.
    """
    digest = hashlib.sha256(_SEAL + previous.encode("ascii") + b"\n")
    for entry in entries:
        digest.update(canonical(entry))
        digest.update(b"\n")
    return digest.hexdigest()


def sound(previous: str, first: int, count: int, digest: str, entries: Sequence[Entry]) -> bool:
    """Whether a sealed batch is still what was sealed: no event missing, added or changed."""
    return [entry.seq for entry in entries] == list(range(first, first + count)) and digest == chain(
        previous, entries
    )


def wait(attempts: int) -> timedelta:
    """How long to wait after the `attempts`-th failure: 5 s, doubled each time, an hour at most."""
    return min(FIRST_WAIT * (1 << min(attempts - 1, 20)), LONGEST_WAIT)


def named(error: BaseException) -> str:
    """What may be kept of an exception: its type and, if it has one, its error code. Messages may hold
    words of people.
    """
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    code = getattr(error, "code", None)
    return (f"{kind}:{code}" if isinstance(code, str) else kind)[:200]
