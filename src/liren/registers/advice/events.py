"""The news of advice: ids and codes. Pure."""

from dataclasses import dataclass
from typing import ClassVar

from liren.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Advised(Event):
    """An adviser suggested something about a subject (`about`: case, voice). The event's own is the first."""

    kind: ClassVar[str] = "advice.advised"
    subject_kind: ClassVar[str] = "advice"
    about: str
    about_id: int
    adviser: str
    version: str
    advice_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken(Event):
    """Somebody decided what an advice was about; `followed` when just as advised."""

    kind: ClassVar[str] = "advice.taken"
    subject_kind: ClassVar[str] = "advice"
    followed: bool
    automatic: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone(Event):
    """What was taken was taken back."""

    kind: ClassVar[str] = "advice.undone"
    subject_kind: ClassVar[str] = "advice"
    automatic: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled(Event):
    """The outcome scored advice."""

    kind: ClassVar[str] = "advice.settled"
    subject_kind: ClassVar[str] = "advice"
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Switched(Event):
    """An adviser was switched on or off, or allowed or forbidden to act alone."""

    kind: ClassVar[str] = "advice.switched"
    subject_kind: ClassVar[str] = "switch"
    adviser: str
    on: bool
    alone: bool
