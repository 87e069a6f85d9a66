"""One real installation for the browser: set up, filled, served on a free port, stopped and thrown away after."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("LIREN_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """Who can sign in; `secret` is what the authenticator holds."""

    username: str
    password: str
    secret: str


@dataclass(frozen=True, slots=True)
class Site:
    """Where it answers, and who works there."""

    url: str
    home: str
    people: dict[str, Person]


def _environment(home: Path) -> dict[str, str]:
    return os.environ | {
        "LIREN_HOME": str(home),
        "LIREN_ZONE": "Asia/Shanghai",
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        "DJANGO_SETTINGS_MODULE": "liren.site.settings",
        "LIREN_HOSTS": "127.0.0.1,localhost",
        "LIREN_DB": "",
    }


ACCOUNT = re.compile(r"^    (\w+) .*\n.*password (\S+) .*secret (\S+)$", re.M)


def fill(home: Path, *, cases: int = 300, more: bool = True) -> dict[str, Person]:
    """Make the tables and the sample street in `home`, and what the tests need besides; who can sign in."""
    street = ["liren", "street", "--scale", str(cases)]
    for module in [street, ["tests.browser.more"]] if more else [street]:
        command = [sys.executable, "-m", *module]
        subprocess.run(command, env=_environment(home), cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return accounts(home)


def accounts(home: Path) -> dict[str, Person]:
    """The sample street's sign-ins, as the command kept them."""
    told = (home / "street-accounts.txt").read_text(encoding="utf-8")
    return {name: Person(name, password, secret) for name, password, secret in ACCOUNT.findall(told)}


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def start(home: Path, people: dict[str, Person]) -> tuple[Site, "subprocess.Popen[bytes]"]:
    """Serve `home`; returns when the first page answers."""
    port = _free_port()
    log = (home / "serve.log").open("ab")
    server = subprocess.Popen(
        [sys.executable, "-m", "liren", "serve", "--port", str(port), "--workers", "1", "--quiet"],
        env=_environment(home), cwd=ROOT, stdout=log, stderr=log, start_new_session=True,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
        else:
            return Site(url, str(home), people), server
    stop(server)
    raise RuntimeError((home / "serve.log").read_text(encoding="utf-8")[-3000:])


def stop(server: "subprocess.Popen[bytes]") -> None:
    """End server and worker, as Ctrl+C would."""
    server.terminate()
    try:
        server.wait(timeout=20)
    except subprocess.TimeoutExpired:
        server.kill()


@contextmanager
def running(home: Path, *, cases: int) -> Iterator[Site]:
    """The sample street and nothing else, for as long as the block lasts."""
    site, server = start(home, fill(home, cases=cases, more=False))
    try:
        yield site
    finally:
        stop(server)


def browser(playwright: Playwright) -> Browser:
    """Debian's own Chromium, without a window."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
