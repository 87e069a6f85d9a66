"""Rule packs: on any day one rule holds, and what is wrong is said in plain words."""

import re
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from liren.kernel.errors import NotFound, Refused
from liren.kernel.rulepacks import Pack, load_pack, office_folder

SCHEMA = {
    "type": "object",
    "required": ["hours"],
    "additionalProperties": False,
    "properties": {"hours": {"$ref": "#/$defs/count"}, "opens": {"type": "string"}},
    "$defs": {"count": {"type": "integer", "minimum": 1}},
}


def row(
    begins: str, ends: str | None, hours: object = 1, key: str = "limit", **more: object
) -> dict[str, object]:
    return {
        "key": key,
        "title": {"zh": "时限", "en": "Limit"},
        "source": "条例第13条",
        "valid_from": begins,
        "valid_to": ends,
        "value": {"hours": hours},
        **more,
    }


def write(file: Path, *rows: dict[str, object], **more: object) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    content = {"pack": "limits", "version": "v1", "rows": list(rows), **more}
    # Dates as people write them: without quotes.
    text = yaml.safe_dump(content, allow_unicode=True)
    file.write_text(re.sub(r"'(\d{4}-\d\d-\d\d)'", r"\1", text), "utf-8")
    return file


def hours(pack: Pack, on: str, key: str = "limit") -> int:
    return int(pack.pick(key, date.fromisoformat(on)).value["hours"])


def refusal(path: Path, office: Path | None = None) -> Refused:
    with pytest.raises(Refused) as refused:
        load_pack(path, SCHEMA, office=office)
    return refused.value


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    rows = (
        row("2024-01-01", "2025-12-31", 1),
        row("2026-01-01", None, 2),
        row("2024-01-01", None, 9, key="other"),
    )
    return write(tmp_path / "shipped" / "limits.yaml", *rows)


def test_on_any_day_the_rule_of_that_day_holds(shipped: Path) -> None:
    pack = load_pack(shipped, SCHEMA)
    assert (pack.name, sorted(pack.rows)) == ("limits", ["limit", "other"])
    assert [hours(pack, on) for on in ("2024-01-01", "2025-12-31", "2026-01-01", "2099-01-01")] == [
        1,
        1,
        2,
        2,
    ]
    assert {key: found.value["hours"] for key, found in pack.on(date(2025, 1, 1)).items()} == {
        "limit": 1,
        "other": 9,
    }
    assert len(list(pack)) == 3
    picked = pack.pick("limit", date(2026, 5, 1))
    assert (picked.title.zh, picked.title.en, picked.source, picked.version) == (
        "时限",
        "Limit",
        "条例第13条",
        "v1",
    )
    assert (picked.valid_from, picked.valid_to) == (date(2026, 1, 1), None)
    for key, on in (("limit", date(2023, 12, 31)), ("limits", date(2026, 1, 1))):
        assert pack.find(key, on) is None
        with pytest.raises(NotFound) as missing:
            pack.pick(key, on)
        assert missing.value.params == {"pack": "limits", "key": key, "on": on.isoformat()}


def test_a_folder_is_one_pack(tmp_path: Path) -> None:
    write(tmp_path / "b.yaml", row("2026-01-01", None, 2, version="b2"))
    write(tmp_path / "a.yaml", row("2025-01-01", "2025-12-31"))
    pack = load_pack(tmp_path, SCHEMA)
    assert [found.version for found in pack] == ["v1", "b2"]
    write(tmp_path / "c.yaml", row("2026-01-01", None, 2, key="else"), pack="strangers")
    assert refusal(tmp_path).params["where"] == "pack"


def test_overlap_and_gap_are_refused_with_file_key_and_days(tmp_path: Path) -> None:
    twice = refusal(write(tmp_path / "a.yaml", row("2025-01-01", "2025-12-31"), row("2025-12-31", None)))
    assert (twice.code, twice.params["key"]) == ("pack.overlap", "limit")
    assert (twice.params["begins"], twice.params["ends"]) == ("2025-12-31", "2025-12-31")
    assert "a.yaml: the key limit is valid twice from 2025-12-31 to 2025-12-31" in str(twice.params["says"])
    for rows in (
        [row("2025-01-01", None), row("2026-01-01", None)],
        [row("2025-01-01", None), row("2025-01-01", None)],
    ):
        assert refusal(write(tmp_path / "a.yaml", *rows)).code == "pack.overlap"
    # A long row hides none that lies inside it.
    inside = [row("2020-01-01", "2029-12-31"), row("2021-01-01", "2021-12-31"), row("2030-01-01", None)]
    assert refusal(write(tmp_path / "a.yaml", *inside)).code == "pack.overlap"
    gap = refusal(write(tmp_path / "a.yaml", row("2025-01-01", "2025-12-30"), row("2026-01-01", None)))
    assert gap.code == "pack.gap"
    assert "the key limit has no rule from 2025-12-31 to 2025-12-31" in str(gap.params["says"])


