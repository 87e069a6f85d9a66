"""From a history to the rows the real actions would have left: the same fields, steps, news and seals.

A test replays histories through the actions themselves and compares row by row.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from liren.base.search.actions import Text
from liren.base.vault import queries as keys
from liren.cases import events
from liren.cases.actions.opening import CONTACT, claim_code
from liren.cases.models import Case, Rating, Voice
from liren.cases.rules import title_of
from liren.cases.states import CLOCKS, State
from liren.kernel.clock import office_zone
from liren.kernel.events import content_hash, new_salt
from liren.kernel.ids import new_number, token_hash
from liren.kernel.policy import SYSTEM
from liren.site.sample.living import SYSTEM as BY_ITSELF
from liren.site.sample.living import Act, History, Speech
from liren.site.sample.load.clocks import OfficeLimits
from liren.site.sample.load.ink import Ids, Sealer
from liren.site.sample.load.registers import Ground

NOBODY = 0  # who acts without an account
# Steps the people behind a case see, unless a step says otherwise itself.
SHOWN = frozenset({"receive", "join", "dispatch", "sign", "start", "reply", "answer", "chase", "withdraw", "solve",
                   "reopen", "close", "give_up"})  # fmt: skip


@dataclass(slots=True)
class Rows:
    """Everything one or many cases leave in the tables, in the order in which it may be inserted."""

    cases: list[Case] = field(default_factory=list)
    voices: list[Voice] = field(default_factory=list)
    ratings: list[Rating] = field(default_factory=list)
    # the two long tables as bare values in the order of their columns: a model instance each would cost more
    steps: list[tuple[Any, ...]] = field(default_factory=list)
    events: list[tuple[Any, ...]] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)


class Numbers:
    """Tracking numbers, none twice. Only the last days are remembered: a number begins with its day."""

    def __init__(self) -> None:
        self._zone = office_zone()
        self._given: dict[str, set[str]] = {}

    def new(self, at: datetime) -> str:
        """A number of that moment nobody has."""
        while True:
            number = new_number(at, self._zone)
            day = self._given.setdefault(number[:6], set())
            if number not in day:
                day.add(number)
                if len(self._given) > 120:
                    self._given.pop(min(self._given))
                return number


class Writer:
    """Turns histories into rows. One for a whole load."""

    def __init__(self, ground: Ground, limits: OfficeLimits, root_path: str, ink: Sealer) -> None:
        self.ground = ground
        self.limits = limits
        self.root_path = root_path
        self.ink = ink
        self.numbers = Numbers()
        self.ids = Ids()

    def write(self, history: History, rows: Rows) -> Case:
        """Append the rows of one history; returns its case."""
        return _Replay(self, history, rows).run()


class _Replay:
    """One history being written down."""

    def __init__(self, writer: Writer, history: History, rows: Rows) -> None:
        self.writer = writer
        self.history = history
        self.rows = rows
        self.voices: list[Voice] = []
        self.case = self._case(history.acts[0])

    def run(self) -> Case:
        for act in self.history.acts:
            getattr(self, f"_{act.move}", self._moved)(act)
        case = self.case
        self.rows.cases.append(case)
        words = [voice.words for voice in self.voices[:200]]
        text = "\n".join([case.number, case.title, case.place_text, *words])
        self.rows.texts.append(Text("case", case.id, text, case.place_path, self._units(), case.received_at))
        return case

    def _case(self, first: Act) -> Case:
        history, writer = self.history, self.writer
        writer.ids.later(first.at)
        number = writer.numbers.new(first.at)
        place = writer.ground.places.get(history.place)
        point = history.point or (None, None)
        return Case(
            id=writer.ids.next(first.at),
            number=number,
            demand_type=history.demand_type,
            title=title_of(history.voices[0].words),
            channel=history.voices[0].channel,
            place_id=place[0] if place else None,
            place_path=place[1] if place else writer.root_path,
            place_text=history.place_text.strip()[:200],
            latitude=point[0],
            longitude=point[1],
            class_code=history.class_code,
            received_at=first.at,
        )

    def _by(self, act: Act) -> int:
        if act.by == BY_ITSELF:
            return SYSTEM.id
        return self.writer.ground.accounts[act.by] if act.by else NOBODY

    def _units(self) -> tuple[int, ...]:
        return (self.case.unit_id,) if self.case.unit_id is not None else ()

    def _voice(self, speech: Speech, number: str) -> Voice:
        writer = self.writer
        voice = Voice(
            id=writer.ids.next(speech.at),
            case=self.case,
            number=number,
            channel=speech.channel,
            words=speech.words,
            salt=new_salt(),
            said_at=speech.at,
            device_id=speech.device or None,
            account_id=writer.ground.accounts[speech.by] if speech.by else None,
            consent_call=speech.consent_call and bool(speech.phone),
            consent_public=speech.consent_public,
        )
        if speech.phone:
            contact = json.dumps({"name": speech.name, "phone": speech.phone}, ensure_ascii=False)
            voice.contact = writer.ink.seal(
                contact, subject=f"voice:{voice.id}", context=CONTACT, at=speech.at
            )
            voice.phone_index = keys.blind("phone", speech.phone)
            voice.last_four = keys.blind("last_four", f"{number}:{speech.phone[-4:]}")
        else:
            voice.claim_hash = token_hash(claim_code(voice.id))
        self.voices.append(voice)
        self.rows.voices.append(voice)
        return voice

    def _receive(self, act: Act) -> None:
        case = self.case
        self._restart(act.at)
        voice = self._voice(self.history.voices[0], case.number)
        case.voices = 1
        self._step(act, voice=voice)
        self._tell(
            events.Received,
            act,
            voice_id=voice.id,
            channel=voice.channel,
            class_code=case.class_code,
            words_hash=content_hash(voice.words, voice.salt),
        )

    def _join(self, act: Act) -> None:
        case = self.case
        voice = self._voice(self.history.voices[act.voice], self.writer.numbers.new(act.at))
        case.state = act.state
        case.voices += 1
        case.version += 1
        self._step(act, voice=voice)
        self._tell(
            events.Joined,
            act,
            voice_id=voice.id,
            channel=voice.channel,
            words_hash=content_hash(voice.words, voice.salt),
        )

    def _place(self, act: Act) -> None:
        case = self.case
        case.place_id, case.place_path = self.writer.ground.places[act.place]
        self._take(act, {"place": case.place_id})
        self._tell(events.Placed, act, place_id=case.place_id)

    def _classify(self, act: Act) -> None:
        self.case.class_code = act.class_code
        self._take(act, {"class": act.class_code})
        self._tell(events.Classified, act, class_code=act.class_code)

    def _dispatch(self, act: Act) -> None:
        case, unit = self.case, self.writer.ground.units[act.unit]
        case.place_id, case.place_path = self.writer.ground.places[act.place]
        case.class_code = act.class_code
        case.unit_id, case.automatic = unit, False
        case.dispatched_at, case.signed_at = act.at, None
        self._handling_limits(act.at)
        facts = {"unit": unit, "class": case.class_code, "place": case.place_id, "automatic": False}
        self._take(act, facts)
        self._tell(
            events.Dispatched,
            act,
            unit_id=unit,
            class_code=case.class_code,
            due_at=case.handle_due or act.at,
            automatic=False,
        )

    def _return(self, act: Act) -> None:
        case, units = self.case, self._units()
        case.returned += 1
        facts = {"unit": case.unit_id}
        case.unit_id, case.automatic = None, False
        case.dispatched_at = case.signed_at = case.response_due = case.handle_due = None
        self._moved(act, facts, units)

    def _sign(self, act: Act) -> None:
        self.case.signed_at = act.at
        self._moved(act)

    def _contact(self, act: Act) -> None:
        self.case.contacted_at = self.case.contacted_at or act.at
        self._moved(act)

    def _reply(self, act: Act) -> None:
        case = self.case
        case.replied_at, case.handler_id = act.at, self._by(act)
        case.contacted_at = case.contacted_at or act.at
        hashed = self._take(act, {})
        self._tell(events.Replied, act, words_hash=hashed, callback_due=case.next_due or act.at)

    _answer = _reply

    def _attempt(self, act: Act) -> None:
        voice = self.voices[act.voice]
        voice.attempts += 1
        voice.first_attempt_at = voice.first_attempt_at or act.at
        voice.last_attempt_at = act.at
        self._take(act, {"count": voice.attempts}, voice)
        self._tell(events.Attempted, act, voice_id=voice.id, count=voice.attempts)

    def _rate(self, act: Act) -> None:
        voice, case = self.voices[act.voice], self.case
        by_self = act.move == "rate"
        voice.verdict, voice.verdict_round, voice.rating = act.verdict, case.round, act.rating
        rating = Rating(
            id=self.writer.ids.next(act.at),
            voice=voice,
            round=case.round,
            verdict=act.verdict,
            rating=act.rating,
            words=act.words,
            by=self._by(act),
            by_self=by_self,
            at=act.at,
        )
        self.rows.ratings.append(rating)
        self._take(act, {"verdict": act.verdict, "rating": act.rating}, voice)
        told: dict[str, Any] = {
            "voice_id": voice.id,
            "verdict": act.verdict,
            "rating": act.rating,
            "by_self": by_self,
        }
        self._tell(events.Rated, act, **told)

    _record_verdict = _rate

    def _say_more(self, act: Act) -> None:
        self._moved(act, {"files": 0}, voice=self.voices[act.voice])

    def _chase(self, act: Act) -> None:
        self.case.chased += 1
        self._moved(act, voice=self.voices[act.voice])

    def _withdraw(self, act: Act) -> None:
        self._moved(act, voice=self.voices[act.voice])

    def _reopen(self, act: Act) -> None:
        case = self.case
        case.round += 1
        if case.unit_id is not None:
            self._handling_limits(act.at)
        self._settled(act, {"round": case.round})
        for voice in self.voices:
            voice.attempts, voice.first_attempt_at, voice.last_attempt_at = 0, None, None

    def _settled(self, act: Act, facts: dict[str, Any] | None = None) -> None:
        self._take(act, facts or {})
        self._tell(events.Settled, act, state=self.case.state, round=self.case.round)

    _solve = _close = _give_up = _settled

    def _moved(
        self,
        act: Act,
        facts: dict[str, Any] | None = None,
        units: tuple[int, ...] | None = None,
        voice: Voice | None = None,
    ) -> None:
        hashed = self._take(act, facts or {}, voice)
        told = {"move": act.move, "state": self.case.state, "words_hash": hashed}
        self._tell(events.Moved, act, units, **told)

    def _take(self, act: Act, facts: dict[str, Any], voice: Voice | None = None) -> str:
        """The step itself: state, clock, version, and the row that is appended."""
        case, before = self.case, self.case.state
        case.state = act.state
        if case.state != before or act.move in {"dispatch", "reply"}:
            self._restart(act.at)
        case.version += 1
        return self._step(act, facts, voice)

    def _step(self, act: Act, facts: dict[str, Any] | None = None, voice: Voice | None = None) -> str:
        salt = new_salt() if act.words else ""
        self.rows.steps.append(
            (
                self.writer.ids.next(act.at),
                self.case.id,
                voice.id if voice is not None else None,
                act.move,
                act.state,
                act.at,
                self._by(act),
                None if act.move == "join" else self.case.unit_id,  # a voice speaks to the office, not to a unit
                act.words,
                salt,
                act.move in SHOWN,
                facts or {},
            )
        )
        return content_hash(act.words, salt) if act.words else ""

    def _tell(
        self, news: type[events.CaseEvent], act: Act, units: tuple[int, ...] | None = None, **told: Any
    ) -> None:
        if units is None:
            units = () if news is events.Received else self._units()
        event = news(
            subject_id=self.case.id,
            by=self._by(act),
            at=act.at,
            place_path=self.case.place_path,
            unit_ids=units,
            version=self.case.version,
            **told,
        )
        self.rows.events.append(
            (
                self.writer.ids.next(act.at),
                event.kind,
                event.subject_kind,
                event.subject_id,
                event.by,
                event.at,
                event.place_path,
                list(event.unit_ids),
                event.payload(),
                None,  # the sealer numbers it
            )
        )

    def _handling_limits(self, at: datetime) -> None:
        case = self.case
        if case.unit_id is None:
            return
        response, handle, key = self.writer.limits.limits(case.class_code, case.unit_id, at)
        case.response_due, case.handle_due, case.limits_from = response.at, handle.at, at
        case.due_provisional = response.provisional or handle.provisional
        case.due_rule = key

    def _restart(self, at: datetime) -> None:
        """The clock of the state the case is in now, as cases.clocks sets it."""
        case = self.case
        clock = CLOCKS.get(State(case.state))
        case.due_from = at
        if clock is None:
            case.next_due, case.closed_at = None, at
            return
        case.closed_at = None
        if clock in {"response", "handle"} and case.handle_due is not None:
            pressing = [case.handle_due]
            if clock == "response" and case.response_due is not None:
                pressing.append(case.response_due)
            case.next_due, case.due_from = min(pressing), case.limits_from
            return
        stage = clock if clock in {"dispatch", "call_back", "close"} else "dispatch"
        reached, key = self.writer.limits.stage(stage, at)
        case.next_due, case.due_provisional, case.due_rule = reached.at, reached.provisional, key
