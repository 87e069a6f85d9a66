"""The ladder of supervision as pure decisions: 提醒 催办 督办 挂牌督办 约谈, one rung at a time, per case and unit.

Local examples: 济南市12345条例 art. 28 and 潍坊市12345条例 art. 26 (overdue, repeated, unanswered). The numbers are
rule rows. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

LEVELS = ("remind", "urge", "supervise", "listed", "summon")

# near: the limit ends soon · overdue · overdue_unanswered: overdue, and the rung below went without an answer ·
# reopened and chased: so many times.
Cause = Literal["near", "overdue", "overdue_unanswered", "reopened", "chased"]


@dataclass(frozen=True, slots=True)
class Trigger:
    """One reason to climb. `opens`: the moment from which the clock calls for it; `times`: how often is too often."""

    cause: Cause
    opens: datetime | None = None
    times: int = 0


@dataclass(frozen=True, slots=True)
class Rung:
    """What calls for a level in one case; a level with no trigger is climbed by hand alone."""

    level: str
    triggers: tuple[Trigger, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands: its level ("" for none), until when that rung has its time, and what happened to it.

    `until`: an unanswered rung's time to act; an answered one's time to do what was answered.
    """

    level: str
    until: datetime | None
    answered: bool
    reopened: int
    chased: int


def height(level: str) -> int:
    """How high a level is: 0 on the ground, 5 at the top."""
    return LEVELS.index(level) + 1 if level else 0


def above(level: str) -> tuple[str, ...]:
    """The levels a named person may still climb to."""
    return LEVELS[height(level) :]


def wanted(rungs: Sequence[Rung], standing: Standing, now: datetime) -> tuple[str, str]:
    """The highest level anything calls for, and the cause; ("", "") where nothing does."""
    for rung in sorted(rungs, key=lambda one: -height(one.level)):
        for trigger in rung.triggers:
            if _calls(trigger, rung.level, standing, now):
                return rung.level, trigger.cause
    return "", ""


def climb(rungs: Sequence[Rung], standing: Standing, now: datetime) -> tuple[str, str] | None:
    """The next level to climb to and why, None where the case stays where it stands.

    Never more than one rung; never while the present rung still has its time, answered or not.
    """
    level, cause = wanted(rungs, standing, now)
    if height(level) <= height(standing.level):
        return None
    if standing.level and (standing.until is None or now < standing.until):
        return None
    return LEVELS[height(standing.level)], cause


def _calls(trigger: Trigger, level: str, standing: Standing, now: datetime) -> bool:
    match trigger.cause:
        case "near" | "overdue":
            return trigger.opens is not None and now >= trigger.opens
        case "overdue_unanswered":
            below = height(standing.level) == height(level) - 1
            return below and not standing.answered and trigger.opens is not None and now >= trigger.opens
        case "reopened":
            return standing.reopened >= trigger.times
        case "chased":
            return standing.chased >= trigger.times
