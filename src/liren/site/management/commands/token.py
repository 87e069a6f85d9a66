"""`liren token`: give a program's account a key to the API, list the keys, take one back."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from liren.base.access import actions as access
from liren.base.access import queries as accounts
from liren.faces.kit import words
from liren.kernel.clock import to_office, utc_now
from liren.kernel.errors import LirenError
from liren.kernel.policy import SYSTEM


class Command(BaseCommand):
    """The account is made before, without a sign-in: `liren account hotline --role clerk --no-password`."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Give, list or take back."""
        kinds = parser.add_subparsers(dest="what", required=True)
        give = kinds.add_parser("give", help="a new key for an account; shown once")
        give.add_argument("account", help="the username of the program's account")
        give.add_argument("--name", required=True, help="which system uses it, e.g. 12345 平台")
        give.add_argument(
            "--scopes", required=True, help="with commas: registers.read,cases.read,cases.open,cases.work"
        )
        give.add_argument("--days", type=int, default=90, help="for how long; 90 without it")
        kinds.add_parser("list", help="every key there is or was, without the key itself")
        back = kinds.add_parser("revoke", help="take one back; it opens nothing from that moment")
        back.add_argument("id", type=int, help="its id from the list")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refusals are told in a sentence. Raises CommandError."""
        now = utc_now()
        try:
            match options["what"]:
                case "give":
                    self._give(options, now)
                case "revoke":
                    access.revoke_token(options["id"], by=SYSTEM, now=now)
                    self.stdout.write("已收回 revoked")
                case _:
                    self._list(now)
        except LirenError as error:
            raise CommandError(f"{words.sentence(error)} ({error.code})") from error

    def _give(self, options: dict[str, Any], now: datetime) -> None:
        account = accounts.find_account(options["account"])
        if account is None:
            raise CommandError(f"没有这个账号 no such account: {options['account']}")
        scopes = [scope.strip() for scope in options["scopes"].split(",") if scope.strip()]
        secret = access.give_token(
            account, name=options["name"], scopes=scopes, days=options["days"], by=SYSTEM, now=now
        )
        self.stdout.write(secret)
        self.stderr.write("只显示这一次，请交给对方保管好。 Shown this once; hand it over and keep no copy.")

    def _list(self, now: datetime) -> None:
        for one in accounts.tokens(by=SYSTEM):
            state = (
                "收回 revoked" if one.revoked_at else "过期 over" if one.expires_at <= now else "在用 in use"
            )
            used = f"{to_office(one.used_at):%Y-%m-%d %H:%M}" if one.used_at else "—"
            scopes = ",".join(one.scopes)
            self.stdout.write(
                f"{one.id}  {one.name}  {scopes}  {to_office(one.expires_at):%Y-%m-%d}  {used}  {state}"
            )
