"""The rule of a body as a row of the pack forum.voting says it: who may decide what, how, and by what official text."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from liren.methods.ballot.figures import Weights
from liren.methods.ballot.judging import Condition, Finding, Threshold, condition_from, suits, threshold_from
from liren.methods.ballot.tally import Question, Tally

Kind = Literal["binding", "advisory"]
Online = Literal["yes", "city_system", "paper"]
Secrecy = Literal["recorded", "secret"]
Unit = Literal["person", "dwelling_area", "household", "member"]


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Proxies:
    """Voting for somebody else. `allowed` None: no official text says. `most` one person may hold; None: not said.

    `official`: whether an official text was read that says so.
    """

    allowed: bool | None
    most: int | None
    official: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """How a body decides a matter. `official` is whether its numbers stand in an official text that was read.

    `called_by`: any one of these is enough to demand the vote. `run_off`: the key of the rule for seats left empty, or "".
    `region`: where it is law, ISO 3166 (CN, CN-BJ). `plain`: what a published file says of it, as the pack writes it.
    """

    kind: Kind
    official: bool
    reason: Said | None
    region: str
    online: Online
    secrecy: Secrecy
    unit: Unit
    notice_days: int | None
    called_by: tuple[Condition, ...]
    threshold: Threshold
    run_off: str
    more_candidates: bool
    proxies: Proxies
    note: Said | None
    plain: Mapping[str, Any]

    @property
    def binds(self) -> bool:
        """Whether a binding vote may be opened under it: never without numbers read in an official text."""
        return self.kind == "binding" and self.official and all(way.majority for way in self.threshold.ways)


def rule_from(value: Mapping[str, Any]) -> Rule:
    """The rule in the value of a row of forum.voting, checked by VOTING before.

    Raises ValueError where the parts contradict each other: unofficial without a reason, advisory with a majority.
    """
    threshold = threshold_from(value)
    if not value["official"] and value["reason"] is None:
        raise ValueError("a rule that is not official says why")
    if value["kind"] == "advisory" and any(way.majority or way.quorum for way in threshold.ways):
        raise ValueError("what only advises has no threshold")
    return Rule(
        kind=value["kind"],
        official=value["official"],
        reason=_said(value["reason"]),
        region=value["region"],
        online=value["online"],
        secrecy=value["secrecy"],
        unit=value["unit"],
        notice_days=value["notice_days"],
        called_by=tuple(condition_from(one) for one in value["called_by"]),
        threshold=threshold,
        run_off=value["run_off"] or "",
        more_candidates=value["more_candidates"],
        proxies=Proxies(**value["proxies"]),
        note=_said(value["note"]),
        plain={name: value[name] for name in ("kind", "takes_part", "run_off", "ways")},
    )


def _said(value: Mapping[str, str] | None) -> Said | None:
    return None if value is None else Said(value["zh"], value["en"])


def may_call(rule: Rule, support: Weights, roll: Weights) -> tuple[bool, tuple[Finding, ...]]:
    """Whether who signed may demand the vote, and each condition with what is needed. No condition: nobody may."""
    found = tuple(
        one.held(roll[one.measure], support.get(one.measure, Fraction(0)))
        for one in rule.called_by
        if one.measure in roll
    )
    return any(one.met for one in found), found


def too_few_candidates(rule: Rule, question: Question) -> bool:
    """Whether the rule wants more candidates than seats (差额) and there are not."""
    return rule.more_candidates and len(question.options) <= question.seats


def still_needed(
    rule: Rule, count: Tally, roll: Weights, present: Weights | None = None
) -> tuple[Finding, ...]:
    """The conditions of taking part: all that may be shown before a vote closes.

    Of several ways, the one that suits the roll; of several of those, the one that lacks fewest.
    """
    part = present if present is not None and rule.threshold.presence else count.taking
    nothing = Fraction(0)
    ways = sorted(rule.threshold.ways, key=lambda way: not suits(way, roll))
    kept = [way for way in ways if suits(way, roll) == suits(ways[0], roll)]
    found = [
        tuple(one.held(roll.get(one.measure, nothing), part.get(one.measure, nothing)) for one in way.quorum)
        for way in kept
    ]
    return min(found, key=lambda held: sum(not one.met for one in held))
