"""A file into rows: CSV in the encodings that are met, packed or not, and workbooks. Nothing is guessed without a word.

Encodings: UTF-8 (with or without its mark), UTF-16, GB18030. A file whose lines are in two of them is read line by line,
and that is told; bytes that are in none make the row refused, not the file.
"""

import csv
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from liren.base.tables import queries as tables
from liren.kernel.errors import Refused

MB = 1024 * 1024
MOST_BYTES = 512 * MB  # unpacked
MOST_BOOK = 100 * MB
MOST_ROWS = 500_000
MOST_COLUMNS = 256
LONGEST_CELL = 200_000
HEADING_WITHIN = 20  # rows
_GZ = b"\x1f\x8b"
_TOGETHER = 500  # lines one quoted cell may run over
BROKEN = "\ufffd"
MIXED = "mixed"
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_THREE = re.compile(rb"[\xe0-\xef][\x80-\xbf]{2}")
_HIGH = re.compile(rb"[\x80-\xff]")


@dataclass(frozen=True, slots=True)
class Row:
    """One row under the heading: its number as a spreadsheet counts, its cells, and where it cannot be read why."""

    line: int
    cells: tuple[str, ...]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A file read: its heading, as headings are compared and as written; its rows that say anything; its encoding."""

    heading: tuple[str, ...]
    written: tuple[str, ...]
    rows: tuple[Row, ...]
    encoding: str


def read(data: bytes, *, wanted: Sequence[str]) -> Table:
    """The rows of a file. `wanted`: columns the heading row must have; it is looked for in the first rows.

    Raises Refused: table.empty, table.broken, import.too_big, import.too_many, import.too_wide, import.columns (`missing`),
    import.column_twice.
    """
    data = _unpacked(data)
    if not data.strip():
        raise Refused("table.empty", field="file")
    if data.startswith(tables.WORKBOOK_MAGIC):
        if len(data) > MOST_BOOK:
            raise Refused("import.too_big", field="file", most=f"{MOST_BOOK // MB} MB")
        sheet = (Row(at, tuple(cells)) for at, cells in enumerate(tables.workbook_rows(data), 1))
        return _under_heading(sheet, wanted, "XLSX")
    text, encoding = _decoded(data)
    return _under_heading(_records(text, wanted), wanted, encoding)


def _unpacked(data: bytes) -> bytes:
    """What a .gz holds, stopped where it is too much."""
    if data.startswith(_GZ):
        reader = zlib.decompressobj(wbits=31)
        try:
            data = reader.decompress(data, MOST_BYTES)
        except zlib.error as error:
            raise Refused("table.broken", field="file") from error
        if reader.unconsumed_tail:
            raise Refused("import.too_big", field="file", most=f"{MOST_BYTES // MB} MB")
        if not reader.eof:
            raise Refused("table.broken", field="file")
    if len(data) > MOST_BYTES:
        raise Refused("import.too_big", field="file", most=f"{MOST_BYTES // MB} MB")
    return data


def _decoded(data: bytes) -> tuple[str, str]:
    """The text, and what it is written in."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16"), "UTF-16"
        except UnicodeDecodeError as error:
            raise Refused("table.broken", field="file") from error
    marked = data.startswith(b"\xef\xbb\xbf")
    body = data[3:] if marked else data
    for encoding, name in (("utf-8", "UTF-8 BOM" if marked else "UTF-8"), ("gb18030", "GB18030")):
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8" or not (_is_utf8(body) or any(map(_surely_utf8, body.split(b"\n")))):
            return text, name
    return _by_line(body)


def _is_utf8(data: bytes) -> bool:
    """Whether text with broken bytes in it is UTF-8 all the same: most bytes beyond ASCII stand in its sequences.

    GB18030 takes nearly every pair of bytes, so that broken UTF-8 would read as other characters without a word.
    """
    high = len(_HIGH.findall(data))
    return high > 0 and 2 * sum(map(len, _MULTIBYTE.findall(data))) > high


def _surely_utf8(line: bytes) -> bool:
    """Whether a line is UTF-8 beyond doubt: all of it valid, with a sequence of three bytes, as Chinese has."""
    if line.isascii() or not _THREE.search(line):
        return False
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _by_line(data: bytes) -> tuple[str, str]:
    """Text whose lines are in several encodings, or in none. No sequence of either holds the byte that ends a line."""
    lines, counts = [], {"UTF-8": 0, "GB18030": 0}
    for line in data.split(b"\n"):
        try:
            lines.append(line.decode("utf-8"))
            counts["UTF-8"] += not line.isascii()
            continue
        except UnicodeDecodeError:
            pass
        try:
            text = "" if _is_utf8(line) else line.decode("gb18030")
        except UnicodeDecodeError:
            text = ""
        counts["GB18030"] += bool(text)
        lines.append(text or line.decode("utf-8", "replace"))
    used = [f"{name} {count}" for name, count in counts.items() if count]
    return "\n".join(lines), f"{MIXED}: {', '.join(used) or '?'}"


