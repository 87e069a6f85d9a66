"""A demand becomes a case, or one more voice on a case. Nothing acknowledged is ever lost or doubled."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from liren.base.files import actions as files
from liren.base.ledger import actions as ledger
from liren.base.search import actions as search
from liren.base.vault import actions as vault
from liren.base.vault import queries as keys
from liren.cases import clocks, events, queries, states
from liren.cases.actions.numbering import free_number
from liren.cases.actions.stepping import words_of
from liren.cases.models import Case, Step, Voice
from liren.cases.rules import WORDS_MAX, clean_phone, clean_words, title_of
from liren.kernel.clock import office_zone
from liren.kernel.errors import Denied, NotFound, Refused
from liren.kernel.events import content_hash, new_salt
from liren.kernel.ids import new_id, token_hash
from liren.kernel.policy import Actor
from liren.registers.duties import queries as duties
from liren.registers.places import queries as places

CONTACT = "cases.voice.contact"
WHISTLEBLOW = "whistleblow"  # 举报: sealed from its first moment, whoever took it down


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach a requester. Kept sealed."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Demand:
    """What was said and what is known of it at the door. `words` are the requester's own.

    `earlier`: the number of the requester's own ended matter that this one takes up again.
    """

    words: str
    channel: str
    contact: Contact | None = None
    device_id: int | None = None
    on_behalf: bool = False
    consent_call: bool = True
    consent_public: bool = False
    file_ids: Sequence[int] = ()
    language: str = "zh-hans"
    kind: str = "demand"
    demand_type: str = "help"
    place_id: int | None = None
    place_text: str = ""
    latitude: float | None = None
    longitude: float | None = None
    class_code: str = ""
    earlier: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The acknowledgement: from here on nothing may be lost. `claim_code` only where no contact was left."""

    case_id: int
    voice_id: int
    number: str
    claim_code: str | None = field(default=None, repr=False)


def _may_speak(by: Actor) -> None:
    """Whoever may take a demand down may do so for any place: what is told at one door may lie at another."""
    if not by.has("intake.send"):
        raise Denied("policy.denied", duty="intake.send", reason="no_duty")


def _fingerprint(demand: Demand, case_id: int | None) -> str:
    said = [
        demand.words,
        demand.channel,
        demand.class_code,
        demand.place_id,
        sorted(demand.file_ids),
        case_id,
    ]
    return content_hash(json.dumps(said, ensure_ascii=False), "")


def _voice(demand: Demand, case: Case, *, by: Actor, number: str, now: datetime) -> Voice:
    """Build the voice row with its contact sealed, or with a claim code where nobody left a phone."""
    voice = Voice(
        id=new_id(now),
        case=case,
        number=number,
        channel=demand.channel,
        words=words_of(demand.words, field="words", limit=WORDS_MAX),
        salt=new_salt(),
        said_at=now,
        language=demand.language,
        device_id=demand.device_id,
        account_id=by.id if by.kind == "staff" else None,
        on_behalf=demand.on_behalf,
        consent_call=demand.consent_call and demand.contact is not None,
        consent_public=demand.consent_public,
    )
    if demand.contact is None:
        voice.claim_hash = token_hash(claim_code(voice.id))
        return voice
    phone = clean_phone(demand.contact.phone)
    if phone is None:
        raise Refused("phone.malformed", field="phone")
    sealed = json.dumps({"name": demand.contact.name.strip()[:60], "phone": phone}, ensure_ascii=False)
    voice.contact = vault.seal(sealed, subject=f"voice:{voice.id}", context=CONTACT)
    voice.phone_index = keys.blind("phone", phone)
    voice.last_four = keys.blind("last_four", f"{number}:{phone[-4:]}")
    return voice


def claim_code(voice_id: int) -> str:
    """The twelve digits by which an anonymous requester comes back: keyed, so a retry shows the same and none is kept."""
    return f"{int(keys.blind('claim', str(voice_id))[:16], 16) % 10**12:012d}"


def _accepted(voice: Voice) -> Accepted:
    claim = claim_code(voice.id) if voice.claim_hash else None
    return Accepted(voice.case_id, voice.id, voice.number, claim)


def _settle_in(demand: Demand, voice: Voice, step: Step, *, by: Actor, now: datetime) -> None:
    voice.save(force_insert=True)
    step.save(force_insert=True)
    if demand.file_ids:
        files.attach(demand.file_ids, owner=f"voice:{voice.id}", by=by, now=now)


def _check(demand: Demand, now: datetime) -> str:
    """Refuse what cannot be kept as said; give the place path. Unknown place or class: Refused, nothing lost."""
    if demand.demand_type not in duties.DEMAND_TYPES:
        raise Refused("demand_type.unknown", field="demand_type")
    if demand.class_code:
        duties.class_view(demand.class_code, now.astimezone(office_zone()).date())
    return places.get(demand.place_id).path if demand.place_id else ""


