"""Fetching one case or voice, locked or not, with the policy decision made on the way."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q

from liren.cases.models import Bar, Case, CaseUnit, Voice
from liren.cases.rules import ERASED, GONE, Heard
from liren.cases.states import AT_WORK, LEAD_ONLY, State
from liren.kernel.errors import NotFound
from liren.kernel.policy import Actor, Facts, Scope, decide, require, scope
from liren.methods import text as texts

# Every open case has a clock and no other has (`clocks.restart`): a small index of these alone serves all that is running,
# however long the archive grows.
RUNS = Q(next_due__isnull=False)

VERY_ALIKE = 0.6  # words alone, where nobody has set a class yet
DEVICE_DAYS = 90  # how long the device a demand was sent from may see words and photos


def facts_of(case: Case, *, own: bool = False) -> Facts:
    """What policy may know about a case. One statement more where somebody is barred from it.

    For a decision about one duty see `facts_for`: helpers do not do what the lead answers for.
    """
    bars = [(bar.unit_id, bar.account_id) for bar in case.bar_set.all()] if case.barred else []
    return Facts(
        place_path=case.place_path,
        unit_ids=frozenset(units_of(case)),
        own=own,
        handler_id=case.handler_id,
        sealed=case.sealed and not own,  # what is sealed is sealed from others
        barred_units=frozenset(filter(None, (unit for unit, _ in bars))),
        barred_ids=frozenset(filter(None, (account for _, account in bars))),
    )


def facts_for(case: Case, duty: str, facts: Facts | None = None) -> Facts:
    """`facts_of` as they stand for one duty: what the lead answers for is before the lead alone."""
    known = facts if facts is not None else facts_of(case)
    if duty not in LEAD_ONLY:
        return known
    lead = frozenset() if case.unit_id is None else frozenset({case.unit_id})
    return replace(known, unit_ids=lead)


def unit_ids(case: Case) -> tuple[int, ...]:
    """The units news of a case is about; news of a sealed case names none."""
    return () if case.sealed else units_of(case)


def told_path(case: Case) -> str:
    """The place news of a case is about; news of a sealed case names none, so that nobody's ground brings it to them."""
    return "" if case.sealed else case.place_path


def units_of(case: Case) -> tuple[int, ...]:
    """The units a case is before: its lead first, then its helpers."""
    lead = (case.unit_id,) if case.unit_id is not None else ()
    return (*lead, *(unit for unit in case.co_unit_ids if unit != case.unit_id))


def within(path: str, field: str = "place_path") -> Q:
    """Rows whose place lies in `path`, as a range of the index where the database compares bytes."""
    if connection.vendor == "sqlite":
        return Q(**{f"{field}__gte": path, f"{field}__lt": path + "~"})
    return Q(**{f"{field}__startswith": path})


def reached(path: str) -> Q:
    """`within` for a grant: a test of each row, never the way in.

    Most grants reach the whole street; a database that took that range for its way in would read the whole archive.
    """
    return Q(place_path__startswith=path)


Before = Callable[[Iterable[int]], Q]


def visible(actor: Actor, duty: str, before: Before | None = None) -> Q:
    """The cases an actor may list for a duty, as a condition; never the requester's own side.

    Sealed cases only for who holds the sealed duty too, and none from which the actor or a unit of theirs is barred.
    `before` where only some of the ways a case is before a unit are asked for: `led_by`, `helped_by`.
    """
    at = before or before_units
    condition = _covered(scope(actor, duty), at) & Q(sealed=False)
    hidden = scope(actor, duty, sealed=True)
    if not hidden.nothing:
        condition |= _covered(hidden, at) & Q(sealed=True)
    if actor.kind != "staff":
        return condition
    units = {grant.unit_id for grant in actor.grants if grant.unit_id is not None}
    barring = Bar.objects.filter(Q(account_id=actor.id) | Q(unit_id__in=units))
    return condition & (Q(barred=False) | ~Q(pk__in=barring.values("case_id")))


def _covered(reach: Scope, before: Before) -> Q:
    if reach.everything:
        return Q()
    condition = Q(pk__in=[])
    for path in reach.place_paths:
        condition |= reached(path)
    if reach.unit_ids:
        condition |= before(reach.unit_ids)
    for path, unit in reach.pairs:
        condition |= reached(path) & before([unit])
    return condition


def before_units(unit_ids: Iterable[int]) -> Q:
    """Cases these units lead or help with."""
    wanted = list(unit_ids)
    return led_by(wanted) | helped_by(wanted)


