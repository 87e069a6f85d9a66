"""Tests of the base do without the office's own clockwork."""

import pytest

from liren.base.jobs import tasks


@pytest.fixture(autouse=True)
def _no_clockwork(monkeypatch: pytest.MonkeyPatch) -> None:
    """What site/wiring.py repeats is not due here."""
    monkeypatch.setattr(tasks, "_SCHEDULES", {})
