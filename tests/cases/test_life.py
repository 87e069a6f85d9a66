"""The first life of a case through its real actions: from a resident's word to her "solved"."""

import dataclasses
from datetime import datetime, timedelta

import pytest

from liren.base.ledger import queries as ledger
from liren.base.vault import queries as keys
from liren.cases import actions, queries
from liren.cases.models import Case, Rating, Step, Voice
from liren.kernel.errors import Conflict, Denied, IllegalMove, NotFound, Refused
from liren.kernel.policy import Actor
from liren.registers.places import queries as places
from tests.town import NOW, Town, resident

pytestmark = pytest.mark.writes

HER = 9_001
PHONE = "14200000001"


def say(
    town: Town,
    *,
    device: int = HER,
    phone: str | None = PHONE,
    key: str = "k1",
    now: datetime = NOW,
    **more: object,
) -> actions.Accepted:
    contact = actions.Contact(name="王女士", phone=phone) if phone else None
    demand = actions.Demand(
        words="3号楼门口排水沟堵了，污水漫到路上，老人小孩都绕着走",
        channel="web",
        contact=contact,
        device_id=device,
    )
    return actions.open_case(dataclasses.replace(demand, **more), by=resident(device), now=now, key=key)


def dispatched(town: Town, accepted: actions.Accepted, now: datetime = NOW) -> Case:
    return actions.dispatch(
        accepted.case_id,
        town.drains,
        by=town.clerk(),
        version=None,
        now=now,
        class_code="municipal.drain",
        place_id=town.building,
    )


def replied(town: Town, accepted: actions.Accepted, now: datetime = NOW) -> Case:
    handler = town.handler(town.drains)
    dispatched(town, accepted, now)
    actions.sign(accepted.case_id, by=handler, version=None, now=now)
    actions.contact(accepted.case_id, by=handler, version=None, text="已电话联系，约下午到场", now=now)
    actions.start(accepted.case_id, by=handler, version=None, now=now)
    return actions.reply(
        accepted.case_id, by=handler, version=None, text="已疏通排水沟约40米，明天再冲洗一次", now=now
    )


def test_from_her_word_to_her_solved(town: Town) -> None:
    accepted = say(town)
    case = Case.objects.get(pk=accepted.case_id)
    assert (case.state, case.voices, case.title) == (
        "received",
        1,
        "3号楼门口排水沟堵了，污水漫到路上，老人小孩都绕着走"[:40],
    )
    assert case.next_due is not None
    case = replied(town, accepted)
    assert case.state == "replied"
    assert case.handle_due is not None
    assert case.handle_due > NOW
    case = actions.rate(accepted.voice_id, "solved", by=resident(HER), now=NOW, rating=5, key="r1")
    assert case.state == "solved"
    assert actions.settle_due(now=NOW + timedelta(days=60)) == 1
    assert Case.objects.get(pk=case.pk).state == "closed"
    moves = list(Step.objects.filter(case=case).order_by("id").values_list("move", flat=True))
    assert sorted(moves) == sorted(
        ["receive", "dispatch", "sign", "contact", "start", "reply", "rate", "solve", "close"]
    )
    kinds = [entry.kind for entry in ledger.history("case", case.id)]
    assert kinds == [
        "cases.received", "cases.dispatched", "cases.moved", "cases.moved", "cases.moved", "cases.replied",
        "cases.rated", "cases.settled", "cases.settled",
    ]  # fmt: skip


def test_the_ledger_holds_no_words_and_the_contact_is_sealed(town: Town) -> None:
    accepted = say(town)
    told = str([entry.payload for entry in ledger.history("case", accepted.case_id)])
    assert "排水" not in told
    assert PHONE not in told
    voice = Voice.objects.get(pk=accepted.voice_id)
    assert PHONE.encode() not in bytes(voice.contact)
    assert "王女士".encode() not in bytes(voice.contact)
    assert voice.phone_index == keys.blind("phone", PHONE)


