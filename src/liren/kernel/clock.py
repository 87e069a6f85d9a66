"""One clock: UTC inside, one office zone at the edges, and a named zone for every imported naive time."""

import os
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from liren.kernel.errors import Refused

__all__ = [
    "DEFAULT_ZONE",
    "UTC",
    "from_naive",
    "office_day",
    "office_zone",
    "require_aware",
    "to_office",
    "utc_now",
    "zone",
]

DEFAULT_ZONE = "Asia/Shanghai"


def utc_now() -> datetime:
    """The present as an aware UTC datetime.

    Actions take `now` as an argument; only faces and commands call this.
    """
    return datetime.now(UTC)


def zone(name: str) -> ZoneInfo:
    """The IANA zone of this name. Raises Refused("clock.zone")."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Refused("clock.zone", zone=name) from error


def office_zone() -> ZoneInfo:
    """The office's zone, from LIREN_ZONE (default Asia/Shanghai). Raises Refused("clock.zone")."""
    return zone(os.environ.get("LIREN_ZONE") or DEFAULT_ZONE)


def require_aware(moment: datetime) -> datetime:
    """The same moment if it knows its zone.

    Raises Refused("clock.naive"): a guessed zone is a wrong deadline.
    """
    if moment.utcoffset() is None:
        raise Refused("clock.naive", at=moment.isoformat())
    return moment


def to_office(moment: datetime, office: ZoneInfo | None = None) -> datetime:
    """The moment on the office's wall clock. Raises Refused("clock.naive")."""
    return require_aware(moment).astimezone(office or office_zone())


def office_day(moment: datetime) -> date:
    """The office's day at that moment: not the day of UTC, which is yesterday until eight in the morning of Shanghai.

    Raises Refused("clock.naive").
    """
    return to_office(moment).date()


def from_naive(naive: datetime, zone_name: str) -> datetime:
    """An imported wall-clock time of the named zone, in UTC.

    A time that the zone skipped (start of summer time; China had it in 1986-1991) never happened and is
    refused; of a time that happened twice the earlier is meant. Raises Refused: "clock.zone",
    "clock.not_naive", "clock.skipped".
    """
    if naive.tzinfo is not None:
        raise Refused("clock.not_naive", at=naive.isoformat())
    named = zone(zone_name)
    moment = naive.replace(tzinfo=named, fold=0).astimezone(UTC)
    if moment.astimezone(named).replace(tzinfo=None, fold=0) != naive.replace(fold=0):
        raise Refused("clock.skipped", at=naive.isoformat(), zone=zone_name)
    return moment
