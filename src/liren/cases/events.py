"""The news of the spine: ids, codes, times and salted hashes, never words or names. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from liren.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent(Event):
    """Anything that happened to a case. `version` is the case's version after it."""

    kind: ClassVar[str] = "cases.event"
    subject_kind: ClassVar[str] = "case"
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Received(CaseEvent):
    """A demand became a case."""

    kind: ClassVar[str] = "cases.received"
    voice_id: int
    channel: str
    class_code: str
    words_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported(CaseEvent):
    """A case of another system was taken over: by which import, from which row. What happened there is not news here."""

    kind: ClassVar[str] = "cases.imported"
    import_id: int
    line: int
    channel: str
    class_code: str
    words_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined(CaseEvent):
    """One more requester's voice joined a case."""

    kind: ClassVar[str] = "cases.joined"
    voice_id: int
    channel: str
    words_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed(CaseEvent):
    """The place of a case was set or corrected."""

    kind: ClassVar[str] = "cases.placed"
    place_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified(CaseEvent):
    """The class of a case was set or corrected."""

    kind: ClassVar[str] = "cases.classified"
    class_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatched(CaseEvent):
    """A case went to the unit whose duty it is; `automatic` when the machine sent it."""

    kind: ClassVar[str] = "cases.dispatched"
    unit_id: int
    class_code: str
    due_at: datetime
    automatic: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchRefused(CaseEvent):
    """Somebody tried to give a unit what is not on its duty list."""

    kind: ClassVar[str] = "cases.dispatch_refused"
    unit_id: int
    class_code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(CaseEvent):
    """A step without news of its own: signed, contacted, started, noted, returned, chased, said more."""

    kind: ClassVar[str] = "cases.moved"
    move: str
    state: str
    words_hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replied(CaseEvent):
    """The people behind a case were answered; the call-back clock starts."""

    kind: ClassVar[str] = "cases.replied"
    words_hash: str
    callback_due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempted(CaseEvent):
    """A call-back reached nobody."""

    kind: ClassVar[str] = "cases.attempted"
    voice_id: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated(CaseEvent):
    """One voice said solved or not solved, itself or to the call-back desk."""

    kind: ClassVar[str] = "cases.rated"
    voice_id: int
    verdict: str
    rating: int | None
    by_self: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled(CaseEvent):
    """What follows from what the voices said: solved, reopened, closed, closed unconfirmed, withdrawn."""

    kind: ClassVar[str] = "cases.settled"
    state: str
    round: int
    cause: str = ""  # of a reopening: not_solved | not_as_replied


