"""督办: a unit that never answers is climbed up to, rung by rung, until it is summoned; an answer or a move stops it."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liren.base.ledger import queries as ledger
from liren.cases import actions, ladder
from liren.cases.models import Case, Step, Supervision
from liren.kernel.errors import Conflict, Denied, IllegalMove, LirenError, Refused
from liren.kernel.policy import Actor
from tests.cases.test_life import HER, dispatched, replied, say
from tests.town import NOW, Town, build, resident

pytestmark = pytest.mark.writes

TEN = timedelta(minutes=10)


def boss(town: Town, account: int = 104) -> Actor:
    """Who supervises."""
    return town.staff(account, "supervisor")


def at_work(town: Town, key: str = "k1") -> Case:
    accepted = say(town, key=key)
    dispatched(town, accepted)
    handler = town.handler(town.drains)
    actions.sign(accepted.case_id, by=handler, version=None, now=NOW)
    return actions.contact(accepted.case_id, by=handler, version=None, text="联系过了", now=NOW)


def run(until: datetime, since: datetime = NOW, every: timedelta = timedelta(hours=2)) -> None:
    """The job, again and again."""
    at = since
    while at <= until:
        actions.climb_due(now=at)
        at += every


def levels(case: Case) -> list[str]:
    return list(Supervision.objects.filter(case=case).order_by("at", "id").values_list("level", flat=True))


def test_a_unit_that_never_answers_is_summoned_at_last(town: Town) -> None:
    case = at_work(town)
    assert case.next_due is not None
    run(case.next_due + timedelta(days=60))
    assert levels(case) == list(ladder.LEVELS)
    rows = list(Supervision.objects.filter(case=case).order_by("at"))
    assert [row.cause for row in rows[:2]] == ["near", "overdue"]
    assert rows[0].at < case.next_due < rows[1].at
    assert rows[0].answer_due is None
    for below, row in pairwise(rows[1:]):
        assert below.answer_due is not None
        assert row.at >= below.answer_due
    assert {row.unit_id for row in rows} == {town.drains}
    assert {row.by for row in rows} == {1}
    case.refresh_from_db()
    assert case.supervised == "summon"
    assert Step.objects.filter(case=case).count() == case.version
    kinds = [entry.kind for entry in ledger.history("case", case.id)]
    assert kinds.count("cases.supervised") == 5


def test_the_same_run_again_climbs_nothing_more(town: Town) -> None:
    case = at_work(town)
    assert case.next_due is not None
    at = case.next_due + timedelta(days=30)
    assert actions.climb_due(now=at) == 1
    for _ in range(3):
        assert actions.climb_due(now=at) == 0
        assert actions.climb_due(now=at + TEN) == 0
    assert levels(case) == ["remind"]


def test_an_answer_stops_the_ladder_for_its_time(town: Town) -> None:
    case = at_work(town)
    assert case.next_due is not None
    run(case.next_due + timedelta(hours=3))
    assert levels(case) == ["remind", "urge"]
    at = case.next_due + timedelta(hours=3)
    handler, stranger = town.handler(town.drains), town.handler(town.sweepers)
    with pytest.raises(Denied):
        actions.answer_supervision(case.id, by=stranger, version=None, text="我们来", now=at)
    with pytest.raises(Refused) as refused:
        actions.answer_supervision(case.id, by=handler, version=None, text="　", now=at)
    assert refused.value.code == "words.empty"
    actions.answer_supervision(case.id, by=handler, version=None, text="缺管件，明天到货", now=at)
    with pytest.raises(Refused) as refused:
        actions.answer_supervision(case.id, by=handler, version=None, text="再说一遍", now=at)
    assert refused.value.code == "supervise.nothing_open"
    run(at + timedelta(hours=20), since=at)
    assert levels(case) == ["remind", "urge"]
    # what was answered was not done
    run(at + timedelta(days=14), since=at + timedelta(hours=20))
    assert "supervise" in levels(case)


def test_the_ladder_comes_down_when_the_case_moves_on(town: Town) -> None:
    case = at_work(town)
    assert case.next_due is not None
    late = case.next_due + timedelta(hours=3)
    run(late)
    handler = town.handler(town.drains)
    actions.start(case.id, by=handler, version=None, now=late)
    case.refresh_from_db()
    assert case.supervised == "urge"
    actions.reply(case.id, by=handler, version=None, text="修好了", now=late)
    case.refresh_from_db()
    assert case.supervised == ""
    assert actions.climb_due(now=late + timedelta(days=2)) == 0
    # a new round begins on the ground
    actions.rate(case.voice_set.get().id, "not_solved", by=resident(HER), now=late, key="r1")
    case.refresh_from_db()
    assert (case.state, case.supervised) == ("reopened", "")
    assert case.next_due is not None
    run(case.next_due, since=late)
    assert levels(case) == ["remind", "urge", "remind"]


def test_a_new_dispatch_begins_on_the_ground(town: Town) -> None:
    accepted = say(town)
    case = dispatched(town, accepted)
    assert case.next_due is not None
    late = case.next_due + timedelta(hours=20)
    run(late)
    case.refresh_from_db()
    assert case.supervised == "urge"
    # the desk's turn: the ladder stands still while an objection is ruled on
    Case.objects.filter(pk=case.pk).update(state="objected")
    run(late + timedelta(days=5), since=late)
    assert levels(case) == ["remind", "urge"]
    Case.objects.filter(pk=case.pk).update(state="signed")
    case = actions.dispatch(case.id, town.drains, by=town.clerk(), version=None, now=late)
    assert case.supervised == ""


def test_a_supervisor_climbs_by_hand_with_words(town: Town) -> None:
    case = at_work(town)
    by = boss(town)
    for level, text, code in [
        ("supervise", " ", "words.empty"),
        ("sky", "请说明", "supervise.level"),
        ("", "请说明", "supervise.level"),
    ]:
        with pytest.raises(Refused) as refused:
            actions.supervise(case.id, level, by=by, version=None, text=text, now=NOW)
        assert refused.value.code == code
    with pytest.raises(Denied):
        actions.supervise(case.id, "urge", by=town.handler(town.drains), version=None, text="快", now=NOW)
    with pytest.raises(Conflict):
        actions.supervise(case.id, "urge", by=by, version=1, text="请今天到场", now=NOW)
    row = actions.supervise(case.id, "supervise", by=by, version=case.version, text="请今天到场", now=NOW)
    assert (row.cause, row.by, row.unit_id) == ("by_hand", 104, town.drains)
    assert row.answer_due is not None
    with pytest.raises(Refused):
        actions.supervise(case.id, "urge", by=by, version=None, text="请今天到场", now=NOW)
    told = str([entry.payload for entry in ledger.history("case", case.id)])
    assert "到场" not in told


def test_only_what_a_unit_has_can_be_supervised(town: Town) -> None:
    accepted = say(town)
    with pytest.raises(IllegalMove):
        actions.supervise(accepted.case_id, "urge", by=boss(town), version=None, text="快", now=NOW)
    replied(town, accepted)
    with pytest.raises(IllegalMove):
        actions.supervise(accepted.case_id, "urge", by=boss(town), version=None, text="快", now=NOW)


def test_chased_three_times_is_urged_before_the_limit(town: Town) -> None:
    case = at_work(town)
    voice = case.voice_set.get()
    for n in range(3):
        actions.chase(voice.id, by=resident(HER), now=NOW, key=f"c{n}")
    run(NOW + timedelta(days=1))
    assert levels(case) == ["remind", "urge"]
    assert list(Supervision.objects.filter(case=case).values_list("cause", flat=True)) == ["chased"] * 2


def test_many_cases_are_climbed_in_chunks_with_few_statements_for_those_that_wait(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    from liren.cases.actions import supervising

    monkeypatch.setattr(supervising, "CHUNK", 3)
    cases = [at_work(town, key=f"m{n}") for n in range(7)]
    assert cases[0].next_due is not None
    late = cases[0].next_due + timedelta(days=1)
    assert actions.climb_due(now=late, limit=4) == 4
    assert actions.climb_due(now=late) == 3
    with CaptureQueriesContext(connection) as seen:
        assert actions.climb_due(now=late) == 0
    assert len(seen) <= 6  # two for each chunk of three


ACTS = ("time", "day", "answer", "by_hand", "start", "reply", "not_solved", "chase", "object", "dispatch")


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(ACTS), min_size=5, max_size=25))
def test_whatever_happens_the_job_climbs_one_rung_at_a_time(acts: list[str]) -> None:
    from django.db import transaction

    with transaction.atomic():
        _walk(acts)
        transaction.set_rollback(True)


def _walk(acts: list[str]) -> None:
    town = build()
    case, now = at_work(town), NOW
    voice, handler = case.voice_set.get(), town.handler(town.drains)
    for n, act in enumerate(acts):
        now += timedelta(hours=9)
        try:
            _try(town, case, voice.id, handler, act, now, n)
        except LirenError:
            continue
        before = Case.objects.get(pk=case.pk)
        actions.climb_due(now=now)
        after = Case.objects.get(pk=case.pk)
        assert ladder.height(after.supervised) - ladder.height(before.supervised) in {0, 1}
        assert actions.climb_due(now=now) == 0
        assert (after.state, after.next_due) == (before.state, before.next_due)
        if (
            after.state == "objected"
        ):  # an objection does not shake supervision off, and is not pressed either
            assert after.supervised == before.supervised
        elif after.supervised:
            assert after.state in {"dispatched", "signed", "contacted", "handling", "reopened"}


def _try(town: Town, case: Case, voice: int, handler: Actor, act: str, now: datetime, n: int) -> None:
    staff: dict[str, object] = {"version": None, "now": now}
    match act:
        case "day":
            actions.climb_due(now=now + timedelta(days=2))
        case "answer":
            actions.answer_supervision(case.id, by=handler, text="正在办", **staff)  # type: ignore[arg-type]
        case "by_hand":
            level = ladder.above(Case.objects.get(pk=case.pk).supervised)[:1] or ("",)
            actions.supervise(case.id, level[0], by=boss(town), text="请办", **staff)  # type: ignore[arg-type]
        case "start":
            actions.start(case.id, by=handler, **staff)  # type: ignore[arg-type]
        case "reply":
            actions.reply(case.id, by=handler, text="修好了", **staff)  # type: ignore[arg-type]
        case "not_solved":
            actions.rate(voice, "not_solved", by=resident(HER), now=now, key=f"r{n}")
        case "chase":
            actions.chase(voice, by=resident(HER), now=now, key=f"c{n}")
        case "object":
            actions.object_to(case.id, by=handler, reason="不归我们", **staff)  # type: ignore[arg-type]
        case "dispatch":
            actions.dispatch(case.id, town.drains, by=town.clerk(), **staff)  # type: ignore[arg-type]
