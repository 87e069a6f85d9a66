"""Intake's writes: hear a demand, keep it while it is checked, send it as a case or as a voice on one."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from liren.base.ledger import actions as ledger
from liren.cases import actions as cases
from liren.cases import queries as cases_read
from liren.cases.queries import clean_words
from liren.kernel.clock import office_zone, to_office
from liren.kernel.errors import Denied, NotFound, Refused
from liren.kernel.ids import new_token
from liren.kernel.policy import SYSTEM, Actor
from liren.methods import text as texts
from liren.registers.advice import actions as advice
from liren.rooms.intake import events, queries, rules
from liren.rooms.intake.models import Draft, ReaderVersion
from liren.rooms.intake.reading import ADVISER, Reading, models_folder, narrowed, read

WORDS_MAX = 5_000
FILES_MAX = 9
KEEP_DRAFTS = timedelta(days=3)
# What the check page may change of a draft.
SAID = ("words", "file_ids", "latitude", "longitude", "place_id", "place_text", "class_code", "reading")


@dataclass(frozen=True, slots=True)
class Heard:
    """What came in at the door. `words` may be empty when a photo says it."""

    words: str
    channel: str
    file_ids: Sequence[int] = ()
    latitude: float | None = None
    longitude: float | None = None
    place_id: int | None = None
    place_text: str = ""
    class_code: str = ""


def _check(heard: Heard) -> None:
    if not clean_words(heard.words) and not heard.file_ids:
        raise Refused("words.empty", field="words")
    if len(heard.words) > WORDS_MAX:
        raise Refused("words.too_long", field="words", limit=WORDS_MAX, length=len(heard.words))
    if len(heard.file_ids) > FILES_MAX:
        raise Refused("files.too_many", field="photos", limit=FILES_MAX)
    for value, bound in ((heard.latitude, 90), (heard.longitude, 180)):
        if value is not None and not -bound <= value <= bound:
            raise Refused("point.impossible", field="place")


def _read(said: Draft | cases_read.Said, *, now: datetime, near_path: str | None) -> Reading:
    point = None
    if said.latitude is not None and said.longitude is not None:
        point = (said.latitude, said.longitude)
    words = f"{said.place_text} {said.words}".strip()
    return read(words, on=_day(now), near_path=near_path, point=point)


def _day(now: datetime) -> date:
    return to_office(now, office_zone()).date()


def hear(heard: Heard, *, by: Actor, now: datetime, near_path: str | None = None) -> Draft:
    """Keep what was said and read it. Raises Denied, Refused (words.*, files.too_many, point.impossible)."""
    if not by.has("intake.send"):
        raise Denied("policy.denied", duty="intake.send", reason="no_duty")
    _check(heard)
    draft = Draft(
        token=new_token(),
        device_id=by.device_id,
        account_id=by.id if by.kind == "staff" else None,
        channel=heard.channel,
        created_at=now,
    )
    return _keep(draft, heard, now=now, near_path=near_path)


def revise(token: str, heard: Heard, *, by: Actor, now: datetime, near_path: str | None = None) -> Draft:
    """Change a draft on its check page; the reading follows. Raises NotFound for a stranger's, Refused."""
    draft = queries.draft(token, by)
    _check(heard)
    return _keep(draft, heard, now=now, near_path=near_path)


def _keep(draft: Draft, heard: Heard, *, now: datetime, near_path: str | None) -> Draft:
    _fill(draft, heard, now=now, near_path=near_path)
    draft.save()
    return draft


