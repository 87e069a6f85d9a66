"""`liren serve`: every face on one port, and the worker beside it."""

import errno
import hashlib
import os
import socket
import subprocess
import sys
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, connections

from liren.base.backup import actions as backup
from liren.site import supervisor
from liren.site.management.commands.setup import pending

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Command(BaseCommand):
    """Makes ready, says where to log in, then becomes the process that watches server and worker."""

    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen, with how many processes, and what to prepare."""
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--workers", type=int, default=2, help="processes of the web server")
        parser.add_argument(
            "--sample", action="store_true", help="first set up, and load the sample street if empty"
        )
        parser.add_argument("--web-only", action="store_true", help="no worker: it is a service of its own")
        parser.add_argument("--quiet", action="store_true", help="do not print where to log in")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check the port, prepare, say where everything is, serve until stopped. Raises CommandError."""
        host, port = options["host"], options["port"]
        check_port(host, port)
        if options["sample"]:
            os.environ.setdefault("LIREN_LOG", "plain")  # somebody reads along
            _prepare()
        elif pending(connection):
            raise CommandError(
                "表结构尚未建立或需要升级：请先运行 liren setup。 The tables are missing or old: liren setup"
            )
        if backup.unfinished():
            raise CommandError(
                "恢复还差最后一步：liren restore --finish。 A restore lacks its last step: liren restore --finish"
            )
        collect_static()
        connections.close_all()
        # A program that cannot be loaded says so once here, instead of over and over in processes started again.
        import_module(settings.ROOT_URLCONF)
        if not options["quiet"]:
            self._say(host, port)
        command = (
            supervisor.web(host, port, options["workers"])
            if options["web_only"]
            else [sys.executable, "-m", "liren.site.supervisor", host, str(port), str(options["workers"])]
        )
        self.stdout.flush()
        os.execv(command[0], command)  # noqa: S606 - our own fixed command

    def _say(self, host: str, port: int) -> None:
        root = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"  # noqa: S104 - compared, not bound
        self.stdout.write(f"\n里仁 Liren\n  居民 residents  {root}/\n  工作台 staff    {root}/desk/\n")
        accounts = settings.HOME / "street-accounts.txt"
        if accounts.exists():
            self.stdout.write(accounts.read_text(encoding="utf-8"))
        if host not in LOOPBACK and "LIREN_HOSTS" not in os.environ:
            self.stdout.write(
                "  其他电脑访问前请设置 LIREN_HOSTS=本机地址,127.0.0.1\n"
                "  for other machines set LIREN_HOSTS=this machine's name or address,127.0.0.1\n"
            )
        self.stdout.write(f"  数据 data       {settings.HOME}\n  Ctrl+C 停止 stops\n\n")


def check_port(host: str, port: int) -> None:
    """Raises CommandError, in words that say what to do, if nobody could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except (OSError, OverflowError) as error:
            raise CommandError(_why(host, port, getattr(error, "errno", None))) from error


def _why(host: str, port: int, number: int | None) -> str:
    if number == errno.EADDRINUSE:
        return (
            f"端口 {port} 已被别的程序占用，换一个再试：PORT={port + 1} make run\n"
            f"Port {port} is in use by another program; try another: PORT={port + 1} make run"
        )
    if number == errno.EACCES:
        return (
            f"端口 {port} 需要管理员权限，请用 1024 以上的端口。 Port {port} needs root; use one above 1024."
        )
    return f"无法在 {host}:{port} 上监听。 Nobody can listen on {host}:{port} here."


def _prepare() -> None:
    """Tables and the sample street. What is there stays."""
    if os.environ.get("LIREN_DB_OWNER"):
        as_owner = os.environ | {"LIREN_DB_ROLE": "owner"}
        done = subprocess.run([sys.executable, "-m", "liren", "setup", "--verbosity", "0"], env=as_owner)  # nosec B603 - our own fixed command
        if done.returncode:
            raise CommandError("liren setup failed")
    else:
        call_command("setup", verbosity=0)
    call_command("street", if_empty=True)


def collect_static() -> None:
    """Copy, fingerprint and compress static files, if they changed since the last time."""
    stamp = settings.STATIC_ROOT / ".collected"
    now = _static_state()
    if stamp.exists() and stamp.read_text() == now:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(now)


def _static_state() -> str:
    state = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = os.stat(storage.path(path))
            state.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    return state.hexdigest()
