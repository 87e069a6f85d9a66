"""三率 as pure functions: what each rate is a share of, how sure it is, and what may be left out of it.

Formulas: domain reference §3.2; the numbers they take (minimum, confidence, window) are rows of a rule pack. A rate is
published with its counts, and below the minimum the counts stand alone. Pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Literal

# What is counted: cases, or the voices of cases. Each name is a set whose rows can be opened.
COUNTED = (
    "due", "in_time", "closed", "heard", "solved", "rated", "satisfied", "ended", "excluded", "recurred", "demands",
)  # fmt: skip
# For each rate the set it is a share of, and the part of that set which counts for it.
SHARES: Mapping[str, tuple[str, str]] = {
    "response": ("in_time", "due"),
    "resolution": ("solved", "heard"),
    "satisfaction": ("satisfied", "rated"),
    "coverage": ("heard", "closed"),
    "exclusion": ("excluded", "ended"),
    "recurrence": ("recurred", "closed"),
}
# Rates that rest on who happened to answer. The others count everything there was, and have no interval.
SAMPLED = frozenset({"resolution", "satisfaction"})


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with what it is a share of, so that no figure stands without its denominator."""

    hits: int
    of: int
    sampled: bool = False

    @property
    def value(self) -> float | None:
        """The share in 0..1, None where nothing was counted."""
        return self.hits / self.of if self.of else None

    def enough(self, minimum: int) -> bool:
        """Whether there are enough to show a share and not the counts alone."""
        return self.of >= max(1, minimum)

    def interval(self, confidence: float) -> tuple[float, float] | None:
        """Between what shares the true one lies; None where nothing was counted or everything was."""
        return wilson(self.hits, self.of, confidence) if self.sampled and self.of else None


def wilson(hits: int, of: int, confidence: float = 0.95) -> tuple[float, float]:
    """The score interval of a share, without continuity correction.

    E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927) 209-212.
    Raises ValueError unless 0 ≤ hits ≤ of, of > 0 and 0 < confidence < 1.
    """
    if not (0 <= hits <= of and of > 0 and 0 < confidence < 1):
        raise ValueError(f"no interval of {hits} in {of} at {confidence}")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share, room = hits / of, z * z / of
    middle = (share + room / 2) / (1 + room)
    half = z / (1 + room) * sqrt(share * (1 - share) / of + room / (4 * of))
    # at the ends the formula gives the share itself, which floating point may miss by a hair
    return (0.0 if hits == 0 else max(0.0, middle - half), 1.0 if hits == of else min(1.0, middle + half))


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of each set there are, in one line of a table or in all of it."""

    due: int = 0
    in_time: int = 0
    closed: int = 0
    heard: int = 0
    solved: int = 0
    rated: int = 0
    satisfied: int = 0
    ended: int = 0
    excluded: int = 0
    recurred: int = 0
    demands: int = 0

    def rate(self, name: str) -> Rate:
        """One of `SHARES`."""
        hits, of = SHARES[name]
        return Rate(getattr(self, hits), getattr(self, of), name in SAMPLED)


def total(lines: Iterable[Counts]) -> Counts:
    """All lines together: what is counted in parts adds up to what is counted whole."""
    summed = dict.fromkeys(COUNTED, 0)
    for line in lines:
        for name in COUNTED:
            summed[name] += getattr(line, name)
    return Counts(**summed)


def per_ten_thousand(demands: int, residents: int | None) -> float | None:
    """万人诉求比: demands per 10,000 residents, None where nobody was counted."""
    return demands * 10_000 / residents if residents else None


Verdict = Literal["clear", "unclear", "few"]


def changed(now: Rate, before: Rate, minimum: int, confidence: float) -> Verdict:
    """Whether a rate moved by more than chance: "clear" where the intervals lie apart, "few" below the minimum.

    A rate that was counted whole moved when its share did.
    """
    if not (now.enough(minimum) and before.enough(minimum)):
        return "few"
    mine, theirs = now.interval(confidence), before.interval(confidence)
    if mine is None or theirs is None:
        return "clear" if now.value != before.value else "unclear"
    return "clear" if mine[0] > theirs[1] or mine[1] < theirs[0] else "unclear"


Met = Literal["met", "missed", "unsure", "few"]


def met(rate: Rate, share: float, at_most: bool, minimum: int, confidence: float) -> Met:
    """Whether a rate meets its target: "unsure" where the target lies within the interval, "few" below the minimum."""
    if not rate.enough(minimum):
        return "few"
    value = rate.value or 0.0
    low, high = rate.interval(confidence) or (value, value)
    if at_most:
        low, high, share = -high, -low, -share
    return "met" if low >= share else "missed" if high < share else "unsure"


def most_changed(counts: Mapping[str, tuple[int, int]], minimum: int, confidence: float) -> list[str]:
    """Keys of (now, before) over equal times that moved by more than chance, the clearest first.

    Two counts of the same Poisson process share their sum evenly (J. Przyborowski, H. Wilenski, Biometrika 31 (1940)
    313-323); in its normal form. A key of fewer than `minimum` at both times says nothing.
    """
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    clear = {
        key: abs(now - before) / sqrt(now + before)
        for key, (now, before) in counts.items()
        if max(now, before) >= max(1, minimum)
    }
    return sorted((key for key, moved in clear.items() if moved >= z), key=lambda key: (-clear[key], key))


def leave_out(about: str, *, verdicts: Iterable[str]) -> str:
    """Why a case may not be left out of the rates for a reason about this, as a refusal code; "" where it may.

    A reason speaks of the matter (event, procedure, duty), or of a requester who wants it no longer; the rule pack
    knows no reason about an answer. Who said "not solved" has not withdrawn: that answer stays counted.
    """
    if about == "requester" and "not_solved" in set(verdicts):
        return "exclusion.she_said_not_solved"
    return ""
