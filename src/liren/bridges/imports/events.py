"""News of imports."""

from dataclasses import dataclass
from typing import ClassVar

from liren.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportTurned(Event):
    """An import began, was taken up again, ended, or broke off (`turn`); the hash proves which file it was."""

    kind: ClassVar[str] = "imports.turned"
    subject_kind: ClassVar[str] = "import"

    turn: str
    file_hash: str
    rows: int
    taken: int
    refused: int
    twice: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsGiven(Event):
    """Somebody took the refused rows of an import along, to mend them."""

    kind: ClassVar[str] = "imports.rows_given"
    subject_kind: ClassVar[str] = "import"

    rows: int
