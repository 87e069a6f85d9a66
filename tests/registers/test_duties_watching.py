"""The rules of watching over the work: whole, in order, and refused where an office writes nonsense."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from liren.cases import ladder
from liren.kernel.errors import Refused
from liren.kernel.worktime import calendar_names
from liren.registers.duties import packs, queries
from tests.registers.test_duties_packs import office

ON = date(2026, 11, 2)
HOUR = {"value": 1, "unit": "hour", "basis": "office_choice"}
RUNG: dict[str, Any] = {
    "triggers": [{"cause": "overdue", "limit": HOUR}],
    "time": HOUR,
    "calendar": "office",
    "answer": True,
    "who": {"zh": "单位", "en": "unit"},
}


def test_the_ladder_is_whole_and_every_rung_above_the_first_asks_for_an_answer() -> None:
    rungs = queries.ladder(ON)
    assert [rung.level for rung in rungs] == list(ladder.LEVELS)
    assert [rung.asks for rung in rungs] == [False, True, True, True, True]
    assert all(rung.triggers and rung.source and rung.calendar in calendar_names() for rung in rungs)
    assert rungs[0].hold == rungs[0].time


def test_reasons_have_codes_of_their_own_in_both_languages() -> None:
    reasons = queries.rating_reasons(ON)
    assert len({one.code for one in reasons}) == len(reasons) >= 8
    assert all(one.words.zh and one.words.en.isascii() for one in reasons)


def test_an_office_sets_its_own_pace(tmp_path: Path) -> None:
    own = office(tmp_path, "watching", {"key": "rule.supervision.urge", "replaces": True, "value": RUNG})
    found = packs.read("watching", office=own).pick("rule.supervision.urge", ON)
    assert found.value["triggers"] == [{"cause": "overdue", "limit": HOUR}]


@pytest.mark.parametrize(
    "value",
    [
        {**RUNG, "triggers": [{"cause": "full_moon", "times": 1, "basis": "law"}]},
        {**RUNG, "triggers": [{"cause": "chased", "times": 0, "basis": "law"}]},
        {**RUNG, "triggers": [{"cause": "overdue"}]},
        {**RUNG, "time": {"value": 0, "unit": "hour", "basis": "law"}},
        {**RUNG, "person": 7},
        {"basis": "office_choice", "reasons": []},
        {"percent": 101, "least": 1, "basis": "office_choice"},
        {"acknowledge": HOUR, "calendar": "office"},
    ],
)
def test_what_no_rule_can_mean_is_refused(tmp_path: Path, value: dict[str, Any]) -> None:
    own = office(tmp_path, "watching", {"key": "rule.supervision.urge", "replaces": True, "value": value})
    with pytest.raises(Refused) as refused:
        packs.read("watching", office=own)
    assert refused.value.code == "pack.schema"
