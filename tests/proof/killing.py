"""A stream of intakes on a real server that is killed again and again while they come, some delivered twice."""

import json
import os
import signal
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from tests.proof.served import Server, Visitor, served

HANDS = 4  # people who send at once
TWICE = 10  # one in so many is delivered twice: the line broke after the server had it
WHOLE = 4  # one strike in so many kills everything at once, the others a process that works


@dataclass(frozen=True, slots=True)
class Told:
    """What became of the stream."""

    acknowledged: int
    again: int
    retries: int
    strikes: int
    lost: list[str]
    doubled: list[str]


class _Stream:
    """Who sends what, and what was acknowledged."""

    def __init__(self, server: Server, intakes: int) -> None:
        self.server, self.turn = server, iter(range(intakes))
        self.lock = threading.Lock()
        self.numbers: dict[str, str] = {}
        self.again = self.retries = 0
        self.failures: list[BaseException] = []

    def hand(self) -> None:
        """Send until there is nothing left to send."""
        visitor = Visitor(self.server)
        try:
            while True:
                with self.lock:
                    n = next(self.turn, None)
                if n is None:
                    return
                words = f"第{n}件：门口路灯不亮"
                number = visitor.say(words, twice=n % TWICE == 0)
                with self.lock:
                    self.numbers[words] = number
                    self.again += n % TWICE == 0
        except BaseException as error:
            self.failures.append(error)
        finally:
            with self.lock:
                self.retries += visitor.retries


def stream(home: Path, reached: dict[str, str], *, intakes: int, strikes: int) -> Told:
    """Send `intakes`, strike `strikes` times, evenly over what is acknowledged, and compare with what is kept.

    `reached`: how the database is reached, nothing for SQLite. Raises what a sender met that no retry helped.
    """
    env = dict(reached)
    if env:
        # the server comes in as the role that owns nothing
        env["LIREN_DB"] = env["LIREN_DB_OWNER"].replace("liren_owner@", "liren_app@")
    with served(home, **env) as server:
        sent = _Stream(server, intakes)
        hands = [threading.Thread(target=sent.hand) for _ in range(HANDS)]
        for hand in hands:
            hand.start()
        struck = _strike(sent, hands, intakes, strikes)
        for hand in hands:
            hand.join()
        if sent.failures:
            raise sent.failures[0]
        kept = _kept(server)
    return Told(
        acknowledged=len(sent.numbers),
        again=sent.again,
        retries=sent.retries,
        strikes=struck,
        lost=[words for words, number in sent.numbers.items() if number not in kept.get(words, [])],
        doubled=[words for words, found in kept.items() if len(found) > 1],
    )


def _strike(sent: _Stream, hands: list[threading.Thread], intakes: int, strikes: int) -> int:
    """Strike whenever another share of the stream is acknowledged, so that a slow machine is struck no faster."""
    struck = 0
    while struck < strikes and any(hand.is_alive() for hand in hands):
        if len(sent.numbers) < (struck + 0.5) * intakes / strikes:
            time.sleep(0.02)
            continue
        struck += 1
        if struck % WHOLE == 0:
            sent.server.kill()
            sent.server.start()
        else:
            for pid in sent.server.workers()[:1]:
                os.kill(pid, signal.SIGKILL)
    return struck


def _kept(server: Server) -> dict[str, list[str]]:
    """Numbers by the words they were given for; every case has its event and its one voice."""
    told = server.run(
        "shell", "--verbosity", "0", "-c",
        "import json; from liren.cases.models import Case, Voice; from liren.base.ledger.models import Event\n"
        "rows = list(Voice.objects.values_list('words', 'number'))\n"
        "received = Event.objects.filter(kind='cases.received').count()\n"
        "print(json.dumps([rows, Case.objects.count(), received]))",
    )  # fmt: skip
    rows, cases, received = json.loads(told.strip().splitlines()[-1])
    if not cases == received == len(rows):
        raise AssertionError(f"{cases} cases, {received} events, {len(rows)} voices")
    kept: dict[str, list[str]] = {}
    for words, number in rows:
        kept.setdefault(words, []).append(number)
    return kept
