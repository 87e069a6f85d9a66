"""Counting ballots, online and on paper alike. Part of the script residents download.

Who abstains, hands in a blank ballot or spoils it takes part and agrees to nothing. Borda: J.-C. de Borda, 1781; what a
ballot does not rank gets nothing. Instant run-off: single transferable vote for one seat.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from typing import Any

from liren.methods.ballot.figures import Weights

ANSWERS = ("abstain", "no", "yes")
METHODS = ("question", "single", "approval", "seats", "borda", "instant_run_off", "score")
RANKED = ("borda", "instant_run_off", "score")  # no law knows a majority of these: they advise


@dataclass(frozen=True, slots=True)
class Ballot:
    """What one ballot says and weighs.

    `choice`: options, in order where they are ranked; () is blank, None is spoilt. `weight`: measure and how much.
    `points`: one for each option chosen, where points are given.
    """

    choice: tuple[str, ...] | None
    weight: tuple[tuple[str, Fraction], ...]
    points: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """How is asked: one of METHODS, the options by key, the seats to fill, the most points an option may be given."""

    method: str
    options: tuple[str, ...]
    seats: int = 1
    most: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """A count. `taking`: what all ballots together weigh, the blank and the invalid ones too.

    `options`: what each got, by measure; of an instant run-off its first choices. `order`: best first, equal ones together.
    `rounds`: of an instant run-off, what each option still standing had.
    """

    ballots: int
    blank: int
    invalid: int
    taking: Weights
    options: dict[str, Weights]
    order: tuple[tuple[str, ...], ...]
    rounds: tuple[Weights, ...] = ()


def question_from(value: Mapping[str, Any]) -> Question:
    """The question in a published file. Raises ValueError, KeyError or TypeError where it is none."""
    asked = Question(value["method"], tuple(sorted(value["options"])), value["seats"], value["most"])
    right = {
        "question": asked.options == ANSWERS and asked.seats == 1,
        "score": asked.most >= 1,
    }
    if asked.method not in METHODS or not asked.options or asked.seats < 1:
        raise ValueError(f"{asked.method!r} is not a way to vote")
    if not right.get(asked.method, True) or (asked.most and asked.method != "score"):
        raise ValueError(f"{asked.method} is not asked like this")
    return asked


def marks(question: Question, ballot: Ballot) -> dict[str, int] | None:
    """The points a ballot gives each option: none if it is blank, None if it is invalid.

    Invalid: more marks than there are seats, an option named twice or unknown, points out of range. An empty ballot on a
    yes-or-no question abstains. Borda: of m options the first gets m - 1, the next m - 2, what is not ranked nothing.
    """
    choice, options = ballot.choice, question.options
    if choice is None or len(set(choice)) != len(choice) or not set(choice) <= set(options):
        return None
    if question.method == "score":
        return _points(choice, ballot.points, question.most)
    if ballot.points:
        return None
    if question.method == "borda":
        return {option: len(options) - 1 - at for at, option in enumerate(choice)}
    if question.method == "instant_run_off":
        return dict.fromkeys(choice[:1], 1)
    if question.method == "question" and not choice:
        return {"abstain": 1}
    most = {"seats": question.seats, "approval": len(options)}.get(question.method, 1)
    return dict.fromkeys(choice, 1) if len(choice) <= most else None


def _points(choice: tuple[str, ...], points: tuple[int, ...], most: int) -> dict[str, int] | None:
    fair = len(points) == len(choice) and all(0 <= one <= most for one in points)
    return dict(zip(choice, points, strict=True)) if fair else None


def tally(question: Question, ballots: Iterable[Ballot], lot: str = "") -> Tally:
    """Count the ballots; in whatever order they come, the count is the same.

    `lot`: the seed drawn in public, which decides among equals whom a run-off strikes out first.
    """
    piles = _piled(ballots)
    # heads first: where heads are equal, area tells options apart
    measures = sorted(
        {measure for _, _, weighs in piles for measure in weighs}, key=lambda one: (one != "persons", one)
    )
    taking = dict.fromkeys(measures, Fraction(0))
    got = {option: dict.fromkeys(measures, Fraction(0)) for option in question.options}
    blank = invalid = 0
    rankings: list[tuple[tuple[str, ...], Fraction]] = []
    for ballot, times, weighs in piles:
        given = marks(question, ballot)
        invalid += times if given is None else 0
        blank += times if ballot.choice == () and given is not None else 0
        if given and measures:
            rankings.append((ballot.choice or (), weighs.get(measures[0], Fraction(0))))
        for measure, weight in weighs.items():
            taking[measure] += weight
            for option, points in (given or {}).items():
                got[option][measure] += points * weight
    order = _by_votes({option: tuple(by.values()) for option, by in got.items()})
    rounds: tuple[Weights, ...] = ()
    if question.method == "instant_run_off":
        rounds, order = _run_off(rankings, question.options, lot)
    return Tally(sum(times for _, times, _ in piles), blank, invalid, taking, got, order, rounds)


def _piled(ballots: Iterable[Ballot]) -> list[tuple[Ballot, int, Weights]]:
    """Ballots that say the same: one of them, how many there are, what they weigh together.

    Whole numbers over one denominator are added, which is exact and many times faster than adding fractions.
    """
    piles = defaultdict[tuple[tuple[str, ...] | None, tuple[int, ...]], list[Ballot]](list)
    for ballot in ballots:
        piles[ballot.choice, ballot.points].append(ballot)
    found = []
    for alike in piles.values():
        parts = defaultdict[tuple[str, int], int](int)
        for ballot in alike:
            for measure, weight in ballot.weight:
                parts[measure, weight.denominator] += weight.numerator
        weighs: Weights = {}
        for (measure, under), over in parts.items():
            weighs[measure] = weighs.get(measure, Fraction(0)) + Fraction(over, under)
        found.append((alike[0], len(alike), weighs))
    return found


def _by_votes(got: Mapping[str, tuple[Fraction, ...]]) -> tuple[tuple[str, ...], ...]:
    places = sorted(set(got.values()), reverse=True)
    return tuple(tuple(sorted(option for option in got if got[option] == place)) for place in places)


def _run_off(
    rankings: Sequence[tuple[tuple[str, ...], Fraction]], options: Sequence[str], lot: str
) -> tuple[tuple[Weights, ...], tuple[tuple[str, ...], ...]]:
    """Round by round the last option is struck out: of several, who had least in the rounds before, then by lot.

    Never several at once, by which one whom all others beat could be left over; but where all that are left were equal
    all along, they stay equal. It goes on to the end, so that there is a whole order; who has more than half in some
    round outlives the others, so the winner is the same.
    """
    left, rounds, out = sorted(options), list[Weights](), list[tuple[str, ...]]()
    while left:
        counts = dict.fromkeys(left, Fraction(0))
        for choice, weight in rankings:
            first = next((option for option in choice if option in counts), None)
            if first is not None:
                counts[first] += weight
        rounds.append(counts)
        last = left
        for earlier in reversed(rounds):
            least = min(earlier[option] for option in last)
            last = [option for option in last if earlier[option] == least]
        if 1 < len(last) < len(left):
            last = [min(last, key=lambda option: sha256(f"{lot}\n{option}".encode()).digest())]
        out.append(tuple(last))
        left = [option for option in left if option not in last]
    return tuple(rounds), tuple(reversed(out))
