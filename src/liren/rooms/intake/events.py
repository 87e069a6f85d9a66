"""Intake's news. Pure."""

from dataclasses import dataclass
from typing import ClassVar

from liren.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderTrained(Event):
    """A new version of the class reader was trained and put to work."""

    kind: ClassVar[str] = "intake.reader_trained"
    subject_kind: ClassVar[str] = "reader"
    version: int
    texts: int
