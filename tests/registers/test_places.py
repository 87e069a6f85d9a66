"""The register of places on a real database."""

import io
import json
from datetime import date, timedelta
from typing import Any

import pytest
import xlsxwriter
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from liren.base.ledger.models import Event
from liren.kernel.errors import Conflict, Denied, NotFound, Refused
from liren.kernel.policy import SYSTEM, Actor, Grant
from liren.registers.places import actions, queries
from liren.registers.places.models import Place
from tests.registers.places_town import CODES, NOW, TOWN, build
from tests.registers.test_places_rules import square

COUNTED = date(2026, 1, 1)
pytestmark = [pytest.mark.django_db, pytest.mark.writes]


@pytest.fixture
def town() -> dict[str, int]:
    return build()


def table(*rows: dict[str, str], **options: Any) -> actions.Report:
    return actions.import_places(rows, by=SYSTEM, now=NOW, **options)


def test_the_tree_is_walked_up_and_down(town: dict[str, int]) -> None:
    building = queries.get(town["hy.main/3栋"])
    around = [place.name for place in queries.ancestors(building.id)]
    assert around == ["望澜区", "栖禾街道", "和园社区", "和园第1网格", "和园小区"]
    assert queries.by_path(building.path) == building
    assert queries.root().id == town["street"]
    assert {place.name for place in queries.children(town["qhl"])} == {f"清河里第{n}网格" for n in (1, 2, 3)}
    doors = [place.name for place in queries.children(town["hy.main/3栋"], "dwelling")]
    assert doors == ["1单元101室", "1单元102室", "2单元301室", "2单元501室"]
    assert len(queries.within(queries.root().path, "community")) == 5
    assert len(queries.within("", "street")) == 2
    assert queries.full_name(town["hy.main/3栋/2单元501室"]) == "和园小区3栋2单元501室"
    assert queries.full_name(town["hy.sun/A座"]) == "和园社区阳光花园A座"
    assert queries.full_name(town["qhl.g3"]) == "清河里第3网格"
    assert queries.by_code("990101001").id == town["street"]
    with pytest.raises(NotFound, match=r"place\.unknown"):
        queries.get(1)


def test_paths_of_the_database_are_ranges(town: dict[str, int]) -> None:
    for key in ("street", "qhl", "qhl.old", "hy.main/3栋"):
        path = queries.get(town[key]).path
        ranged = set(Place.objects.filter(queries.path_filter(path)).values_list("path", flat=True))
        assert ranged == {p for p in Place.objects.values_list("path", flat=True) if p.startswith(path)}


def test_an_address_is_read_with_one_query_and_names_with_few(town: dict[str, int]) -> None:
    queries.read_address("清河里小区3号楼")
    with CaptureQueriesContext(
        connection,
    ) as seen:
        found = queries.read_address("清河里小区3号楼电梯坏了")
    assert len(seen) == 1
    assert found[0].place_id == town["qhl.old/3号楼"]
    assert found[0].name == "清河里小区3号楼"
    assert "清河里小区3号楼" in found[0].reason
    door = queries.read_address("12号楼2单元501漏水", near_path=queries.get(town["qhl.old"]).path)
    assert door[0].place_id == town["qhl.old/12号楼/2单元501室"]


def test_what_is_kept_in_memory_follows_changes_and_rollbacks(town: dict[str, int]) -> None:
    assert queries.read_address("听雨轩漏水") == []
    with transaction.atomic():
        actions.open_place(kind="courtyard", name="听雨轩", parent_id=town["hy.g1"], by=SYSTEM, now=NOW)
        assert queries.read_address("听雨轩漏水")
        transaction.set_rollback(True)
    assert queries.read_address("听雨轩漏水") == []
    made = actions.open_place(kind="courtyard", name="听雨轩", parent_id=town["hy.g1"], by=SYSTEM, now=NOW)
    assert queries.read_address("听雨轩漏水")[0].place_id == made
    actions.correct_place(made, name="听雨苑", aliases=["听雨轩老院"], population=120, by=SYSTEM, now=NOW)
    assert [c.code for c in queries.read_address("听雨轩老院漏水")] == ["alias"]
    actions.close_place(made, on=NOW.date(), by=SYSTEM, now=NOW, successor_id=town["hy.main"])
    assert queries.read_address("听雨苑漏水") == []
    assert queries.get(made).successor_id == town["hy.main"]


