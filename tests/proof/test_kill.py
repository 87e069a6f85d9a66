"""kill -9 during a stream of 500 intakes: no acknowledged case lost, none doubled, on both databases."""

import os
import random
import signal
import threading
import time
from pathlib import Path

import pytest

from tests.proof.served import Server, Visitor, served

pytestmark = pytest.mark.proof

INTAKES, HANDS = 500, 4


def _stream(server: Server, numbers: dict[str, str], retries: list[int]) -> None:
    lock, turn = threading.Lock(), iter(range(INTAKES))
    failures: list[BaseException] = []

    def hand() -> None:
        try:
            visitor = Visitor(server)
            while True:
                with lock:
                    n = next(turn, None)
                if n is None:
                    break
                words = f"第{n}件：门口路灯不亮"
                number = visitor.say(words)
                with lock:
                    numbers[words] = number
            with lock:
                retries.append(visitor.retries)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=hand) for _ in range(HANDS)]
    for thread in threads:
        thread.start()
    _strike(server, threads)
    for thread in threads:
        thread.join()
    assert not failures, failures[0]


def _strike(server: Server, threads: list[threading.Thread]) -> None:
    """Kill a worker every other second, and now and then everything at once."""
    dice, strikes = random.Random(7), 0
    while any(thread.is_alive() for thread in threads):
        time.sleep(dice.uniform(0.8, 1.8))
        strikes += 1
        if strikes % 4 == 0:
            server.kill()
            server.start()
            continue
        for pid in server.workers()[:1]:
            os.kill(pid, signal.SIGKILL)
    assert strikes >= 4


def _kept(server: Server) -> dict[str, list[str]]:
    told = server.run(
        "shell", "--verbosity", "0", "-c",
        "import json; from liren.cases.models import Case, Voice; from liren.base.ledger.models import Event\n"
        "rows = list(Voice.objects.values_list('words', 'number'))\n"
        "received = Event.objects.filter(kind='cases.received').count()\n"
        "print(json.dumps([rows, Case.objects.count(), received]))",
    )  # fmt: skip
    import json

    rows, cases, received = json.loads(told.strip().splitlines()[-1])
    assert cases == received == len(rows)
    kept: dict[str, list[str]] = {}
    for words, number in rows:
        kept.setdefault(words, []).append(number)
    return kept


def _prove(home: Path, **env: str) -> None:
    numbers: dict[str, str] = {}
    retries: list[int] = []
    with served(home, **env) as server:
        _stream(server, numbers, retries)
        kept = _kept(server)
    assert len(numbers) == INTAKES
    lost = [words for words, number in numbers.items() if number not in kept.get(words, [])]
    doubled = [words for words, found in kept.items() if len(found) > 1]
    assert lost == []
    assert doubled == []
    assert sum(retries) > 0, "nothing was interrupted: this proved nothing"


def test_no_acknowledged_case_is_lost_or_doubled(tmp_path: Path) -> None:
    reached = {
        name: os.environ[name]
        for name in ("LIREN_DB", "LIREN_DB_OWNER", "LIREN_DB_APP_ROLE")
        if name in os.environ
    }
    if reached:
        # the server comes in as the role that owns nothing
        reached["LIREN_DB"] = reached["LIREN_DB_OWNER"].replace("liren_owner@", "liren_app@")
    _prove(tmp_path, **reached)
