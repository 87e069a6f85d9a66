"""Files read as they come: every encoding, broken quotes and bytes, packed files; and times as people write them."""

import csv
import gzip
import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.bridges.imports import mapping, reading, rules
from liren.kernel.errors import NotFound, Refused
from tests.bridges.sheets import HEADS, as_csv, as_xlsx, orders

SHANGHAI = ZoneInfo("Asia/Shanghai")
WANTED = ["编号", "内容"]
HEAD = "mapping: m\ndated: '2026-01-01'\nsource: 旧\nreceived: 时间\n"


def table(text: str, encoding: str = "utf-8") -> reading.Table:
    return reading.read(text.encode(encoding), wanted=WANTED)


@pytest.mark.parametrize(
    ("encoding", "called"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 BOM"), ("gb18030", "GB18030"), ("utf-16", "UTF-16")],
)
def test_every_encoding_gives_the_same_rows(encoding: str, called: str) -> None:
    read = table("编号,内容\n1,路灯不亮了，晚上看不见\n2,下水道堵了\n", encoding)
    assert read.encoding == called
    assert [row.cells for row in read.rows] == [("1", "路灯不亮了，晚上看不见"), ("2", "下水道堵了")]
    assert [row.line for row in read.rows] == [2, 3]


def test_lines_in_two_encodings_are_read_line_by_line_and_told() -> None:
    data = (
        "编号,内容\n1,路灯不亮了\n".encode()
        + "2,下水道堵了，污水外溢\n".encode("gb18030")
        + "3,井盖丢了\n".encode()
    )
    read = reading.read(data, wanted=WANTED)
    assert read.encoding == "mixed: UTF-8 3, GB18030 1"
    assert [row.cells[1] for row in read.rows] == ["路灯不亮了", "下水道堵了，污水外溢", "井盖丢了"]
    assert not any(row.fault for row in read.rows)


def test_broken_bytes_spoil_their_row_and_are_never_read_as_other_characters() -> None:
    broken = "2,下水道堵了".encode()[:-1] + "，很久了\n".encode()
    read = reading.read(
        "编号,内容\n1,路灯不亮了\n".encode() + broken + "3,井盖丢了\n".encode(), wanted=WANTED
    )
    assert [row.fault for row in read.rows] == ["", "import.bytes", ""]
    assert reading.BROKEN in read.rows[1].cells[1]


def test_a_quote_never_closed_spoils_its_own_row_alone() -> None:
    read = table('编号,内容\n1,"路灯不亮\n2,井盖丢了\n3,"两行\n的话"\n4,5" 的管子\n5,好\n')
    assert [(row.line, row.fault) for row in read.rows] == [
        (2, "import.quotes"),
        (3, ""),
        (4, ""),
        (5, ""),
        (6, ""),
    ]
    assert read.rows[2].cells == ("3", "两行\n的话")
    assert read.rows[3].cells == ("4", '5" 的管子')


def test_rows_wider_or_narrower_than_the_heading_are_told() -> None:
    read = table("编号,内容\n1\n2,好\n3,好,多一列\n4,好,\n\n ,\n")
    assert [(row.line, row.fault) for row in read.rows] == [
        (2, "import.cells"),
        (3, ""),
        (4, "import.cells"),
        (5, ""),
    ]


def test_a_packed_file_is_unpacked_and_a_bomb_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(reading.read(gzip.compress("编号,内容\n1,好\n".encode()), wanted=WANTED).rows) == 1
    monkeypatch.setattr(reading, "MOST_BYTES", 1024)
    with pytest.raises(Refused, match=r"import\.too_big"):
        reading.read(gzip.compress(b"a" * 10_000_000), wanted=WANTED)
    with pytest.raises(Refused, match=r"table\.broken"):
        reading.read(gzip.compress("编号,内容\n1,好\n".encode())[:-9], wanted=WANTED)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "table.empty"),
        ("编号,别的\n1,2\n".encode(), "import.columns"),
        ("编号,内容,内容\n1,2,3\n".encode(), "import.column_twice"),
        (b"PK\x03\x04 no workbook", "table.broken"),
    ],
)
def test_what_is_no_such_table_is_refused_whole(data: bytes, code: str) -> None:
    with pytest.raises(Refused) as told:
        reading.read(data, wanted=WANTED)
    assert told.value.code == code


def test_a_workbook_is_read_under_its_title_line_and_a_formula_is_text() -> None:
    read = reading.read(as_xlsx(orders({}, {"标题": "=1+1"})), wanted=list(HEADS))
    assert read.encoding == "XLSX"
    assert [row.line for row in read.rows] == [3, 4]
    assert read.rows[1].cells[4] == "=1+1"


def test_a_cell_that_is_a_date_is_read_as_one() -> None:
    at = datetime(2026, 1, 8, 16, 20)
    read = reading.read(as_xlsx([{**orders({})[0], "办结时间": at}]), wanted=list(HEADS))
    assert read.rows[0].cells[HEADS.index("办结时间")] == "2026-01-08 16:20:00"


CELL = st.text(
    alphabet=st.characters(codec="gb18030", exclude_characters="\0\r\ufffd", exclude_categories=("Cs",))
)


