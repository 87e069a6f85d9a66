"""What a count decides: quorum and majority, exact in fractions. Part of the script residents download.

以上 includes the number, 过半数 and 超过 do not (民法典第1259条). Who takes part and who agrees are two questions, and who
does not vote never agrees.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

from liren.methods.ballot.figures import AREA, MEASURES, Weights, number, plain
from liren.methods.ballot.tally import RANKED, Question, Tally

OF = {
    "roll": ("全体", "all on the roll"),
    "voting": ("参加表决的", "those voting"),
    "cast": ("已投选票", "ballots cast"),
    "present": ("到会的", "those present"),
}
OUTCOMES = {
    "passed": ("通过", "passed"),
    "rejected": ("未通过", "rejected"),
    "no_quorum": ("参加的不够，不产生决定", "too few took part: nothing is decided"),
    "run_off": ("需要再投一次", "another round is needed"),
    "advisory": ("意见征集，不产生决定", "advisory: nothing is decided"),
}


@dataclass(frozen=True, slots=True)
class Condition:
    """At least `share` of a measure, or more than it where `strict`. `of`: what the share is taken of, a key of OF.

    "voting" and "cast" are the same ballots, blank and invalid ones too, in the words of two laws.
    """

    measure: str
    share: Fraction
    strict: bool
    of: str = "roll"

    def held(self, base: Fraction, had: Fraction) -> "Finding":
        """The condition beside what was there. Of nothing, no share is reached."""
        bound = self.share * base
        needed = bound if self.measure == AREA else Fraction(floor(bound) + 1 if self.strict else ceil(bound))
        return Finding(self, base, needed, had, base > 0 and (had > bound if self.strict else had >= bound))


@dataclass(frozen=True, slots=True)
class Finding:
    """A condition held against `had` out of `base`. `needed`: the smallest whole number that is enough.

    Above a share of an area there is no smallest number: there `needed` is the share itself, to be exceeded if strict.
    """

    condition: Condition
    base: Fraction
    needed: Fraction
    had: Fraction
    met: bool

    def plain(self) -> dict[str, Any]:
        """As the file writes it."""
        told = {"measure": self.condition.measure, "of": self.condition.of, "met": self.met}
        return told | plain({"base": self.base, "needed": self.needed, "had": self.had})


@dataclass(frozen=True, slots=True)
class Way:
    """One lawful form of a decision: how many take part, and how many agree. Every condition must be met."""

    quorum: tuple[Condition, ...]
    majority: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Threshold:
    """The ways in which a body may decide; one is enough. `run_off`: seats left empty are voted on again.

    `presence`: who is present takes part, whether or not a ballot is handed in.
    """

    ways: tuple[Way, ...]
    presence: bool = False
    run_off: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """A count under a threshold. `outcome`: a key of OUTCOMES. `way`: the place of the way that was used.

    `quorum`: for each way; `majority`: for each option, in the way used. `elected`: by votes. `again`: who stands in the
    next round, where `outcome` is run_off.
    """

    outcome: str
    way: int
    quorum: tuple[tuple[Finding, ...], ...]
    majority: dict[str, tuple[Finding, ...]]
    elected: tuple[str, ...] = ()
    again: tuple[str, ...] = ()


def threshold_from(value: Mapping[str, Any]) -> Threshold:
    """The threshold in a row of the rule pack, or in a published file. Raises ValueError, KeyError or TypeError."""
    ways = tuple(
        Way(
            tuple(condition_from(one, ("roll",)) for one in way["quorum"]),
            tuple(condition_from(one, tuple(OF)) for one in way["majority"]),
        )
        for way in value["ways"]
    )
    if not ways:
        raise ValueError("a rule without a way to decide")
    return Threshold(ways, value["takes_part"] == "presence", value["run_off"] is not None)


def condition_from(value: Mapping[str, str], of: Sequence[str] = ("roll",)) -> Condition:
    """A condition such as {measure: area, at_least: 2/3}, {…, more_than: 1/2, of: voting}, {…, at_least: all}.

    Raises ValueError or KeyError.
    """
    strict = "more_than" in value
    share = value["more_than" if strict else "at_least"]
    exact = Fraction(1) if share == "all" else number(share)
    found = Condition(value["measure"], exact, strict, value.get("of", "roll"))
    if found.measure not in MEASURES or found.of not in of or not 0 < exact <= 1 or (strict and exact == 1):
        raise ValueError(f"{dict(value)} is no condition")
    return found


def judge(
    threshold: Threshold, question: Question, count: Tally, roll: Weights, present: Weights | None = None
) -> Verdict:
    """What a count decides. `roll`: totals of the frozen roll; `present`: who came, where a meeting counted them.

    Where no way has its quorum nothing is decided, however many agree. Of the ways that have it the first counts. More
    options than seats with enough votes: those with the most. A tie for the last seat, or seats left empty where the rule
    knows a run-off, are voted on again. Raises ValueError where a majority is asked of ranks or points.
    """
    nothing = Fraction(0)
    there = count.taking if present is None else present
    bases = {"roll": roll, "voting": count.taking, "cast": count.taking, "present": there}
    part = there if threshold.presence else count.taking
    quorum = tuple(
        tuple(one.held(roll.get(one.measure, nothing), part.get(one.measure, nothing)) for one in way.quorum)
        for way in threshold.ways
    )
    open_ways = [at for at, found in enumerate(quorum) if all(one.met for one in found)]
    # without a quorum: what it would have been about, in the form that suits the roll
    at = (open_ways or [at for at, way in enumerate(threshold.ways) if suits(way, roll)] or [0])[0]
    needs = threshold.ways[at].majority
    if needs and question.method in RANKED:
        raise ValueError("ranks and points know no majority: they may only advise")
    majority: dict[str, tuple[Finding, ...]] = {}
    for name in standing(question) if needs else ():
        had = count.options[name]
        majority[name] = tuple(
            one.held(bases[one.of].get(one.measure, nothing), had.get(one.measure, nothing)) for one in needs
        )
    if not open_ways or not needs:
        return Verdict("advisory" if open_ways else "no_quorum", at, quorum, majority)
    return _filled(threshold, question, count, Verdict("rejected", at, quorum, majority))


def suits(way: Way, roll: Weights) -> bool:
    """Whether the roll counts what the way asks for: a meeting by household has a roll of households."""
    return all(one.measure in roll for one in (*way.quorum, *way.majority))


def standing(question: Question) -> tuple[str, ...]:
    """The options that can be chosen: of a yes-or-no question, yes."""
    return ("yes",) if question.method == "question" else question.options


def _filled(threshold: Threshold, question: Question, count: Tally, found: Verdict) -> Verdict:
    enough = {name for name, held in found.majority.items() if all(one.met for one in held)}
    elected, tied = list[str](), tuple[str, ...]()
    for place in count.order:
        equal = [option for option in place if option in enough]
        if len(elected) + len(equal) > question.seats:
            tied = tuple(equal)
            break
        elected += equal
    vacant = question.seats - len(elected)
    outcome, again = "passed" if elected else "rejected", tuple[str, ...]()
    if vacant and (tied or threshold.run_off):
        left = [
            [one for one in place if one in found.majority and one not in elected] for place in count.order
        ]
        outcome, again = "run_off", tied or tuple(_first(left, vacant + 1))
    return Verdict(outcome, found.way, found.quorum, found.majority, tuple(elected), again)


def _first(places: Iterable[list[str]], least: int) -> list[str]:
    """So many from the top, and who is equal to the last of them."""
    found: list[str] = []
    for place in places:
        if len(found) >= least:
            break
        found += place
    return found
