"""`liren health`: is all well? One line per question; ends with 1 if something needs a person."""

import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection

from liren.base.access import loading as access_rules
from liren.base.jobs import queries as jobs
from liren.base.ledger import queries as ledger
from liren.kernel.clock import office_zone, to_office, utc_now
from liren.kernel.errors import Refused
from liren.kernel.rulepacks import office_folder
from liren.kernel.worktime import load_calendar
from liren.registers.channels import loading as channel_rules
from liren.registers.channels import queries as channels
from liren.registers.duties import packs as duty_rules
from liren.registers.duties import schemas
from liren.registers.places import queries as places
from liren.site.management.commands.setup import pending

LATE = timedelta(minutes=5)  # what is ready so long finds no worker
LEAST_DISK = 1 << 30
YEAR_END = 45  # days before the calendar ends in which next year's should be loaded

Answer = tuple[bool, str]


class Command(BaseCommand):
    """For a person, for cron and for monitoring. Says nothing about residents."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask everything, even after a bad answer; exit code 1 if one is bad."""
        good = True
        for fine, said in questions(utc_now()):
            self.stdout.write(f"{'ok  ' if fine else 'LOOK'}  {said}")
            good &= fine
        if not good:
            sys.exit(1)


def questions(now: datetime) -> Iterator[Answer]:
    """Every question with whether the answer is fine, and what it is."""
    old = pending(connection)
    yield (
        not old,
        "tables are old: liren setup" if old else f"database {connection.vendor}, tables up to date",
    )
    if old:
        return
    office = places.office_view()
    yield (
        office.id is not None,
        f"office {office.name}" if office.id else "no office place yet: liren load places",
    )
    work = jobs.backlog()
    waits = work.oldest is not None and now - work.oldest > LATE
    yield (
        not waits,
        f"worker: {work.ready} jobs ready, {work.leased} running" + (", NONE TAKEN" if waits else ""),
    )
    yield not work.dead, f"jobs given up: {work.dead}"
    news = ledger.backlog()
    yield news.unsealed < 10_000, f"events not numbered yet: {news.unsealed}"
    yield not news.dead, f"news that could not be delivered: {news.dead}"
    yield channels.count_dead() == 0, f"messages that reached nobody: {channels.count_dead()}"
    free = shutil.disk_usage(settings.HOME).free
    yield free > LEAST_DISK, f"disk: {free / (1 << 30):.1f} GB free at {settings.HOME}"
    keys = (settings.HOME / "keys" / "active").exists()
    yield keys, "keys: there; keep a copy apart from the database" if keys else "keys: none made yet"
    faults = list(unreadable())
    yield not faults, "; ".join(faults) or "rule packs: all readable"
    if faults:
        return
    through = load_calendar("office").loaded_through
    left = (through - to_office(now, office_zone()).date()).days
    yield (
        left > YEAR_END,
        f"holidays are known until {through}" + ("" if left > YEAR_END else ": load next year's"),
    )


def unreadable() -> Iterator[str]:
    """What is wrong with the rule packs, shipped and the office's own together, read anew."""
    readers: list[Callable[[], object]] = [
        lambda: load_calendar("office"),
        access_rules.roles_pack,
        access_rules.limits_pack,
        channel_rules.messages_pack,
        channel_rules.delivery_pack,
    ]
    for name in schemas.OF:
        readers.append(partial(duty_rules.read, name, office=office_folder(f"duties.{name}")))
    for read in readers:
        try:
            read()
        except Refused as error:
            yield str(error.params.get("says", error.code))
