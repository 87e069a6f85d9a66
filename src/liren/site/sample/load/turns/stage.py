"""Who stands on the stage, at what hour, before which case."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import Max

from liren.base.access import queries as access
from liren.cases.models import Case, Step, Voice
from liren.kernel.errors import LirenError
from liren.kernel.policy import Actor, Grant
from liren.site.sample import hours, steps
from liren.site.sample.dice import dice
from liren.site.sample.load.registers import Ground
from liren.site.sample.world import Street, lines, read


@dataclass(frozen=True, slots=True)
class Aside:
    """A demand no unit was given: its case, the class it really is, and the place it lies in, by their codes."""

    case_id: int
    truth: str
    place: str


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """Everything written beside a case."""
    found: dict[str, Any] = read("words/turns.yaml")
    return found


def rows(name: str) -> list[list[str]]:
    """A table of the bank: its lines, cut at the bars."""
    return [[cell.strip() for cell in line.split("|")] for line in lines(words()[name])]


@dataclass(slots=True)
class Stage:
    """The street as it stands when the turns are played. `share` is the part of the usual number that is played."""

    street: Street
    ground: Ground
    asides: Sequence[Aside]
    until: datetime
    share: float
    played: Counter[str] = field(default_factory=Counter)
    used: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.rng = dice("turns", self.street.seed)
        self.names = {account: name for name, account in self.ground.accounts.items()}
        self.codes = {number: code for code, number in self.ground.units.items()}

    rng: Any = field(init=False)
    names: dict[int, str] = field(init=False)
    codes: dict[int, str] = field(init=False)

    def few(self, usual: int) -> int:
        """So many of what a street of five thousand cases has `usual` of; one at least."""
        return max(1, round(usual * self.share))

    def staff(self, username: str, at: datetime) -> Actor:
        """A member of staff with the grants of that moment."""
        return access.actor(self.ground.accounts[username], None, now=at, second_factor_at=at)

    def of_role(self, role: str, at: datetime) -> Actor:
        """Somebody who holds a role."""
        names = [post.username for post in self.street.posts if post.role == role]
        return self.staff(self.rng.choice(names), at)

    def handler(self, unit_id: int, at: datetime) -> Actor:
        """Somebody who handles for a unit."""
        return self.staff(self.rng.choice(steps.staff(self.street)[0][self.codes[unit_id]]), at)

    def resident(self, voice: Voice, at: datetime) -> Actor | None:
        """Whoever spoke: by the device they wrote from, or by the phone they proved; None who left neither."""
        if voice.device_id is None and not voice.phone_index:
            return None
        role = "device" if voice.device_id is not None else "phone"
        duties = frozenset(access.role(role, at.date()).duties)
        return Actor(
            id=0,
            kind="resident",
            grants=(Grant(role=role, duties=duties, own_only=True),),
            proof="device" if voice.device_id is not None else "phone",
            device_id=voice.device_id,
            phone_index=None if voice.device_id is not None else voice.phone_index,
        )

    def cases(
        self, states: Sequence[str], usual: int, *, again: bool = False, **wanted: Any
    ) -> Iterator[tuple[Case, datetime]]:
        """Some cases, the newest first, each with the time of its last step; `again`: also those played with before."""
        found = Case.objects.filter(state__in=states, **wanted).exclude(unit=None)
        left = self.few(usual)
        for case in found.annotate(last=Max("step_set__at")).order_by("-received_at", "id")[: left * 6]:
            if left and (again or case.id not in self.used) and self.rng.random() < 0.5:
                left -= 1
                self.used.add(case.id)
                yield case, case.last

    def last(self, case_id: int) -> datetime:
        """When something last happened to a case."""
        at: datetime = Step.objects.filter(case_id=case_id).aggregate(last=Max("at"))["last"]
        return at

    def after(self, at: datetime, least: float = 0.2, most: float = 0.7) -> datetime:
        """A working moment between `at` and the end of the sample, nearer to neither than asked for."""
        span = self.until - at
        moment = at + span * self.rng.uniform(least, most)
        working = hours.desk(self.rng, moment.astimezone(self.until.tzinfo))
        return working if at < working < self.until else moment

    def soon(self, at: datetime, median: float = 25) -> datetime:
        """Some minutes later by the desk's hours, never after the end of the sample."""
        local = at.astimezone(self.until.tzinfo)
        moment = hours.desk(self.rng, hours.desk(self.rng, local) + hours.minutes(self.rng, median))
        return min(moment, max(at + timedelta(seconds=30), self.until - timedelta(minutes=2)))

    def play(self, name: str, turn: Any, *given: Any, **named: Any) -> Any:
        """Do one thing as a person would; what the rules refuse is left undone and counted as such."""
        try:
            with transaction.atomic():
                done = turn(*given, **named)
        except LirenError:
            self.played[f"{name}, refused"] += 1
            return None
        self.played[name] += 1
        return done
