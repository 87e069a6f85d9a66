"""Two hundred of the sample's lives, replayed through the real actions, leave the rows the bulk load wrote."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import transaction

from liren.base.access import queries as access
from liren.base.ledger.models import Event
from liren.base.search.models import Entry
from liren.base.vault import actions as vault
from liren.base.vault import queries as keys
from liren.base.vault.actions import Sealer
from liren.cases import actions as cases
from liren.cases.actions.opening import CONTACT
from liren.cases.models import Case, LimitChange, Objection, Rating, Step, Voice
from liren.kernel.clock import office_zone
from liren.kernel.events import content_hash
from liren.kernel.policy import SYSTEM, Actor, Grant
from liren.registers.places import queries as places
from liren.site.sample import arrivals, life, load, plan
from liren.site.sample.living import Act, History, Speech
from liren.site.sample.load import registers
from liren.site.sample.load.clocks import OfficeLimits
from liren.site.sample.load.pen import Rows
from liren.site.sample.load.registers import Ground
from liren.site.sample.load.rows import Writer

AS_OF = date(2026, 11, 22)
HOW_MANY = 200
CONSEQUENCES = {"solve", "reopen", "give_up", "close"}


class Undone(Exception):
    """Leaves a savepoint."""


def staff(ground: Ground, username: str, at: datetime) -> Actor:
    return access.actor(ground.accounts[username], None, now=at, second_factor_at=at)


def resident(speech: Speech, at: datetime) -> Actor:
    """Whoever spoke: by the device they wrote from, or by the phone they proved."""
    role = "device" if speech.device else "phone"
    duties = access.role(role, at.date()).duties
    return Actor(
        id=0,
        kind="resident" if speech.phone else "anonymous",
        grants=(Grant(role=role, duties=frozenset(duties), own_only=True),),
        proof="device" if speech.device else "phone",
        device_id=speech.device or None,
        phone_index=None if speech.device else keys.blind("phone", speech.phone),
    )


class Replay:
    """One history done again by the actions a face would call."""

    def __init__(self, history: History, ground: Ground) -> None:
        self.history = history
        self.ground = ground
        self.case_id = 0
        self.voices: list[int] = []
        self.last: Act | None = None

    def run(self) -> int:
        for number, act in enumerate(self.history.acts):
            getattr(self, act.move)(act, f"{self.history.index}:{number}")
            self.last = act
        return self.case_id

    def by(self, act: Act) -> Actor:
        if act.by:
            return staff(self.ground, act.by, act.at)
        return resident(self.history.voices[act.voice], act.at)

    def at_the_door(self, act: Act) -> Actor:
        """Whoever brings a demand in: what is taken down at a desk lies nowhere yet, so no place bounds it."""
        door = Grant(role="door", duties=frozenset({"intake.send"}), own_only=True)
        by = self.by(act)
        return replace(by, grants=(*by.grants, door))

    def demand(self, speech: Speech, *, first: bool) -> cases.Demand:
        history = self.history
        contact = cases.Contact(speech.name, speech.phone) if speech.phone else None
        place = self.ground.places[history.place][0] if first and history.place else None
        point = (history.point if first else None) or (None, None)
        return cases.Demand(
            words=speech.words,
            channel=speech.channel,
            contact=contact,
            device_id=speech.device or None,
            consent_call=speech.consent_call,
            consent_public=speech.consent_public,
            demand_type=history.demand_type,
            place_id=place,
            place_text=speech.place_text,
            latitude=point[0],
            longitude=point[1],
            class_code=history.class_code if first else "",
        )

    def receive(self, act: Act, key: str) -> None:
        demand = self.demand(self.history.voices[0], first=True)
        accepted = cases.open_case(demand, by=self.at_the_door(act), now=act.at, key=key)
        self.case_id = accepted.case_id
        self.voices.append(accepted.voice_id)

    def join(self, act: Act, key: str) -> None:
        demand = self.demand(self.history.voices[act.voice], first=False)
        accepted = cases.add_voice(self.case_id, demand, by=self.at_the_door(act), now=act.at, key=key)
        self.voices.append(accepted.voice_id)

    def place(self, act: Act, key: str) -> None:
        place_id = self.ground.places[act.place][0]
        cases.place(self.case_id, place_id, by=self.by(act), version=None, now=act.at)

    def classify(self, act: Act, key: str) -> None:
        cases.classify(self.case_id, act.class_code, by=self.by(act), version=None, now=act.at)

    def dispatch(self, act: Act, key: str) -> None:
        cases.dispatch(
            self.case_id,
            self.ground.units[act.unit],
            by=self.by(act),
            version=None,
            now=act.at,
            class_code=act.class_code,
            place_id=self.ground.places[act.place][0],
        )

    def object(self, act: Act, key: str) -> None:
        cases.object_to(
            self.case_id,
            by=self.by(act),
            version=None,
            reason=act.words,
            suggested_unit_id=self.ground.units[act.unit],
            now=act.at,
        )

    def uphold(self, act: Act, key: str) -> None:
        cases.uphold(self.case_id, by=self.by(act), version=None, now=act.at)

    def overrule(self, act: Act, key: str) -> None:
        cases.overrule(self.case_id, by=self.by(act), version=None, text=act.words, now=act.at)

    def sign(self, act: Act, key: str) -> None:
        cases.sign(self.case_id, by=self.by(act), version=None, now=act.at)

    def contact(self, act: Act, key: str) -> None:
        cases.contact(self.case_id, by=self.by(act), version=None, text=act.words, now=act.at)

    def start(self, act: Act, key: str) -> None:
        cases.start(self.case_id, by=self.by(act), version=None, now=act.at, text=act.words)

    def note(self, act: Act, key: str) -> None:
        cases.note(self.case_id, by=self.by(act), text=act.words, now=act.at)

    def reply(self, act: Act, key: str) -> None:
        cases.reply(self.case_id, by=self.by(act), version=None, text=act.words, now=act.at, key=key)

    def answer(self, act: Act, key: str) -> None:
        cases.answer(self.case_id, by=self.by(act), version=None, text=act.words, now=act.at, key=key)

    def attempt(self, act: Act, key: str) -> None:
        cases.attempt(self.voices[act.voice], by=self.by(act), version=None, now=act.at, text=act.words)

    def record_verdict(self, act: Act, key: str) -> None:
        cases.record_verdict(
            self.voices[act.voice],
            act.verdict,
            by=self.by(act),
            version=None,
            now=act.at,
            rating=act.rating,
            reasons=act.reasons,
            text=act.words,
        )

    def rate(self, act: Act, key: str) -> None:
        voice = self.voices[act.voice]
        cases.rate(
            voice,
            act.verdict,
            by=self.by(act),
            now=act.at,
            rating=act.rating,
            reasons=act.reasons,
            text=act.words,
            key=key,
        )

    def say_more(self, act: Act, key: str) -> None:
        cases.say_more(self.voices[act.voice], act.words, by=self.by(act), now=act.at, key=key)

    def chase(self, act: Act, key: str) -> None:
        cases.chase(self.voices[act.voice], by=self.by(act), now=act.at, key=key)

    def withdraw(self, act: Act, key: str) -> None:
        cases.withdraw(self.voices[act.voice], by=self.by(act), now=act.at, key=key)

    def consequence(self, act: Act, key: str) -> None:
        """What follows by itself: already there if it follows from what was just said, else the clock's work."""
        if self.last is None or self.last.at != act.at:
            assert cases.settle_due(now=act.at) == 1
        assert Case.objects.get(id=self.case_id).state == act.state

    solve = reopen = give_up = close = consequence


