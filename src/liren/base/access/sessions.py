"""What a browser's session holds about who signed in. Kept in Django's session table; the cookie is only
its key.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.contrib.sessions.backends.base import SessionBase

from liren.base.access import loading

ACCOUNT = "access.account"
_STAMP = "access.stamp"
_BEGAN = "access.began"
_SEEN = "access.seen"
_SECOND = "access.second"
_SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Signed:
    """A session that is still good: whose, under which stamp, when the second factor was shown."""

    account_id: int
    stamp: str
    second_factor_at: datetime | None


def write(
    session: SessionBase, account_id: int, stamp: str, second_factor_at: datetime | None, now: datetime
) -> None:
    """Fill a session that was just given a new key."""
    session[ACCOUNT] = account_id
    session[_STAMP] = stamp
    session[_BEGAN] = session[_SEEN] = now.timestamp()
    session[_SECOND] = second_factor_at.timestamp() if second_factor_at else None


def renew(
    session: SessionBase, *, second_factor_at: datetime | None, stamp: str | None, now: datetime
) -> None:
    """Change what is given; the session does not last longer for it."""
    if second_factor_at is not None:
        session[_SECOND] = second_factor_at.timestamp()
    if stamp is not None:
        session[_STAMP] = stamp
    session[_SEEN] = now.timestamp()


def touch(session: SessionBase, now: datetime) -> None:
    """Note the time if the last note is older than a minute, or lies ahead because the clock was set back."""
    seen = session.get(_SEEN)
    if seen is not None and abs(now.timestamp() - seen) >= _SEEN_EVERY.total_seconds():
        session[_SEEN] = now.timestamp()


def read(session: SessionBase, now: datetime) -> Signed | None:
    """Who is signed in; None for nobody, and when the idle or the absolute time is over."""
    account_id, began, seen = session.get(ACCOUNT), session.get(_BEGAN), session.get(_SEEN)
    if account_id is None or began is None or seen is None:
        return None
    idle, absolute = loading.span("session.idle", now), loading.span("session.absolute", now)
    if now.timestamp() - seen > idle.total_seconds() or now.timestamp() - began > absolute.total_seconds():
        return None
    second = session.get(_SECOND)
    return Signed(account_id, session[_STAMP], datetime.fromtimestamp(second, UTC) if second else None)
