"""Tables people take along: CSV and XLSX that any reader opens, and in which no cell can act.

A cell that begins like a formula would be run by a spreadsheet; it gets an apostrophe in front and stays text
(OWASP, CSV injection). Numbers are given as numbers and need none.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO

import xlsxwriter
from django.http import HttpResponse, StreamingHttpResponse

Cell = str | int | float
_ACTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_FULL_WIDTH = ("＝", "＋", "－", "＠")  # some spreadsheets take these for the same
ROWS_MAX = 100_000  # of one workbook: more is for CSV


def safe(cell: Cell) -> Cell:
    """A cell that does nothing: text that begins like a formula, blanks before it or not, gets an apostrophe."""
    if not isinstance(cell, str):
        return cell
    begins = cell.lstrip(" ") or cell
    return f"'{cell}" if begins.startswith(_ACTS + _FULL_WIDTH) else cell


class _Line:
    """What a CSV writer writes to: it hands back the line."""

    def write(self, line: str) -> str:
        """The line itself."""
        return line


def lines(rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """RFC 4180 lines in UTF-8, with the mark by which spreadsheets know it."""
    writer = csv.writer(_Line(), lineterminator="\r\n")
    mark = b"\xef\xbb\xbf"
    for row in rows:
        yield mark + str(writer.writerow([safe(cell) for cell in row])).encode()
        mark = b""


def as_csv(rows: Iterable[Sequence[Cell]], name: str) -> StreamingHttpResponse:
    """A CSV file, sent as it is read."""
    answer = StreamingHttpResponse(lines(rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def as_xlsx(rows: Iterable[Sequence[Cell]], name: str, *, sheet: str) -> HttpResponse:
    """A workbook of one sheet, heading frozen; at most `ROWS_MAX` rows. Text is written as text."""
    held = BytesIO()
    book = xlsxwriter.Workbook(
        held, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    page, bold = book.add_worksheet(sheet[:31]), book.add_format({"bold": True})
    page.freeze_panes(1, 0)
    for at, row in enumerate(rows):
        if at > ROWS_MAX:
            break
        for column, cell in enumerate(row):
            style = bold if at == 0 else None
            if isinstance(cell, str):
                page.write_string(at, column, cell, style)
            else:
                page.write_number(at, column, cell, style)
    book.close()
    answer = HttpResponse(
        held.getvalue(), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    answer["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return answer
