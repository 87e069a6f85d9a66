"""Row ids, tracking numbers and tokens.

Sortable where machines sort, unguessable where people could guess.
"""

import hashlib
import secrets
import unicodedata
from datetime import UTC, datetime, timedelta
from threading import Lock
from zoneinfo import ZoneInfo

from liren.kernel.clock import require_aware, to_office, utc_now
from liren.kernel.errors import Refused

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
RANDOM_BITS = 22
NUMBER_DIGITS = 16

# 幺 and 洞, 拐, 勾 are how digits are spoken on Chinese telephone lines, so that 一/七 and 零/六/九 are not
# confused.
_SPOKEN = str.maketrans("零〇○洞一幺二两三四五六七拐八九勾", "00001122345677899")
_LONGEST_TYPED = 100

# Damm's totally anti-symmetric quasigroup of order 10 (H. M. Damm, Marburg 2004): its diagonal is 0, so a
# number followed by its check digit ends in state 0, and every single wrong digit or adjacent swap leaves
# another state.
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)

_drawing = Lock()
_drawn: set[int] = set()  # low bits given out for the latest millisecond
_millisecond = -1


def new_id(at: datetime | None = None) -> int:
    """A row id: 63 bits, milliseconds since 2020-01-01 UTC, then 22 random bits.

    Ids of different milliseconds sort by time. One process never draws the same id twice in a row of one
    millisecond, however many a bulk load asks for; two processes clash once in four million, and the primary
    key refuses the second. Good until 2089. Raises Refused("clock.naive"), ValueError for a time outside
    2020-2089.
    """
    moment = require_aware(at) if at is not None else utc_now()
    milliseconds = (moment - EPOCH) // timedelta(milliseconds=1)
    if not 0 <= milliseconds < 1 << 41:
        raise ValueError(f"no id for {moment.isoformat()}: ids begin in 2020 and end in 2089")
    global _millisecond
    with _drawing:
        if milliseconds != _millisecond or len(_drawn) > 1 << (RANDOM_BITS - 1):
            _millisecond = milliseconds
            _drawn.clear()
        low = secrets.randbits(RANDOM_BITS)
        while low in _drawn:
            low = secrets.randbits(RANDOM_BITS)
        _drawn.add(low)
    return milliseconds << RANDOM_BITS | low


def new_number(at: datetime, zone: ZoneInfo) -> str:
    """A tracking number: 16 digits that sort by time and can be read out on the phone or typed on a keypad.

    YYMMDD of the office day, 3 digits for the part of that day (a thousandth, 86.4 s), 6 random digits, 1
    check digit. Who knows a neighbour's number learns no other: in one 86-second slot a million numbers are
    valid, so one guess hits a case of that slot with a chance of one in a million per case in it; a street
    with 560 cases a day is hit by a guess at random within the day with 560 in 1,000,000,000. A number
    alone shows nothing: the status asks for the last four digits of the phone too. Two cases of one slot
    clash once in a million; the caller's unique constraint refuses that and it draws again. Raises
    Refused("clock.naive").
    """
    local = to_office(at, zone)
    since_midnight = timedelta(
        hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond
    )
    slot = since_midnight * 1000 // timedelta(days=1)
    body = f"{local:%y%m%d}{slot:03d}{secrets.randbelow(1_000_000):06d}"
    return body + str(_damm(body))


def check_number(text: str) -> str:
    """The 16 digits of a number as people type or dictate it.

    Spaces, dashes, dots, full-width and spoken Chinese digits are understood. Raises
    Refused("number.malformed") for anything else, and Refused("number.check") when a digit is wrong or two
    neighbours are swapped (all such slips are caught; of other slips nine in ten).
    """
    digits = digits_of(text)
    if len(digits) != NUMBER_DIGITS:
        raise Refused("number.malformed", field="number")
    if _damm(digits) != 0:
        raise Refused("number.check", field="number")
    return digits


def digits_of(text: str) -> str:
    """The digits of a number, or of a part of one, as people type or dictate it; "" where anything else is said too."""
    if len(text) > _LONGEST_TYPED:
        return ""
    typed = unicodedata.normalize("NFKC", text).translate(_SPOKEN)
    digits = "".join(letter for letter in typed if not _separates(letter))
    return digits if digits.isascii() and digits.isdecimal() else ""


def near_numbers(digits: str) -> frozenset[str]:
    """The valid numbers one slip away: a wrong digit, two neighbours swapped, one left out, one too many.

    A few dozen at most, the number itself not among them; none for what is further from a number than that.
    """
    tens = "0123456789"
    length = len(digits)
    slips: set[str] = set()
    if length == NUMBER_DIGITS:
        slips |= {digits[:at] + one + digits[at + 1 :] for at in range(length) for one in tens}
        slips |= {digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :] for at in range(length - 1)}
    elif length == NUMBER_DIGITS - 1:
        slips |= {digits[:at] + one + digits[at:] for at in range(length + 1) for one in tens}
    elif length == NUMBER_DIGITS + 1:
        slips |= {digits[:at] + digits[at + 1 :] for at in range(length)}
    return frozenset(slip for slip in slips - {digits} if _damm(slip) == 0)


def show_number(number: str) -> str:
    """The number in groups of four, as it is printed and read out: "2611 2248 3920 7155"."""
    return " ".join(number[place : place + 4] for place in range(0, len(number), 4))


def new_token(bytes_: int = 32) -> str:
    """A secret for a link, a cookie or a claim, safe in addresses; `bytes_` of randomness."""
    return secrets.token_urlsafe(bytes_)


def token_hash(token: str) -> str:
    """SHA-256 in hex: the only form in which a token is kept. Tokens are random, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def _separates(letter: str) -> bool:
    """Spaces, dashes, invisible marks and the dots people write between groups."""
    return letter.isspace() or letter in ".,·、_/" or unicodedata.category(letter) in ("Pd", "Cf", "Zs")


def _damm(digits: str) -> int:
    state = 0
    for digit in digits:
        state = _DAMM[state][int(digit)]
    return state
