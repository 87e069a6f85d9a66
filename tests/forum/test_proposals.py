"""A proposal from a courtyard to the district and to a kept promise; who counts once; what is refused and why."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liren.base.access import queries as access
from liren.base.ledger.models import Event
from liren.kernel.errors import Conflict, Denied, IllegalMove, NotFound, Refused
from liren.kernel.events import from_stored
from liren.kernel.policy import SYSTEM, Actor, Grant
from liren.registers.channels.models import Message
from liren.registers.people import actions as people
from liren.registers.people.models import Person, Residence
from liren.registers.places import actions as places
from liren.registers.places import queries as ground
from liren.rooms.forum import actions, queries, reactions
from liren.rooms.forum.actions import Decision, Draft, Planned
from liren.rooms.forum.events import ProposalMoved
from liren.rooms.forum.models import Proposal, Second, TookPart
from liren.rooms.forum.rules import Sorting
from liren.rooms.forum.states import State
from tests.town import NOW, Town, build, resident

pytestmark = [pytest.mark.django_db, pytest.mark.writes]

YES = Sorting(public=True, lawful=True, within=True, feasible=True)
BEYOND = Sorting(public=True, lawful=True, within=False, feasible=True)
PRIVATE = Sorting(public=False, lawful=True, within=True, feasible=True)
HER, HIM = 71, 72
SAID = "这条小路晚上没有灯，台阶没有扶手，去年冬天有四位老人摔倒。希望装六盏低位灯、两段扶手。"


@pytest.fixture
def town() -> Town:
    return build()


def draft(town: Town, **more: object) -> Draft:
    return replace(Draft("给小路装灯和扶手", SAID, town.yard, "courtyard"), **more)  # type: ignore[arg-type]


def made(town: Town, **more: object) -> str:
    return actions.propose(draft(town, **more), by=resident(HER), now=NOW, key="a").number


def desk(town: Town, account: int = 201, *, place: int | None = None) -> Actor:
    """A keeper of the forum at a place; at the office's own ground where none is named."""
    grant = Grant(
        role="forum_desk",
        duties=access.role("forum_desk", NOW.date()).duties,
        place_path=ground.get(place or town.street).path,
    )
    return Actor(id=account, kind="staff", grants=(grant,), proof="second_factor")


def carried(number: str, *, households: int = 9, start: int = 1000) -> str:
    """Enough neighbours behind it."""
    for device in range(start, start + households):
        actions.second(number, by=resident(device), now=NOW)
    return queries.proposal(number, resident(HER), now=NOW).state


