"""News of duties, in ids and codes."""

from dataclasses import dataclass
from typing import ClassVar

from liren.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CataloguePublished(Event):
    """A version of the duty list was published; `begins` is its first day (ISO 8601), `rows_hash` proves its
    rows.
    """

    kind: ClassVar[str] = "duties.catalogue_published"
    subject_kind: ClassVar[str] = "catalogue"

    version: int
    begins: str
    rows: int
    rows_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesPublished(Event):
    """A rule of a pack was published in the browser; `row_hash` proves what it says, `begins` is its first day."""

    kind: ClassVar[str] = "duties.rules_published"
    subject_kind: ClassVar[str] = "rule_change"

    pack: str
    key: str
    version: int
    begins: str
    row_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassesMade(Event):
    """Classes were made from a table that names them by title."""

    kind: ClassVar[str] = "duties.classes_made"
    subject_kind: ClassVar[str] = "taxonomy"

    count: int
