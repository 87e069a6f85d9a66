"""What a unit may claim of a case and how far, read from the pack "claims". No SQL."""

from dataclasses import dataclass
from datetime import date

from liren.kernel.worktime import Limit
from liren.registers.duties.packs import pack
from liren.registers.duties.views import Words


@dataclass(frozen=True, slots=True)
class ExtensionRule:
    """How often a limit may be extended in one round, and by how much at once."""

    most: int
    longest: Limit
    source: str


@dataclass(frozen=True, slots=True)
class DeferralReason:
    """Why work may wait; `stops`: the handling limit stands still meanwhile."""

    code: str
    words: Words
    stops: bool

    @property
    def title(self) -> str:
        """The reason in the language being spoken."""
        return str(self.words)


@dataclass(frozen=True, slots=True)
class DeferralRule:
    """The reasons, and the longest time until a waiting case is looked at again."""

    reasons: tuple[DeferralReason, ...]
    review: Limit
    source: str


def objections_of_unit(on: date) -> int:
    """How often one unit may object in one case."""
    return int(pack("claims").pick("rule.objection", on).value["objections"])


def extension_rule(on: date) -> ExtensionRule:
    """The rule of extensions of that day."""
    row = pack("claims").pick("rule.extension", on)
    longest = row.value["longest"]
    return ExtensionRule(row.value["granted"], Limit(longest["value"], longest["unit"]), row.source)


def deferral_rule(on: date) -> DeferralRule:
    """The rule of deferrals of that day."""
    row = pack("claims").pick("rule.deferral", on)
    review = row.value["review"]
    reasons = tuple(
        DeferralReason(one["code"], Words(one["zh"], one["en"]), one["stops"]) for one in row.value["reasons"]
    )
    return DeferralRule(reasons, Limit(review["value"], review["unit"]), row.source)
