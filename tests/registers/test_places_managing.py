"""Keeping the register of places: finding, counting, what changed meanwhile, rehearsing, tables that come back."""

import io
import json
from datetime import timedelta

import pytest

from liren.base.ledger.models import Event
from liren.faces.kit import tabular
from liren.faces.staff import tables_words
from liren.kernel.errors import Conflict, Refused
from liren.kernel.policy import SYSTEM
from liren.registers.places import actions, queries
from liren.registers.places.models import Place
from tests.registers.places_town import NOW, build
from tests.registers.test_places_rules import square

pytestmark = [pytest.mark.django_db, pytest.mark.writes]


@pytest.fixture
def town() -> dict[str, int]:
    return build()


def test_a_place_is_found_by_name_by_what_people_call_it_and_by_code(town: dict[str, int]) -> None:
    assert queries.find("和园", limit=9)[0].id == town["hy"], "the big ones first"
    assert [one.id for one in queries.find("棉纺", limit=9)] == [town["qhl.old"]]
    assert town["street"] in {one.id for one in queries.find("990101001", limit=9)}
    assert queries.find(" ", limit=9) == []
    assert len(queries.find("1单元", limit=3)) == 3
    assert [one.id for one in queries.named("和园社区阳光花园")] == [town["hy.sun"]]
    assert len(queries.named("阳光花园")) == 2, "two of one name are told apart by whoever asks"
    assert [one.id for one in queries.named(f"#{town['hy.sun']}")] == [town["hy.sun"]]
    assert queries.named("#99999999999999999999") == []


def test_what_lies_in_a_place_is_counted_by_kind(town: dict[str, int]) -> None:
    path = queries.get(town["hy"]).path
    assert queries.inside(path) == {"grid": 2, "courtyard": 2, "building": 8, "dwelling": 4}
    each = queries.inside_each(town["hy"])
    assert each[town["hy.g1"]] == {"courtyard": 1, "building": 4, "dwelling": 4}
    assert each[town["hy.g2"]] == {"courtyard": 1, "building": 4}
    actions.close_place(town["tower"], on=NOW.date(), by=SYSTEM, now=NOW)
    assert queries.inside(path)["building"] == 7


def test_who_changes_what_somebody_else_changed_is_told_and_a_repeat_is_not(town: dict[str, int]) -> None:
    yard = town["hy.main"]
    seen = queries.mark(yard)
    actions.correct_place(yard, name="和园大院", by=SYSTEM, now=NOW, seen=seen)
    assert queries.mark(yard) != seen
    actions.correct_place(
        yard, name="和园大院", by=SYSTEM, now=NOW, seen=seen
    )  # the same again: nothing to do
    assert Event.objects.filter(kind="places.corrected", subject_id=yard).count() == 1
    with pytest.raises(Conflict, match=r"place\.changed"):
        actions.correct_place(yard, name="和园家园", by=SYSTEM, now=NOW, seen=seen)
    with pytest.raises(Conflict, match=r"place\.changed"):
        actions.move_place(yard, parent_id=town["hy.g2"], by=SYSTEM, now=NOW, seen=seen)
    with pytest.raises(Conflict, match=r"place\.changed"):
        actions.close_place(town["tower"], on=NOW.date(), by=SYSTEM, now=NOW, seen=seen)
    assert queries.get(yard).name == "和园大院"
    # an import changes what is seen as well as a form does
    seen = queries.mark(yard)
    actions.import_places([{"kind": "院落", "code": f"#{yard}", "name": "和园小区"}], by=SYSTEM, now=NOW)
    assert queries.mark(yard) != seen


def test_a_code_is_corrected_and_stays_one_places(town: dict[str, int]) -> None:
    yard = town["hy.main"]
    actions.correct_place(yard, code="hy-01", by=SYSTEM, now=NOW)
    assert queries.by_code("hy-01").id == yard
    actions.correct_place(yard, code="hy-02", by=SYSTEM, now=NOW)
    assert queries.codes(yard) == [("office", "hy-02")]
    with pytest.raises(Conflict, match=r"place\.code_taken"):
        actions.correct_place(town["hy.sun"], code="hy-02", by=SYSTEM, now=NOW)
    for odd in ("#7", "a b", "x" * 41):
        with pytest.raises(Refused, match=r"place\.code_malformed"):
            actions.correct_place(yard, code=odd, by=SYSTEM, now=NOW)
    actions.correct_place(yard, code="", by=SYSTEM, now=NOW)
    assert queries.codes(yard) == []


