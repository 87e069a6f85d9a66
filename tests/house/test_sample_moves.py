"""The sample street tells every move there is."""

from datetime import date
from pathlib import Path

import pytest

from liren.cases.models import Step
from liren.cases.states import MOVES
from liren.site.sample import load

# A recount happens only when a calendar or a rule is corrected while limits run: on the sample street nobody does.
NEVER = {"recount"}


@pytest.mark.proof
@pytest.mark.django_db
def test_the_steps_of_the_whole_street_are_all_moves_of_the_table(tmp_path: Path, settings: object) -> None:
    settings.HOME = tmp_path
    load.load(seed=1, as_of=date(2026, 11, 22))
    told = set(Step.objects.values_list("move", flat=True))
    assert set(MOVES) - told == NEVER
    assert told <= set(MOVES) | {"receive"}, "a step the table does not know"