@transaction.atomic
def open_case(demand: Demand, *, by: Actor, now: datetime, key: str) -> Accepted:
    """Accept a demand as a new case, without judging it. The same `key` again gives the same answer.

    Raises Denied, Refused (words.empty, words.too_long, phone.malformed, file.*), NotFound (place, class),
    Conflict("key.reused") when the key was used for something else.
    """
    return open_within(demand, by=by, now=now, key=key)


def open_within(demand: Demand, *, by: Actor, now: datetime, key: str) -> Accepted:
    """`open_case` as a part of the caller's transaction, which must not outlive an error raised here.

    Raises as open_case, and RuntimeError outside a transaction.
    """
    _may_speak(by)
    with ledger.once(key=key, by=by.id, fingerprint=_fingerprint(demand, None)) as once:
        if once.done:
            return _accepted(queries.voice_by_id(once.result["voice_id"]))
        path = _check(demand, now)
        number = free_number(now)
        case = Case(
            id=new_id(now),
            number=number,
            kind=demand.kind,
            demand_type=demand.demand_type,
            title=title_of(demand.words),
            channel=demand.channel,
            place_id=demand.place_id,
            place_path=path or places.root().path,
            place_text=clean_words(demand.place_text)[:200],
            latitude=demand.latitude,
            longitude=demand.longitude,
            class_code=demand.class_code,
            sealed=demand.demand_type == WHISTLEBLOW,
            retention_class="case.sealed" if demand.demand_type == WHISTLEBLOW else "case.standard",
            voices=1,
            files=len(demand.file_ids),
            received_at=now,
        )
        clocks.restart(case, now)
        voice = _voice(demand, case, by=by, number=number, now=now)
        case.save(force_insert=True)
        step = Step(case=case, voice=voice, move="receive", state=case.state, at=now, by=by.id, shown=True)
        if demand.earlier:
            step.facts = {"earlier": demand.earlier}
        _settle_in(demand, voice, step, by=by, now=now)
        index(case, [voice.words])
        ledger.record(
            events.Received(
                subject_id=case.id,
                by=by.id,
                at=now,
                place_path=queries.told_path(case),
                version=case.version,
                voice_id=voice.id,
                channel=demand.channel,
                class_code="" if case.sealed else demand.class_code,
                words_hash=content_hash(voice.words, voice.salt),
            )
        )
        once.keep({"voice_id": voice.id})
        return _accepted(voice)


@transaction.atomic
def add_voice(case_id: int, demand: Demand, *, by: Actor, now: datetime, key: str) -> Accepted:
    """Join one more requester to a case: 我也是. The words, contact and number stay that person's own.

    Raises as open_case, and IllegalMove when the case takes no more voices (then open a new one).
    """
    _may_speak(by)
    with ledger.once(key=key, by=by.id, fingerprint=_fingerprint(demand, case_id)) as once:
        if once.done:
            return _accepted(queries.voice_by_id(once.result["voice_id"]))
        case = queries.lock(case_id)
        if case.sealed:
            raise NotFound("case.not_found")
        case.state = states.target(case.state, "join")
        number = free_number(now)
        voice = _voice(demand, case, by=by, number=number, now=now)
        case.voices += 1
        case.files += len(demand.file_ids)
        case.version += 1
        case.save()
        step = Step(case=case, voice=voice, move="join", state=case.state, at=now, by=by.id, shown=True)
        _settle_in(demand, voice, step, by=by, now=now)
        index(case, queries.words_of_case(case.id))
        ledger.record(
            events.Joined(
                subject_id=case.id,
                by=by.id,
                at=now,
                place_path=queries.told_path(case),
                unit_ids=queries.unit_ids(case),
                version=case.version,
                voice_id=voice.id,
                channel=demand.channel,
                words_hash=content_hash(voice.words, voice.salt),
            )
        )
        once.keep({"voice_id": voice.id})
        return _accepted(voice)


def index(case: Case, words: Sequence[str]) -> None:
    """Put what may be searched into the index: title, place, words. Never a contact, and nothing that is sealed."""
    if case.sealed:
        search.drop("case", case.id)
        return
    search.put(
        "case",
        case.id,
        found_by(case.number, case.origin, case.title, case.place_text, *words),
        place_path=case.place_path,
        unit_ids=queries.unit_ids(case),
        at=case.received_at,
    )


def found_by(number: str, origin: str, title: str, place_text: str, *words: str) -> str:
    """The text a case is found by: its numbers here and where it came from, its title, where, what was said."""
    return "\n".join([number, origin, title, place_text, *words])
