"""Publishing a duty list: whole, as the next version, never by editing the one that holds."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from liren.base.ledger import actions as ledger
from liren.kernel.errors import Conflict, NotFound, Refused
from liren.kernel.policy import Actor, Facts, require
from liren.registers.duties import rules
from liren.registers.duties.events import CataloguePublished
from liren.registers.duties.models import Catalogue, CatalogueEntry
from liren.registers.duties.naming import office_path
from liren.registers.duties.packs import pack
from liren.registers.duties.rules import DutyRow
from liren.registers.people import queries as people
from liren.registers.places import queries as places

DUTY = "duties.manage"


@dataclass(frozen=True, slots=True)
class Published:
    """The version that holds now, how many rows it has, and whether this call changed anything."""

    version: int
    rows: int
    changed: bool


def publish_catalogue(
    rows: Sequence[DutyRow],
    *,
    valid_from: date,
    source: str,
    by: Actor,
    now: datetime,
    seen: int | None = None,
) -> Published:
    """Publish the whole duty list as the next version; the one before ends on `valid_from`.

    The same rows again change nothing. `seen` is the last version there was when the change was thought of. Raises
    Denied; Refused "duty.no_rows", "duty.no_source", "duty.rows" (`rows`: position -> reason code, see `faults`),
    "duty.backdated" (`after`: first day of the version that holds); Conflict "duty.published_meanwhile".
    """
    root = office_path()
    require(by, DUTY, Facts(place_path=root))
    held = [_whole_office(row, root) for row in rows]
    if not held:
        raise Refused("duty.no_rows", field="rows")
    if not source.strip():
        raise Refused("duty.no_source", field="source")
    found = faults(held, valid_from)
    if found:
        raise Refused("duty.rows", field="rows", rows=found)
    try:
        return _publish(held, valid_from, source.strip(), by, now, seen)
    except IntegrityError as error:
        raise Conflict("duty.published_meanwhile") from error


def faults(rows: Sequence[DutyRow], on: date) -> dict[int, str]:
    """What is wrong with rows, by position. No rows are kept or changed.

    duty.class_unknown, duty.place_unknown, duty.unit_unknown, and those of `rules.row_faults`.
    """
    known = pack("taxonomy").on(on)
    units = {unit.id for unit in people.units(on=on)}
    inside: dict[str, bool] = {"": True}
    found = rules.row_faults(rows)
    for index, row in enumerate(rows):
        if row.place_path not in inside:
            inside[row.place_path] = _is_place(row.place_path)
        if row.class_code not in known:
            found[index] = "duty.class_unknown"
        elif not inside[row.place_path]:
            found[index] = "duty.place_unknown"
        elif not {row.unit_id, *row.co_unit_ids} <= units:
            found[index] = "duty.unit_unknown"
    return dict(sorted(found.items()))


def _is_place(path: str) -> bool:
    try:
        places.by_path(path)
    except NotFound:
        return False
    return True


def _whole_office(row: DutyRow, root: str) -> DutyRow:
    """A row for the office's own place holds everywhere, also for a demand whose place nobody knows yet."""
    path = "" if row.place_path == root else row.place_path
    helpers = tuple(sorted(set(row.co_unit_ids)))
    return DutyRow(
        row.class_code, row.unit_id, path, helpers, row.assist_only, row.basis.strip(), row.source.strip()
    )


@transaction.atomic
def _publish(
    rows: Sequence[DutyRow], valid_from: date, source: str, by: Actor, now: datetime, seen: int | None
) -> Published:
    last = Catalogue.objects.select_for_update().order_by("-version").first()
    digest = _digest(rows, source)
    if last is not None:
        if last.rows_hash == digest and last.valid_from <= valid_from:
            return Published(last.version, len(rows), changed=False)
        if seen is not None and seen != last.version:
            raise Conflict("duty.published_meanwhile")
        if valid_from < last.valid_from:
            raise Refused("duty.backdated", field="valid_from", after=last.valid_from.isoformat())
        Catalogue.objects.filter(id=last.id).update(valid_to=valid_from)
        CatalogueEntry.objects.filter(catalogue_id=last.id).update(valid_to=valid_from)
    version = last.version + 1 if last is not None else 1
    fresh = Catalogue.objects.create(
        version=version,
        valid_from=valid_from,
        source=source,
        rows_hash=digest,
        published_by=by.id,
        published_at=now,
    )
    CatalogueEntry.objects.bulk_create([_entry(fresh, row) for row in rows], batch_size=200)
    ledger.record(
        CataloguePublished(
            subject_id=fresh.id,
            by=by.id,
            at=now,
            version=version,
            begins=valid_from.isoformat(),
            rows=len(rows),
            rows_hash=digest,
        )
    )
    return Published(version, len(rows), changed=True)


def _entry(catalogue: Catalogue, row: DutyRow) -> CatalogueEntry:
    return CatalogueEntry(
        catalogue=catalogue,
        version=catalogue.version,
        class_code=row.class_code,
        place_path=row.place_path,
        unit_id=row.unit_id,
        co_unit_ids=list(row.co_unit_ids),
        assist_only=row.assist_only,
        basis=row.basis,
        source=row.source or catalogue.source,
        valid_from=catalogue.valid_from,
    )


def _digest(rows: Sequence[DutyRow], source: str) -> str:
    """One hash for one list, in whatever order its rows came."""
    lines = sorted(json.dumps(asdict(row), ensure_ascii=False, sort_keys=True) for row in rows)
    return hashlib.sha256("\n".join([source, *lines]).encode()).hexdigest()


@transaction.atomic
def follow_place(old_path: str, new_path: str) -> int:
    """Rows of a place that came to lie elsewhere keep their place, under its new path. Returns how many.

    All versions follow: a path names the same place, now as before.
    """
    moved = list(CatalogueEntry.objects.filter(place_path__startswith=old_path))
    for entry in moved:
        entry.place_path = new_path + entry.place_path.removeprefix(old_path)
    CatalogueEntry.objects.bulk_update(moved, ["place_path"], batch_size=200)
    return len(moved)