def test_not_solved_opens_it_again_with_a_new_limit(town: Town) -> None:
    accepted = say(town)
    first = replied(town, accepted).handle_due
    later = NOW + timedelta(days=3)
    case = actions.rate(accepted.voice_id, "not_solved", by=resident(HER), now=later, text="又堵了", key="r1")
    assert (case.state, case.round) == ("reopened", 2)
    assert case.handle_due is not None
    assert first is not None
    assert case.handle_due > first
    handler = town.handler(town.drains)
    actions.contact(case.id, by=handler, version=None, text="马上再去", now=later)
    case = actions.reply(case.id, by=handler, version=None, text="换了一段破管", now=later)
    case = actions.rate(accepted.voice_id, "solved", by=resident(HER), now=later, rating=4, key="r2")
    assert case.state == "solved"
    assert list(Rating.objects.order_by("id").values_list("round", "verdict")) == [
        (1, "not_solved"),
        (2, "solved"),
    ]


def test_one_not_solved_among_many_reopens(town: Town) -> None:
    accepted = say(town)
    demand = actions.Demand(words="我家门口也漫水", channel="web", device_id=77)
    other = actions.add_voice(accepted.case_id, demand, by=resident(77), now=NOW, key="j1")
    assert other.number != accepted.number
    assert other.claim_code
    replied(town, accepted)
    case = actions.rate(accepted.voice_id, "solved", by=resident(HER), now=NOW, rating=5, key="r1")
    assert case.state == "replied", "the other voice has not been heard"
    case = actions.rate(other.voice_id, "not_solved", by=resident(77), now=NOW, key="r2")
    assert case.state == "reopened"


def test_three_unanswered_calls_over_two_days_close_it_unconfirmed_never_solved(town: Town) -> None:
    accepted = say(town)
    replied(town, accepted)
    for day in (0, 1):
        case = actions.attempt(
            accepted.voice_id, by=town.caller(), version=None, now=NOW + timedelta(days=day)
        )
        assert case.state == "replied"
    case = actions.attempt(accepted.voice_id, by=town.caller(), version=None, now=NOW + timedelta(days=2))
    assert case.state == "closed_unconfirmed"
    case = actions.rate(
        accepted.voice_id, "not_solved", by=resident(HER), now=NOW + timedelta(days=9), key="late"
    )
    assert case.state == "reopened", "she may still say so"


def test_the_handler_may_not_call_back_on_his_own_case(town: Town) -> None:
    accepted = say(town)
    replied(town, accepted)
    with pytest.raises(Denied):
        actions.record_verdict(
            accepted.voice_id, "solved", by=town.caller(102), version=None, now=NOW, rating=5
        )
    case = actions.record_verdict(
        accepted.voice_id, "solved", by=town.caller(), version=None, now=NOW, rating=3
    )
    assert case.state == "solved"
    assert Rating.objects.get().by_self is False


def test_whoever_takes_demands_down_does_so_for_any_place(town: Town) -> None:
    worker = town.staff(140, "grid_worker", place=places.get(town.near).path)
    demand = actions.Demand(words="竹影那边路灯不亮", channel="counter", place_id=town.far)
    assert actions.open_case(demand, by=worker, now=NOW, key="door").number
    with pytest.raises(Denied):
        actions.open_case(demand, by=town.handler(town.drains), now=NOW, key="no")


def test_sent_twice_is_one_case(town: Town) -> None:
    assert say(town) == say(town)
    assert Case.objects.count() == Voice.objects.count() == 1
    with pytest.raises(Conflict):
        say(town, words="另一件事")
    assert Case.objects.count() == 1


def test_an_anonymous_requester_comes_back_with_the_code_and_a_retry_shows_the_same(town: Town) -> None:
    first, again = say(town, phone=None), say(town, phone=None)
    assert first.claim_code is not None
    assert first.claim_code == again.claim_code
    with pytest.raises(NotFound):
        queries.matter(first.number, resident(555), now=NOW)
    with pytest.raises(NotFound):
        actions.claim(first.number, "000000000000", by=resident(555), now=NOW)
    spaced = f"{first.claim_code[:4]} {first.claim_code[4:8]} {first.claim_code[8:]}"
    actions.claim(first.number, spaced, by=resident(555), now=NOW)
    assert queries.matter(first.number, resident(555), now=NOW).voice.id == first.voice_id


