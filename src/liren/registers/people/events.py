"""News of people and bodies, in ids and codes."""

from dataclasses import dataclass
from typing import ClassVar

from liren.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyOpened(Event):
    """An organisation was put on the register."""

    kind: ClassVar[str] = "people.body_opened"
    subject_kind: ClassVar[str] = "body"

    body_kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyCorrected(Event):
    """What is said of an organisation was set; `fields` names which."""

    kind: ClassVar[str] = "people.body_corrected"
    subject_kind: ClassVar[str] = "body"

    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyClosed(Event):
    """An organisation is no more from a day (ISO 8601) on."""

    kind: ClassVar[str] = "people.body_closed"
    subject_kind: ClassVar[str] = "body"

    day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostOpened(Event):
    """A seat was made at a body."""

    kind: ClassVar[str] = "people.post_opened"
    subject_kind: ClassVar[str] = "post"

    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointed(Event):
    """An account was given a seat, and with it a grant."""

    kind: ClassVar[str] = "people.appointed"
    subject_kind: ClassVar[str] = "post"

    account_id: int
    grant_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PostEnded(Event):
    """A seat ended on a day (ISO 8601); a grant that hung on it is revoked."""

    kind: ClassVar[str] = "people.post_ended"
    subject_kind: ClassVar[str] = "post"

    day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonOpened(Event):
    """A person was put on the register."""

    kind: ClassVar[str] = "people.person_opened"
    subject_kind: ClassVar[str] = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCorrected(Event):
    """A person's name or phone was set anew; `fields` names which."""

    kind: ClassVar[str] = "people.person_corrected"
    subject_kind: ClassVar[str] = "person"

    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonErased(Event):
    """A person's name and phone can never be read again."""

    kind: ClassVar[str] = "people.person_erased"
    subject_kind: ClassVar[str] = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnershipChanged(Event):
    """A share of a dwelling began or ended; `subject_id` is the dwelling."""

    kind: ClassVar[str] = "people.ownership_changed"
    subject_kind: ClassVar[str] = "dwelling"

    ownership_id: int
    ended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidenceChanged(Event):
    """Somebody moved into a dwelling, or out of it; `subject_id` is the dwelling."""

    kind: ClassVar[str] = "people.residence_changed"
    subject_kind: ClassVar[str] = "dwelling"

    residence_id: int
    ended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateChanged(Event):
    """Somebody may act for another, or no longer."""

    kind: ClassVar[str] = "people.mandate_changed"
    subject_kind: ClassVar[str] = "mandate"

    ended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentGiven(Event):
    """Somebody said yes to one purpose."""

    kind: ClassVar[str] = "people.consent_given"
    subject_kind: ClassVar[str] = "consent"

    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWithdrawn(Event):
    """Somebody took back a yes."""

    kind: ClassVar[str] = "people.consent_withdrawn"
    subject_kind: ClassVar[str] = "consent"

    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleImported(Event):
    """A table was read into the register; `what` is persons, bodies or posts, `subject_id` the office's
    place or 0.
    """

    kind: ClassVar[str] = "people.imported"
    subject_kind: ClassVar[str] = "place"

    what: str
    created: int
    updated: int
    refused: int