def test_an_office_row_joins_or_replaces_and_nothing_else(shipped: Path, tmp_path: Path) -> None:
    office = tmp_path / "office"
    assert hours(load_pack(shipped, SCHEMA, office=office), "2026-01-01") == 2
    office.mkdir()
    assert hours(load_pack(shipped, SCHEMA, office=office), "2026-01-01") == 2
    write(
        office / "own.yaml",
        row("2026-03-01", "2026-03-31", 5, replaces=True),
        row("2024-01-01", None, 7, key="own"),
    )
    pack = load_pack(shipped, SCHEMA, office=office)
    days = ("2025-12-31", "2026-02-28", "2026-03-01", "2026-03-31", "2026-04-01")
    assert [hours(pack, on) for on in days] == [1, 2, 5, 5, 2]
    assert hours(pack, "2026-01-01", "own") == 7
    write(office / "own.yaml", row("2025-06-01", None, 5, replaces=True))
    assert [hours(load_pack(shipped, SCHEMA, office=office), on) for on in ("2025-05-31", "2026-02-01")] == [
        1,
        5,
    ]
    write(office / "own.yaml", row("2026-03-01", None, 5))
    silent = refusal(shipped, office)
    assert (silent.code, Path(str(silent.params["file"])).name) == ("pack.overlap", "own.yaml")
    write(office / "own.yaml", row("2026-03-01", None, 5, key="limmit", replaces=True))
    assert refusal(shipped, office).code == "pack.replaces"
    write(
        office / "own.yaml",
        row("2026-03-01", None, 5, replaces=True),
        row("2026-05-01", None, 6, replaces=True),
    )
    assert refusal(shipped, office).code == "pack.overlap"
    write(office / "own.yaml", row("2026-03-01", None, 5), pack="strangers")
    assert refusal(shipped, office).code == "pack.schema"


def test_a_shipped_row_has_nothing_to_replace(tmp_path: Path) -> None:
    assert refusal(write(tmp_path / "a.yaml", row("2026-01-01", None, replaces=True))).code == "pack.replaces"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"source": " "}, "rows[0].source"),
        ({"title": {"zh": "时限"}}, "rows[0].title"),
        ({"valid_from": "1 January"}, "rows[0].valid_from"),
        ({"value": {"hours": 0}}, "rows[0].value.hours"),
        ({"value": {"hours": "many"}}, "rows[0].value.hours"),
        ({"value": {"hours": 1, "days": 2}}, "rows[0].value"),
        ({"colour": "red"}, "rows[0]"),
        ({"key": "Limit one"}, "rows[0].key"),
    ],
)
def test_what_the_schema_does_not_know_is_refused_by_its_place(
    tmp_path: Path, change: dict[str, object], where: str
) -> None:
    refused = refusal(write(tmp_path / "a.yaml", row("2026-01-01", None) | change))
    assert (refused.code, refused.params["where"]) == ("pack.schema", where)


@pytest.mark.parametrize("missing", ["key", "title", "source", "valid_from", "valid_to", "value"])
def test_every_row_says_where_it_comes_from_and_when_it_holds(tmp_path: Path, missing: str) -> None:
    short = {name: value for name, value in row("2026-01-01", None).items() if name != missing}
    assert refusal(write(tmp_path / "a.yaml", short)).code == "pack.schema"


def test_days_must_exist_and_run_forward(tmp_path: Path) -> None:
    assert refusal(write(tmp_path / "a.yaml", row("2026-02-30", None))).code == "pack.dates"
    backwards = refusal(write(tmp_path / "a.yaml", row("2026-02-02", "2026-02-01")))
    assert backwards.code == "pack.dates"
    assert "ends on 2026-02-01, before it begins on 2026-02-02" in str(backwards.params["says"])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "just words",
        "rows: [1, 2",
        "pack: a\npack: b\nversion: '1'\nrows: []",
        "pack: a\nversion: '1'\nrows: &x []\nmore: *x",
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]",
        "!!python/object/apply:os.system ['true']",
        "? [1, 2]\n: 3",
        "[" * 700,
        "pack: \x00",
    ],
)
def test_files_that_are_no_pack_are_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(text, "utf-8")
    assert refusal(file).code in ("pack.unreadable", "pack.schema")