def test_a_dispatch_outside_the_duty_list_is_refused_and_kept(town: Town) -> None:
    accepted = say(town)
    for unit, code in ((town.sweepers, "municipal.drain"), (town.committee, "sanitation.litter")):
        with pytest.raises(Refused) as refused:
            actions.dispatch(
                accepted.case_id,
                unit,
                by=town.clerk(),
                version=None,
                now=NOW,
                class_code=code,
                place_id=town.building,
            )
        assert refused.value.code == "dispatch.outside_duty"
    assert Case.objects.get().state == "received"
    kinds = [entry.kind for entry in ledger.history("case", accepted.case_id)]
    assert kinds.count("cases.dispatch_refused") == 2


def test_a_dispatch_needs_class_and_place(town: Town) -> None:
    accepted = say(town)
    with pytest.raises(Refused, match="no_class"):
        actions.dispatch(accepted.case_id, town.drains, by=town.clerk(), version=None, now=NOW)
    with pytest.raises(Refused, match="no_place"):
        actions.dispatch(
            accepted.case_id,
            town.drains,
            by=town.clerk(),
            version=None,
            now=NOW,
            class_code="municipal.drain",
        )


def test_a_retired_class_names_its_successor(town: Town) -> None:
    accepted = say(town)
    with pytest.raises(Refused) as refused:
        actions.classify(accepted.case_id, "sanitation.garbage", by=town.clerk(), version=None, now=NOW)
    assert refused.value.params["successor"] == "sanitation.litter"
    with pytest.raises(NotFound):
        actions.classify(accepted.case_id, "no.such", by=town.clerk(), version=None, now=NOW)


def test_two_clerks_at_once_the_later_is_told(town: Town) -> None:
    accepted = say(town)
    seen = Case.objects.get().version
    actions.place(accepted.case_id, town.yard, by=town.clerk(), version=seen, now=NOW)
    with pytest.raises(Conflict) as told:
        actions.place(accepted.case_id, town.building, by=town.clerk(110), version=seen, now=NOW)
    assert told.value.params["now"] == seen + 1
    assert Case.objects.get().place_id == town.yard


def test_a_unit_returns_what_is_not_its_duty_and_the_machine_s_dispatch_is_undone_in_one_tap(
    town: Town,
) -> None:
    accepted = say(town)
    dispatched(town, accepted)
    handler = town.handler(town.drains)
    with pytest.raises(Refused):
        actions.object_to(accepted.case_id, by=handler, version=None, reason="  ", now=NOW)
    actions.object_to(accepted.case_id, by=handler, version=None, reason="这是小区内部管道，归物业", now=NOW)
    case = actions.uphold(accepted.case_id, by=town.clerk(), version=None, now=NOW)
    assert (case.state, case.unit_id, case.returned) == ("received", None, 1)
    with pytest.raises(IllegalMove):
        actions.undo_dispatch(accepted.case_id, by=town.clerk(), version=None, now=NOW)


def strangers(town: Town) -> list[Actor]:
    return [town.handler(town.sweepers, 120), resident(4242), Actor(id=0, kind="anonymous")]


def test_strangers_can_do_nothing(town: Town) -> None:
    accepted = say(town)
    dispatched(town, accepted)
    for actor in strangers(town):
        with pytest.raises((Denied, NotFound)):
            actions.sign(accepted.case_id, by=actor, version=None, now=NOW)
        with pytest.raises((Denied, NotFound)):
            queries.case_page(accepted.number, actor)
        with pytest.raises((Denied, NotFound)):
            queries.matter(accepted.number, actor, now=NOW)
        with pytest.raises((Denied, NotFound)):
            actions.rate(accepted.voice_id, "solved", by=actor, now=NOW, rating=5, key="x")
        assert queries.worklist(actor, queries.Filters(view="all"), now=NOW).rows == []


def test_status_by_number_and_last_four_shows_only_where_it_stands(town: Town) -> None:
    accepted = say(town)
    status = queries.status(accepted.number, "0001")
    assert status.state == "received"
    assert not hasattr(status, "title")
    for digits in ("0002", "", "14200000001"):
        with pytest.raises(NotFound):
            queries.status(accepted.number, digits)


