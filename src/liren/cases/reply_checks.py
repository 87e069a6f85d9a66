"""What is said about a reply before it is sent. Hints for who writes it: none of them stops it."""

import re
from dataclasses import dataclass
from typing import Literal

from liren.registers.duties.queries import ReplyChecks

Fault = Literal["short", "copied", "no_contact", "no_date", "banned", "brackets"]

_ASKS = re.compile(r"[?？]|什么时候|何时|怎么|为什么|为何|多久|哪里|哪天|能不能|可不可以|是否")
_SENTENCE = re.compile(r"[。！!；;\n]|(?<=[?？])")
_NUMBER = re.compile(r"(?<!\d)\d(?:[- ]?\d){4,11}(?!\d)")
_DAY = re.compile(
    r"\d{1,2}\s*[月日]|\d{1,2}\s*号(?![楼门线院井口路栋单])|\d{4}[-/.]\d{1,2}|[一二三四五六七八九十\d]+\s*(?:天|日|小时|个?工作日|周|个月)|今天|明天|后天|当天|昨天|"
    r"上午|下午|周[一二三四五六日天]|星期|本周|下周|月底|月初|\btoday\b|\btomorrow\b|\bday|\bweek|\bhour",
    re.IGNORECASE,
)
_EMPTY = re.compile(r"【[^】]*】|\{[^}]*\}|_{3,}|X{2,}|×{2,}")
_RUN = 8  # characters in a row that stand in the demand too: fewer are how people speak
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Hint:
    """One thing to look at again. `count`: questions asked, percent copied; `word`: the word it is about."""

    fault: Fault
    count: int = 0
    word: str = ""
    instead: str = ""


def hints(reply: str, demand: str, rule: ReplyChecks) -> list[Hint]:
    """What to look at again in `reply` to `demand`, the gravest first; [] for a reply that says what it should.

    Nothing is said about an empty one: it is not written yet.
    """
    written = _SPACE.sub("", reply)
    if not written:
        return []
    found: list[Hint] = []
    blank = _EMPTY.search(reply)
    if blank:
        found.append(Hint("brackets", word=blank.group()))
    asked = questions(demand)
    if len(written) < rule.least + rule.each * (max(1, asked) - 1):
        found.append(Hint("short", asked))
    share = copied(reply, demand)
    if share > rule.copied:
        found.append(Hint("copied", share))
    spoken = reply.casefold()
    found += [
        Hint("banned", word=one.word, instead=str(one.instead)) for one in rule.banned if one.word in reply
    ]
    if not _DAY.search(reply):
        found.append(Hint("no_date"))
    if not _NUMBER.search(reply) and not any(word.casefold() in spoken for word in rule.contact):
        found.append(Hint("no_contact"))
    return found


def questions(demand: str) -> int:
    """How many things a demand asks: its sentences that ask something."""
    return sum(bool(_ASKS.search(sentence)) for sentence in _SENTENCE.split(demand) if sentence)


def copied(reply: str, demand: str) -> int:
    """Percent of the reply that stands in the demand in runs of _RUN characters or more. Linear in both."""
    written, said = _SPACE.sub("", reply), _SPACE.sub("", demand)
    if len(written) < _RUN:
        return 0
    runs = {said[at : at + _RUN] for at in range(len(said) - _RUN + 1)}
    covered, end = 0, 0
    for at in range(len(written) - _RUN + 1):
        if written[at : at + _RUN] in runs:
            covered += at + _RUN - max(at, end)
            end = at + _RUN
    return covered * 100 // len(written)
