"""What a cell means, as pure functions: times in every writing people use, names, the order of what happened."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
AHEAD = timedelta(hours=1)  # how far a clock elsewhere may be fast
WORDS_MAX = 20_000
TITLE_MAX = 120
TOLD_MAX = 20_000
NUMBER_MAX = 64

_TIME = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[T\s]*(\d{1,2})[:：时点](\d{1,2})?(?:[:：分](\d{1,2})?(?:\.\d{1,9})?秒?)?分?\s*(Z|[+-]\d{2}:?\d{2})?)?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[T\s]*(\d{2}):?(\d{2})(?::?(\d{2}))?)?")
_INSIDE = re.compile(r"(?<!\d)(20\d{2})[-/.]?(0[1-9]|1[0-2])[-/.]?(0[1-9]|[12]\d|3[01])")


class Bad(Exception):
    """A row that cannot be brought in: the code of the reason, the column at fault, what stands there."""

    def __init__(self, code: str, column: str = "", value: str = "") -> None:
        super().__init__(code)
        self.code, self.column, self.value = code, column, value


def moment(text: str, zone: ZoneInfo, formats: Sequence[str] = ()) -> datetime | None:
    """A time as people write it, in UTC; None where it is none. A day alone is its first moment.

    2020/1/6 12:09:38 · 2020-01-06T12:09 · 2020年1月6日 12时9分 · 2020.1.6 · 20200106 · 20200106120938; with an offset it is
    taken as said, else in `zone`. `formats` (strptime) come first.
    """
    for form in formats:
        try:
            read = datetime.strptime(text, form)  # noqa: DTZ007 - the zone follows
        except ValueError:
            continue
        return read.astimezone(UTC) if read.tzinfo else _in_zone(read, zone)
    said = text if text.isascii() else unicodedata.normalize("NFKC", text)
    found = _TIME.fullmatch(said) or _COMPACT.fullmatch(said)
    if found is None:
        return None
    parts = [int(part) if part else 0 for part in found.groups()[:6]]
    offset = found.group(7) if found.re is _TIME else None
    try:
        naive = datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 - the zone follows
        if offset:
            return datetime.fromisoformat(f"{naive.isoformat()}{offset}").astimezone(UTC)
        return _in_zone(naive, zone)
    except (ValueError, OverflowError):
        return None


def _in_zone(naive: datetime, zone: ZoneInfo) -> datetime | None:
    """The moment of a wall clock; None where the clock skipped it."""
    try:
        at = naive.replace(tzinfo=zone).astimezone(UTC)
    except OverflowError:
        return None
    return at if at.astimezone(zone).replace(tzinfo=None, fold=0) == naive else None


def day_inside(text: str, zone: ZoneInfo) -> datetime | None:
    """The first day that stands in a text among other signs, such as in a number that begins with it."""
    for found in _INSIDE.finditer(text):
        at = moment("-".join(found.groups()), zone)
        if at is not None:
            return at
    return None


def in_order(*times: tuple[str, datetime | None]) -> str:
    """The column whose time lies before one that must come first; "" where they follow each other.

    A time of day is not always told: two of one day follow each other.
    """
    last: datetime | None = None
    for column, at in times:
        if at is None:
            continue
        if last is not None and at < last - timedelta(days=1):
            return column
        last = at if last is None else max(last, at)
    return ""


def row_digest(cells: Sequence[str]) -> str:
    """The same for two rows exactly if their cells are."""
    return hashlib.sha256("\x1f".join(cells).encode("utf-8", "surrogatepass")).hexdigest()[:32]
