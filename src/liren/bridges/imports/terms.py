"""A row of the file in our terms: every cell read by the mapping, every check made, before anything is kept."""

from collections.abc import Iterable
from datetime import datetime
from typing import cast

from liren.bridges.imports import rules
from liren.bridges.imports.cells import Columns
from liren.bridges.imports.ground import Ground
from liren.bridges.imports.mapping import Choice, Mapping
from liren.bridges.imports.reading import Row, Table
from liren.bridges.imports.rules import Bad
from liren.bridges.imports.spots import Codes, Names
from liren.cases import queries as cases
from liren.cases.actions import Brought, Went

_SAID = {"yes": "是", "no": "否"}  # data of the office, read by its staff
UNKNOWN = "unknown"


class Terms:
    """A mapping laid onto the heading of one file: reads its rows, one by one."""

    def __init__(self, mapping: Mapping, table: Table, ground: Ground, now: datetime) -> None:
        self.mapping = mapping
        self.ground = ground
        self.columns = columns = Columns(mapping, table.heading, now + rules.AHEAD)
        self._number = columns.pick(mapping.number)
        self._words = columns.text(mapping.words)
        self._title = columns.text(mapping.title)
        self._reply = columns.text(mapping.reply)
        self._where = columns.text(mapping.place_text)
        self._class = columns.titles(mapping.class_)
        self._levels = [(columns.pick(level.name), columns.pick(level.code)) for level in mapping.levels]
        self._unit = columns.pick(mapping.unit.columns[0] if mapping.unit.columns else "")

    def names(self, rows: Iterable[Row]) -> tuple[dict[Names, Codes], dict[str, None], dict[str, None]]:
        """Every place, class and unit the rows name, each once, in their order."""
        spots: dict[Names, Codes] = {}
        classes: dict[str, None] = {}
        units: dict[str, None] = {}
        for row in rows:
            if row.fault:
                continue
            spots.setdefault(self._spot(row.cells), tuple(code(row.cells) for _, code in self._levels))
            classes[self._class(row.cells)] = None
            units[self._unit(row.cells)] = None
        return spots, classes, units

    def key(self, row: Row) -> str:
        """What the row is known again by: its number there, or the digest of a row without one. Raises Bad."""
        number = self._number(row.cells)
        if len(number) > rules.NUMBER_MAX or not number.isprintable():
            raise Bad("import.number", self.mapping.number, number)
        return number or f"#{rules.row_digest(row.cells)}"

    def read(self, row: Row) -> Brought:
        """The row as a case to be taken over. Raises Bad with the reason, the column and what stands there."""
        if row.fault:
            raise Bad(row.fault)
        cells, mapping, columns = row.cells, self.mapping, self.columns
        received, told = self._received(cells)
        dispatched, answered = columns.time(cells, mapping.dispatched), columns.time(cells, mapping.answered)
        closed = columns.time(cells, mapping.closed)
        self._in_order(cells, received, dispatched, answered, closed)
        went = cast(Went, columns.choice(cells, mapping.state, "import.state"))
        if went == "replied" and not (answered or closed):
            # an answer that waits for the requester's word needs its day: the call-back counts from there
            raise Bad("import.no_answer", mapping.answered or mapping.closed)
        titles = self._class(cells)
        class_code = self.ground.class_code(titles)
        spot = self.ground.spots.spot(self._spot(cells))
        words, title = self._said(cells, class_code, titles)
        reply, verdict = (
            cases.clean_words(self._reply(cells)),
            self._opinion(cells, mapping.solved, "import.solved"),
        )
        rating = self._opinion(cells, mapping.rating, "import.rating")
        told += self._told(cells)
        if reply and not (answered or closed):
            told.append(f"{mapping.reply.columns[0]}：{reply}")  # no day to put it on: kept beside the story
        return Brought(
            line=row.line,
            went=went,
            received_at=received,
            words=words,
            title=title,
            channel=columns.choice(cells, mapping.channel, "import.channel"),
            demand_type=columns.choice(cells, mapping.type, "import.type"),
            origin=self._number(cells),
            place_id=spot.place_id,
            place_path=spot.path,
            place_text=(self._where(cells) or spot.left)[:200],
            class_code=class_code,
            unit_id=self.ground.unit(self._unit(cells)),
            dispatched_at=dispatched,
            replied_at=answered,
            closed_at=closed,
            due_at=columns.time(cells, mapping.due, ahead=True),
            reply=reply,
            name=columns.said(cells, mapping.name_column)[:60],
            phone=columns.said(cells, mapping.phone_column)[:60],
            verdict=verdict,
            rating=int(rating) if verdict and rating else None,
            heard=bool(columns.said(cells, mapping.solved.column)),
            told="\n".join(told)[: rules.TOLD_MAX],
        )

    def _spot(self, cells: tuple[str, ...]) -> Names:
        return tuple(name(cells) for name, _ in self._levels)

    def _received(self, cells: tuple[str, ...]) -> tuple[datetime, list[str]]:
        """When it came, and where another time stands in for it the line that says so. Raises Bad("import.no_time")."""
        where, columns = self.mapping.received, self.columns
        at = columns.day_inside(cells, where.column) if where.inside else columns.time(cells, where.column)
        if at is not None:
            return at, []
        at = columns.time(cells, where.otherwise)
        if at is not None:
            return at, [f"收到的时间：表里没有，按{where.otherwise}记"]
        at = rules.moment(where.blank, columns.zone) if where.blank else None
        if at is None:
            raise Bad("import.no_time", where.column, columns.said(cells, where.column))
        return at, [f"收到的时间：表里没有，按 {where.blank} 记"]

    def _in_order(self, cells: tuple[str, ...], *times: datetime | None) -> None:
        mapping = self.mapping
        columns = (mapping.received.column, mapping.dispatched, mapping.answered, mapping.closed)
        wrong = rules.in_order(*zip(columns, times, strict=True))
        if wrong:
            raise Bad("import.order", wrong, self.columns.said(cells, wrong))

    def _said(self, cells: tuple[str, ...], class_code: str, titles: str) -> tuple[str, str]:
        """Words and title. Raises Bad: import.no_words (nothing says what it is about), import.words_long."""
        words, title = (
            cases.clean_words(self._words(cells)),
            cases.clean_words(" ".join(self._title(cells).split())),
        )
        if len(words) > rules.WORDS_MAX:
            raise Bad("import.words_long", self.mapping.words.columns[0])
        if not words and not title and not class_code:
            raise Bad("import.no_words", next(iter(self.mapping.words.columns), ""))
        if not title and words:
            return words, cases.title_of(words)
        title = cases.without_numbers(title or titles.rsplit("\t", maxsplit=1)[-1])
        return words, title if len(title) <= rules.TITLE_MAX else f"{title[: rules.TITLE_MAX - 1]}…"

    def _opinion(self, cells: tuple[str, ...], choice: Choice, code: str) -> str:
        """What the requester said, "" where the file does not tell."""
        if not self.columns.said(cells, choice.column):
            return ""
        said = self.columns.choice(cells, choice, code)
        return "" if said == UNKNOWN else said

    def _told(self, cells: tuple[str, ...]) -> list[str]:
        """What else the file says, line by line, for staff."""
        lines = []
        kept = self._opinion(cells, self.mapping.in_time, "import.in_time")
        if kept:
            lines.append(f"按时办结：{_SAID[kept]}")
        for column in self.mapping.keep:
            said = cases.clean_words(self.columns.said(cells, column))
            if said:
                lines.append(f"{column}：{said}")
        return lines
