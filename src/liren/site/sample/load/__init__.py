"""Loading the sample street into an empty installation, in bounded memory, as fast as the database takes rows."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import connection, transaction

from liren.base.bulk.actions import insert, insert_values
from liren.base.ledger import actions as ledger
from liren.base.ledger import models as ledger_models
from liren.base.search import actions as search
from liren.base.vault.actions import Sealer
from liren.cases.models import Case, Step, Voice
from liren.cases.states import AT_WORK, State
from liren.kernel.clock import office_zone, utc_now
from liren.kernel.policy import SYSTEM
from liren.registers.places import queries as places
from liren.site.sample import arrivals, life, plan
from liren.site.sample.load import forum, photos, registers, reports, residents, turns
from liren.site.sample.load.clocks import OfficeLimits
from liren.site.sample.load.pen import Rows
from liren.site.sample.load.photos import Shot
from liren.site.sample.load.registers import Ground, SignIn
from liren.site.sample.load.rows import Writer
from liren.site.sample.world import Street

PIECE = 1_000  # cases written at once
CACHE_KB = 160_000
AT_ONCE = 50_000  # up to so many the whole street comes in one transaction: all of it, or nothing


@dataclass(frozen=True, slots=True)
class Matter:
    """A matter to look at as a resident: its number and the last four digits that show its status."""

    number: str
    last_four: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was loaded, and how to get in."""

    cases: int
    voices: int
    events: int
    sign_ins: tuple[SignIn, ...]
    matter: Matter | None


@dataclass(slots=True)
class _Tally:
    matter: Matter | None = None
    asides: list[turns.Aside] = field(default_factory=list)


def empty() -> bool:
    """Whether no office is there yet: one that is there is never written over."""
    return places.office_view().id is None


def load(*, seed: int, as_of: date, cases: int = arrivals.CASES) -> Loaded:
    """Load the street, its registers and `cases` cases of life up to the morning of `as_of`."""
    street = plan.build(seed)
    opened = datetime.combine(arrivals.first_day(as_of, cases) - timedelta(days=1), time(8), office_zone())
    tally = _Tally()
    with _roomy(), _together(cases <= AT_ONCE):
        with transaction.atomic():
            ground = registers.write(street, opened=opened)
            residents.write(street, ground.places, opened=opened)
            _seal()
        shots = _cases(street, ground, as_of, cases, tally)
        with transaction.atomic():
            photos.write(shots, seed=seed)
        with transaction.atomic():
            turns.play(
                street, ground, tally.asides, until=arrivals.stands_at(as_of, office_zone()), cases=cases
            )
        with transaction.atomic():
            stands = arrivals.stands_at(as_of, office_zone())
            reports.write(street, ground, opened=opened, now=stands)
            forum.write(street, ground, opened=opened, now=stands)
        _seal()
        with transaction.atomic():
            ledger.pass_backlog(by=SYSTEM, now=utc_now())
            _number_changes()
    sign_ins = registers.sign_ins(street, ground.accounts)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # PostgreSQL looks at new rows by itself
    events = ledger_models.Event.objects.filter(subject_kind="case").count()
    # counted, not summed up: the turns add a report of wrongdoing to what was asked for
    return Loaded(Case.objects.count(), Voice.objects.count(), events, tuple(sign_ins), tally.matter)


@contextmanager
def _roomy() -> Iterator[None]:
    """Let SQLite keep what a long transaction touches in memory: otherwise every page is read back from the log."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        usual = cursor.execute("PRAGMA cache_size").fetchone()[0]
        cursor.execute(f"PRAGMA cache_size = -{CACHE_KB}")  # safe - a constant of ours
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA cache_size = {int(usual)}")  # safe - a whole number


@contextmanager
def _together(whole: bool) -> Iterator[None]:
    if whole:
        with transaction.atomic():
            yield
    else:
        yield


def _seal() -> None:
    while ledger.seal():
        pass


def _cases(street: Street, ground: Ground, as_of: date, cases: int, tally: _Tally) -> list[Shot]:
    limits = OfficeLimits(ground.units)
    ink = Sealer()
    writer = Writer(ground, limits, places.root().path, ink)
    shots: deque[Shot] = deque(maxlen=photos.MOST)
    rows = Rows()
    zone = office_zone()
    for history in life.stream(street, as_of=as_of, cases=cases, zone=zone, limits=limits):
        case = writer.write(history, rows)
        voice = rows.voices[-len(history.voices)]
        if history.aside:
            tally.asides.append(turns.Aside(case.id, history.truth, history.aside))
        if history.photo and history.truth in photos.SCENES:
            shots.append(Shot(case.id, voice.id, voice.device_id, voice.said_at, history.truth))
        if history.voices[0].phone and history.voices[0].device and case.state in {State.REPLIED, *AT_WORK}:
            tally.matter = Matter(case.number, history.voices[0].phone[-4:])
        if len(rows.cases) >= PIECE:
            put(rows, ink)
            rows = Rows()
    put(rows, ink)
    return list(shots)


@transaction.atomic
def put(rows: Rows, ink: Sealer) -> None:
    """Insert the rows of some cases and the keys of what was sealed for them."""
    insert(ink.take())
    insert(rows.cases)
    insert(rows.voices)
    insert(rows.ratings)
    insert(rows.objections)
    insert(rows.changes)
    insert_values(Step, rows.steps)
    insert_values(ledger_models.Event, rows.events)
    search.put_many(rows.texts)


def _number_changes() -> None:
    """Give every case the sequence number of its last news, as the worker does one by one."""
    event, case = ledger_models.Event._meta.db_table, Case._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {case} SET change_seq = (SELECT MAX(seq) FROM {event} "  # noqa: S608 - our own tables
            f"WHERE subject_kind = 'case' AND subject_id = {case}.id)"
        )
