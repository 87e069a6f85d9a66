"""News of reporting: forms set and ended, items joined or told apart, sheets entered and handed in."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from liren.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSet(Event):
    """A reporting form was written down, or changed."""

    kind: ClassVar[str] = "reporting.form_set"
    subject_kind: ClassVar[str] = "reporting_form"

    columns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FormEnded(Event):
    """A reporting form is asked for no more."""

    kind: ClassVar[str] = "reporting.form_ended"
    subject_kind: ClassVar[str] = "reporting_form"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSet(Event):
    """How an item is filled was changed; `held` names how it is counted, "" is entered by hand."""

    kind: ClassVar[str] = "reporting.item_set"
    subject_kind: ClassVar[str] = "reporting_item"

    held: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsJoined(Event):
    """Two items were found to be one: whoever asks the first is given the second."""

    kind: ClassVar[str] = "reporting.items_joined"
    subject_kind: ClassVar[str] = "reporting_item"

    into: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsApart(Event):
    """Two items that sound alike were said to be two."""

    kind: ClassVar[str] = "reporting.items_apart"
    subject_kind: ClassVar[str] = "reporting_item"

    other: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered(Event):
    """Figures of a period were entered: how many were new or corrected."""

    kind: ClassVar[str] = "reporting.entered"
    subject_kind: ClassVar[str] = "reporting_period"

    every: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn(Event):
    """A form was handed in for the period that begins then."""

    kind: ClassVar[str] = "reporting.handed_in"
    subject_kind: ClassVar[str] = "reporting_form"

    period: datetime
