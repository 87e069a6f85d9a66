"""Decisions about cases as pure functions: when a case is solved, what a title is."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

WORDS_MAX = 5_000  # characters of one voice; longer is refused with the text kept
NOTE_MAX = 5_000
TITLE_MAX = 40

Outcome = Literal["wait", "solve", "reopen", "give_up"]


class CallBackRule(Protocol):
    """How often and how long somebody is tried before a case is closed unconfirmed. A row of the limits pack.

    `silence`: how long after the reply a voice that left no way to be called has to speak for itself.
    """

    @property
    def attempts(self) -> int:
        """Unanswered calls, at least."""

    @property
    def over(self) -> timedelta:
        """From the first of them to the last, at least."""

    @property
    def silence(self) -> timedelta:
        """For those nobody can call."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of one voice in the present round."""

    verdict: str  # "" | solved | not_solved, of this round only
    reachable: bool  # left a phone and agreed to be called
    attempts: int
    first_attempt_at: datetime | None
    last_attempt_at: datetime | None


def exhausted(voice: Heard, *, replied_at: datetime, now: datetime, rule: CallBackRule) -> bool:
    """Whether enough was tried to reach this voice: three unanswered attempts spread over two days."""
    if voice.verdict:
        return False
    if not voice.reachable:
        return now - replied_at >= rule.silence
    if voice.attempts < rule.attempts or voice.first_attempt_at is None or voice.last_attempt_at is None:
        return False
    return voice.last_attempt_at - voice.first_attempt_at >= rule.over


def outcome(voices: Sequence[Heard], *, replied_at: datetime, now: datetime, rule: CallBackRule) -> Outcome:
    """What follows for the case: one "not solved" reopens it; it is solved when every reached voice says so.

    When nobody could be reached it is closed unconfirmed, never solved. Only the resident says "solved".
    """
    if any(voice.verdict == "not_solved" for voice in voices):
        return "reopen"
    waiting = [v for v in voices if not v.verdict]
    if any(not exhausted(v, replied_at=replied_at, now=now, rule=rule) for v in waiting):
        return "wait"
    if any(v.verdict == "solved" for v in voices):
        return "solve"
    return "give_up"


# Where "not solved" may open a case again; an archived one is said anew, with the old number beside it.
_ANSWERED = frozenset({"replied", "solved"})
_FINISHED = frozenset({"closed", "closed_unconfirmed"})


def may_reopen(state: str, until: datetime | None, now: datetime) -> bool:
    """Whether "not solved" opens a case again: always until it ended, and after that before `until`."""
    return state in _ANSWERED or (state in _FINISHED and (until is None or now < until))


# What stands where somebody's words were, once they were erased at their wish. Data, read by staff.
ERASED = "（应本人要求删除）"
# What stands there once the time for which an office keeps them is over.
GONE = "（保存期限到了，已删除）"
_OVER = frozenset({"closed", "closed_unconfirmed", "withdrawn", "left", "archived"})


def may_erase(state: str) -> bool:
    """Whether a requester's own words are needed no more: only once the matter has ended (PIPL art. 47)."""
    return state in _OVER


# Phone, identity and card numbers stay in the words; a title is seen by more people.
_NUMBERS = re.compile(r"\d[\d\s-]{5,}\d")
_SENTENCE = re.compile(r"[。！？!?\n；;]")
_GREETING = re.compile(
    r"^((工作人员|领导|同志|老师)?(您好|你好)(啊|呀)?|领导好?|辛苦了|请问|尊敬的?领导|(市民|居民|群众)?(来电人?|来信人?)?反映|"
    r"我(想)?(要)?(投诉|反映|咨询|举报|问一?下)|报修|投诉|咨询|求助|我是[^，,。]{1,20}[，,])[，,、：:。！!\s]*"
)
_TELLING = 5  # a shorter sentence seldom says what is the matter


def title_of(words: str) -> str:
    """A short title in the requester's own words: the first sentence without its greeting, at most 40 characters."""
    rest = clean_words(words)
    for _ in range(5):
        shorter = _GREETING.sub("", rest).strip()
        if shorter == rest or not shorter:
            break
        rest = shorter
    rest = without_numbers(rest)
    sentences = [part.strip() for part in _SENTENCE.split(rest) if part.strip()] or [rest]
    sentence = next((one for one in sentences if len(one) >= _TELLING), sentences[0])
    return sentence if len(sentence) <= TITLE_MAX else sentence[: TITLE_MAX - 1] + "…"


def without_numbers(text: str) -> str:
    """A text that may become a title: phone, identity and card numbers in it are left out."""
    return _NUMBERS.sub("…", text)


# Control characters other than line breaks and tabs; they break logs, exports and screen readers.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u2028\u2029\ufeff\u202a-\u202e\u2066-\u2069]")


def clean_words(text: str) -> str:
    """Words as kept: line breaks made one kind, control and direction-changing characters gone, nothing else."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", lines).strip()


_PHONE = re.compile(r"^(?:\+?86)?(1\d{10}|0\d{2,3}\d{7,8})$")


def clean_phone(text: str) -> str | None:
    """A mainland number as bare digits, None where the text is not one. Spaces, dashes, full-width digits pass."""
    digits = re.sub(r"[\s\-()－—]", "", unicodedata.normalize("NFKC", text))
    found = _PHONE.match(digits)
    return found.group(1) if found else None
