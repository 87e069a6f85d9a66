"""What goes over the wire. Names from the glossary; times are ISO 8601 in UTC; coordinates are WGS-84."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field, field_validator

Text = Annotated[str, Field(max_length=4000)]
Channel = Literal["phone", "snap", "mailbox", "wechat", "web", "counter", "grid", "open311"]
DemandType = Literal["consult", "help", "complaint", "whistleblow", "suggestion"]


class _Said(Schema):
    """A body says nothing that is not asked for: a misspelt field is told, not passed over."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _no_zero(cls, said: Any) -> Any:
        """No NUL in a text: PostgreSQL keeps none."""
        if isinstance(said, str) and "\0" in said:
            raise ValueError("a text holds the character NUL")
        return said


class Problem(Schema):
    """RFC 9457."""

    type: str
    title: str
    status: int
    code: str
    field: str | None = None
    faults: list[dict[str, Any]] | None = None


class ContactIn(_Said):
    """How to reach the requester. Kept sealed; no answer of this API ever holds it."""

    name: Annotated[str, Field(max_length=40)] = ""
    phone: Annotated[str, Field(max_length=20)]


class CaseIn(_Said):
    """A demand as it was said. `class_code` and `place_code` only where the sender knows them."""

    words: Annotated[str, Field(min_length=1, max_length=4000)]
    channel: Channel = "phone"
    demand_type: DemandType = "help"
    contact: ContactIn | None = None
    place_code: Annotated[str, Field(max_length=40)] = ""
    place_text: Annotated[str, Field(max_length=200)] = ""
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    class_code: Annotated[str, Field(max_length=64)] = ""
    on_behalf: bool = False
    language: Literal["zh-hans", "en"] = "zh-hans"


class Filed(Schema):
    """The acknowledgement: from here on nothing is lost."""

    number: str
    claim_code: str | None = None


class CaseOut(Schema):
    """A case as a list has it. `change_seq` is the cursor: it grows with every change."""

    number: str
    state: str
    demand_type: str
    class_code: str
    channel: str
    title: str
    place: str
    place_code: str
    unit_code: str | None
    voices: int
    received_at: datetime
    dispatched_at: datetime | None
    replied_at: datetime | None
    closed_at: datetime | None
    response_due: datetime | None
    handle_due: datetime | None
    next_due: datetime | None
    version: int
    change_seq: int | None


class StepOut(Schema):
    """One step of a case's story; words only of steps the requester sees too."""

    move: str
    state: str
    at: datetime
    unit_code: str | None
    words: str


class CaseWhole(CaseOut):
    """A case with its story, oldest first, and the moves that are open to this token."""

    steps: list[StepOut]
    moves: list[str]


class CasePage(Schema):
    """Cases by change, oldest first. Ask again with `after=next`; `more` tells whether there is more now."""

    items: list[CaseOut]
    next: str
    more: bool


class MoveIn(_Said):
    """`version` as it was read: a case that changed meanwhile is told (409), nothing is overwritten."""

    version: Annotated[int, Field(ge=1, le=2_147_483_647)]
    text: Text = ""


class Moved(Schema):
    """Where the case stands after a move."""

    number: str
    state: str
    version: int


class ClassOut(Schema):
    """A class of demands with its group."""

    code: str
    group: str
    title: str
    title_en: str


class PlaceOut(Schema):
    """A place of the tree; homes are not told."""

    code: str
    kind: str
    name: str
    parent_code: str | None


class UnitOut(Schema):
    """A unit that may be given cases."""

    code: str
    name: str
    short: str


class Me(Schema):
    """Whom the token acts as."""

    name: str
    scopes: list[str]
    expires_at: datetime
    office: str
    today: date


class WebhookIn(_Said):
    """Where to tell: https, an address a server may be asked to call."""

    url: Annotated[str, Field(min_length=9, max_length=500)]


class WebhookOut(Schema):
    """A webhook. What it is told carries `Liren-Signature: t=<seconds>,v1=<HMAC-SHA256 of "t.body" by secret>`."""

    id: str
    url: str
    secret: str
    made_at: datetime


class Replayed(Schema):
    """How many tellings that were given up are tried again."""

    replayed: int
