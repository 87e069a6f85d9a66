"""Every write to duties: publish or import a duty list, publish a rule, follow a place that moved."""

from liren.registers.duties.actions.classing import make_classes
from liren.registers.duties.actions.importing import Report, RowReport, import_catalogue
from liren.registers.duties.actions.publishing import (
    Published,
    faults,
    follow_place,
    publish_catalogue,
)
from liren.registers.duties.actions.ruling import (
    RuleDraft,
    earliest,
    publish_rule,
    publish_rules,
    try_rule,
    try_rules,
    write_published,
)
from liren.registers.duties.actions.ruling_tables import RuleReport, import_limits, import_templates
from liren.registers.duties.rules import ClassPath, DutyRow

__all__ = [
    "ClassPath",
    "DutyRow",
    "Published",
    "Report",
    "RowReport",
    "RuleDraft",
    "RuleReport",
    "earliest",
    "faults",
    "follow_place",
    "import_catalogue",
    "import_limits",
    "import_templates",
    "make_classes",
    "publish_catalogue",
    "publish_rule",
    "publish_rules",
    "try_rule",
    "try_rules",
    "write_published",
]
