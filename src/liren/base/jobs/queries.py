"""Reading about work: one job, what was given up, what is waiting. Payloads hold ids and codes only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from liren.base.jobs import tasks
from liren.base.jobs.models import Job, Schedule
from liren.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class JobView:
    """One job. `state` is ready, leased, done or dead; `last_error` is the exception's type and code."""

    id: int
    task: str
    payload: dict[str, Any]
    queue: str
    state: str
    attempts: int
    max_attempts: int
    last_error: str
    result: Any
    run_at: datetime
    created_at: datetime
    started_at: datetime | None
    attempted_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits, for the health page: `oldest` is the earliest due time; `unknown` counts jobs no code
    here can do.
    """

    ready: int
    leased: int
    dead: int
    unknown: int
    oldest: datetime | None


def get(job_id: int) -> JobView:
    """One job. Raises NotFound("jobs.job")."""
    for job in _views(Job.objects.filter(id=job_id)):
        return job
    raise NotFound("jobs.job")


def dead_letters(limit: int = 200) -> list[JobView]:
    """Jobs given up after their last attempt, oldest first; `actions.retry` sends one back."""
    return _views(Job.objects.filter(state=Job.State.DEAD).order_by("finished_at", "id")[:limit])


def backlog() -> Backlog:
    """How much is ready, running, given up, and not known to this process."""
    ready = Q(state=Job.State.READY)
    row = Job.objects.exclude(state=Job.State.DONE).aggregate(
        ready=Count("id", filter=ready),
        leased=Count("id", filter=Q(state=Job.State.LEASED)),
        dead=Count("id", filter=Q(state=Job.State.DEAD)),
        unknown=Count("id", filter=ready & ~Q(task__in=tasks.names())),
        oldest=Min("run_at", filter=ready),
    )
    return Backlog(**row)


def next_due() -> datetime | None:
    """When the next of what repeats is due; a worker keeps this ahead of the clock. None before its first round."""
    rows = Schedule.objects.filter(name__in=tasks.schedules())
    return rows.order_by("next_run").values_list("next_run", flat=True).first()


def _views(rows: QuerySet[Job]) -> list[JobView]:
    return [
        JobView(
            id=job.id,
            task=job.task,
            payload=job.payload,
            queue=job.queue,
            state=str(job.state),
            attempts=job.attempts,
            max_attempts=job.max_attempts,
            last_error=job.last_error,
            result=job.result,
            run_at=job.run_at,
            created_at=job.created_at,
            started_at=job.started_at,
            attempted_at=job.attempted_at,
            finished_at=job.finished_at,
        )
        for job in rows
    ]
