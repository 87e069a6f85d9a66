"""Several workers at once, and a worker killed with signal 9 in the middle of its work."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from liren.base.jobs import actions, queries, tasks
from liren.base.jobs.models import Job
from tests.base.filedb import shared_database, together

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
SOURCE = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.writes]


@pytest.fixture(autouse=True)
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[None]:
    monkeypatch.setattr(tasks, "_TASKS", {})
    monkeypatch.setattr(tasks, "_SCHEDULES", {})
    with shared_database(tmp_path):
        yield


def test_workers_share_the_work_and_do_nothing_twice() -> None:
    seen: list[int] = []

    def task(payload: dict[str, Any]) -> None:
        time.sleep(0.002)
        seen.append(payload["n"])

    actions.register("t.share")(task)
    for n in range(40):
        actions.enqueue("t.share", {"n": n}, run_at=NOW)
    counts = together(*[lambda: actions.work(until_idle=True, now=NOW)] * 3)
    assert sum(counts) >= 40 - Job.objects.exclude(state="done").count()
    actions.work(until_idle=True, now=NOW)
    assert sorted(seen) == list(range(40))


def test_a_schedule_is_run_by_one_of_several_workers() -> None:
    seen: list[int] = []
    actions.register("t.tick")(lambda payload: seen.append(1))
    actions.every("t.tick", "1h")
    together(*[lambda: actions.work(until_idle=True, now=NOW)] * 3)
    actions.work(until_idle=True, now=NOW)
    assert len(seen) == 1


def test_the_same_key_from_two_sides_is_one_job() -> None:
    actions.register("t.key")(lambda payload: None)
    ids = together(*[lambda: actions.enqueue("t.key", key="k", run_at=NOW)] * 4)
    assert len(set(ids)) == 1
    assert Job.objects.count() == 1


def test_a_running_worker_stops_when_told() -> None:
    done, stop = threading.Event(), threading.Event()
    actions.register("t.stop")(lambda payload: done.set())
    actions.enqueue("t.stop")

    def tell() -> int:
        assert done.wait(20)
        stop.set()
        return 0

    tried, _ = together(lambda: actions.work(until_idle=False, stop=stop), tell)
    assert tried == 1


_CHILD = """
import sys, time
from datetime import timedelta
import django
django.setup()
from liren.base.jobs import actions
def slow(payload):
    with open(sys.argv[1], "a") as file:
        file.write("begun\\n")
    if sys.argv[2] == "hang":
        time.sleep(60)
    with open(sys.argv[1], "a") as file:
        file.write("ended\\n")
actions.register("t.killed", lease=timedelta(seconds=1))(slow)
if sys.argv[2] == "hang":
    actions.enqueue("t.killed", key="k")
actions.work(until_idle=True)
"""


def test_killed_with_signal_9_the_job_is_done_by_the_next_worker(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    home = tmp_path / "home"
    environment = os.environ | {
        "PYTHONPATH": str(SOURCE / "src"),
        "DJANGO_SETTINGS_MODULE": "liren.site.settings",
        "LIREN_HOME": str(home),
    }
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        home.mkdir()
        connection.close()
        os.rename(name, home / "liren.sqlite3")
        (home / "liren.sqlite3").chmod(0o600)
    else:
        # the child must reach the tests' own database, whatever a parallel run called it
        reached = urlsplit(os.environ["LIREN_DB"])
        environment["LIREN_DB"] = urlunsplit(reached._replace(path=f"/{name}"))

    def child(mode: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", _CHILD, str(trace), mode], env=environment, stderr=subprocess.PIPE
        )

    first = child("hang")
    deadline = time.monotonic() + 60
    while not trace.exists():
        assert first.poll() is None, first.communicate()[1]
        assert time.monotonic() < deadline
        time.sleep(0.05)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    time.sleep(1.1)  # the lease of the dead worker runs out
    second = child("finish")
    _, told = second.communicate(timeout=60)
    assert second.returncode == 0, told
    assert trace.read_text().split() == ["begun", "begun", "ended"]
    if connection.vendor == "sqlite":
        os.rename(home / "liren.sqlite3", name)
    job = queries.get(Job.objects.get(task__startswith="t.").id)
    assert (job.state, job.attempts) == ("done", 2)
