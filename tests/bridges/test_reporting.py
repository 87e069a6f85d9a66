"""Forms filled from what is held, the rest entered once; what is asked twice; what is handed in stays."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from liren.bridges.reporting import actions, queries
from liren.bridges.reporting.models import Entry, Item, Sent
from liren.cases import queries as cases
from liren.kernel.errors import Conflict, Denied, NotFound, Refused
from liren.kernel.policy import Actor
from liren.registers.places import queries as places
from tests.cases.test_life import say
from tests.town import NOW, Town, build

pytestmark = [pytest.mark.django_db, pytest.mark.writes]

MARCH = queries.period("2026-03")
LATER = datetime(2026, 4, 2, 2, 0, tzinfo=UTC)


@pytest.fixture
def town(db: None) -> Town:
    return build()


def keeper(town: Town) -> Actor:
    """Who writes forms down."""
    return town.staff(110, "system_admin")


def form(town: Town, columns: str, **more: Any) -> queries.FormView:
    """A form written down."""
    said: dict[str, Any] = {
        "title": "基层治理月报", "asked_by": "区委社会工作部", "basis": "〔2026〕12号", "every": "month", "due_day": 5,
        "by_community": False, "since": date(2026, 1, 1), "columns": columns,
    } | more  # fmt: skip
    made = actions.set_form(actions.FormDraft(**said), by=keeper(town), now=NOW)
    return queries.form(made, keeper(town))


def enter(town: Town, month: queries.Period = MARCH, **said: str) -> actions.EntryReport:
    """Enter what is asked of a month by the title of the thing, the same in each place."""
    asks = [(one.item, ask) for one in queries.to_enter(month, town.clerk()) for ask in one.asks]
    typed = {ask.name: said[item] for item, ask in asks if item in said}
    return actions.enter(month, typed, {}, by=town.clerk(), now=LATER)


def test_what_is_held_fills_itself_and_a_figure_opens_its_rows(town: Town) -> None:
    for n in range(3):
        say(town, key=f"k{n}", words=f"第{n}处井盖响")
    made = form(town, "受理诉求数\n社区个数\n响应率（%）\n志愿者人数", by_community=True)
    assert [column.held for column in made.columns] == [
        "cases.demands",
        "ground.community",
        "rate.response",
        "",
    ]
    told = queries.sheet(made.id, "2026-03", town.clerk())
    assert [line.place_id for line in told.lines] == [town.near, town.far]
    assert [line.cells[1].value for line in told.lines] == ["1", "1"]
    assert [line.cells[2].value for line in told.lines] == ["—", "—"], "no share of nothing"
    assert told.missing == 2, "one figure by hand for each community"


def test_demands_are_counted_in_their_period_alone(town: Town) -> None:
    for n in range(3):
        say(town, key=f"k{n}", words=f"第{n}处井盖响")
    made = form(town, "受理诉求数")
    cell = queries.sheet(made.id, "2026-03", town.clerk()).lines[0].cells[0]
    assert (cell.value, cell.how) == ("3", "held")
    assert cell.drill is not None
    filters = cases.Filters(view="all", figure=cell.drill)
    assert cases.count(town.clerk(), filters, now=LATER) == 3
    assert queries.sheet(made.id, "2026-02", town.clerk()).lines[0].cells[0].value == "0"


def test_a_thing_is_entered_once_for_every_form_that_asks_it(town: Town) -> None:
    first = form(town, "志愿者人数\n志愿服务场次", by_community=True)
    quarterly = form(town, "本季度志愿服务场次", title="志愿服务季报", every="quarter")
    assert first.columns[1].item_id == quarterly.columns[0].item_id, "the same in other words"
    asked = {one.item: one for one in queries.to_enter(MARCH, town.clerk())}
    assert set(asked) == {"志愿者人数", "志愿服务场次"}
    assert asked["志愿服务场次"].forms == ("基层治理月报", "志愿服务季报")
    assert len(asked["志愿服务场次"].asks) == 2, "as finely as the finest form wants it"
    assert enter(town, 志愿服务场次="4").taken == 2
    cell = queries.sheet(quarterly.id, "2026-Q1", town.clerk()).lines[0].cells[0]
    assert (cell.how, cell.lacking) == ("missing", ("2026-01", "2026-02"))
    for month in ("2026-01", "2026-02"):
        enter(town, queries.period(month), 志愿服务场次="3")
    cell = queries.sheet(quarterly.id, "2026-Q1", town.clerk()).lines[0].cells[0]
    assert (cell.how, cell.value) == ("entered", "20"), "two communities, three months"
    assert queries.burden(town.clerk()) == queries.Burden(2, 3, 0, 2, 1, 0)


def test_a_state_is_the_last_months_and_what_does_not_add_up_is_entered_as_asked(town: Town) -> None:
    form(town, "志愿者人数\n主要问题", by_community=True)
    year = form(town, "志愿者总量\n主要问题", title="志愿年报", every="year", since=date(2026, 1, 1))
    monthly = queries.forms(town.clerk())[0]
    volunteers, problems = (column for column in monthly.columns)
    actions.fill_column(
        volunteers.id, str(volunteers.item_id), adds="last", kind="number", by=keeper(town), now=NOW
    )
    actions.fill_column(problems.id, str(problems.item_id), adds="own", kind="text", by=keeper(town), now=NOW)
    yearly = next(one for one in queries.forms(town.clerk()) if one.id == year.id)
    actions.fill_column(
        yearly.columns[0].id, str(volunteers.item_id), adds="last", kind="number", by=keeper(town), now=NOW
    )
    december = queries.period("2026-12")
    names = [(one.item, one.period.key, len(one.asks)) for one in queries.to_enter(december, town.clerk())]
    assert names == [("主要问题", "2026-12", 2), ("志愿者人数", "2026-12", 2), ("主要问题", "2026", 1)]
    for n in range(1, 13):
        enter(town, queries.period(f"2026-{n:02}"), 志愿者人数=str(100 + n))
    cells = queries.sheet(year.id, "2026", town.clerk()).lines[0].cells
    assert cells[0].value == "224", "the last month's, both communities"
    assert (cells[1].how, cells[1].lacking) == ("missing", ("2026-12",))


def test_asked_twice_until_somebody_says_one_or_two(town: Town) -> None:
    form(town, "志愿服务活动场次", by_community=True)
    form(town, "志愿服务活动次数\n居民满意诉求数", title="季报", every="quarter")
    by = keeper(town)
    pairs = queries.asked_twice(by)
    assert [(one.item, one.other, one.held) for one in pairs] == [
        ("志愿服务活动次数", "志愿服务活动场次", ""),
        ("居民满意诉求数", "居民满意的诉求数", "cases.satisfied"),
    ]
    assert queries.burden(by).twice == 2
    enter(town, 志愿服务活动次数="9")
    actions.join_items(pairs[0].item_id, str(pairs[0].other_id), by=by, now=NOW)
    actions.join_items(pairs[0].item_id, str(pairs[0].other_id), by=by, now=NOW)
    with pytest.raises(Refused, match=r"report\.no_why"):
        actions.tell_apart(pairs[1].item_id, pairs[1].held, "  ", by=by, now=NOW)
    actions.tell_apart(pairs[1].item_id, pairs[1].held, "这里只数上门回访的", by=by, now=NOW)
    actions.tell_apart(pairs[1].item_id, pairs[1].held, "再说一遍", by=by, now=NOW)
    assert queries.asked_twice(by) == []
    assert queries.burden(by) == queries.Burden(2, 3, 0, 2, 1, 0)
    assert len(queries.to_enter(MARCH, town.clerk())) == 2


def test_what_is_held_is_filled_by_itself_once_somebody_says_so(town: Town) -> None:
    made = form(town, "居民满意诉求数")
    pair = queries.asked_twice(keeper(town))[0]
    enter(town, 居民满意诉求数="7")
    actions.join_items(pair.item_id, pair.held, by=keeper(town), now=NOW)
    assert queries.form(made.id, keeper(town)).columns[0].held == "cases.satisfied"
    assert queries.sheet(made.id, "2026-03", town.clerk()).lines[0].cells[0].value == "0"
    with pytest.raises(Refused, match=r"report\.join"):
        actions.join_items(pair.item_id, str(pair.item_id), by=keeper(town), now=NOW)


def test_what_was_entered_before_two_things_became_one_still_stands(town: Town) -> None:
    made = form(town, "志愿服务活动场次")
    other = form(town, "志愿服务活动次数", title="另一张")
    enter(town, 志愿服务活动次数="9")
    pair = queries.asked_twice(keeper(town))[0]
    actions.join_items(pair.item_id, str(pair.other_id), by=keeper(town), now=NOW)
    for one in (made, other):
        assert queries.sheet(one.id, "2026-03", town.clerk()).lines[0].cells[0].value == "9"
    enter(town, 志愿服务活动场次="10")
    for one in (made, other):
        assert queries.sheet(one.id, "2026-03", town.clerk()).lines[0].cells[0].value == "10"


def test_a_wrong_figure_keeps_no_other_from_being_saved_and_nobody_is_overwritten(town: Town) -> None:
    form(town, "志愿者人数\n志愿服务场次")
    asks = {one.item: one.asks[0] for one in queries.to_enter(MARCH, town.clerk())}
    volunteers, times = asks["志愿者人数"].name, asks["志愿服务场次"].name
    report = actions.enter(MARCH, {volunteers: "约一百", times: "１２"}, {}, by=town.clerk(), now=LATER)
    assert report.taken == 1
    assert {name: fault.code for name, fault in report.faults.items()} == {volunteers: "report.number"}
    seen = {times: ""}  # somebody who opened the page before
    late = actions.enter(MARCH, {times: "15"}, seen, by=town.clerk(), now=LATER)
    assert isinstance(late.faults[times], Conflict)
    assert late.taken == 0
    assert late.faults[times].params == {"value": "12"}
    assert actions.enter(MARCH, {times: "12"}, seen, by=town.clerk(), now=LATER) == actions.EntryReport(0, {})
    actions.enter(MARCH, {times: "15"}, {times: "12"}, by=town.clerk(), now=LATER)
    assert list(Entry.objects.order_by("id").values_list("value", "replaced_at")) == [
        ("12", LATER),
        ("15", None),
    ]
    actions.enter(MARCH, {times: ""}, {times: "15"}, by=town.clerk(), now=LATER)
    assert not Entry.objects.filter(replaced_at=None).exists(), "emptied, not zero"


def test_a_community_enters_its_own_figures_only(town: Town) -> None:
    form(town, "志愿者人数", by_community=True)
    near = town.staff(120, "grid_worker", place=places.get(town.near).path)
    asks = queries.to_enter(MARCH, near)[0].asks
    assert [ask.place_id for ask in asks] == [town.near]
    others = next(ask for ask in queries.to_enter(MARCH, town.clerk())[0].asks if ask.place_id == town.far)
    assert actions.enter(MARCH, {others.name: "5"}, {}, by=near, now=LATER).taken == 0
    assert actions.enter(MARCH, {asks[0].name: "5"}, {}, by=near, now=LATER).taken == 1
    with pytest.raises(Denied):
        queries.forms(near)
    with pytest.raises(Denied):
        queries.to_enter(MARCH, town.handler(town.drains))


def test_handed_in_it_stays_as_it_was_and_a_change_is_told(town: Town) -> None:
    made = form(town, "志愿者人数\n受理诉求数")
    clerk = town.clerk()
    with pytest.raises(Refused, match=r"report\.not_over"):
        actions.hand_in(made.id, "2026-03", by=clerk, now=NOW)
    with pytest.raises(Refused, match=r"report\.missing"):
        actions.hand_in(made.id, "2026-03", by=clerk, now=LATER)
    enter(town, 志愿者人数="50")
    told = actions.hand_in(made.id, "2026-03", by=clerk, now=LATER)
    assert told.handed is not None
    assert told.handed.changed == 0
    actions.hand_in(made.id, "2026-03", by=clerk, now=LATER)
    assert Sent.objects.count() == 1, "the same again hands nothing in twice"
    enter(town, 志愿者人数="51")
    told = queries.sheet(made.id, "2026-03", clerk)
    assert told.handed is not None
    assert told.handed.changed == 1
    assert queries.last_sent(made.id, MARCH).sheet[1] == ["栖禾街道", "50", "0"]  # type: ignore[union-attr]
    actions.hand_in(made.id, "2026-03", by=clerk, now=LATER)
    assert Sent.objects.count() == 2
    with pytest.raises(Denied):
        actions.hand_in(made.id, "2026-03", by=keeper(town), now=LATER)


def test_a_form_changed_keeps_what_fills_its_columns_and_ended_it_is_asked_no_more(town: Town) -> None:
    made = form(town, "志愿者人数\n受理诉求数")
    again = form(town, "志愿者人数\n受理诉求数")
    assert again.id == made.id, "the same form again"
    enter(town, 志愿者人数="50")
    changed = form(town, "受理诉求数\n志愿者人数\n网格数")
    assert [column.title for column in changed.columns] == ["受理诉求数", "志愿者人数", "网格数"]
    assert queries.sheet(made.id, "2026-03", town.clerk()).lines[0].cells[1].value == "50"
    actions.end_form(made.id, by=keeper(town), now=NOW)
    actions.end_form(made.id, by=keeper(town), now=NOW)
    assert queries.forms(town.clerk()) == []
    assert queries.of_month(MARCH, town.clerk()) == []
    assert queries.sheet(made.id, "2026-03", town.clerk()).form.ended
    assert queries.burden(town.clerk()) == queries.Burden(0, 0, 0, 0, 0, 0)


def test_forms_are_due_with_their_periods_and_from_their_first(town: Town) -> None:
    form(town, "网格数", since=date(2026, 2, 1))
    form(town, "网格数", title="季报", every="quarter", since=date(2026, 1, 1))
    clerk = town.clerk()

    def titles(key: str) -> list[str]:
        return [one.form.title for one in queries.of_month(queries.period(key), clerk)]

    assert titles("2026-01") == []
    assert titles("2026-02") == ["基层治理月报"]
    assert titles("2026-03") == ["基层治理月报", "季报"]
    assert queries.of_month(MARCH, clerk)[0].due == date(2026, 4, 5)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"title": " "}, "report.no_title"),
        ({"asked_by": ""}, "report.no_asker"),
        ({"basis": ""}, "report.no_basis"),
        ({"basis": "长" * 201}, "report.long"),
        ({"every": "week"}, "report.every"),
        ({"due_day": 32}, "report.due_day"),
        ({"due_day": None}, "report.due_day"),
        ({"columns": ""}, "report.no_columns"),
    ],
)
def test_a_form_that_lacks_something_is_refused_whole(town: Town, more: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        form(town, **({"columns": "网格数"} | more))
    assert refused.value.code == code
    assert refused.value.field
    assert not Item.objects.exists()


def test_only_who_keeps_the_forms_changes_them(town: Town) -> None:
    made = form(town, "志愿者人数")
    column, clerk = made.columns[0], town.clerk()
    for attempt in (
        lambda: actions.set_form(
            actions.FormDraft("a", "b", "c", "month", 5, False, None, "d"), by=clerk, now=NOW
        ),
        lambda: actions.end_form(made.id, by=clerk, now=NOW),
        lambda: actions.fill_column(column.id, "", adds="sum", kind="number", by=clerk, now=NOW),
        lambda: actions.join_items(column.item_id, "ground.grid", by=clerk, now=NOW),
        lambda: actions.tell_apart(column.item_id, "ground.grid", "x", by=clerk, now=NOW),
        lambda: queries.items(clerk),
    ):
        with pytest.raises(Denied):
            attempt()  # type: ignore[no-untyped-call]
    by = keeper(town)
    for choice in ("nothing.held", "999", "²", "9" * 19):
        with pytest.raises(NotFound):
            actions.fill_column(column.id, choice, adds="sum", kind="number", by=by, now=NOW)
    with pytest.raises(Refused, match=r"report\.adds"):
        actions.fill_column(column.id, "", adds="product", kind="number", by=by, now=NOW)
    actions.fill_column(column.id, "cases.demands:municipal", adds="sum", kind="number", by=by, now=NOW)
    assert queries.form(made.id, by).columns[0].held == "cases.demands:municipal"
    actions.fill_column(column.id, "", adds="sum", kind="number", by=by, now=NOW)
    assert queries.form(made.id, by).columns[0].held == ""