def test_the_same_table_twice_changes_nothing(town: dict[str, int]) -> None:
    events = Event.objects.count()
    row = {"kind": "community", "name": "清河里社区", "parent": "990101001", "code": "k-qhl"}
    assert [r.status for r in table(row).rows] == ["unchanged"]
    assert Event.objects.count() == events
    report = table({**row, "population": "8,200", "lat": "39.9", "lon": "116.4"}, system="gcj02")
    assert report.rows[0].status == "updated"
    place = queries.get(town["qhl"])
    assert place.population == 8200
    assert (place.lat, place.lon) == queries.from_gcj02(39.9, 116.4)
    again = table({**row, "population": "8200", "lat": "39.9", "lon": "116.4"}, system="gcj02")
    assert again.count("unchanged") == 1


def test_every_bad_row_tells_why_and_spoils_no_other(town: dict[str, int]) -> None:
    report = table(
        {"kind": "village", "name": "甲", "parent": "990101001"},
        {"kind": "grid", "name": "乙", "parent": "990101001"},
        {"kind": "grid", "name": "", "parent": "k-qhl", "code": "x1"},
        {"kind": "grid", "name": "丙", "parent": "nowhere"},
        {"kind": "社区", "name": "丁社区", "parent": "990101001", "code": "990101002001"},
        {"kind": "社区", "name": "戊社区", "parent": "990101001", "code": "99010100"},
        {"kind": "grid", "name": "己", "parent": "k-qhl", "lat": "95", "lon": "120"},
        {"kind": "grid", "name": "庚", "parent": "k-qhl", "population": "很多"},
        {"kind": "grid", "name": "辛", "parent": "k-qhl", "valid_from": "去年"},
        {"kind": "grid", "name": "壬", "parent": "k-qhl", "valid_from": "2026/01/01"},
        {"kind": "courtyard", "name": "癸院", "parent": "x-none"},
        {"kind": "street", "name": "又一街道", "parent": "990101", "code": "990101009", "office": "是"},
        {"kind": "grid", "name": "搬走的网格", "parent": "k-hy", "code": "k-qhl.g1"},
    )
    assert [row.reason for row in report.rows] == [
        "place.kind",
        "place.parent",
        "place.name",
        "place.parent_unknown",
        "place.code_not_in_parent",
        "place.code_malformed",
        "place.point",
        "place.number",
        "place.dates",
        "",
        "place.parent_unknown",
        "place.office_known",
        "place.parent_moved",
    ]
    assert Place.objects.filter(name__in=["甲", "乙", "己", "壬"]).count() == 1


def test_a_dry_run_keeps_nothing(town: dict[str, int]) -> None:
    before, events = Place.objects.count(), Event.objects.count()
    report = table({"kind": "grid", "name": "试一试", "parent": "k-qhl", "code": "try"}, dry_run=True)
    assert report.dry_run
    assert report.count("created") == 1
    assert (Place.objects.count(), Event.objects.count()) == (before, events)


def test_children_may_stand_above_their_parents_in_the_table() -> None:
    report = table(
        {"kind": "网格", "name": "第1网格", "parent": "990101001001", "code": "g1"},
        {"kind": "社区", "name": "甲社区", "parent": "990101001", "code": "990101001001"},
        {"kind": "街道", "name": "栖禾街道", "parent": "", "code": "990101001", "office": "是"},
    )
    assert [row.status for row in report.rows] == ["created"] * 3
    assert queries.root().name == "栖禾街道"