def fields(row: Any, *without: str) -> dict[str, Any]:
    names = [each.attname for each in row._meta.concrete_fields]
    return {name: getattr(row, name) for name in names if name not in without}


def seen(case_id: int) -> dict[str, Any]:
    """Everything a case left, without ids, numbers and salts, which no two runs share."""
    case = Case.objects.get(id=case_id)
    voices = list(Voice.objects.filter(case=case).order_by("said_at", "id"))
    place = {voice.id: i for i, voice in enumerate(voices)}
    steps = Step.objects.filter(case=case).order_by("id")
    hashes = {content_hash(row.words, row.salt): row.words for row in [*voices, *steps] if row.words}
    return {
        "case": fields(case, "id", "number"),
        "voices": [voice_seen(voice) for voice in voices],
        "steps": [
            fields(step, "id", "case_id", "voice_id", "salt")
            | {"voice": place.get(step.voice_id), "salted": bool(step.salt)}
            for step in steps
        ],
        "ratings": sorted(
            (
                fields(rating, "id", "voice_id") | {"voice": place[rating.voice_id]}
                for rating in Rating.objects.filter(voice__case=case)
            ),
            key=lambda row: (row["at"], row["voice"]),
        ),
        "events": [
            fields(event, "id", "subject_id", "payload", "seq")
            | {"payload": told(event.payload, place, hashes)}
            for event in Event.objects.filter(subject_kind="case", subject_id=case.id).order_by("id")
        ],
        "objections": [
            fields(row, "id", "case_id") for row in Objection.objects.filter(case=case).order_by("id")
        ],
        "limits": [
            fields(row, "id", "case_id") for row in LimitChange.objects.filter(case=case).order_by("id")
        ],
        "entry": entry_seen(case),
    }


