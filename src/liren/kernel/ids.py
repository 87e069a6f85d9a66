"""Row ids, tracking numbers and tokens.

Sortable where machines sort, unguessable where people could guess.
"""

import hashlib
import secrets
import unicodedata
from collections import OrderedDict
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
# The low bits given out last, by millisecond, for the latest of them: clocks are set back, and loads ask for days gone by.
_last: OrderedDict[int, int] = OrderedDict()
REMEMBERED = 1_000  # milliseconds
_present = 0  # the latest millisecond asked for as the present
AT_ONCE = 1_000
SET_BACK = 1_000  # milliseconds by which a clock may be corrected without rows coming out of order


def new_id(at: datetime | None = None) -> int:
    """A row id: 63 bits, milliseconds since 2020-01-01 UTC, then 22 bits that begin at random and grow by one.

    Ids sort by time, and those one process draws for one millisecond in the order in which it drew them: what was
    done in the same instant keeps its order, also where the clock is corrected by less than SET_BACK. One process
    never draws the same id twice for any of the last REMEMBERED milliseconds; two processes clash about once in a
    million, and the primary key refuses the second. Good until 2089. Raises Refused("clock.naive"), ValueError for
    a time outside 2020-2089.
    """
    return _draw(at, 1)


def new_ids(count: int) -> range:
    """So many ids of the present, rising, drawn with one look at the clock: an import needs several for every row.

    As `new_id`. Raises ValueError for less than one and for more than a thousand.
    """
    if not 1 <= count <= AT_ONCE:
        raise ValueError(f"{count} ids at once")
    first = _draw(None, count)
    return range(first, first + count)


def _draw(at: datetime | None, count: int) -> int:
    """The first of `count` ids that follow each other."""
    global _present
    moment = require_aware(at) if at is not None else utc_now()
    milliseconds = (moment - EPOCH) // timedelta(milliseconds=1)
    if not 0 <= milliseconds < 1 << 41:
        raise ValueError(f"no id for {moment.isoformat()}: ids begin in 2020 and end in 2089")
    with _drawing:
        if at is None:
            if 0 < _present - milliseconds < SET_BACK:
                milliseconds = _present
            _present = milliseconds
        low = _after(milliseconds)
        while (low + count - 1) >> RANDOM_BITS:  # two million in one millisecond: on into the next
            milliseconds += 1
            low = _after(milliseconds)
        _last[milliseconds] = low + count - 1
        if len(_last) > REMEMBERED:
            _last.popitem(last=False)
    return milliseconds << RANDOM_BITS | low


def _after(milliseconds: int) -> int:
    """The low bits that follow those given out last; where there are none, a beginning in the lower half."""
    last = _last.get(milliseconds)
    return secrets.randbits(RANDOM_BITS - 1) if last is None else last + 1


def new_number(at: datetime, zone: ZoneInfo) -> str:
    """A tracking number: 16 digits that sort by time and can be read out on the phone or typed on a keypad.

    YYMMDD of the office day, 3 digits for the part of that day (a thousandth, 86.4 s), 6 random digits, 1
    check digit. Who knows a neighbour's number learns no other: in one 86-second slot a million numbers are
    valid, so one guess hits a case of that slot with a chance of one in a million per case in it; a street
    with 560 cases a day is hit by a guess at random within the day with 560 in 1,000,000,000. A number
    alone shows nothing: the status asks for the last four digits of the phone too. Two cases of one slot
    clash once in a million: the caller looks whether it is free and draws again. Raises
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
