"""The rows of a file one by one: what each would become. Reading only; bringing in begins with the same eyes."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from liren.bridges.imports import reading, rules
from liren.bridges.imports.ground import Ground
from liren.bridges.imports.mapping import Mapping
from liren.bridges.imports.models import Origin
from liren.bridges.imports.reading import Row, Table
from liren.bridges.imports.rules import Bad
from liren.bridges.imports.terms import Terms
from liren.cases import queries as cases
from liren.cases.actions import Brought
from liren.kernel.errors import Refused
from liren.kernel.policy import Actor

CHUNK = 1_000
AGAIN, OTHER = "import.again", "import.number_again"


@dataclass(frozen=True, slots=True)
class Left:
    """A row that becomes no case: refused and why, or twice and since which row (of which import, None: this one)."""

    line: int
    status: str
    code: str
    column: str = ""
    value: str = ""
    first_line: int | None = None
    first_import_id: int | None = None


@dataclass(slots=True)
class Sorted:
    """A chunk of rows: those to take, each with what it is known again by, and those left."""

    taken: list[tuple[Brought, str, str]] = field(default_factory=list)  # case, key, digest
    left: list[Left] = field(default_factory=list)


@dataclass(slots=True)
class Tried:
    """What bringing a file in would do. `left` in the order of the file."""

    encoding: str
    rows: int
    taken: int = 0
    made: dict[str, int] = field(default_factory=dict)
    states: Counter[str] = field(default_factory=Counter)
    uncounted: Counter[str] = field(default_factory=Counter)
    left: list[Left] = field(default_factory=list)

    def count(self, status: str) -> int:
        """How many rows are refused, or here twice."""
        return sum(one.status == status for one in self.left)


def opened(data: bytes, mapping: Mapping) -> Table:
    """The rows of a file. Raises Refused as `reading.read`."""
    return reading.read(data, wanted=[column for column, must in mapping.columns().items() if must])


def begun(table: Table, mapping: Mapping, *, by: Actor, now: datetime, pretend: bool) -> Terms:
    """The mapping laid onto a file, what the file names found or made. Raises Refused("import.no_office"), Denied."""
    ground = Ground(mapping, by=by, now=now, pretend=pretend)
    ground.begin()
    terms = Terms(mapping, table, ground, now)
    ground.make(*terms.names(table.rows))
    return terms


def chunks(rows: Sequence[Row], start: int) -> Iterator[tuple[int, Sequence[Row]]]:
    """The rows from a position on, a chunk at a time."""
    for at in range(start, len(rows), CHUNK):
        yield at, rows[at : at + CHUNK]


class Sorter:
    """Decides row by row. `remember`: rows taken earlier in this run are known (a dry run keeps nothing in tables)."""

    def __init__(self, terms: Terms, source: str) -> None:
        self._terms = terms
        self._source = source
        self._seen: dict[str, tuple[int, str]] = {}

    def sort(self, rows: Sequence[Row]) -> Sorted:
        """What becomes of each row of a chunk. One statement."""
        done = Sorted()
        keyed: list[tuple[Row, str]] = []
        for row in rows:
            try:
                keyed.append((row, "" if row.fault else self._terms.key(row)))
            except Bad as bad:
                done.left.append(_refused(row, bad))
        known = self._known([key for _, key in keyed if key])
        for row, key in keyed:
            digest = rules.row_digest(row.cells)
            before = self._before(row, key, digest, known)
            if before is not None:
                done.left.append(before)
                continue
            try:
                done.taken.append((self._terms.read(row), key, digest))
            except Bad as bad:
                done.left.append(_refused(row, bad))
            else:
                self._seen[key] = (row.line, digest)
        return done

    def _known(self, keys: list[str]) -> dict[str, Origin]:
        rows = Origin.objects.filter(source=self._source, key__in=keys)
        return {row.key: row for row in rows}

    def _before(self, row: Row, key: str, digest: str, known: dict[str, Origin]) -> Left | None:
        """Where the row, or another of its number, is here already."""
        if key in self._seen:
            line, same = self._seen[key]
            return Left(row.line, "twice", AGAIN if same == digest else OTHER, self._column(key), key, line)
        if key in known:
            one = known[key]
            code = AGAIN if one.row_digest == digest else OTHER
            return Left(row.line, "twice", code, self._column(key), key, one.line, one.brought_by_id)
        return None

    def _column(self, key: str) -> str:
        return "" if key.startswith("#") else self._terms.mapping.number


def _refused(row: Row, bad: Bad) -> Left:
    return Left(row.line, "refused", bad.code, bad.column[:60], bad.value[:80])


def check(data: bytes, mapping: Mapping, *, by: Actor, now: datetime) -> Tried:
    """What bringing the file in would do, row by row, with the same checks; nothing is written.

    Raises Refused where the file cannot be read or has not the columns of the mapping (`reading.read`).
    """
    table = opened(data, mapping)
    if not table.rows:
        raise Refused("table.empty", field="file")
    terms = begun(table, mapping, by=by, now=now, pretend=True)
    tried, sorter = (
        Tried(table.encoding, len(table.rows), made=terms.ground.made),
        Sorter(terms, mapping.source),
    )
    for _, rows in chunks(table.rows, 0):
        done = sorter.sort(rows)
        tried.left += done.left
        for row, _, _ in done.taken:
            tried.taken += 1
            answered = row.replied_at or row.closed_at
            state = cases.stands_as(
                row.went, has_unit=row.unit_id is not None, verdict=row.verdict, answered=answered is not None
            )
            tried.states[state] += 1
            reason = cases.uncounted(row.went, answered_at=answered, heard=row.heard)
            if reason:
                tried.uncounted[reason] += 1
    tried.left.sort(key=lambda one: one.line)
    return tried
