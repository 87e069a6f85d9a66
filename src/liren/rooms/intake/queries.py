"""Intake's reads."""

from datetime import datetime

from liren.cases import queries as cases
from liren.kernel.errors import NotFound
from liren.kernel.policy import Actor
from liren.rooms.intake.models import Draft, ReaderVersion
from liren.rooms.intake.reading import Reading
from liren.rooms.intake.rules import speaks_of_wrongdoing

__all__ = [
    "Draft",
    "ReaderVersion",
    "Reading",
    "confirmed_texts",
    "draft",
    "reading_of",
    "reading_of_voice",
    "speaks_of_wrongdoing",
    "twins_of",
]


def draft(token: str, actor: Actor) -> Draft:
    """A draft, on the device it was begun on or at the desk of who wrote it. Raises NotFound for anybody else."""
    found = Draft.objects.filter(token=token).first()
    if found is None:
        raise NotFound("draft.not_found")
    same_device = found.device_id is not None and found.device_id == actor.device_id
    same_clerk = found.account_id is not None and found.account_id == actor.id
    if not (same_device or same_clerk):
        raise NotFound("draft.not_found")
    return found


def reading_of(found: Draft) -> Reading:
    """What was read out of a draft."""
    return Reading.from_json(found.reading)


def reading_of_voice(voice_id: int) -> Reading | None:
    """What was read on the check page this voice was sent from, None where it came another way."""
    found = Draft.objects.filter(sent_voice_id=voice_id).first()
    return Reading.from_json(found.reading) if found is not None else None


def twins_of(found: Draft, *, now: datetime) -> list[cases.Twin]:
    """Open matters that may be the same, to be shown before sending."""
    reading = reading_of(found)
    if not reading.classes or not reading.places:
        return []
    return cases.twins(
        words=found.words, class_code=reading.classes[0].code, place_path=reading.places[0].path, now=now
    )


def confirmed_texts(limit: int = 50_000) -> tuple[list[str], list[str]]:
    """Words and class of cases a person dispatched or answered: what the reader learns from, newest first."""
    return cases.confirmed_texts(limit)
