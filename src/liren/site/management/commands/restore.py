"""`liren restore [COPY]`: go on from a copy, the newest without a name. Everything is checked before anything changes."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from liren.base.backup import actions as backup
from liren.faces.kit import words
from liren.kernel.clock import office_zone, to_office, utc_now
from liren.kernel.errors import LirenError
from liren.kernel.policy import SYSTEM
from liren.site.management.commands.backup import passphrase
from liren.site.management.commands.setup import pending


class Command(BaseCommand):
    """Stop the services first. What is there is never written over: it is put aside, and only when told."""

    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Which copy, and what to do with what is there."""
        parser.add_argument(
            "copy", nargs="?", default="latest", help="a name of `liren backup --list`, or a manifest's path"
        )
        parser.add_argument(
            "--finish", action="store_true", help="go on where a restore was cut off at its end"
        )
        parser.add_argument("--aside", action="store_true", help="put aside what is in LIREN_HOME now")
        parser.add_argument(
            "--to", type=Path, metavar="FOLDER", help="PostgreSQL: the data directory to make"
        )
        parser.add_argument(
            "--until", metavar="TIME", help='PostgreSQL: "2026-11-27 10:15" on the office\'s clock'
        )
        parser.add_argument("--keys", type=Path, metavar="FILE", help="the file `liren backup --keys` wrote")
        parser.add_argument(
            "--without-keys",
            action="store_true",
            help="the keys are lost: cases and history come back, no name, phone or photo can be read",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Lay out, check, put in place, bring the tables to this version, erase again. Raises CommandError."""
        if options["finish"]:
            self._finish()
            return
        now = utc_now()
        try:
            wanted = backup.Restoring(
                aside=options["aside"],
                key_copy=options["keys"],
                passphrase=passphrase() if options["keys"] else "",
                without_keys=options["without_keys"],
                to=options["to"],
                until=_moment(options["until"]) if options["until"] else None,
            )
            manifest, old = backup.restore(options["copy"], wanted, now=now)
        except LirenError as error:
            raise CommandError(f"{words.sentence(error)} ({error.code})") from error
        at = f"{to_office(manifest.at):%Y-%m-%d %H:%M:%S}"
        self.stdout.write(f"放好了 in place: {manifest.name}")
        self.stdout.write(f"  到 as of {at}；之后的没有了 what came after is not in it")
        if old is not None:
            self.stdout.write(f"  原来的放在 what was there is in {old}")
        if options["to"] is not None:
            self.stdout.write(f"数据目录 the data directory is {options['to']}")
            self.stdout.write(
                "  接着照运行手册：换上它，启动 PostgreSQL，再 liren restore --finish。 "
                "Go on as the manual says: put it in place, start PostgreSQL, then liren restore --finish."
            )
            return
        self._finish()

    def _finish(self) -> None:
        """Tables of this version first: erasing works on them."""
        try:
            backup.await_database()
        except LirenError as error:
            raise CommandError(f"{words.sentence(error)} ({error.code})") from error
        if connection.vendor == "postgresql" and pending(connection):
            raise CommandError(
                "先升级表结构：liren setup，再 liren restore --finish。 First liren setup, then liren restore --finish."
            )
        call_command("setup", verbosity=0)
        try:
            erased = backup.finish(by=SYSTEM, now=utc_now())
        except LirenError as error:
            raise CommandError(f"{words.sentence(error)} ({error.code})") from error
        self.stdout.write(f"恢复好了 restored；备份之后删除过、又删了一遍的 erased again: {erased}")


def _moment(text: str) -> datetime:
    """A time on the office's clock. Raises CommandError."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=office_zone())
    except ValueError:
        raise CommandError(
            f'看不懂时间 {text}，请写成 "2026-11-27 10:15"。 Write the time like "2026-11-27 10:15".'
        ) from None
