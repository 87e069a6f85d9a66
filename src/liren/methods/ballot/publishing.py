"""The published file: one text with everything that is needed to count a vote again, and nothing that names a voter."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from liren.methods.ballot.board import ballots_root, digest, in_order, receipts_root, sealed, sealed_box
from liren.methods.ballot.figures import Weights, plain
from liren.methods.ballot.judging import judge
from liren.methods.ballot.recount import FORMAT, recount, result_of
from liren.methods.ballot.roll import Roll
from liren.methods.ballot.rules import Rule, Said
from liren.methods.ballot.tally import Ballot, Question, tally
from liren.methods.ballot.voters import FEWEST_SECRET, may_be_secret


@dataclass(frozen=True, slots=True)
class Sealed:
    """A ballot in the box with its salt: sixteen random bytes nobody but the box holds until it is opened, in hex."""

    ballot: Ballot
    salt: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """The receipt of one ballot in the box: the hash of its code (`receipt_of`) and what the ballot weighs."""

    receipt: str
    weight: tuple[tuple[str, Fraction], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What was voted on: the key of the vote, its title, how it was asked, the name of each option, when it closed."""

    vote: str
    title: Said
    question: Question
    names: Mapping[str, Said]
    closed: str
    secrecy: str


@dataclass(frozen=True, slots=True)
class Basis:
    """The rule it was held under, with its key, title and source in the pack."""

    rule: Rule
    key: str
    title: Said
    source: str


def row_of(vote: str, sealed_ballot: Sealed) -> dict[str, Any]:
    """The row of a ballot in the file, its seal in it."""
    ballot, salt = sealed_ballot.ballot, sealed_ballot.salt
    row: dict[str, Any] = {"choice": None if ballot.choice is None else list(ballot.choice), "salt": salt}
    row["weight"] = plain(dict(ballot.weight))
    if ballot.points:
        row["points"] = list(ballot.points)
    return row | {"sealed": sealed(vote, row)}


def publish(
    asked: Asked,
    basis: Basis,
    roll: Roll,
    box: Sequence[Sealed],
    receipts: Sequence[Receipt],
    seed: str,
    present: Weights | None = None,
) -> str:
    """The file of a vote that has closed: JSON, one ballot a line, opened by `recount` and by the residents' script.

    `seed` was drawn after `sealed_box` of all seals was posted. Raises ValueError where the rule may not bind, where a
    secret vote has too few voters or voters of different weight, and where what comes out does not recount: ballots twice
    or more than there are voters, receipts that do not match them.
    """
    _allow(asked, basis.rule, roll)
    rows = {row["sealed"]: row for row in (row_of(asked.vote, one) for one in box)}
    seals = in_order(seed, rows)
    ballots = [rows[seal] for seal in seals]
    kept = sorted(receipts, key=lambda one: one.receipt)
    listed: list[dict[str, Any]] = [
        {"receipt": one.receipt, "weight": plain(dict(one.weight))} for one in kept
    ]
    count = tally(asked.question, (one.ballot for one in box), seed)
    content: dict[str, Any] = {
        "format": FORMAT,
        "vote": asked.vote,
        "title": _both(asked.title),
        "closed": asked.closed,
        "secrecy": asked.secrecy,
        "question": _question(asked),
        "rule": {"key": basis.key, "title": _both(basis.title), "source": basis.source, **basis.rule.plain},
        "roll": {"digest": roll.digest, "voters": len(roll.entries), "totals": plain(roll.totals)},
        "present": None if present is None else plain(present),
        "board": {
            "box": sealed_box(rows),
            "seed": seed,
            "root": ballots_root(seals),
            "receipts_root": receipts_root(listed),
        },
        "result": result_of(count, judge(basis.rule.threshold, asked.question, count, roll.totals, present)),
        "ballots": ballots,
        "receipts": listed,
    }
    text = _laid_out(content | {"digest": digest(content)})
    faults = recount(text).faults
    if faults:
        raise ValueError(f"what would be published does not recount: {faults[0].en}")
    return text


def _allow(asked: Asked, rule: Rule, roll: Roll) -> None:
    if rule.kind == "binding" and not rule.binds:
        raise ValueError("nothing is decided by a rule whose numbers were not read in an official text")
    if rule.kind == "binding" and rule.secrecy == "secret" != asked.secrecy:
        raise ValueError("this rule wants a secret vote")
    if asked.secrecy == "secret" and not (may_be_secret(len(roll.entries)) and roll.even):
        raise ValueError(f"a secret vote needs {FEWEST_SECRET} voters who weigh the same")
    if set(asked.names) != set(asked.question.options):
        raise ValueError("every option has a name, and nothing else has")


def _both(said: Said) -> dict[str, str]:
    return {"zh": said.zh, "en": said.en}


def _question(asked: Asked) -> dict[str, Any]:
    question = asked.question
    options = {option: _both(asked.names[option]) for option in question.options}
    return {"method": question.method, "options": options, "seats": question.seats, "most": question.most}


def _laid_out(content: Mapping[str, Any]) -> str:
    """The content with one thing and one ballot on a line: people can read it and tools can compare it."""
    lines = []
    for name, value in content.items():
        if isinstance(value, list):
            rows = ",\n".join(_text(row) for row in value)
            lines.append(f"{_text(name)}: [\n{rows}\n]" if rows else f"{_text(name)}: []")
        else:
            lines.append(f"{_text(name)}: {_text(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
