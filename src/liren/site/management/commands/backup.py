"""`liren backup`: copy everything while people work; `--list` shows the copies; `--keys FILE` copies the keys."""

import getpass
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from liren.base.backup import actions as backup
from liren.base.backup import queries
from liren.faces.kit import words
from liren.kernel.clock import to_office, utc_now
from liren.kernel.errors import LirenError
from liren.kernel.policy import SYSTEM


class Command(BaseCommand):
    """The keys are never in a copy: `--keys` writes them out apart, under a passphrase, for the safe."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do instead of a copy."""
        other = parser.add_mutually_exclusive_group()
        other.add_argument("--list", action="store_true", help="the copies there are")
        other.add_argument(
            "--keys", type=Path, metavar="FILE", help="write the keys into a new file, under a passphrase"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Copy, list, or copy the keys. Raises CommandError with a sentence."""
        now = utc_now()
        try:
            if options["keys"]:
                prints = backup.copy_keys(options["keys"], passphrase(again=True), by=SYSTEM, now=now)
                self.stdout.write(f"密钥写在 keys written to {options['keys']}: {len(prints)}")
                self.stdout.write(
                    "和备份分开放，口令另外记好。 Keep it apart from the copies, and the passphrase apart from it."
                )
            elif options["list"]:
                for one in queries.copies():
                    at = f"{to_office(one.at):%Y-%m-%d %H:%M}" if one.at else "?"
                    self.stdout.write(f"{one.name}  {at}  {one.bytes / (1 << 20):.0f} MB")
            else:
                done = backup.copy(now=now)
                seconds = (utc_now() - now).total_seconds()
                size = done.size() / (1 << 20)
                self.stdout.write(f"备份好了 copied: {done.name}, {size:.0f} MB, {seconds:.1f} s")
        except LirenError as error:
            raise CommandError(f"{words.sentence(error)} ({error.code})") from error


def passphrase(*, again: bool = False) -> str:
    """Asked for without showing it; from a pipe, one line."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    told = getpass.getpass("口令 passphrase: ")
    if again and getpass.getpass("再输一次 once more: ") != told:
        raise CommandError("两次输的不一样，请再来一次。 The two differ; try again.")
    return told
