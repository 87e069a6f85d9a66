"""An installation is safe as it comes out of the box, keeps running, and says plainly what is wrong."""

import importlib
import json
import logging
import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client, override_settings

from liren.kernel.errors import Refused
from liren.site import supervisor
from liren.site.database import database, plan_again
from liren.site.logbook import Plain

ROOT = Path(__file__).resolve().parents[2]
PLAIN_STATIC = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


def environment(home: Path, **more: str) -> dict[str, str]:
    """What a process of its own installation sees: nothing of this run's."""
    outside = {
        name: value for name, value in os.environ.items() if not name.startswith(("LIREN_", "DJANGO_"))
    }
    return outside | {"LIREN_HOME": str(home), "PYTHONPATH": str(ROOT / "src")} | more


def liren(home: Path, *command: str, **more: str) -> "subprocess.CompletedProcess[str]":
    """Run a command of Liren's on an installation."""
    return subprocess.run(
        [sys.executable, "-m", "liren", *command],
        env=environment(home, **more), cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip


def settings_of(home: Path, **more: str) -> dict[str, Any]:
    """The settings an installation would run with."""
    told = (
        "import json; from liren.site import settings as s;"
        "print(json.dumps({n: getattr(s, n) for n in dir(s) if n.isupper()}, default=str))"
    )
    done = subprocess.run(
        [sys.executable, "-c", told],
        env=environment(home, **more),
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_behind_https_cookies_are_secure_and_browsers_are_told_to_stay(tmp_path: Path) -> None:
    found = settings_of(tmp_path / "home", LIREN_HTTPS="1", LIREN_HOSTS="liren.example, 10.0.0.5")
    for name in (
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SESSION_COOKIE_HTTPONLY",
        "CSRF_COOKIE_HTTPONLY",
    ):
        assert found[name] is True, name
    assert found["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert found["ALLOWED_HOSTS"] == ["liren.example", "10.0.0.5"]
    assert found["CSRF_TRUSTED_ORIGINS"] == ["https://liren.example", "https://10.0.0.5"]
    assert found["DEBUG"] is False


def test_a_first_start_makes_a_home_for_its_owner_only(tmp_path: Path) -> None:
    home = tmp_path / "deep" / "home"
    first = settings_of(home)
    key = home / "secret_key"
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(first["SECRET_KEY"]) >= 50
    assert first["DEBUG"] is False
    assert settings_of(home)["SECRET_KEY"] == first["SECRET_KEY"] == key.read_text()
    assert settings_of(tmp_path / "other")["SECRET_KEY"] != first["SECRET_KEY"]


def test_what_is_kept_is_never_committed() -> None:
    ignored = ["var/secret_key", "var/keys/active", "var/liren.sqlite3", "var/street-accounts.txt"]
    done = subprocess.run(["git", "check-ignore", *ignored], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.split() == ignored


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/", "/me", "/find", "/m/1", "/nothing-here", "/desk/", "/desk/login", "/desk/nothing"]
)
def test_every_page_says_what_a_browser_may_load(path: str) -> None:
    with override_settings(STORAGES=PLAIN_STATIC):
        answer = Client().get(path, follow=True)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    for cookie in answer.cookies.values():
        assert cookie["httponly"], cookie.key
        assert cookie["samesite"], cookie.key


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://me:p%40ss%2F@db.lan:6543/liren", ("me", "p@ss/", "db.lan", "6543", "liren", {})),
        ("postgres://me@/liren?host=/run/postgresql", ("me", "", "/run/postgresql", "", "liren", {})),
        (
            "postgresql://u@[::1]/%E9%87%8C?sslmode=require",
            ("u", "", "::1", "", "里", {"sslmode": "require"}),
        ),
    ],
)
def test_a_database_is_named_by_its_url(
    url: str, expected: tuple[object, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LIREN_DB", url)
    found = database(tmp_path)
    assert found["ENGINE"].endswith("postgresql")
    assert found["OPTIONS"].pop("options") == "-c jit=off"
    assert tuple(found[name] for name in ("USER", "PASSWORD", "HOST", "PORT", "NAME", "OPTIONS")) == expected


def test_migrations_come_in_as_the_owner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LIREN_DB", "postgresql://app@/liren")
    monkeypatch.setenv("LIREN_DB_OWNER", "postgresql://owner@/liren")
    assert database(tmp_path)["USER"] == "app"
    monkeypatch.setenv("LIREN_DB_ROLE", "owner")
    assert database(tmp_path)["USER"] == "owner"
    monkeypatch.setenv("LIREN_DB_OWNER", "mysql://owner@/liren")
    with pytest.raises(ValueError, match="must begin with postgresql://"):
        database(tmp_path)


def test_without_a_url_it_is_a_file_that_survives_a_power_cut(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("LIREN_DB", raising=False)
    monkeypatch.delenv("LIREN_DB_ROLE", raising=False)
    found = database(tmp_path)
    assert found["NAME"] == str(tmp_path / "liren.sqlite3")
    assert "journal_mode=WAL" in found["OPTIONS"]["init_command"]
    assert "synchronous=FULL" in found["OPTIONS"]["init_command"]
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


@pytest.mark.django_db
def test_sqlite_plans_by_what_its_tables_hold() -> None:
    plan_again()  # PostgreSQL looks by itself
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT stat FROM sqlite_stat1 WHERE tbl = 'django_migrations'")
            held = int(cursor.fetchone()[0].split()[0])
            cursor.execute("SELECT count(*) FROM django_migrations")
            assert held == cursor.fetchone()[0]


@pytest.mark.parametrize("logger", ["django.request", "django.security.csrf"])
def test_the_log_never_repeats_what_a_person_said(logger: str) -> None:
    words, phone, token = "王小明家漏水", "13900000000", "dGhpcyBpcyBhIHNlY3JldA"
    try:
        try:
            raise ValueError(f"{words} {phone}")
        except ValueError as error:
            raise Refused("words.empty", text=words) from error
    except Refused:
        info = sys.exc_info()
    args = ("Internal Server Error", f"/say/{token}?words={words}")
    record = logging.LogRecord(logger, logging.ERROR, __file__, 1, "%s: %s", args, info)
    record.exc_text = f"another formatter was here first: {words}"
    line = Plain().format(record)
    for secret in (words, phone, token):
        assert secret not in line
    assert "/say/…" in line
    assert "Refused words.empty" in line
    assert "because of builtins.ValueError" in line
    assert "test_the_log_never_repeats" in line


@pytest.mark.parametrize(
    ("proxies", "came_from", "seen"),
    [
        ("", "127.0.0.1", "127.0.0.1"),
        ("127.0.0.1", "127.0.0.1", "203.0.113.9"),
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.0/8", "10.1.2.3", "203.0.113.9"),
    ],
)
def test_only_a_named_proxy_is_believed_about_who_visits(
    proxies: str, came_from: str, seen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses: list[str] = []

    def application(environ: dict[str, str], start: object) -> list[bytes]:
        addresses.append(environ["REMOTE_ADDR"])
        return []

    monkeypatch.setenv("LIREN_PROXIES", proxies)
    monkeypatch.setattr("django.core.wsgi.get_wsgi_application", lambda: application)
    monkeypatch.delitem(sys.modules, "liren.site.wsgi", raising=False)
    wsgi = importlib.import_module("liren.site.wsgi")
    wsgi.application({"REMOTE_ADDR": came_from, "HTTP_X_FORWARDED_FOR": "6.6.6.6, 203.0.113.9"}, None)
    monkeypatch.delitem(sys.modules, "liren.site.wsgi")
    assert addresses == [seen]


def test_setup_again_changes_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    refused = liren(home, "serve", "--port", str(_free_port()))
    assert refused.returncode == 1
    assert "liren setup" in refused.stderr
    assert liren(home, "setup").returncode == 0
    before = (home / "liren.sqlite3").read_bytes()
    again = liren(home, "setup")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert (home / "liren.sqlite3").read_bytes() == before


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_a_busy_port_is_told_plainly(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = liren(tmp_path / "home", "serve", "--sample", "--port", str(port))
    assert done.returncode == 1
    assert f"Port {port} is in use" in done.stderr
    assert "占用" in done.stderr
    assert "Traceback" not in done.stderr


def _children(pid: int, named: str) -> list[int]:
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True).stdout
    rows = [line.split(maxsplit=2) for line in listed.splitlines()]
    return [int(row[0]) for row in rows if int(row[1]) == pid and named in row[2]]


def _answers(port: int, within: float = 60) -> None:
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).read()
        except (OSError, urllib.error.URLError):
            time.sleep(0.1)
        else:
            return
    raise AssertionError("no answer")


def _wait(what: str, found: Any, within: float = 20) -> Any:
    until = time.monotonic() + within
    while time.monotonic() < until:
        value = found()
        if value:
            return value
        time.sleep(0.1)
    raise AssertionError(f"waited in vain for {what}")


def test_serve_says_where_to_log_in_survives_its_parts_and_ends_at_once(tmp_path: Path) -> None:
    home, port = tmp_path / "home", _free_port()
    assert liren(home, "setup").returncode == 0
    (home / "street-accounts.txt").write_text("clerk 密码 a-password-made-here\n", encoding="utf-8")
    command = [sys.executable, "-m", "liren", "serve", "--port", str(port), "--workers", "1"]
    with (home / "log").open("wb") as log:
        running = subprocess.Popen(command, env=environment(home), cwd=ROOT, stdout=log, stderr=log)
        try:
            _answers(port)
            told = (home / "log").read_text(encoding="utf-8")
            for said in (f"127.0.0.1:{port}/desk/", "a-password-made-here", str(home)):
                assert said in told
            for part in ("liren worker", "granian"):
                [before] = _children(running.pid, part)
                os.kill(before, signal.SIGKILL)
                _wait(part, lambda b=before, p=part: [c for c in _children(running.pid, p) if c != b])
            _answers(port)
            assert "worker ended (SIGKILL)" in (home / "log").read_text(encoding="utf-8")
            parts = _children(running.pid, "")
            began = time.monotonic()
            running.send_signal(signal.SIGTERM)
            assert running.wait(timeout=20) == 0
            assert time.monotonic() - began < 15
        finally:
            running.kill()
    for pid in parts:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def _ended(part: supervisor.Part) -> None:
    assert part.process is not None
    part.process.wait(timeout=20)


def test_a_part_that_keeps_ending_is_started_ever_more_slowly() -> None:
    part, now, pauses = supervisor.Part("part", [sys.executable, "-c", ""]), 1_000.0, []
    for _ in range(7):
        part.start(now)
        _ended(part)
        part.look(now + 1)
        pauses.append(part.due - now - 1)
        part.look(part.due - 0.1)
        assert part.process is None
        now = part.due
    assert pauses == [1, 2, 4, 8, 16, 30, 30]
    part.start(now)
    _ended(part)
    part.look(now + supervisor.STEADY)
    assert part.due == now + supervisor.STEADY + 1


def test_a_part_that_will_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "GRACE", 0.5)
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    part = supervisor.Part("deaf", [sys.executable, "-c", deaf])
    asked = iter([0] * 5)
    began = time.monotonic()
    supervisor.watch([part], lambda: next(asked, 1))
    assert part.process is not None
    assert part.process.returncode in {-signal.SIGKILL, -signal.SIGTERM}
    assert time.monotonic() - began < 10
