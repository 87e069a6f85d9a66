"""Decisions about advice: when a machine may act alone, what a reason may hold, what is right. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from liren.kernel.errors import Refused
from liren.kernel.policy import Decision

# What an adviser says of itself when the office never set it: it may suggest, and act alone never.
DEFAULT_THRESHOLD = 1.0
_LONGEST_REASON = 120
_MOST_REASONS = 8
# Mobile numbers, identity numbers, and any run of digits long enough to be one of them cut short.
_PERSON = re.compile(r"[0-9０-９]{7,}")


@dataclass(frozen=True, slots=True)
class Setting:
    """How an adviser is set: may it suggest, may it act alone, and from which confidence on."""

    on: bool = True
    alone: bool = False
    threshold: float = DEFAULT_THRESHOLD
    thresholds: Mapping[str, float] | None = None

    def least(self, choice: str) -> float:
        """The confidence from which this choice may be acted on: its own, or everybody's."""
        return (self.thresholds or {}).get(choice, self.threshold)


def may_act_alone(
    confidence: float,
    threshold: float,
    *,
    exactly_one_duty: bool,
    reversible: bool,
    low_risk: bool,
    switched_on: bool,
) -> Decision:
    """Whether the machine may do what it suggests without a person. Total; the reason names the first bar.

    All must hold: the office switched it on, exactly one duty fits, the act can be undone, little is at risk,
    and the confidence reaches the threshold of the class (个人信息保护法 art. 24: automated decisions must
    leave a way to refuse them; hence undo). Reasons: off, several_duties, irreversible, risky, unsure, alone.
    """
    bars = (
        ("off", switched_on),
        ("several_duties", exactly_one_duty),
        ("irreversible", reversible),
        ("risky", low_risk),
        # Written so that a confidence that is no number (NaN) is never enough.
        ("unsure", 0 <= threshold <= confidence <= 1),
    )
    for reason, passed in bars:
        if not passed:
            return Decision(False, reason)
    return Decision(True, "alone")


def kept_reasons(reasons: Sequence[str]) -> list[str]:
    """The reasons that may be kept: short words of a text, a code or a legal basis, at most eight.

    What is long enough to be a sentence, or holds digits enough to be a person's number, is left out.
    """
    short = (" ".join(reason.split()) for reason in reasons)
    kept = [reason for reason in short if 0 < len(reason) <= _LONGEST_REASON and not _PERSON.search(reason)]
    return kept[:_MOST_REASONS]


def check_share(share: float) -> float:
    """A confidence or threshold between 0 and 1. Raises Refused("advice.share")."""
    if not 0 <= share <= 1:
        raise Refused("advice.share", field="confidence")
    return float(share)


def outcome(choice: str, truth: str) -> str | None:
    """Right or wrong by what turned out to be so; None for an adviser that abstained, or an unknown truth."""
    if not choice or not truth:
        return None
    return "right" if choice == truth else "wrong"
