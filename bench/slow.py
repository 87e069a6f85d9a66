"""Connections that send their headers a piece at a time, and how long everybody else waits meanwhile.

On the server as `make run` starts it: `liren serve --sample`, two processes, nothing in front. All on 127.0.0.1.
"""

import http.client
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.first_page import ROOT, free_port
from bench.frame import Measured

HELD = 60  # connections that dribble
EVERY = 1.0  # seconds between two pieces of a header
SECONDS = 30.0  # how long they do it: three times what the server waits for headers
OTHERS = 2  # visitors who ask for the home page meanwhile, each on a new connection every time
PAGE = "/"


def measure() -> list[Measured]:
    """The one row."""
    with tempfile.TemporaryDirectory(prefix="liren-slow-") as folder, _served(Path(folder)) as port:
        _asked(port, 3.0)
        alone = _asked(port, SECONDS / 2)
        with _dribbling(port) as opened:
            beside = _asked(port, SECONDS)
    return [
        Measured(
            "others, p95 beside 60 slow-header connections", round(_p95(beside)), "ms", round(_p95(alone)),
            f"GET {PAGE} of the sample street by {OTHERS} visitors for {SECONDS:.0f} s ({len(beside)} pages, none failed, "
            f"worst {max(beside):.0f} ms) while {HELD} connections send a piece of a header every {EVERY:.0f} s and come "
            f"back when they are cut off ({opened()} connections in all); `liren serve --sample`, nothing in front; "
            f"baseline: without them",
        )
    ]  # fmt: skip


@contextmanager
def _served(home: Path) -> Iterator[int]:
    port = free_port()
    env = {name: value for name, value in os.environ.items() if not name.startswith(("LIREN_", "DJANGO_"))}
    env |= {"LIREN_HOME": str(home), "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-m", "liren", "serve", "--sample", "--quiet", "--port", str(port)]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True)
        try:
            _until_it_answers(port)
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def _until_it_answers(port: int) -> None:
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        try:
            _get(port)
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise RuntimeError("the server does not answer")


def _get(port: int) -> None:
    """One page on a connection of its own. Raises OSError, AssertionError."""
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        asked.request("GET", PAGE)
        answer = asked.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
    finally:
        asked.close()


def _asked(port: int, seconds: float) -> list[float]:
    """Milliseconds of each page the visitors got."""
    times: list[float] = []
    failed: list[BaseException] = []

    def visit() -> None:
        until = time.monotonic() + seconds
        try:
            while time.monotonic() < until:
                began = time.monotonic()
                _get(port)
                times.append((time.monotonic() - began) * 1000)
                time.sleep(0.05)
        except (OSError, AssertionError, http.client.HTTPException) as error:
            failed.append(error)

    visitors = [threading.Thread(target=visit) for _ in range(OTHERS)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    if failed:
        raise RuntimeError(f"a visitor got no page: {failed[0]!r}")
    return times


@contextmanager
def _dribbling(port: int) -> Iterator["Counted"]:
    stop, counted = threading.Event(), Counted()
    slow = [threading.Thread(target=_dribble, args=(port, stop, counted)) for _ in range(HELD)]
    for each in slow:
        each.start()
    try:
        time.sleep(2 * EVERY)
        yield counted
    finally:
        stop.set()
        for each in slow:
            each.join()


class Counted:
    """How many connections there were in all."""

    def __init__(self) -> None:
        self._many = 0
        self._lock = threading.Lock()

    def one_more(self) -> None:
        """Count one."""
        with self._lock:
            self._many += 1

    def __call__(self) -> int:
        """How many so far."""
        return self._many


def _dribble(port: int, stop: threading.Event, counted: Counted) -> None:
    while not stop.is_set():
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as held:
                counted.one_more()
                held.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
                while not stop.wait(EVERY):
                    held.sendall(b"X-Slow: a\r\n")
        except OSError:
            stop.wait(EVERY)


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[18]
