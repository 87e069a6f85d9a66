"""`liren drill`: restore the newest copy beside the office, prove it, note how long it took, throw it away."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from liren.base.backup import actions as backup
from liren.faces.kit import words
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError


class Command(BaseCommand):
    """Touches nothing of the office; the worker does it every week."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """`--inside` is how the drill looks into what it restored, in a process of its own."""
        parser.add_argument("--inside", action="store_true", help="used by the drill itself")

    def handle(self, *args: Any, **options: Any) -> None:
        """Drill, and say in one line what was proven. Raises CommandError with a sentence."""
        if options["inside"]:
            call_command("setup", verbosity=0)
            self.stdout.write(json.dumps(asdict(backup.inspect())))
            return
        try:
            done = backup.drill(now=utc_now())
        except LirenError as error:
            raise CommandError(f"{words.sentence(error)} ({error.code})") from error
        opened = {True: "打开了 opened", False: "打不开 not opened", None: "没有 none yet"}[done.opened]
        self.stdout.write(f"演练好了 drilled: {done.copy}, {done.seconds:.1f} s")
        self.stdout.write(
            f"  备份 {done.age / 60:.0f} 分钟前 minutes old; 行 rows {done.rows}; 记录 events {done.events}; "
            f"加密内容 sealed: {opened}"
        )
