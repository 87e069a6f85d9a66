"""A vote of 100,000 owners: counted, judged, sealed into the board; then the file made and counted again by itself.

Each run is timed from ballots in memory; salts and codes are made before. One thread, processor time.
"""

import time
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

from bench.frame import Measured
from liren.kernel.rulepacks import load_pack
from liren.methods import ballot

HERE = Path(__file__).resolve().parent
BALLOTS, RUNS = 100_000, 5
VOTE = "TP-bench"


def measure() -> list[Measured]:
    """One row held to its target, two beside it."""
    asked, basis, roll, box, receipts = _drawn()
    counted, published, again, size = [], [], [], 0
    for _ in range(RUNS):
        begun = time.process_time()
        count = ballot.tally(asked.question, (one.ballot for one in box))
        verdict = ballot.judge(basis.rule.threshold, asked.question, count, roll.totals)
        rows = {row["sealed"]: row for row in (ballot.row_of(VOTE, one) for one in box)}
        seals = ballot.in_order("4721 9930", rows)
        ballot.sealed_box(rows)
        top = ballot.ballots_root(seals)
        counted.append(time.process_time() - begun)
        begun = time.process_time()
        text = ballot.publish(asked, basis, roll, box, receipts, "4721 9930")
        published.append(time.process_time() - begun)
        begun = time.process_time()
        found = ballot.recount(text)
        again.append(time.process_time() - begun)
        size = len(text.encode())
        if found.faults or found.verdict != verdict or found.content["board"]["root"] != top:
            raise RuntimeError("what was published does not count again")
    middle = [sorted(times)[RUNS // 2] for times in (counted, published, again)]
    areas = len({one.ballot.weight for one in box})
    how = f"median of {RUNS}, one thread: area and heads of {BALLOTS:,} owners, {areas:,} different areas"
    return [
        Measured("100,000 ballots tallied and the board built", round(middle[0], 2), "s", None, how),
        Measured(
            "100,000 ballots published, checked by its own recount",
            round(middle[1], 2), "s", None, f"{how}; receipts too, a file of {size / 1024**2:.0f} MB",
        ),
        Measured("100,000 published ballots counted again", round(middle[2], 2), "s", None, how),
    ]  # fmt: skip


def _drawn() -> tuple[ballot.Asked, ballot.Basis, ballot.Roll, list[ballot.Sealed], list[ballot.Receipt]]:
    """Owners of homes of 40 to 140 m² to the hundredth, all of whom vote."""
    pack = load_pack(HERE.parent / "src/liren/rooms/forum/packs/voting.yaml", ballot.VOTING)
    (row,) = pack.rows["owners.ordinary"]
    said = ballot.Said("动用维修资金", "Use of the repair fund")
    question = ballot.Question("question", ballot.ANSWERS)
    asked = ballot.Asked(
        VOTE, said, question, dict.fromkeys(ballot.ANSWERS, said), "2026-05-15T18:00+08:00", "recorded"
    )
    basis = ballot.Basis(ballot.rule_from(row.value), row.key, said, row.source)
    noise = [sha256(f"owner {at}".encode()).digest() for at in range(BALLOTS)]
    roll = ballot.owners(
        ballot.Holding(f"h{at}", f"o{at}", Fraction(4_000 + int.from_bytes(drawn[:4]) % 10_000, 100))
        for at, drawn in enumerate(noise)
    )
    answers = {
        f"o{at}": ("yes", "yes", "yes", "no", "abstain")[drawn[4] % 5] for at, drawn in enumerate(noise)
    }
    ballots = ballot.weighed(roll, {owner: (answer,) for owner, answer in answers.items()})
    box = [ballot.Sealed(one, drawn[8:24].hex()) for one, drawn in zip(ballots, noise, strict=True)]
    receipts = [
        ballot.Receipt(ballot.receipt_of(VOTE, ballot.code_of(drawn[24:])), one.weight)
        for one, drawn in zip(ballots, noise, strict=True)
    ]
    return asked, basis, roll, box, receipts