def voice_seen(voice: Voice) -> dict[str, Any]:
    found = fields(
        voice, "id", "case_id", "number", "salt", "contact", "claim_hash", "last_four", "phone_index"
    )
    found["claimed"] = bool(voice.claim_hash)
    found["phone"] = voice.phone_index
    if voice.contact:
        opened = vault.reveal(
            bytes(voice.contact), context=CONTACT, by=SYSTEM, purpose="call_back", now=voice.said_at
        )
        found["contact"] = json.loads(opened)
        digits = found["contact"]["phone"][-4:]
        assert voice.last_four == keys.blind("last_four", f"{voice.number}:{digits}")
    return found


def told(payload: dict[str, Any], place: dict[int, int], hashes: dict[str, str]) -> dict[str, Any]:
    found = dict(payload)
    if "voice_id" in found:
        found["voice_id"] = place[found["voice_id"]]
    found.pop("objection_id", None)
    if found.get("words_hash"):
        found["words_hash"] = hashes[found["words_hash"]]  # the hash proves these very words
    return found


def entry_seen(case: Case) -> dict[str, Any]:
    entry = Entry.objects.get(kind="case", ref_id=case.id)
    assert case.number in entry.grams
    return {
        # sorted: in what order several voices are indexed is nobody's promise
        "grams": sorted(entry.grams.replace(case.number, "", 1).split()),
        "place": entry.place_path,
        "units": entry.units,
        "at": entry.at,
    }


def undone(write: Callable[[], int]) -> dict[str, Any]:
    """What `write` leaves, looked at and taken back, so that the next life meets an empty desk."""
    found: dict[str, Any] = {}
    try:
        with transaction.atomic():
            found = seen(write())
            raise Undone
    except Undone:
        return found


@pytest.mark.django_db
def test_replayed_lives_leave_the_same_rows() -> None:
    street = plan.build(1)
    begin = arrivals.first_day(AS_OF, arrivals.CASES) - timedelta(days=1)
    ground = registers.write(street, opened=datetime.combine(begin, time(8), office_zone()))
    limits = OfficeLimits(ground.units)
    stream = life.stream(street, as_of=AS_OF, cases=arrivals.CASES, zone=office_zone(), limits=limits)
    histories = [one for one in stream if one.index % (arrivals.CASES // HOW_MANY) == 0 or one.event]
    crowded = sorted((one for one in histories if one.event), key=lambda one: len(one.voices))
    chosen = [one for one in histories if not one.event][: HOW_MANY - 8]
    chosen += [*crowded[:7], next(one for one in crowded if len(one.voices) > 20)]
    assert len(chosen) == HOW_MANY
    assert {act.move for one in chosen for act in one.acts} >= CONSEQUENCES | {
        "join",
        "object",
        "uphold",
        "rate",
        "withdraw",
    }
    for history in chosen:

        def in_bulk(history: History = history) -> int:
            ink, rows = Sealer(), Rows()
            case = Writer(ground, limits, places.root().path, ink).write(history, rows)
            load.put(rows, ink)
            return case.id

        by_actions = undone(Replay(history, ground).run)
        by_load = undone(in_bulk)
        for part in by_actions:
            assert by_load[part] == by_actions[part], (history.index, part)
