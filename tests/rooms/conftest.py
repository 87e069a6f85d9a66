"""A town to say things in."""

import pytest

from tests import town as towns
from tests.rooms.waking import wake


@pytest.fixture
def town(db: None) -> towns.Town:
    """A small town."""
    built = towns.build()
    wake()  # later news begins after the town was there
    return built
