"""Asking for work: what is known, what is wanted, what is wanted again."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from liren.base.jobs import tasks
from liren.base.jobs.events import JobRetried
from liren.base.jobs.models import Job
from liren.base.jobs.tasks import Task, Work
from liren.base.ledger import actions as ledger
from liren.kernel.clock import require_aware, utc_now
from liren.kernel.errors import NotFound
from liren.kernel.ids import new_id
from liren.kernel.policy import Actor

LEASE = timedelta(minutes=5)
ATTEMPTS = 8
KEPT = timedelta(days=7)

# (SQLite wants the condition in the words of the index.) An open job with the same key is not doubled. If
# it runs already, it may have read the old state: it runs again.
_ENQUEUE = (
    "INSERT INTO jobs_job (id, task, payload, queue, state, run_at, key, again, attempts, max_attempts, "
    "lease_token, last_error, created_at) "
    "VALUES (%s, %s, %s, %s, 'ready', %s, %s, %s, 0, %s, '', '', %s) "
    "ON CONFLICT (task, key) WHERE key IS NOT NULL AND state IN ('ready', 'leased') "
    "DO UPDATE SET again = (jobs_job.state = 'leased') RETURNING id"
)


def register(name: str, *, lease: timedelta = LEASE, max_attempts: int = ATTEMPTS) -> Callable[[Work], Work]:
    """Make a function known as the task `name`: `@register("channels.send")`. It takes the payload, may
    return JSON.

    It may run twice for one job (a worker may die after the work and before the note of it), so it must
    bear that. A task longer than its `lease` calls `renew` as it goes. Raises ValueError for a name in use.
    """

    def known(work: Work) -> Work:
        tasks.add(Task(name, work, lease, max_attempts))
        return work

    return known


def every(name: str, cron: str) -> None:
    """Run a registered task again and again with an empty payload: "30s", "5m", "2h", or cron "30 3 * * 1-5".

    Cron fields are on the office's clock. Runs that were missed are made up for by one. Raises ValueError
    for an unknown task or a schedule that cannot be read.
    """
    tasks.repeat(name, cron)


def enqueue(
    task: str,
    payload: dict[str, Any] | None = None,
    *,
    key: str | None = None,
    run_at: datetime | None = None,
    queue: str = "default",
    max_attempts: int | None = None,
) -> int:
    """Ask for a task, in the caller's transaction if there is one; returns the job's id. One statement.

    The payload is JSON of ids and codes, never words, names or phones. With a `key` there is one open job
    per task and key: asking again returns it (and lets it run once more if it is running now). `run_at`
    (default now) is the earliest time. Raises TypeError for a payload that is no JSON,
    Refused("clock.naive").
    """
    known = tasks.find(task)
    attempts = max_attempts or (known.max_attempts if known else ATTEMPTS)
    now = utc_now()
    values: list[int | str | bool | None] = [
        new_id(),
        task,
        json.dumps(payload or {}),
        queue,
        _column(require_aware(run_at) if run_at else now),
        key,
        False,
        attempts,
        _column(now),
    ]
    with connection.cursor() as cursor:
        cursor.execute(_ENQUEUE, values)
        job_id: int = cursor.fetchone()[0]
    return job_id


@transaction.atomic
def retry(job_id: int, *, by: Actor, now: datetime) -> None:
    """Send a dead job back to work with all its attempts. Raises NotFound("jobs.dead") unless it is dead.

    If the same work was asked for again meanwhile (same key), this one is done with: the other will do it.
    """
    job = Job.objects.select_for_update().filter(id=job_id, state=Job.State.DEAD).first()
    if job is None:
        raise NotFound("jobs.dead")
    open_now = Job.objects.filter(task=job.task, key=job.key, state__in=(Job.State.READY, Job.State.LEASED))
    if job.key is not None and open_now.exists():
        Job.objects.filter(id=job_id).update(state=Job.State.DONE, finished_at=now)
    else:
        Job.objects.filter(id=job_id).update(
            state=Job.State.READY, run_at=now, attempts=0, finished_at=None, lease_token=""
        )
    ledger.record(JobRetried(subject_id=job_id, by=by.id, at=now, task=job.task))


def purge_done(*, now: datetime) -> int:
    """Forget jobs done more than 7 days ago; dead ones stay until a person has seen to them. Returns how
    many.
    """
    return Job.objects.filter(state=Job.State.DONE, finished_at__lt=now - KEPT).delete()[0]


def _column(moment: datetime) -> str:
    """A time as this database stores it."""
    return str(connection.ops.adapt_datetimefield_value(moment))
