"""Intakes on a real server that is killed again and again: what was acknowledged is there once, on both databases."""

import tempfile
import time
from pathlib import Path

from bench.frame import Measured
from tests.proof import killing
from tools import postgres

INTAKES, STRIKES = 3_000, 20


def measure() -> list[Measured]:
    """One row for each database: lost and doubled together."""
    rows = [_row("SQLite", {})]
    with postgres.server() as reached:
        rows.append(_row("PostgreSQL", reached))
    return rows


def _row(database: str, reached: dict[str, str]) -> Measured:
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="liren-kills-") as home:
        told = killing.stream(Path(home), reached, intakes=INTAKES, strikes=STRIKES)
    if (told.acknowledged, told.strikes) != (INTAKES, STRIKES):
        raise RuntimeError(f"{told.acknowledged} acknowledged, {told.strikes} strikes")
    return Measured(
        f"lost or doubled of 3,000 intakes, {database}", len(told.lost) + len(told.doubled), "cases", None,
        f"{told.acknowledged} acknowledged over HTTP while {told.strikes} times a process, every fourth time all of them, "
        f"got kill -9; {told.again} delivered twice, {told.retries} requests tried again by the senders, in "
        f"{time.monotonic() - begun:.0f} s",
    )  # fmt: skip
