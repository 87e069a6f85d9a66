"""The ledger: appended with the change it tells of, never edited, answered once, delivered at least once."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from liren.base.ledger import actions, queries, rules, subscriptions
from liren.base.ledger.models import Cursor, Event, Receipt, Seal
from liren.kernel import events
from liren.kernel.errors import Conflict, NotFound, Refused
from liren.kernel.policy import SYSTEM

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened(events.Event):
    kind: ClassVar[str] = "ledgertest.opened"
    subject_kind: ClassVar[str] = "ledgertest"

    code: str = "x"
    due: datetime | None = None
    parts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed(events.Event):
    kind: ClassVar[str] = "ledgertest.closed"
    subject_kind: ClassVar[str] = "ledgertest"


def opened(subject_id: int = 1, **extra: object) -> Opened:
    return Opened(subject_id=subject_id, by=7, at=NOW, place_path="/1/2/", unit_ids=(3, 4), **extra)  # type: ignore[arg-type]


def seal_all() -> int:
    total = 0
    while count := actions.seal(now=NOW):
        total += count
    return total


@pytest.fixture(autouse=True)
def only_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriptions, "_ALL", {})


class Listener:
    """Remembers what it was brought; fails for subjects in `failing`."""

    def __init__(self) -> None:
        self.got: list[int] = []
        self.events: list[events.Event] = []
        self.failing: set[int] = set()
        self.calls = 0

    def __call__(self, event: events.Event) -> None:
        self.calls += 1
        if event.subject_id in self.failing:
            raise Refused("ledgertest.failed", words="王芳 13900000000")
        self.got.append(event.subject_id)
        self.events.append(event)


pytestmark = [pytest.mark.django_db, pytest.mark.writes]


class TestRecord:
    def test_one_insert_and_the_whole_event_in_history(self) -> None:
        with transaction.atomic(), CaptureQueriesContext(connection) as sql:
            event_id = actions.record(opened(5, code="leak", due=NOW, parts=(1, 2)))
        assert len(sql) == 1
        [entry] = queries.history("ledgertest", 5)
        assert (entry.id, entry.seq, entry.kind, entry.by, entry.at) == (
            event_id,
            None,
            "ledgertest.opened",
            7,
            NOW,
        )
        assert (entry.place_path, entry.unit_ids) == ("/1/2/", (3, 4))
        assert entry.payload == {"code": "leak", "due": NOW.isoformat(), "parts": [1, 2]}

    def test_several_keep_their_order_in_one_insert(self) -> None:
        with CaptureQueriesContext(connection) as sql:
            ids = actions.record_all([opened(9, parts=(n,)) for n in range(50)])
        assert len(sql) == 1
        assert ids == sorted(set(ids))
        assert [entry.payload["parts"] for entry in queries.history("ledgertest", 9)] == [
            [n] for n in range(50)
        ]

    def test_order_survives_a_clock_set_back(self, monkeypatch: pytest.MonkeyPatch) -> None:
        first = actions.record(opened())
        monkeypatch.setattr("liren.base.ledger.actions.recording.new_id", lambda: 5)
        assert actions.record(opened()) > first

    def test_now_reactions_run_at_once_and_can_refuse_the_whole(self) -> None:
        listener = Listener()
        actions.subscribe("t.now", [Opened], listener, when="now")
        actions.record(opened(1))
        actions.record(Closed(subject_id=2, by=7, at=NOW))
        assert listener.got == [1]
        listener.failing = {3}
        with pytest.raises(Refused), transaction.atomic():
            actions.record(opened(3))
        assert queries.history("ledgertest", 3) == []

    def test_a_name_is_subscribed_once(self) -> None:
        actions.subscribe("t.same", [Opened], Listener(), when="later")
        with pytest.raises(ValueError):
            actions.subscribe("t.same", [Opened], Listener(), when="later")

    @pytest.mark.django_db(transaction=True)
    def test_outside_a_transaction_is_refused(self) -> None:
        with pytest.raises(RuntimeError):
            actions.record(opened())
        with pytest.raises(RuntimeError), actions.once(key="k", by=1, fingerprint="f"):
            pass


class TestAppendOnly:
    def test_models_refuse(self) -> None:
        actions.record(opened())
        row = Event.objects.get(subject_id=1)
        with pytest.raises(TypeError):
            row.save()
        with pytest.raises(TypeError):
            row.delete()
        with pytest.raises(TypeError):
            Event.objects.update(by=8)
        with pytest.raises(TypeError):
            Event.objects.all().delete()

    @pytest.mark.parametrize(
        "statement",
        [
            "DELETE FROM ledger_event",
            'UPDATE ledger_event SET "by" = 8',
            "UPDATE ledger_event SET payload = '{}'",
            "UPDATE ledger_event SET place_path = 'x', seq = 99",
            "UPDATE ledger_event SET seq = NULL WHERE seq IS NOT NULL",
            "UPDATE ledger_event SET seq = 77 WHERE seq IS NOT NULL",
            "UPDATE ledger_event SET id = id + 1, seq = 99 WHERE seq IS NULL",
        ],
    )
    def test_the_database_refuses(self, statement: str) -> None:
        actions.record(opened())
        actions.seal(now=NOW)
        actions.record(opened())
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
        assert Event.objects.count() == 2

    def test_what_is_there_cannot_be_replaced(self) -> None:
        event_id = actions.record(opened())
        columns = '(id, kind, subject_kind, subject_id, "by", at, place_path, unit_ids, payload)'
        values = "VALUES (%s, 'x', 'x', 1, 1, '2026-01-01', '', '[]', '{}')"
        replace = {
            "sqlite": f"INSERT OR REPLACE INTO ledger_event {columns} {values}",
            "postgresql": f"INSERT INTO ledger_event {columns} {values} ON CONFLICT (id) DO UPDATE SET kind = 'x'",
        }
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(replace[connection.vendor], [event_id])

    def test_people_may_not_flush(self) -> None:
        with pytest.raises(CommandError, match="append-only"):
            call_command("flush", interactive=True)


class TestSeal:
    def test_consecutive_in_batches_and_chained(self) -> None:
        ids = actions.record_all([opened(n) for n in range(1, 26)])
        assert [actions.seal(10, now=NOW) for _ in range(4)] == [10, 10, 5, 0]
        entries = queries.since(0)
        assert [entry.seq for entry in entries] == list(range(1, 26))
        assert [entry.id for entry in entries] == ids
        assert [entry.seq for entry in queries.since(20, limit=3)] == [21, 22, 23]
        seals = list(Seal.objects.order_by("first_seq"))
        assert [(seal.first_seq, seal.last_seq, seal.count) for seal in seals] == [
            (1, 10, 10),
            (11, 20, 10),
            (21, 25, 5),
        ]
        assert [seal.previous for seal in seals] == ["", seals[0].digest, seals[1].digest]
        assert queries.broken_seals() == []

    def test_few_statements_for_a_large_batch(self) -> None:
        actions.seal(now=NOW)
        actions.record_all([opened(n) for n in range(300)])
        with CaptureQueriesContext(connection) as sql:
            assert actions.seal(now=NOW) == 300
        assert len([each for each in sql if "SAVEPOINT" not in each["sql"]]) <= 5

    @pytest.mark.postgres
    @pytest.mark.skipif(connection.vendor != "postgresql", reason="about PostgreSQL's planner")
    def test_in_a_large_import_the_planner_is_not_asked(self) -> None:
        """While it runs, statistics see its pages and none of its rows. Compared pair by pair, 8,000 took minutes."""
        actions.record_all([opened(n) for n in range(1_000)])
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("ANALYZE ledger_event")
        other.close()
        actions.record_all([opened(n) for n in range(7_000)])
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '10s'")
        assert actions.seal(now=NOW) == 8_000

    @pytest.mark.parametrize(
        "tamper",
        [
            'UPDATE ledger_event SET "by" = 8 WHERE seq = 3',
            'UPDATE ledger_event SET payload = \'{"code":"y","due":null,"parts":[]}\' WHERE seq = 3',
            "UPDATE ledger_event SET at = '2026-11-22 04:00:01+00:00' WHERE seq = 3",
            "DELETE FROM ledger_event WHERE seq = 3",
            "DELETE FROM ledger_event WHERE seq = 6",
            "DELETE FROM ledger_seal WHERE first_seq = 1",
            "UPDATE ledger_event SET seq = 50 WHERE seq = 3",
        ],
    )
    def test_what_a_database_administrator_changes_is_found(self, tamper: str) -> None:
        actions.record_all([opened(n) for n in range(1, 7)])
        seal_all()
        assert queries.broken_seals() == []
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                for name in ("no_delete", "only_seq"):
                    cursor.execute(f"DROP TRIGGER ledger_event_{name}")
            else:
                cursor.execute("ALTER TABLE ledger_event DISABLE TRIGGER ledger_event_append_only")
            cursor.execute(tamper)
        assert queries.broken_seals() != []

    @given(st.binary(min_size=1, max_size=20), st.integers(0, 3))
    def test_any_other_payload_has_another_digest(self, noise: bytes, place: int) -> None:
        entries = [rules.Entry(n, n, "k", "s", 1, 1, NOW, "", (), {"code": "x"}) for n in range(1, 5)]
        digest = rules.chain("", entries)
        entries[place] = rules.Entry(place + 1, place + 1, "k", "s", 1, 1, NOW, "", (), {"code": noise.hex()})
        assert rules.chain("", entries) != digest
        assert not rules.sound("", 1, 4, digest, entries)


class TestDeliver:
    def test_in_order_typed_and_only_its_kinds(self) -> None:
        listener = Listener()
        actions.subscribe("t.later", [Opened], listener, when="later")
        actions.record_all([opened(1, due=NOW, parts=(5,)), Closed(subject_id=2, by=7, at=NOW), opened(3)])
        assert actions.deliver(now=NOW) == 0  # nothing is sealed yet
        seal_all()
        assert actions.deliver(now=NOW) == 2
        assert listener.events[0] == opened(1, due=NOW, parts=(5,))
        assert listener.got == [1, 3]
        assert actions.deliver(now=NOW) == 0

    def test_what_was_rolled_back_is_never_delivered(self) -> None:
        listener = Listener()
        actions.subscribe("t.later", [Opened], listener, when="later")
        with transaction.atomic():
            actions.record(opened(1))
            transaction.set_rollback(True)
        actions.record(opened(2))
        seal_all()
        actions.deliver(now=NOW)
        assert listener.got == [2]

    def test_a_failure_waits_longer_each_time_then_becomes_a_dead_letter_and_the_rest_follows(self) -> None:
        listener, other = Listener(), Listener()
        actions.subscribe("t.bad", [Opened], listener, when="later")
        actions.subscribe("t.good", [Opened], other, when="later")
        listener.failing = {2}
        actions.record_all([opened(n) for n in range(1, 5)])
        seal_all()
        actions.deliver(now=NOW)
        assert listener.got[-1:] == [1]
        assert other.got == [1, 2, 3, 4]
        [lag] = [each for each in queries.backlog().lags if each.subscription == "t.bad"]
        assert (lag.behind, lag.attempts, lag.retry_at) == (3, 1, NOW + timedelta(seconds=5))
        calls = listener.calls
        actions.deliver(now=NOW + timedelta(seconds=4))
        assert listener.calls == calls, "tried before its time"
        now = NOW
        for _ in range(rules.ATTEMPTS - 1):
            assert queries.dead_letters() == []
            now += timedelta(hours=1)
            actions.deliver(now=now)
        [letter] = queries.dead_letters()
        assert (letter.subscription, letter.entry.subject_id, letter.attempts) == ("t.bad", 2, 8)
        assert letter.error == "liren.kernel.errors.Refused:ledgertest.failed"
        assert listener.got[-2:] == [3, 4]
        assert queries.backlog().dead == 1

    def test_a_dead_letter_is_replayed_by_a_person(self) -> None:
        listener = Listener()
        actions.subscribe("t.bad", [Opened], listener, when="later")
        listener.failing = {1}
        actions.record(opened(1))
        seal_all()
        for hour in range(9):
            actions.deliver(now=NOW + timedelta(hours=hour))
        [letter] = queries.dead_letters()
        assert actions.replay(letter.id, by=SYSTEM, now=NOW) is False
        assert queries.dead_letters()[0].attempts == 9
        listener.failing = set()
        assert actions.replay(letter.id, by=SYSTEM, now=NOW) is True
        assert listener.got == [1]
        assert queries.dead_letters() == []
        [entry] = queries.history("dead_letter", letter.id)
        assert (entry.kind, entry.by) == ("ledger.letter_replayed", SYSTEM.id)
        with pytest.raises(NotFound):
            actions.replay(letter.id, by=SYSTEM, now=NOW)

    def test_what_a_failing_reaction_wrote_is_undone(self) -> None:
        def half(event: events.Event) -> None:
            with actions.once(key=f"half-{event.subject_id}", by=1, fingerprint="") as first:
                first.keep({})
            raise ZeroDivisionError

        actions.subscribe("t.half", [Opened], half, when="later")
        actions.record(opened(1))
        seal_all()
        actions.deliver(now=NOW)
        assert Receipt.objects.count() == 0

    def test_a_late_event_gets_a_higher_seq_and_is_not_passed_over(self) -> None:
        listener = Listener()
        actions.subscribe("t.later", [Opened], listener, when="later")
        late = Event(id=1, kind=Opened.kind, subject_kind="ledgertest", subject_id=99, by=7, at=NOW)
        late.payload = opened(99).payload()
        actions.record(opened(1))
        seal_all()
        actions.deliver(now=NOW)
        late.save(force_insert=True)  # a lower id, committed later
        seal_all()
        actions.deliver(now=NOW)
        assert listener.got == [1, 99]

    def test_a_new_subscription_gets_history_only_if_it_wants_it(self) -> None:
        actions.record(opened(1))
        seal_all()
        every, fresh = Listener(), Listener()
        actions.subscribe("t.every", [Opened], every, when="later")
        actions.subscribe("t.fresh", [Opened], fresh, when="later", replay=False)
        actions.deliver(now=NOW)
        actions.record(opened(2))
        seal_all()
        actions.deliver(now=NOW)
        assert (every.got, fresh.got) == ([1, 2], [2])

    def test_a_bulk_import_can_be_passed_over(self) -> None:
        listener = Listener()
        actions.subscribe("t.later", [Opened], listener, when="later")
        actions.record_all([opened(n) for n in range(20)])
        seal_all()
        assert actions.pass_backlog(by=SYSTEM, now=NOW) == 20
        actions.record(opened(77))
        seal_all()
        actions.deliver(now=NOW)
        assert listener.got == [77]

    def test_an_event_no_code_can_read_becomes_a_dead_letter(self) -> None:
        listener = Listener()
        actions.subscribe("t.later", [Opened], listener, when="later")
        row = Event(id=1, kind=Opened.kind, subject_kind="ledgertest", subject_id=1, by=7, at=NOW)
        row.payload = {"code": 5}
        row.save()
        actions.record(opened(2))
        seal_all()
        for hour in range(9):
            actions.deliver(now=NOW + timedelta(hours=hour))
        assert listener.got == [2]
        assert queries.dead_letters()[0].error == "liren.kernel.errors.Refused:event.unreadable"


class TestOnce:
    def test_the_first_does_and_the_second_is_told(self) -> None:
        with (
            CaptureQueriesContext(connection) as sql,
            actions.once(key="k", by=1, fingerprint="words") as first,
        ):
            assert not first.done
            first.keep({"case_id": 5})
        assert len(sql) == 2
        with (
            CaptureQueriesContext(connection) as sql,
            actions.once(key="k", by=1, fingerprint="words") as again,
        ):
            assert again.done
            assert again.result == {"case_id": 5}
        assert len(sql) == 2

    def test_the_same_key_for_other_words_is_refused(self) -> None:
        with actions.once(key="k", by=1, fingerprint="words") as first:
            first.keep({})
        with pytest.raises(Conflict) as told, actions.once(key="k", by=1, fingerprint="others"):
            pass
        assert told.value.code == "key.reused"

    def test_keys_of_different_people_do_not_meet(self) -> None:
        for by in (1, 2):
            with actions.once(key="k", by=by, fingerprint=str(by)) as first:
                assert not first.done
                first.keep({})

    def test_a_failed_write_may_be_tried_again(self) -> None:
        with (
            pytest.raises(ZeroDivisionError),
            transaction.atomic(),
            actions.once(key="k", by=1, fingerprint="words"),
        ):
            raise ZeroDivisionError
        with actions.once(key="k", by=1, fingerprint="words") as first:
            assert not first.done
            first.keep({})

    def test_unfinished_is_said_to_be_in_flight(self) -> None:
        Receipt.objects.create(
            by=1,
            key=actions.receipts._hash("k"),  # type: ignore[attr-defined]
            fingerprint=actions.receipts._hash("words"),  # type: ignore[attr-defined]
            at=NOW,
        )
        with pytest.raises(Conflict) as told, actions.once(key="k", by=1, fingerprint="words"):
            pass
        assert told.value.code == "key.in_flight"

    def test_a_result_must_be_kept(self) -> None:
        with pytest.raises(RuntimeError), actions.once(key="k", by=1, fingerprint="words"):
            pass

    def test_neither_key_nor_words_are_stored(self) -> None:
        with actions.once(key="王芳的钥匙", by=1, fingerprint="楼上漏水 13900000000") as first:
            first.keep({})
        row = Receipt.objects.get()
        assert "王芳" not in row.key + row.fingerprint
        assert "139" not in row.fingerprint or len(row.fingerprint) == 64

    def test_receipts_are_forgotten_after_thirty_days(self) -> None:
        for days in (29, 31):
            Receipt.objects.create(
                by=days, key="k", fingerprint="f", result={}, at=NOW - timedelta(days=days)
            )
        assert actions.purge_receipts(now=NOW) == 1
        assert Receipt.objects.get().by == 29


def test_the_cursor_moves_past_kinds_nobody_wants() -> None:
    actions.subscribe("t.later", [Closed], Listener(), when="later")
    actions.record_all([opened(n) for n in range(100)])
    seal_all()
    actions.deliver(now=NOW)
    assert Cursor.objects.get().seq == 100


@given(st.integers(1, 1000))
def test_waits_grow_to_an_hour(attempts: int) -> None:
    assert rules.wait(attempts) <= rules.wait(attempts + 1) <= timedelta(hours=1)