def led_by(unit_ids: Iterable[int]) -> Q:
    """Cases these units lead."""
    return Q(unit_id__in=list(unit_ids))


def helped_by(unit_ids: Iterable[int]) -> Q:
    """Cases these units help with."""
    return Q(pk__in=CaseUnit.objects.filter(unit_id__in=list(unit_ids)).values("case_id"))


def peek(case_id: int, *, by: Actor, duty: str) -> Case:
    """One case the actor may do `duty` on, not locked. Raises NotFound, Denied."""
    return _allowed(Case.objects.filter(pk=case_id).first(), by, duty)


def lock(case_id: int, *, by: Actor | None = None, duty: str = "") -> Case:
    """One case held until the transaction ends. Without `by` the caller has already decided. Raises NotFound, Denied."""
    case = Case.objects.select_for_update().filter(pk=case_id).first()
    if by is not None:
        return _allowed(case, by, duty)
    if case is None:
        raise NotFound("case.not_found")
    return case


def _allowed(case: Case | None, by: Actor, duty: str) -> Case:
    """The case, if the actor may. One that is kept from them answers as one that never was."""
    if case is None:
        raise NotFound("case.not_found")
    facts = facts_of(case)
    if (case.sealed or case.barred) and not decide(by, "cases.read", facts).allowed:
        raise NotFound("case.not_found")
    require(by, duty, facts_for(case, duty, facts))
    return case


def owns(voice: Voice, actor: Actor, now: datetime) -> bool:
    """Whether words, photos and rating of this voice are open to the actor: the same phone, or the same device.

    Somebody who acts for another has the device but not the say, until the person behind the phone agreed.
    """
    if voice.phone_index and actor.phone_index == voice.phone_index:
        return True
    if actor.device_id is None or voice.device_id != actor.device_id:
        return False
    if voice.on_behalf and voice.behalf_agreed_at is None:
        return False
    return now - voice.said_at <= timedelta(days=DEVICE_DAYS)


def lock_own(voice_id: int, *, by: Actor, duty: str, now: datetime) -> tuple[Case, Voice]:
    """A voice that is the actor's own and its case, locked. Raises NotFound for a stranger's."""
    voice = Voice.objects.filter(pk=voice_id).first()
    if voice is None or not owns(voice, by, now):
        raise NotFound("matter.not_found")
    case = lock(voice.case_id)
    require(by, duty, facts_of(case, own=True))
    return case, voice


def voice_by_id(voice_id: int) -> Voice:
    """A voice. Raises NotFound."""
    voice = Voice.objects.filter(pk=voice_id).first()
    if voice is None:
        raise NotFound("matter.not_found")
    return voice


def numbers_of(subjects: Iterable[str]) -> dict[str, str]:
    """The numbers behind subjects of the vault, for who audits readings; what is no voice or is sealed is left out.

    One statement.
    """
    ids = {int(one.removeprefix("voice:")) for one in subjects if one.startswith("voice:")}
    rows = Voice.objects.filter(id__in=ids, case__sealed=False).values_list("id", "number")
    return {f"voice:{voice}": number for voice, number in rows}


def voice_by_number(number: str) -> Voice | None:
    """A voice by its tracking number (16 digits), None where there is none."""
    return Voice.objects.select_related("case").filter(number=number).first()


def heard(voice: Voice, round_: int) -> Heard:
    """What the rules need to know of a voice in this round."""
    return Heard(
        verdict=voice.verdict if voice.verdict_round == round_ else "",
        reachable=bool(voice.phone_index) and voice.consent_call,
        attempts=voice.attempts,
        first_attempt_at=voice.first_attempt_at,
        last_attempt_at=voice.last_attempt_at,
    )


@dataclass(frozen=True, slots=True)
class Said:
    """What a case began with, for a reader: the first voice's words, and where and what they chose."""

    words: str
    channel: str
    place_id: int | None
    place_text: str
    latitude: float | None
    longitude: float | None
    class_code: str


def said(case_id: int) -> Said:
    """What a case began with. Raises NotFound."""
    voice = Voice.objects.select_related("case").filter(case_id=case_id).order_by("said_at", "id").first()
    if voice is None:
        raise NotFound("case.not_found")
    case = voice.case
    return Said(
        voice.words,
        voice.channel,
        case.place_id,
        case.place_text,
        case.latitude,
        case.longitude,
        case.class_code,
    )


def is_sealed(case_id: int) -> bool:
    """Whether a case is a sealed report of wrongdoing, for machines that must leave it alone."""
    return Case.objects.filter(pk=case_id, sealed=True).exists()


