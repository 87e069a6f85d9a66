"""Decisions of access as pure functions: what counts as a name, a password, a code, an address, a try too
many.
"""

import ipaddress
import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from liren.kernel.errors import Refused
from liren.kernel.ids import EPOCH, RANDOM_BITS

LONGEST_PASSWORD = 128
CODE_STEP = 30  # seconds, RFC 6238
RECOVERY_CODES = 10

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
_CODE = re.compile(r"\d{6}")
_RECOVERY = re.compile(r"[A-Z2-7]{12}")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_RECOVERY_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_UNIX = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Rate:
    """A token bucket: `burst` tries at once, then one more every `refill`."""

    name: str
    burst: int
    refill: timedelta


@dataclass(frozen=True, slots=True)
class Role:
    """A role of the pack on a day: its duties, whom it is for, what a grant of it must name."""

    key: str
    zh: str
    en: str
    duties: frozenset[str]
    staff: bool
    own_only: bool
    needs: str
    exclusive: str


# What a token may be given, and the duties each lets its account's roles through. Nothing sealed goes over the wire.
SCOPES: Mapping[str, frozenset[str]] = {
    "registers.read": frozenset(),  # no duty: what everybody on the staff may know
    "cases.read": frozenset({"cases.read"}),
    "cases.open": frozenset({"intake.open", "intake.send"}),
    "webhooks": frozenset({"cases.read"}),  # told that a case changed, as far as it may be read
    "cases.work": frozenset({"cases.sign", "cases.contact", "cases.start", "cases.note", "cases.reply"}),
}
TOKEN_PREFIX = "liren_"  # noqa: S105 - no secret: how scanners of code and logs know one
TOKEN_NAME_MAX = 80


def scoped(duties: frozenset[str], scopes: Iterable[str]) -> frozenset[str]:
    """What is left of a role's duties under some scopes."""
    return duties & frozenset().union(*(SCOPES[scope] for scope in scopes if scope in SCOPES))


def username(text: str) -> str:
    """The one form of a username: lower-case letters, digits, dot, dash, underscore; 2 to 64 of them.

    Raises Refused("access.username"). Letters of other scripts are refused: usernames are no names of people.
    """
    name = unicodedata.normalize("NFKC", text[:200]).strip().lower()
    if not _USERNAME.fullmatch(name):
        raise Refused("access.username", field="username")
    return name


def check_password(password: str, *, username: str, shortest: int) -> None:
    """Raises Refused: "password.too_short", "password.too_long", "password.like_username",
    "password.one_letter".

    Length instead of composition (OWASP ASVS 5.0 6.2.1, 6.2.5). Whether it is a common one the caller checks.
    """
    if len(password) < shortest:
        raise Refused("password.too_short", field="password", shortest=shortest)
    if len(password) > LONGEST_PASSWORD:
        raise Refused("password.too_long", field="password", longest=LONGEST_PASSWORD)
    if len(username) > 3 and username in password.lower():
        raise Refused("password.like_username", field="password")
    if len(set(password)) < 4:
        raise Refused("password.one_letter", field="password")


def one_time_code(text: str) -> str | None:
    """The six digits of a code however typed (spaces, full width), None if it is none."""
    digits = "".join(unicodedata.normalize("NFKC", text[:40]).split())
    return digits if _CODE.fullmatch(digits) and digits.isascii() else None


def recovery_code(text: str) -> str | None:
    """The twelve letters of a recovery code however typed, None if it is none."""
    letters = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text[:60])).upper()
    return letters if _RECOVERY.fullmatch(letters) else None


def new_recovery_codes() -> list[str]:
    """Ten fresh codes as they are printed: "ABCD-EFGH-2345", 60 bits each."""
    codes = ("".join(secrets.choice(_RECOVERY_LETTERS) for _ in range(12)) for _ in range(RECOVERY_CODES))
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]


def new_phone_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(1_000_000):06d}"


def step_of(now: datetime) -> int:
    """The 30-second step of a moment (RFC 6238 §4.2)."""
    return int((now - _UNIX) // timedelta(seconds=CODE_STEP))


def phone(text: str) -> str:
    """A mainland mobile number as eleven digits, however typed. Raises Refused("phone.malformed")."""
    digits = re.sub(r"[\s\-()]", "", unicodedata.normalize("NFKC", text[:40]))
    digits = re.sub(r"^(?:\+|00)?86(?=1)", "", digits)
    if not (digits.isascii() and _MOBILE.fullmatch(digits)):
        raise Refused("phone.malformed", field="phone")
    return digits


def neighbourhood(address: str) -> str:
    """What one subscriber holds: an IPv4 address, or the /64 of an IPv6 one; "?" for what is no address."""
    try:
        parsed = ipaddress.ip_address(address.strip().partition("%")[0])
    except ValueError:
        return "?"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def made_at(row_id: int) -> datetime:
    """When a row with an id of kernel.ids.new_id was made, to the millisecond."""
    return EPOCH + timedelta(milliseconds=row_id >> RANDOM_BITS)


def micros(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - _UNIX) // _MICROSECOND


def cost(rate: Rate) -> int:
    """What one try adds to the moment a bucket is full again, in µs."""
    return rate.refill // _MICROSECOND


def latest_full(rate: Rate, now: datetime) -> int:
    """A bucket that will be full by then (µs since 1970) still holds a try now."""
    return micros(now) + (rate.burst - 1) * cost(rate)


def wait(rate: Rate, full_at: int, now: datetime) -> int:
    """Whole seconds until an empty bucket holds a try again; at least one."""
    return max(1, -(-(full_at - latest_full(rate, now)) // 1_000_000))


def impossible(rate: Rate, full_at: int, now: datetime) -> bool:
    """Whether no run of tries could have emptied the bucket so far: then the clock was set back since."""
    return full_at > micros(now) + rate.burst * cost(rate)
