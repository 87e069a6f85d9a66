"""What a unit may claim: not its duty, more time, waiting. Each in time, each decided by somebody else, each told."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from liren.cases import actions, queries
from liren.cases.models import Case, Deferral, Extension, LimitChange, Objection, Step
from liren.kernel.clock import office_zone
from liren.kernel.errors import Denied, IllegalMove, Refused
from liren.kernel.policy import Actor
from liren.kernel.worktime import Interval, Limit, due, load_calendar, loading
from liren.registers.duties import packs
from liren.registers.duties import queries as duties
from tests import town as towns
from tests.cases import joined
from tests.town import NOW, Town

pytestmark = [pytest.mark.django_db, pytest.mark.writes]


@pytest.fixture
def town() -> Town:
    return towns.build()


def sent(town: Town, *, at: datetime = NOW) -> int:
    case_id = joined.case(town, "claims", device=700)
    actions.dispatch(case_id, town.drains, by=town.clerk(), version=None, now=at)
    return case_id


def supervisor(town: Town) -> Actor:
    return town.staff(107, "supervisor")


def objected(town: Town, case_id: int, *, at: datetime = NOW, to: int | None = None) -> Case:
    handler = town.handler(town.drains)
    return actions.object_to(
        case_id, by=handler, version=None, reason="小区内部管道，归物业", now=at, suggested_unit_id=to
    )


def test_the_desk_upholds_an_objection_and_sends_it_to_whose_duty_it_is(town: Town) -> None:
    case_id = sent(town)
    case = objected(town, case_id, to=town.sweepers)
    assert (case.state, case.unit_id, case.first_unit_id) == ("objected", town.drains, town.drains)
    assert case.next_due is not None
    assert case.next_due == Objection.objects.get().due_at
    case = actions.uphold(case_id, by=town.clerk(), version=None, now=NOW)
    assert (case.state, case.unit_id, case.returned, case.handle_due) == ("received", None, 1, None)
    again = actions.dispatch(
        case_id, town.sweepers, by=town.clerk(), version=None, now=NOW, class_code="sanitation.road_dirty"
    )
    assert (again.unit_id, again.first_unit_id) == (town.sweepers, town.drains)
    row = Objection.objects.get()
    assert (row.ruling, row.suggested_id, row.ruled_by) == ("upheld", town.sweepers, 101)


def test_overruled_the_unit_has_signed_its_limits_ran_on_and_it_may_not_object_again(town: Town) -> None:
    case_id = sent(town)
    before = Case.objects.get(pk=case_id).handle_due
    objected(town, case_id)
    with pytest.raises(Refused, match=r"words\.empty"):
        actions.overrule(case_id, by=town.clerk(), version=None, text=" ", now=NOW)
    later = NOW + timedelta(hours=1)
    case = actions.overrule(case_id, by=town.clerk(), version=None, text="清单第七条", now=later)
    assert (case.state, case.handle_due, case.signed_at) == ("signed", before, later)
    with pytest.raises(Refused, match=r"objection\.overruled"):
        objected(town, case_id, at=later)
    assert queries.claims_of(case, list(case.step_set.order_by("-at", "-id")), later).object_until is None
    other = Case.objects.get(pk=sent_again(town))
    assert queries.claims_of(other, [], NOW).object_until == NOW + timedelta(hours=24)
    assert queries.claims_of(other, [], NOW + timedelta(hours=25)).object_until is None


def test_who_returns_everything_and_who_objects_too_late_is_told_plainly(town: Town) -> None:
    case_id = sent(town)
    with pytest.raises(Refused, match=r"objection\.too_late"):
        objected(town, case_id, at=NOW + timedelta(hours=25))
    for _ in range(2):
        objected(town, case_id)
        actions.uphold(case_id, by=town.clerk(), version=None, now=NOW)
        actions.dispatch(case_id, town.drains, by=town.clerk(), version=None, now=NOW)
    with pytest.raises(Refused, match=r"objection\.too_often"):
        objected(town, case_id)
    with pytest.raises(Refused, match=r"objection\.unit_unknown"):
        objected(town, sent_again(town), to=1)


def sent_again(town: Town) -> int:
    case_id = joined.case(town, "claims-2", device=710)
    actions.dispatch(case_id, town.drains, by=town.clerk(), version=None, now=NOW)
    return case_id


def test_strangers_neither_object_nor_rule(town: Town) -> None:
    case_id = sent(town)
    with pytest.raises(Denied):
        actions.object_to(
            case_id, by=town.handler(town.sweepers, 120), version=None, reason="不归我们", now=NOW
        )
    objected(town, case_id)
    with pytest.raises(Denied):
        actions.uphold(case_id, by=town.handler(town.drains), version=None, now=NOW)
    with pytest.raises(IllegalMove):
        actions.uphold(sent_again(town), by=town.clerk(), version=None, now=NOW)


def test_an_extension_moves_the_limit_keeps_the_old_one_and_is_told(town: Town) -> None:
    case_id = joined.working(town, "more", device=720)
    handler = town.handler(town.drains)
    before = Case.objects.get(pk=case_id).handle_due
    assert before is not None
    with pytest.raises(Refused, match=r"extension\.too_long"):
        actions.ask_extension(case_id, 6, by=handler, version=None, reason="等备件", now=NOW)
    with pytest.raises(Refused, match=r"limit\.value"):
        actions.ask_extension(case_id, 0, by=handler, version=None, reason="等备件", now=NOW)
    actions.ask_extension(case_id, 5, by=handler, version=None, reason="备件要从外地发来", now=NOW)
    with pytest.raises(Refused, match=r"extension\.waiting"):
        actions.ask_extension(case_id, 1, by=handler, version=None, reason="再要一天", now=NOW)
    with pytest.raises(Denied):
        actions.grant_extension(case_id, by=handler, version=None, now=NOW)
    case = actions.grant_extension(case_id, by=supervisor(town), version=None, now=NOW + timedelta(hours=1))
    change = LimitChange.objects.get(why="extension")
    assert (change.handle_before, change.handle_after) == (before, case.handle_due)
    assert case.handle_due is not None
    assert case.handle_due > before
    assert case.next_due == case.handle_due
    assert change.at == Extension.objects.get().decided_at
    told = Step.objects.get(case_id=case_id, move="grant_extension")
    assert (told.shown, told.words) == (True, "备件要从外地发来")
    with pytest.raises(Refused, match=r"extension\.too_often"):
        actions.ask_extension(case_id, 1, by=handler, version=None, reason="还要一天", now=NOW)


def test_an_extension_after_the_limit_is_refused_and_a_refused_one_changes_nothing(town: Town) -> None:
    case_id = joined.working(town, "late", device=730)
    handler, before = town.handler(town.drains), Case.objects.get(pk=case_id).handle_due
    assert before is not None
    with pytest.raises(Refused, match=r"extension\.too_late"):
        actions.ask_extension(
            case_id, 1, by=handler, version=None, reason="忘了", now=before + timedelta(minutes=1)
        )
    actions.ask_extension(case_id, 1, by=handler, version=None, reason="人手少", now=NOW)
    case = actions.refuse_extension(case_id, by=supervisor(town), version=None, text="请先调人", now=NOW)
    assert case.handle_due == before
    assert not LimitChange.objects.filter(case_id=case_id).exists()


def test_waiting_for_a_lawful_reason_stops_the_clock_and_want_of_money_does_not(town: Town) -> None:
    handler = town.handler(town.drains)
    ends = {}
    for n, reason in enumerate(("appraisal", "money")):
        case_id = joined.working(town, reason, device=740 + 10 * n)
        before = Case.objects.get(pk=case_id)
        begun = NOW + timedelta(hours=1)
        case = actions.defer(
            case_id, reason, by=handler, version=None, text="要等结果", review_on=date(2026, 3, 24), now=begun
        )
        assert case.state == "deferred"
        assert case.next_due == datetime(2026, 3, 24, 9, tzinfo=office_zone())
        back = NOW + timedelta(days=7)
        case = actions.resume(case_id, by=handler, version=None, now=back, text="结果出来了")
        assert (case.state, Deferral.objects.get(case_id=case_id).until) == ("handling", back)
        ends[reason] = (before.handle_due, case.handle_due)
        limits = LimitChange.objects.filter(case_id=case_id, why="deferral")
        assert limits.exists() == (reason == "appraisal")
    assert ends["money"][0] == ends["money"][1]
    stood_still = [Interval(NOW + timedelta(hours=1), NOW + timedelta(days=7))]
    counted = due(Limit(4, "work_hour"), NOW, load_calendar("office"), suspended=stood_still).at
    assert ends["appraisal"] == (due(Limit(4, "work_hour"), NOW, load_calendar("office")).at, counted)
    assert counted == NOW + timedelta(
        days=7, hours=4
    )  # three of its hours were left, and the unit has a lunch break


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2026, 3, 9), "deferral.review_past"),
        (date(2026, 3, 14), "deferral.review_rest"),
        (date(2026, 10, 3), "deferral.review_far"),
    ],
)
def test_the_review_day_is_a_working_day_ahead(town: Town, day: date, code: str) -> None:
    case_id = joined.working(town, "day", device=760)
    handler = town.handler(town.drains)
    with pytest.raises(Refused) as told:
        actions.defer(case_id, "weather", by=handler, version=None, text="等", review_on=day, now=NOW)
    assert told.value.code == code
    with pytest.raises(Refused, match=r"deferral\.reason_unknown"):
        actions.defer(
            case_id, "mood", by=handler, version=None, text="等", review_on=date(2026, 3, 24), now=NOW
        )


def test_a_closed_office_for_eight_days_is_counted_right_in_each_unit() -> None:
    """2026-10-01 to 08: holidays from 1st to 7th, and the 8th, a Thursday, is worked again in the published calendar."""
    start, office = datetime(2026, 9, 30, 9, tzinfo=UTC), load_calendar("office")  # 17:00 in the office
    ends = {
        limit: due(limit, start, office).at.astimezone(office_zone()).strftime("%m-%d %H:%M")
        for limit in (
            Limit(24, "hour"),
            Limit(1, "work_day"),
            Limit(2, "work_hour"),
            Limit(1, "day"),
            Limit(8, "day"),
        )
    }
    assert ends == {
        Limit(24, "hour"): "10-01 17:00",  # runs on through the holiday
        Limit(1, "work_day"): "10-08 18:00",  # the first worked day after the day it began on
        Limit(2, "work_hour"): "10-08 10:00",  # one hour before the holiday, one after it
        Limit(1, "day"): "10-08 18:00",  # ends in the holiday, so on the day after it (民法典 art. 203)
        Limit(8, "day"): "10-08 18:00",
    }


NEXT_YEAR = """
pack: calendar
version: "2027.1"
rows:
  - key: holidays.cn
    title: {zh: 2027年部分节假日安排, en: Public holidays of 2027}
    source: 本测试
    valid_from: 2027-01-01
    valid_to: 2027-12-31
    value:
      off:
        - {code: new_year, from: 2027-01-01, to: 2027-01-03}
      make_up: []
