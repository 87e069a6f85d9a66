"""What waits for somebody's decision, for who leads: requests of units by case, without anybody's words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db.models import Exists, OuterRef, Q

from liren.cases.models import Case, Exclusion, Extension
from liren.cases.queries.ground import visible
from liren.kernel.policy import Actor

Request = Literal["extension", "exclusion"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One request that nobody decided yet: what is asked, of which case, by which unit, since when."""

    what: Request
    number: str
    class_code: str
    unit: str
    asked_at: datetime


def waiting(actor: Actor, *, limit: int) -> list[Waiting]:
    """Extensions and exclusions that wait for a decision in what the actor may see, the oldest first. Two statements."""
    seen = Case.objects.filter(visible(actor, "cases.read"), sealed=False, id=OuterRef("case_id"))
    undecided = Q(Exists(seen), decision="")
    rows: list[tuple[Request, Any]] = [
        ("extension", row)
        for row in Extension.objects.filter(undecided)
        .select_related("case__unit")
        .order_by("asked_at")[:limit]
    ]
    rows += [
        ("exclusion", row)
        for row in Exclusion.objects.filter(undecided)
        .select_related("case__unit")
        .order_by("asked_at")[:limit]
    ]
    found = [_waiting(what, row.case, row.asked_at) for what, row in rows]
    return sorted(found, key=lambda one: one.asked_at)[:limit]


def _waiting(what: Request, case: Case, asked_at: datetime) -> Waiting:
    unit = (case.unit.short or case.unit.name) if case.unit else ""
    return Waiting(what, case.number, case.class_code, unit, asked_at)


@dataclass(frozen=True, slots=True)
class AskedOut:
    """A case somebody wants left out of the rates, waiting for another person's decision."""

    number: str
    title: str
    unit: str
    reason_code: str
    words: str
    asked_at: datetime


def asked_out(actor: Actor, *, limit: int = 30) -> list[AskedOut]:
    """What waits for this actor's decision, the oldest first; nothing for who may not decide. One statement."""
    if not actor.has("cases.decide_exclusion"):
        return []
    rows = (
        Exclusion.objects.filter(decision="")
        .filter(Exists(Case.objects.filter(visible(actor, "cases.decide_exclusion"), id=OuterRef("case_id"))))
        .exclude(asked_by=actor.id)
        .select_related("case__unit")
        .order_by("asked_at")[:limit]
    )
    return [
        AskedOut(
            row.case.number,
            row.case.title,
            (row.case.unit.short or row.case.unit.name) if row.case.unit else "",
            row.reason_code,
            row.words,
            row.asked_at,
        )
        for row in rows
    ]
