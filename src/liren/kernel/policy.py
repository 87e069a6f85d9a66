"""Who may do what.

Permission as a pure function of actor, duty and facts. Which role has which duties is base/access's data.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from liren.kernel.errors import Denied

ActorKind = Literal["anonymous", "resident", "staff", "machine", "system"]
Proof = Literal["none", "device", "phone", "password", "token", "second_factor"]

SEALED = ".sealed"

# Duties nobody may do on a case of which they are the handler: the one who did the work is not the one who
# asks whether it was done (北京市接诉即办工作条例 art. 23: the centre calls back, not the unit), nor judges
# his own return.
NOT_BY_HANDLER: frozenset[str] = frozenset(
    {
        "cases.call_back",
        "cases.approve_return",
        "cases.verify",
        "cases.grant_extension",
        "cases.decide_exclusion",
    }
)


@dataclass(frozen=True, slots=True)
class Grant:
    """A role's duties in a place, for a unit, or both. No `place_path`: everywhere; no `unit_id`: any unit.

    `own_only` grants reach what is the actor's own, wherever it lies, and nothing else: place and unit do
    not matter to them. A path begins and ends with "/", so that a prefix is a place.
    """

    role: str
    duties: frozenset[str]
    place_path: str = ""
    unit_id: int | None = None
    own_only: bool = False

    def __post_init__(self) -> None:
        if self.place_path and not (self.place_path.startswith("/") and self.place_path.endswith("/")):
            raise ValueError(f"a place path begins and ends with a slash: {self.place_path!r}")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, what they were granted, and how well we know that it is they."""

    id: int
    kind: ActorKind
    grants: tuple[Grant, ...] = ()
    proof: Proof = "none"
    device_id: int | None = None
    phone_index: str | None = None

    def has(self, duty: str) -> bool:
        """Whether any grant holds the duty, wherever: for menus, never for a decision about a thing."""
        return self.kind == "system" or any(duty in grant.duties for grant in self.grants)


# The system itself (clocks, imports) may do every duty; a machine adviser does only what is granted to it.
SYSTEM = Actor(id=1, kind="system")
MACHINE = Actor(id=2, kind="machine")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the decision may know about the thing: where it is, whose it is, whether it is sealed."""

    place_path: str = ""
    unit_ids: frozenset[int] = frozenset()
    own: bool = False
    handler_id: int | None = None
    sealed: bool = False
    # Who must not have to do with it: units it speaks of, and persons who stepped back (回避).
    barred_units: frozenset[int] = frozenset()
    barred_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """Allowed or not, with a reason code.

    Granted, system, barred, handler, no_duty, sealed, not_own, outside_place, outside_unit.
    """

    allowed: bool
    reason: str


# How near a grant came: the refusal names the last hurdle, so that an office can see what is missing.
_HURDLES = ("no_duty", "sealed", "not_own", "outside_place", "outside_unit", "granted")


def decide(actor: Actor, duty: str, facts: Facts) -> Decision:
    """Whether the actor may do the duty on a thing with these facts. Total: never raises.

    One grant must pass every hurdle by itself: it holds the duty (and `duty + ".sealed"` for a sealed
    thing) and covers the place and the unit, or is `own_only` and the thing is the actor's own.
    NOT_BY_HANDLER stops even a granted handler; a bar stops everybody it names, whatever else they hold.
    """
    if barred(actor, facts):
        return Decision(False, "barred")
    if duty in NOT_BY_HANDLER and facts.handler_id is not None and facts.handler_id == actor.id:
        return Decision(False, "handler")
    if actor.kind == "system":
        return Decision(True, "system")
    reason = max(
        (_hurdle(grant, duty, facts) for grant in actor.grants), key=_HURDLES.index, default="no_duty"
    )
    return Decision(reason == "granted", reason)


def barred(actor: Actor, facts: Facts) -> bool:
    """Whether the thing speaks of the actor's unit, or the actor stepped back from it. The requester never is."""
    if actor.kind != "staff" or facts.own:
        return False
    units = {grant.unit_id for grant in actor.grants if grant.unit_id is not None}
    return actor.id in facts.barred_ids or not units.isdisjoint(facts.barred_units)


def require(actor: Actor, duty: str, facts: Facts) -> None:
    """Nothing, if the actor may. Raises Denied("policy.denied") with duty and reason code."""
    decision = decide(actor, duty, facts)
    if not decision.allowed:
        raise Denied("policy.denied", duty=duty, reason=decision.reason)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which rows an actor may list for a duty; a row is visible if any of these holds.

    everything · the row's path starts with one of `place_paths` · one of its units is in `unit_ids` · for
    one of `pairs` (path, unit) both hold · `own` and the row is the actor's own. An empty scope shows
    nothing.
    """

    everything: bool = False
    place_paths: tuple[str, ...] = ()
    unit_ids: tuple[int, ...] = ()
    pairs: tuple[tuple[str, int], ...] = ()
    own: bool = False

    @property
    def nothing(self) -> bool:
        """Whether no row at all can be visible."""
        return not (self.everything or self.place_paths or self.unit_ids or self.pairs or self.own)

    def covers(self, place_path: str, unit_ids: Iterable[int] = (), *, own: bool = False) -> bool:
        """Whether a row with this path, these units and this ownership is visible."""
        units = frozenset(unit_ids)
        return (
            self.everything
            or (self.own and own)
            or any(within(place_path, path) for path in self.place_paths)
            or not units.isdisjoint(self.unit_ids)
            or any(unit in units and within(place_path, path) for path, unit in self.pairs)
        )


def scope(actor: Actor, duty: str, *, sealed: bool = False) -> Scope:
    """The rows the actor may list for the duty; `sealed=True` asks for sealed rows, `False` for all others.

    Agrees with `decide` on every row, but for NOT_BY_HANDLER, which is about acting and not about seeing, and
    for bars, which lie with each row.
    """
    if actor.kind == "system":
        return Scope(everything=True)
    wanted = {duty, duty + SEALED} if sealed else {duty}
    grants = [grant for grant in actor.grants if wanted <= grant.duties]
    wide = [grant for grant in grants if not grant.own_only]
    if any(not grant.place_path and grant.unit_id is None for grant in wide):
        return Scope(everything=True)
    paths = _outermost({grant.place_path for grant in wide if grant.unit_id is None})
    units = {grant.unit_id for grant in wide if grant.unit_id is not None and not grant.place_path}
    pairs = {
        (grant.place_path, grant.unit_id) for grant in wide if grant.unit_id is not None and grant.place_path
    }
    return Scope(
        place_paths=paths,
        unit_ids=tuple(sorted(units)),
        pairs=tuple(sorted(pairs)),
        own=len(wide) < len(grants),
    )


def within(place_path: str, outer: str) -> bool:
    """Whether a place lies in (or is) the outer place; the empty outer path is everywhere."""
    return place_path.startswith(outer)


def _hurdle(grant: Grant, duty: str, facts: Facts) -> str:
    if duty not in grant.duties:
        return "no_duty"
    if facts.sealed and duty + SEALED not in grant.duties:
        return "sealed"
    if grant.own_only:
        return "granted" if facts.own else "not_own"
    if not within(facts.place_path, grant.place_path):
        return "outside_place"
    if grant.unit_id is not None and grant.unit_id not in facts.unit_ids:
        return "outside_unit"
    return "granted"


def _outermost(paths: set[str]) -> tuple[str, ...]:
    """Without those that lie in another of them: shorter SQL, same rows."""
    return tuple(
        sorted(path for path in paths if not any(path != other and within(path, other) for other in paths))
    )
