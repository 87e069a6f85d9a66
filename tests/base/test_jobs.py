"""Durable jobs: done once or more, never lost; tried again with patience; given up visibly."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st

from liren.base.jobs import actions, queries, rules, tasks
from liren.base.jobs.models import Job, Schedule
from liren.base.ledger import queries as ledger
from liren.kernel.errors import Conflict, NotFound, Refused
from liren.kernel.policy import SYSTEM

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")

db = [pytest.mark.django_db, pytest.mark.writes]


@pytest.fixture(autouse=True)
def only_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "_TASKS", {})
    monkeypatch.setattr(tasks, "_SCHEDULES", {})
    monkeypatch.setattr("random.random", lambda: 0.0)


class Worker:
    """A task that remembers its payloads and fails as often as it is told."""

    def __init__(self, name: str = "t.do", **options: Any) -> None:
        self.got: list[dict[str, Any]] = []
        self.failures = 0
        actions.register(name, **options)(self)

    def __call__(self, payload: dict[str, Any]) -> Any:
        self.got.append(payload)
        if self.failures:
            self.failures -= 1
            raise Refused("t.failed", words="王芳 14200000000")
        return {"seen": len(self.got)}


def ask(task: str = "t.do", at: datetime = NOW, **payload: Any) -> int:
    return actions.enqueue(task, payload, run_at=at)


def work(now: datetime = NOW) -> int:
    return actions.work(until_idle=True, now=now)


class TestEnqueue:
    pytestmark = db

    def test_one_statement_and_part_of_the_callers_transaction(self) -> None:
        worker = Worker()
        with transaction.atomic(), CaptureQueriesContext(connection) as sql:
            ask(n=1)
        assert len(sql) == 1
        with transaction.atomic():
            ask(n=2)
            transaction.set_rollback(True)
        assert work() == 1
        assert worker.got == [{"n": 1}]

    def test_oldest_first_and_not_before_its_time(self) -> None:
        worker = Worker()
        ask(at=NOW + timedelta(minutes=1), n=3)
        ask(at=NOW, n=2)
        ask(at=NOW - timedelta(minutes=1), n=1)
        assert work() == 2
        assert work(NOW + timedelta(minutes=1)) == 1
        assert worker.got == [{"n": 1}, {"n": 2}, {"n": 3}]

    def test_one_open_job_per_task_and_key(self) -> None:
        worker = Worker()
        Worker("t.other")
        ids = {actions.enqueue("t.do", {"n": n}, key="case:5", run_at=NOW) for n in range(3)}
        assert len(ids) == 1
        assert actions.enqueue("t.other", key="case:5", run_at=NOW) not in ids
        assert actions.enqueue("t.do", key="case:6", run_at=NOW) not in ids
        assert work() == 3
        assert sorted(worker.got, key=len) == [{}, {"n": 0}]
        assert actions.enqueue("t.do", key="case:5", run_at=NOW) not in ids, "it is done, so a new one opens"

    def test_asked_for_while_running_it_runs_once_more(self) -> None:
        seen: list[int] = []

        def task(payload: dict[str, Any]) -> None:
            seen.append(1)
            if len(seen) == 1:
                for _ in range(3):
                    assert actions.enqueue("t.self", key="k", run_at=NOW) == job_id

        actions.register("t.self")(task)
        job_id = actions.enqueue("t.self", key="k", run_at=NOW)
        assert work() == 2
        assert len(seen) == 2
        assert queries.get(job_id).state == "done"

    def test_a_payload_that_is_no_json_is_refused(self) -> None:
        with pytest.raises(TypeError):
            actions.enqueue("t.do", {"at": NOW})
        with pytest.raises(Refused):
            actions.enqueue("t.do", run_at=datetime(2026, 1, 1))

    def test_a_task_nobody_here_knows_waits_for_a_worker_who_does(self) -> None:
        job_id = ask("t.new")
        assert work() == 0
        assert queries.get(job_id).attempts == 0
        assert queries.backlog().unknown == 1
        Worker("t.new")
        assert work() == 1
        assert queries.backlog().unknown == 0


class TestFailure:
    pytestmark = db

    def test_tried_again_later_and_later_then_dead_then_retried_by_a_person(self) -> None:
        worker = Worker(max_attempts=3)
        worker.failures = 3
        job_id = ask(n=1)
        assert work() == 1
        job = queries.get(job_id)
        assert (job.state, job.attempts, job.run_at) == ("ready", 1, NOW + timedelta(seconds=10))
        assert job.last_error == "liren.kernel.errors.Refused:t.failed"
        assert work(NOW + timedelta(seconds=9)) == 0
        assert work(NOW + timedelta(seconds=10)) == 1
        assert queries.get(job_id).run_at == NOW + timedelta(seconds=30)
        assert queries.dead_letters() == []
        assert work(NOW + timedelta(seconds=30)) == 1
        [dead] = queries.dead_letters()
        assert (dead.id, dead.state, dead.attempts) == (job_id, "dead", 3)
        assert work(NOW + timedelta(days=1)) == 0
        actions.retry(job_id, by=SYSTEM, now=NOW)
        assert [entry.kind for entry in ledger.history("job", job_id)] == ["jobs.retried"]
        assert work() == 1
        done = queries.get(job_id)
        assert (done.state, done.result, done.last_error) == ("done", {"seen": 4}, "")
        with pytest.raises(NotFound):
            actions.retry(job_id, by=SYSTEM, now=NOW)

    def test_retrying_what_was_asked_for_again_does_it_once(self) -> None:
        worker = Worker(max_attempts=1)
        worker.failures = 1
        dead = actions.enqueue("t.do", key="k", run_at=NOW)
        work()
        fresh = actions.enqueue("t.do", key="k", run_at=NOW)
        actions.retry(dead, by=SYSTEM, now=NOW)
        assert work() == 1
        assert queries.get(fresh).state == queries.get(dead).state == "done"

    def test_one_bad_job_does_not_stop_the_others(self) -> None:
        worker = Worker()
        worker.failures = 1
        ask(at=NOW - timedelta(seconds=1), n=1)
        ask(n=2)
        assert work() == 2
        assert worker.got == [{"n": 1}, {"n": 2}]

    def test_a_result_that_is_no_json_is_a_failure(self) -> None:
        actions.register("t.odd")(lambda payload: NOW)
        job_id = ask("t.odd")
        work()
        assert queries.get(job_id).last_error == "builtins.TypeError"

    def test_no_words_of_people_in_rows_or_log(self, caplog: pytest.LogCaptureFixture) -> None:
        worker = Worker()
        worker.failures = 1
        job_id = ask()
        work()
        assert "王芳" not in caplog.text + repr(queries.get(job_id))


class TestLease:
    pytestmark = db

    def abandon(self, **options: Any) -> tuple[Worker, int]:
        """A job in the hands of a worker that was killed."""
        worker = Worker(**options)
        job_id = ask(n=1)
        assert actions.working._take(NOW) is not None  # type: ignore[attr-defined]
        return worker, job_id

    def test_a_silent_workers_job_is_taken_by_the_next(self) -> None:
        worker, job_id = self.abandon(lease=timedelta(minutes=2))
        assert work(NOW + timedelta(minutes=1, seconds=59)) == 0
        assert queries.get(job_id).state == "leased"
        assert work(NOW + timedelta(minutes=2)) == 1
        assert worker.got == [{"n": 1}]
        job = queries.get(job_id)
        assert (job.state, job.attempts) == ("done", 2)

    def test_a_job_that_kills_its_workers_is_dead_in_the_end(self) -> None:
        worker, _ = self.abandon(max_attempts=2)
        assert actions.working._take(NOW + timedelta(hours=1)) is not None  # type: ignore[attr-defined]
        assert work(NOW + timedelta(hours=2)) == 0
        assert worker.got == []
        assert queries.dead_letters()[0].last_error == "lease.expired"

    def test_who_lost_the_lease_cannot_end_the_job(self) -> None:
        def slow(payload: dict[str, Any]) -> None:
            Job.objects.update(lease_token="another")
            with pytest.raises(Conflict) as told:
                actions.renew(now=NOW)
            assert told.value.code == "jobs.lease_lost"

        actions.register("t.slow")(slow)
        job_id = ask("t.slow")
        assert work() == 1
        assert queries.get(job_id).state == "leased"

    def test_a_long_task_keeps_its_lease(self) -> None:
        def long(payload: dict[str, Any]) -> None:
            actions.renew(now=NOW + timedelta(minutes=4))
            assert Job.objects.get().lease_until == NOW + timedelta(minutes=9)

        actions.register("t.long")(long)
        job_id = ask("t.long")
        work()
        assert queries.get(job_id).state == "done"
        actions.renew(now=NOW)  # outside a worker: nothing

    def test_finished_jobs_are_forgotten_after_a_week_and_dead_ones_stay(self) -> None:
        worker = Worker(max_attempts=1)
        worker.failures = 1
        dead, done = ask(at=NOW - timedelta(seconds=1), n=1), ask(n=2)
        work()
        assert actions.purge_done(now=NOW + timedelta(days=7)) == 0
        assert actions.purge_done(now=NOW + timedelta(days=7, seconds=1)) == 1
        assert queries.get(dead).state == "dead"
        with pytest.raises(NotFound):
            queries.get(done)


class TestSchedule:
    pytestmark = db

    def test_spans_begin_at_once_and_missed_runs_are_made_up_by_one(self) -> None:
        worker = Worker()
        actions.every("t.do", "5m")
        assert work() == 1
        assert work(NOW + timedelta(minutes=4, seconds=59)) == 0
        assert work(NOW + timedelta(minutes=5)) == 1
        assert work(NOW + timedelta(days=3)) == 1
        assert work(NOW + timedelta(days=3, minutes=5)) == 1
        assert worker.got == [{}] * 4

    def test_cron_waits_for_its_hour_on_the_offices_clock(self) -> None:
        Worker()
        actions.every("t.do", "30 3 * * *")
        assert work() == 0  # noon in Shanghai
        assert work(datetime(2026, 11, 22, 19, 29, tzinfo=UTC)) == 0
        assert work(datetime(2026, 11, 22, 19, 30, tzinfo=UTC)) == 1
        assert Schedule.objects.get().next_run == datetime(2026, 11, 23, 19, 30, tzinfo=UTC)

    def test_a_changed_schedule_takes_effect(self) -> None:
        Worker()
        actions.every("t.do", "30 3 * * *")
        work()
        actions.every("t.do", "1h")
        work()
        assert Schedule.objects.get().next_run == NOW + timedelta(hours=1)

    def test_only_known_tasks_and_readable_schedules(self) -> None:
        Worker()
        for name, spec in [("t.none", "5m"), ("t.do", "soon"), ("t.do", "61 * * * *"), ("t.do", "0m")]:
            with pytest.raises(ValueError):
                actions.every(name, spec)


class TestRules:
    @given(st.integers(1, 500), st.floats(0, 1))
    def test_waits_stay_between_five_seconds_and_an_hour(self, attempts: int, chance: float) -> None:
        assert timedelta(seconds=5) <= rules.wait(attempts, chance) <= timedelta(hours=1)
        assert rules.wait(attempts, 0) <= rules.wait(attempts + 1, 0)

    @tuned(max_examples=150, deadline=None)
    @given(
        st.sampled_from(["*", "*/7", "0", "5,35", "10-20", "50-59/3", "5/20"]),
        st.sampled_from(["*", "*/5", "3", "0,23", "8-18"]),
        st.sampled_from(["*", "1", "31", "10-12", "*/9"]),
        st.sampled_from(["*", "2", "1-3,12"]),
        st.sampled_from(["*", "0", "7", "1-5", "6"]),
        st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1)),
    )
    def test_cron_against_a_minute_by_minute_oracle(
        self, minute: str, hour: str, day: str, month: str, weekday: str, start: datetime
    ) -> None:
        after = start.replace(tzinfo=UTC)
        spec = f"{minute} {hour} {day} {month} {weekday}"
        if day == "31" and month == "2" and weekday == "*":
            with pytest.raises(ValueError):
                rules.following(spec, after, SHANGHAI)
            return
        got = rules.following(spec, after, SHANGHAI)
        assert got > after
        assert oracle(spec, got.astimezone(SHANGHAI))
        probe = got - timedelta(minutes=1)
        for _ in range(3000):
            if probe <= after:
                break
            assert not oracle(spec, probe.astimezone(SHANGHAI))
            probe -= timedelta(minutes=1)

    def test_leap_day(self) -> None:
        got = rules.following("0 0 29 2 *", datetime(2097, 1, 1, tzinfo=UTC), SHANGHAI)
        assert got.astimezone(SHANGHAI).date().isoformat() == "2104-02-29"

    @pytest.mark.parametrize(
        "spec", ["", "5", "5 m", "-5m", "* * * *", "a * * * *", "* 24 * * *", "9-3 * * * *"]
    )
    def test_nonsense_is_refused(self, spec: str) -> None:
        with pytest.raises(ValueError):
            rules.parse(spec)


def oracle(spec: str, local: datetime) -> bool:
    """Cron as its manual page tells it, one minute at a time."""
    minute, hour, day, month, weekday = (
        fits(part, value, high)
        for part, value, high in zip(
            spec.split(),
            (local.minute, local.hour, local.day, local.month, local.isoweekday() % 7),
            (59, 23, 31, 12, 7),
            strict=True,
        )
    )
    _, _, day_text, _, weekday_text = spec.split()
    if day_text[0] == "*" or weekday_text[0] == "*":
        return minute and hour and month and day and weekday
    return minute and hour and month and (day or weekday)


def fits(part: str, value: int, high: int) -> bool:
    low = 1 if high in (31, 12) else 0
    for piece in part.split(","):
        span, _, step = piece.partition("/")
        first, _, last = span.partition("-")
        begin = low if span == "*" else int(first)
        end = high if span == "*" or (step and not last) else int(last or first)
        for candidate in range(begin, end + 1, int(step or 1)):
            if candidate == value or (high == 7 and candidate % 7 == value):
                return True
    return False
