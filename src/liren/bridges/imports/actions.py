"""Every write of imports: a file tried, brought in, taken up again where it stopped, forgotten."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import PurePath
from time import perf_counter

from django.db import IntegrityError, transaction
from django.db.models import Q

from liren.base.bulk.actions import Sheet, uncollected
from liren.base.jobs import actions as jobs
from liren.base.ledger import actions as ledger
from liren.bridges.imports import checking, keeping, mapping, queries, reading
from liren.bridges.imports.checking import Left, Sorted, Tried
from liren.bridges.imports.events import ImportTurned, RowsGiven
from liren.bridges.imports.mapping import Mapping
from liren.bridges.imports.models import Import, Origin, Outcome
from liren.bridges.imports.reading import Table
from liren.cases import actions as cases
from liren.kernel.clock import utc_now
from liren.kernel.errors import Conflict, LirenError, NotFound, Refused
from liren.kernel.ids import new_id
from liren.kernel.policy import SYSTEM, Actor, Facts, require
from liren.registers.places import queries as places

JOB = "imports.run"
MOST_ROWS = reading.MOST_ROWS
_S = Import.State
BEFORE = (_S.CHECKING, _S.TRIED, _S.WAITING)  # nothing was brought in yet
OPEN = (*BEFORE, _S.RUNNING)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import has come. `per_second` since this run began; `left`: seconds it will still take, about."""

    done: int
    rows: int
    taken: int
    refused: int
    twice: int
    per_second: float
    left: float


def the_mapping(name_or_text: str) -> Mapping:
    """A mapping that comes with Liren by its name, else the one a text says.

    Raises NotFound("import.mapping_unknown"), Refused: "import.mapping", "clock.zone".
    """
    if "\n" in name_or_text or ":" in name_or_text or "=" in name_or_text:
        return mapping.read(name_or_text)
    return mapping.named(name_or_text)


def check(data: bytes, how: Mapping, *, by: Actor, now: datetime) -> Tried:
    """The dry run: what bringing a file in would do. Nothing is written. Raises Denied, Refused."""
    may(by)
    return checking.check(data, how, by=by, now=now)


def may(by: Actor) -> None:
    """Raises Denied unless `by` may bring cases into this office."""
    require(by, queries.DUTY, Facts(place_path=places.office_view().path))


@transaction.atomic
def begin(
    data: bytes,
    name: str,
    how: Mapping,
    *,
    by: Actor,
    now: datetime,
    resume: bool = False,
    try_first: bool = False,
) -> int:
    """Note that a file is to be brought in; the id of the import. `carry_on` does the work.

    `resume` takes up the one of the same file and mapping that stopped half-way; `try_first` seals the file into LIREN_HOME
    for a job that tries it. Raises Denied; Conflict("import.unfinished") where there is one and it was not asked for.
    """
    may(by)
    digest = sha256(data).hexdigest()
    same = Import.objects.filter(file_digest=digest, mapping_digest=how.digest, state__in=OPEN).first()
    if same is not None:
        if not resume:
            raise Conflict("import.unfinished")
        return same.id
    row = Import(
        id=new_id(now),
        file_name=PurePath(name).name[:200],
        file_digest=digest,
        source=how.source,
        mapping_name=how.name,
        mapping=how.text,
        mapping_digest=how.digest,
        state=_S.CHECKING if try_first else _S.WAITING,
        by=by.id,
        begun_at=now,
        kept=try_first,
    )
    row.save(force_insert=True)
    if try_first:
        keeping.keep(row.id, data)
    _tell(row, "begun", now)
    return row.id


def carry_on(
    import_id: int, data: bytes, *, now: datetime, told: Callable[[Progress], None] | None = None
) -> None:
    """Bring a file in from where it stopped to its end, a chunk of rows in each transaction.

    A process that is killed leaves whole chunks behind; called again it goes on with the next row and doubles nothing.
    Raises NotFound("import.unknown"), Conflict("import.elsewhere") where another process is at it; Refused where the file
    cannot be read: the import is broken then, and says why.
    """
    row = Import.objects.filter(id=import_id).first()
    if row is None:
        raise NotFound("import.unknown")
    if row.state not in OPEN:
        return
    with uncollected():
        _carry_on(row, data, now, told)


def _carry_on(row: Import, data: bytes, now: datetime, told: Callable[[Progress], None] | None) -> None:
    by = Actor(id=row.by, kind="system")  # who may was decided when it was begun
    began = perf_counter()
    try:
        how = mapping.read(row.mapping)
        table = checking.opened(data, how)
        if not table.rows:
            raise Refused("table.empty", field="file")
        with transaction.atomic():  # all that the file makes, or nothing
            terms = checking.begun(table, how, by=by, now=now, pretend=False)
    except LirenError as error:
        _broken(row, error, now)
        raise
    if row.state in BEFORE:
        _clear(row)
    made = {what: row.made.get(what, 0) + count for what, count in terms.ground.made.items()}
    Import.objects.filter(id=row.id).update(
        state=_S.RUNNING, rows=len(table.rows), encoding=table.encoding[:60], made=made
    )
    _work(row, table, checking.Sorter(terms, how.source), by, now, began, told)


