"""核查: never by the handler, never "solved"; what is not as replied is opened again."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.cases import actions, sampling
from liren.cases.models import Case, Verification
from liren.kernel.errors import Conflict, Denied, IllegalMove, Refused
from liren.registers.channels.models import Message
from tests.cases.test_life import HER, dispatched, replied, say
from tests.town import NOW, Town, resident


@pytest.mark.writes
def test_not_as_replied_opens_the_case_again(town: Town) -> None:
    accepted = say(town)
    replied(town, accepted)
    by = town.staff(104, "supervisor")
    case = actions.verify(
        accepted.case_id, "not_as_replied", by=by, version=None, text="沟还堵着", now=NOW + timedelta(days=1)
    )
    assert (case.state, case.round) == ("reopened", 2)
    row = Verification.objects.get()
    assert (row.finding, row.round, row.by) == ("not_as_replied", 1, 104)


@pytest.mark.writes
@pytest.mark.parametrize("finding", ["as_replied", "unclear"])
def test_no_finding_ever_says_solved(town: Town, finding: str) -> None:
    accepted = say(town)
    replied(town, accepted)
    by = town.staff(104, "supervisor")
    case = actions.verify(accepted.case_id, finding, by=by, version=None, text="看过了", now=NOW)
    assert case.state == "replied"
    assert case.voice_set.get().verdict == ""


@pytest.mark.writes
def test_who_verifies_and_when(town: Town) -> None:
    accepted = say(town)
    dispatched(town, accepted)
    by = town.staff(104, "supervisor")
    with pytest.raises(IllegalMove):
        actions.verify(accepted.case_id, "as_replied", by=by, version=None, text="看过了", now=NOW)
    actions.sign(accepted.case_id, by=town.handler(town.drains), version=None, now=NOW)
    actions.contact(accepted.case_id, by=town.handler(town.drains), version=None, text="联系", now=NOW)
    actions.reply(accepted.case_id, by=town.handler(town.drains), version=None, text="修好了", now=NOW)
    for finding, text, code in [("fine", "看过了", "verify.finding"), ("as_replied", "", "words.empty")]:
        with pytest.raises(Refused) as refused:
            actions.verify(accepted.case_id, finding, by=by, version=None, text=text, now=NOW)
        assert refused.value.code == code
    with pytest.raises(Conflict):
        actions.verify(accepted.case_id, "as_replied", by=by, version=1, text="看过了", now=NOW)
    # who replied holds the duty too, and still may not
    same = town.staff(102, "supervisor")
    with pytest.raises(Denied) as denied:
        actions.verify(accepted.case_id, "as_replied", by=same, version=None, text="看过了", now=NOW)
    assert denied.value.params["reason"] == "handler"
    # a case she called solved is opened again too, where the reply was not true
    actions.rate(accepted.voice_id, "solved", by=resident(HER), now=NOW, key="r1")
    case = actions.verify(accepted.case_id, "not_as_replied", by=by, version=None, text="假的", now=NOW)
    assert case.state == "reopened"
    assert Case.objects.get(pk=case.pk).voice_set.get().verdict_round == 1


@pytest.mark.writes
def test_the_people_behind_it_are_told_what_was_found_not_that_they_complained(town: Town) -> None:
    from liren.cases import events, reactions

    accepted = say(town)
    replied(town, accepted)
    by = town.staff(104, "supervisor")
    case = actions.verify(accepted.case_id, "not_as_replied", by=by, version=None, text="沟还堵着", now=NOW)
    news = events.Settled(
        subject_id=case.id,
        by=1,
        at=NOW,
        version=case.version,
        state=case.state,
        round=2,
        cause="not_as_replied",
    )
    reactions.tell_all(news)
    assert set(Message.objects.values_list("code", flat=True)) == {"case.checked"}


PAIRS = st.lists(
    st.tuples(st.integers(1, 4), st.integers(1, 10_000)), max_size=60, unique_by=lambda pair: pair[1]
)


@given(PAIRS, st.integers(0, 100), st.integers(0, 3))
def test_the_sample_can_be_drawn_again_and_every_unit_has_its_share(
    pairs: list[tuple[int, int]], percent: int, least: int
) -> None:
    drawn = sampling.draw("2026-W11", pairs, percent=percent, least=least)
    assert drawn == sampling.draw("2026-W11", reversed(pairs), percent=percent, least=least)
    for unit in {unit for unit, _ in pairs}:
        own = {case for one, case in pairs if one == unit}
        assert len(own & set(drawn)) >= min(least, len(own))
    if percent == 100:
        assert drawn == sorted(case for _, case in pairs)
    # more replies never undraw what the share has drawn
    more = sampling.draw("2026-W11", [*pairs, (1, 20_001)], percent=percent, least=0)
    assert set(sampling.draw("2026-W11", pairs, percent=percent, least=0)) <= set(more)


def test_another_week_another_sample() -> None:
    pairs = [(1, n) for n in range(200)]
    weeks = [tuple(sampling.draw(f"2026-W{n}", pairs, percent=10, least=1)) for n in (10, 11)]
    assert weeks[0] != weeks[1]
    assert all(5 < len(week) < 45 for week in weeks)
