"""What the tests of ballots share: the shipped rules, and votes that can be published."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

from liren.kernel.rulepacks import Pack, load_pack
from liren.methods import ballot
from liren.methods.ballot import Asked, Ballot, Basis, Question, Receipt, Roll, Rule, Said, Sealed

PACK: Pack = load_pack(
    Path(__file__).resolve().parents[2] / "src/liren/rooms/forum/packs/voting.yaml", ballot.VOTING
)
YES_OR_NO = Question("question", ("abstain", "no", "yes"))
NAMES = {"yes": Said("同意", "For"), "no": Said("不同意", "Against"), "abstain": Said("弃权", "Abstain")}


def law(key: str, on: str = "2025-06-01") -> Rule:
    return ballot.rule_from(PACK.pick(key, date.fromisoformat(on)).value)


def basis(key: str, on: str = "2025-06-01") -> Basis:
    row = PACK.pick(key, date.fromisoformat(on))
    return Basis(ballot.rule_from(row.value), key, Said(row.title.zh, row.title.en), row.source)


def weight(**by: int | str | Fraction) -> tuple[tuple[str, Fraction], ...]:
    return tuple(sorted((measure, Fraction(value)) for measure, value in by.items()))


def asked(question: Question = YES_OR_NO, secrecy: str = "recorded", vote: str = "TP-0506-01") -> Asked:
    names = (
        NAMES if question is YES_OR_NO else {one: Said(f"甲{one}", f"the {one}") for one in question.options}
    )
    title = Said("动用维修资金，大修 3、5 号楼排水主管", "Repair fund for the drains of houses 3 and 5")
    return Asked(vote, title, question, names, "2025-05-15T18:00+08:00", secrecy)


def sealed(ballots: list[Ballot], salt: str = "") -> list[Sealed]:
    """Ballots with salts that are the same in every run."""
    return [Sealed(one, sha256(f"{salt}{at}".encode()).hexdigest()[:32]) for at, one in enumerate(ballots)]


def codes(ballots: list[Ballot]) -> list[str]:
    return [ballot.code_of(sha256(f"code {at}".encode()).digest()) for at in range(len(ballots))]


def receipts(ballots: list[Ballot], vote: str = "TP-0506-01") -> list[Receipt]:
    held = zip(codes(ballots), ballots, strict=True)
    return [Receipt(ballot.receipt_of(vote, code), one.weight) for code, one in held]


def street(owners: int = 12) -> Roll:
    """Owners of different areas, two of whom share a home and one of whom has two."""
    rows = [
        ballot.Holding(f"{at:03}", f"o{at:03}", Fraction(50 + at) + Fraction(at, 10), "3")
        for at in range(owners)
    ]
    rows.append(ballot.Holding("000", "spouse", Fraction(50), "3"))
    rows.append(ballot.Holding("900", "o001", Fraction("30.25"), "5"))
    return ballot.owners(rows)


def published(
    choices: Mapping[str, tuple[str, ...] | None] | None = None, seed: str = "4721 9930", owners: int = 12
) -> str:
    """The file of a vote of owners: all but the last three take part, unless `choices` says who says what."""
    roll = street(owners)
    if choices is None:
        voters = [entry.voter for entry in roll.entries][:-3]
        said: list[tuple[str, ...] | None] = [
            ("yes",),
            ("yes",),
            ("no",),
            ("yes",),
            ("abstain",),
            (),
            ("yes",),
            None,
        ]
        choices = {voter: said[at % len(said)] for at, voter in enumerate(voters)}
    ballots = ballot.weighed(roll, choices)
    return ballot.publish(asked(), basis("owners.ordinary"), roll, sealed(ballots), receipts(ballots), seed)
