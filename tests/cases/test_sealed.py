"""举报保密: what is sealed cannot be seen, found, counted or guessed by anybody it was not meant for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from liren.base.ledger import queries as ledger
from liren.base.search import queries as search
from liren.cases import actions, events, queries, reactions
from liren.cases.models import Bar, Case, CaseUnit, Follow, Step, Voice
from liren.kernel.errors import Denied, LirenError, NotFound, Refused
from liren.kernel.policy import MACHINE, SYSTEM, Actor, Grant, scope
from liren.registers.channels import queries as channels
from liren.registers.channels.models import Message
from liren.registers.people import actions as people
from liren.rooms.intake import reactions as intake
from tests import town as towns
from tests.cases.seats import seated
from tests.town import NOW, Town, resident

WORDS = "举报市政所所长收修水管的红包，和园小区3号楼"
HER = 71
LATER = NOW + timedelta(hours=1)

pytestmark = [pytest.mark.django_db, pytest.mark.writes]


@dataclass(frozen=True, slots=True)
class World:
    """A town in which somebody reported the drains' head, and the sealed desk gave it to the inspection."""

    town: Town
    inspection: int
    case_id: int
    voice_id: int
    number: str

    @property
    def desk(self) -> Actor:
        return self.town.staff(150, "sealed_desk")

    @property
    def inspector(self) -> Actor:
        return self.town.staff(151, "sealed_handler", unit=self.inspection)

    @property
    def case(self) -> Case:
        return Case.objects.get(pk=self.case_id)


def open_world() -> World:
    """Received at once sealed; the named unit barred; dispatched to the inspection."""
    town = towns.build()
    inspection = people.open_body(
        code="inspection",
        kind="department",
        by=SYSTEM,
        now=NOW,
        name="纪检监察工委",
        short="纪工委",
        handles=True,
    )
    seated(town, "inspector", "sealed_handler", unit=inspection)
    accepted = report(town, key="sealed")
    return World(town, inspection, accepted.case_id, accepted.voice_id, accepted.number)


def report(town: Town, *, key: str, **more: Any) -> actions.Accepted:
    """Somebody reports wrongdoing on her own device."""
    given: dict[str, Any] = {
        "words": WORDS,
        "channel": "web",
        "device_id": HER,
        "demand_type": "whistleblow",
        "class_code": "municipal.drain",
        "place_id": town.yard,
        **more,
    }
    return actions.open_case(actions.Demand(**given), by=resident(HER), now=NOW, key=key)


def dispatched(world: World) -> World:
    """The named unit barred, and the inspection at work on it."""
    actions.bar_unit(world.case_id, world.town.drains, by=world.desk, version=None, now=NOW)
    actions.dispatch(world.case_id, world.inspection, by=world.desk, version=None, now=NOW)
    return world


def strangers(world: World) -> dict[str, Actor]:
    """Everybody of the office who must not learn that it exists."""
    town = world.town
    return {
        "clerk": town.clerk(),
        "named unit": town.handler(town.drains),
        "named unit, inspection's own": Actor(
            id=152,
            kind="staff",
            grants=(
                *town.staff(152, "sealed_handler", unit=town.drains).grants,
                *town.staff(152, "sealed_handler", unit=world.inspection).grants,
            ),
            proof="second_factor",
        ),
        "other handler": town.handler(town.sweepers, account=104),
        "inspection, not sealed": town.handler(world.inspection, account=105),
        "callback": town.caller(),
        "supervisor": town.staff(106, "supervisor"),
        "leader": town.staff(107, "leader"),
        "grid worker": town.staff(108, "grid_worker", place=town.path),
        "sealed handler elsewhere": town.staff(109, "sealed_handler", unit=town.sweepers),
    }


@pytest.fixture
def world() -> World:
    return dispatched(open_world())


def _page(world: World, actor: Actor) -> Any:
    return queries.case_page(world.number, actor)


def _list(world: World, actor: Actor, **filters: Any) -> list[str]:
    found = []
    for view in queries.VIEWS:
        rows = queries.worklist(actor, queries.Filters(view=view, **filters), now=LATER).rows
        found += [row.number for row in rows]
    return found