def _work(
    row: Import,
    table: Table,
    sorter: checking.Sorter,
    by: Actor,
    now: datetime,
    began: float,
    told: Callable[[Progress], None] | None,
) -> None:
    start, spent, here = row.position, row.seconds, perf_counter()
    for at, rows in checking.chunks(table.rows, start):
        try:
            kept = _chunk(row.id, at, len(rows), sorter.sort(rows), by, now, spent + perf_counter() - began)
        except IntegrityError as error:  # another process brought the same rows in meanwhile
            raise Conflict("import.elsewhere") from error
        if told is not None:
            done, taking = kept.position, perf_counter() - here
            speed = (done - start) / taking if taking else 0.0
            left = (len(table.rows) - done) / speed if speed else 0.0
            told(Progress(done, len(table.rows), kept.taken, kept.refused, kept.twice, speed, left))
    _done(row.id, spent + perf_counter() - began, now)


@transaction.atomic
def _chunk(
    import_id: int, at: int, count: int, done: Sorted, by: Actor, now: datetime, seconds: float
) -> Import:
    """Keep one chunk: its cases, where they come from, what the other rows became, how far it is."""
    row = Import.objects.select_for_update().get(id=import_id)
    if row.position != at or row.state != _S.RUNNING:
        raise Conflict("import.elsewhere")
    rows = [brought for brought, _, _ in done.taken]
    taken = cases.take_over(rows, import_id=row.id, source=row.source, by=by, now=now)
    origins = Sheet(Origin)
    for case_id, (brought, key, mark) in zip(taken.ids, done.taken, strict=True):
        origins.add(
            id=new_id(),
            source=row.source,
            key=key,
            row_digest=mark,
            case_id=case_id,
            brought_by_id=row.id,
            line=brought.line,
        )
    origins.insert()
    _keep_left(row.id, done.left)
    row.position = at + count
    row.taken += len(rows)
    row.refused += sum(one.status == "refused" for one in done.left)
    row.twice += sum(one.status == "twice" for one in done.left)
    row.seconds = seconds
    states = Counter(row.counts.get("states", {})) + taken.states
    uncounted = Counter(row.counts.get("uncounted", {})) + taken.uncounted
    row.counts = {"states": dict(states), "uncounted": dict(uncounted)}
    row.save(update_fields=["position", "taken", "refused", "twice", "seconds", "counts"])
    return row


@transaction.atomic
def _done(import_id: int, seconds: float, now: datetime) -> None:
    row = Import.objects.select_for_update().get(id=import_id)
    if row.taken + row.refused + row.twice != row.rows:
        raise RuntimeError(
            f"import {import_id}: {row.taken} + {row.refused} + {row.twice} rows are not {row.rows}"
        )
    row.state, row.seconds, row.ended_at = _S.DONE, seconds, utc_now()
    row.save(update_fields=["state", "seconds", "ended_at"])
    _tell(row, "done", now)


@transaction.atomic
def _broken(row: Import, error: LirenError, now: datetime) -> None:
    row.state, row.error, row.ended_at = _S.BROKEN, error.code[:80], now
    row.save(update_fields=["state", "error", "ended_at"])
    _tell(row, "broken", now)


def _tell(row: Import, turn: str, now: datetime) -> None:
    ledger.record(
        ImportTurned(
            subject_id=row.id,
            by=row.by,
            at=now,
            turn=turn,
            file_hash=row.file_digest,
            rows=row.rows,
            taken=row.taken,
            refused=row.refused,
            twice=row.twice,
        )
    )


@transaction.atomic
def hand_in(data: bytes, name: str, how: Mapping, *, by: Actor, now: datetime) -> int:
    """Have the worker try a file; the id of the import. The same file with the same mapping is the same import.

    Raises Denied.
    """
    import_id = begin(data, name, how, by=by, now=now, resume=True, try_first=True)
    jobs.enqueue(JOB, {"import": import_id}, key=str(import_id))
    return import_id


@transaction.atomic
def say_yes(import_id: int, *, by: Actor, now: datetime) -> None:
    """Have the worker bring in what was tried. Twice is once.

    Raises Denied, NotFound("import.unknown"), Refused("import.not_tried") before it was.
    """
    row = _held(import_id, by)
    if row.state == _S.CHECKING or row.state == _S.BROKEN:
        raise Refused("import.not_tried")
    if row.state == _S.TRIED:
        Import.objects.filter(id=import_id).update(state=_S.WAITING, by=by.id, begun_at=now)
    jobs.enqueue(JOB, {"import": import_id}, key=str(import_id))


