"""`liren street`: load the sample street into an empty installation, and say how to get in."""

import os
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from liren.base.jobs import actions as jobs
from liren.cases import queries as cases
from liren.kernel.clock import office_zone, to_office, utc_now
from liren.kernel.ids import show_number
from liren.kernel.policy import SYSTEM
from liren.rooms.intake import actions as intake
from liren.site.sample import arrivals, load


class Command(BaseCommand):
    """Never writes over an office that is there."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Which street, standing at which day, how large."""
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing where an office is there already"
        )
        parser.add_argument(
            "--seed", type=int, default=1, help="the same seed gives the same street and life"
        )
        parser.add_argument(
            "--as-of", type=date.fromisoformat, help="the day at whose morning the sample stands"
        )
        parser.add_argument(
            "--scale", type=int, default=arrivals.CASES, help="how many cases, up to a million"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Set the tables up, load, keep the sign-ins in LIREN_HOME for their owner only."""
        if not 1 <= options["scale"] <= 1_000_000:
            raise CommandError("--scale: 1 to 1000000")
        call_command("setup", verbosity=0)
        if not load.empty():
            if options["if_empty"]:
                return
            raise CommandError(
                "an office is there already; the sample is loaded into an empty installation only"
            )
        as_of = options["as_of"] or latest_day()
        begun = utc_now()
        self.stdout.write(
            f"载入示例街道 loading the sample street ({options['scale']} cases, as of {as_of}) …"
        )
        self.stdout.flush()
        loaded = load.load(seed=options["seed"], as_of=as_of, cases=options["scale"])
        waiting = read_waiting()
        # the worker trains the reader on the ninety days, once it runs
        jobs.enqueue("intake.train", key="first")
        keep(settings.HOME / "street-accounts.txt", told(loaded))
        seconds = (utc_now() - begun).total_seconds()
        self.stdout.write(
            f"{loaded.cases} cases, {loaded.voices} voices, {loaded.events} events in {seconds:.1f} s; "
            f"{waiting} wait for a clerk"
        )


def latest_day() -> date:
    """The last day whose morning hour of the sample is over, so that nothing in it lies ahead."""
    now = to_office(utc_now(), office_zone())
    return now.date() if now.time() >= arrivals.MORNING else now.date() - timedelta(days=1)


def read_waiting() -> int:
    """Read the cases that wait for dispatch, as the worker does for every new one: the clerk finds suggestions."""
    actor, now = SYSTEM, utc_now()
    rows = cases.worklist(actor, cases.Filters(view="open", size=2_000), now=now).rows
    waiting = [row for row in rows if row.selectable and not row.class_code]
    for row in waiting:
        intake.advise(row.id, voice_id=0, now=now)
    return len(waiting)


def told(loaded: load.Loaded) -> str:
    """The sign-ins as they are printed at every start."""
    lines = [
        "",
        "  示例账号 sample accounts (made at random for this installation; 动态码密钥 goes into an authenticator,",
        "  each 一次性码 works once instead of it)",
    ]
    for one in loaded.sign_ins:
        lines.append(f"    {one.username:<11} {one.unit} {one.title} {one.holder}")
        lines.append(f"      密码 password {one.password}   动态码密钥 secret {one.secret}")
        lines.append(f"      一次性码 once {' '.join(one.once[:4])}")
    if loaded.matter:
        number, digits = show_number(loaded.matter.number), loaded.matter.last_four
        lines.append(f"  示例诉求 a matter to look up: {number}   手机尾号 last four digits {digits}")
    return "\n".join([*lines, "", ""])


def keep(path: Path, text: str) -> None:
    """Write what only the owner of the installation may read."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
