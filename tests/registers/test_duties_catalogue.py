"""Duty lists published, looked up, imported and outlived, on the real database."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml
from django.db import IntegrityError
from django.test.utils import CaptureQueriesContext

from liren.base.ledger.models import Event as Recorded
from liren.kernel.errors import Conflict, Denied, NotFound, Refused
from liren.kernel.policy import SYSTEM, Actor, Grant
from liren.registers.duties import actions, queries, reactions
from liren.registers.duties.actions import DutyRow, publishing
from liren.registers.duties.models import Catalogue, CatalogueEntry
from liren.registers.people import actions as people
from liren.registers.places import actions as places
from liren.registers.places import queries as ground
from liren.registers.places.events import PlaceMoved

pytestmark = [pytest.mark.django_db, pytest.mark.writes]

NOW = datetime(2026, 11, 2, 1, tzinfo=UTC)
ON = date(2026, 11, 2)
SAMPLE = Path(__file__).parents[2] / "src" / "liren" / "site" / "sample"
OFFICES = (
    *("party_office", "safe_office", "city_office", "civil_office", "community_office", "enforcement"),
    *("municipal", "sanitation", "greenery", "police", "market", "justice", "health", "service_hall"),
    *("water", "power", "heat_gas"),
)
COMMITTEES = tuple(f"c{number}" for number in range(1, 9))
UNITS = OFFICES + COMMITTEES
ALWAYS = {"water", "power", "heat_gas"}


class World:
    """A small office: two communities, and the units by code."""

    def __init__(self) -> None:
        self.street = places.open_place(kind="street", parent_id=None, name="栖禾街道", by=SYSTEM, now=NOW)
        self.root = ground.get(self.street).path
        self.path = {code: self._community(code) for code in ("c1", "c2")}
        self.unit = {code: self._unit(code) for code in UNITS}

    def _community(self, code: str) -> str:
        name = {"c1": "清河里社区", "c2": "东泽社区"}[code]
        made = places.open_place(kind="community", parent_id=self.street, name=name, by=SYSTEM, now=NOW)
        return ground.get(made).path

    def _unit(self, code: str) -> int:
        kind = "residents_committee" if code in COMMITTEES else "department"
        calendar = "round_the_clock" if code in ALWAYS else "office"
        return people.open_body(
            code=code,
            kind=kind,
            name=f"单位{code}",
            short=code,
            handles=True,
            calendar=calendar,
            by=SYSTEM,
            now=NOW,
        )

    def row(
        self, unit: str, code: str = "housing.leak", path: str = "", *, helps: bool = False, co: str = ""
    ) -> DutyRow:
        helpers = tuple(self.unit[name] for name in co.split())
        return DutyRow(code, self.unit[unit], path, helpers, helps, "物业管理条例")

    def publish(
        self, *rows: DutyRow, on: date = date(2026, 1, 1), source: str = "示例", by: Actor = SYSTEM
    ) -> int:
        return actions.publish_catalogue(rows, valid_from=on, source=source, by=by, now=NOW).version

    def led_by(self, code: str, path: str, on: date = ON) -> list[str]:
        names = {number: name for name, number in self.unit.items()}
        return [names[match.unit_id] for match in queries.lead(code, path, on) if not match.assist_only]


@pytest.fixture
def world() -> World:
    return World()


def test_the_narrowest_row_leads_and_helpers_follow(world: World) -> None:
    world.publish(
        world.row("city_office", "housing"),
        world.row("municipal", "housing.leak", co="water"),
        world.row("enforcement", "housing.leak", world.path["c1"]),
        world.row("c1", "housing.leak", world.path["c1"], helps=True),
    )
    assert world.led_by("housing.leak", world.path["c1"]) == ["enforcement"]
    assert world.led_by("housing.leak", world.path["c2"]) == ["municipal"]
    assert world.led_by("housing.lift", world.path["c1"]) == ["city_office"]
    assert world.led_by("noise.shop", world.path["c1"]) == []
    first, second = queries.lead("housing.leak", world.path["c1"], ON)
    assert (first.assist_only, second.assist_only, second.unit_name) == (False, True, "c1")
    assert (first.basis, first.version, first.source) == ("物业管理条例", 1, "示例")
    assert queries.lead("housing.leak", world.path["c2"], ON)[0].co_unit_ids == (world.unit["water"],)


def test_a_row_for_the_office_itself_holds_where_the_place_is_unknown(world: World) -> None:
    world.publish(world.row("municipal", path=world.root), world.row("enforcement", path=world.path["c1"]))
    assert world.led_by("housing.leak", "") == ["municipal"]


def test_a_community_gets_nothing_outside_its_list(world: World) -> None:
    world.publish(
        world.row("municipal", co="water"),
        world.row("c1", path=world.path["c1"], helps=True),
        world.row("c1", "community.activity", world.path["c1"]),
    )

    def asked(unit: str, code: str, path: str, **part: str) -> tuple[bool, str]:
        found = queries.permits(world.unit[unit], code, path, ON, **part)  # type: ignore[arg-type]
        return found.allowed, found.reason

    here, there = world.path["c1"], world.path["c2"]
    assert asked("c1", "community.activity", here) == (True, "duty.lead")
    assert asked("c1", "community.activity", there) == (False, "duty.no_entry")
    assert asked("c1", "housing.leak", here) == (False, "duty.assist_only")
    assert asked("c1", "housing.leak", here, part="assist") == (True, "duty.assist")
    assert asked("c1", "housing.leak", there, part="assist") == (False, "duty.not_on_list")
    assert asked("water", "housing.leak", here) == (False, "duty.assist_only")
    assert asked("c2", "housing.leak", there) == (False, "duty.not_on_list")
    assert asked("municipal", "housing.leak", there) == (True, "duty.lead")
    with pytest.raises(NotFound):
        asked("municipal", "housing.roof", here)


def test_a_retired_class_is_looked_up_by_its_successor(world: World) -> None:
    world.publish(world.row("sanitation", "sanitation.litter"), on=date(2024, 1, 1))
    assert world.led_by("sanitation.garbage", "") == ["sanitation"]
    assert queries.permits(world.unit["sanitation"], "sanitation.garbage", "", ON).allowed


def test_a_new_version_ends_the_old_and_history_keeps_both(world: World) -> None:
    assert world.publish(world.row("municipal")) == 1
    assert world.publish(world.row("enforcement"), on=date(2026, 6, 1)) == 2
    assert world.led_by("housing.leak", "", date(2025, 12, 31)) == []
    assert world.led_by("housing.leak", "", date(2026, 5, 31)) == ["municipal"]
    assert world.led_by("housing.leak", "", date(2026, 6, 1)) == ["enforcement"]
    assert world.publish(world.row("city_office"), on=date(2026, 6, 1)) == 3
    assert world.led_by("housing.leak", "", date(2026, 6, 1)) == ["city_office"]
    newest, between, oldest = queries.catalogues()
    assert (newest.version, newest.valid_to, newest.rows) == (3, None, 1)
    assert between.valid_from == between.valid_to == oldest.valid_to == date(2026, 6, 1)
    told = (
        Recorded.objects.filter(kind="duties.catalogue_published")
        .order_by("id")
        .values_list("payload", flat=True)
    )
    assert [entry["version"] for entry in told] == [1, 2, 3]


def test_a_version_may_be_published_ahead(world: World) -> None:
    world.publish(world.row("municipal"))
    world.publish(world.row("enforcement"), on=date(2027, 1, 1))
    assert world.led_by("housing.leak", "") == ["municipal"]
    assert world.led_by("housing.leak", "", date(2027, 1, 1)) == ["enforcement"]


def test_the_same_list_again_changes_nothing(world: World) -> None:
    rows = [world.row("municipal", co="water power"), world.row("enforcement", path=world.path["c1"])]
    world.publish(*rows)
    again = actions.publish_catalogue(rows[::-1], valid_from=ON, source="示例", by=SYSTEM, now=NOW)
    assert (again.version, again.changed) == (1, False)
    assert Catalogue.objects.count() == 1
    assert CatalogueEntry.objects.count() == 2
    assert Recorded.objects.filter(kind="duties.catalogue_published").count() == 1


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (lambda w: [w.row("municipal"), w.row("water")], {1: "duty.two_leads"}),
        (lambda w: [w.row("municipal", "housing.roof")], {0: "duty.class_unknown"}),
        (lambda w: [w.row("municipal", "sanitation.garbage")], {0: "duty.class_unknown"}),
        (lambda w: [w.row("municipal", path="/zz/")], {0: "duty.place_unknown"}),
        (lambda w: [DutyRow("housing.leak", 7, basis="法")], {0: "duty.unit_unknown"}),
        (
            lambda w: [DutyRow("housing.leak", w.unit["water"], co_unit_ids=(7,), basis="法")],
            {0: "duty.unit_unknown"},
        ),
        (lambda w: [w.row("c1"), w.row("c1", path=w.path["c1"], helps=True)], {0: "duty.lead_and_assist"}),
        # The office's own place and "everywhere" are one.
        (lambda w: [w.row("municipal"), w.row("water", path=w.root)], {1: "duty.two_leads"}),
    ],
)
def test_a_list_that_contradicts_itself_is_refused_whole(
    world: World, rows: Callable[[World], list[DutyRow]], expected: dict[int, str]
) -> None:
    with pytest.raises(Refused) as refused:
        world.publish(*rows(world))
    assert refused.value.code == "duty.rows"
    assert refused.value.params["rows"] == expected
    assert not CatalogueEntry.objects.exists()


def test_what_else_is_refused(world: World) -> None:
    world.publish(world.row("municipal"))
    for code, call in {
        "duty.no_rows": lambda: world.publish(),
        "duty.no_source": lambda: world.publish(world.row("water"), source=" "),
        "duty.backdated": lambda: world.publish(world.row("water"), on=date(2025, 12, 31)),
    }.items():
        with pytest.raises(Refused) as refused:
            call()
        assert refused.value.code == code


def test_only_who_keeps_the_duties_of_the_whole_office_publishes(world: World) -> None:
    def clerk(path: str, duty: str = "duties.manage") -> Actor:
        return Actor(id=9, kind="staff", grants=(Grant("keeper", frozenset({duty}), path),))

    for actor in (clerk(world.path["c1"]), clerk("", "cases.read"), Actor(id=9, kind="anonymous")):
        with pytest.raises(Denied):
            world.publish(world.row("municipal"), by=actor)
        with pytest.raises(Denied):
            actions.import_catalogue(b"x", valid_from=ON, source="s", by=actor, now=NOW)
    assert world.publish(world.row("municipal"), by=clerk(world.root)) == 1


def test_two_at_once_do_not_both_become_the_next_version(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> None:
        raise IntegrityError

    monkeypatch.setattr(publishing, "_publish", lost)
    with pytest.raises(Conflict) as refused:
        world.publish(world.row("municipal"))
    assert refused.value.code == "duty.published_meanwhile"


def test_look_ups_cost_one_statement(
    world: World, django_assert_num_queries: Callable[[int], CaptureQueriesContext]
) -> None:
    world.publish(world.row("municipal"), world.row("c1", path=world.path["c1"], helps=True))
    with django_assert_num_queries(1):
        queries.lead("housing.leak", world.path["c1"], ON)
    with django_assert_num_queries(1):
        queries.permits(world.unit["c1"], "housing.leak", world.path["c1"], ON)
    with django_assert_num_queries(0):
        queries.limits("housing.leak", None, ON)
        queries.classes(ON)


def test_limits_run_on_the_units_own_calendar(world: World) -> None:
    assert queries.limits("municipal.road", world.unit["municipal"], ON).calendar == "office"
    assert queries.limits("municipal.road", world.unit["water"], ON).calendar == "round_the_clock"
    assert queries.limits("utility.gas", world.unit["municipal"], ON).calendar == "round_the_clock"


def test_rows_follow_a_place_that_moved(world: World) -> None:
    world.publish(world.row("municipal"), world.row("c1", "community.activity", world.path["c1"]))
    new = "/other" + world.path["c1"]
    event = PlaceMoved(subject_id=1, by=1, at=NOW, old_path=world.path["c1"], place_path=new)
    reactions.place_moved(event)
    assert world.led_by("community.activity", new + "x/") == ["c1"]
    assert world.led_by("community.activity", world.path["c1"]) == []
    assert world.led_by("housing.leak", new) == ["municipal"]


HEAD = "诉求类别,范围,主责单位,协办单位,只协助,法律依据\n"


def imported(world: World, lines: str, *, only_try: bool = False) -> actions.Report:
    data = (HEAD + lines).encode("gb18030")
    return actions.import_catalogue(data, valid_from=ON, source="表格", by=SYSTEM, now=NOW, only_try=only_try)


def test_a_spreadsheet_becomes_the_list(world: World) -> None:
    report = imported(
        world,
        "漏水渗水,全街道,municipal,water、power,,物业管理条例\n"
        "housing.leak,清河里社区,c1,,是,物业管理条例\n"
        f"邻里纠纷,{world.path['c1']},单位c1,,,人民调解法\n",
    )
    assert [(row.line, row.status) for row in report.rows] == [
        (2, "published"),
        (3, "published"),
        (4, "published"),
    ]
    assert (report.version, report.refused) == (1, 0)
    assert world.led_by("neighbour.family", world.path["c1"]) == ["c1"]
    assert (
        queries.permits(world.unit["c1"], "housing.leak", world.path["c1"], ON).reason == "duty.assist_only"
    )
    helpers = queries.lead("housing.leak", world.path["c2"], ON)[0].co_unit_ids
    assert set(helpers) == {world.unit["water"], world.unit["power"]}


def test_one_bad_row_publishes_nothing_and_every_row_is_told(world: World) -> None:
    report = imported(
        world,
        "漏水渗水,,municipal,,,物业管理条例\n"
        "飞碟,,municipal,,,物业管理条例\n"
        "漏水渗水,月亮社区,municipal,,,物业管理条例\n"
        "电梯故障,,没有这个单位,,,物业管理条例\n"
        "电梯故障,,market,没有这个单位,,物业管理条例\n"
        "漏水渗水,,water,,,物业管理条例\n"
        "供暖,,heat_gas,,,\n",
    )
    assert [(row.line, row.status, row.reason, row.column) for row in report.rows] == [
        (2, "ready", "", ""),
        (3, "refused", "duty.class_unknown", "class"),
        (4, "refused", "duty.place_unknown", "place"),
        (5, "refused", "duty.unit_unknown", "unit"),
        (6, "refused", "duty.unit_unknown", "co_units"),
        (7, "refused", "duty.two_leads", ""),
        (8, "refused", "duty.no_basis", ""),
    ]
    assert (report.version, report.refused) == (None, 6)
    assert not Catalogue.objects.exists()


def test_trying_publishes_nothing(world: World) -> None:
    report = imported(world, "漏水渗水,,municipal,,,物业管理条例\n", only_try=True)
    assert (report.version, report.rows[0].status) == (None, "ready")
    assert not Catalogue.objects.exists()


def sample_rows(world: World) -> list[DutyRow]:
    """The sample street's list as rows, for the communities this test has."""
    content = yaml.safe_load((SAMPLE / "catalogue.yaml").read_text(encoding="utf-8"))
    rows = []
    for entry in content["rows"]:
        co = " ".join(entry["co"])
        for part, helps in (("lead", False), ("assist", True)):
            names = {None: [], "committee": list(world.path)}.get(entry.get(part), [entry.get(part)])
            for name in names:
                path = world.path.get(name, "")
                made = world.row(name, entry["class"], path, helps=helps, co="" if helps else co)
                rows.append(
                    DutyRow(made.class_code, made.unit_id, path, made.co_unit_ids, helps, entry["basis"])
                )
    return rows


def test_the_sample_street_names_one_lead_for_every_class(world: World) -> None:
    rows = sample_rows(world)
    assert actions.faults(rows, ON) == {}
    world.publish(*rows)
    committees = {world.unit[code] for code in COMMITTEES}
    lawful = {"neighbour", "care", "community"}
    for view in queries.classes(ON):
        for path in world.path.values():
            leads = [match for match in queries.lead(view.code, path, ON) if not match.assist_only]
            assert len(leads) == 1, view.code
            assert view.group in lawful or leads[0].unit_id not in committees, view.code
    leading = {row.unit_id for row in rows if not row.assist_only}
    assert {world.unit[code] for code in (*OFFICES, "c1", "c2")} == leading


def test_a_complaint_about_a_committee_does_not_go_to_it(world: World) -> None:
    world.publish(*sample_rows(world))
    assert world.led_by("community.openness", world.path["c1"]) == ["community_office"]