def test_files_people_have_are_read(town: dict[str, int]) -> None:
    text = "填表说明,,\n类型,名称,上级编码,编码,人口\n网格,清河里第9网格,k-qhl,g9,1200\n,,,,\n"
    for number, encoding in enumerate(("utf-8-sig", "gb18030", "utf-16")):
        data = text.replace("g9", f"g9{number}").encode(encoding)
        report = actions.import_places(data, by=SYSTEM, now=NOW)
        assert [(row.line, row.status) for row in report.rows] == [(3, "created")]
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as written:
        sheet = written.add_worksheet()
        sheet.write_row(1, 0, ["类型", "名称", "上级编码", "编码", "人口", "启用日期"])
        sheet.write_row(2, 0, ["网格", "清河里第8网格", "k-qhl", "g8", 1200.0, "2026-01-01"])
    report = actions.import_places(book.getvalue(), by=SYSTEM, now=NOW)
    assert [(row.line, row.status) for row in report.rows] == [(3, "created")]
    assert queries.by_code("g8").population == 1200


def far_cell() -> bytes:
    """A workbook that claims a table of 17 billion cells."""
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as written:
        sheet = written.add_worksheet()
        sheet.write(0, 0, "kind")
        sheet.write(1_048_575, 16_383, "x")
    return book.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "table.empty"),
        (b"  \n", "table.empty"),
        (b"a,b\n1,2\n", "table.heading"),
        ("类型,类型,名称\n网格,网格,甲\n".encode(), "table.heading"),
        (b"PK\x03\x04 this is no workbook", "table.broken"),
        (b"\xd0\xcf\x11\xe0 nor is this", "table.broken"),
        (b"kind,name\x00\n", "table.broken"),
        (b"kind,name\n" + b"grid,x\n" * 200_001, "table.too_big"),
    ],
)
def test_a_file_that_is_no_table_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Refused) as told:
        actions.import_places(data, by=SYSTEM, now=NOW)
    assert told.value.code == code


def test_a_crafted_workbook_ends_its_own_process_only() -> None:
    with pytest.raises(Refused, match=r"table\.(broken|too_big)"):
        actions.import_places(far_cell(), by=SYSTEM, now=NOW)


def draw(place_id: int, lon: float, lat: float, size: float = 0.01) -> queries.OutlineReport:
    return actions.draw_place(place_id, boundary=square(lon, lat, size), by=SYSTEM, now=NOW)


def test_a_point_finds_its_grid(town: dict[str, int]) -> None:
    draw(town["street"], 120.0, 30.0, 0.04)
    draw(town["beside"], 120.04, 30.0, 0.04)
    draw(town["qhl"], 120.0, 30.0, 0.02)
    draw(town["qhl.g1"], 120.0, 30.0)
    told = draw(town["qhl.g2"], 120.01, 30.0)
    assert told.overlaps == ()
    assert [place for place, _ in told.gaps] == [town["qhl"]]
    queries.at_point(30.005, 120.005)
    with CaptureQueriesContext(connection) as seen:
        spot = queries.at_point(30.005, 120.005)
    assert len(seen) <= 2
    assert spot.grid is not None
    assert (spot.grid.id, spot.outside, spot.neighbour) == (town["qhl.g1"], False, "")
    border = queries.at_point(30.005, 120.01)
    assert border.grid is not None
    assert border.grid.id == town["qhl.g1"]
    undrawn = queries.at_point(30.015, 120.015)
    assert undrawn.grid is None
    assert undrawn.place is not None
    assert undrawn.place.id == town["qhl"]
    away = queries.at_point(30.01, 120.06)
    assert (away.outside, away.neighbour, away.grid, away.place) == (True, "望江街道", None, None)
    nowhere = queries.at_point(45.0, 90.0)
    assert (nowhere.outside, nowhere.neighbour) == (True, "")


