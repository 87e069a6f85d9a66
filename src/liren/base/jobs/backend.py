"""Our worker behind the Django Tasks interface, so that other packages' `@task` functions run in it too.

TASKS = {"default": {"BACKEND": "liren.base.jobs.backend.LirenBackend"}}; option ATTEMPTS (default 3) bounds
the tries.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, cast

from django.utils.module_loading import import_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskContext, TaskError, TaskResult, TaskResultStatus
from django_tasks.exceptions import TaskResultDoesNotExist
from django_tasks.utils import normalize_json

from liren.base.jobs import actions, queries
from liren.base.jobs.queries import JobView
from liren.kernel.errors import NotFound

TASK = "django.task"
LEASE = timedelta(minutes=30)  # a foreign task does not know how to renew
ATTEMPTS = 3

_STATUS = {
    "ready": TaskResultStatus.READY,
    "leased": TaskResultStatus.RUNNING,
    "done": TaskResultStatus.SUCCESSFUL,
    "dead": TaskResultStatus.FAILED,
}


class LirenBackend(BaseTaskBackend):
    """Enqueues into the table of jobs; results are read from it by id, from any process."""

    supports_defer = True
    supports_async_task = True
    supports_get_result = True

    def enqueue(
        self, task: Task[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> TaskResult[Any]:
        """Ask for the task, in the caller's transaction if there is one. Raises InvalidTaskError, TypeError
        for no JSON.
        """
        self.validate_task(task)
        payload = {
            "path": task.module_path,
            "backend": self.alias,
            "args": normalize_json(list(args)),
            "kwargs": normalize_json(dict(kwargs)),
        }
        attempts = int(self.options.get("ATTEMPTS", ATTEMPTS))
        job_id = actions.enqueue(
            TASK, payload, run_at=task.run_after, queue=task.queue_name, max_attempts=attempts
        )
        return _result(task, queries.get(job_id), self.alias)

    def get_result(self, result_id: str) -> TaskResult[Any]:
        """The state of a task by the id of its result. Raises TaskResultDoesNotExist."""
        try:
            job = queries.get(int(result_id))
        except (NotFound, ValueError, OverflowError):
            raise TaskResultDoesNotExist(result_id) from None
        if job.task != TASK or job.payload["backend"] != self.alias:
            raise TaskResultDoesNotExist(result_id)
        return _result(_find(job.payload), job, self.alias)


def run(payload: dict[str, Any]) -> Any:
    """Call the function a payload names, as our worker does for TASK; its result as JSON."""
    task = _find(payload)
    args = list(payload["args"])
    job_id = actions.current()
    if task.takes_context and job_id is not None:
        result = _result(task, queries.get(job_id), payload["backend"])
        args.insert(0, TaskContext(task_result=result))
    return normalize_json(task.call(*args, **payload["kwargs"]))


def _find(payload: Mapping[str, Any]) -> Task[..., Any]:
    return cast("Task[..., Any]", import_string(payload["path"])).using(backend=payload["backend"])


def _result(task: Task[..., Any], job: JobView, alias: str) -> TaskResult[Any]:
    path, _, _ = job.last_error.partition(":")
    result: TaskResult[Any] = TaskResult(
        task=task,
        id=str(job.id),
        status=_STATUS[job.state],
        enqueued_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        last_attempted_at=job.attempted_at,
        args=job.payload["args"],
        kwargs=job.payload["kwargs"],
        backend=alias,
        # A traceback shows words of people; only the type of the exception is kept.
        errors=[TaskError(exception_class_path=path, traceback="")] if path else [],
        worker_ids=["worker"] * job.attempts,
    )
    object.__setattr__(result, "_return_value", job.result)
    return result
