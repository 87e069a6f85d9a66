"""A small office to test access in: people who can sign in, a clock that is moved by hand."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pyotp
import pytest
from django.test import override_settings

from liren.base.access import actions, queries
from liren.base.access.actions import signing
from liren.kernel.policy import SYSTEM, Actor

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
DAY = date(2026, 11, 23)
PASSWORD = "里仁为美-every-neighbour"
HALL = "203.0.113.7"
FAR = "198.51.100.9"


@pytest.fixture
def quick_passwords() -> Iterator[None]:
    """Hundreds of sign-ins in a second; how slow the real hash is, is not what these tests are about."""
    signing._nobodys.cache_clear()
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield
    signing._nobodys.cache_clear()


@dataclass
class Worker:
    """A member of staff with a browser and, once set up, an authenticator."""

    id: int
    username: str
    secret: str = ""
    token: str | None = None
    recovery: tuple[str, ...] = field(default=())

    def code(self, now: datetime) -> str:
        return pyotp.TOTP(self.secret).at(now) if self.secret else ""

    def sign_in(self, now: datetime, *, address: str = HALL, token: str | None = "own") -> actions.SignIn:
        """Sign in with everything right, from the worker's own browser or another."""
        carried = self.token if token == "own" else token
        signed = actions.sign_in(
            self.username, PASSWORD, self.code(now), address=address, device_token=carried, now=now
        )
        if token == "own" and signed.device_token:
            self.token = signed.device_token
        return signed

    def actor(self, now: datetime) -> Actor:
        return queries.actor(self.id, None, now=now, second_factor_at=now)


def worker(username: str = "chen.min", *, now: datetime = NOON, set_up: bool = True) -> Worker:
    """Somebody with an account, by default with a second factor set up on her own browser."""
    account_id = actions.open_account(username=username, kind="staff", password=PASSWORD, by=SYSTEM, now=now)
    person = Worker(account_id, username)
    if set_up:
        by = Actor(id=account_id, kind="staff", proof="password")
        person.secret = actions.start_second_factor(account_id, by=by, now=now).secret
        done = actions.confirm_second_factor(account_id, person.code(now), device_token=None, by=by, now=now)
        person.token, person.recovery = done.device_token, done.recovery_codes
    return person


def give(
    account_id: int,
    role: str,
    *,
    place: str = "",
    unit: int | None = None,
    start: date = DAY,
    end: date | None = None,
) -> int:
    """A grant by the system."""
    return actions.grant(
        account_id,
        role=role,
        place_path=place,
        unit_id=unit,
        valid_from=start,
        valid_to=end,
        source="test",
        by=SYSTEM,
        now=NOON,
    )


def minutes(count: float) -> timedelta:
    """A span."""
    return timedelta(minutes=count)
