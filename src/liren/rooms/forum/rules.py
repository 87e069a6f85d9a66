"""The forum's decisions as pure functions: what may be said, what is masked, what the four questions of sorting decide."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from liren.kernel.errors import Refused
from liren.kernel.worktime import Limit

LEVELS = ("courtyard", "community", "street", "district")
TITLE_MAX, WORDS_MAX, COMMENT_MAX, REASON_MAX = 40, 2_000, 500, 1_000
STEPS_MAX, HOUSEHOLDS_MAX = 20, 5_000
ALIKE = 0.45  # likeness from which two proposals of one neighbourhood are shown as perhaps the same

Stance = Literal["for", "against", "ask"]
STANCES: tuple[Stance, ...] = ("for", "against", "ask")
# Why words are not shown. Nobody may hide what only displeases.
HIDE_REASONS = ("abuse", "personal", "advert", "unlawful", "elsewhere")
Outcome = Literal["accept", "join", "raise", "decline"]
QUESTIONS = ("public", "lawful", "within", "feasible")


@dataclass(frozen=True, slots=True)
class Level:
    """A level with what it asks and by when it answers. `up` is the next level, "" for the last."""

    key: str
    zh: str
    en: str
    rank: int
    seconds: int  # households
    gather: Limit
    sort: Limit
    reply: Limit
    verdict: Limit
    proof: Literal["device", "phone"]
    unanswered: Literal["raise", "wait"]
    up: str
    source: str
    version: str


@dataclass(frozen=True, slots=True)
class Sorting:
    """The four questions of sorting, each answered (domain reference §3.8)."""

    public: bool
    lawful: bool
    within: bool
    feasible: bool

    @property
    def failed(self) -> tuple[str, ...]:
        """The questions answered with no."""
        return tuple(name for name in QUESTIONS if not getattr(self, name))


def check_sorting(outcome: Outcome, sorting: Sorting, reason: str, *, last: bool) -> None:
    """Refuses an outcome its own answers contradict.

    Taken up or joined: all four yes. Raised: only the level's power is lacking, and there is a next level. Declined: at
    least one no that is not just the power of this level, and the reason in words. Raises Refused("sorting.*").
    """
    if outcome in {"accept", "join"} and sorting.failed:
        raise Refused("sorting.not_all", field="outcome")
    if outcome == "raise":
        if last:
            raise Refused("sorting.no_level_above", field="outcome")
        if sorting.failed != ("within",):
            raise Refused("sorting.not_beyond", field="outcome")
    if outcome == "decline":
        if not sorting.failed or (sorting.failed == ("within",) and not last):
            raise Refused("sorting.no_ground", field="outcome")
        if not reason.strip():
            raise Refused("sorting.no_reason", field="reason")


def said(text: str, *, most: int, field: str) -> str:
    """Words as kept. Raises Refused("forum.empty" | "forum.too_long")."""
    words = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not words:
        raise Refused("forum.empty", field=field)
    if len(words) > most:
        raise Refused("forum.too_long", field=field, length=len(words), limit=most)
    return words


def mobile(text: str) -> str:
    """A mainland mobile number as eleven digits, full-width and spaced ones too. Raises Refused("forum.phone")."""
    digits = re.sub(r"[\s\-－—]", "", unicodedata.normalize("NFKC", text))
    found = re.fullmatch(r"(?:\+?86)?(1[3-9]\d{9})", digits, re.ASCII)
    if found is None:
        raise Refused("forum.phone", field="phone")
    return found[1]


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_PLACES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
# What tells who somebody is or where exactly they live, and how much of it may stay.
_PERSONAL: Sequence[tuple[re.Pattern[str], str]] = (
    (re.compile(r"(?<!\d)\d{6}(?:18|19|20)\d{9}[\dXx](?!\d)"), "（证件号）"),
    (re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"), "（手机号）"),
    (re.compile(r"(?<!\d)0\d{2,3}[- ]\d{7,8}(?!\d)"), "（电话）"),
    (re.compile(r"(?<!\d)[3-6]\d{15,18}(?!\d)"), "（卡号）"),
    (re.compile(rf"[{_PLACES}][A-HJ-NP-Z][·. ]?[A-HJ-NP-Z0-9]{{4,5}}[A-HJ-NP-Z0-9挂学警港澳]"), "（车牌）"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "（邮箱）"),
    (re.compile(r"(?<=[号栋幢楼座元])\s?\d{3,4}(?=室|房|号房|户)"), "（某）"),
)


def masked(text: str) -> str:
    """Words as everybody may read them: numbers of papers, phones, cards, plates, mail and doors taken out."""
    for pattern, instead in _PERSONAL:
        text = pattern.sub(instead, text)
    return text


def kept(yes: int, no: int) -> bool:
    """Whether a promise counts as kept: nobody denied it, or more of those behind it said so than denied it."""
    return no == 0 or yes > no


def after(level: str) -> str:
    """The next level up, "" after the last."""
    at = LEVELS.index(level) + 1
    return LEVELS[at] if at < len(LEVELS) else ""
