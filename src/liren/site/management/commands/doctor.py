"""`liren doctor`: backups and the machine, one line for each thing looked at, and what to do where it is not well."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection
from django.utils import translation

from liren.base.backup import queries as backup
from liren.faces.kit.words import running as words
from liren.kernel.clock import utc_now
from liren.site.management.commands.setup import pending

MARKS = {"good": "ok  ", "soon": "soon", "bad": "LOOK"}


class Command(BaseCommand):
    """The same as 机关 → 备份与运行; `liren health` asks about the rules, the registers and the news besides."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Look at everything; exit code 1 if something must be seen to at once."""
        if pending(connection):
            self.stdout.write("LOOK  表结构需要升级 the tables are old: liren setup")
            sys.exit(1)
        found = backup.checks(utc_now())
        for check in found:
            lines = []
            for language in ("zh-hans", "en"):
                with translation.override(language):
                    told = words.told(check)
                    lines.append(f"{told.title}: {told.says}" + (f" → {told.advice}" if told.advice else ""))
            self.stdout.write(f"{MARKS[check.state]}  {'  |  '.join(lines)}")
        if any(check.state == "bad" for check in found):
            sys.exit(1)
