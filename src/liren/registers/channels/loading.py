"""The rule packs of channels: the messages, and how they are delivered; shipped and the office's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, cast

from liren.kernel.clock import to_office
from liren.kernel.errors import NotFound, Refused
from liren.kernel.rulepacks import Pack, Title, load_pack, office_folder
from liren.registers.channels.rules import Kind, Language, Quiet, places

_PACKS = Path(__file__).parent / "packs"
_TEXT = {"type": "string", "minLength": 1, "maxLength": 300}
_CLOCK = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}
_MINUTES = {"type": "integer", "minimum": 1, "maximum": 100_000}

MESSAGE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["channels", "text", "params"],
    "additionalProperties": False,
    "properties": {
        "channels": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"enum": ["in_app", "sms", "email"]},
        },
        "urgent": {"type": "boolean"},
        "params": {
            "type": "object",
            "propertyNames": {"pattern": "^[a-z_]+$"},
            "additionalProperties": {"enum": ["number", "words", "time", "count", "code"]},
        },
        "text": {
            "type": "object",
            "required": ["zh", "en"],
            "additionalProperties": False,
            "properties": {"zh": _TEXT, "en": _TEXT},
        },
    },
}
DELIVERY_SCHEMA: dict[str, Any] = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": False,
    "properties": {
        "begins": _CLOCK,
        "ends": _CLOCK,
        "minutes": {"anyOf": [_MINUTES, {"type": "array", "minItems": 1, "items": _MINUTES}]},
    },
}


@dataclass(frozen=True, slots=True)
class MessageRule:
    """One message: where it goes, whether it may disturb at night, its parameters and its words."""

    code: str
    title: Title
    channels: tuple[str, ...]
    urgent: bool
    params: Mapping[str, Kind]
    text: Mapping[Language, str]


@cache
def messages_pack() -> Pack:
    """The messages. Raises Refused("pack.*"), also for a text with a place its parameters do not fill."""
    pack = load_pack(_PACKS / "messages.yaml", MESSAGE_SCHEMA, office=office_folder("channels.messages"))
    for row in pack:
        for language, text in row.value["text"].items():
            if strange := places(text) - set(row.value["params"]):
                says = f"{row.file}: {row.key}: the {language} text names {', '.join(sorted(strange))}"
                raise Refused("pack.schema", file=row.file, key=row.key, says=says)
    return pack


@cache
def delivery_pack() -> Pack:
    """How messages are delivered. Raises Refused("pack.*")."""
    return load_pack(_PACKS / "delivery.yaml", DELIVERY_SCHEMA, office=office_folder("channels.delivery"))


def message(code: str, now: datetime) -> MessageRule:
    """The message that holds on the office day of `now`. Raises NotFound("message.unknown")."""
    row = messages_pack().find(code, to_office(now).date())
    if row is None:
        raise NotFound("message.unknown", message=code)
    value = row.value
    return MessageRule(
        code=code,
        title=row.title,
        channels=tuple(value["channels"]),
        urgent=value.get("urgent", False),
        params=cast("Mapping[str, Kind]", value["params"]),
        text=value["text"],
    )


def quiet(now: datetime) -> Quiet:
    """The quiet hours of the office day of `now`."""
    value = _delivery("quiet_hours", now)
    return Quiet(time.fromisoformat(value["begins"]), time.fromisoformat(value["ends"]))


def waits(now: datetime) -> tuple[timedelta, ...]:
    """How long to wait after the first, second, ... failed try."""
    return tuple(timedelta(minutes=minutes) for minutes in _delivery("retries", now)["minutes"])


def claim(now: datetime) -> timedelta:
    """After how long a message whose sender fell silent is taken up again."""
    return timedelta(minutes=_delivery("claim", now)["minutes"])


def _delivery(key: str, now: datetime) -> dict[str, Any]:
    value: dict[str, Any] = delivery_pack().pick(key, to_office(now).date()).value
    return value
