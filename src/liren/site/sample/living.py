"""A case of the sample while it is being lived, and what is told of it afterwards."""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from liren.cases.rules import CallBackRule, Heard
from liren.cases.states import MOVES, State, target
from liren.site.sample.arrivals import Arrival
from liren.site.sample.slots import Scene
from liren.site.sample.world import Street

RESIDENT, SYSTEM = "", "system"


class Limits(Protocol):
    """How long things may take; the loader gives the office's own rule packs. Times are aware."""

    def handling(self, class_code: str, unit: str, at: datetime) -> tuple[datetime, datetime]:
        """When the response and the handling limit run out, counted from a dispatch at `at`."""

    def closing(self, at: datetime) -> datetime:
        """When a case solved at `at` is closed."""

    def call_back(self, at: datetime) -> CallBackRule:
        """How often somebody is tried."""


@dataclass(frozen=True, slots=True)
class PlainCallBack:
    """Three tries over two days, a week of silence."""

    attempts: int = 3
    over: timedelta = timedelta(days=2)
    silence: timedelta = timedelta(days=7)


class PlainLimits:
    """Limits without a calendar, for a life outside any office."""

    def handling(self, class_code: str, unit: str, at: datetime) -> tuple[datetime, datetime]:
        """A day to speak to somebody; a day for pipes and wires, a week for the rest."""
        days = 1 if class_code.startswith("utility.") else 7
        return at + timedelta(hours=4 if days == 1 else 24), at + timedelta(days=days)

    def closing(self, at: datetime) -> datetime:
        """A week for second thoughts."""
        return at + timedelta(days=7)

    def call_back(self, at: datetime) -> CallBackRule:
        """The rule as the office's pack has it."""
        return PlainCallBack()


@dataclass(frozen=True, slots=True)
class Speech:
    """One requester's words as they came in. No phone: anonymous. Device 0: taken down by staff (`by`)."""

    at: datetime  # UTC
    channel: str
    words: str
    name: str
    phone: str
    by: str
    device: int
    consent_call: bool
    consent_public: bool
    place_text: str


@dataclass(frozen=True, slots=True)
class Act:
    """One step of a life. `by` is a sign-in name, "" for a resident, "system" for what follows by itself."""

    move: str
    at: datetime  # UTC
    by: str
    state: str  # after it
    words: str = ""
    voice: int = -1
    place: str = ""
    class_code: str = ""
    unit: str = ""
    verdict: str = ""
    rating: int | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """A case from its first word to wherever it stands at the end of the sample."""

    index: int
    demand_type: str
    place: str  # chosen by the requester at the door; "" where a clerk had to place it
    place_text: str
    point: tuple[float, float] | None
    class_code: str  # given at the door; "" where a clerk had to class it
    truth: str  # the class it really is
    event: str
    voices: tuple[Speech, ...]
    acts: tuple[Act, ...]
    photo: bool
    aside: str  # no unit's work: where it lies, until the desk lets it leave by a lawful exit; else ""


@dataclass(slots=True)
class LivingVoice:
    """What the simulation remembers of one voice; the same fields the row keeps."""

    speech: Speech
    verdict: str = ""
    round: int = 0
    attempts: int = 0
    first_attempt: datetime | None = None
    last_attempt: datetime | None = None

    @property
    def reachable(self) -> bool:
        return bool(self.speech.phone) and self.speech.consent_call

    def heard(self, round_: int) -> Heard:
        verdict = self.verdict if self.round == round_ else ""
        return Heard(verdict, self.reachable, self.attempts, self.first_attempt, self.last_attempt)


def _nothing(now: datetime) -> None:
    """Nobody is at work yet."""


@dataclass(slots=True)
class Life:
    """A case while it is being lived."""

    rng: random.Random
    street: Street
    arrival: Arrival
    limits: Limits
    end: datetime
    scene: Scene
    state: State = State.RECEIVED
    round: int = 1
    unit: str = ""
    handler: str = ""
    dispatched: datetime | None = None
    replied: datetime | None = None
    contacted: bool = False
    voices: list[LivingVoice] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    ahead: list[tuple[datetime, int, Callable[[datetime], None]]] = field(default_factory=list)
    order: int = 0
    # what a unit does when somebody says it is not solved; set by whoever opens the case
    again: Callable[[datetime], None] = _nothing
    aside: bool = False
    result: str = ""  # what the last reply was: done, progress, cannot, answer, praise

    def later(self, at: datetime, what: Callable[[datetime], None]) -> None:
        """Let something happen at `at`, if the sample reaches so far."""
        if at < self.end:
            self.order += 1
            heapq.heappush(self.ahead, (at, self.order, what))

    def can(self, move: str) -> bool:
        """Whether the table has this edge now."""
        return self.state in MOVES[move].edges

    def act(self, move: str, at: datetime, by: str, words: str = "", **given: Any) -> None:
        """Move along the table. Raises IllegalMove."""
        self.state = target(self.state, move)
        self.acts.append(Act(move, utc(at), by, str(self.state), words, **given))

    def run(self) -> None:
        """Live until nothing is left to happen or the sample ends."""
        while self.ahead:
            at, _, what = heapq.heappop(self.ahead)
            what(at)


def utc(at: datetime) -> datetime:
    """A moment as stored: UTC, whole milliseconds."""
    moment = at.astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
