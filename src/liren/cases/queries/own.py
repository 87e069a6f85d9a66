"""The one place where what a person said may be gathered: that person's own, for that person alone (PIPL arts 44-47).

Whoever holds the device a thing was said on, or proves the phone that was left, sees it; nobody else, staff included.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from liren.base.vault import actions as vault
from liren.base.vault import queries as keys
from liren.cases.models import Question, Rating, Step, Voice
from liren.cases.queries.ground import owns
from liren.cases.queries.matters import mine
from liren.cases.rules import may_erase, title_of
from liren.kernel.errors import NotFound
from liren.kernel.policy import Actor

CONTACT = "cases.voice.contact"


@dataclass(frozen=True, slots=True)
class Look:
    """One opening of what was sealed: when and what for. Whose eyes it were is on the office's own record."""

    at: datetime
    purpose: str


@dataclass(frozen=True, slots=True)
class OwnVoice:
    """Everything kept of one voice, for the person whose it is."""

    voice: Voice
    title: str
    state: str
    name: str
    phone: str
    steps: Sequence[Step]  # own words added later
    ratings: Sequence[Rating]
    questions: Sequence[Question]
    looks: Sequence[Look]
    may_change: bool  # the contact and consent are this person's to change
    may_erase: bool


def may_dispose(voice: Voice, by: Actor) -> bool:
    """Whether contact, consent and erasure are the actor's to decide: never an agent's for the one they act for."""
    return not voice.on_behalf or bool(voice.phone_index and by.phone_index == voice.phone_index)


def own_contact(voice: Voice, *, by: Actor, now: datetime) -> str:
    """The contact as JSON {"name", "phone"}, opened for the person it belongs to; the opening is kept.

    "" where none was left. Raises NotFound for a stranger, Refused("vault.erased").
    """
    if not owns(voice, by, now):
        raise NotFound("matter.not_found")
    if not voice.contact:
        return ""
    return vault.reveal(bytes(voice.contact), context=CONTACT, by=by, purpose="own_data", now=now)


def newest_contact() -> tuple[bytes, str] | None:
    """The newest sealed contact as it is kept, with its context: for who proves that sealed things can be opened.

    None where there is none. It shows nothing: opening it is the vault's.
    """
    rows = Voice.objects.exclude(contact=b"").order_by("-said_at")
    sealed = rows.values_list("contact", flat=True).first()
    return None if sealed is None else (bytes(sealed), CONTACT)


def own_voices(actor: Actor, *, now: datetime, limit: int = 200) -> list[OwnVoice]:
    """All that is kept of what this person said here, newest first, contacts opened and the opening kept.

    At most ten statements however many matters. Nothing for who proves nothing.
    """
    if not actor.phone_index and actor.device_id is None:
        return []
    rows = Voice.objects.filter(mine(actor, now)).select_related("case", "case__place").order_by("-said_at")
    voices = [voice for voice in rows[:limit] if owns(voice, actor, now)]
    contacts = _contacts(voices, by=actor, now=now)
    steps: dict[int, list[Step]] = {}
    for step in Step.objects.filter(voice__in=voices).exclude(words="").order_by("at", "id"):
        if step.voice_id is not None and step.move in _OWN_MOVES:
            steps.setdefault(step.voice_id, []).append(step)
    ratings: dict[int, list[Rating]] = {}
    for rating in Rating.objects.filter(voice__in=voices).order_by("at", "id"):
        ratings.setdefault(rating.voice_id, []).append(rating)
    questions: dict[int, list[Question]] = {}
    for question in Question.objects.filter(voice__in=voices).order_by("asked_at", "id"):
        questions.setdefault(question.voice_id, []).append(question)
    looks = _looks(voices)
    return [
        OwnVoice(
            voice=voice,
            title=voice.case.title if voice.number == voice.case.number else title_of(voice.words),
            state=voice.case.state,
            name=contacts.get(voice.id, ("", ""))[0],
            phone=contacts.get(voice.id, ("", ""))[1],
            steps=steps.get(voice.id, []),
            ratings=ratings.get(voice.id, []),
            questions=questions.get(voice.id, []),
            looks=looks.get(voice.id, []),
            may_change=may_dispose(voice, actor) and bool(voice.contact),
            may_erase=may_dispose(voice, actor) and may_erase(voice.case.state),
        )
        for voice in voices
    ]


# A rating's words are kept with the rating, an answer's with its question.
_OWN_MOVES = frozenset({"say_more", "come_back"})


def _contacts(voices: Sequence[Voice], *, by: Actor, now: datetime) -> dict[int, tuple[str, str]]:
    left = [voice for voice in voices if voice.contact]
    tokens = [(bytes(voice.contact), CONTACT) for voice in left]
    opened = vault.reveal_many(tokens, by=by, purpose="own_data", now=now) if tokens else []
    found = {}
    for voice, text in zip(left, opened, strict=True):
        kept = json.loads(text) if text else {}
        found[voice.id] = (str(kept.get("name", "")), str(kept.get("phone", "")))
    return found


def _looks(voices: Sequence[Voice]) -> dict[int, list[Look]]:
    """Who else opened the contact, by its purpose: the person's own looks are not told back to them."""
    found: dict[int, list[Look]] = {}
    ids = {f"voice:{voice.id}": voice.id for voice in voices}
    for one in keys.reveals_of(list(ids)):
        if one.purpose != "own_data":
            found.setdefault(ids[one.subject], []).append(Look(one.at, one.purpose))
    return found
