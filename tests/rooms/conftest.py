"""A town to say things in."""

import pytest

from tests import town as towns


@pytest.fixture
def town(db: None) -> towns.Town:
    """A small town."""
    return towns.build()
