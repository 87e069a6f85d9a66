"""Cases of another system taken over as they stood: ordinary cases with what the file tells of them, and no more.

The story of such a case has the times the file tells, by nobody of this house, and one step of today: that it was imported,
from where, which row. The ledger holds that step alone, since it is the one that happened here.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from liren.base.bulk.actions import Sheet, insert
from liren.base.ledger import actions as ledger
from liren.base.search import actions as search
from liren.base.search.actions import Text
from liren.base.vault import actions as vault
from liren.base.vault import queries as keys
from liren.cases import clocks, events
from liren.cases.actions.numbering import free_numbers
from liren.cases.actions.opening import CONTACT, found_by
from liren.cases.landing import Went, archived_from, stands_as, uncounted
from liren.cases.models import Case, Exclusion, Step, Voice
from liren.cases.rules import clean_phone
from liren.cases.states import OPEN, RUNNING, State
from liren.kernel.events import content_hash, new_salt
from liren.kernel.ids import new_ids
from liren.kernel.policy import SYSTEM, Actor

MOST_IDS = 8  # of one row: case, voice, exclusion, five steps
NOBODY = 0  # who acted in the other system is not known here
WHISTLEBLOW = "whistleblow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """One case of another system in our terms, checked by who brings it. Times are aware; "" and None: the file does not
    tell.

    `origin` is its number there. `heard`: the file tells what the requester said, silence included. `told`: what else the
    file says, for staff. `due_at`: the limit promised there.
    """

    line: int
    went: Went
    received_at: datetime
    words: str
    title: str
    channel: str
    demand_type: str
    origin: str = ""
    place_id: int | None = None
    place_path: str = ""
    place_text: str = ""
    class_code: str = ""
    unit_id: int | None = None
    dispatched_at: datetime | None = None
    replied_at: datetime | None = None
    closed_at: datetime | None = None
    due_at: datetime | None = None
    reply: str = ""
    name: str = ""
    phone: str = ""
    verdict: str = ""
    rating: int | None = None
    heard: bool = False
    told: str = ""


@dataclass(slots=True)
class Taken:
    """What became of the rows of one call: case ids in their order, how many stand in each state, and how many were left
    out of the rates by which reason.
    """

    ids: list[int] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)
    uncounted: Counter[str] = field(default_factory=Counter)


@transaction.atomic
def take_over(rows: Sequence[Brought], *, import_id: int, source: str, by: Actor, now: datetime) -> Taken:
    """Keep checked rows as cases, one transaction for all of them. Who may is the bridge's decision.

    Open cases run by our clocks from `now`, unless the file tells the limit that was promised. A dozen statements however
    many rows. Raises NotFound where a class or unit of a row is not known.
    """
    pen = _Pen(import_id, source, by.id, now)
    for row, number in zip(rows, free_numbers([row.received_at for row in rows]), strict=True):
        pen.write(row, number)
    pen.keep()
    return pen.taken


_WOUND = ("due_from", "next_due", "due_provisional", "due_rule")
_LIMITED = ("limits_from", "limits_rule", "limits_provisional", "response_due", "handle_due")


class _Pen:
    """Writes the rows of one call."""

    def __init__(self, import_id: int, source: str, by: int, now: datetime) -> None:
        self.import_id = import_id
        self.source = source
        self.by = by
        self.now = now
        self.taken = Taken()
        self._sealer = vault.Sealer()
        self._cases, self._voices, self._steps = Sheet(Case), Sheet(Voice), Sheet(Step)
        self._exclusions = Sheet(Exclusion)
        self._news: list[events.Imported] = []
        self._texts: list[Text] = []
        self._ids: Iterator[int] = iter(())
        self._clocks: dict[tuple[State, str, int | None], dict[str, Any]] = {}

    def write(self, row: Brought, number: str) -> None:
        """The case of a row, its voice, its steps, its news."""
        answered, has_unit = row.replied_at or row.closed_at, row.unit_id is not None
        state = stands_as(row.went, has_unit=has_unit, verdict=row.verdict, answered=answered is not None)
        self._ids, salt = iter(new_ids(MOST_IDS)), new_salt()
        case_id, voice_id = next(self._ids), next(self._ids)
        why = uncounted(row.went, answered_at=answered, heard=row.heard)
        self._case(row, case_id, number, state, bool(why))
        self._voice(row, case_id, voice_id, number, salt)
        if why:
            self._leave_out(case_id, why)
        self._story(row, case_id, voice_id, state)
        self._tell(row, case_id, number, state, content_hash(row.words, salt))
        self.taken.ids.append(case_id)
        self.taken.states[state] += 1

    def keep(self) -> None:
        """Insert what was written."""
        insert(self._sealer.take())
        for sheet in (self._cases, self._voices, self._exclusions, self._steps):
            sheet.insert()
        ledger.record_all(self._news)
        search.put_many(self._texts)

    def _case(self, row: Brought, case_id: int, number: str, state: State, excluded: bool) -> None:
        sealed, at_desk = row.demand_type == WHISTLEBLOW, state == State.RECEIVED
        answered = row.replied_at or row.closed_at
        more: dict[str, Any] = {}
        if not at_desk:
            more = {"unit_id": row.unit_id, "first_unit_id": row.unit_id, "dispatched_at": row.dispatched_at}
            more["handle_due"] = row.due_at
        if state in OPEN:
            more |= self._wound(row, state)
        else:
            more["closed_at"] = row.closed_at or answered
        if state not in RUNNING and not at_desk:
            more["replied_at"] = answered
        if state == State.ARCHIVED:
            more |= {"ended_as": archived_from(row.went, row.verdict), "archived_at": self.now}
        self._cases.add(
            id=case_id,
            number=number,
            origin=row.origin,
            demand_type=row.demand_type,
            title=row.title,
            state=str(state),
            channel=row.channel,
            place_id=row.place_id,
            place_path=row.place_path,
            place_text=row.place_text,
            class_code=row.class_code,
            voices=1,
            excluded=excluded,
            sealed=sealed,
            retention_class="case.sealed" if sealed else "case.standard",
            received_at=row.received_at,
            **more,
        )

    def _voice(self, row: Brought, case_id: int, voice_id: int, number: str, salt: str) -> None:
        phone = clean_phone(row.phone) if row.phone else None
        more: dict[str, Any] = {}
        if row.name or row.phone:
            said = json.dumps({"name": row.name, "phone": phone or row.phone}, ensure_ascii=False)
            subject = f"voice:{voice_id}"
            more["contact"] = self._sealer.seal(said, subject=subject, context=CONTACT, at=self.now)
        if phone:
            more["phone_index"] = keys.blind("phone", phone)
            more["last_four"] = keys.blind("last_four", f"{number}:{phone[-4:]}")
        if row.verdict:
            more |= {"verdict": row.verdict, "verdict_round": 1, "rating": row.rating}
        self._voices.add(
            id=voice_id,
            case_id=case_id,
            number=number,
            channel=row.channel,
            words=row.words,
            salt=salt,
            said_at=row.received_at,
            consent_call=phone is not None,
            **more,
        )

    def _wound(self, row: Brought, state: State) -> dict[str, Any]:
        """The clock of an open case: the limit that was promised, else ours from now on."""
        if state in RUNNING and row.due_at is not None:
            return {"next_due": row.due_at, "due_from": row.dispatched_at or row.received_at}
        working = state in RUNNING
        key = (state, row.class_code if working else "", row.unit_id if working else None)
        if key not in self._clocks:
            self._clocks[key] = self._clock(*key)
        return self._clocks[key]

    def _clock(self, state: State, class_code: str, unit_id: int | None) -> dict[str, Any]:
        """What the clocks of the house say of such a case that begins now."""
        probe = Case(state=str(state), class_code=class_code, unit_id=unit_id)
        if unit_id is not None:
            clocks.set_handling_limits(probe, self.now)
        clocks.restart(probe, self.now)
        if probe.next_due is None:
            raise RuntimeError(f"{state} has no clock")
        names = _WOUND if unit_id is None else _WOUND + _LIMITED
        return {name: getattr(probe, name) for name in names}

    def _leave_out(self, case_id: int, reason: str) -> None:
        """An ended case counts in the rates only where the file holds what they need."""
        self.taken.uncounted[reason] += 1
        self._exclusions.add(
            id=next(self._ids),
            case_id=case_id,
            reason_code=reason,
            decision="granted",
            asked_by=self.by,
            asked_at=self.now,
            decided_by=SYSTEM.id,
            decided_at=self.now,
        )

    def _story(self, row: Brought, case_id: int, voice_id: int, state: State) -> None:
        """What the file tells, then that it was imported; in the order in which it happened."""
        unit, at = row.unit_id, row.replied_at or row.closed_at
        self._step(case_id, "receive", State.RECEIVED, row.received_at, voice_id=voice_id)
        if row.dispatched_at is not None and state != State.RECEIVED:
            self._step(case_id, "dispatch", State.DISPATCHED, row.dispatched_at, unit_id=unit)
        if at is not None and (row.replied_at is not None or row.reply):
            self._words(case_id, "reply", State.REPLIED, at, row.reply, unit_id=unit)
        if row.closed_at is not None and state not in OPEN:
            move = "withdraw" if state == State.WITHDRAWN else "close"
            self._step(case_id, move, state, row.closed_at, unit_id=unit)
        facts = {"source": self.source, "import": self.import_id, "line": row.line, "origin": row.origin}
        self._words(case_id, "import", state, self.now, row.told, by=self.by, facts=facts, shown=False)

    def _words(self, case_id: int, move: str, state: State, at: datetime, words: str, **more: Any) -> None:
        salt = new_salt() if words else ""
        self._step(case_id, move, state, at, words=words, salt=salt, **more)

    def _step(self, case_id: int, move: str, state: State, at: datetime, **more: Any) -> None:
        told = {"by": NOBODY, "shown": True} | more
        self._steps.add(id=next(self._ids), case_id=case_id, move=move, state=str(state), at=at, **told)

    def _tell(self, row: Brought, case_id: int, number: str, state: State, hashed: str) -> None:
        sealed = row.demand_type == WHISTLEBLOW
        lead = row.unit_id if state != State.RECEIVED else None
        units = (lead,) if lead is not None and not sealed else ()
        self._news.append(
            events.Imported(
                subject_id=case_id,
                by=self.by,
                at=self.now,
                place_path="" if sealed else row.place_path,
                unit_ids=units,
                version=1,
                import_id=self.import_id,
                line=row.line,
                channel=row.channel,
                class_code="" if sealed else row.class_code,
                words_hash=hashed,
            )
        )
        if not sealed:
            text = found_by(number, row.origin, row.title, row.place_text, row.words)
            self._texts.append(Text("case", case_id, text, row.place_path, units, row.received_at))
