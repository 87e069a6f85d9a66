"""Every write to duties: publish or import a duty list, publish a rule, follow a place that moved."""

from liren.registers.duties.actions.importing import Report, RowReport, import_catalogue
from liren.registers.duties.actions.publishing import (
    Published,
    faults,
    follow_place,
    publish_catalogue,
)
from liren.registers.duties.actions.ruling import RuleDraft, publish_rule, try_rule, write_published
from liren.registers.duties.rules import DutyRow

__all__ = [
    "DutyRow",
    "Published",
    "Report",
    "RowReport",
    "RuleDraft",
    "faults",
    "follow_place",
    "import_catalogue",
    "publish_catalogue",
    "publish_rule",
    "try_rule",
    "write_published",
]
