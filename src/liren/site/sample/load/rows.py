"""From a history to the rows the real actions would have left: the same fields, steps, news and seals.

A test replays histories through the actions themselves and compares row by row.
"""

from collections.abc import Callable, Mapping
from typing import Any

from liren.base.search.actions import Text
from liren.base.vault.actions import Sealer
from liren.cases import events
from liren.cases.models import Case, Objection, Rating, Voice
from liren.cases.rules import title_of
from liren.kernel.clock import office_zone
from liren.kernel.events import content_hash
from liren.kernel.ids import new_number
from liren.site.sample.living import Act, History
from liren.site.sample.load.clocks import OfficeLimits
from liren.site.sample.load.ink import Ids
from liren.site.sample.load.pen import Limits, Pen, Rows
from liren.site.sample.load.registers import Ground

REMEMBERED = 120  # days whose numbers are kept in mind; nobody joins a case older than that


class Numbers:
    """Tracking numbers, none twice. Only the last days are remembered: a number begins with its day."""

    def __init__(self) -> None:
        self._zone = office_zone()
        self._given: dict[str, set[str]] = {}

    def new(self, act: Act) -> str:
        """A number of that moment nobody has."""
        while True:
            number = new_number(act.at, self._zone)
            day = self._given.setdefault(number[:6], set())
            if number not in day:
                day.add(number)
                if len(self._given) > REMEMBERED:
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
        case = self._case(history)
        pen = Pen(self, case, rows)
        for act in history.acts:
            if act.move in {"receive", "join"}:
                _arrive(pen, act, history)
            else:
                _WRITTEN.get(act.move, _moved)(pen, act)
        rows.cases.append(case)
        words = [voice.words for voice in pen.voices[:200]]
        text = "\n".join([case.number, case.title, case.place_text, *words])
        rows.texts.append(Text("case", case.id, text, case.place_path, pen.units(), case.received_at))
        return case

    def _case(self, history: History) -> Case:
        first = history.acts[0]
        self.ids.later(first.at)
        place = self.ground.places.get(history.place)
        point = history.point or (None, None)
        return Case(
            id=self.ids.next(first.at),
            number=self.numbers.new(first),
            demand_type=history.demand_type,
            title=title_of(history.voices[0].words),
            channel=history.voices[0].channel,
            place_id=place[0] if place else None,
            place_path=place[1] if place else self.root_path,
            place_text=history.place_text.strip()[:200],
            latitude=point[0],
            longitude=point[1],
            class_code=history.class_code,
            received_at=first.at,
        )


def _arrive(pen: Pen, act: Act, history: History) -> None:
    case = pen.case
    first = act.move == "receive"
    voice = pen.voice(history.voices[act.voice], case.number if first else pen.writer.numbers.new(act))
    case.state = act.state
    case.voices += 1
    told: dict[str, Any] = {}
    if first:
        pen.restart(act.at)
        told["class_code"] = case.class_code
    else:
        case.version += 1
    pen.step(act, voice=voice)
    hashed = content_hash(voice.words, voice.salt)
    news = events.Received if first else events.Joined
    pen.tell(news, act, voice_id=voice.id, channel=voice.channel, words_hash=hashed, **told)


def _place(pen: Pen, act: Act) -> None:
    case = pen.case
    case.place_id, case.place_path = pen.writer.ground.places[act.place]
    pen.take(act, {"place": case.place_id})
    pen.tell(events.Placed, act, place_id=case.place_id)


def _classify(pen: Pen, act: Act) -> None:
    pen.case.class_code = act.class_code
    pen.take(act, {"class": act.class_code})
    pen.tell(events.Classified, act, class_code=act.class_code)


def _dispatch(pen: Pen, act: Act) -> None:
    case, unit = pen.case, pen.writer.ground.units[act.unit]
    case.place_id, case.place_path = pen.writer.ground.places[act.place]
    case.class_code = act.class_code
    case.unit_id, case.automatic = unit, False
    case.dispatched_at, case.signed_at = act.at, None
    case.first_unit_id = case.first_unit_id or unit
    pen.limit(act.at)
    pen.take(act, {"unit": unit, "class": act.class_code, "place": case.place_id, "automatic": False})
    due = case.handle_due or act.at
    told: dict[str, Any] = {"unit_id": unit, "class_code": act.class_code, "due_at": due, "automatic": False}
    pen.tell(events.Dispatched, act, **told)


def _object(pen: Pen, act: Act) -> None:
    case, suggested = pen.case, pen.writer.ground.units[act.unit]
    if case.unit_id is None:
        raise RuntimeError("nobody objects to what nobody was given")
    row = Objection(
        id=pen.writer.ids.next(act.at),
        case=case,
        unit_id=case.unit_id,
        suggested_id=suggested,
        reason=act.words,
        raised_by=pen.by(act),
        raised_at=act.at,
        due_at=pen.writer.limits.stage("ruling", act.at)[0].at,
    )
    pen.rows.objections.append(row)
    hashed = pen.take(act, {"unit": case.unit_id, "suggested": suggested})
    pen.tell(events.Objected, act, objection_id=row.id, unit_id=row.unit_id, ruling="", words_hash=hashed)


