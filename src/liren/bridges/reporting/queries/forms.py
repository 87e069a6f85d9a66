"""The forms departments ask for, with what fills each column."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from liren.bridges.reporting import held, rules
from liren.bridges.reporting.models import Column, Form, Item
from liren.bridges.reporting.rules import Every
from liren.kernel.errors import NotFound
from liren.kernel.policy import Actor, Facts, require
from liren.registers.places import queries as places

READ, ENTER, MANAGE = "reporting.read", "reporting.enter", "reporting.manage"


def office() -> Facts:
    """A form is the whole office's: who keeps or reads it holds the duty for all of its ground."""
    return Facts(place_path=places.root().path)


@dataclass(frozen=True, slots=True)
class ColumnView:
    """One column of a form: its own heading, and the item that fills it."""

    id: int
    title: str
    item_id: int
    item: str
    kind: str
    adds: str
    held: str


@dataclass(frozen=True, slots=True)
class FormView:
    """A form as it is asked for."""

    id: int
    title: str
    asked_by: str
    basis: str
    every: Every
    due_day: int
    by_community: bool
    since: date
    ended: bool
    columns: tuple[ColumnView, ...]


def form(form_id: int, actor: Actor) -> FormView:
    """One form, living or ended. Raises Denied (reporting.read), NotFound("report.unknown")."""
    require(actor, READ, office())
    found = _views(Form.objects.filter(id=form_id))
    if not found:
        raise NotFound("report.unknown")
    return found[0]


def forms(actor: Actor) -> list[FormView]:
    """Every living form. Raises Denied (reporting.read). Two statements."""
    require(actor, READ, office())
    return living()


def living() -> list[FormView]:
    """Every living form, for whoever may ask. Two statements."""
    return _views(Form.objects.filter(ended_at=None))


def _views(rows: "Iterable[Form]") -> list[FormView]:
    found = sorted(rows, key=lambda row: (row.asked_by, row.title, row.id))
    columns = defaultdict(list)
    for row in Column.objects.filter(form__in=found).select_related("item").order_by("position", "id"):
        item = row.item
        shown = held.title(item.held) if item.held else item.title
        columns[row.form_id].append(
            ColumnView(row.id, row.title, item.id, shown, item.kind, item.adds, item.held)
        )
    return [
        FormView(
            row.id, row.title, row.asked_by, row.basis, rules.every_of(row.every), row.due_day,
            row.by_community, row.since, row.ended_at is not None, tuple(columns[row.id]),
        )
        for row in found
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item that is entered, as a column may be told to take it."""

    id: int
    title: str
    adds: str
    kind: str


def items(actor: Actor) -> list[ItemView]:
    """Every item that is entered by hand. Raises Denied (reporting.manage)."""
    require(actor, MANAGE, office())
    rows = (
        Item.objects.filter(held="", joined=None, columns__form__ended_at=None).distinct().order_by("title")
    )
    return [ItemView(row.id, row.title, row.adds, row.kind) for row in rows]


def held_titles() -> list[tuple[str, str]]:
    """Everything that is held, by code, as a column may be told to take it. No SQL."""
    return [(code, held.title(code)) for code in held.codes()]
