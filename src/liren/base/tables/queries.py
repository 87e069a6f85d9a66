"""Tables people already have, CSV or a workbook, as rows of text with their line numbers."""

import csv
import io
import json
import os
import subprocess  # nosec: the command is fixed
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from liren.base.tables.workbook import MOST_COLUMNS, MOST_ROWS
from liren.kernel.errors import Refused

MOST_BYTES = 20 * 1024 * 1024
SECONDS = 40.0
BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "import importlib.util as u; s = u.spec_from_file_location('workbook', sys.argv[2]); "
    "m = u.module_from_spec(s); s.loader.exec_module(m); m.main()"
)
WORKBOOK = str(Path(__file__).with_name("workbook.py"))
WORKBOOK_MAGIC = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_ACTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table under its heading: the line a person sees in the file, and cells by column name."""

    number: int
    cells: Mapping[str, str]


def read_table(data: bytes, columns: Mapping[str, Iterable[str]]) -> list[Line]:
    """Rows under the heading row, by column; `columns` maps each column to the headings it may bear.

    CSV in UTF-8, UTF-16 or GB18030; XLSX, XLS, ODS (first visible sheet), opened in a confined process.
    Empty rows are passed over, unknown columns too. Raises Refused: table.empty, table.too_big (20 MB,
    200,000 rows, 64 columns), table.broken, table.heading (no row bears two known headings, or one
    twice).
    """
    if not data.strip():
        raise Refused("table.empty", field="file")
    if len(data) > MOST_BYTES:
        raise Refused("table.too_big", field="file")
    rows = workbook_rows(data) if data.startswith(WORKBOOK_MAGIC) else _csv(data)
    wanted = {heading(name): column for column, names in columns.items() for name in (column, *names)}
    for at, row in enumerate(rows[:20]):
        heads = [wanted.get(heading(cell), "") for cell in row]
        known = [head for head in heads if head]
        if len(known) >= 2:
            if len(known) != len(set(known)):
                raise Refused("table.heading", field="file", line=at + 1)
            return _lines(rows, at, heads)
    raise Refused("table.heading", field="file", line=1)


def _lines(rows: Sequence[Sequence[str]], at: int, heads: Sequence[str]) -> list[Line]:
    lines = []
    for number, row in enumerate(rows[at + 1 :], start=at + 2):
        cells = {head: plain(cell) for head, cell in zip(heads, row, strict=False) if head}
        if any(cells.values()):
            lines.append(Line(number, cells))
    return lines


def plain(cell: str) -> str:
    """A cell without the apostrophe a table given out puts before what a spreadsheet would run."""
    said = cell.strip()
    return said[1:] if said.startswith("'") and said[1:].lstrip(" ").startswith(_ACTS) else said


def heading(cell: str) -> str:
    """A heading as headings are compared."""
    return "".join(cell.lower().split()).strip("*＊:：")


def _csv(data: bytes) -> list[list[str]]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates: tuple[str, ...] = ("utf-16",)
    else:
        candidates = ENCODINGS
    for encoding in candidates:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        first = text.split("\n", 1)[0]
        separator = max(",\t;", key=first.count)
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
        except csv.Error as error:
            raise Refused("table.broken", field="file") from error
        if len(rows) > MOST_ROWS or any(len(row) > MOST_COLUMNS for row in rows):
            raise Refused("table.too_big", field="file")
        return rows
    raise Refused("table.broken", field="file")


def workbook_rows(data: bytes) -> list[list[str]]:
    """The first visible sheet of a workbook, opened in a confined process: row 1 of the answer is row 1 of the sheet.

    A crash, a killed process or nonsense all mean that the workbook is broken. Raises Refused: table.broken,
    table.too_big.
    """
    command = [sys.executable, "-I", "-c", BOOT, _packages(), WORKBOOK]
    environment = {"MALLOC_ARENA_MAX": "1", "LC_ALL": "C.UTF-8", "PATH": os.defpath}
    try:
        done = subprocess.run(  # noqa: S603 - fixed command, data only on standard input
            command, input=data, capture_output=True, timeout=SECONDS, env=environment, check=False
        )
        answer = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise Refused("table.broken", field="file") from error
    if "refused" in answer:
        raise Refused(str(answer["refused"]), field="file")
    return [[str(cell) for cell in row] for row in answer["rows"]]


def _packages() -> str:
    import python_calamine

    return str(Path(python_calamine.__file__).parents[1])
