"""Other packages' `@task` functions run in our worker, and their results are visible."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django_tasks import TaskContext, TaskResultStatus, task, task_backends
from django_tasks.exceptions import InvalidTaskError, TaskResultDoesNotExist, TaskResultMismatch

from liren.base.jobs import actions, queries
from liren.base.jobs.backend import LirenBackend

ALIAS = "liren_under_test"
task_backends[ALIAS] = LirenBackend(ALIAS, {"OPTIONS": {"ATTEMPTS": 2}})

pytestmark = [pytest.mark.django_db, pytest.mark.writes]


@task(backend=ALIAS)
def add(one: int, two: int = 0) -> int:
    return one + two


@task(backend=ALIAS)
async def add_later(one: int) -> int:
    return one + 1


@task(backend=ALIAS)
def fail(words: str) -> None:
    raise ZeroDivisionError(words)


@task(backend=ALIAS, takes_context=True)
def tell(context: TaskContext) -> list[Any]:
    return [context.task_result.id, context.attempt]


def work(after: timedelta = timedelta(0)) -> int:
    return actions.work(until_idle=True, now=datetime.now(UTC) + after)


def test_enqueued_run_and_its_result_seen() -> None:
    result = add.enqueue(2, two=3)
    assert result.status == TaskResultStatus.READY
    assert not result.is_finished
    assert work() == 1
    result.refresh()
    assert result.status == TaskResultStatus.SUCCESSFUL
    assert result.return_value == 5
    assert result.attempts == 1
    assert None not in (result.enqueued_at, result.started_at, result.finished_at)
    again = add.get_result(result.id)
    assert (again.args, again.kwargs, again.return_value) == ([2], {"two": 3}, 5)


def test_async_and_context() -> None:
    later, told = add_later.enqueue(1), tell.enqueue()
    assert work() == 2
    assert add_later.get_result(later.id).return_value == 2
    assert tell.get_result(told.id).return_value == [told.id, 1]


def test_a_failing_task_is_tried_as_often_as_configured_and_then_failed() -> None:
    result = fail.enqueue("王芳")
    work()
    result.refresh()
    assert (result.status, result.attempts) == (TaskResultStatus.READY, 1)
    work(timedelta(hours=1))
    result.refresh()
    assert (result.status, result.attempts) == (TaskResultStatus.FAILED, 2)
    assert [error.exception_class for error in result.errors] == [ZeroDivisionError]
    assert "王芳" not in repr(result.errors)
    assert [job.id for job in queries.dead_letters()] == [int(result.id)]


def test_deferred() -> None:
    result = add.using(run_after=datetime.now(UTC) + timedelta(hours=1)).enqueue(1)
    assert work() == 0
    assert work(timedelta(hours=2)) == 1
    assert add.get_result(result.id).return_value == 1


def test_rolled_back_with_the_callers_transaction() -> None:
    with transaction.atomic():
        result = add.enqueue(1)
        transaction.set_rollback(True)
    assert work() == 0
    with pytest.raises(TaskResultDoesNotExist):
        add.get_result(result.id)


def test_what_cannot_be_run_or_found_is_refused() -> None:
    with pytest.raises(TypeError):
        add.enqueue(datetime.now(UTC))  # type: ignore[arg-type]
    with pytest.raises(InvalidTaskError):
        add.using(priority=5)
    for unknown in ("", "abc", "5", "9" * 40):
        with pytest.raises(TaskResultDoesNotExist):
            add.get_result(unknown)
    own = actions.enqueue("t.own")
    with pytest.raises(TaskResultDoesNotExist):
        add.get_result(str(own))
    with pytest.raises(TaskResultMismatch):
        fail.get_result(add.enqueue(1).id)
