"""News of a case reaches people, advice and readers through the real wiring, once."""

from datetime import timedelta

import pytest
from django.db import transaction

from liren.base.ledger import actions as ledger
from liren.base.ledger import queries as sealed
from liren.cases import actions, queries
from liren.cases.models import Case
from liren.kernel.policy import SYSTEM, Actor, Grant
from liren.registers.advice import actions as advice
from liren.registers.advice import queries as advised
from liren.registers.channels.models import Message
from liren.registers.places import actions as grounds
from liren.registers.places import queries as places
from liren.rooms.intake import actions as intake
from tests.cases.test_life import HER, dispatched, replied, say
from tests.town import NOW, Town, resident

pytestmark = pytest.mark.writes


def deliver() -> None:
    """What the worker does, to the end."""
    while ledger.seal():
        pass
    ledger.deliver(now=NOW)
    assert sealed.dead_letters() == []


@pytest.fixture(autouse=True)
def _from_today(town: Town) -> None:
    deliver()


def told() -> list[tuple[str, str]]:
    return list(Message.objects.order_by("created_at", "id").values_list("code", "channel"))


def test_she_is_told_each_step_on_both_ways_and_only_once(town: Town) -> None:
    accepted = say(town)
    replied(town, accepted)
    actions.rate(accepted.voice_id, "not_solved", by=resident(HER), now=NOW + timedelta(hours=1), key="r")
    deliver()
    first = told()
    assert {code for code, _ in first} == {
        "case.received",
        "case.dispatched",
        "case.replied",
        "case.reopened",
    }
    assert {channel for _, channel in first} == {"in_app", "sms"}
    with transaction.atomic():
        for entry in sealed.history("case", accepted.case_id):
            assert entry.seq is not None
    deliver()
    assert told() == first


def test_who_left_no_phone_is_told_on_the_device_only(town: Town) -> None:
    say(town, phone=None)
    deliver()
    assert told() == [("case.received", "in_app")]


def test_the_case_carries_the_sequence_of_its_newest_news(town: Town) -> None:
    accepted = say(town)
    deliver()
    first = Case.objects.get().change_seq
    replied(town, accepted)
    deliver()
    last = Case.objects.get().change_seq
    assert first is not None
    assert last is not None
    assert last > first
    assert last == max(entry.seq or 0 for entry in sealed.history("case", accepted.case_id))


def heard(town: Town) -> actions.Accepted:
    her = resident(HER)
    said = intake.Heard(
        words="3号楼门口排水沟堵塞积水", channel="web", place_id=town.building, class_code="municipal.drain"
    )
    draft = intake.hear(said, by=her, now=NOW)
    return intake.send(draft.token, intake.Sending(), by=her, now=NOW)


def test_the_machine_dispatches_alone_only_when_the_office_switched_it_on(town: Town) -> None:
    heard(town)
    deliver()
    assert Case.objects.get().state == "received"
    officer = Actor(
        id=900,
        kind="staff",
        grants=(Grant("security_admin", frozenset({"advice.switch"})),),
        proof="second_factor",
    )
    advice.switch("intake.reader", by=officer, now=NOW, alone=True, threshold=0.5)
    Case.objects.all()
    second = intake.hear(
        intake.Heard(
            words="和园小区3号楼门口排水沟又堵了，积水很深",
            channel="web",
            place_id=town.building,
            class_code="municipal.drain",
        ),
        by=resident(HER),
        now=NOW,
    )
    accepted = intake.send(second.token, intake.Sending(), by=resident(HER), now=NOW)
    deliver()
    case = Case.objects.get(pk=accepted.case_id)
    assert (case.state, case.automatic, case.unit_id) == ("dispatched", True, town.drains)
    case = actions.undo_dispatch(case.id, by=town.clerk(), version=None, now=NOW)
    assert (case.state, case.automatic, case.unit_id) == ("received", False, None)


def test_advice_is_scored_by_what_the_case_ended_as(town: Town) -> None:
    accepted = heard(town)
    replied(town, accepted)
    actions.rate(accepted.voice_id, "solved", by=resident(HER), now=NOW, rating=5, key="r")
    actions.settle_due(now=NOW + timedelta(days=60))
    deliver()
    outcomes = {item.kind: item.outcome for item in advised.for_subject("case", accepted.case_id)}
    assert outcomes["class"] == "right"
    assert outcomes["unit"] == "right"


def test_when_a_grid_is_redrawn_its_cases_go_with_it(town: Town) -> None:
    accepted = say(town, place_id=town.building)
    dispatched(town, accepted)
    there = town.staff(130, "leader", place=places.get(town.far).path)
    assert queries.worklist(there, queries.Filters(view="all"), now=NOW).rows == []
    grounds.move_place(town.grid, parent_id=town.far, by=SYSTEM, now=NOW)
    assert [row.id for row in queries.worklist(there, queries.Filters(view="all"), now=NOW).rows] == [
        accepted.case_id
    ]
    found = queries.worklist(there, queries.Filters(view="all", text="排水沟"), now=NOW).rows
    assert [row.id for row in found] == [accepted.case_id]
