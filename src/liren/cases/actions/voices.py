"""What the people behind a case say of it, themselves or through the call-back desk."""

from datetime import datetime

from django.db import transaction

from liren.base.files import actions as files
from liren.base.ledger import actions as ledger
from liren.cases import events, queries
from liren.cases.actions.opening import index
from liren.cases.actions.settling import settle
from liren.cases.actions.stepping import moved, same_version, take, words_of
from liren.cases.models import Case, Rating, Voice
from liren.cases.rules import WORDS_MAX
from liren.cases.states import AT_WORK, State
from liren.kernel.clock import office_zone, to_office
from liren.kernel.errors import NotFound, Refused
from liren.kernel.ids import token_hash
from liren.kernel.policy import Actor
from liren.registers.duties import queries as duties

VERDICTS = ("solved", "not_solved")


def _check_verdict(verdict: str, rating: int | None, reasons: tuple[str, ...], now: datetime) -> None:
    if verdict not in VERDICTS:
        raise Refused("verdict.unknown", field="verdict")
    if rating is not None and not 1 <= rating <= 5:
        raise Refused("rating.out_of_range", field="rating")
    known = {one.code for one in duties.rating_reasons(to_office(now, office_zone()).date())}
    if not known.issuperset(reasons):
        raise Refused("rating.reason_unknown", field="reasons")


def _hear(
    case: Case,
    voice: Voice,
    verdict: str,
    rating: int | None,
    words: str,
    *,
    by: Actor,
    by_self: bool,
    now: datetime,
    reasons: tuple[str, ...] = (),
) -> None:
    """Keep a verdict and let the case follow it. A second answer in a round replaces the first; both are kept."""
    voice.verdict, voice.verdict_round, voice.rating = verdict, case.round, rating
    voice.save(update_fields=["verdict", "verdict_round", "rating"])
    Rating(
        voice=voice,
        round=case.round,
        verdict=verdict,
        rating=rating,
        reasons=sorted(set(reasons)),
        words=words,
        by=by.id,
        by_self=by_self,
        at=now,
    ).save(force_insert=True)
    take(
        case,
        "rate" if by_self else "record_verdict",
        by=by,
        now=now,
        words=words,
        voice=voice,
        facts={"verdict": verdict, "rating": rating, "reasons": sorted(set(reasons))},
    )
    ledger.record(
        events.Rated(
            subject_id=case.id,
            by=by.id,
            at=now,
            place_path=queries.told_path(case),
            unit_ids=queries.unit_ids(case),
            version=case.version,
            voice_id=voice.id,
            verdict=verdict,
            rating=rating,
            by_self=by_self,
        )
    )
    settle(case, now=now)


@transaction.atomic
def rate(
    voice_id: int,
    verdict: str,
    *,
    by: Actor,
    now: datetime,
    rating: int | None = None,
    text: str = "",
    reasons: tuple[str, ...] = (),
    key: str,
) -> Case:
    """The requester says solved or not solved. Only the resident says "solved".

    Raises NotFound (not this person's voice), IllegalMove (nothing was replied yet), Refused
    (verdict.…, rating.…, "reopen.too_late" where it ended too long ago: then it is said anew).
    """
    _check_verdict(verdict, rating, reasons, now)
    case, voice = queries.lock_own(voice_id, by=by, duty="matters.rate", now=now)
    words = words_of(text) if text.strip() else ""
    with ledger.once(
        key=key, by=by.id, fingerprint=f"{voice_id}:{verdict}:{rating}:{words}:{sorted(reasons)}"
    ) as once:
        if not once.done:
            if verdict == "not_solved" and case.closed_at is not None and not queries.reopenable(case, now):
                raise Refused("reopen.too_late", field="said")
            _hear(case, voice, verdict, rating, words, by=by, by_self=True, now=now, reasons=reasons)
            once.keep({"case_id": case.id})
    return case


@transaction.atomic
def record_verdict(
    voice_id: int,
    verdict: str,
    *,
    by: Actor,
    version: int | None,
    now: datetime,
    rating: int | None = None,
    text: str = "",
    reasons: tuple[str, ...] = (),
) -> Case:
    """The call-back desk writes down what a requester answered. Never by whoever handled the case."""
    _check_verdict(verdict, rating, reasons, now)
    voice = queries.voice_by_id(voice_id)
    case = queries.lock(voice.case_id, by=by, duty="cases.call_back")
    same_version(case, version)
    words = words_of(text) if text.strip() else ""
    _hear(case, voice, verdict, rating, words, by=by, by_self=False, now=now, reasons=reasons)
    return case


