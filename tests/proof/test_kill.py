"""kill -9 during a stream of intakes: no acknowledged case lost, none doubled, on both databases."""

import os
from pathlib import Path

import pytest

from tests.proof import killing

pytestmark = pytest.mark.proof

INTAKES, STRIKES = 600, 8


def test_no_acknowledged_case_is_lost_or_doubled(tmp_path: Path) -> None:
    reached = {
        name: os.environ[name]
        for name in ("LIREN_DB", "LIREN_DB_OWNER", "LIREN_DB_APP_ROLE")
        if name in os.environ
    }
    told = killing.stream(tmp_path, reached, intakes=INTAKES, strikes=STRIKES)
    assert told.strikes == STRIKES
    assert told.acknowledged == INTAKES
    assert told.lost == []
    assert told.doubled == []
    assert told.retries > 0, "nothing was interrupted: this proved nothing"
    assert told.again == INTAKES // killing.TWICE
