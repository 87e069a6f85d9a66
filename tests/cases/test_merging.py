"""Merged and taken apart: every voice on exactly one case, whatever is tried in whatever order."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liren.base.ledger import queries as entries
from liren.cases import actions, queries
from liren.cases.models import Case, Merge, Rating, Step, Voice
from liren.kernel.errors import Conflict, Denied, IllegalMove, LirenError, NotFound, Refused
from liren.kernel.ids import new_id
from liren.kernel.policy import MACHINE, Actor
from liren.registers.channels.models import Message
from tests import town as towns
from tests.cases.joined import case, working
from tests.cases.test_life import say
from tests.cases.test_news import deliver
from tests.town import NOW, Town, resident

pytestmark = [pytest.mark.django_db, pytest.mark.writes]


def _merge(town: Town, one: int, other: int) -> Merge:
    return actions.merge(one, other, by=town.clerk(), version=None, now=NOW)


def _split(town: Town, one: int) -> Case:
    return actions.split(one, by=town.clerk(), version=None, now=NOW)


def _of(case_id: int) -> set[int]:
    return set(Voice.objects.filter(case_id=case_id).values_list("id", flat=True))


def test_merged_with_every_voice_and_taken_apart_again_exactly(town: Town) -> None:
    old, new = case(town, "a", device=100, voices=2), case(town, "b", device=200, voices=3)
    mine, theirs = _of(new), _of(old)
    before = Case.objects.filter(pk=new).values("voices", "files", "questions_open", "unit_id").get()
    row = _merge(town, new, old)
    source, target = Case.objects.get(pk=new), Case.objects.get(pk=old)
    assert (source.state, source.merged_into_id, source.voices, source.next_due) == ("merged", old, 0, None)
    assert (target.voices, _of(old)) == (5, mine | theirs)
    assert not row.automatic
    assert set(Voice.objects.filter(pk__in=mine).values_list("origin_case_id", flat=True)) == {new}
    # who joins later stays
    late = actions.add_voice(
        old,
        actions.Demand(words="我也是", channel="web", device_id=300),
        by=resident(300),
        now=NOW,
        key="late",
    )
    source = _split(town, new)
    assert (source.state, source.merged_into_id) == ("received", None)
    assert source.next_due is not None
    assert Case.objects.filter(pk=new).values("voices", "files", "questions_open", "unit_id").get() == before
    assert (_of(new), _of(old)) == (mine, theirs | {late.voice_id})
    assert Case.objects.get(pk=old).voices == 3
    assert not Voice.objects.filter(pk__in=mine).exclude(origin_case_id=None).exists()
    assert list(Step.objects.filter(case=new).order_by("id").values_list("move", flat=True))[-2:] == [
        "merge",
        "split",
    ]
    kinds = [entry.kind for entry in entries.history("case", new)]
    assert kinds[-2:] == ["cases.merged", "cases.taken_apart"]


def test_what_was_with_a_unit_goes_back_to_it_with_the_limit_it_had(town: Town) -> None:
    old, new = case(town, "a", device=100), working(town, "b", device=200)
    due = Case.objects.get(pk=new).handle_due
    _merge(town, new, old)
    source = _split(town, new)
    assert (source.state, source.unit_id, source.handle_due) == ("dispatched", town.drains, due)
    assert source.signed_at is None
    handler = town.handler(town.drains)
    assert actions.sign(new, by=handler, version=None, now=NOW).state == "signed"


def test_what_may_not_become_one(town: Town) -> None:
    old, new, third = (case(town, key, device=n) for key, n in (("a", 100), ("b", 200), ("c", 300)))
    with pytest.raises(Refused, match="itself"):
        _merge(town, old, old)
    with pytest.raises(Conflict):
        actions.merge(new, old, by=town.clerk(), version=9, now=NOW)
    _merge(town, new, old)
    with pytest.raises(Refused, match="target_merged"):
        _merge(town, third, new)
    with pytest.raises(Refused, match="target_merged"):
        _merge(town, old, new)  # never round in a ring
    with pytest.raises(IllegalMove):
        _merge(town, new, third)
    ended = say(town, device=400, key="d")
    actions.withdraw(ended.voice_id, by=resident(400), now=NOW, key="w")
    with pytest.raises(Refused, match="target_ended"):
        _merge(town, third, ended.case_id)
    for field, code in (("sealed", "merge"), ("barred", "merge.barred")):
        Case.objects.filter(pk=old).update(**{field: True})
        with pytest.raises((Refused, NotFound)) as told:
            _merge(town, third, old)
        # a sealed one is no other than one that never was
        assert told.value.code == ("case.not_found" if field == "sealed" else code)
        Case.objects.filter(pk=old).update(**{field: False})
    with pytest.raises(IllegalMove):
        _split(town, third)


def test_neither_machine_nor_handler_nor_caller_merges(town: Town) -> None:
    old, new = case(town, "a", device=100), case(town, "b", device=200)
    for actor in (MACHINE, town.handler(town.drains), town.caller(), resident(100)):
        with pytest.raises(Denied):
            actions.merge(new, old, by=actor, version=None, now=NOW)
    assert Merge.objects.count() == 0


def test_a_verdict_on_one_reply_is_no_word_on_another(town: Town) -> None:
    handler = town.handler(town.drains)
    old, new = working(town, "a", device=100), working(town, "b", device=200)
    voice = Voice.objects.get(case=new)
    actions.reply(new, by=handler, version=None, text="修好了", now=NOW)
    actions.rate(voice.id, "not_solved", by=resident(200), now=NOW, key="r")
    actions.reply(old, by=handler, version=None, text="修好了", now=NOW)
    # the target's round is 1, and so was that of the verdict
    _merge(town, new, old)
    voice.refresh_from_db()
    heard = queries.heard(voice, Case.objects.get(pk=old).round)
    assert heard.verdict == ""
    assert Rating.objects.filter(voice=voice, verdict="not_solved").exists()
    first = Voice.objects.exclude(pk=voice.id).get(case=old)
    done = actions.rate(first.id, "solved", by=resident(100), now=NOW, rating=5, key="r2")
    assert done.state == "replied", "the one taken in has not been heard"
    _split(town, new)
    assert Case.objects.get(pk=old).state == "solved", "nobody is waited for any more"


def test_a_merged_case_is_found_by_its_number_and_shows_where_it_went(town: Town) -> None:
    old, new = case(town, "a", device=100), case(town, "b", device=200, words="井盖旁边的沟也满了")
    number = Case.objects.get(pk=new).number
    _merge(town, new, old)
    page = queries.case_page(number, town.clerk())
    assert (page.case.id, page.voices) == (new, [])
    assert queries.standing(page.case).id == old
    mine = queries.matter(number, resident(200), now=NOW)
    assert mine.case.id == old
    assert {"receive", "merge"} <= {step.move for step in mine.steps}, "her own story goes on"
    found = queries.worklist(town.clerk(), queries.Filters(view="all", text="井盖旁边的沟"), now=NOW)
    assert {row.id for row in found.rows} == {old, new}


def test_people_are_told_and_only_those_it_is_about(town: Town) -> None:
    deliver()  # from here on
    old, new = case(town, "a", device=100), case(town, "b", device=200)
    _merge(town, new, old)
    _split(town, new)
    deliver()
    told = Message.objects.filter(code__in=["case.joined", "case.apart"])
    assert sorted(told.filter(channel="in_app").values_list("code", "device_id")) == [
        ("case.apart", 200),
        ("case.joined", 200),
    ]


def test_a_voice_that_speaks_of_another_matter_gets_its_own_case(town: Town) -> None:
    old = case(town, "a", device=100, voices=2)
    first = Voice.objects.get(number=Case.objects.get(pk=old).number)
    own = actions.split_off(first.id, by=town.clerk(), version=None, now=NOW)
    assert own.number != first.number, "the case it left keeps that number"
    assert (own.state, own.voices, own.class_code, own.place_id) == ("received", 1, "", town.building)
    assert own.next_due is not None
    assert Step.objects.filter(case=own).count() == own.version
    listed = queries.worklist(town.clerk(), queries.Filters(view="all", text=own.number), now=NOW).rows
    assert [row.id for row in listed] == [own.id], "found by a number that no voice has"
    assert Case.objects.get(pk=old).voices == 1
    with pytest.raises(Refused, match="only_voice"):
        actions.split_off(Voice.objects.get(case=old).id, by=town.clerk(), version=None, now=NOW)


def test_several_become_the_one_that_came_first_all_or_none(town: Town) -> None:
    ids = [case(town, key, device=n) for key, n in (("a", 100), ("b", 200), ("c", 300))]
    with pytest.raises(Refused, match="too_few"):
        actions.merge_many(ids[:1], by=town.clerk(), now=NOW)
    Case.objects.filter(pk=ids[2]).update(state="withdrawn")
    with pytest.raises(LirenError):
        actions.merge_many(ids, by=town.clerk(), now=NOW)
    assert Merge.objects.count() == 0
    Case.objects.filter(pk=ids[2]).update(state="received", received_at=NOW - timedelta(days=1))
    assert actions.merge_many(ids, by=town.clerk(), now=NOW).id == ids[2]
    assert Case.objects.get(pk=ids[2]).voices == 3


def _crowd(case_id: int, count: int) -> None:
    """So many more behind a case, put there at once."""
    Voice.objects.bulk_create(
        Voice(
            case_id=case_id, number=f"{new_id()}"[-16:].zfill(16), channel="web", words="也是", salt="s",
            said_at=NOW,
        )
        for _ in range(count)
    )  # fmt: skip
    Case.objects.filter(pk=case_id).update(voices=count + 1)


def test_a_thousand_voices_cost_no_more_statements_than_three(town: Town) -> None:
    counts = []
    for key, count in (("few", 2), ("many", 999)):
        old, new = case(town, f"{key}-a", device=100), case(town, f"{key}-b", device=200)
        _crowd(new, count)
        Case.objects.filter(pk=new).update(files=1, questions_open=1)
        with CaptureQueriesContext(connection) as seen:
            _merge(town, new, old)
        counts.append(len(seen))
        with CaptureQueriesContext(connection) as seen:
            _split(town, new)
        counts.append(len(seen))
        assert Case.objects.get(pk=new).voices == count + 1 == len(_of(new))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 45, counts


class Joining:
    """Four cases with a few people each, and whatever a clerk may do to them."""

    def __init__(self) -> None:
        self.town = towns.build()
        self.cases = [case(self.town, f"c{n}", device=100 * n, voices=n) for n in (1, 2, 3)]
        self.cases.append(working(self.town, "c4", device=400, voices=2))
        self.everybody = set(Voice.objects.values_list("id", flat=True))
        self.done = 0

    def act(self, name: str, one: int, other: int) -> None:
        clerk, ids = self.town.clerk(), [*Case.objects.order_by("id").values_list("id", flat=True)]
        first, second = ids[one % len(ids)], ids[other % len(ids)]
        self.done += 1
        match name:
            case "merge":
                actions.merge(first, second, by=clerk, version=None, now=NOW)
            case "split":
                actions.split(first, by=clerk, version=None, now=NOW)
            case "split_off":
                voice = sorted(self.everybody)[other % len(self.everybody)]
                actions.split_off(voice, by=clerk, version=None, now=NOW)
            case "join":
                device = 900 + self.done
                demand = actions.Demand(words="我也是", channel="web", device_id=device)
                joined = actions.add_voice(first, demand, by=resident(device), now=NOW, key=f"j{self.done}")
                self.everybody.add(joined.voice_id)

    def check(self) -> None:
        every = Voice.objects.order_by("id").values_list("id", flat=True)
        assert set(every) == self.everybody
        for one in Case.objects.all():
            behind = _of(one.id)
            assert one.voices == len(behind)
            assert Step.objects.filter(case=one).count() == one.version
            assert (one.state == "merged") == (one.merged_into_id is not None) == (not behind)
            assert queries.standing(one).merged_into_id is None
        open_ = Merge.objects.filter(undone_at=None)
        assert open_.count() == Case.objects.filter(state="merged").count()


TRIES = st.tuples(
    st.sampled_from(["merge", "merge", "split", "split", "split_off", "join"]),
    st.integers(0, 9),
    st.integers(0, 9),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TRIES, min_size=5, max_size=25))
def test_whatever_is_merged_and_taken_apart_every_voice_is_on_exactly_one_case(
    tries: list[tuple[str, int, int]],
) -> None:
    with transaction.atomic():
        joining = Joining()
        for name, one, other in tries:
            try:
                with transaction.atomic():
                    joining.act(name, one, other)
            except LirenError:
                pass
            joining.check()
        transaction.set_rollback(True)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations([0, 1, 2]))
def test_merges_undone_in_any_order_leave_everybody_where_they_began(order: list[int]) -> None:
    with transaction.atomic():
        joining = Joining()
        before = dict(Voice.objects.values_list("id", "case_id"))
        a, b, c, d = joining.cases
        for source, target in ((a, b), (b, c), (c, d)):
            _merge(joining.town, source, target)
            joining.check()
        for index in order:
            _split(joining.town, (a, b, c)[index])
            joining.check()
        assert dict(Voice.objects.values_list("id", "case_id")) == before
        transaction.set_rollback(True)


def test_what_may_be_the_same_is_suggested_by_kind_and_place_or_by_words_alone(town: Town) -> None:
    clerk, words = town.clerk(), "3号楼门口排水沟堵了，污水漫到路上"
    here = Case.objects.get(pk=case(town, "a", device=100, words=words))
    near = case(town, "b", device=200, words="沟又堵了")
    Case.objects.filter(pk=near).update(
        place_path=queries.peek(here.id, by=clerk, duty="cases.read").place_path
    )
    unread = say(town, device=300, key="c", words=words).case_id
    other = case(town, "d", device=400, words="路灯不亮")
    Case.objects.filter(pk=other).update(class_code="municipal.street_light")
    hidden = case(town, "e", device=500, words=words)
    Case.objects.filter(pk=hidden).update(sealed=True)

    def found(actor: Actor) -> dict[int, str]:
        twins = queries.twins_of(here, actor, class_code="", place_path="", now=NOW)
        return {one.twin.case_id: one.twin.reason for one in twins}

    assert found(clerk) == {near: "same_place", unread: "words"}
    assert found(town.handler(town.drains)) == {}, "who may not merge is not asked"
    actions.merge(unread, here.id, by=clerk, version=None, now=NOW)
    here.refresh_from_db()
    assert found(clerk) == {near: "same_place"}