def words_of_case(case_id: int) -> list[str]:
    """The words of every voice on a case, for the index."""
    return list(
        Voice.objects.filter(case_id=case_id).order_by("said_at", "id").values_list("words", flat=True)[:200]
    )


def due_to_settle(now: datetime, silence: timedelta, limit: int) -> list[int]:
    """Cases time alone may settle: solved ones past second thoughts, replied ones whose silent voices had their time."""
    waiting = Q(state=State.SOLVED, next_due__lte=now) | Q(state=State.REPLIED, replied_at__lte=now - silence)
    return list(Case.objects.filter(waiting).order_by("next_due").values_list("id", flat=True)[:limit])


@dataclass(frozen=True, slots=True)
class Twin:
    """An open case that may be the same matter, with enough to recognise it by and nobody's words or name."""

    case_id: int
    title: str
    place: str
    state: str
    voices: int
    received_at: datetime
    likeness: float  # 0..1
    reason: str  # same_place | near | words


@dataclass(frozen=True, slots=True)
class AlikeCase:
    """The same for staff: with the number it opens by."""

    number: str
    twin: Twin


def twins(*, words: str, class_code: str, place_path: str, now: datetime, limit: int = 3) -> list[Twin]:
    """Open cases of the same class in the same place, most alike first. Suggested, never merged by themselves.

    `place_path` is the most exact place known; the search widens by two levels at most. Last 60 days.
    """
    among = Q(sealed=False, barred=False)  # what few may know of is never found by likeness
    found = alike(
        words=words, class_code=class_code, place_path=place_path, now=now, limit=limit, among=among
    )
    return [one.twin for one in found]


def alike(
    *,
    words: str,
    class_code: str,
    place_path: str,
    now: datetime,
    limit: int,
    among: Q,
    unread: bool = False,
) -> list[AlikeCase]:
    """`twins` with their numbers, out of the cases `among`. One statement.

    `unread` looks at cases too that have no class yet: these only where the words are very alike.
    """
    some = Q(pk__in=[])
    if place_path and class_code:
        parts = place_path.strip("/").split("/")
        some |= within("/" + "/".join(parts[: max(3, len(parts) - 2)]) + "/") & Q(class_code=class_code)
    if unread:
        some |= Q(class_code="", state=State.RECEIVED)
    elif not (place_path and class_code):
        return []
    rows = (
        Case.objects.filter(some, among, state__in=[State.RECEIVED, *AT_WORK])
        .filter(received_at__gte=now - timedelta(days=60))
        .select_related("place")
        .order_by("-received_at")[:80]
    )
    found = []
    for row in rows:
        likeness = texts.similarity(words, row.title)
        if not row.class_code:
            if likeness >= VERY_ALIKE:
                found.append((likeness, row, "words"))
            continue
        same = row.place_path.startswith(place_path) or place_path.startswith(row.place_path)
        score = likeness + (0.5 if same else 0.0)
        if score >= 0.25:
            found.append((score / 1.5, row, "same_place" if same else "near"))
    found.sort(key=lambda item: (-item[0], -item[1].received_at.timestamp()))
    return [AlikeCase(row.number, _twin(row, share, reason)) for share, row, reason in found[:limit]]


def _twin(row: Case, likeness: float, reason: str) -> Twin:
    return Twin(
        case_id=row.id,
        title=row.title,
        place=row.place.name if row.place else "",
        state=row.state,
        voices=row.voices,
        received_at=row.received_at,
        likeness=min(1.0, likeness),
        reason=reason,
    )


def confirmed_texts(limit: int) -> tuple[list[str], list[str]]:
    """First words and class of cases a person dispatched or answered, newest first: what a reader may learn from."""
    rows = (
        Case.objects.exclude(class_code="")
        .exclude(state=State.RECEIVED)
        # nothing of a report of wrongdoing is learned from, nor of what speaks of somebody's unit
        .filter(automatic=False, sealed=False, barred=False)
        .order_by("-received_at")
        .values_list("id", "class_code")[:limit]
    )
    codes = dict(rows)
    said: dict[int, str] = {}
    ids = list(codes)
    for start in range(0, len(ids), 5_000):
        chunk = ids[start : start + 5_000]
        kept = Voice.objects.filter(case_id__in=chunk).exclude(words__in=[ERASED, GONE])
        for case_id, words in kept.values_list("case_id", "words"):
            said.setdefault(case_id, words)
    return [said[i] for i in said], [codes[i] for i in said]
