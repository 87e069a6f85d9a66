"""The ledger when several do it at once: one answer per key, no event sealed twice or passed over."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction

from liren.base.ledger import actions, queries, subscriptions
from liren.base.ledger.models import Event
from liren.kernel.events import Event as KernelEvent
from tests.base.filedb import shared_database, together
from tests.base.test_ledger import NOW, Listener, Opened, opened

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.writes]


@pytest.fixture(autouse=True)
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[None]:
    monkeypatch.setattr(subscriptions, "_ALL", {})
    with shared_database(tmp_path):
        yield


def test_two_requests_with_one_key_do_it_once() -> None:
    begun = threading.Barrier(2)

    def request() -> dict[str, object]:
        begun.wait()
        with transaction.atomic(), actions.once(key="k", by=1, fingerprint="w") as first:
            if first.done:
                return first.result
            time.sleep(0.3)
            first.keep({"event": actions.record(opened(1))})
            return first.result

    one, two = together(request, request)
    assert one == two
    assert Event.objects.count() == 1


def test_the_second_request_does_it_when_the_first_is_undone() -> None:
    inside = threading.Event()

    def fails() -> str:
        try:
            with transaction.atomic(), actions.once(key="k", by=1, fingerprint="w"):
                inside.set()
                time.sleep(0.3)
                raise ZeroDivisionError
        except ZeroDivisionError:
            return "undone"

    def second() -> str:
        inside.wait()
        with transaction.atomic(), actions.once(key="k", by=1, fingerprint="w") as first:
            first.keep({"event": actions.record(opened(1))})
            return "again" if first.done and not first.result else "done"

    assert together(fails, second) == ["undone", "done"]
    assert Event.objects.count() == 1


def test_sealers_and_writers_at_once_leave_no_gap_and_no_double() -> None:
    stop = threading.Event()

    def writer(by: int) -> int:
        for number in range(30):
            with transaction.atomic():
                actions.record(opened(by * 1000 + number))
                if number % 10 == 0:
                    time.sleep(0.02)  # commits late
        return 30

    def sealer() -> int:
        total = 0
        while not stop.is_set():
            total += actions.seal(7, now=NOW)
            time.sleep(0.005)
        return total

    def writers() -> int:
        try:
            return sum(together(lambda: writer(1), lambda: writer(2)))
        finally:
            stop.set()

    written, one, two = together(writers, sealer, sealer)
    rest = 0
    while count := actions.seal(now=NOW):
        rest += count
    assert written == 60 == one + two + rest
    assert [entry.seq for entry in queries.since(0)] == list(range(1, 61))
    assert queries.broken_seals() == []


def test_an_event_committed_in_spite_of_a_running_delivery_is_delivered() -> None:
    listener = Listener()
    actions.subscribe("t.later", [Opened], listener, when="later")
    holding, sealed = threading.Event(), threading.Event()

    def slow_writer() -> None:
        with transaction.atomic():
            actions.record(opened(1))  # the lower id
            holding.set()
            sealed.wait(0.4)

    def quick() -> None:
        holding.wait()
        with transaction.atomic():
            actions.record(opened(2))
        actions.seal(now=NOW)
        actions.deliver(now=NOW)
        sealed.set()

    together(slow_writer, quick)
    actions.seal(now=NOW)
    actions.deliver(now=NOW)
    assert sorted(listener.got) == [1, 2]
    assert len(queries.since(0)) == 2


def test_two_deliverers_bring_each_event_once() -> None:
    seen: list[int] = []

    def slow(event: KernelEvent) -> None:
        time.sleep(0.002)
        seen.append(event.subject_id)

    actions.subscribe("t.slow", [Opened], slow, when="later")
    with transaction.atomic():
        actions.record_all([opened(n) for n in range(60)])
    actions.seal(now=NOW)
    together(lambda: actions.deliver(now=NOW), lambda: actions.deliver(now=NOW))
    actions.deliver(now=NOW)
    assert seen == list(range(60))
