"""Every read of imports: the mappings there are, the imports of the past, and what became of their rows."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count

from liren.bridges.imports import mapping
from liren.bridges.imports.checking import Left, Tried
from liren.bridges.imports.models import Import, Outcome
from liren.bridges.imports.reading import Table
from liren.kernel.errors import NotFound
from liren.kernel.policy import Actor, Facts, require
from liren.registers.places import queries as places

__all__ = ["Left", "Tried"]

DUTY = "imports.run"
MOST = 200  # imports of a list


@dataclass(frozen=True, slots=True)
class ImportView:
    """One import. `state`: waiting, running, done, broken (`error` says why); rows = taken + refused + twice when done.

    `made`: places, classes, units the file made. `states`: how many cases stand in which state. `uncounted`: how many are
    left out of the rates, by reason. `report`: whether the refused rows can still be had.
    """

    id: int
    file_name: str
    source: str
    mapping: str
    encoding: str
    state: str
    error: str
    by: int
    begun_at: datetime
    ended_at: datetime | None
    seconds: float
    rows: int
    position: int
    taken: int
    refused: int
    twice: int
    made: Mapping[str, int]
    states: Mapping[str, int]
    uncounted: Mapping[str, int]
    report: bool


@dataclass(frozen=True, slots=True)
class Reason:
    """So many rows became no case for one reason in one column."""

    status: str
    code: str
    column: str
    rows: int


def mappings() -> list[str]:
    """Names of the mappings that come with Liren."""
    return mapping.shipped()


def past(*, by: Actor) -> list[ImportView]:
    """The imports there were, the newest first. Raises Denied. One statement."""
    _may(by)
    return [_view(row) for row in Import.objects.order_by("-begun_at", "-id")[:MOST]]


def one(import_id: int, *, by: Actor) -> ImportView:
    """One import. Raises Denied, NotFound("import.unknown"). One statement."""
    _may(by)
    row = Import.objects.filter(id=import_id).first()
    if row is None:
        raise NotFound("import.unknown")
    return _view(row)


def reasons(import_id: int, *, by: Actor) -> list[Reason]:
    """Why rows became no case, the most frequent first. Raises Denied. One statement."""
    _may(by)
    rows: Any = Outcome.objects.filter(brought_by_id=import_id).values("status", "code", "column")
    found = [
        Reason(row["status"], row["code"], row["column"], row["n"]) for row in rows.annotate(n=Count("id"))
    ]
    return sorted(found, key=lambda one: (-one.rows, one.code, one.column))


def left(import_id: int, *, by: Actor, limit: int, status: str = "") -> list[Left]:
    """The rows that became no case, in the order of the file; what stood in them is in the file alone. One statement."""
    _may(by)
    rows = Outcome.objects.filter(brought_by_id=import_id)
    if status:
        rows = rows.filter(status=status)
    return [
        Left(
            row.line,
            row.status,
            row.code,
            row.column,
            first_line=row.first_line,
            # of this import itself: None, as for rows of one file
            first_import_id=row.first_import_id if row.first_import_id != import_id else None,
        )
        for row in rows.order_by("line")[:limit]
    ]


def grouped(rows: Iterable[Left]) -> list[Reason]:
    """The same for rows that were only tried."""
    counted = Counter((row.status, row.code, row.column) for row in rows)
    found = [Reason(status, code, column, n) for (status, code, column), n in counted.items()]
    return sorted(found, key=lambda one: (-one.rows, one.code, one.column))


def refused_rows(table: Table, left_: Iterable[Left]) -> Iterator[tuple[Left, Sequence[str]]]:
    """The refused rows as they stand in the file, in its order."""
    refused = {one.line: one for one in left_ if one.status == "refused"}
    for row in table.rows:
        if row.line in refused:
            yield refused[row.line], row.cells


def _may(by: Actor) -> None:
    require(by, DUTY, Facts(place_path=places.office_view().path))


def _view(row: Import) -> ImportView:
    return ImportView(
        id=row.id,
        file_name=row.file_name,
        source=row.source,
        mapping=row.mapping_name,
        encoding=row.encoding,
        state=str(row.state),
        error=row.error,
        by=row.by,
        begun_at=row.begun_at,
        ended_at=row.ended_at,
        seconds=row.seconds,
        rows=row.rows,
        position=row.position,
        taken=row.taken,
        refused=row.refused,
        twice=row.twice,
        made=row.made,
        states=row.counts.get("states", {}),
        uncounted=row.counts.get("uncounted", {}),
        report=row.kept and row.refused > 0,
    )
