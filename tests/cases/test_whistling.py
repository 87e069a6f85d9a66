"""吹哨报到: called, acknowledged, on site, agreed, done, scored by both sides; a refusal is there for the district."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.cases import actions, queries, whistles
from liren.cases.actions import Act, Call
from liren.cases.models import Bar, Case, CaseUnit, Step, Whistle, WhistleAct, WhistleUnit
from liren.cases.whistles import Called, Whistled
from liren.kernel.errors import Conflict, Denied, IllegalMove, LirenError, NotFound, Refused
from tests.cases.test_life import HER, dispatched, replied, say
from tests.town import NOW, Town, resident

SOON = NOW + timedelta(hours=4)


def test_every_state_is_reached_and_none_but_the_last_is_a_dead_end() -> None:
    reached, grown = {Whistled.RAISED}, True
    while grown:
        before = len(reached)
        for edges in whistles.MOVES.values():
            for at, targets in edges.items():
                if at in reached:
                    reached |= targets
        grown = len(reached) > before
    assert reached == set(Whistled)
    for state in set(Whistled) - whistles.FINAL:
        assert any(
            targets - {state}
            for edges in whistles.MOVES.values()
            for at, targets in edges.items()
            if at == state
        )
    for state in whistles.FINAL:
        assert all(state not in edges for edges in whistles.MOVES.values())
    units = {Called.RAISED}
    for edges in list(whistles.UNIT_MOVES.values()) * 2:
        units |= {to for at, to in edges.items() if at in units}
    assert units == set(Called)


@given(
    st.sampled_from(sorted(whistles.MOVES["follow"])),
    st.lists(st.sampled_from(sorted(Called)), min_size=1, max_size=6),
)
def test_a_whistle_follows_its_units_only_where_the_table_leads(state: Whistled, units: list[Called]) -> None:
    there = whistles.follow(state, units)
    assert there in whistles.MOVES["follow"][state] or (state == "acknowledged" and there == "raised")
    if set(units) == {Called.REFUSED} and state in {Whistled.RAISED, Whistled.ACKNOWLEDGED}:
        assert there == Whistled.REFUSED


def raised(town: Town, *units: int) -> Whistle:
    accepted = say(town)
    dispatched(town, accepted)
    call = Call("污水外溢，一家办不了，请到现场会商", units or (town.drains, town.sweepers), SOON)
    return actions.raise_whistle(accepted.case_id, call, by=town.clerk(), version=None, now=NOW)


pytest_db = pytest.mark.writes


@pytest_db
def test_from_the_whistle_to_both_scores(town: Town) -> None:
    clerk, drains, sweepers = town.clerk(), town.handler(town.drains), town.handler(town.sweepers, 105)
    whistle = raised(town)
    case = whistle.case
    # the called unit sees the case, and only now
    assert queries.case_ref(case.number, sweepers).pk == case.pk
    actions.answer_call(whistle.id, town.sweepers, "acknowledge", by=sweepers, now=NOW)
    whistle.refresh_from_db()
    assert whistle.state == "raised"
    actions.answer_call(whistle.id, town.drains, "arrive", by=drains, now=NOW, text="到了")
    actions.answer_call(whistle.id, town.sweepers, "arrive", by=sweepers, now=NOW)
    acts = [Act(town.drains, "疏通主管", SOON), Act(town.sweepers, "冲洗路面", SOON)]
    whistle = actions.agree(whistle.id, acts, by=clerk, now=NOW)
    assert whistle.state == "agreed"
    with pytest.raises(Refused) as refused:
        actions.finish_whistle(whistle.id, by=clerk, now=NOW)
    assert refused.value.params["left"] == 2
    mine, theirs = (WhistleAct.objects.get(unit_id=unit) for unit in (town.drains, town.sweepers))
    with pytest.raises(Denied):
        actions.finish_act(mine.id, by=sweepers, now=NOW, text="做完了")
    actions.finish_act(mine.id, by=drains, now=NOW, text="疏通40米")
    with pytest.raises(Refused):
        actions.finish_act(mine.id, by=drains, now=NOW, text="疏通40米")
    actions.finish_act(theirs.id, by=sweepers, now=NOW, text="冲洗两遍")
    actions.finish_whistle(whistle.id, by=clerk, now=NOW)
    for unit, by in ((town.drains, drains), (town.sweepers, sweepers)):
        with pytest.raises(Refused):
            actions.score(whistle.id, unit, 6, by=by, now=NOW)
        actions.score(whistle.id, unit, 5, by=clerk, now=NOW, text="来得快")
        assert queries.case_ref(case.number, by).pk == case.pk
        whistle = actions.score(whistle.id, unit, 4, by=by, now=NOW, text="叫得对")
    assert whistle.state == "scored"
    rows = WhistleUnit.objects.values_list("score_of_unit", "score_of_street", "score_words", "street_words")
    assert list(rows) == [(5, 4, "来得快", "叫得对")] * 2
    # what was shown for the whistle's sake is shown no longer
    with pytest.raises(NotFound):
        queries.case_ref(case.number, sweepers)
    assert CaseUnit.objects.count() == 0
    case.refresh_from_db()
    assert (case.co_unit_ids, case.whistled, case.state) == ([], True, "dispatched")
    assert Step.objects.filter(case=case).count() == case.version


@pytest_db
def test_a_refusal_needs_a_reason_and_all_refusing_ends_the_whistle(town: Town) -> None:
    whistle = raised(town)
    drains, sweepers = town.handler(town.drains), town.handler(town.sweepers, 105)
    with pytest.raises(Refused) as refused:
        actions.answer_call(whistle.id, town.sweepers, "refuse", by=sweepers, now=NOW, text=" ")
    assert refused.value.code == "words.empty"
    actions.answer_call(whistle.id, town.sweepers, "refuse", by=sweepers, now=NOW, text="不在职责内")
    with pytest.raises(IllegalMove):
        actions.answer_call(whistle.id, town.sweepers, "arrive", by=sweepers, now=NOW)
    whistle = actions.answer_call(whistle.id, town.drains, "refuse", by=drains, now=NOW, text="没有人手")
    assert (whistle.state, whistle.ended_at) == ("refused", NOW)
    with pytest.raises(NotFound):
        queries.case_ref(whistle.case.number, sweepers)
    # the street may call again
    case = Case.objects.get(pk=whistle.case_id)
    call = Call("请再到现场", (town.sweepers,), SOON)
    actions.raise_whistle(case.id, call, by=town.clerk(), version=case.version, now=NOW)


@pytest_db
def test_bad_calls_are_refused_and_leave_nothing(town: Town) -> None:
    accepted = say(town)
    case = dispatched(town, accepted)
    clerk = town.clerk()
    good = Call("请到现场", (town.sweepers,), SOON)
    for call, code in [
        (Call(" ", good.unit_ids, SOON), "words.empty"),
        (Call("x" * 5001, good.unit_ids, SOON), "words.too_long"),
        (Call("请到现场", (), SOON), "whistle.no_units"),
        (Call("请到现场", (987,), SOON), "whistle.unit_unknown"),
        (Call("请到现场", good.unit_ids, NOW), "whistle.needed_by"),
    ]:
        with pytest.raises(Refused) as refused:
            actions.raise_whistle(case.id, call, by=clerk, version=None, now=NOW)
        assert refused.value.code == code
    with pytest.raises(Conflict):
        actions.raise_whistle(case.id, good, by=clerk, version=1, now=NOW)
    with pytest.raises(Denied):
        actions.raise_whistle(case.id, good, by=town.handler(town.drains), version=None, now=NOW)
    assert not Whistle.objects.exists()
    actions.raise_whistle(case.id, good, by=clerk, version=None, now=NOW)
    with pytest.raises(Refused) as refused:
        actions.raise_whistle(case.id, good, by=clerk, version=None, now=NOW)
    assert refused.value.code == "whistle.running"


@pytest_db
def test_a_unit_the_case_speaks_of_is_never_called(town: Town) -> None:
    accepted = say(town)
    case = dispatched(town, accepted)
    Bar(case=case, unit_id=town.sweepers, reason_code="named", by=1, at=NOW).save(force_insert=True)
    Case.objects.filter(pk=case.pk).update(barred=True)
    with pytest.raises(Refused) as refused:
        actions.raise_whistle(
            case.id, Call("请到现场", (town.sweepers,), SOON), by=town.clerk(), version=None, now=NOW
        )
    assert refused.value.code == "unit.barred"
    assert not Whistle.objects.exists()


@pytest_db
def test_nobody_speaks_for_another_unit_and_nothing_is_agreed_with_who_did_not_come(town: Town) -> None:
    whistle = raised(town)
    clerk, drains = town.clerk(), town.handler(town.drains)
    with pytest.raises(Denied):
        actions.answer_call(whistle.id, town.sweepers, "arrive", by=drains, now=NOW)
    with pytest.raises(NotFound):
        actions.answer_call(whistle.id, town.committee, "arrive", by=drains, now=NOW)
    with pytest.raises(NotFound):
        actions.answer_call(987, town.drains, "arrive", by=drains, now=NOW)
    with pytest.raises(IllegalMove):
        actions.agree(whistle.id, [Act(town.drains, "疏通", SOON)], by=clerk, now=NOW)
    actions.answer_call(whistle.id, town.drains, "arrive", by=drains, now=NOW)
    for acts, code in [
        ([], "whistle.no_acts"),
        ([Act(town.sweepers, "冲洗", SOON)], "whistle.not_on_site"),
        ([Act(town.drains, "疏通", NOW)], "whistle.act_due"),
        ([Act(town.drains, "疏通", SOON), Act(town.drains, "", SOON)], "words.empty"),
    ]:
        with pytest.raises(Refused) as refused:
            actions.agree(whistle.id, acts, by=clerk, now=NOW)
        assert refused.value.code == code
    assert not WhistleAct.objects.exists()
    with pytest.raises(IllegalMove):
        actions.call_off(whistle.id, by=clerk, now=NOW, reason="不用了")
    # put right on the spot: done without acts; the one that never came is not scored
    actions.finish_whistle(whistle.id, by=clerk, now=NOW, text="当场疏通")
    with pytest.raises(Refused):
        actions.score(whistle.id, town.sweepers, 1, by=clerk, now=NOW)
    actions.score(whistle.id, town.drains, 5, by=clerk, now=NOW)
    assert actions.score(whistle.id, town.drains, 5, by=drains, now=NOW).state == "scored"


@pytest_db
def test_a_whistle_taken_back_and_one_never_scored_give_the_case_back(town: Town) -> None:
    whistle = raised(town)
    sweepers = town.handler(town.sweepers, 105)
    clerk = town.clerk()
    with pytest.raises(Refused):
        actions.call_off(whistle.id, by=clerk, now=NOW, reason="")
    actions.call_off(whistle.id, by=clerk, now=NOW, reason="已经自己解决")
    with pytest.raises(NotFound):
        queries.case_ref(whistle.case.number, sweepers)
    whistle = actions.raise_whistle(
        whistle.case_id, Call("请到现场", (town.sweepers,), SOON), by=clerk, version=None, now=NOW
    )
    actions.answer_call(whistle.id, town.sweepers, "arrive", by=sweepers, now=NOW)
    actions.finish_whistle(whistle.id, by=clerk, now=NOW)
    assert actions.lapse_whistles(now=NOW + timedelta(days=1)) == 0
    assert queries.case_ref(whistle.case.number, sweepers)
    assert actions.lapse_whistles(now=NOW + timedelta(days=20)) == 1
    assert actions.lapse_whistles(now=NOW + timedelta(days=20)) == 0
    with pytest.raises(NotFound):
        queries.case_ref(whistle.case.number, sweepers)


@pytest_db
def test_a_case_that_ends_meanwhile_never_leaves_a_whistle_stuck(town: Town) -> None:
    accepted = say(town)
    replied(town, accepted)
    case = Case.objects.get(pk=accepted.case_id)
    with pytest.raises(LirenError):  # answered: nothing to whistle for
        actions.raise_whistle(
            case.id, Call("请到现场", (town.sweepers,), SOON), by=town.clerk(), version=None, now=NOW
        )
    actions.rate(accepted.voice_id, "not_solved", by=resident(HER), now=NOW, key="r1")
    whistle = actions.raise_whistle(
        case.id, Call("请到现场", (town.sweepers,), SOON), by=town.clerk(), version=None, now=NOW
    )
    drains = town.handler(town.drains)
    actions.contact(case.id, by=drains, version=None, text="再去", now=NOW)
    actions.reply(case.id, by=drains, version=None, text="换了管", now=NOW)
    actions.rate(accepted.voice_id, "solved", by=resident(HER), now=NOW, key="r2")
    actions.settle_due(now=NOW + timedelta(days=30))
    case.refresh_from_db()
    assert case.state == "closed"
    late = NOW + timedelta(days=31)
    actions.call_off(whistle.id, by=town.clerk(), now=late, reason="已经办完")
