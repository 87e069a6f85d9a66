"""Staff who can sign in, seated at the small town's units, and residents with a browser of their own."""

from dataclasses import dataclass

import pyotp
from django.test import Client

from liren.base.access import actions as access
from liren.base.access import queries as accounts
from liren.kernel.clock import utc_now
from liren.kernel.policy import SYSTEM, Actor
from liren.registers.people import actions as people
from tests import town as towns

PASSWORD = "里仁为美-every-neighbour"


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody with a seat, a password and an authenticator."""

    id: int
    username: str
    secret: str
    recovery: tuple[str, ...]

    def code(self) -> str:
        """What the authenticator shows now."""
        return pyotp.TOTP(self.secret).now()

    def actor(self) -> Actor:
        """As policy sees this worker, both factors shown."""
        now = utc_now()
        return accounts.actor(self.id, None, now=now, second_factor_at=now)

    def client(self, **headers: str) -> Client:
        """A browser this worker is signed in on."""
        now = utc_now()
        browser = Client(**headers)
        signed = access.SignIn(self.id, accounts_stamp(self.id), now, None)
        session = browser.session
        access.open_session(session, signed, now=now)
        session.save()
        browser.cookies["sessionid"] = session.session_key
        return browser


def accounts_stamp(account_id: int) -> str:
    """The stamp of an account as a sign-in would carry it."""
    from liren.base.access.models import Account

    return str(Account.objects.values_list("session_stamp", flat=True).get(id=account_id))


@dataclass(frozen=True, slots=True)
class Office:
    """The town with people in it."""

    town: towns.Town
    clerk: Worker
    handler: Worker  # at the drains
    stranger: Worker  # a handler at the sweepers
    caller: Worker
    supervisor: Worker


def worker(username: str, holder: str, *, body: int, title: str, role: str) -> Worker:
    """Open an account, set its second factor up, give it a seat and the seat's grant."""
    now = utc_now()
    account = access.open_account(username=username, kind="staff", password=PASSWORD, by=SYSTEM, now=now)
    post = people.open_post(body_id=body, title=title, role=role, by=SYSTEM, now=now)
    people.appoint(post, account_id=account, holder=holder, by=SYSTEM, now=now)
    by = Actor(id=account, kind="staff", proof="password")
    secret = access.start_second_factor(account, by=by, now=now).secret
    code = pyotp.TOTP(secret).at(now)
    done = access.confirm_second_factor(account, code, device_token=None, by=by, now=now)
    return Worker(account, username, secret, done.recovery_codes)


def staffed() -> Office:
    """The town, its hall, five people."""
    town = towns.build()
    hall = people.open_body(
        code="hall",
        kind="department",
        by=SYSTEM,
        now=utc_now(),
        name="党群服务中心",
        short="服务中心",
        place_id=town.street,
    )
    return Office(
        town,
        worker("clerk", "陈敏", body=hall, title="派单员", role="clerk"),
        worker("handler", "刘志强", body=town.drains, title="养护班长", role="handler"),
        worker("stranger", "周洁", body=town.sweepers, title="清扫队长", role="handler"),
        worker("caller", "王晓梅", body=hall, title="回访员", role="callback"),
        worker("supervisor", "程铎", body=hall, title="督办员", role="supervisor"),
    )
