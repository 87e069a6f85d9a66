"""The three rates over real cases: per case and per voice, with their denominators."""

from datetime import timedelta

import pytest

from liren.cases import actions, queries
from tests.cases.test_life import HER, replied, say
from tests.town import NOW, Town, resident

pytestmark = pytest.mark.writes


def test_a_case_of_three_voices_is_one_case_and_three_people(town: Town) -> None:
    accepted = say(town)
    others = []
    for n in (71, 72):
        demand = actions.Demand(words="我家也是", channel="web", device_id=n)
        others.append(actions.add_voice(accepted.case_id, demand, by=resident(n), now=NOW, key=f"j{n}"))
    replied(town, accepted)
    actions.rate(accepted.voice_id, "solved", by=resident(HER), now=NOW, rating=5, key="a")
    actions.rate(others[0].voice_id, "solved", by=resident(71), now=NOW, rating=2, key="b")
    lone = say(town, key="k2", words="井盖响")
    replied(town, lone)
    actions.rate(lone.voice_id, "not_solved", by=resident(HER), now=NOW, key="c")
    gone = say(town, key="k3", words="路灯不亮")
    actions.withdraw(gone.voice_id, by=resident(HER), now=NOW, key="w")

    told = queries.figures(town.caller(), since=NOW - timedelta(days=1), until=NOW + timedelta(days=40))
    cases, voices = told.per_case, told.per_voice
    assert (cases.resolution.hits, cases.resolution.of) == (1, 2)
    assert (voices.resolution.hits, voices.resolution.of) == (2, 3)
    assert (cases.satisfaction.hits, cases.satisfaction.of) == (0, 1), (
        "the least content voice speaks for the case"
    )
    assert (voices.satisfaction.hits, voices.satisfaction.of) == (1, 2)
    assert (cases.response.hits, cases.response.of) == (2, 2)
    assert (voices.response.hits, voices.response.of) == (4, 4)
    assert (voices.coverage.hits, voices.coverage.of) == (3, 3)
    nobody = queries.figures(resident(5), since=NOW - timedelta(days=1), until=NOW + timedelta(days=40))
    assert nobody.per_case.response.of == 0
