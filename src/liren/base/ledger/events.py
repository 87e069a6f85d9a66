"""News of the ledger itself: what people did to its deliveries."""

from dataclasses import dataclass
from typing import ClassVar

from liren.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterReplayed(Event):
    """A person had a dead letter delivered again, and it succeeded."""

    kind: ClassVar[str] = "ledger.letter_replayed"
    subject_kind: ClassVar[str] = "dead_letter"

    subscription: str
    event_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BacklogPassed(Event):
    """Everything sealed so far was declared delivered (up to `seq`), as after a bulk
    import.
    """

    kind: ClassVar[str] = "ledger.backlog_passed"
    subject_kind: ClassVar[str] = "ledger"

    seq: int
