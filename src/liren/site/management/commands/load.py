"""`liren load KIND FILE`: the office's own registers from tables, with a report of every row that was refused."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from django.core.management.base import BaseCommand, CommandError, CommandParser

from liren.faces.kit import words
from liren.kernel.clock import office_zone, to_office, utc_now
from liren.kernel.errors import LirenError, Refused
from liren.kernel.policy import SYSTEM
from liren.registers.duties import actions as duties
from liren.registers.people import actions as people
from liren.registers.places import actions as places


class Row(Protocol):
    """What an import tells of one row."""

    @property
    def line(self) -> int:
        """Its line in the file."""

    @property
    def status(self) -> str:
        """What became of it."""

    @property
    def reason(self) -> str:
        """The code of the refusal."""

    @property
    def column(self) -> str:
        """The column at fault."""


TABLES: dict[str, Callable[..., Any]] = {
    "places": places.import_places,
    "outlines": places.import_outlines,
    "bodies": people.import_bodies,
    "posts": people.import_posts,
    "people": people.import_people,
}


class Command(BaseCommand):
    """The same file twice changes nothing; columns are described in docs/api.md."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """What, from which file, and whether only to try."""
        parser.add_argument("kind", choices=[*TABLES, "duties"])
        parser.add_argument("file", type=Path)
        parser.add_argument("--try", action="store_true", dest="only_try", help="report only, keep nothing")
        parser.add_argument(
            "--from", type=date.fromisoformat, dest="valid_from", help="duties: first day of the list"
        )
        parser.add_argument("--source", default="", help="duties: the paper the list comes from")
        parser.add_argument(
            "--system", choices=["wgs84", "gcj02", "bd09"], default="wgs84", help="places: of lat, lon"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and report. Raises CommandError when the file or any row was refused."""
        now, kind = utc_now(), options["kind"]
        try:
            data = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        more: dict[str, Any] = {"system": options["system"]} if kind == "places" else {}
        try:
            if kind == "duties":
                report = duties.import_catalogue(
                    data,
                    valid_from=options["valid_from"] or to_office(now, office_zone()).date(),
                    source=options["source"] or options["file"].name,
                    by=SYSTEM,
                    now=now,
                    only_try=options["only_try"],
                )
            else:
                report = TABLES[kind](data, by=SYSTEM, now=now, dry_run=options["only_try"], **more)
        except LirenError as error:
            raise CommandError(f"{words.sentence(error)} ({error.code})") from error
        self._tell(report.rows)

    def _tell(self, rows: Iterable[Row]) -> None:
        counted = Counter(row.status for row in rows)
        for row in rows:
            if row.status == "refused":
                sentence = words.sentence(Refused(row.reason))
                self.stderr.write(f"第 {row.line} 行 line {row.line} {row.column}: {sentence} ({row.reason})")
        self.stdout.write(", ".join(f"{status} {n}" for status, n in sorted(counted.items())) or "0")
        if counted["refused"]:
            raise CommandError(f"{counted['refused']} 行未采纳 refused")