def test_the_device_is_trusted_ninety_days_the_phone_for_good(town: Town) -> None:
    accepted = say(town)
    late = NOW + timedelta(days=91)
    assert queries.matter(accepted.number, resident(HER), now=NOW + timedelta(days=89))
    with pytest.raises(NotFound):
        queries.matter(accepted.number, resident(HER), now=late)
    by_phone = resident(5, phone_index=keys.blind("phone", PHONE))
    assert queries.matter(accepted.number, by_phone, now=late)


def test_acting_for_another_shows_nothing_until_she_agrees(town: Town) -> None:
    accepted = say(town, on_behalf=True)
    with pytest.raises(NotFound):
        queries.matter(accepted.number, resident(HER), now=NOW)
    rows = queries.matters(resident(HER), now=NOW)
    assert [row.title for row in rows] == [""], "only where it stands"
    with pytest.raises(NotFound):
        actions.agree_on_behalf(accepted.voice_id, by=resident(HER), now=NOW)
    hers = resident(6, phone_index=keys.blind("phone", PHONE))
    actions.agree_on_behalf(accepted.voice_id, by=hers, now=NOW)
    assert queries.matter(accepted.number, resident(HER), now=NOW)


@pytest.mark.parametrize("words", ["", "   \n ", "\x00\x08", "字" * 5_001, "字" * 100_000])
def test_words_that_cannot_be_kept(town: Town, words: str) -> None:
    with pytest.raises(Refused):
        say(town, words=words)
    assert Case.objects.count() == 0
    assert Voice.objects.count() == 0


@pytest.mark.parametrize(
    "words", ["👵🏻下水道堵了🚽💥", "<script>alert(1)</script>堵了", "a\x00b\u202e堵了", "𠮷野家门口𡿨"]
)
def test_odd_words_are_kept_as_said(town: Town, words: str) -> None:
    accepted = say(town, words=words)
    kept = Voice.objects.get(pk=accepted.voice_id).words
    assert kept == words.replace("\x00", "").replace("\u202e", "")


def test_withdrawn_is_final_but_never_against_the_neighbours(town: Town) -> None:
    accepted = say(town)
    demand = actions.Demand(words="我家也是", channel="web", device_id=77)
    actions.add_voice(accepted.case_id, demand, by=resident(77), now=NOW, key="j1")
    with pytest.raises(Refused, match="others_joined"):
        actions.withdraw(accepted.voice_id, by=resident(HER), now=NOW, key="w1")
    lone = say(town, key="k2", words="路灯不亮")
    case = actions.withdraw(lone.voice_id, by=resident(HER), now=NOW, key="w2")
    assert case.state == "withdrawn"
    with pytest.raises(IllegalMove):
        actions.say_more(lone.voice_id, "还有", by=resident(HER), now=NOW, key="m1")


def test_chasing_twice_with_one_key_counts_once(town: Town) -> None:
    accepted = say(town)
    for _ in range(2):
        case = actions.chase(accepted.voice_id, by=resident(HER), now=NOW, key="c1")
    assert case.chased == 1


def test_a_limit_beyond_the_loaded_calendar_is_given_and_flagged(town: Town) -> None:
    late = datetime(2026, 12, 30, 2, 0, tzinfo=NOW.tzinfo)
    accepted = say(town, now=late, key="late")
    case = dispatched(town, accepted, late)
    assert case.handle_due is not None
    assert case.handle_due.year >= 2026
    # whatever the class's unit, five working days reach past the published year
    assert case.due_provisional or case.handle_due < datetime(2027, 1, 1, tzinfo=NOW.tzinfo)


def test_a_clock_set_back_loses_nothing(town: Town) -> None:
    accepted = say(town)
    back = NOW - timedelta(days=2)
    case = dispatched(town, accepted, back)
    assert case.next_due is not None
    handler = town.handler(town.drains)
    case = actions.sign(accepted.case_id, by=handler, version=None, now=back)
    assert case.version == 3
    assert Step.objects.filter(case=case).count() == 3
