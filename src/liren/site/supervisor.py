"""Keeps the web server and the worker running side by side: what ends is started again, both are stopped together.

`liren serve` becomes this process once everything is ready. Standard library only: watching should cost a few
megabytes, not a second copy of the house.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

STOP = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
GRACE = 10.0  # seconds between asking a part to end and ending it
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds before a part that ended is started again
STEADY = 60.0  # a part that ran so long has recovered: the next pause is short again
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG, prctl(2)


def web(host: str, port: int, workers: int) -> list[str]:
    """The command of the web server. No access log: addresses of residents are nobody's business."""
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", "2", "--backlog", "1024", "--no-ws",
        "--http1-header-read-timeout", "10000", "--log-level", "warning", "--no-access-log",
        "--respawn-failed-workers", "--respawn-interval", "0.5", "--workers-kill-timeout", "5",
        "liren.site.wsgi:application",
    ]  # fmt: skip


def worker() -> list[str]:
    """The command of the worker."""
    return [sys.executable, "-m", "liren", "worker"]


def _die_with_parent() -> None:
    """In the child: should this process be killed, let no part of it hold the port. Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGTERM)


@dataclass
class Part:
    """One process that should always run, in a group of its own so that nothing of it is left behind."""

    name: str
    command: list[str]
    process: "subprocess.Popen[bytes] | None" = None
    pause: float = FIRST_PAUSE
    started: float = field(default=0.0)
    due: float = field(default=0.0)

    def start(self, now: float) -> None:
        """Start it."""
        self.process = subprocess.Popen(  # noqa: S603 - our own fixed commands
            self.command, start_new_session=True, preexec_fn=_die_with_parent
        )
        self.started = now

    def look(self, now: float) -> None:
        """Note when it has ended, and start it again when its pause is over."""
        if self.process is None:
            if now >= self.due:
                self.start(now)
            return
        code = self.process.poll()
        if code is None:
            return
        self.signal(signal.SIGKILL)
        self.process = None
        if now - self.started >= STEADY:
            self.pause = FIRST_PAUSE
        self.due = now + self.pause
        _say(f"{self.name} ended ({_how(code)}); starting it again in {self.pause:.0f} s")
        self.pause = min(self.pause * 2, LONGEST_PAUSE)

    def signal(self, number: int, *, group: bool = True) -> None:
        """Send a signal to its process, or to all of its group. Nothing if there is none any more."""
        if self.process is None:
            return
        try:
            (os.killpg if group else os.kill)(self.process.pid, number)
        except ProcessLookupError:
            return


def _how(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit {code}"


def _say(text: str) -> None:
    print(f"liren: {text}", file=sys.stderr, flush=True)


def watch(parts: list[Part], stopping: Callable[[], int]) -> None:
    """Run the parts until `stopping()` counts a signal; then ask them to end, and end them when they linger.

    A second signal does not wait. Returns when none is left.
    """
    while not stopping():
        for part in parts:
            part.look(time.monotonic())
        time.sleep(0.2)
    for part in parts:
        part.signal(signal.SIGTERM, group=False)
    deadline = time.monotonic() + GRACE
    while any(part.process and part.process.poll() is None for part in parts):
        if time.monotonic() > deadline or stopping() > 1:
            break
        time.sleep(0.05)
    for part in parts:
        part.signal(signal.SIGKILL)
        if part.process is not None:
            part.process.wait()


def main(host: str, port: int, workers: int) -> None:
    """Supervise one web server and one worker until told to stop."""
    told = 0

    def stop(*_: object) -> None:
        nonlocal told
        told += 1

    for number in STOP:
        signal.signal(number, stop)
    os.environ["PYTHONUNBUFFERED"] = "1"
    watch([Part("web server", web(host, port, workers)), Part("worker", worker())], lambda: told)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