def _slice(**more: Any) -> queries.Slice:
    return queries.Slice(since=NOW - timedelta(days=1), until=NOW + timedelta(days=40), **more)


# What each read gives to somebody: anything truthy here is a leak for a stranger.
READS: dict[str, Callable[[World, Actor], Any]] = {
    "worklist": lambda w, a: _list(w, a),
    "worklist by number": lambda w, a: _list(w, a, text=w.number),
    "worklist by words": lambda w, a: _list(w, a, text="红包"),
    "worklist by unit": lambda w, a: _list(w, a, unit_id=w.inspection),
    "worklist count": lambda w, a: queries.count(a, queries.Filters(view="all"), now=LATER),
    "views' counts": lambda w, a: sum(queries.counts(a, now=LATER).values()),
    "search": lambda w, a: search.find("红包", kind="case", scope=scope(a, "cases.read"), limit=9),
    "titles": lambda w, a: queries.titles_of([w.number], a),
    "picked": lambda w, a: queries.picked([w.case_id], by=a, duty="cases.read"),
    "export": lambda w, a: list(
        actions.export_worklist(queries.Filters(view="all"), by=a, now=LATER, form="csv")
    ),
    "parts": lambda w, a: queries.parts_for(a),
    "exits": lambda w, a: queries.to_follow(a, now=LATER),
    "call-back": lambda w, a: queries.call_queue(a, now=LATER).next,
    "rungs": lambda w, a: sum(step.count for step in queries.rungs(a, now=NOW + timedelta(days=60))),
    "by unit": lambda w, a: queries.by_unit(a, now=LATER),
    "by place": lambda w, a: queries.by_place(a, now=LATER),
    "whistles": lambda w, a: queries.whistles_running(a, now=LATER),
    "sample": lambda w, a: queries.sample(a, now=LATER).drawn,
    "map": lambda w, a: queries.on_ground(
        a, queries.Filters(view="all"), since=NOW - timedelta(days=9), now=LATER, pieces=[w.town.path]
    ),
    "pins": lambda w, a: queries.pins(a, queries.Filters(view="all"), now=LATER, most=9),
    "asked out": lambda w, a: queries.asked_out(a),
    "rates by unit": lambda w, a: queries.figures(a, _slice(), "unit").lines,
    "rates by class, voices": lambda w, a: queries.figures(a, _slice(by="voice"), "class").lines,
    "dead letters": lambda w, a: channels.dead_letters(a),
    "dead letters' count": lambda w, a: channels.count_dead(a),
    "photos of the voice": lambda w, a: queries.sees_voice_files(w.voice_id, a, now=LATER),
    "photos of the case": lambda w, a: queries.sees_case_files(w.case_id, a, now=LATER),
}

# What must answer as for a case that never was: same error, same code.
REFUSALS: dict[str, Callable[[World, Actor, int, str], Any]] = {
    "page": lambda w, a, _case, number: queries.case_page(number, a),
    "reference": lambda w, a, _case, number: queries.case_ref(number, a),
    "read": lambda w, a, case, _n: queries.peek(case, by=a, duty="cases.read"),
    "note": lambda w, a, case, _n: actions.note(case, by=a, text="看看", now=LATER),
    "sign": lambda w, a, case, _n: actions.sign(case, by=a, version=None, now=LATER),
    "dispatch": lambda w, a, case, _n: actions.dispatch(
        case, w.town.drains, by=a, version=None, now=LATER, class_code="municipal.drain"
    ),
    "merge": lambda w, a, case, _n: actions.seal(case, by=a, version=None, now=LATER),
    "step back": lambda w, a, case, _n: actions.step_back(case, "kin", by=a, version=None, now=LATER),
}
NOBODY = (
    "clerk", "named unit", "named unit, inspection's own", "other handler", "inspection, not sealed", "callback",
    "supervisor", "leader", "grid worker", "sealed handler elsewhere",
)  # fmt: skip


