"""Pure rules of backup: what a copy says of itself, which copies stay, when an age is an alarm."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from liren.kernel.errors import Refused

FORM = 1
BLOCK = 256 * 1024  # bytes: pages of a database stay where they are, so blocks that did not change are shared
KEEP = "24h,14d,8w"
COPY_GOOD, COPY_BAD = timedelta(minutes=25), timedelta(hours=1)
BASE_LASTS = timedelta(hours=23)  # how long a base copy of PostgreSQL serves: the longer, the longer a replay
DRILL_GOOD, DRILL_BAD = timedelta(days=8), timedelta(days=14)

_NAME = re.compile(r"\d{8}T\d{6}Z")
_SPAN = re.compile(r"([0-9]{1,4})([hdw])")


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a copy: where it belongs under LIREN_HOME, bytes, time of its last change (ns), its blocks.

    A path that ends with "/" is a folder that must be there though it is empty.

    A block is named by the SHA-256 of its bytes before packing; `packed` ones are compressed in the store.
    """

    path: str
    size: int
    changed: int
    packed: bool
    blocks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """What was in a database at one moment: its migrations ("app.name"), rows by table, where the ledger ends.

    `keys` are the ids of the keys of the keyring that wrap a data key which is not erased.
    """

    migrations: tuple[str, ...]
    rows: Mapping[str, int]
    seq: int
    digest: str
    events: int
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """A copy. `at` is the moment before it was begun: what was acknowledged by then is in it.

    `base` names the moment the database's own copy was whole: on PostgreSQL it is made once a day and its log archived,
    on SQLite it is the copy itself. `fingerprints` are of the keys needed to read it, "blind" among them; the keys
    themselves are in no copy.
    """

    name: str
    at: datetime
    program: str
    engine: str
    base: str
    look: Look
    fingerprints: Mapping[str, str]
    parts: tuple[Part, ...] = field(repr=False)

    def size(self) -> int:
        """Bytes once restored."""
        return sum(part.size for part in self.parts)


def name_of(at: datetime) -> str:
    """The name of a copy made at `at`; names sort by time."""
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def time_of(name: str) -> datetime | None:
    """When a copy of this name was made; None for what is no name of a copy."""
    return datetime.strptime(name, "%Y%m%dT%H%M%S%z") if _NAME.fullmatch(name) else None


def written(manifest: Manifest) -> bytes:
    """The bytes of a manifest, closed by their own SHA-256."""
    body = asdict(manifest) | {"form": FORM, "at": manifest.at.isoformat()}
    return _lined(body | {"sum": _sum(body)})


def read(data: bytes) -> Manifest:
    """The manifest of these bytes. Raises Refused: backup.broken (changed or cut off), backup.form (newer)."""
    try:
        body = json.loads(data)
        told = body.pop("sum")
        form = body.pop("form")
    except (ValueError, KeyError, AttributeError, TypeError):
        raise Refused("backup.broken", part="manifest") from None
    if form != FORM:
        raise Refused("backup.form", form=form)
    if told != _sum(body | {"form": form}):
        raise Refused("backup.broken", part="manifest")
    look = body["look"]
    return Manifest(
        name=body["name"],
        at=datetime.fromisoformat(body["at"]),
        program=body["program"],
        engine=body["engine"],
        base=body["base"],
        look=Look(**look | {"migrations": tuple(look["migrations"]), "keys": tuple(look["keys"])}),
        fingerprints=body["fingerprints"],
        parts=tuple(Part(**part | {"blocks": tuple(part["blocks"])}) for part in body["parts"]),
    )


def _sum(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(_lined(body)).hexdigest()


def _lined(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode("ascii")


def spans(keep: str) -> dict[str, int]:
    """How many hours, days and weeks keep a copy each, of "24h,14d,8w". Raises Refused("backup.keep")."""
    found = {"h": 0, "d": 0, "w": 0}
    for part in keep.split(","):
        match = _SPAN.fullmatch(part.strip())
        if match is None:
            raise Refused("backup.keep", keep=keep)
        found[match[2]] = int(match[1])
    return found


def kept(names: Iterable[str], keep: str, zone: ZoneInfo) -> set[str]:
    """Which copies stay: the newest, and the newest of each of the last so many hours, days and weeks with a copy."""
    times = sorted(((time_of(name), name) for name in names), reverse=True, key=lambda pair: pair[1])
    stay = {name for _, name in times[:1]}
    steps = {"h": "%Y%m%d%H", "d": "%Y%m%d", "w": "%G%V"}
    for unit, many in spans(keep).items():
        newest: dict[str, str] = {}
        for at, name in times:
            if at is not None:
                newest.setdefault(at.astimezone(zone).strftime(steps[unit]), name)
        stay |= set(list(newest.values())[:many])
    return stay


def expiry(keep: str) -> timedelta:
    """How long the oldest copy may live: what was erased is in no copy any more after that."""
    many = spans(keep)
    return max(timedelta(hours=many["h"]), timedelta(days=many["d"]), timedelta(weeks=many["w"]))


def copy_state(age: timedelta) -> Literal["good", "soon", "bad"]:
    """Copies are made every ten minutes: one missed is looked at, an hour without one is an alarm."""
    return "good" if age <= COPY_GOOD else "soon" if age <= COPY_BAD else "bad"


def drill_state(age: timedelta) -> Literal["good", "soon", "bad"]:
    """Drills are weekly: a day over is looked at, two weeks without one are an alarm."""
    return "good" if age <= DRILL_GOOD else "soon" if age <= DRILL_BAD else "bad"


def unknown(copied: Sequence[str], known: Iterable[str]) -> list[str]:
    """Migrations of a copy this program does not have: then a newer one made it."""
    return sorted(set(copied) - set(known))