def test_a_proposal_is_carried_by_ten_households_answered_promised_and_found_kept(town: Town) -> None:
    number = made(town)
    assert queries.proposal(number, resident(HER), now=NOW).households == 1, "the author's is the first"
    assert carried(number, households=8) == State.GATHERING
    assert carried(number, households=1, start=1990) == State.SUBMITTED
    keeper = desk(town, place=town.yard)
    actions.sort(number, Decision("accept", YES), by=keeper, now=NOW)
    day = NOW.date()
    steps = [
        Planned("两处台阶贴防滑条", day + timedelta(days=7)),
        Planned("装扶手两段", day + timedelta(days=40), Decimal("9000")),
    ]
    actions.promise(number, "先贴防滑条，再装扶手。", steps, by=keeper, now=NOW)
    view = queries.proposal(number, resident(HER), now=NOW)
    assert [step.title for step in view.steps] == ["两处台阶贴防滑条", "装扶手两段"]
    assert view.due_at is not None
    assert view.due_at.astimezone().date() >= day + timedelta(days=7)
    with pytest.raises(Refused, match=r"finish\.steps"):
        actions.finish(number, by=keeper, now=NOW)
    actions.postpone(number, view.steps[1].id, day + timedelta(days=50), "厂家缺货", by=keeper, now=NOW)
    for step in view.steps:
        actions.step_done(number, step.id, "做完了，有照片", by=keeper, now=NOW)
    told = queries.proposal(number, resident(HER), now=NOW).steps[1]
    assert told.was == ((day + timedelta(days=40), "厂家缺货"),), "what was promised first stays to be read"
    actions.finish(number, by=keeper, now=NOW)
    actions.judge(number, kept=True, words="", by=resident(1003), now=NOW)
    actions.judge(number, kept=False, words="扶手还松", by=resident(HER), now=NOW)
    with pytest.raises(Refused, match=r"judge\.not_behind"):
        actions.judge(number, kept=False, words="", by=resident(5), now=NOW)
    later = NOW + timedelta(days=16)
    assert actions.settle_due(now=later) == 1
    again = queries.proposal(number, resident(HER), now=later)
    assert (again.state, again.turns[-1].why) == (State.PROMISED, "denied"), "as many deny it as confirm it"
    assert again.due_at is not None, "a promise that was found not kept has a clock"
    actions.add_step(number, Planned("拧紧扶手", later.date() + timedelta(days=3)), by=keeper, now=later)
    last = queries.proposal(number, resident(HER), now=later).steps[-1]
    actions.step_done(number, last.id, "", by=keeper, now=later)
    actions.finish(number, by=keeper, now=later)
    actions.judge(number, kept=True, words="", by=resident(HER), now=later)
    assert actions.settle_due(now=later + timedelta(days=16)) == 1
    assert queries.proposal(number, resident(HER), now=later).state == State.KEPT


def test_from_the_courtyard_to_the_district(town: Town) -> None:
    """Beyond the power of a level it is raised; unanswered it goes up by itself; the last level may only wait."""
    number = made(town)
    carried(number)
    actions.sort(number, Decision("raise", BEYOND), by=desk(town, place=town.yard), now=NOW)
    view = queries.proposal(number, resident(HER), now=NOW)
    assert (view.level, view.state, view.raised_for) == ("community", State.SUBMITTED, "power")
    with pytest.raises(Denied):
        actions.sort(number, Decision("accept", YES), by=desk(town, place=town.yard), now=NOW)
    late = NOW + timedelta(days=30)
    assert actions.settle_due(now=late) == 1
    view = queries.proposal(number, resident(HER), now=late)
    assert (view.level, view.raised_for) == ("street", "unanswered")
    actions.sort(number, Decision("raise", BEYOND), by=desk(town), now=late)
    view = queries.proposal(number, resident(HER), now=late)
    assert view.level == "district"
    assert actions.settle_due(now=late + timedelta(days=90)) == 0, "the last level has nobody above it"
    assert queries.proposal(number, resident(HER), now=late + timedelta(days=90)).overdue
    with pytest.raises(Denied):
        actions.sort(number, Decision("accept", YES), by=desk(town), now=late)
    district = ground.ancestors(town.street)[0].id
    actions.sort(number, Decision("accept", YES), by=desk(town, place=district), now=late)
    story = [(turn.move, turn.level) for turn in queries.proposal(number, resident(HER), now=late).turns]
    assert story == [
        ("propose", "courtyard"), ("submit", "courtyard"), ("raise", "community"), ("raise", "street"),
        ("raise", "district"), ("accept", "district"),
    ]  # fmt: skip


def test_a_no_is_carried_on_by_enough_neighbours(town: Town) -> None:
    number = made(town)
    carried(number)
    with pytest.raises(Refused, match=r"sorting\.no_reason"):
        actions.sort(number, Decision("decline", PRIVATE), by=desk(town), now=NOW)
    no = Decision("decline", PRIVATE, "只涉及一户门前，请先和邻居商量。")
    actions.sort(number, no, by=desk(town), now=NOW)
    view = queries.proposal(number, resident(HER), now=NOW)
    assert (view.state, view.counts_for, view.needed) == (State.DECLINED, "community", 30)
    assert view.rulings[-1].failed == ("public",)
    assert carried(number, households=19, start=3000) == State.DECLINED
    assert carried(number, households=1, start=3900) == State.SUBMITTED
    view = queries.proposal(number, resident(HER), now=NOW)
    assert (view.level, view.raised_for) == ("community", "seconds")