@dataclass(frozen=True, slots=True, kw_only=True)
class Left(CaseEvent):
    """A demand left by a lawful exit; `follow_due` is when somebody asks what became of it."""

    kind: ClassVar[str] = "cases.left"
    exit_key: str
    words_hash: str
    follow_due: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitFollowed(CaseEvent):
    """What became of a demand that had left was asked and written down."""

    kind: ClassVar[str] = "cases.exit_followed"
    outcome: str
    words_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged(CaseEvent):
    """A case was taken into another with every voice; `automatic` when no person chose it."""

    kind: ClassVar[str] = "cases.merged"
    merge_id: int
    target_id: int
    voices: int
    automatic: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenApart(CaseEvent):
    """A merge was undone: the case stands by itself again with the voices it had brought."""

    kind: ClassVar[str] = "cases.taken_apart"
    merge_id: int
    target_id: int
    voices: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitOff(CaseEvent):
    """A voice that spoke of another matter got a case of its own: this one, taken out of `from_id`."""

    kind: ClassVar[str] = "cases.split_off"
    from_id: int
    voice_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartAsked(CaseEvent):
    """A helper was asked for a part of the work."""

    kind: ClassVar[str] = "cases.part_asked"
    part_id: int
    unit_id: int
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PartEnded(CaseEvent):
    """A helper's part is over: done, declined or withdrawn."""

    kind: ClassVar[str] = "cases.part_ended"
    part_id: int
    unit_id: int
    end: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(CaseEvent):
    """The unit asked one requester a question."""

    kind: ClassVar[str] = "cases.asked"
    question_id: int
    voice_id: int
    words_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervised(CaseEvent):
    """A case climbed a rung of the ladder of supervision, by the clock or by a named person."""

    kind: ClassVar[str] = "cases.supervised"
    level: str
    cause: str
    unit_id: int
    rule: str
    answer_due: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionAnswered(CaseEvent):
    """The unit answered the rung a case stands on."""

    kind: ClassVar[str] = "cases.supervision_answered"
    level: str
    unit_id: int
    words_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified(CaseEvent):
    """Somebody looked whether a reply is true."""

    kind: ClassVar[str] = "cases.verified"
    finding: str
    round: int
    words_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Whistled(CaseEvent):
    """A turn of a whistle: raised, acknowledge, arrive, refuse, agree, act_done, finish, call_off, score, lapse."""

    kind: ClassVar[str] = "cases.whistled"
    whistle_id: int
    turn: str
    state: str
    unit_id: int | None = None
    score: int | None = None
    words_hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed(CaseEvent):
    """A neighbour wants the news of a public case, or wants it no more. Which device is not said."""

    kind: ClassVar[str] = "cases.followed"
    ended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCorrected(CaseEvent):
    """A requester put the name or phone kept with a voice right."""

    kind: ClassVar[str] = "cases.contact_corrected"
    voice_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentChanged(CaseEvent):
    """A requester agreed to be called about a voice, or took that back."""

    kind: ClassVar[str] = "cases.consent_changed"
    voice_id: int
    may_call: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceErased(CaseEvent):
    """What one requester said of an ended case was erased at their wish; the case and its figures stay."""

    kind: ClassVar[str] = "cases.voice_erased"
    voice_id: int
    files: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepingEnded(CaseEvent):
    """What an archived case held was erased, as its keeping time was over: contacts, photos, or all words."""

    kind: ClassVar[str] = "cases.keeping_ended"
    what: str
    files: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldTurned(CaseEvent):
    """Nothing of a case is erased while it is on hold; or its keeping time runs again."""

    kind: ClassVar[str] = "cases.hold_turned"
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionTurned(CaseEvent):
    """A case's leaving out of the rates was asked, granted, refused, or ended (`decision`)."""

    kind: ClassVar[str] = "cases.exclusion_turned"
    decision: str
    reason_code: str
    words_hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported(Event):
    """A table was taken out of the house: a worklist or the rates, by which filter, how many rows."""

    kind: ClassVar[str] = "cases.exported"
    subject_kind: ClassVar[str] = "export"
    what: str  # worklist | rates
    form: str  # csv | xlsx | print
    rows: int
    view: str = ""
    class_code: str = ""
    channel: str = ""
    unit_id: int | None = None
    searched: bool = False  # words were searched for; which is not kept
    figure: str = ""
    cut: str = ""
    line: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewKept(Event):
    """A member of staff kept a list under a name, or gave it another; what it is called is not said."""

    kind: ClassVar[str] = "cases.view_kept"
    subject_kind: ClassVar[str] = "saved_view"


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewDropped(Event):
    """A kept list was taken away by whoever kept it."""

    kind: ClassVar[str] = "cases.view_dropped"
    subject_kind: ClassVar[str] = "saved_view"


@dataclass(frozen=True, slots=True, kw_only=True)
class Objected(CaseEvent):
    """A unit said that a case is not its duty (`ruling` empty), or the desk ruled on it."""

    kind: ClassVar[str] = "cases.objected"
    objection_id: int
    unit_id: int
    ruling: str
    words_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Extended(CaseEvent):
    """A limit was extended; the people behind the case are told why and until when."""

    kind: ClassVar[str] = "cases.extended"
    extension_id: int
    due_at: datetime
    words_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferred(CaseEvent):
    """The work waits until a day on which it is looked at again."""

    kind: ClassVar[str] = "cases.deferred"
    reason_code: str
    review_at: datetime
    words_hash: str
