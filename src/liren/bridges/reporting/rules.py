"""Decisions of reporting as pure functions: periods, what sounds like the same question, what adds up to what."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Literal

from liren.kernel.errors import Refused

Every = Literal["month", "quarter", "year"]
MONTHS: Mapping[Every, int] = {"month": 1, "quarter": 3, "year": 12}
COLUMNS_MAX = 60
TITLE_MAX = 100
VALUE_MAX = 200
ALIKE = 0.6

# Words that do not change what a heading asks for: which period and that it is counted is said elsewhere.
_FILLERS = re.compile(r"本(?:月|季度|季|年度|年|期)|当(?:月|季|年|期)|(?:总数量|总数|数量|数)$")
_UNIT = re.compile(r"[(（〔\[][^()（）〔〕\[\]]{0,6}[)）〕\]]$")
# Headings that differ in one of these ask for different things however alike they look.
_OPPOSED = (
    "男",
    "女",
    "已",
    "未",
    "增",
    "减",
    "不",
    "迁入",
    "迁出",
    "出生",
    "死亡",
    "同比",
    "环比",
    "累计",
    "按时",
    "超时",
)


@dataclass(frozen=True, slots=True)
class Period:
    """A month, quarter or year by its first day."""

    every: Every
    first: date

    @property
    def after(self) -> date:
        """The first day that is no more in it."""
        months = self.first.year * 12 + self.first.month - 1 + MONTHS[self.every]
        return date(months // 12, months % 12 + 1, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.after - timedelta(days=1)

    @property
    def key(self) -> str:
        """How an address says it: 2026-10, 2026-Q4, 2026."""
        if self.every == "month":
            return f"{self.first:%Y-%m}"
        return (
            f"{self.first.year}-Q{(self.first.month + 2) // 3}"
            if self.every == "quarter"
            else str(self.first.year)
        )

    def before(self) -> "Period":
        """The period that ended when this one began."""
        return containing(self.first - timedelta(days=1), self.every)

    def parts(self, every: Every) -> list["Period"]:
        """The shorter periods it is made of, in order; itself for its own length; none of a longer one."""
        found, at = [], self.first
        if MONTHS[every] > MONTHS[self.every]:
            return []
        while at < self.after:
            found.append(Period(every, at))
            at = found[-1].after
        return found


def containing(day: date, every: Every) -> Period:
    """The period a day lies in."""
    size = MONTHS[every]
    return Period(every, date(day.year, (day.month - 1) // size * size + 1, 1))


def period(key: str) -> Period:
    """A period as an address says it. Raises Refused("report.period")."""
    found = re.fullmatch(r"(20\d\d)(?:-(?:(0[1-9]|1[0-2])|Q([1-4])))?", key, re.ASCII)
    if found is None:
        raise Refused("report.period")
    year, month, quarter = found.groups()
    if month:
        return Period("month", date(int(year), int(month), 1))
    if quarter:
        return Period("quarter", date(int(year), int(quarter) * 3 - 2, 1))
    return Period("year", date(int(year), 1, 1))


def due(of: Period, day: int) -> date:
    """The day by which a form of a period is to be handed in: this day of the next month, or the month's last."""
    following = Period("month", of.after)
    return min(following.first + timedelta(days=day - 1), following.last)


def every_of(said: str) -> Every:
    """How often, as a form says it. Raises Refused("report.every")."""
    found = next((one for one in MONTHS if one == said), None)
    if found is None:
        raise Refused("report.every", field="every")
    return found


def headings(said: str) -> list[str]:
    """The columns of a form, one a line or parted by tabs as a heading row is pasted from a spreadsheet.

    Raises Refused: "report.no_columns", "report.many_columns", "report.long_column", "report.column_twice".
    """
    found = [" ".join(part.split()) for part in re.split(r"[\n\t]", unicodedata.normalize("NFC", said))]
    found = [part for part in found if part]
    if not found:
        raise Refused("report.no_columns", field="columns")
    if len(found) > COLUMNS_MAX:
        raise Refused("report.many_columns", field="columns", most=COLUMNS_MAX)
    if any(len(part) > TITLE_MAX for part in found):
        raise Refused("report.long_column", field="columns", most=TITLE_MAX)
    if len(set(found)) < len(found):
        raise Refused("report.column_twice", field="columns")
    return found


def plain(heading: str) -> str:
    """What a heading asks for, without its unit, its period and the word "number of"."""
    text = unicodedata.normalize("NFKC", heading)
    text = re.sub(r"\s", "", _UNIT.sub("", text.strip()))
    return _FILLERS.sub("", text).lower() or text.lower()


def same(one: str, other: str) -> bool:
    """Whether two headings ask for the same in other words beyond doubt."""
    return plain(one) == plain(other)


@dataclass(frozen=True, slots=True)
class Sound:
    """A heading as it is compared: what it asks for, its numbers and the words that turn its sense, its characters
    and pairs of them."""

    plain: str
    sense: tuple[str, ...]
    grams: frozenset[str]


def sound(heading: str) -> Sound:
    """A heading ready to be compared with many."""
    text = plain(heading)
    # 60 and above is not 80 and above; moved in is not moved out
    sense = (*re.findall(r"\d+", text), *(word for word in _OPPOSED if word in text))
    return Sound(text, sense, frozenset(text) | {text[at : at + 2] for at in range(len(text) - 1)})


def alike(one: Sound, other: Sound) -> bool:
    """Whether two headings may ask for the same, so that somebody should look. Symmetric, true of a heading and itself:
    the same numbers and turns of sense, and most of their characters and pairs shared
    (Jaccard).
    """
    if one.plain == other.plain:
        return True
    both = len(one.grams & other.grams)
    return one.sense == other.sense and both >= ALIKE * (len(one.grams) + len(other.grams) - both) > 0


def value(said: str, kind: str) -> str:
    """What was entered in its plain form, "" for nothing.

    Raises Refused: "report.number" (not a number), "report.long".
    """
    text = " ".join(unicodedata.normalize("NFKC", said).split())
    if not text:
        return ""
    if kind == "text":
        if len(text) > VALUE_MAX:
            raise Refused("report.long", most=VALUE_MAX)
        return text
    bare = text.replace(",", "").replace(" ", "")
    if not re.fullmatch(r"-?\d{1,15}(\.\d{1,6})?", bare, re.ASCII):
        raise Refused("report.number")
    try:
        return plainly(Decimal(bare))
    except InvalidOperation as error:
        raise Refused("report.number") from error


def plainly(number: Decimal) -> str:
    """A number without an exponent, an empty fraction or a minus before nothing."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def added(values: Iterable[str]) -> str:
    """The sum of numbers in their plain form."""
    return plainly(sum((Decimal(one) for one in values), Decimal(0)))


def over_time(values: Sequence[str], adds: str) -> str:
    """What the parts of a period, in order and all there, make of the whole: their sum, or the last of them."""
    return added(values) if adds == "sum" else values[-1]
