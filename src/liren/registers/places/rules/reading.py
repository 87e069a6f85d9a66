"""Chinese address writing brought to one form, so that 三号楼, 3#楼, ３栋 and 3號樓 are the same text.

The same form is given to names and to messages; what a person wrote can always be found again.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

LONGEST = 2_000  # characters read of a message; an address stands in its first page or nowhere

_TRADITIONAL = str.maketrans("號樓棟單層區網門裡園東濱華興", "号楼栋单层区网门里园东滨华兴")
_FIGURES = {sign: value for value, signs in enumerate(("〇零", *"一二三四五六七八九")) for sign in signs}
_TENS = {"十": 10, "百": 100}
_NUMERALS = "〇零一二三四五六七八九十百廿"
_NUMBER = re.compile(
    rf"[{_NUMERALS}]+(?=号|栋|幢|座|单元|层|楼|室|户|房|门|区|期|网格|路|街|巷|弄|组|村|#)"
    rf"|(?<=单元)[{_NUMERALS}]{{3,}}|(?<=号楼)[{_NUMERALS}]{{3,}}|(?<=[栋幢座])[{_NUMERALS}]{{3,}}"
)
# 三栋楼都停水 counts buildings; 12栋楼下 names one. 一座桥 is no building.
_BUILDING = re.compile(
    r"(?<![a-z0-9])([a-z]?\d{1,4}|[a-z])"
    r"(?:号栋|号楼|号?#楼?|(?:栋|幢)(?!楼)|(?:栋|幢)(?=楼[下上顶前后道梯门里内旁东西南北\d])|座(?![桥山塔亭井]))"
)


@dataclass(frozen=True, slots=True)
class Normal:
    """A text in the one form; `starts[i]` and `ends[i]` bound what character i was made from."""

    text: str
    source: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def written(self, start: int, end: int) -> str:
        """What the person wrote for characters start to end."""
        return self.source[self.starts[start] : self.ends[end - 1]] if start < end else ""


@lru_cache(maxsize=8192)
def _fold(letter: str) -> str:
    folded = unicodedata.normalize("NFKC", letter).translate(_TRADITIONAL).lower()
    return "".join(part for part in folded if unicodedata.category(part) not in _INVISIBLE)


_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Mn", "Zl", "Zp", "Zs"})


def _value(numerals: str) -> str:
    """十二 is 12, 一百零三 is 103, 三零一 is 301, 廿三 is 23."""
    numerals = numerals.replace("廿", "二十")
    if not any(sign in _TENS for sign in numerals):
        return "".join(str(_FIGURES[sign]) for sign in numerals)
    total, digit = 0, 0
    for sign in numerals:
        if sign in _TENS:
            total += (digit or 1) * _TENS[sign]
            digit = 0
        else:
            digit = _FIGURES[sign]
    return str(total + digit)


def _plain(number: str) -> str:
    """A number or letter without leading zeros."""
    letter = number[0] if number[0].isalpha() else ""
    digits = number[len(letter) :]
    return letter + (digits.lstrip("0") or "0" if digits else "")


def _replaced(normal: Normal, pattern: re.Pattern[str], new: Callable[[re.Match[str]], str]) -> Normal:
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    here = 0
    for match in pattern.finditer(normal.text):
        begin, end = match.span()
        word = new(match)
        pieces += [normal.text[here:begin], word]
        starts += [*normal.starts[here:begin], *([normal.starts[begin]] * len(word))]
        ends += [*normal.ends[here:begin], *([normal.ends[end - 1]] * len(word))]
        here = end
    if not here:
        return normal
    pieces.append(normal.text[here:])
    starts += normal.starts[here:]
    ends += normal.ends[here:]
    return Normal("".join(pieces), normal.source, tuple(starts), tuple(ends))


def normal(text: str) -> Normal:
    """The one form of a text: NFKC, lower case, no spaces, numerals before a measure as digits, 号楼 for
    every building.
    """
    source = text[:LONGEST]
    letters: list[str] = []
    at: list[int] = []
    for place, letter in enumerate(source):
        folded = _fold(letter)
        letters.append(folded)
        at += [place] * len(folded)
    start = Normal("".join(letters), source, tuple(at), tuple(place + 1 for place in at))
    digits = _replaced(start, _NUMBER, lambda match: _value(match.group()))
    return _replaced(digits, _BUILDING, lambda match: f"{_plain(match.group(1))}号楼")
