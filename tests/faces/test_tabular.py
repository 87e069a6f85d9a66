"""Tables to take along: any reader opens them, and no cell acts."""

import csv
from io import BytesIO, StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from liren.faces.kit import tabular

HOSTILE = [
    '=HYPERLINK("http://evil.example","点我")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1+1",
    "\n=cmd|' /C calc'!A0",
]  # fmt: skip


def read(rows: list[list[tabular.Cell]]) -> list[list[str]]:
    raw = b"".join(tabular.lines(rows))
    assert not rows or raw.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(raw.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("cell", HOSTILE)
def test_a_cell_that_would_be_run_stays_text(cell: str) -> None:
    assert read([[cell, 3]]) == [["'" + cell, "3"]]


@given(st.lists(st.lists(st.text(max_size=20), min_size=1, max_size=4), max_size=6))
def test_what_is_written_is_read_back_and_nothing_begins_a_formula(rows: list[list[str]]) -> None:
    kept = [[cell.replace("\x00", "") for cell in row] for row in rows]
    found = read([list(row) for row in kept])
    assert [[cell.removeprefix("'") for cell in row] for row in found] == [
        [cell.removeprefix("'") for cell in row] for row in kept
    ]
    assert not any(
        cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r")) for row in found for cell in row
    )


def test_numbers_stay_numbers_and_lines_end_as_the_standard_says() -> None:
    raw = b"".join(tabular.lines([["标题", "a,b", 'say "x"'], [-3, 0.25, "好\n坏"]]))
    assert raw == '\ufeff标题,"a,b","say ""x"""\r\n-3,0.25,"好\n坏"\r\n'.encode()


def test_a_workbook_holds_text_as_text(settings: object) -> None:
    rows: list[list[tabular.Cell]] = [["编号", "件数"], *([cell, at] for at, cell in enumerate(HOSTILE[:4]))]
    answer = tabular.as_xlsx(rows, "liren", sheet="三率")
    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    assert book.sheet_names == ["三率"]
    assert book.get_sheet_by_index(0).to_python() == [
        ["编号", "件数"],
        *([c, at] for at, c in enumerate(HOSTILE[:4])),
    ]
    assert b"<f>" not in answer.content