def test_nobody_else_finds_anything_by_any_read(world: World) -> None:
    Message.objects.filter(case_id=world.case_id).delete()
    actions.stamp(world.case_id, 1)
    reactions.tell_one(
        events.Received(
            subject_id=world.case_id, by=0, at=NOW, version=1, voice_id=world.voice_id, channel="web",
            class_code="", words_hash="",
        )
    )  # fmt: skip
    Message.objects.filter(case_id=world.case_id).update(state="failed")
    assert Message.objects.exists()
    assert set(strangers(world)) == set(NOBODY)
    leaks = []
    for who, actor in strangers(world).items():
        for name, read in READS.items():
            if read(world, actor):
                leaks.append(f"{name} tells the {who}")
    assert leaks == []


def test_to_strangers_it_answers_as_a_case_that_never_was(world: World) -> None:
    for who, actor in strangers(world).items():
        for name, ask in REFUSALS.items():
            with pytest.raises(NotFound) as kept:
                ask(world, actor, world.case_id, world.number)
            with pytest.raises(NotFound) as never:
                ask(world, actor, 12345, "2026031000000000")
            assert kept.value.code == never.value.code, (who, name)
            assert kept.value.params == never.value.params, (who, name)


def test_it_takes_as_many_statements_as_a_case_that_never_was(
    world: World, django_assert_num_queries: Any
) -> None:
    for actor in strangers(world).values():
        for number in (world.number, "2026031000000000"):
            with django_assert_num_queries(1), pytest.raises(NotFound):
                queries.case_ref(number, actor)


def test_those_it_is_meant_for_work_on_it(world: World) -> None:
    desk, inspector = world.desk, world.inspector
    assert _page(world, desk).case.id == world.case_id
    assert world.number in _list(world, desk)
    assert world.number in _list(world, inspector)
    assert _list(world, desk, text=world.number)
    actions.sign(world.case_id, by=inspector, version=None, now=LATER)
    actions.contact(world.case_id, by=inspector, version=None, text="约谈了举报人", now=LATER)
    actions.reply(world.case_id, by=inspector, version=None, text="已立案核查", now=LATER)
    shown = queries.matter(world.number, resident(HER), now=LATER)
    assert shown.case.state == "replied"
    assert {move.name for move in shown.moves} >= {"rate", "say_more"}
    actions.rate(world.voice_id, "solved", by=resident(HER), now=LATER, rating=5, key="r")
    assert world.case.state == "solved"


def test_no_figure_changes_by_it_even_for_those_who_see_it(world: World) -> None:
    for actor in (world.desk, world.inspector):
        assert not queries.figures(actor, _slice(), "unit").lines
        assert not queries.by_unit(actor, now=LATER)
    assert queries.frequent_classes(now=LATER, limit=9) == []


def test_neighbours_never_find_follow_or_join_it(world: World) -> None:
    assert queries.in_hand(now=LATER, limit=9) == []
    assert not queries.is_in_hand(world.case_id)
    found = queries.twins(
        words=WORDS, class_code="municipal.drain", place_path=world.case.place_path, now=LATER
    )
    assert found == []
    Follow.objects.create(case_id=world.case_id, device_id=9, since=NOW)
    assert queries.followed(resident(9)) == []
    assert queries.followers(world.case_id, since=LATER) == []
    demand = actions.Demand(words="我也是", channel="web", device_id=9)
    for case_id in (world.case_id, 12345):
        with pytest.raises(NotFound) as refused:
            actions.add_voice(case_id, demand, by=resident(9), now=LATER, key=f"join-{case_id}")
        assert refused.value.code == "case.not_found"
    with pytest.raises(NotFound):
        queries.matter(world.number, resident(9), now=LATER)


def test_the_machine_leaves_it_alone(world: World) -> None:
    event = events.Received(
        subject_id=world.case_id, by=0, at=NOW, version=1, voice_id=world.voice_id, channel="web",
        class_code="", words_hash="",
    )  # fmt: skip
    intake.take_in(event)
    from liren.registers.advice import queries as advised

    assert advised.for_subject("case", world.case_id) == []
    assert not intake.dispatch_alone(event)
    machine = Actor(id=MACHINE.id, kind="machine", grants=(Grant("machine", frozenset({"cases.dispatch"})),))
    with pytest.raises(LirenError):
        actions.dispatch(world.case_id, world.inspection, by=machine, version=None, now=LATER)
    assert queries.confirmed_texts(100) == ([], [])
    assert actions.climb_due(now=NOW + timedelta(days=60)) == 0