def home_of(town: Town, phones: list[str]) -> None:
    """One household in the building, each of its phones in the register."""
    dwelling = places.open_place(kind="dwelling", parent_id=town.building, name="101", by=SYSTEM, now=NOW)
    household: int | None = None
    for phone in phones:
        person = people.open_person(name="李秀华", phone=phone, by=SYSTEM, now=NOW)
        lives = people.move_in(
            person_id=person, place_id=dwelling, tenure="owner", by=SYSTEM, now=NOW, household_id=household
        )
        household = Residence.objects.get(id=lives).household_id


def test_a_device_counts_once_and_may_take_it_back_while_it_gathers(town: Town) -> None:
    number = made(town)
    for _again in range(3):
        assert actions.second(number, by=resident(HIM), now=NOW) == 2
    assert actions.take_back(number, by=resident(HIM), now=NOW) == 1
    assert actions.take_back(number, by=resident(HIM), now=NOW) == 1
    with pytest.raises(Refused, match=r"second\.author"):
        actions.take_back(number, by=resident(HER), now=NOW)
    carried(number)
    with pytest.raises(Refused, match=r"second\.counted"):
        actions.take_back(number, by=resident(1003), now=NOW)


def test_a_device_that_proved_a_phone_later_is_not_a_second_household(town: Town) -> None:
    number = made(town)
    actions.second(number, by=resident(HIM), now=NOW)
    assert actions.second(number, by=resident(HIM, phone_index="f" * 64), now=NOW) == 2


def test_at_the_street_only_a_proven_phone_counts(town: Town) -> None:
    number = made(town, level="street")
    with pytest.raises(Refused, match=r"forum\.phone_needed"):
        actions.second(number, by=resident(HIM), now=NOW)
    assert actions.second(number, by=resident(HIM, phone_index="e" * 64), now=NOW) == 2


def test_paper_counts_beside_phones_and_a_sheet_is_corrected_not_doubled(town: Town) -> None:
    number = made(town)
    keeper = desk(town)
    assert actions.add_paper(number, 4, "2026-议-3", by=keeper, now=NOW) == 5
    assert actions.add_paper(number, 6, " 2026-议-3 ", by=keeper, now=NOW) == 7
    view = queries.proposal(number, resident(HER), now=NOW)
    assert (view.on_paper, view.households) == (6, 7)
    for count, sheet, code in (
        (None, "x", "paper.count"),
        (5001, "x", "paper.count"),
        (3, " ", "paper.no_sheet"),
    ):
        with pytest.raises(Refused, match=code):
            actions.add_paper(number, count, sheet, by=keeper, now=NOW)
    with pytest.raises(Denied):
        actions.add_paper(number, 3, "x", by=desk(town, place=town.far), now=NOW)
    actions.add_paper(number, 9, "2026-议-4", by=keeper, now=NOW)
    assert queries.proposal(number, resident(HER), now=NOW).state == State.SUBMITTED


def test_joined_households_stand_beside_and_are_never_added(town: Town) -> None:
    one, other = (
        made(town),
        actions.propose(draft(town, title="小路加灯"), by=resident(HIM), now=NOW, key="b").number,
    )
    carried(one)
    carried(other, households=12)
    keeper = desk(town)
    for join, code in ((one, "join.itself"), ("2611224839207155", "join.unknown")):
        with pytest.raises(Refused, match=code):
            actions.sort(one, Decision("join", YES, join=join), by=keeper, now=NOW)
    actions.sort(one, Decision("join", YES, join=other), by=keeper, now=NOW)
    assert queries.proposal(one, resident(HER), now=NOW).joined == (other, "小路加灯")
    view = queries.proposal(other, resident(HER), now=NOW)
    assert (view.households, view.joined_households) == (13, 10)
    with pytest.raises(Refused, match=r"join\.ended"):
        actions.sort(other, Decision("join", YES, join=one), by=keeper, now=NOW)


