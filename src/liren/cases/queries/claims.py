"""What units claimed of a case, and how its limits came to be what they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from liren.cases import clocks
from liren.cases.models import Case, Deferral, Extension, LimitChange, Objection, Step
from liren.cases.states import CLOCKS, State

# The steps by which limits that ran can come to be others, or end.
LIMITS_MOVE = frozenset({
    "dispatch", "classify", "return", "uphold", "overrule", "hand_back", "come_back",
    "grant_extension", "resume", "recount", "reopen",
})  # fmt: skip
# The latest of these says whether an extension waits for its decision.
DECIDING = frozenset({"ask_extension", "grant_extension", "refuse_extension"})


@dataclass(frozen=True, slots=True)
class Claims:
    """The objection that waits for a ruling, the extension that waits, the waiting itself; None where there is none."""

    objection: Objection | None
    extension: Extension | None
    deferral: Deferral | None
    changes: list[LimitChange]  # newest first
    stage: str  # whose clock runs now: a stage of the procedure, "" where one of the two limits of the work presses
    object_until: datetime | None  # until when its unit may object; None where it may no more


def claims_of(case: Case, steps: Sequence[Step], now: datetime) -> Claims:
    """What is claimed of a case now. A statement only for what its state and its story say there is.

    `steps`: those of its story, newest first.
    """
    moves = [step.move for step in steps]
    objection = extension = deferral = None
    if case.state == State.OBJECTED:
        waiting = Objection.objects.filter(case=case, ruling="").select_related("unit", "suggested")
        objection = waiting.order_by("-raised_at", "-id").first()
    asked = next((move for move in moves if move in DECIDING), "")
    if asked == "ask_extension":
        extension = Extension.objects.filter(case=case, decision="").order_by("-asked_at", "-id").first()
    if case.state == State.DEFERRED:
        deferral = Deferral.objects.filter(case=case, until=None).order_by("-since", "-id").first()
    # a step before the first dispatch takes no limit away
    began = len(moves) - moves[::-1].index("dispatch") - 1 if "dispatch" in moves else 0
    moved = LIMITS_MOVE & set(moves[:began])
    changes = list(LimitChange.objects.filter(case=case).order_by("-at", "-id")[:20]) if moved else []
    clock = CLOCKS.get(State(case.state), "")
    stage = "" if clock in {"response", "handle"} else clock
    return Claims(objection, extension, deferral, changes, stage, _object_until(case, steps, now))


def _object_until(case: Case, steps: Sequence[Step], now: datetime) -> datetime | None:
    """None where an objection would be refused: the time is over, or the unit was overruled here, and that stands."""
    overruled = any(step.move == "overrule" and step.facts.get("unit") == case.unit_id for step in steps)
    if overruled or case.unit_id is None:
        return None
    until = clocks.objection_ends(case, now)
    return until if now <= until else None
