"""News of places, in ids, paths and codes."""

from dataclasses import dataclass
from typing import ClassVar

from liren.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOpened(Event):
    """A place was put on the register."""

    kind: ClassVar[str] = "places.opened"
    subject_kind: ClassVar[str] = "place"

    place_kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCorrected(Event):
    """A place's name, aliases, point or counts were set; `fields` names which."""

    kind: ClassVar[str] = "places.corrected"
    subject_kind: ClassVar[str] = "place"

    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceMoved(Event):
    """A place came to lie in another; everything whose path began with `old_path` now begins with
    `place_path`.
    """

    kind: ClassVar[str] = "places.moved"
    subject_kind: ClassVar[str] = "place"

    old_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceClosed(Event):
    """A place is no more from a day (ISO 8601) on; `successor_id` took its ground, if one did."""

    kind: ClassVar[str] = "places.closed"
    subject_kind: ClassVar[str] = "place"

    day: str
    successor_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceDrawn(Event):
    """A place got an outline, or lost it (`empty`)."""

    kind: ClassVar[str] = "places.drawn"
    subject_kind: ClassVar[str] = "place"

    empty: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacesImported(Event):
    """A table or an outline file was read into the register; `subject_id` is the office's place, 0 before
    there is one.
    """

    kind: ClassVar[str] = "places.imported"
    subject_kind: ClassVar[str] = "place"

    what: str
    created: int
    updated: int
    refused: int