def test_the_author_alone_takes_it_back_and_then_it_is_gone(town: Town) -> None:
    number = made(town)
    with pytest.raises(NotFound):
        actions.withdraw(number, by=resident(HIM), now=NOW)
    actions.withdraw(number, by=resident(HER), now=NOW)
    actions.withdraw(number, by=resident(HER), now=NOW)
    assert Proposal.objects.values_list("title", "words", "contact").get() == ("", "", None)
    with pytest.raises(NotFound):
        queries.proposal(number, resident(HER), now=NOW)
    assert queries.listed(now=NOW) == []
    with pytest.raises(IllegalMove):
        actions.second(number, by=resident(HIM), now=NOW)


def test_what_nobody_seconds_lapses(town: Town) -> None:
    number = made(town)
    assert actions.settle_due(now=NOW + timedelta(days=58)) == 0
    assert actions.settle_due(now=NOW + timedelta(days=62)) == 1
    assert queries.proposal(number, resident(HER), now=NOW).state == State.LAPSED


def test_sent_twice_it_is_made_once_and_decided_once(town: Town) -> None:
    number = made(town)
    assert made(town) == number
    assert Proposal.objects.count() == 1
    with pytest.raises(Conflict):
        actions.propose(draft(town, title="别的"), by=resident(HER), now=NOW, key="a")
    carried(number)
    view = queries.proposal(number, resident(HER), now=NOW)
    actions.sort(number, Decision("accept", YES), by=desk(town), now=NOW, version=view.version)
    with pytest.raises(Conflict, match=r"proposal\.changed"):
        actions.sort(number, Decision("decline", PRIVATE, "不"), by=desk(town), now=NOW, version=view.version)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"title": " "}, "forum.empty"),
        ({"title": "长" * 41}, "forum.too_long"),
        ({"words": ""}, "forum.empty"),
        ({"words": "长" * 5000}, "forum.too_long"),
        ({"place_id": None}, "forum.no_place"),
        ({"level": "province"}, "level.unknown"),
    ],
)
def test_what_is_wrong_with_a_draft_is_said(town: Town, wrong: dict[str, object], code: str) -> None:
    with pytest.raises(Refused, match=code):
        made(town, **wrong)


def test_a_courtyard_matter_needs_a_courtyard(town: Town) -> None:
    with pytest.raises(Refused, match=r"level\.not_there"):
        made(town, place_id=town.near)
    assert [level.key for level in queries.offered(town.near, NOW)] == ["community", "street", "district"]


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (Planned("", date(2027, 1, 1)), "forum.empty"),
        (Planned("装灯", None), "promise.no_day"),
        (Planned("装灯", date(2026, 3, 9)), "promise.past_day"),
        (Planned("装灯", date(2027, 1, 1), Decimal("-1")), "promise.money"),
    ],
)
def test_a_promise_without_a_day_is_none(town: Town, step: Planned, code: str) -> None:
    number = made(town)
    carried(number)
    actions.sort(number, Decision("accept", YES), by=desk(town), now=NOW)
    with pytest.raises(Refused, match=code):
        actions.promise(number, "办", [step], by=desk(town), now=NOW)
    with pytest.raises(Refused, match=r"promise\.no_steps"):
        actions.promise(number, "办", [], by=desk(town), now=NOW)
    with pytest.raises(Refused, match=r"promise\.many_steps"):
        actions.promise(number, "办", [Planned("x", date(2027, 1, 1))] * 21, by=desk(town), now=NOW)
    assert queries.proposal(number, resident(HER), now=NOW).state == State.ACCEPTED