"""


def test_when_next_years_calendar_is_loaded_running_limits_are_counted_again_and_the_old_ones_kept(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIREN_HOME", str(tmp_path))
    eve = datetime(2026, 12, 31, 15, tzinfo=office_zone())
    case_id = joined.case(town, "eve", device=770)
    case = actions.dispatch(case_id, town.drains, by=town.clerk(), version=None, now=eve)
    assert case.handle_due == datetime(2027, 1, 1, 10, tzinfo=office_zone())  # a Friday, as far as is known
    assert (case.limits_provisional, case.due_provisional) == (True, True)
    assert actions.recount_limits(now=eve) == 0
    (tmp_path / "packs" / "calendar").mkdir(parents=True)
    (tmp_path / "packs" / "calendar" / "2027.yaml").write_text(NEXT_YEAR, encoding="utf-8")
    loading._looked.clear()  # time for another look at the files
    assert actions.recount_limits(now=eve + timedelta(hours=1)) == 1
    case = Case.objects.get(pk=case_id)
    assert case.handle_due == datetime(2027, 1, 4, 10, tzinfo=office_zone())
    assert (case.limits_provisional, case.due_from) == (False, eve)
    change = LimitChange.objects.get(case_id=case_id)
    assert (change.why, change.handle_before, change.handle_after) == (
        "calendar", datetime(2027, 1, 1, 10, tzinfo=office_zone()), case.handle_due,
    )  # fmt: skip
    assert Step.objects.filter(case=case, move="recount").count() == 1
    assert actions.recount_limits(now=eve + timedelta(hours=2)) == 0


def test_another_class_has_other_limits_from_the_same_dispatch(town: Town) -> None:
    case_id = joined.working(town, "class", device=780)
    before = Case.objects.get(pk=case_id)
    later = NOW + timedelta(hours=2)
    case = actions.classify(case_id, "municipal.sign", by=town.clerk(), version=None, now=later)
    rule = Limit(15, "day")
    assert case.handle_due == due(rule, NOW, load_calendar("office")).at
    assert (case.limits_rule, case.due_rule, case.next_due) == (
        "municipal.sign",
        "municipal.sign",
        case.handle_due,
    )
    change = LimitChange.objects.get(case_id=case_id)
    assert (change.why, change.at, change.handle_before) == ("class", later, before.handle_due)
    assert (change.rule_before, change.rule_after) == ("municipal.drain", "municipal.sign")


def test_what_ran_out_with_the_dispatch_is_kept_and_the_ruling_is_another_persons(town: Town) -> None:
    case_id = sent(town)
    promised = Case.objects.get(pk=case_id).handle_due
    case = objected(town, case_id)
    assert (case.due_rule, case.limits_rule) == ("stage.ruling", "municipal.drain")
    handler = town.handler(town.drains)
    both = replace(handler, grants=(*handler.grants, *town.clerk().grants))
    for rule in (actions.uphold, actions.overrule):
        with pytest.raises(Denied):
            rule(case_id, by=both, version=None, now=NOW, text="就该如此")
    case = actions.overrule(case_id, by=town.clerk(), version=None, text="清单第七条", now=NOW)
    assert (case.due_rule, case.due_provisional) == ("municipal.drain", False)
    second = sent_again(town)
    objected(town, second)
    actions.uphold(second, by=town.clerk(), version=None, now=NOW)
    change = LimitChange.objects.get(case_id=second)
    assert (change.why, change.handle_before, change.handle_after) == ("upheld", promised, None)
    shown = queries.case_page(Case.objects.get(pk=second).number, town.clerk())
    assert queries.claims_of(shown.case, shown.steps, NOW).changes == [change]


def test_what_a_unit_asked_for_ends_with_its_work(town: Town) -> None:
    handler = town.handler(town.drains)
    answered = joined.working(town, "answered", device=790)
    actions.ask_extension(answered, 1, by=handler, version=None, reason="人手少", now=NOW)
    actions.reply(answered, by=handler, version=None, text="已经疏通，请看看", now=NOW)
    assert Extension.objects.get().decision == "moot"
    waiting, whole = (joined.working(town, name, device=n) for name, n in (("waits", 795), ("whole", 798)))
    actions.defer(
        waiting, "weather", by=handler, version=None, text="等晴天", review_on=date(2026, 3, 24), now=NOW
    )
    actions.merge(waiting, whole, by=town.clerk(), version=None, now=NOW)
    assert Deferral.objects.get().until == NOW


def test_a_rule_with_a_gap_is_refused_by_name_and_the_last_good_one_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIREN_HOME", str(tmp_path))
    folder = tmp_path / "packs" / "duties.limits"
    folder.mkdir(parents=True)
    row = (
        "- key: {key}\n  title: {{zh: 排水, en: Drains}}\n  source: 街道承诺\n  valid_from: {since}\n  valid_to: {until}\n"
        "  value: {{response: {{value: 1, unit: work_hour, basis: office_choice}}, "
        "handle: {{value: 2, unit: work_hour, basis: office_choice}}, calendar: office}}\n"
    )
    rows = row.format(key="municipal.pipe", since="2024-01-01", until="2025-12-31")
    rows += row.format(key="municipal.pipe", since="2026-02-01", until="null")
    (folder / "ours.yaml").write_text(f"pack: duties.limits\nversion: '1'\nrows:\n{rows}", encoding="utf-8")
    good = duties.limits("municipal.drain", None, NOW.date())
    packs._looked["limits"] = 0  # time for another look at the files
    assert duties.limits("municipal.drain", None, NOW.date()) == good
    monkeypatch.undo()
    packs._looked["limits"] = 0
    with pytest.raises(Refused) as told:
        packs.read("limits", office=folder)
    assert (told.value.code, told.value.params["key"]) == ("pack.gap", "municipal.pipe")


def test_the_page_knows_what_is_claimed(town: Town) -> None:
    case_id = sent(town)
    objected(town, case_id)
    number = Case.objects.get(pk=case_id).number
    shown = queries.case_page(number, town.clerk())
    found = queries.claims_of(shown.case, shown.steps, NOW)
    assert found.objection is not None
    assert {"uphold", "overrule"} <= {move.name for move in shown.moves}