def _ruled(pen: Pen, act: Act) -> None:
    case, units, row = pen.case, pen.units(), pen.rows.objections[-1]
    row.ruling = "upheld" if act.move == "uphold" else "refused"
    row.words, row.ruled_by, row.ruled_at = act.words, pen.by(act), act.at
    if act.move == "uphold":
        case.unit_id, case.automatic = None, False
        case.returned += 1
        pen.lift(act, "upheld")
    else:
        case.signed_at = case.signed_at or act.at
    hashed = pen.take(act, {"unit": row.unit_id})
    told = {"objection_id": row.id, "unit_id": row.unit_id, "ruling": row.ruling, "words_hash": hashed}
    pen.tell(events.Objected, act, units, **told)


def _sign(pen: Pen, act: Act) -> None:
    pen.case.signed_at = act.at
    _moved(pen, act)


def _contact(pen: Pen, act: Act) -> None:
    pen.case.contacted_at = pen.case.contacted_at or act.at
    _moved(pen, act)


def _reply(pen: Pen, act: Act) -> None:
    case = pen.case
    case.replied_at, case.handler_id = act.at, pen.by(act)
    case.contacted_at = case.contacted_at or act.at
    hashed = pen.take(act, {})
    pen.tell(events.Replied, act, words_hash=hashed, callback_due=case.next_due or act.at)


def _attempt(pen: Pen, act: Act) -> None:
    voice = pen.voices[act.voice]
    voice.attempts += 1
    voice.first_attempt_at = voice.first_attempt_at or act.at
    voice.last_attempt_at = act.at
    pen.take(act, {"count": voice.attempts}, voice)
    pen.tell(events.Attempted, act, voice_id=voice.id, count=voice.attempts)


def _rate(pen: Pen, act: Act) -> None:
    voice, case = pen.voices[act.voice], pen.case
    by_self = act.move == "rate"
    voice.verdict, voice.verdict_round, voice.rating = act.verdict, case.round, act.rating
    said: dict[str, Any] = {"verdict": act.verdict, "rating": act.rating}
    reasons = list(act.reasons)
    rating = Rating(
        id=pen.writer.ids.next(act.at), voice=voice, round=case.round, words=act.words, at=act.at, **said
    )
    rating.by, rating.by_self, rating.reasons = pen.by(act), by_self, reasons
    pen.rows.ratings.append(rating)
    pen.take(act, said | {"reasons": reasons}, voice)
    pen.tell(events.Rated, act, voice_id=voice.id, by_self=by_self, **said)


def _say_more(pen: Pen, act: Act) -> None:
    _moved(pen, act, {"files": 0}, voice=pen.voices[act.voice])


def _chase(pen: Pen, act: Act) -> None:
    pen.case.chased += 1
    _moved(pen, act, voice=pen.voices[act.voice])


def _withdraw(pen: Pen, act: Act) -> None:
    _moved(pen, act, voice=pen.voices[act.voice])


def _reopen(pen: Pen, act: Act) -> None:
    case = pen.case
    case.round += 1
    if case.unit_id is not None:
        before = Limits.of(case)
        pen.limit(act.at)
        pen.keep_limits(act, before, "reopen")
    _settled(pen, act, {"round": case.round, "cause": "not_solved"})
    for voice in pen.voices:
        voice.attempts, voice.first_attempt_at, voice.last_attempt_at = 0, None, None


def _settled(pen: Pen, act: Act, facts: dict[str, Any] | None = None) -> None:
    given = facts or {}
    pen.take(act, given)
    cause = given.get("cause", "")
    pen.tell(events.Settled, act, state=pen.case.state, round=pen.case.round, cause=cause)


def _moved(
    pen: Pen,
    act: Act,
    facts: dict[str, Any] | None = None,
    units: tuple[int, ...] | None = None,
    voice: Voice | None = None,
) -> None:
    hashed = pen.take(act, facts or {}, voice)
    pen.tell(events.Moved, act, units, move=act.move, state=pen.case.state, words_hash=hashed)


_WRITTEN: Mapping[str, Callable[[Pen, Act], None]] = {
    "place": _place,
    "classify": _classify,
    "dispatch": _dispatch,
    "object": _object,
    "uphold": _ruled,
    "overrule": _ruled,
    "sign": _sign,
    "contact": _contact,
    "reply": _reply,
    "answer": _reply,
    "attempt": _attempt,
    "rate": _rate,
    "record_verdict": _rate,
    "say_more": _say_more,
    "chase": _chase,
    "withdraw": _withdraw,
    "reopen": _reopen,
    "solve": _settled,
    "close": _settled,
    "give_up": _settled,
}
