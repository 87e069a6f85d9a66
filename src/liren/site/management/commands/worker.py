"""`liren worker`: seal and deliver news, run jobs, until told to stop."""

import logging
import signal
import time
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, close_old_connections, connection

from liren.base.access import actions as access
from liren.base.jobs import actions as jobs
from liren.base.ledger import actions as ledger
from liren.kernel.clock import utc_now
from liren.kernel.policy import SYSTEM

log = logging.getLogger("liren.worker")
REST = 1.0  # seconds between rounds when there is nothing to do


class Command(BaseCommand):
    """One process beside the server; stopping it loses nothing, the next one goes on."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """`--once` does one round and ends: for cron, and for tests."""
        parser.add_argument("--once", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Go round until SIGTERM or SIGINT."""
        going = True

        def stop(number: int, frame: FrameType | None) -> None:
            nonlocal going
            going = False

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        while going:
            busy = self._round()
            if options["once"]:
                return
            if not busy:
                time.sleep(REST)

    def _round(self) -> bool:
        try:
            access.set_acting_person(connection, SYSTEM)
            sealed = ledger.seal()
            delivered = ledger.deliver(now=utc_now())
            worked = jobs.work(until_idle=True)
        except OperationalError:
            # The database is away: wait for it, lose nothing.
            log.exception("the database does not answer; trying again")
            close_old_connections()
            time.sleep(5)
            return False
        return bool(sealed or delivered or worked)