@transaction.atomic
def attempt(voice_id: int, *, by: Actor, version: int | None, now: datetime, text: str = "") -> Case:
    """Write down a call-back nobody answered. Three over two days, and the voice counts as not reached."""
    voice = queries.voice_by_id(voice_id)
    case = queries.lock(voice.case_id, by=by, duty="cases.call_back")
    same_version(case, version)
    voice.attempts += 1
    voice.first_attempt_at = voice.first_attempt_at or now
    voice.last_attempt_at = now
    voice.save(update_fields=["attempts", "first_attempt_at", "last_attempt_at"])
    words = words_of(text) if text.strip() else ""
    take(case, "attempt", by=by, now=now, words=words, voice=voice, facts={"count": voice.attempts})
    ledger.record(
        events.Attempted(
            subject_id=case.id,
            by=by.id,
            at=now,
            place_path=queries.told_path(case),
            unit_ids=queries.unit_ids(case),
            version=case.version,
            voice_id=voice.id,
            count=voice.attempts,
        )
    )
    settle(case, now=now)
    return case


@transaction.atomic
def say_more(
    voice_id: int, text: str, *, by: Actor, now: datetime, key: str, file_ids: tuple[int, ...] = ()
) -> Case:
    """Add words or photos to one's own matter."""
    case, voice = queries.lock_own(voice_id, by=by, duty="matters.say_more", now=now)
    words = words_of(text, field="words", limit=WORDS_MAX) if text.strip() or not file_ids else ""
    with ledger.once(key=key, by=by.id, fingerprint=f"{voice_id}:{words}:{sorted(file_ids)}") as once:
        if not once.done:
            hashed = take(
                case, "say_more", by=by, now=now, words=words, voice=voice, facts={"files": len(file_ids)}
            )
            if file_ids:
                files.attach(file_ids, owner=f"voice:{voice.id}", by=by, now=now)
                case.files += len(file_ids)
                case.save(update_fields=["files"])
            index(case, queries.words_of_case(case.id))
            moved(case, "say_more", by=by, now=now, words_hash=hashed)
            once.keep({"case_id": case.id})
    return case


@transaction.atomic
def chase(voice_id: int, *, by: Actor, now: datetime, key: str) -> Case:
    """催一催: ask what became of it. Counted and shown to the unit; once a day per voice is enough to be heard."""
    case, voice = queries.lock_own(voice_id, by=by, duty="matters.chase", now=now)
    with ledger.once(key=key, by=by.id, fingerprint=f"chase:{voice_id}") as once:
        if not once.done:
            case.chased += 1
            take(case, "chase", by=by, now=now, voice=voice, shown=True)
            moved(case, "chase", by=by, now=now)
            once.keep({"case_id": case.id})
    return case


@transaction.atomic
def withdraw(voice_id: int, *, by: Actor, now: datetime, key: str) -> Case:
    """Take one's own matter back. A case others spoke up for too goes on without this voice's say."""
    case, voice = queries.lock_own(voice_id, by=by, duty="matters.withdraw", now=now)
    with ledger.once(key=key, by=by.id, fingerprint=f"withdraw:{voice_id}") as once:
        if once.done:
            return case
        if case.voices > 1:
            raise Refused("withdraw.others_joined", voices=case.voices)
        if case.state not in AT_WORK and case.state != State.RECEIVED:
            raise Refused("withdraw.too_late", state=case.state)
        take(case, "withdraw", by=by, now=now, voice=voice, shown=True)
        moved(case, "withdraw", by=by, now=now)
        once.keep({"case_id": case.id})
    return case


@transaction.atomic
def claim(number: str, code: str, *, by: Actor, now: datetime) -> Voice:
    """An anonymous requester comes back with the claim code: this device may from now on see the matter.

    Raises NotFound for a wrong number and a wrong code alike; the caller throttles.
    """
    voice = queries.voice_by_number(number)
    digits = "".join(char for char in code if char.isdigit())
    if voice is None or not voice.claim_hash or token_hash(digits) != voice.claim_hash:
        raise NotFound("matter.not_found")
    if by.device_id is None:
        raise Refused("device.missing")
    voice.device_id = by.device_id
    voice.save(update_fields=["device_id"])
    return voice


@transaction.atomic
def agree_on_behalf(voice_id: int, *, by: Actor, now: datetime) -> Voice:
    """The person somebody acted for agrees, from the phone that was named: now the agent may see words and rate."""
    voice = queries.voice_by_id(voice_id)
    if not voice.on_behalf or not by.phone_index or by.phone_index != voice.phone_index:
        raise NotFound("matter.not_found")
    voice.behalf_agreed_at = now
    voice.save(update_fields=["behalf_agreed_at"])
    return voice
