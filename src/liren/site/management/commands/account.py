"""`liren account NAME --role ROLE`: open an account for staff, give it a seat or a role, print its password once."""

import secrets
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from liren.base.access import actions as access
from liren.base.access import queries as accounts
from liren.faces.kit import words
from liren.kernel.clock import office_zone, to_office, utc_now
from liren.kernel.errors import LirenError
from liren.kernel.policy import SYSTEM
from liren.registers.people import actions as people
from liren.registers.people import queries as bodies
from liren.registers.places import queries as places

# no letter or digit that is taken for another when read from paper
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class Command(BaseCommand):
    """For the first administrators, and for whoever forgot everything; daily work belongs on the pages."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Who, as what, where."""
        parser.add_argument("name", help="the name to sign in with: letters, digits, . - _")
        parser.add_argument("--role", help="a role of the rule pack; `--role list` names them")
        parser.add_argument("--unit", help="code of the unit: the account gets a seat there")
        parser.add_argument("--place", help="code of the place the role reaches; without it the whole office")
        parser.add_argument("--holder", default="", help="the person's name, as colleagues see it")
        parser.add_argument("--title", default="", help="title of the seat; the role's own without it")
        parser.add_argument("--until", type=date.fromisoformat, help="last day, YYYY-MM-DD")
        parser.add_argument(
            "--no-password", action="store_true", help="for a program: it comes with a token, nobody signs in"
        )
        parser.add_argument("--reset", action="store_true", help="new password, and forget the second factor")

    def handle(self, *args: Any, **options: Any) -> None:
        """All or nothing; refusals are told in a sentence. Raises CommandError."""
        now = utc_now()
        if options["role"] == "list":
            self._list(to_office(now, office_zone()).date())
            return
        try:
            with transaction.atomic():
                password = (
                    "" if options["no_password"] else _signing_in(options["name"], options["reset"], now)
                )
                if options["no_password"] and accounts.find_account(options["name"].strip().lower()) is None:
                    access.open_account(
                        username=options["name"], kind="staff", password=None, by=SYSTEM, now=now
                    )
                if options["role"]:
                    _seat(options, now)
        except LirenError as error:
            raise CommandError(f"{words.sentence(error)} ({error.code})") from error
        if password:
            self.stdout.write(f"{options['name']}  密码 password  {password}")
            self.stdout.write(
                "只显示这一次；首次登录时设置第二验证。 Shown this once; sign-in asks for a second factor."
            )
        else:
            self.stdout.write(f"{options['name']}: 密码不变 password unchanged")

    def _list(self, on: date) -> None:
        for key, row in accounts.roles().on(on).items():
            role = accounts.role(key, on)
            if role.staff:
                needs = f"  (--{role.needs})" if role.needs else ""
                self.stdout.write(f"{key:16}{row.title.zh}  {row.title.en}{needs}")


def _signing_in(name: str, reset: bool, now: datetime) -> str:
    """The new password of a new or reset account; empty when the account keeps its own."""
    known = accounts.find_account(name.strip().lower())
    if known is not None and not reset:
        return ""
    password = "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(4))
    if known is None:
        access.open_account(username=name, kind="staff", password=password, by=SYSTEM, now=now)
        return password
    access.reset_password(known, password, by=SYSTEM, now=now)
    access.reset_second_factor(known, by=SYSTEM, now=now)
    return password


def _seat(options: dict[str, Any], now: datetime) -> None:
    account = accounts.find_account(options["name"].strip().lower())
    assert account is not None
    on = to_office(now, office_zone()).date()
    role = accounts.role(options["role"], on)
    place = places.by_code(options["place"]) if options["place"] else None
    if options["unit"]:
        unit = bodies.unit_by_code(options["unit"])
        title = options["title"] or role.zh
        post = people.open_post(
            body_id=unit.id,
            title=title,
            role=role.key,
            by=SYSTEM,
            now=now,
            place_id=place.id if place else None,
        )
        holder = options["holder"] or options["name"]
        people.appoint(post, account_id=account, holder=holder, by=SYSTEM, now=now, valid_to=options["until"])
        return
    access.grant(
        account,
        role=role.key,
        place_path=place.path if place else "",
        unit_id=None,
        valid_from=on,
        valid_to=options["until"],
        source="liren account",
        by=SYSTEM,
        now=now,
    )
