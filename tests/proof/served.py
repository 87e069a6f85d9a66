"""A real server on a real database for proofs that need one to be killed, and a browser without a screen."""

import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Server:
    """granian with two workers on a home of its own; may be killed and started again."""

    def __init__(self, home: Path, env: dict[str, str]) -> None:
        self.port = free_port()
        self.env = os.environ | env | {"LIREN_HOME": str(home), "PYTHONPATH": str(ROOT / "src")}
        self.env.pop("DJANGO_SETTINGS_MODULE", None)
        self.process: subprocess.Popen[bytes] | None = None

    def run(self, *command: str, **env: str) -> str:
        """Run a command of Liren's to its end; its output."""
        done = subprocess.run(
            [sys.executable, "-m", "liren", *command],
            env=self.env | env,
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self) -> None:
        """Start and wait until it answers."""
        command = [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port),
            "--workers", "2", "--blocking-threads", "2", "--no-ws", "--respawn-failed-workers",
            "--log-level", "error", "liren.site.wsgi:application",
        ]  # fmt: skip
        self.process = subprocess.Popen(command, env=self.env, cwd=ROOT, start_new_session=True)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(self.url("/me"), timeout=5).read()
            except (OSError, urllib.error.URLError):
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the server does not answer")

    def url(self, path: str) -> str:
        """An address on it."""
        return f"http://127.0.0.1:{self.port}{path}"

    def workers(self) -> list[int]:
        """The processes that do the work."""
        assert self.process is not None
        found = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True
        )
        return [int(pid) for pid in found.stdout.split()]

    def kill(self) -> None:
        """kill -9 the whole of it, at once."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """End it."""
        if self.process is not None and self.process.poll() is None:
            self.kill()


@contextmanager
def served(home: Path, **env: str) -> Iterator[Server]:
    """A server with its tables and the office's own place, nothing else."""
    server = Server(home, env)
    limits = home / "packs" / "access.limits"
    limits.mkdir(parents=True)
    (limits / "hall.yaml").write_text(HALL, encoding="utf-8")
    owner = {"LIREN_DB_ROLE": "owner"} if env.get("LIREN_DB_OWNER") else {}
    server.run("setup", "--verbosity", "0", **owner)
    server.run("collectstatic", "--noinput", "--verbosity", "0")
    server.run("shell", "--verbosity", "0", "-c", OFFICE)
    server.start()
    try:
        yield server
    finally:
        server.stop()


# Hundreds of demands from one address, as from a hall full of people: the office allows that, and says so.
HALL = """
pack: access.limits
version: "proof"
rows:
  - key: send.address
    title: {zh: 同一地址的新设备提交诉求, en: Demands sent from one address by new devices}
    source: 本办公室
    valid_from: 2020-01-01
    valid_to: null
    replaces: true
    value: {burst: 100000, refill_seconds: 1}
"""

OFFICE = """
from datetime import UTC, datetime
from liren.kernel.policy import SYSTEM
from liren.registers.places import actions
then = datetime(2024, 1, 1, tzinfo=UTC)
district = actions.open_place(kind="district", parent_id=None, by=SYSTEM, now=then, name="望澜区")
actions.open_place(kind="street", parent_id=district, by=SYSTEM, now=then, name="栖禾街道", office=True)
"""


class Visitor:
    """Somebody with a browser: keeps cookies, fills forms, tries again when the line breaks."""

    TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')

    def __init__(self, server: Server) -> None:
        self.server = server
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        self.retries = 0

    def send(self, path: str, fields: dict[str, str] | None = None) -> tuple[str, str]:
        """GET, or POST `fields`, until an answer comes: (address it ended at, page)."""
        data = urllib.parse.urlencode(fields).encode() if fields is not None else None
        for _ in range(200):
            try:
                with self.opener.open(self.server.url(path), data, timeout=10) as answer:
                    return answer.geturl(), answer.read().decode()
            except urllib.error.HTTPError as error:
                if error.code < 500:
                    return error.geturl(), error.read().decode()
            except (OSError, http.client.HTTPException):
                pass
            self.retries += 1
            time.sleep(0.1)
        raise AssertionError(f"no answer from {path}")

    def say(self, words: str, *, twice: bool = False) -> str:
        """The whole way from the home page to the acknowledgement; the tracking number it shows.

        `twice`: what was sent last is delivered a second time, as by a phone that did not see the answer.
        """
        _, home = self.send("/")
        token = self.TOKEN.search(home)
        assert token is not None
        fields = {"csrfmiddlewaretoken": token[1], "words": words, "latitude": "", "longitude": ""}
        check, page = self.send("/say", fields)
        token = self.TOKEN.search(page)
        assert "/say/" in check, page[:500]
        assert token is not None
        path = urllib.parse.urlsplit(check).path
        sent = {
            "csrfmiddlewaretoken": token[1],
            "words": words,
            "place": "",
            "class_code": "",
            "phone": "",
            "name": "",
        }
        ended, page = self.send(path, sent)
        if twice:
            self.send(path, sent)
        number = re.search(r"/m/(\d{16})", ended)
        if number is None:
            # the answer was lost on the way and the draft is already sent: the list knows
            number = re.search(r"/m/(\d{16})", page)
        assert number is not None, page[:500]
        return number[1]
