"""One history being written down: the step itself, its news and its clock, as the actions of cases make them."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from liren.base.search.actions import Text
from liren.base.vault import queries as keys
from liren.cases import events
from liren.cases.actions.opening import CONTACT, claim_code
from liren.cases.models import Case, LimitChange, Objection, Rating, Voice
from liren.cases.states import CLOCKS, State
from liren.kernel.events import content_hash, new_salt
from liren.kernel.ids import token_hash
from liren.kernel.policy import SYSTEM
from liren.site.sample.living import SYSTEM as BY_ITSELF
from liren.site.sample.living import Act, Speech

if TYPE_CHECKING:
    from liren.site.sample.load.rows import Writer

NOBODY = 0  # who acts without an account
# Steps the people behind a case see.
SHOWN = frozenset({"receive", "join", "dispatch", "sign", "start", "reply", "answer", "chase", "withdraw", "solve",
                   "reopen", "close", "give_up"})  # fmt: skip


@dataclass(slots=True)
class Rows:
    """Everything one or many cases leave in the tables, in the order in which it may be inserted."""

    cases: list[Case] = field(default_factory=list)
    voices: list[Voice] = field(default_factory=list)
    ratings: list[Rating] = field(default_factory=list)
    objections: list[Objection] = field(default_factory=list)
    changes: list[LimitChange] = field(default_factory=list)
    # the two long tables as bare values in the order of their columns: a model instance each would cost more
    steps: list[tuple[Any, ...]] = field(default_factory=list)
    events: list[tuple[Any, ...]] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Limits:
    """Response and handling limit of a case as they stand."""

    response: datetime | None
    handle: datetime | None
    provisional: bool
    rule: str

    @classmethod
    def of(cls, case: Case) -> Self:
        """What they are now."""
        return cls(case.response_due, case.handle_due, case.limits_provisional, case.limits_rule)

    @property
    def ends(self) -> tuple[datetime | None, datetime | None, bool]:
        """What a change is told by."""
        return self.response, self.handle, self.provisional


class Pen:
    """Writes the steps of one case."""

    def __init__(self, writer: "Writer", case: Case, rows: Rows) -> None:
        self.writer = writer
        self.case = case
        self.rows = rows
        self.voices: list[Voice] = []

    def by(self, act: Act) -> int:
        """Who acts: an account, the house itself, or nobody known."""
        if act.by == BY_ITSELF:
            return SYSTEM.id
        return self.writer.ground.accounts[act.by] if act.by else NOBODY

    def units(self) -> tuple[int, ...]:
        """The units the case is before."""
        return (self.case.unit_id,) if self.case.unit_id is not None else ()

    def voice(self, speech: Speech, number: str) -> Voice:
        """One more voice, its contact sealed, or a claim code where none was left."""
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
            subject = f"voice:{voice.id}"
            voice.contact = writer.ink.seal(contact, subject=subject, context=CONTACT, at=speech.at)
            voice.phone_index = keys.blind("phone", speech.phone)
            voice.last_four = keys.blind("last_four", f"{number}:{speech.phone[-4:]}")
        else:
            voice.claim_hash = token_hash(claim_code(voice.id))
        self.voices.append(voice)
        self.rows.voices.append(voice)
        return voice

    def take(self, act: Act, facts: dict[str, Any], voice: Voice | None = None) -> str:
        """A step: state, clock, version, and the row that is appended. The hash of its words."""
        case, before = self.case, self.case.state
        case.state = act.state
        if case.state != before or act.move in {"dispatch", "reply"}:
            self.restart(act.at)
        case.version += 1
        return self.step(act, facts, voice)

    def step(self, act: Act, facts: dict[str, Any] | None = None, voice: Voice | None = None) -> str:
        """Append the row of a step. The hash of its words."""
        salt = new_salt() if act.words else ""
        self.rows.steps.append(
            (
                self.writer.ids.next(act.at),
                self.case.id,
                voice.id if voice is not None else None,
                act.move,
                act.state,
                act.at,
                self.by(act),
                None
                if act.move == "join"
                else self.case.unit_id,  # a voice speaks to the office, not to a unit
                act.words,
                salt,
                act.move in SHOWN,
                facts or {},
            )
        )
        return content_hash(act.words, salt) if act.words else ""

    def tell(
        self, news: type[events.CaseEvent], act: Act, units: tuple[int, ...] | None = None, **told: Any
    ) -> None:
        """Append the event."""
        if units is None:
            units = () if news is events.Received else self.units()
        event = news(
            subject_id=self.case.id,
            by=self.by(act),
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

    def limit(self, at: datetime) -> None:
        """Set response and handling limits, counted from `at`."""
        case = self.case
        if case.unit_id is None:
            return
        response, handle, key = self.writer.limits.limits(case.class_code, case.unit_id, at)
        case.response_due, case.handle_due, case.limits_from = response.at, handle.at, at
        case.limits_provisional = response.provisional or handle.provisional
        case.limits_rule = key

    def keep_limits(self, act: Act, before: "Limits", why: str) -> None:
        """The row that keeps what the limits were before `act`, where they had been set and are not the same now."""
        case, after = self.case, Limits.of(self.case)
        if before.handle is None or before.ends == after.ends:
            return
        self.rows.changes.append(
            LimitChange(
                id=self.writer.ids.next(act.at),
                case=case,
                at=act.at,
                by=self.by(act),
                why=why,
                response_before=before.response,
                response_after=after.response,
                handle_before=before.handle,
                handle_after=after.handle,
                rule_before=before.rule,
                rule_after=after.rule,
                provisional=after.provisional,
            )
        )

    def lift(self, act: Act, why: str) -> None:
        """Take the limits away: the case is the desk's again."""
        case, before = self.case, Limits.of(self.case)
        case.dispatched_at = case.signed_at = case.response_due = case.handle_due = case.limits_from = None
        case.limits_rule, case.limits_provisional = "", False
        self.keep_limits(act, before, why)

    def restart(self, at: datetime) -> None:
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
            case.due_rule, case.due_provisional = case.limits_rule, case.limits_provisional
            return
        stage = clock if clock in {"dispatch", "ruling", "call_back", "close"} else "dispatch"
        reached, key = self.writer.limits.stage(stage, at)
        case.next_due, case.due_provisional, case.due_rule = reached.at, reached.provisional, key