@pytest.mark.parametrize("point", [(120.0, 30.0), (float("nan"), 1.0), (1.0, float("inf")), (0.0, 181.0)])
def test_a_point_that_is_none_is_refused(point: tuple[float, float]) -> None:
    with pytest.raises(Refused, match=r"place\.point"):
        queries.at_point(*point)


def test_without_outlines_nobody_is_told_they_are_outside(town: dict[str, int]) -> None:
    spot = queries.at_point(30.0, 120.0)
    assert (spot.place, spot.outside) == (None, False)


def test_a_grid_may_not_cover_another(town: dict[str, int]) -> None:
    draw(town["qhl.g1"], 120.0, 30.0)
    with pytest.raises(Refused, match=r"place\.outline_overlaps") as told:
        draw(town["qhl.g2"], 120.005, 30.0)
    assert told.value.params["other"] == town["qhl.g1"]
    assert queries.outline(town["qhl.g2"]) is None
    draw(town["qhl.g1"], 120.0, 30.0, 0.011)  # a place never covers itself
    actions.draw_place(town["qhl.g1"], boundary=None, by=SYSTEM, now=NOW)
    draw(town["qhl.g2"], 120.005, 30.0)


def collection(**shapes: dict[str, object]) -> bytes:
    features = [
        {"type": "Feature", "properties": {"code": code.replace("_", "-")}, "geometry": shape}
        for code, shape in shapes.items()
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def test_a_layer_is_read_as_a_whole(town: dict[str, int]) -> None:
    draw(town["qhl.g1"], 120.0, 30.0)
    moved = {
        "k-qhl.g1": square(120.01, 30.0),
        "k-qhl.g2": square(120.0, 30.0),
        "k-qhl.g3": {"type": "Point", "coordinates": [1, 2]},
        "nobody": square(121.0, 30.0),
    }
    dry = actions.import_outlines(collection(**moved), by=SYSTEM, now=NOW, dry_run=True)
    assert queries.outline(town["qhl.g2"]) is None
    report = actions.import_outlines(collection(**moved), by=SYSTEM, now=NOW)
    assert dry.rows == report.rows
    assert [(row.status, row.reason) for row in report.rows] == [
        ("updated", ""),
        ("updated", ""),
        ("refused", "place.outline_broken"),
        ("refused", "place.unknown"),
    ]
    clash = actions.import_outlines(collection(**{"k-qhl.g3": square(120.0, 30.0)}), by=SYSTEM, now=NOW)
    assert clash.rows[0].reason == "place.outline_overlaps"
    assert queries.outline(town["qhl.g3"]) is None
    assert queries.check_outlines(queries.root().path).overlaps == ()
    for broken in (b"[]", b"{", b'{"features": 3}', b"[" * 100_000):
        with pytest.raises(Refused, match=r"table\.broken"):
            actions.import_outlines(broken, by=SYSTEM, now=NOW)


def test_a_moved_place_takes_its_own_along(town: dict[str, int]) -> None:
    old = queries.get(town["qhl.old"]).path
    actions.move_place(town["qhl.old"], parent_id=town["qhl.g3"], by=SYSTEM, now=NOW)
    new = queries.get(town["qhl.old"]).path
    assert new.startswith(queries.get(town["qhl.g3"]).path)
    assert queries.get(town["qhl.old/12号楼/1单元101室"]).path.startswith(new)
    assert not Place.objects.filter(queries.path_filter(old)).exists()
    event = Event.objects.filter(kind="places.moved").get()
    assert event.payload["old_path"] == old
    with pytest.raises(Refused, match=r"place\.parent"):
        actions.move_place(town["qhl"], parent_id=town["qhl.g1"], by=SYSTEM, now=NOW)


def test_a_place_closes_when_nothing_is_left_in_it(town: dict[str, int]) -> None:
    with pytest.raises(Refused, match=r"place\.has_children"):
        actions.close_place(town["qhl.g1"], on=NOW.date(), by=SYSTEM, now=NOW)
    actions.close_place(town["hy.main/1栋"], on=NOW.date(), by=SYSTEM, now=NOW)
    with pytest.raises(Refused, match=r"place\.closed"):
        actions.close_place(town["hy.main/1栋"], on=NOW.date(), by=SYSTEM, now=NOW)
    closed = queries.get(town["hy.main/1栋"])
    assert not closed.open_on(NOW.date())
    assert closed.open_on(NOW.date() - timedelta(days=1))
    assert closed.id not in {place.id for place in queries.children(town["hy.main"])}


def test_counts_are_summed_where_nobody_counted(town: dict[str, int]) -> None:
    assert queries.count(town["street"]).population is None
    actions.correct_place(
        town["qhl"], population=100, households=40, counted_on=date(2026, 1, 1), by=SYSTEM, now=NOW
    )
    actions.correct_place(town["hy.g1"], population=30, by=SYSTEM, now=NOW)
    assert queries.count(town["street"]) == queries.Count(130, 40, COUNTED)


def test_a_code_names_one_place(town: dict[str, int]) -> None:
    with pytest.raises(Conflict, match=r"place\.code_taken"):
        actions.open_place(
            kind="grid", name="丙", parent_id=town["qhl"], codes={"office": "k-qhl.g1"}, by=SYSTEM, now=NOW
        )
    assert not Place.objects.filter(name="丙").exists()
    assert queries.codes(town["street"]) == [("division", CODES["street"])]


def test_only_who_may_manage_a_place_changes_it(town: dict[str, int]) -> None:
    duties = frozenset({"places.manage"})
    here = Actor(5, "staff", (Grant("manager", duties, place_path=queries.get(town["qhl"]).path),))
    actions.correct_place(town["qhl.g1"], population=5, by=here, now=NOW)
    for call in (
        lambda: actions.correct_place(town["hy.g1"], population=5, by=here, now=NOW),
        lambda: actions.move_place(town["qhl.old"], parent_id=town["hy.g1"], by=here, now=NOW),
        lambda: actions.import_places([], by=here, now=NOW),
        lambda: actions.open_place(kind="district", name="外区", parent_id=None, by=here, now=NOW),
    ):
        with pytest.raises(Denied):
            call()
    whole = Actor(6, "staff", (Grant("manager", duties, place_path=queries.root().path),))
    actions.correct_place(town["beside"], name="望江新街道", by=whole, now=NOW)


def test_events_name_no_place_in_words(town: dict[str, int]) -> None:
    actions.correct_place(town["qhl"], name="新名字社区", by=SYSTEM, now=NOW)
    told = json.dumps([[e.kind, e.payload] for e in Event.objects.all()], ensure_ascii=False)
    assert "新名字" not in told
    assert {"places.imported", "places.corrected"} <= set(Event.objects.values_list("kind", flat=True))


def test_names_above_stop_at_the_kinds_asked_for(town: dict[str, int]) -> None:
    door = queries.get(town["hy.main/3栋/1单元101室"]).path
    assert queries.names_above([door], kinds=("courtyard", "grid", "community")) == {door: "和园小区"}
    assert queries.names_above([door, "/zz/"], kinds=("community",)) == {door: "和园社区"}
    assert len(queries.full_names(town.values())) == len(TOWN)


def test_pages_can_be_shown_before_there_is_an_office() -> None:
    assert queries.office_view().path == ""
    with pytest.raises(NotFound, match=r"place\.no_root"):
        queries.root()
    assert queries.read_address("清河里小区3号楼") == []
    assert queries.at_point(30.0, 120.0).place is None


def test_a_steady_request_asks_once_and_still_sees_its_own_change(
    django_assert_num_queries: Any, town: dict[str, int]
) -> None:
    queries.root()
    with queries.steady(), django_assert_num_queries(1):
        for _ in range(5):
            queries.root()
            queries.full_name(town["street"])
    with queries.steady():
        queries.root()
        actions.correct_place(town["street"], by=SYSTEM, now=NOW, name="新名街道")
        assert queries.get(town["street"]).name == "新名街道"