def test_messages_of_it_say_nothing_of_what_or_whose(world: World) -> None:
    Message.objects.all().delete()
    base = {"subject_id": world.case_id, "by": 0, "at": NOW}
    reactions.tell_one(
        events.Received(
            **base, version=1, voice_id=world.voice_id, channel="web", class_code="", words_hash=""
        )
    )
    reactions.tell_all(
        events.Dispatched(
            **base,
            version=2,
            unit_id=world.inspection,
            class_code="municipal.drain",
            due_at=LATER,
            automatic=False,
        )
    )
    reactions.tell_all(events.Replied(**base, version=3, words_hash="", callback_due=LATER))
    rows = list(Message.objects.all())
    assert len(rows) >= 3
    assert {row.code for row in rows} == {"case.news"}
    assert {tuple(row.params) for row in rows} == {("number",)}


def test_news_of_it_names_no_unit_and_no_place(world: World) -> None:
    told = ledger.history("case", world.case_id)
    assert {"cases.received", "cases.dispatched", "cases.moved"} <= {entry.kind for entry in told}
    assert {entry.place_path for entry in told} == {""}
    assert {tuple(entry.unit_ids) for entry in told} == {()}


def test_no_action_tells_the_place_of_a_case_but_through_what_hides_it() -> None:
    """Every piece of news of a case asks `told_path` and `unit_ids`; what keeps a place in a table is named here."""
    kept = {
        "opening.py": 1,
        "whistling.py": 1,
        "sealing.py": 1,
    }  # the index, a whistle's row, who may act there
    for file in sorted((Path(actions.__file__).parent).glob("*.py")):
        found = file.read_text(encoding="utf-8").count("place_path=case.place_path")
        assert found == kept.get(file.name, 0), f"{file.name}: use queries.told_path(case) in news"


def test_the_status_by_number_names_no_unit() -> None:
    world = open_world()
    contact = actions.Contact("王女士", "14200001111")
    accepted = report(world.town, key="with-phone", contact=contact)
    actions.bar_unit(accepted.case_id, world.town.drains, by=world.desk, version=None, now=NOW)
    actions.dispatch(accepted.case_id, world.inspection, by=world.desk, version=None, now=NOW)
    assert queries.status(accepted.number, "1111").unit == ""


def test_the_reporter_stays_hidden_until_somebody_says_why() -> None:
    world = open_world()
    contact = actions.Contact("王女士", "14200001111")
    accepted = report(world.town, key="with-phone", contact=contact)
    actions.dispatch(accepted.case_id, world.inspection, by=world.desk, version=None, now=NOW)
    shown = queries.case_page(accepted.number, world.inspector)
    assert "王女士" not in repr([vars(voice) for voice in shown.voices])
    voice = Voice.objects.select_related("case").get(pk=accepted.voice_id)
    opened = queries.contact_of(voice, by=world.inspector, purpose="contact_requester", now=LATER)
    assert "王女士" in opened
    with pytest.raises(NotFound):
        queries.contact_of(voice, by=world.town.clerk(), purpose="contact_requester", now=LATER)


def test_any_channel_and_any_writer_seals_it_at_once() -> None:
    town = towns.build()
    clerk = town.clerk()
    demand = actions.Demand(words=WORDS, channel="phone", demand_type="whistleblow")
    accepted = actions.open_case(demand, by=clerk, now=NOW, key="by-phone")
    assert Case.objects.get(pk=accepted.case_id).sealed
    with pytest.raises(NotFound):
        queries.case_ref(accepted.number, clerk)


def ordinary(town: Town, *, key: str = "ordinary", device: int = 72) -> actions.Accepted:
    demand = actions.Demand(
        words="和园小区3号楼水管漏水", channel="web", device_id=device,
        class_code="municipal.drain", place_id=town.yard,
    )  # fmt: skip
    return actions.open_case(demand, by=resident(device), now=NOW, key=key)