def test_an_alias_is_refused_even_where_it_would_fit(tmp_path: Path) -> None:
    file = write(tmp_path / "a.yaml", row("2026-01-01", None))
    text = file.read_text("utf-8").replace("en: Limit", "en: &name Limit")
    file.write_text(text, "utf-8")
    assert load_pack(file, SCHEMA).rows
    file.write_text(text.replace("zh: 时限", "zh: *name").replace("en: &name Limit", "en: Limit"), "utf-8")
    assert refusal(file).code == "pack.unreadable"
    swapped = text.replace("en: &name Limit\n    zh: 时限", "en: &name Limit\n    zh: *name")
    assert swapped != text
    file.write_text(swapped, "utf-8")
    assert "anchors and aliases" in str(refusal(file).params["says"])


def test_bytes_size_and_absence_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes("时限".encode("gb18030"))
    assert refusal(file).code == "pack.unreadable"
    file.write_text("#" * 8_000_001, "utf-8")
    assert refusal(file).code == "pack.unreadable"
    assert refusal(tmp_path / "none.yaml").code == "pack.missing"
    (tmp_path / "empty").mkdir()
    assert refusal(tmp_path / "empty").code == "pack.missing"


def test_yaml_is_read_as_people_read_it(tmp_path: Path) -> None:
    file = write(tmp_path / "a.yaml", row("2026-01-01", None))
    file.write_text(file.read_text("utf-8").replace("hours: 1", "{hours: 12, opens: 13:30}"), "utf-8")
    file.write_text(file.read_text("utf-8").replace("value:\n    {", "value: {"), "utf-8")
    assert load_pack(file, SCHEMA).pick("limit", date(2026, 1, 1)).value == {"hours": 12, "opens": "13:30"}
    for word in ("no", "on", "2026-01-01", "0755", "1e3", "0x10"):
        text = file.read_text("utf-8").replace("13:30", word)
        (tmp_path / "b.yaml").write_text(text, "utf-8")
        assert load_pack(tmp_path / "b.yaml", SCHEMA).pick("limit", date(2026, 1, 1)).value["opens"] == word


def test_the_office_keeps_its_packs_in_its_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LIREN_HOME", str(tmp_path))
    assert office_folder("calendar") == tmp_path / "packs" / "calendar"


FIRST = date(2024, 1, 1)
spans = st.lists(st.integers(1, 40), min_size=1, max_size=6)


@settings(max_examples=40)
@given(
    spans=spans,
    shift=st.integers(-3, 3),
    begin=st.integers(0, 60),
    length=st.integers(0, 60),
    open_end=st.booleans(),
)
def test_one_rule_a_day_or_a_refusal(
    tmp_path_factory: pytest.TempPathFactory,
    spans: list[int],
    shift: int,
    begin: int,
    length: int,
    open_end: bool,
) -> None:
    """Rows end to end load, moved by a day they do not; a replacement holds on its days and only there."""
    folder = tmp_path_factory.mktemp("packs")
    rows, day = [], FIRST
    held: list[tuple[date, date]] = []
    for number, days in enumerate(spans, 1):
        last = number == len(spans)
        ends = None if last and open_end else (day + timedelta(days=days - 1)).isoformat()
        rows.append(row(day.isoformat(), ends, number))
        held.append((day, date.max if ends is None else date.fromisoformat(ends)))
        day += timedelta(days=days + (0 if last else shift))
    file = write(folder / "a.yaml", *rows)
    held.sort()
    # moved back by just so much, a row of one day may come to lie end to end before the one it followed
    if any(after - before != timedelta(days=1) for (_, before), (after, _) in pairwise(held)):
        with pytest.raises(Refused):
            load_pack(file, SCHEMA)
        return
    plain = load_pack(file, SCHEMA)
    if shift and len(spans) > 1:
        return
    since, until = FIRST + timedelta(days=begin), FIRST + timedelta(days=begin + length)
    write(folder / "own" / "b.yaml", row(since.isoformat(), until.isoformat(), 99, replaces=True))
    try:
        mixed = load_pack(file, SCHEMA, office=folder / "own")
    except Refused as refused:
        code = refused.code
        assert code == "pack.replaces"
        assert not open_end
        assert since >= day
        return
    for on in (FIRST + timedelta(days=n) for n in range(140)):
        before, after = plain.find("limit", on), mixed.find("limit", on)
        if since <= on <= until:
            assert after is not None
            assert after.value["hours"] == 99
        else:
            assert (before and before.value) == (after and after.value)
