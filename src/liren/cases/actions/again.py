"""Saying an ended matter anew, once it can no longer be opened again: one tap, with the old number beside it."""

import json
from datetime import datetime

from django.db import transaction

from liren.cases import queries
from liren.cases.actions.opening import Accepted, Contact, Demand, open_within
from liren.cases.models import Voice
from liren.cases.states import FINAL, State
from liren.kernel.clock import office_zone, to_office
from liren.kernel.errors import IllegalMove, LirenError
from liren.kernel.policy import Actor
from liren.registers.duties import queries as duties


@transaction.atomic
def say_again(voice_id: int, *, by: Actor, now: datetime, key: str) -> Accepted:
    """Open a new case with the same words, place, class and contact as one that ended. The same `key` gives the same.

    Photos stay with the old matter. Raises NotFound (a stranger's), IllegalMove while it is open, was merged, or can
    still be opened again by "not solved".
    """
    case, voice = queries.lock_own(voice_id, by=by, duty="intake.send", now=now)
    if case.state not in FINAL - {State.MERGED} or queries.reopenable(case, now):
        raise IllegalMove("move.not_open", state=case.state, move="say_again")
    demand = Demand(
        words=voice.words,
        channel="web",
        contact=_contact(voice, by=by, now=now),
        device_id=by.device_id,
        on_behalf=voice.on_behalf,
        consent_call=voice.consent_call,
        language=voice.language,
        demand_type=case.demand_type,
        place_id=case.place_id,
        place_text=case.place_text if voice.number == case.number else "",
        class_code=_still_held(case.class_code, now),
        earlier=voice.number,
    )
    accepted = open_within(demand, by=by, now=now, key=key)
    if voice.on_behalf and voice.behalf_agreed_at is not None:
        Voice.objects.filter(pk=accepted.voice_id).update(behalf_agreed_at=voice.behalf_agreed_at)
    return accepted


def _contact(voice: Voice, *, by: Actor, now: datetime) -> Contact | None:
    """The contact that was left, opened as the requester's own and sealed anew under the new voice."""
    kept = json.loads(queries.own_contact(voice, by=by, now=now) or "{}")
    return Contact(kept.get("name", ""), kept["phone"]) if kept.get("phone") else None


def _still_held(code: str, now: datetime) -> str:
    """A class as it holds today, "" where it is gone: then a clerk decides anew."""
    if not code:
        return ""
    try:
        return duties.class_view(code, to_office(now, office_zone()).date()).code
    except LirenError:
        return ""