def _records(text: str, wanted: Sequence[str]) -> Iterator[Row]:
    """Records of a CSV. A quote that is never closed spoils its own line and no other."""
    text = text.replace("\0", "")
    if "\n" not in text and "\r" in text:
        text = text.replace("\r", "\n")
    lines = text.split("\n")
    del text
    separator = _separator(lines[:HEADING_WITHIN], wanted)
    at, number = 0, 0
    while at < len(lines):
        together = _block(lines, at)
        block = [line.removesuffix("\r") for line in lines[at : at + together]]
        try:
            found = _parsed(block, separator)
        except csv.Error:
            number += 1
            yield Row(number, tuple(lines[at].removesuffix("\r").split(separator)), "import.quotes")
            at += 1
            continue
        for cells in found:
            number += 1
            yield Row(number, cells, "import.bytes" if any(BROKEN in cell for cell in cells) else "")
        at += together


def _separator(lines: Sequence[str], wanted: Sequence[str]) -> str:
    """What parts the columns: what finds the most of the headings looked for in one line, then what stands there most.

    Not the count alone: what people wrote may hold more semicolons than the table has commas.
    """
    heads, text = {tables.heading(name) for name in wanted}, "\n".join(lines)

    def headings(separator: str) -> int:
        found = 0
        for line in lines:
            cells = (cell.strip().strip('"').lstrip("\ufeff") for cell in line.split(separator))
            found = max(found, len(heads & {tables.heading(cell) for cell in cells}))
        return found

    return max(",\t;|", key=lambda separator: (headings(separator), text.count(separator)))


def _block(lines: Sequence[str], at: int) -> int:
    """How many lines belong together because a quote is open at the end of the first."""
    quotes, most = 0, min(len(lines) - at, _TOGETHER)
    for more in range(most):
        quotes += lines[at + more].count('"')
        if quotes % 2 == 0:
            return more + 1
    return most


def _parsed(block: list[str], separator: str) -> list[tuple[str, ...]]:
    if len(block) == 1 and '"' not in block[0]:
        return [tuple(block[0].split(separator))]
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        reader = csv.reader([f"{line}\n" for line in block], delimiter=separator, strict=True)
        return [tuple(cells) for cells in reader]
    finally:
        csv.field_size_limit(before)


def _under_heading(rows: Iterator[Row], wanted: Sequence[str], encoding: str) -> Table:
    heads = {tables.heading(name) for name in wanted}
    best: tuple[int, set[str]] = (0, heads)
    for row in rows:
        if row.line > HEADING_WITHIN:
            break
        said = [tables.heading(cell.lstrip("\ufeff")) for cell in row.cells]
        missing = heads - set(said)
        if not missing and heads:
            width = max((at + 1 for at, cell in enumerate(said) if cell), default=0)
            if width > MOST_COLUMNS:
                raise Refused("import.too_wide", field="file", most=MOST_COLUMNS)
            twice = [head for head in heads if said.count(head) > 1]
            if twice:
                raise Refused("import.column_twice", field="file", column=sorted(twice)[0])
            written = tuple(cell.strip().lstrip("\ufeff") for cell in row.cells[:width])
            return Table(tuple(said[:width]), written, tuple(_below(rows, width)), encoding)
        if len(heads) - len(missing) > best[0]:
            best = (len(heads) - len(missing), missing)
    raise Refused("import.columns", field="file", missing="、".join(sorted(best[1])))


def _below(rows: Iterator[Row], width: int) -> Iterator[Row]:
    """The rows under the heading that say anything, each as wide as it."""
    found = 0
    for row in rows:
        if not "".join(row.cells).strip():
            continue
        found += 1
        if found > MOST_ROWS:
            raise Refused("import.too_many", field="file", most=MOST_ROWS)
        cells = tuple(map(tables.plain, row.cells))
        fault = row.fault
        if not fault and (len(cells) < width or any(cells[width:])):
            fault = "import.cells"
        yield Row(row.line, cells if fault else cells[:width], fault)