def test_a_place_opened_twice_with_one_key_is_one(town: dict[str, int]) -> None:
    said = {"kind": "building", "parent_id": town["hy.sun"], "name": "C座", "by": SYSTEM, "now": NOW}
    first = actions.open_place(**said, key="k1")  # type: ignore[arg-type]
    assert actions.open_place(**said, key="k1") == first  # type: ignore[arg-type]
    assert Place.objects.filter(name="C座").count() == 1


def test_a_rehearsal_shows_what_would_be_and_leaves_nothing(town: dict[str, int]) -> None:
    yard = town["hy.main"]
    before, events = queries.get(yard).path, Event.objects.count()
    then = actions.rehearse(
        lambda: actions.move_place(yard, parent_id=town["hy.g2"], by=SYSTEM, now=NOW),
        lambda: queries.get(town["hy.main/3栋"]).path,
    )
    assert then.startswith(queries.get(town["hy.g2"]).path)
    assert queries.get(yard).path == before
    assert Event.objects.count() == events
    with pytest.raises(Refused, match=r"place\.has_children"):
        actions.rehearse(lambda: actions.close_place(yard, on=NOW.date(), by=SYSTEM, now=NOW), lambda: None)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_table_of_the_register_comes_back_and_changes_nothing(town: dict[str, int], form: str) -> None:
    actions.correct_place(
        town["hy.main"], aliases=["=和园", "老和园"], population=7, code="", by=SYSTEM, now=NOW
    )
    rows = list(tables_words.place_rows(queries.every_row("")))
    data = (
        b"".join(tabular.lines(rows))
        if form == "csv"
        else tabular.as_xlsx(rows, "places", sheet="places").content
    )
    report = actions.import_places(data, by=SYSTEM, now=NOW)
    assert report.count("unchanged") == len(rows) - 1, [
        row for row in report.rows if row.status != "unchanged"
    ][:5]
    assert queries.get(town["hy.main"]).aliases == ("=和园", "老和园")
    # one cell changed is one row corrected
    text = b"".join(tabular.lines(rows)).decode("utf-8-sig").replace("望云大厦", "望云大楼")
    changed = actions.import_places(text.encode(), by=SYSTEM, now=NOW, dry_run=True)
    assert (changed.count("updated"), changed.count("created"), changed.count("refused")) == (1, 0, 0)


def test_a_row_that_names_a_number_nobody_has_is_refused(town: dict[str, int]) -> None:
    rows = [
        {"kind": "楼栋", "name": "甲", "code": "#12", "parent": f"#{town['hy.sun']}"},
        {"kind": "楼栋", "name": "乙", "parent": "#12"},
        {"kind": "楼栋", "name": "丙", "parent": f"#{town['hy.sun']}"},
    ]
    told = [(row.status, row.reason) for row in actions.import_places(rows, by=SYSTEM, now=NOW).rows]
    assert told == [("refused", "place.code_unknown"), ("refused", "place.parent_unknown"), ("created", "")]


def test_outlines_come_back_by_the_code_they_were_given_out_with(town: dict[str, int]) -> None:
    actions.correct_place(town["hy.main"], code="", by=SYSTEM, now=NOW)
    actions.draw_place(town["hy.main"], boundary=square(0, 0, 1), by=SYSTEM, now=NOW + timedelta(days=1))
    features = [
        {"type": "Feature", "properties": {"code": code}, "geometry": boundary}
        for _place, code, boundary in queries.every_outline("")
    ]
    assert [one["properties"]["code"] for one in features] == [f"#{town['hy.main']}"]  # type: ignore[index]
    file = io.BytesIO(json.dumps({"type": "FeatureCollection", "features": features}).encode()).read()
    report = actions.import_outlines(file, by=SYSTEM, now=NOW)
    assert report.count("refused") == 0
