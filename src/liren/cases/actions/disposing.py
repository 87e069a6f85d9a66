"""What a person may do with what is kept about them: correct it, take back consent, have it erased.

Source: 个人信息保护法 arts 15, 46, 47. Their own rights, for themselves alone; no member of staff has this door.
"""

import json
from datetime import datetime

from django.db import transaction

from liren.base.files import actions as files
from liren.base.ledger import actions as ledger
from liren.base.vault import actions as vault
from liren.base.vault import queries as keys
from liren.cases import events, queries
from liren.cases.actions.opening import CONTACT, index
from liren.cases.models import Case, Question, Rating, Step, Voice
from liren.cases.rules import ERASED, clean_phone, clean_words, may_erase
from liren.kernel.clock import office_zone, to_office
from liren.kernel.errors import LirenError, NotFound, Refused
from liren.kernel.policy import SYSTEM, Actor
from liren.registers.channels import actions as channels
from liren.registers.duties import queries as duties


def _hold(voice_id: int, *, by: Actor, now: datetime) -> tuple[Case, Voice]:
    """A voice the actor may dispose of, its case locked. Raises NotFound for a stranger's and for an agent."""
    case, voice = queries.lock_own(voice_id, by=by, duty="matters.read", now=now)
    if not queries.may_dispose(voice, by):
        raise NotFound("matter.not_found")
    return case, voice


@transaction.atomic
def correct_contact(voice_id: int, *, name: str, phone: str, by: Actor, now: datetime) -> Voice:
    """Put name and phone of one's own matter right; from now on the new phone opens it, not the old.

    Raises NotFound, Refused("phone.malformed"). The same again changes nothing.
    """
    case, voice = _hold(voice_id, by=by, now=now)
    digits = clean_phone(phone)
    if digits is None:
        raise Refused("phone.malformed", field="phone")
    wanted = {"name": clean_words(name)[:60], "phone": digits}
    if voice.contact and json.loads(queries.own_contact(voice, by=by, now=now)) == wanted:
        return voice
    sealed = json.dumps(wanted, ensure_ascii=False)
    voice.contact = vault.seal(sealed, subject=f"voice:{voice.id}", context=CONTACT)
    voice.phone_index = keys.blind("phone", digits)
    voice.last_four = keys.blind("last_four", f"{voice.number}:{digits[-4:]}")
    voice.save(update_fields=["contact", "phone_index", "last_four"])
    ledger.record(
        events.ContactCorrected(
            subject_id=case.id,
            by=by.id,
            at=now,
            place_path=queries.told_path(case),
            unit_ids=queries.unit_ids(case),
            version=case.version,
            voice_id=voice.id,
        )
    )
    return voice


@transaction.atomic
def consent_to_call(voice_id: int, may_call: bool, *, by: Actor, now: datetime) -> Voice:
    """Take back that one may be called and texted about a matter, or give it again. Again changes nothing.

    Raises NotFound, Refused("consent.no_contact") where no phone was left.
    """
    case, voice = _hold(voice_id, by=by, now=now)
    if not voice.contact:
        raise Refused("consent.no_contact")
    if voice.consent_call == may_call:
        return voice
    voice.consent_call = may_call
    voice.save(update_fields=["consent_call"])
    ledger.record(
        events.ConsentChanged(
            subject_id=case.id,
            by=by.id,
            at=now,
            place_path=queries.told_path(case),
            unit_ids=queries.unit_ids(case),
            version=case.version,
            voice_id=voice.id,
            may_call=may_call,
        )
    )
    return voice


@transaction.atomic
def erase_voice(voice_id: int, *, by: Actor, now: datetime) -> Case:
    """Erase what one person said of an ended matter: words, contact, photos, ties to phone and device.

    The case, its dates, the unit's answer and the verdict's figure stay, so that no statistic changes. It cannot be
    undone, and nobody can open the matter as theirs afterwards. Raises NotFound, Refused("erase.open").
    """
    case, voice = _hold(voice_id, by=by, now=now)
    if not may_erase(case.state):
        raise Refused("erase.open", state=case.state)
    _erase(case, voice, by=by, now=now)
    return case


@transaction.atomic
def erase_voice_again(voice_id: int, *, now: datetime) -> bool:
    """After a restore from a copy older than the erasure: erase it again, whatever state the case went back to.

    False where nothing of it is there, or it is erased already.
    """
    voice = Voice.objects.filter(id=voice_id).first()
    if voice is None or voice.words == ERASED:
        return False
    case = queries.lock(voice.case_id)
    _erase(case, Voice.objects.get(id=voice_id), by=SYSTEM, now=now)
    return True


def _erase(case: Case, voice: Voice, *, by: Actor, now: datetime) -> None:
    subject = f"voice:{voice.id}"
    photos = files.forget(subject, by=by, now=now)
    vault.erase(subject, by=by, now=now)
    channels.unlink(case.id, device_id=voice.device_id, phone_index=voice.phone_index)
    _blank(case, voice, now)
    index(case, queries.words_of_case(case.id))
    ledger.record(
        events.VoiceErased(
            subject_id=case.id,
            by=by.id,
            at=now,
            place_path=queries.told_path(case),
            unit_ids=queries.unit_ids(case),
            version=case.version,
            voice_id=voice.id,
            files=photos,
        )
    )


def _blank(case: Case, voice: Voice, now: datetime) -> None:
    """Overwrite words and ties of a voice and, where it opened the case, what the case took from it."""
    Step.objects.filter(voice=voice).exclude(words="").update(words=ERASED, salt="")
    Rating.objects.filter(voice=voice).exclude(words="").update(words=ERASED)
    Question.objects.filter(voice=voice).exclude(answer="").update(answer=ERASED)
    Question.objects.filter(voice=voice).update(words=ERASED)
    voice.words, voice.salt, voice.contact = ERASED, "", b""
    voice.phone_index = voice.last_four = voice.claim_hash = ""
    voice.device_id, voice.consent_call, voice.consent_public = None, False, False
    voice.save()
    for own in Case.objects.select_for_update().filter(number=voice.number):
        own.title = _title(own.class_code, now)
        own.place_text, own.latitude, own.longitude = "", None, None
        own.save(update_fields=["title", "place_text", "latitude", "longitude"])
        if own.id == case.id:
            case.title, case.place_text = own.title, ""
        else:
            index(own, queries.words_of_case(own.id))


def _title(class_code: str, now: datetime) -> str:
    """What an erased matter is called: its kind."""
    try:
        return (
            duties.class_view(class_code, to_office(now, office_zone()).date()).titles.zh
            if class_code
            else ERASED
        )
    except LirenError:
        return ERASED