def test_a_resident_decides_nothing_and_staff_of_another_ground_neither(town: Town) -> None:
    number = made(town)
    carried(number)
    for nobody in (resident(HER), desk(town, place=town.far), town.clerk()):
        with pytest.raises(Denied):
            actions.sort(number, Decision("accept", YES), by=nobody, now=NOW)
    with pytest.raises(Denied):
        actions.propose(draft(town), by=town.clerk(), now=NOW, key="z")


def test_no_event_and_no_row_tells_who_stands_behind_what(town: Town) -> None:
    """The same device at two proposals leaves two marks that have nothing in common."""
    one, other = (
        made(town),
        actions.propose(draft(town, title="小路加灯"), by=resident(HIM), now=NOW, key="b").number,
    )
    for number in (one, other):
        actions.second(number, by=resident(99), now=NOW)
    kept = list(Second.objects.values_list("who", flat=True))
    assert len(kept) == len(set(kept)) == 4
    told = Event.objects.filter(kind="forum.seconded")
    assert set(told.values_list("by", flat=True)) == {0}
    assert all(set(row) == {"households", "paper"} for row in told.values_list("payload", flat=True))


def test_near_ones_are_shown_before_sending(town: Town) -> None:
    number = made(town)
    near = queries.alike("小路装灯、装扶手", SAID[:40], town.building, now=NOW)
    assert [row.number for row in near] == [number]
    assert queries.alike("多放一个菜市场", "附近买菜要走两公里", town.building, now=NOW) == []
    assert queries.alike("小路装灯、装扶手", SAID[:40], town.far, now=NOW) == [], "another community's"


def test_the_desk_sees_what_lies_with_its_level_and_ground(town: Town) -> None:
    number = made(town)
    carried(number)
    assert [row.number for row in queries.waiting(desk(town, place=town.yard), "sort", now=NOW).rows] == [
        number
    ]
    assert queries.waiting(desk(town, place=town.far), "sort", now=NOW).rows == []
    assert queries.waiting(town.clerk(), "sort", now=NOW).rows == []
    counts = {one.name: one.many for one in queries.waiting(desk(town), "nonsense", now=NOW).counts}
    assert counts == {"sort": 1, "answer": 0, "promised": 0, "gathering": 0, "ended": 0}


def test_my_own_page_knows_what_i_stand_behind(town: Town) -> None:
    number = made(town)
    actions.second(number, by=resident(HIM), now=NOW)
    for who in (HER, HIM):
        assert [row.number for row in queries.mine(resident(who), now=NOW)] == [number]
    assert queries.mine(resident(5), now=NOW) == []
    assert queries.mine(replace(resident(5), device_id=None), now=NOW) == []


def test_proposals_go_along_where_the_ground_moves(town: Town) -> None:
    number = made(town)
    grid = next(place.id for place in ground.children(town.far, "grid"))
    places.move_place(town.yard, parent_id=grid, by=SYSTEM, now=NOW)
    view = queries.proposal(number, resident(HER), now=NOW)
    assert dict(view.seats)["community"] == "竹影社区"
    carried(number)
    assert queries.waiting(desk(town, place=town.far), "sort", now=NOW).rows


def test_two_phones_of_one_household_count_once(town: Town) -> None:
    home_of(town, ["13800138001", "13800138002"])
    number = made(town)
    indexes = list(Person.objects.order_by("id").values_list("phone_index", flat=True))
    for device, index in enumerate(indexes, start=500):
        actions.second(number, by=resident(device, phone_index=index), now=NOW)
    view = queries.proposal(number, resident(HER), now=NOW)
    assert (view.households, view.known) == (2, 1)


