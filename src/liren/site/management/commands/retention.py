"""`liren retention`: what is kept no longer is erased; `--dry-run` says what would go and changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from liren.cases import actions as cases
from liren.faces.kit import words
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError

TITLES = {"contacts": "联系方式 contacts", "photos": "照片 photos", "words": "文字 words"}


class Command(BaseCommand):
    """The nightly job by hand, and a hold for a single case."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Look only, or put one case on hold."""
        parser.add_argument("--dry-run", action="store_true", help="say what would go; change nothing")
        parser.add_argument(
            "--hold", metavar="NUMBER", help="erase nothing of this case (a court, an inquiry)"
        )
        parser.add_argument("--release", metavar="NUMBER", help="let its keeping time run again")

    def handle(self, *args: Any, **options: Any) -> None:
        """Hold, release, look, or erase. Raises CommandError."""
        now = utc_now()
        number = options["hold"] or options["release"]
        if number:
            try:
                case = cases.hold(number, held=bool(options["hold"]), now=now)
            except LirenError as error:
                raise CommandError(f"{words.sentence(error)} ({error.code})") from error
            self.stdout.write(f"{case.number}: {case.retention_class}")
            return
        for due in cases.retention_due(now=now):
            self.stdout.write(f"{due.retention_class} {due.title}  {TITLES[due.what]}: {due.cases} 件 cases")
        if options["dry_run"]:
            self.stdout.write("只看不删。 Nothing was changed.")
            return
        self.stdout.write(f"删了 erased: {cases.erase_due(now=now)}")
