"""The news of channels: ids and codes, never an address, a name or a sentence. Pure."""

from dataclasses import dataclass
from typing import ClassVar

from liren.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Told(Event):
    """Messages were written for one recipient; the event's own is the first."""

    kind: ClassVar[str] = "channels.told"
    subject_kind: ClassVar[str] = "message"
    code: str
    case_id: int | None
    message_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(Event):
    """A message went on: sent, delivered, failed, dead, given up, queued again; `error` is a code."""

    kind: ClassVar[str] = "channels.moved"
    subject_kind: ClassVar[str] = "message"
    state: str
    channel: str
    case_id: int | None
    error: str = ""