@given(
    st.lists(st.tuples(CELL, CELL), min_size=1, max_size=8), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])
)
def test_whatever_a_csv_holds_comes_out_again(rows: list[tuple[str, str]], encoding: str) -> None:
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([("编号", "内容"), *rows])
    read = reading.read(held.getvalue().encode(encoding), wanted=WANTED)
    kept = [tuple(reading.tables.plain(cell) for cell in row) for row in rows]
    assert [row.cells for row in read.rows] == [row for row in kept if "".join(row).strip()]
    assert not any(row.fault for row in read.rows)


def test_semicolons_in_what_people_wrote_are_no_columns() -> None:
    words = "路灯不亮;井盖响;垃圾没清;楼道堆物;雨水倒灌"
    read = reading.read(f'"编号","内容"\n"1","{words}"\n'.encode(), wanted=WANTED)
    assert read.rows[0].cells == ("1", words)
    piped = reading.read("编号|内容\n1|路灯,井盖,垃圾,楼道\n".encode(), wanted=WANTED)
    assert piped.rows[0].cells == ("1", "路灯,井盖,垃圾,楼道")


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reading(noise: bytes) -> None:
    try:
        read = reading.read("编号,内容\n1,路灯\n".encode() + noise, wanted=WANTED)
    except Refused:
        return
    assert read.rows[0].cells == ("1", "路灯")


# ---- times ----


@pytest.mark.parametrize(
    "text",
    [
        "2020-01-06 12:09:38", "2020/1/6 12:09:38", "2020.1.6 12:09:38", "2020年1月6日 12时9分38秒", "2020-01-06T12:09:38",
        "20200106120938", "20200106 12:09:38", "２０２０-０１-０６ １２：０９：３８", "2020-01-06T12:09:38+08:00",
        "2020-01-06T04:09:38Z", "2020-01-06 12:09:38.000",
    ],
)  # fmt: skip
def test_times_are_read_as_people_write_them(text: str) -> None:
    assert rules.moment(text, SHANGHAI) == datetime(2020, 1, 6, 4, 9, 38, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["昨天", "2020-13-01", "2020-02-30", "1.5", "2020-1", "12:30", "2020-01-06 25:00"]
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert rules.moment(text, SHANGHAI) is None


def test_a_time_the_clock_skipped_never_was() -> None:
    assert rules.moment("1988-04-17 02:30", SHANGHAI) is None


def test_a_format_of_the_mapping_comes_first() -> None:
    assert rules.moment("03/04/2026", SHANGHAI, ["%d/%m/%Y"]) == datetime(2026, 4, 2, 16, tzinfo=UTC)


@given(
    st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2099, 1, 1)),
    st.sampled_from(["-", "/", "."]),
)
def test_any_moment_written_down_is_read_again(at: datetime, sign: str) -> None:
    at = at.replace(microsecond=0)
    text = f"{at.year}{sign}{at.month}{sign}{at.day} {at.hour}:{at.minute:02d}:{at.second:02d}"
    assert rules.moment(text, SHANGHAI) == at.replace(tzinfo=SHANGHAI).astimezone(UTC)


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_times(text: str) -> None:
    rules.moment(text, SHANGHAI)
    rules.day_inside(text, SHANGHAI)


def test_a_day_is_found_inside_a_number() -> None:
    assert rules.day_inside("京GD20260105000123", SHANGHAI) == datetime(2026, 1, 4, 16, tzinfo=UTC)
    assert rules.day_inside("1234567890", SHANGHAI) is None


def test_times_out_of_order_name_the_later_step() -> None:
    first = datetime(2026, 1, 5, tzinfo=UTC)
    assert rules.in_order(("a", first), ("b", None), ("c", first + timedelta(days=1))) == ""
    assert rules.in_order(("a", first), ("b", first - timedelta(days=3))) == "b"


# ---- mappings ----


def test_every_mapping_that_comes_along_is_sound() -> None:
    assert "workorder21" in mapping.shipped()
    for name in mapping.shipped():
        assert mapping.named(name).columns()
    assert set(mapping.named("workorder21").columns()) == set(HEADS)


def test_toml_says_the_same_as_yaml() -> None:
    yaml_ = f"{HEAD}state: {{blank: ended}}\ntype: {{blank: help}}\n"
    head = HEAD.replace(": ", " = ").replace("'", '"').replace("= m", '= "m"').replace("= 旧", '= "旧"')
    toml = head.replace("= 时间", '= "时间"') + '[state]\nblank = "ended"\n[type]\nblank = "help"\n'
    one, other = mapping.read(yaml_), mapping.read(toml)
    assert (one.columns(), one.state, one.type) == (other.columns(), other.state, other.type)
    assert one.digest != other.digest


@pytest.mark.parametrize(
    "text",
    [
"mapping: M\n", "- 1\n", "mapping: [a\n", "a: &x 1\nb: *x\n", f"{HEAD}foo: 1\n",
        f"{HEAD}solved: {{column: c, values: {{是: yes}}}}\n",
    ],
)  # fmt: skip
def test_a_mapping_that_says_nonsense_is_refused_with_where(text: str) -> None:
    with pytest.raises(Refused) as told:
        mapping.read(text)
    assert told.value.code == "import.mapping"
    assert told.value.params["says"]


def test_a_name_nobody_knows_is_told_with_those_there_are() -> None:
    with pytest.raises(NotFound) as told:
        mapping.named("nothing")
    assert "workorder21" in str(told.value.params["known"])


def test_a_mapping_by_another_name_of_a_column_reads_a_table_in_gb18030() -> None:
    read = reading.read(as_csv(orders({}), encoding="gb18030"), wanted=list(HEADS))
    assert read.encoding == "GB18030"
