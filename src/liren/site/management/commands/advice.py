"""`liren advice`: may the machine suggest, may it dispatch without a clerk, from which confidence; who decided it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from liren.base.access import queries as accounts
from liren.faces.kit import words
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError
from liren.registers.advice import actions as advice
from liren.registers.advice import queries as advised
from liren.registers.advice import rules


class Command(BaseCommand):
    """Shows the switch; with --by sets it, in the name of a security administrator."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Which adviser, on or off, alone or not."""
        parser.add_argument("adviser", nargs="?", default="intake.reader")
        parser.add_argument("--off", action="store_true", help="no suggestions at all")
        parser.add_argument(
            "--alone", action="store_true", help="dispatch without a clerk where every bound holds"
        )
        parser.add_argument("--threshold", type=float, default=rules.DEFAULT_THRESHOLD, help="0 to 1")
        parser.add_argument("--by", help="the account of the security administrator who decided")

    def handle(self, *args: Any, **options: Any) -> None:
        """Set if asked, then show. Raises CommandError."""
        now, adviser = utc_now(), options["adviser"]
        if options["by"]:
            account = accounts.find_account(options["by"])
            if account is None:
                raise CommandError(f"没有这个账号 no such account: {options['by']}")
            by = accounts.actor(account, None, now=now, second_factor_at=now)
            try:
                advice.switch(
                    adviser,
                    by=by,
                    now=now,
                    on=not options["off"],
                    alone=options["alone"],
                    threshold=options["threshold"],
                )
            except LirenError as error:
                raise CommandError(f"{words.sentence(error)} ({error.code})") from error
        elif options["off"] or options["alone"]:
            raise CommandError(
                "谁决定的？请用 --by 写明安全管理员账号。 Who decided? --by a security administrator"
            )
        now_set = advised.setting(adviser)
        self.stdout.write(f"{adviser}: on={now_set.on} alone={now_set.alone} threshold={now_set.threshold}")