def _fill(draft: Draft, heard: Heard, *, now: datetime, near_path: str | None) -> None:
    """Put what was heard into the draft. Words already read are not read again: a choice only narrows."""
    before = (draft.words, draft.place_text, draft.latitude, draft.longitude)
    chosen = (draft.place_id, draft.class_code)
    draft.words = clean_words(heard.words)
    draft.file_ids = list(heard.file_ids)
    draft.latitude, draft.longitude = heard.latitude, heard.longitude
    draft.place_id, draft.place_text = heard.place_id, clean_words(heard.place_text)[:200]
    draft.class_code = heard.class_code
    same = (draft.words, draft.place_text, draft.latitude, draft.longitude) == before
    # an earlier choice stands first in the kept reading, so one that was taken back is read afresh
    kept = same and draft.reading and chosen in {(None, ""), (draft.place_id, draft.class_code)}
    reading = Reading.from_json(draft.reading) if kept else _read(draft, now=now, near_path=near_path)
    narrow = narrowed(reading, on=_day(now), place_id=draft.place_id, class_code=draft.class_code)
    draft.reading = narrow.as_json()


@dataclass(frozen=True, slots=True)
class Sending:
    """What the check page adds: who speaks, for whom, and whether it joins a neighbour's matter."""

    contact: cases.Contact | None = None
    on_behalf: bool = False
    consent_call: bool = True
    consent_public: bool = False
    language: str = "zh-hans"
    join_case_id: int | None = None
    # 举报: kept from everybody but the sealed desk. Chosen by a person; None where nobody was asked follows the words.
    sealed: bool | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check page's boxes hold when it is sent; photos and the point stay the draft's own."""

    words: str
    place_id: int | None = None
    place_text: str = ""
    class_code: str = ""

    def of(self, draft: Draft) -> Heard:
        """The whole of what was heard."""
        return Heard(
            words=self.words,
            channel=draft.channel,
            file_ids=draft.file_ids,
            latitude=draft.latitude,
            longitude=draft.longitude,
            place_id=self.place_id,
            place_text=self.place_text,
            class_code=self.class_code,
        )


@transaction.atomic
def send(
    token: str, sending: Sending, *, by: Actor, now: datetime, checked: Checked | None = None
) -> cases.Accepted:
    """Send a draft once: as a new case or as a voice on an open one. Sending it again gives the same answer.

    `checked` revises the draft in the same transaction; one already sent stays as it was. What the reader
    suggested becomes advice when intake is woken by the new case. Raises as revise and cases.open_case.
    """
    draft = queries.draft(token, by)
    if checked is not None and draft.sent_voice_id is None:
        heard = checked.of(draft)
        _check(heard)
        _fill(draft, heard, now=now, near_path=None)
    reading = Reading.from_json(draft.reading)
    demand = _demand(draft, reading, sending, by)
    if sending.join_case_id is not None and demand.demand_type != "whistleblow":
        key = f"draft:{draft.id}:join"
        accepted = cases.add_voice(sending.join_case_id, demand, by=by, now=now, key=key)
    else:
        accepted = cases.open_within(demand, by=by, now=now, key=f"draft:{draft.id}")
    if draft.sent_voice_id is None:
        _sent(draft, accepted)
    return accepted


def _sent(draft: Draft, accepted: cases.Accepted) -> None:
    """Mark a draft as sent, with what it held, unless another request was quicker."""
    held = {name: getattr(draft, name) for name in SAID}
    Draft.objects.filter(pk=draft.pk, sent_voice_id=None).update(**held, sent_voice_id=accepted.voice_id)


def _demand(draft: Draft, reading: Reading, sending: Sending, by: Actor) -> cases.Demand:
    # Only what the requester chose goes onto the case; what the machine read waits for a named person.
    return cases.Demand(
        words=draft.words or "（见照片）",
        channel=draft.channel,
        contact=sending.contact,
        device_id=by.device_id,
        on_behalf=sending.on_behalf,
        consent_call=sending.consent_call,
        consent_public=sending.consent_public,
        file_ids=tuple(draft.file_ids),
        language=sending.language,
        demand_type=_type(draft.words, reading.demand_type, sending.sealed),
        place_id=draft.place_id,
        place_text=draft.place_text,
        latitude=draft.latitude,
        longitude=draft.longitude,
        class_code=draft.class_code,
    )


def _type(words: str, read_as: str, sealed: bool | None) -> str:
    """What was chosen stands; what only sounds like a report ("举报占道经营") is an ordinary complaint."""
    if sealed or (sealed is None and rules.speaks_of_wrongdoing(words)):
        return "whistleblow"
    return "complaint" if read_as == "whistleblow" else read_as


@transaction.atomic
def advise(case_id: int, *, voice_id: int, now: datetime) -> None:
    """Keep what the reader says of a new case beside it, with its reasons, to be taken or left and later scored.

    What was read on the check page stands; a case that came another way is read here, whatever its channel.
    """
    reading = queries.reading_of_voice(voice_id) or _read_case(case_id, now)
    given = [*_class(reading), *_place(reading), *_unit(reading)]
    if given:
        advice.advise("case", case_id, given, adviser=ADVISER, version=reading.version, now=now)


def _read_case(case_id: int, now: datetime) -> Reading:
    said = cases_read.said(case_id)
    reading = _read(said, now=now, near_path=None)
    return narrowed(reading, on=_day(now), place_id=said.place_id, class_code=said.class_code)


def _class(reading: Reading) -> list[advice.Given]:
    if not reading.classes:
        return []
    first, *rest = reading.classes
    others = [{"choice": guess.code, "confidence": guess.share} for guess in rest]
    return [advice.Given("class", first.code, first.share, list(first.because), others)]


def _place(reading: Reading) -> list[advice.Given]:
    if not reading.places:
        return []
    first, *rest = reading.places
    others = [{"choice": str(guess.place_id), "confidence": guess.share} for guess in rest]
    return [advice.Given("place", str(first.place_id), first.share, [first.because], others)]


def _unit(reading: Reading) -> list[advice.Given]:
    """Sure only where the duty list leaves exactly one."""
    if not reading.units:
        return []
    first, *rest = reading.units
    others = [{"choice": str(guess.unit_id), "confidence": 0.5} for guess in rest]
    return [advice.Given("unit", str(first.unit_id), 0.5 if rest else 1.0, [first.basis], others)]


def forget_drafts(*, now: datetime) -> int:
    """Forget drafts nobody sent, and the kept copies of those that were. Run by a job."""
    gone, _ = Draft.objects.filter(created_at__lt=now - KEEP_DRAFTS).delete()
    return gone


def forget_draft_of(voice_id: int) -> None:
    """Forget the kept copy of what became this voice."""
    Draft.objects.filter(sent_voice_id=voice_id).delete()


def train(*, now: datetime, seed: int = 1) -> ReaderVersion | None:
    """Train the class reader on cases whose class a person confirmed, measure it on what is held back, put it to work.

    None where there is too little to learn from: the catalogue's own words go on reading.
    """
    said, codes = queries.confirmed_texts()
    if len(said) < texts.TOO_FEW or len(set(codes)) < 2:
        return None
    trained = texts.fit(said, codes, seed=seed)
    last = ReaderVersion.objects.order_by("-version").first()
    version = last.version + 1 if last else 1
    data = trained.to_bytes()
    name = f"class-reader-{version}-{hashlib.sha256(data).hexdigest()[:8]}.npz"
    models_folder().mkdir(parents=True, exist_ok=True)
    (models_folder() / name).write_bytes(data)
    with transaction.atomic():
        ReaderVersion.objects.filter(active=True).update(active=False)
        row = ReaderVersion(
            version=version,
            file=name,
            trained_at=now,
            texts=len(said),
            figures={"classes": len(trained.labels), "temperature": trained.temperature},
            active=True,
        )
        row.save(force_insert=True)
        ledger.record(
            events.ReaderTrained(subject_id=row.id, by=SYSTEM.id, at=now, version=version, texts=len(said))
        )
    return row


def throw_away(token: str, *, by: Actor) -> None:
    """Forget a draft before it is sent. Raises NotFound for a stranger's or one already sent."""
    draft = queries.draft(token, by)
    if draft.sent_voice_id is not None:
        raise NotFound("draft.sent")
    draft.delete()
