"""A form filled for a period: what is held, what was entered, what is missing, and how it was handed in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from liren.bridges.reporting import held, rules
from liren.bridges.reporting.models import Sent
from liren.bridges.reporting.queries.entering import Cell, Needs, entries_of
from liren.bridges.reporting.queries.forms import READ, FormView, form, living, office
from liren.bridges.reporting.rules import Period
from liren.kernel.errors import NotFound
from liren.kernel.policy import Actor, require
from liren.registers.places import queries as places


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a sheet: a community, or the whole office."""

    place_id: int
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Handed:
    """When and by whom a form was handed in; `changed`: values that are others today."""

    at: datetime
    by: int
    changed: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form filled for a period."""

    form: FormView
    period: Period
    due: date
    lines: tuple[Line, ...]
    handed: Handed | None = None

    @property
    def missing(self) -> int:
        """Values nobody entered yet."""
        return sum(cell.how == "missing" for line in self.lines for cell in line.cells)

    @property
    def filled(self) -> int:
        """Values that came from what is held."""
        return sum(cell.how == "held" for line in self.lines for cell in line.cells)

    @property
    def cells(self) -> int:
        """All values."""
        return sum(len(line.cells) for line in self.lines)

    def table(self) -> list[list[str]]:
        """Headings and rows as they are handed in."""
        rows = [["", *(column.title for column in self.form.columns)]]
        return rows + [[line.name, *(cell.value for cell in line.cells)] for line in self.lines]


def of_month(month: Period, actor: Actor) -> list[Sheet]:
    """The forms of the periods that end with a month, each filled; what several of them ask is counted once.

    Raises Denied (reporting.read).
    """
    require(actor, READ, office())
    all_forms = living()
    due = [
        (one, ending)
        for one in all_forms
        if (ending := rules.containing(month.last, one.every)).after == month.after
        and ending.first >= rules.containing(one.since, one.every).first
    ]
    ground = _ground(all_forms)
    counted = {
        period: _counted([one for one, its in due if its == period], period, ground) for _one, period in due
    }
    return [_filled(one, period, counted[period], ground) for one, period in due]


def sheet(form_id: int, key: str, actor: Actor) -> Sheet:
    """A form filled for a period of its own length.

    Raises Denied (reporting.read), NotFound("report.unknown"), Refused("report.period").
    """
    one, period = form(form_id, actor), rules.period(key)
    if period.every != one.every:
        raise NotFound("report.unknown")
    ground = _ground(living())
    return _filled(one, period, _counted([one], period, ground), ground)


def last_sent(form_id: int, period: Period) -> Sent | None:
    """How a form was handed in last for a period."""
    rows = Sent.objects.filter(form_id=form_id, period=period.first)
    return rows.order_by("-sent_at", "-id").first()


Counted = Mapping[tuple[str, str], held.Counted]


@dataclass(frozen=True, slots=True)
class _Ground:
    """What forms stand on: the whole office, its communities, and how finely each thing is asked."""

    whole: places.PlaceView
    communities: Sequence[places.PlaceView]
    needs: Needs

    def rows(self, one: FormView) -> Sequence[places.PlaceView]:
        """The rows of a form."""
        return self.communities if one.by_community else [self.whole]


def _ground(forms: Sequence[FormView]) -> _Ground:
    whole = places.root()
    communities = places.within(whole.path, "community")
    return _Ground(whole, communities, Needs(forms, [one.id for one in communities]))


def _counted(forms: Sequence[FormView], period: Period, ground: _Ground) -> Counted:
    """What is held of everything these forms ask, for every row of any of them."""
    codes = {column.held for one in forms for column in one.columns if column.held}
    return held.count(codes, period, [one.path for one in (ground.whole, *ground.communities)])


def _filled(one: FormView, period: Period, counted: Counted, ground: _Ground) -> Sheet:
    entries = entries_of({column.item_id for column in one.columns if not column.held}, period)
    lines = tuple(
        Line(
            row.id,
            row.name,
            tuple(
                _held_cell(counted.get((column.held, row.path)))
                if column.held
                else ground.needs.cell(column, row, period, entries)
                for column in one.columns
            ),
        )
        for row in ground.rows(one)
    )
    found = Sheet(one, period, rules.due(period, one.due_day), lines)
    sent = last_sent(one.id, period)
    if sent is None:
        return found
    today = found.table()
    changed = sum(
        cell != other
        for row, frozen in zip(today, sent.sheet, strict=False)
        for cell, other in zip(row, frozen, strict=False)
    ) + abs(len(today) - len(sent.sheet))
    return Sheet(one, period, found.due, lines, Handed(sent.sent_at, sent.sent_by, changed))


def _held_cell(counted: held.Counted | None) -> Cell:
    return Cell(counted.value, "held", counted.drill) if counted else Cell("—", "held")
