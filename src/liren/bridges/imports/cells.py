"""Cells of one file as the columns of a mapping name them."""

from collections.abc import Callable
from datetime import datetime

from liren.base.tables import queries as tables
from liren.bridges.imports import rules
from liren.bridges.imports.mapping import Cells, Choice, Mapping, Named
from liren.bridges.imports.rules import Bad
from liren.kernel.clock import zone

Row = tuple[str, ...]
Pick = Callable[[Row], str]


class Columns:
    """A mapping's columns found in the heading of a file; a column the file does not have says nothing."""

    def __init__(self, mapping: Mapping, heading: tuple[str, ...], latest: datetime) -> None:
        self.zone = zone(mapping.zone)
        self._latest = latest
        self._formats = mapping.formats
        self._blank = mapping.blank
        self._at = {head: at for at, head in enumerate(heading) if head}
        self._picked = {column: self.pick(column) for column in mapping.columns()}

    def said(self, cells: Row, column: str) -> str:
        """What a cell says, "" where it says nothing."""
        return self._picked[column](cells) if column else ""

    def pick(self, column: str) -> Pick:
        """Reads one column."""
        at = self._at.get(tables.heading(column)) if column else None
        if at is None:
            return lambda cells: ""
        place, blank = at, self._blank

        def picked(cells: Row) -> str:
            said = cells[place] if place < len(cells) else ""
            return "" if said in blank else said

        return picked

    def text(self, said: Cells) -> Pick:
        """Reads text out of several columns."""
        picks = [self.pick(column) for column in said.columns]
        if said.joined is None:
            return lambda cells: next((text for text in (pick(cells) for pick in picks) if text), "")
        between = said.joined
        return lambda cells: between.join(text for text in (pick(cells) for pick in picks) if text)

    def titles(self, named: Named) -> Pick:
        """Reads the titles of a class, the widest first, parted by tabs."""
        picks = [self.pick(column) for column in named.columns]
        if named.split:
            split = named.split
            return lambda cells: "\t".join(
                part.strip() for part in picks[0](cells).split(split) if part.strip()
            )
        return lambda cells: "\t".join(
            said for said in (" ".join(pick(cells).split()) for pick in picks) if said
        )

    def choice(self, cells: Row, choice: Choice, code: str) -> str:
        """Ours for the word of a column. Raises Bad(code) for a word the mapping does not know, or a blank it does not."""
        said = self.said(cells, choice.column)
        ours = (choice.values or {}).get(said, choice.other) if said else choice.blank
        if ours is None:
            raise Bad(code, choice.column, said)
        return ours

    def time(self, cells: Row, column: str, *, ahead: bool = False) -> datetime | None:
        """A time in UTC, None where the cell says nothing. Raises Bad: import.time, import.too_early, import.future."""
        said = self.said(cells, column)
        if not said:
            return None
        at = rules.moment(said, self.zone, self._formats)
        if at is None:
            raise Bad("import.time", column, said)
        if at < rules.EARLIEST:
            raise Bad("import.too_early", column, said)
        if at > self._latest and not ahead:
            raise Bad("import.future", column, said)
        return at

    def day_inside(self, cells: Row, column: str) -> datetime | None:
        """The day that stands in a cell among other signs."""
        at = rules.day_inside(self.said(cells, column), self.zone)
        return at if at is not None and rules.EARLIEST <= at <= self._latest else None