def test_a_clerk_who_says_it_is_a_report_loses_it_and_so_does_the_unit() -> None:
    world = open_world()
    town, clerk = world.town, world.town.clerk()
    accepted = ordinary(town)
    actions.dispatch(accepted.case_id, town.drains, by=clerk, version=None, now=NOW)
    assert search.find("漏水", kind="case", scope=scope(clerk, "cases.read"), limit=9)
    actions.seal(accepted.case_id, by=clerk, version=None, now=LATER)
    case = Case.objects.get(pk=accepted.case_id)
    assert (case.sealed, case.demand_type, case.state, case.unit_id) == (
        True,
        "whistleblow",
        "received",
        None,
    )
    assert case.next_due is not None
    assert not search.find("漏水", kind="case", scope=scope(clerk, "cases.read"), limit=9)
    for actor in (clerk, town.handler(town.drains)):
        with pytest.raises(NotFound):
            queries.case_ref(accepted.number, actor)
    assert queries.case_ref(accepted.number, world.desk).id == case.id
    assert Step.objects.filter(case=case).count() == case.version


def test_classifying_as_whistleblow_seals() -> None:
    world = open_world()
    accepted = ordinary(world.town)
    actions.classify(
        accepted.case_id,
        "municipal.drain",
        by=world.town.clerk(),
        version=None,
        now=LATER,
        demand_type="whistleblow",
    )
    with pytest.raises(NotFound):
        queries.case_ref(accepted.number, world.town.clerk())


def test_what_was_merged_into_it_is_sealed_with_it() -> None:
    world = open_world()
    clerk = world.town.clerk()
    kept, gone = ordinary(world.town, key="kept"), ordinary(world.town, key="gone", device=73)
    actions.merge(gone.case_id, kept.case_id, by=clerk, version=None, now=NOW)
    actions.seal(kept.case_id, by=clerk, version=None, now=LATER)
    for number in (kept.number, gone.number):
        with pytest.raises(NotFound):
            queries.case_ref(number, clerk)


def test_unsealing_needs_the_desk_and_a_reason_and_keeps_the_bar(world: World) -> None:
    with pytest.raises(NotFound):
        actions.unseal(world.case_id, by=world.town.clerk(), version=None, reason="不是举报", now=LATER)
    with pytest.raises(Denied):
        actions.unseal(world.case_id, by=world.inspector, version=None, reason="不是举报", now=LATER)
    with pytest.raises(Refused):
        actions.unseal(world.case_id, by=world.desk, version=None, reason=" ", now=LATER)
    actions.unseal(world.case_id, by=world.desk, version=None, reason="只是投诉服务态度", now=LATER)
    assert queries.case_ref(world.number, world.town.clerk()).demand_type == "complaint"
    with pytest.raises(NotFound):
        queries.case_ref(world.number, world.town.handler(world.town.drains))


def test_a_barred_unit_its_superior_and_its_branches_never_get_it() -> None:
    world = open_world()
    town = world.town
    above = people.open_body(code="above", kind="department", by=SYSTEM, now=NOW, name="上级局", handles=True)
    middle = people.open_body(
        code="mid", kind="department", by=SYSTEM, now=NOW, name="中间处", handles=True, parent_id=above
    )
    below = people.open_body(
        code="below", kind="department", by=SYSTEM, now=NOW, name="下属队", handles=True, parent_id=middle
    )
    actions.bar_unit(world.case_id, middle, by=world.desk, version=None, now=NOW)
    for unit in (above, middle, below):
        with pytest.raises(Refused) as refused:
            actions.dispatch(world.case_id, unit, by=world.desk, version=None, now=LATER)
        assert refused.value.code == "unit.barred"
    actions.dispatch(world.case_id, world.inspection, by=world.desk, version=None, now=LATER)
    assert town.drains != world.case.unit_id


def test_it_goes_to_who_inspects_and_not_to_whose_duty_it_is() -> None:
    world = open_world()
    with pytest.raises(Refused) as refused:
        actions.dispatch(world.case_id, world.town.drains, by=world.desk, version=None, now=LATER)
    assert refused.value.code == "dispatch.no_sealed_handler"
    actions.dispatch(world.case_id, world.inspection, by=world.desk, version=None, now=LATER)
    assert world.case.state == "dispatched"