def test_who_the_register_has_elsewhere_stands_behind_matters_of_their_own_ground(town: Town) -> None:
    home_of(town, ["13800138001"])
    index = Person.objects.get().phone_index
    far_yard = places.open_place(
        kind="courtyard", parent_id=ground.children(town.far, "grid")[0].id, name="竹影苑", by=SYSTEM, now=NOW
    )
    number = made(town, place_id=far_yard)
    with pytest.raises(Refused, match=r"forum\.lives_elsewhere"):
        actions.second(number, by=resident(500, phone_index=index), now=NOW)


def test_who_left_a_number_is_told_that_there_is_news_and_nothing_more(town: Town) -> None:
    number = made(town, phone="13800138009")
    actions.propose(draft(town, title="小路加灯"), by=resident(HIM), now=NOW, key="b")
    for event in _moves(number):
        reactions.tell_author(event)
    carried(number)
    actions.sort(number, Decision("accept", YES), by=desk(town), now=NOW)
    for event in _moves(number) * 2:
        reactions.tell_author(event)
    told = Message.objects.all()
    assert [one.code for one in told] == ["proposal.news"] * 2, "submitted and accepted, each told once"
    assert all(one.params == {"number": number} for one in told)
    with pytest.raises(Refused, match=r"forum\.phone"):
        actions.propose(draft(town, phone="12"), by=resident(5), now=NOW, key="c")


def _moves(number: str) -> list[ProposalMoved]:
    rows = Event.objects.filter(
        kind="forum.proposal_moved", subject_id=Proposal.objects.get(number=number).id
    )
    return [
        from_stored(row.kind, subject_id=row.subject_id, by=row.by, at=row.at, payload=row.payload)  # type: ignore[misc]
        for row in rows.order_by("id")
    ]


def test_the_year_in_figures(town: Town) -> None:
    """Households once each whatever they did, decisions by who owed them, steps by their day."""
    one, other = (
        made(town),
        actions.propose(draft(town, title="小路加灯"), by=resident(HIM), now=NOW, key="b").number,
    )
    carried(one)
    carried(other)  # the same nine neighbours
    keeper = desk(town)
    actions.sort(one, Decision("accept", YES), by=keeper, now=NOW)
    day = NOW.date()
    steps = [Planned("贴防滑条", day + timedelta(days=3)), Planned("装扶手", day + timedelta(days=5))]
    actions.promise(one, "办", steps, by=keeper, now=NOW + timedelta(hours=1))
    first = queries.proposal(one, resident(HER), now=NOW).steps[0]
    actions.step_done(one, first.id, "", by=keeper, now=NOW + timedelta(days=2))
    late = NOW + timedelta(days=20)
    actions.settle_due(now=late)
    found = queries.depth(2026, now=late)
    assert found.households == 11, "her, him, and nine who stand behind both"
    assert (found.made, found.kept) == (2, 0)
    assert (found.in_time, found.asked) == (2, 3), "sorted and answered; the other went up unanswered"
    assert (found.steps_in_time, found.steps_due) == (1, 2)
    assert (found.grids, found.all_grids) == (1, 2)
    assert queries.depth(2025, now=late).made == 0


def test_what_tells_that_a_household_took_part_tells_nothing_else(town: Town) -> None:
    made(town)
    row = TookPart.objects.values().get()
    assert set(row) == {"mark", "year"}
    assert row["mark"] not in str(list(Proposal.objects.values())) + str(list(Second.objects.values()))


def test_my_own_page_costs_the_same_however_many_there_are(town: Town) -> None:
    """Also for who proved a phone: the register is asked once, not for every proposal."""
    me = resident(HIM, phone_index="d" * 64)
    costs = []
    for turn in range(6):
        number = actions.propose(
            draft(town, title=f"第 {turn} 个"), by=resident(HER), now=NOW, key=str(turn)
        ).number
        actions.second(number, by=me, now=NOW)
        with CaptureQueriesContext(connection) as seen:
            assert len(queries.mine(me, now=NOW)) == turn + 1
        costs.append(len(seen))
    assert costs[0] == costs[-1]