@transaction.atomic
def drop(import_id: int, *, by: Actor, now: datetime) -> None:
    """Take back a file of which nothing was brought in: it is erased, and the import with it.

    Raises Denied, NotFound("import.unknown"), Refused("import.too_late").
    """
    row = _held(import_id, by)
    if row.state not in {_S.CHECKING, _S.TRIED, _S.BROKEN} or row.position:
        raise Refused("import.too_late")
    keeping.forget(import_id, by=by, now=now)
    _tell(row, "dropped", now)
    row.delete()


def _held(import_id: int, by: Actor) -> Import:
    may(by)
    row = Import.objects.select_for_update().filter(id=import_id).first()
    if row is None:
        raise NotFound("import.unknown")
    return row


def work(import_id: int) -> None:
    """The job of a file handed in: try it, or once it was said yes to bring it in, from the start or from where a worker
    stopped. Renews its lease as it goes.
    """
    row = Import.objects.filter(id=import_id, state__in=(_S.CHECKING, _S.WAITING, _S.RUNNING)).first()
    if row is None:
        return
    now = utc_now()
    data = keeping.read(import_id, by=SYSTEM, now=now)
    try:
        if row.state == _S.CHECKING:
            _try(row, data, now)
        else:
            carry_on(import_id, data, now=now, told=lambda progress: jobs.renew(now=utc_now()))
    except Refused:
        return  # it is broken and says why; doing it again would say the same


def _try(row: Import, data: bytes, now: datetime) -> None:
    """The dry run of a file handed in, kept until somebody says yes or no."""
    try:
        how = mapping.read(row.mapping)
        tried = checking.check(data, how, by=Actor(id=row.by, kind="system"), now=now)
    except LirenError as error:
        _broken(row, error, now)
        raise
    with transaction.atomic():
        held = Import.objects.select_for_update().filter(id=row.id, state=_S.CHECKING).first()
        if held is None:
            return  # taken back meanwhile
        _clear(held)
        _keep_left(held.id, tried.left)
        held.state, held.encoding, held.rows = _S.TRIED, tried.encoding[:60], tried.rows
        held.taken, held.refused, held.twice = tried.taken, tried.count("refused"), tried.count("twice")
        held.made = dict(tried.made)
        held.counts = {"states": dict(tried.states), "uncounted": dict(tried.uncounted)}
        held.save()


def _clear(row: Import) -> None:
    """Forget what a dry run said: now it counts."""
    Outcome.objects.filter(brought_by=row).delete()
    row.taken = row.refused = row.twice = 0
    row.counts, row.made = {}, {}
    Import.objects.filter(id=row.id).update(taken=0, refused=0, twice=0, counts={}, made={})


def _keep_left(import_id: int, left: Iterable[Left]) -> None:
    outcomes = Sheet(Outcome)
    for one in left:
        outcomes.add(
            id=new_id(),
            brought_by_id=import_id,
            line=one.line,
            status=one.status,
            code=one.code[:40],
            column=one.column,
            first_line=one.first_line,
            first_import_id=one.first_import_id,
        )
    outcomes.insert()


def refused_of_file(data: bytes, how: Mapping, left: Iterable[Left]) -> Iterator[Sequence[str]]:
    """The refused rows of a file as a table to mend and bring in again: line, column, code of the reason, then the row.

    The heading comes first; the three columns in front are passed over when the table comes back. Raises Refused.
    """
    table = checking.opened(data, how)
    yield ["#", "#column", "#reason", *table.written]
    for one, cells in queries.refused_rows(table, left):
        yield [str(one.line), one.column, one.code, *cells]


def give_refused(import_id: int, *, by: Actor, now: datetime) -> list[Sequence[str]]:
    """The refused rows of an import out of its kept file; who took them is kept.

    Raises Denied; NotFound: "import.unknown", "import.file_gone".
    """
    may(by)
    row = Import.objects.filter(id=import_id).first()
    if row is None:
        raise NotFound("import.unknown")
    data = keeping.read(import_id, by=by, now=now)
    left = queries.left(import_id, by=by, limit=row.refused, status="refused")
    found = list(refused_of_file(data, mapping.read(row.mapping), left))
    with transaction.atomic():
        ledger.record(RowsGiven(subject_id=import_id, by=by.id, at=now, rows=len(found) - 1))
    return found


def purge(*, now: datetime) -> int:
    """Forget the files of imports that ended, or were tried and left lying, long ago; how many. Run by a job."""
    old = Q(ended_at__lte=now - keeping.KEPT) | Q(state=_S.TRIED, begun_at__lte=now - keeping.KEPT)
    ids = list(Import.objects.filter(old, kept=True).values_list("id", flat=True))
    for import_id in ids:
        keeping.forget(import_id, by=SYSTEM, now=now)
    return len(ids)
