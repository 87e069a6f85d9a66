"""Every read of reporting: the forms of a month, a form filled, what is left to enter, what is asked twice."""

from liren.bridges.reporting.queries.entering import Ask, Asked, Cell, to_enter
from liren.bridges.reporting.queries.forms import (
    ENTER,
    MANAGE,
    READ,
    ColumnView,
    FormView,
    ItemView,
    form,
    forms,
    held_titles,
    items,
    office,
)
from liren.bridges.reporting.queries.sheets import Handed, Line, Sheet, last_sent, of_month, sheet
from liren.bridges.reporting.queries.twice import Burden, Twice, asked_twice, burden
from liren.bridges.reporting.rules import Every, Period, containing, period

__all__ = [
    "ENTER", "MANAGE", "READ", "Ask", "Asked", "Burden", "Cell", "ColumnView", "Every", "FormView", "Handed", "ItemView",
    "Line", "Period", "Sheet", "Twice", "asked_twice", "burden", "containing", "form", "forms", "held_titles", "items",
    "last_sent", "of_month", "office", "period", "sheet", "to_enter",
]  # fmt: skip
