"""The worker: takes what is due under a lease, does it, notes how it went. A killed worker's job is taken
by the next.
"""

import json
import logging
import random
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event as Signal
from time import monotonic
from typing import Any

from django.db import Error, close_old_connections, transaction
from django.db.models import F, Q, QuerySet

from liren.base.jobs import rules, tasks
from liren.base.jobs.actions.asking import enqueue
from liren.base.jobs.models import Job, Schedule
from liren.base.jobs.tasks import Task
from liren.kernel import tracing
from liren.kernel.clock import office_zone, utc_now
from liren.kernel.errors import Conflict
from liren.kernel.ids import new_token

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
STUMBLE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Lease:
    """A job in this worker's hands, proved by the token."""

    job_id: int
    token: str
    task: Task
    payload: dict[str, Any] = field(repr=False)


_lease: ContextVar[Lease | None] = ContextVar("lease", default=None)


def work(*, until_idle: bool, now: datetime | None = None, stop: Signal | None = None) -> int:
    """Do what is due: schedules, then jobs, oldest first. Returns how many jobs were tried.

    With `until_idle` it returns when nothing is due; otherwise it goes on until `stop` is set, waits a
    second when idle, and outlives a database that is away for a while. `now` fixes the clock (tests); by
    default it runs.
    """
    stop = stop or Signal()
    clock: Callable[[], datetime] = utc_now if now is None else lambda: now
    tried = 0
    while not stop.is_set():
        try:
            if _one(clock):
                tried += 1
                continue
        except Error as error:
            if until_idle:
                raise
            log.error("worker cannot reach the database: %s", rules.named(error))
            close_old_connections()
            stop.wait(STUMBLE_SECONDS)
            continue
        if until_idle:
            break
        close_old_connections()
        stop.wait(POLL_SECONDS)
    return tried


def renew(*, now: datetime) -> None:
    """Called by a long task as it goes: the lease begins anew. Raises Conflict("jobs.lease_lost") when
    another has it.

    Outside a worker (a task called directly) it does nothing.
    """
    lease = _lease.get()
    if lease is None:
        return
    if not _mine(lease).update(lease_until=now + lease.task.lease):
        raise Conflict("jobs.lease_lost")


def current() -> int | None:
    """The id of the job this call belongs to; None outside a worker."""
    lease = _lease.get()
    return lease.job_id if lease else None


def _one(clock: Callable[[], datetime]) -> bool:
    """Do one job that is due; False if none is."""
    _run_schedules(clock())
    lease = _take(clock())
    if lease is None:
        return False
    mark = _lease.set(lease)
    with tracing.within(job=lease.job_id, task=lease.task.name):
        began = monotonic()
        try:
            result = lease.task.work(lease.payload)
            json.dumps(result)
        except Exception as error:
            # Whatever a task raises is noted and tried again; one bad job must not stop the others.
            _note_failure(lease, rules.named(error), clock())
        else:
            _note_success(lease, result, clock())
            log.info("done in %d ms", round((monotonic() - began) * 1000))
        finally:
            _lease.reset(mark)
    return True


def _due(now: datetime) -> Q:
    ready = Q(state=Job.State.READY, run_at__lte=now)
    expired = Q(state=Job.State.LEASED, lease_until__lte=now)
    return (ready | expired) & Q(task__in=tasks.names())


def _take(now: datetime) -> Lease | None:
    """Lease the oldest due job. A job whose worker fell silent on its last attempt is dead, not taken."""
    while Job.objects.filter(_due(now)).exists():  # a read only: an idle worker never asks for the write lock
        with transaction.atomic():
            rows = Job.objects.select_for_update(skip_locked=True).filter(_due(now))
            job = rows.order_by("run_at", "id").first()
            task = tasks.find(job.task) if job else None
            if job is None or task is None:
                return None
            if job.attempts >= job.max_attempts:
                _bury(Job.objects.filter(id=job.id), "lease.expired", now)
                log.error("job %s of %s is dead: its worker fell silent every time", job.id, job.task)
                continue
            lease = Lease(job.id, new_token(), task, job.payload)
            Job.objects.filter(id=job.id).update(
                state=Job.State.LEASED,
                lease_token=lease.token,
                lease_until=now + task.lease,
                attempts=F("attempts") + 1,
                attempted_at=now,
                started_at=job.started_at or now,
            )
            return lease
    return None


def _mine(lease: Lease) -> QuerySet[Job]:
    return Job.objects.filter(id=lease.job_id, state=Job.State.LEASED, lease_token=lease.token)


def _note_success(lease: Lease, result: object, now: datetime) -> None:
    done = _mine(lease).filter(again=False)
    values = {"lease_token": "", "lease_until": None, "last_error": ""}
    if done.update(state=Job.State.DONE, result=result, finished_at=now, **values):
        return
    again = _mine(lease).filter(again=True)
    if not again.update(state=Job.State.READY, again=False, run_at=now, attempts=0, **values):
        log.warning("job %s was done after its lease had passed to another worker", lease.job_id)


def _note_failure(lease: Lease, error: str, now: datetime) -> None:
    job = _mine(lease).first()
    if job is None:
        log.warning("job %s failed after its lease had passed to another worker: %s", lease.job_id, error)
        return
    log.warning("job %s of %s failed, attempt %s: %s", job.id, job.task, job.attempts, error)
    if job.attempts >= job.max_attempts:
        _bury(_mine(lease), error, now)
        return
    wait = rules.wait(job.attempts, random.random())  # noqa: S311 - jitter, no secret
    _mine(lease).update(
        state=Job.State.READY,
        again=False,
        run_at=now + wait,
        lease_token="",
        lease_until=None,
        last_error=error,
    )


def _bury(rows: QuerySet[Job], error: str, now: datetime) -> None:
    rows.update(
        state=Job.State.DEAD, finished_at=now, lease_token="", lease_until=None, last_error=error, again=False
    )


def _run_schedules(now: datetime) -> None:
    """Enqueue what repeats and is due; of several workers one does. Rows appear at the first run."""
    specs = tasks.schedules()
    if not specs:
        return
    rows = {row.name: row for row in Schedule.objects.filter(name__in=specs)}
    for name, spec in specs.items():
        row = rows.get(name)
        if row is None:
            span = isinstance(
                rules.parse(spec), timedelta
            )  # "every 5 minutes" begins at once, "at 3:30" at 3:30
            first = now if span else rules.following(spec, now, office_zone())
            row = Schedule(name=name, spec=spec, next_run=first)
            Schedule.objects.bulk_create([row], ignore_conflicts=True)
        elif row.spec != spec:
            row.next_run = rules.following(spec, now, office_zone())
            Schedule.objects.filter(id=row.id).update(spec=spec, next_run=row.next_run)
        if row.next_run <= now:
            _run_schedule(name, spec, row.next_run, now)


def _run_schedule(name: str, spec: str, due: datetime, now: datetime) -> None:
    with transaction.atomic():
        mine = Schedule.objects.filter(name=name, next_run=due)  # true for the first who changes it
        if mine.update(next_run=rules.following(spec, now, office_zone())):
            enqueue(name, key="every", run_at=now)
