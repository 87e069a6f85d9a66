"""`liren import cases FILE --mapping MAPPING`: cases of another system brought in, every row told what became of it."""  # noqa: N999 - the word people type

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from liren.bridges.imports import actions, queries
from liren.faces.kit import tabular, words
from liren.kernel.clock import utc_now
from liren.kernel.errors import LirenError, Refused
from liren.kernel.policy import SYSTEM

TOLD = 10  # rows named on the screen for each reason; the report has all of them
EVERY = 1.0  # seconds between two lines of progress


class Command(BaseCommand):
    """Mappings and what they mean are described in docs/import.md."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """What, from which file, by which mapping."""
        parser.add_argument("what", choices=["cases"])
        parser.add_argument("file", type=Path, help="CSV (also .gz) or a workbook")
        known = ", ".join(queries.mappings())
        parser.add_argument("--mapping", required=True, help=f"a file (YAML or TOML), or one of: {known}")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
        parser.add_argument(
            "--resume", action="store_true", help="go on where an import of this file stopped"
        )
        parser.add_argument(
            "--report", type=Path, help="write the refused rows here, to be mended (holds what they hold)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Try, or bring in. Raises CommandError where the file cannot be read; refused rows are told and are no error."""
        call_command("setup", verbosity=0)
        try:
            data = options["file"].read_bytes()
            how = _mapping(options["mapping"])
            if options["dry_run"]:
                tried = actions.check(data, how, by=SYSTEM, now=utc_now())
                self._say_tried(tried)
                self._report(options["report"], actions.refused_of_file(data, how, tried.left))
                return
            now, name = utc_now(), options["file"].name
            import_id = actions.begin(data, name, how, by=SYSTEM, now=now, resume=options["resume"])
            actions.carry_on(import_id, data, now=now, told=_Progress(self))
            self._say(queries.one(import_id, by=SYSTEM))
            left = queries.left(import_id, by=SYSTEM, limit=actions.MOST_ROWS)
            self._say_left(left)
            self._report(options["report"], actions.refused_of_file(data, how, left))
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        except LirenError as error:
            raise CommandError(f"{words.sentence(error)} ({error.code})") from error

    def _say_tried(self, tried: queries.Tried) -> None:
        refused, twice = tried.count("refused"), tried.count("twice")
        self.stdout.write(f"试了一遍，没有写入 dry run, nothing written ({tried.encoding})")
        self._counts(tried.rows, tried.taken, refused, twice)
        self._tables(tried.made, tried.states, tried.uncounted)
        self._say_left(tried.left)

    def _say(self, done: queries.ImportView) -> None:
        speed = done.rows / done.seconds if done.seconds else 0
        self.stdout.write(f"{done.file_name} ({done.encoding}): {done.seconds:.1f} s, {speed:,.0f} rows/s")
        self._counts(done.rows, done.taken, done.refused, done.twice)
        self._tables(done.made, done.states, done.uncounted)

    def _counts(self, rows: int, taken: int, refused: int, twice: int) -> None:
        lost = rows - taken - refused - twice
        self.stdout.write(
            f"共 {rows} 行 rows = 导入 in {taken} + 退回 refused {refused} + 重复 twice {twice}；"
            f"下落不明 unaccounted {lost}"
        )

    def _tables(self, *tables: Any) -> None:
        names = ("新建 made", "现状 stand at", "不计入三率 left out of the rates")
        for name, table in zip(names, tables, strict=True):
            told = ", ".join(f"{key} {count}" for key, count in sorted(table.items()) if count)
            if told:
                self.stdout.write(f"{name}: {told}")

    def _say_left(self, left: Sequence[queries.Left]) -> None:
        """Every reason with its count, its first rows and what stands there."""
        for reason in queries.grouped(left):
            rows = [
                one
                for one in left
                if (one.status, one.code, one.column) == (reason.status, reason.code, reason.column)
            ]
            sentence = words.sentence(Refused(reason.code))
            self.stdout.write(f"{reason.rows} × {reason.column} {sentence} ({reason.code})")
            for one in rows[:TOLD]:
                since = f" → 第 {one.first_line} 行 line {one.first_line}" if one.first_line else ""
                value = f" “{one.value[:40]}”" if one.value else ""
                self.stdout.write(f"    第 {one.line} 行 line {one.line}{value}{since}")
            if len(rows) > TOLD:
                self.stdout.write(f"    … {len(rows) - TOLD}")

    def _report(self, path: Path | None, rows: Iterable[Sequence[str]]) -> None:
        if path is None:
            return
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.writelines(tabular.lines(told_in_words(rows)))
        self.stdout.write(f"退回的行 refused rows: {path}")


def told_in_words(rows: Iterable[Sequence[str]]) -> Iterable[Sequence[str]]:
    """The reasons of a table of refused rows as sentences; the heading as it is."""
    for at, row in enumerate(rows):
        yield row if at == 0 else [row[0], row[1], words.sentence(Refused(row[2])), *row[3:]]


class _Progress:
    """One line that says how far it is, on a terminal over itself."""

    def __init__(self, command: BaseCommand) -> None:
        self._command = command
        self._last = monotonic()

    def __call__(self, at: actions.Progress) -> None:
        if monotonic() - self._last < EVERY and at.done < at.rows:
            return
        self._last = monotonic()
        ending = "\r" if sys.stderr.isatty() and at.done < at.rows else "\n"
        self._command.stderr.write(
            f"{at.done} / {at.rows}  {at.per_second:,.0f} rows/s  还要 left {at.left:.0f} s ", ending=ending
        )


def _mapping(said: str) -> Any:
    """By name where it is one of ours, else a file. Raises OSError, LirenError."""
    if said in queries.mappings():
        return actions.the_mapping(said)
    path = Path(said)
    if not path.suffix and not path.exists():
        return actions.the_mapping(said)
    return actions.the_mapping(path.read_text(encoding="utf-8-sig"))
