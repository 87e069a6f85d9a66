"""News of knowledge, in ids and codes."""

from dataclasses import dataclass
from typing import ClassVar

from liren.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleWritten(Event):
    """An answer was written, changed or looked at again; `review_by` is its next review (ISO 8601)."""

    kind: ClassVar[str] = "knowledge.written"
    subject_kind: ClassVar[str] = "article"

    version: int
    published: bool
    class_code: str
    review_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleWithdrawn(Event):
    """An answer is no longer shown to anybody but its owner."""

    kind: ClassVar[str] = "knowledge.withdrawn"
    subject_kind: ClassVar[str] = "article"

    version: int
