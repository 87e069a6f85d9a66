"""`liren serve`: every face on one port, and the worker beside it."""

import os
import signal
import subprocess
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

STOP = (signal.SIGTERM, signal.SIGINT)


class Command(BaseCommand):
    """Starts the web server and the worker; ends both together."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen and with how many processes."""
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--workers", type=int, default=2)
        parser.add_argument("--quiet", action="store_true", help="do not print where to log in")

    def handle(self, *args: Any, **options: Any) -> None:
        """Collect static files, say where everything is, serve until stopped."""
        call_command("collectstatic", interactive=False, verbosity=0)
        if not options["quiet"]:
            self._say(options["host"], options["port"])
        env = os.environ | {"PYTHONUNBUFFERED": "1"}
        server = [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--host", options["host"],
            "--port", str(options["port"]), "--workers", str(options["workers"]),
            "--blocking-threads", "2", "--no-ws", "--log-level", "warning",
            "--respawn-failed-workers", "liren.site.wsgi:application",
        ]  # fmt: skip
        parts = [
            subprocess.Popen(server, env=env),  # noqa: S603 - our own fixed command
            subprocess.Popen([sys.executable, "-m", "liren", "worker"], env=env),  # noqa: S603
        ]
        self._watch(parts)

    def _watch(self, parts: "list[subprocess.Popen[bytes]]") -> None:
        """Wait; when one part ends or a signal comes, end the others and wait for them."""
        stopping = False

        def stop(*_: object) -> None:
            nonlocal stopping
            stopping = True

        for number in STOP:
            signal.signal(number, stop)
        while not stopping and all(part.poll() is None for part in parts):
            time.sleep(0.3)
        for part in parts:
            if part.poll() is None:
                part.terminate()
        for part in parts:
            try:
                part.wait(timeout=15)
            except subprocess.TimeoutExpired:
                part.kill()
        if not stopping:
            sys.exit(1)

    def _say(self, host: str, port: int) -> None:
        root = f"http://{host}:{port}"
        self.stdout.write(f"\n里仁 Liren\n  居民 residents  {root}/\n  工作台 staff    {root}/desk/\n")
        accounts = settings.HOME / "street-accounts.txt"
        if accounts.exists():
            self.stdout.write(accounts.read_text(encoding="utf-8"))
        self.stdout.write(f"  数据 data       {settings.HOME}\n  Ctrl+C 停止 stops\n\n")
        self.stdout.flush()