def test_barring_the_unit_that_has_it_takes_it_back() -> None:
    world = open_world()
    seated(world.town, "theirs", "sealed_handler", unit=world.town.drains)
    actions.dispatch(world.case_id, world.town.drains, by=world.desk, version=None, now=NOW)
    actions.bar_unit(world.case_id, world.town.drains, by=world.desk, version=None, now=LATER)
    assert (world.case.state, world.case.unit_id) == ("received", None)
    assert not CaseUnit.objects.filter(case_id=world.case_id).exists()
    again = world.case.version
    actions.bar_unit(world.case_id, world.town.drains, by=world.desk, version=None, now=LATER)
    assert world.case.version == again


# --- stepping back --------------------------------------------------------------------------------------------


def test_who_steps_back_sees_it_no_more_and_the_others_do() -> None:
    town = towns.build()
    clerk, other = seated(town, "clerk1", "clerk"), seated(town, "clerk2", "clerk")
    handler, mate = (seated(town, name, "handler", unit=town.drains) for name in ("h1", "h2"))
    accepted = ordinary(town)
    actions.dispatch(accepted.case_id, town.drains, by=clerk, version=None, now=NOW)
    actions.step_back(accepted.case_id, "kin", by=handler, version=None, now=LATER)
    with pytest.raises(NotFound):
        queries.case_ref(accepted.number, handler)
    with pytest.raises(NotFound):
        actions.sign(accepted.case_id, by=handler, version=None, now=LATER)
    assert queries.worklist(handler, queries.Filters(view="all"), now=LATER).rows == []
    assert queries.case_ref(accepted.number, mate).state == "dispatched"
    actions.step_back(accepted.case_id, "own_interest", by=clerk, version=None, now=LATER)
    with pytest.raises(NotFound):
        queries.case_ref(accepted.number, clerk)
    assert queries.case_ref(accepted.number, other)
    assert Bar.objects.count() == 2


def test_the_last_of_a_unit_gives_it_back_and_the_last_of_the_desk_cannot_go() -> None:
    town = towns.build()
    clerk = seated(town, "clerk1", "clerk")
    handler = seated(town, "h1", "handler", unit=town.drains)
    accepted = ordinary(town)
    actions.dispatch(accepted.case_id, town.drains, by=clerk, version=None, now=NOW)
    actions.step_back(accepted.case_id, "former_handler", by=handler, version=None, now=LATER)
    case = Case.objects.get(pk=accepted.case_id)
    assert (case.state, case.unit_id) == ("received", None)
    rows = queries.worklist(clerk, queries.Filters(view="returned"), now=LATER).rows
    assert [row.number for row in rows] == [accepted.number]
    with pytest.raises(Refused) as refused:
        actions.step_back(accepted.case_id, "kin", by=clerk, version=None, now=LATER)
    assert refused.value.code == "recusal.last_one"
    assert queries.case_ref(accepted.number, clerk)


def test_a_supervisor_keeps_somebody_from_a_case_by_a_reason_of_the_list() -> None:
    town = towns.build()
    seated(town, "clerk1", "clerk")
    first, second = (seated(town, name, "handler", unit=town.drains) for name in ("h1", "h2"))
    accepted, supervisor = ordinary(town), town.staff(160, "supervisor")
    actions.dispatch(accepted.case_id, town.drains, by=town.clerk(), version=None, now=NOW)
    with pytest.raises(Refused):
        actions.bar_person(accepted.case_id, first.id, "dislike", by=supervisor, version=None, now=LATER)
    actions.bar_person(accepted.case_id, first.id, "kin", by=supervisor, version=None, now=LATER)
    with pytest.raises(NotFound):
        queries.case_ref(accepted.number, first)
    assert queries.case_ref(accepted.number, second)
    with pytest.raises(Denied):
        actions.bar_person(accepted.case_id, second.id, "kin", by=town.clerk(), version=None, now=LATER)


def test_photos_of_a_report_open_for_nobody_else(world: World) -> None:
    for actor in strangers(world).values():
        assert not queries.sees_voice_files(world.voice_id, actor, now=LATER)
    assert queries.sees_voice_files(world.voice_id, world.inspector, now=LATER)
    assert queries.sees_voice_files(world.voice_id, resident(HER), now=LATER)
