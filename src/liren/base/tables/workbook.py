"""The program that opens workbooks, apart from the server: a crafted one ends the process that opens it.

Run as `python -I -c BOOT`; reads one workbook from standard input, writes its first visible sheet's rows
as JSON.
"""

import io
import json
import os
import resource
import sys

MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 20
MOST_ROWS = 200_000
MOST_COLUMNS = 64
NOBODY = 65534


def confine() -> None:
    """No root, no more files, no more than a gigabyte, no more than seconds."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(what, (most, most))


def said(cell: object) -> str:
    """A cell as a person would type it: 3.0 is 3, a date is 2026-11-22."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def rows(data: bytes) -> list[list[str]]:
    """Rows of the first visible sheet, from its first line, so that a row's number is the one people see."""
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    shown = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
    if not shown:
        return []
    sheet = book.get_sheet_by_name(shown[0])
    found: list[list[str]] = []
    for line in sheet.iter_rows():
        if len(found) > MOST_ROWS or len(line) > MOST_COLUMNS:
            raise ValueError("too big")
        found.append([said(cell) for cell in line])
    return found


def main() -> None:
    """Answer {"rows": …}, or {"refused": code}."""
    import datetime  # noqa: F401 - a cell that is a date needs it, and then no file may be opened any more

    import python_calamine  # noqa: F401 - loaded while files may still be opened

    confine()
    try:
        answer: dict[str, object] = {"rows": rows(sys.stdin.buffer.read())}
    except ValueError as error:
        answer = {"refused": "table.too_big" if str(error) == "too big" else "table.broken"}
    except Exception:  # whatever a reader stumbles over, the workbook is broken
        answer = {"refused": "table.broken"}
    sys.stdout.buffer.write(json.dumps(answer).encode())
    sys.stdout.buffer.flush()
