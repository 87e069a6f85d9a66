"""Every write to duties: publish or import a duty list, follow a place that moved."""

from liren.registers.duties.actions.importing import Report, RowReport, import_catalogue
from liren.registers.duties.actions.publishing import (
    Published,
    faults,
    follow_place,
    publish_catalogue,
)
from liren.registers.duties.rules import DutyRow

__all__ = [
    "DutyRow",
    "Published",
    "Report",
    "RowReport",
    "faults",
    "follow_place",
    "import_catalogue",
    "publish_catalogue",
]
