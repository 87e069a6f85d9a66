"""Limits and words for replies as tables: the rows of today in the words an import reads back. Words only."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from liren.registers.duties import queries as duties
from liren.registers.duties.actions import ruling_tables as taken

# Headings and cells are what the import reads, in any language of the reader.
LIMIT_HEADS = tuple(names[0] for names in taken.LIMIT_COLUMNS.values())
TEMPLATE_HEADS = tuple(names[0] for names in taken.TEMPLATE_COLUMNS.values())
_UNITS = {unit: said for said, unit in taken.UNITS.items()}
_BASES = {basis: said for said, basis in taken.BASES.items()}
_CALENDARS = {name: said for said, name in taken.CALENDARS.items()}


def limit_rows(on: date) -> Iterator[Sequence[str]]:
    """The limits of every class and group, heading first."""
    names = duties.Names(on)
    yield LIMIT_HEADS
    for row in duties.limit_rows(on):
        value = row.value
        yield [
            taken.EVERYTHING if row.key == "default" else names.class_said(row.key),
            _limit(value["response"]),
            _BASES[value["response"]["basis"]],
            _limit(value["handle"]),
            _BASES[value["handle"]["basis"]],
            _CALENDARS.get(value["calendar"], value["calendar"]),
            on.isoformat(),
            row.source,
        ]


def template_rows(on: date) -> Iterator[Sequence[str]]:
    """The words of everything and of each class and group that has its own, heading first."""
    names = duties.Names(on)
    yield TEMPLATE_HEADS
    codes = ["default", *(row.key for row in duties.limit_rows(on) if row.key != "default")]
    for code in codes:
        for row in duties.template_rows(code, on):
            if row.own:
                yield [
                    taken.EVERYTHING if code == "default" else names.class_said(code),
                    row.kind_titles.zh,
                    duties.with_blanks(row.texts.zh),
                    duties.with_blanks(row.texts.en, english=True),
                    on.isoformat(),
                    row.source,
                ]


def _limit(limit: Mapping[str, Any]) -> str:
    return f"{limit['value']} {_UNITS[limit['unit']]}"
