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
