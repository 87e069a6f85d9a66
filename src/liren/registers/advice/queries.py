"""Every read of advice: what was suggested about a subject, how an adviser is set, and its record."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q

from liren.kernel.policy import Decision
from liren.registers.advice import rules
from liren.registers.advice.models import Advice, Switch
from liren.registers.advice.rules import Setting


@dataclass(frozen=True, slots=True)
class AdviceView:
    """One suggestion and what became of it."""

    id: int
    kind: str
    adviser: str
    version: str
    choice: str
    confidence: float
    reasons: tuple[str, ...]
    alternatives: tuple[dict[str, Any], ...]
    made_at: datetime
    taken_by: int | None
    taken_choice: str
    taken_at: datetime | None
    automatic: bool
    undone_at: datetime | None
    outcome: str | None

    @property
    def taken(self) -> bool:
        """Whether what was decided is what was advised."""
        return self.taken_at is not None and self.taken_choice == self.choice


@dataclass(frozen=True, slots=True)
class Record:
    """How one kind of advice of one adviser fared for one choice ("" : it abstained)."""

    kind: str
    choice: str
    made: int
    taken: int
    changed: int
    undone: int
    automatic: int
    right: int
    wrong: int

    @property
    def hit_rate(self) -> float | None:
        """Right over right and wrong; None where nothing is settled yet."""
        settled = self.right + self.wrong
        return self.right / settled if settled else None

    @property
    def coverage(self) -> float:
        """How much of what was suggested has an outcome: what the hit rate speaks for."""
        return (self.right + self.wrong) / self.made if self.made else 0.0


def for_subject(subject_kind: str, subject_id: int) -> list[AdviceView]:
    """What was suggested about a subject, oldest first. One statement.

    Advice is seen by whoever sees its subject: the room that owns it judged that.
    """
    rows = Advice.objects.filter(subject_kind=subject_kind, subject_id=subject_id).order_by("made_at", "id")
    return [_view(row) for row in rows]


def for_subjects(subject_kind: str, subject_ids: Iterable[int]) -> dict[int, list[AdviceView]]:
    """`for_subject` of many, by subject; those without are left out. One statement."""
    rows = Advice.objects.filter(subject_kind=subject_kind, subject_id__in=list(subject_ids))
    found: dict[int, list[AdviceView]] = {}
    for row in rows.order_by("made_at", "id"):
        found.setdefault(row.subject_id, []).append(_view(row))
    return found


def choices(subject_kind: str, subject_ids: Iterable[int], *, kind: str) -> dict[int, str]:
    """For a list: the latest open suggestion of a kind for each subject that has one. One statement."""
    rows = (
        Advice.objects.filter(subject_kind=subject_kind, subject_id__in=list(subject_ids), kind=kind)
        .exclude(choice="")
        .order_by("made_at", "id")
        .values_list("subject_id", "choice")
    )
    return dict(rows)


def setting(adviser: str) -> Setting:
    """How an adviser is set; never set: it may suggest, but never act alone. One statement."""
    row = Switch.objects.filter(adviser=adviser).order_by("-id").first()
    if row is None:
        return Setting()
    return Setting(row.on, row.alone, row.threshold, dict(row.thresholds))


def is_on(adviser: str) -> bool:
    """Whether the office lets the adviser suggest. One statement."""
    return setting(adviser).on


def may_act_alone(
    adviser: str,
    *,
    class_code: str,
    confidence: float,
    exactly_one_duty: bool,
    low_risk: bool,
    reversible: bool = True,
) -> Decision:
    """`rules.may_act_alone` with the office's switch and the threshold it set for the class."""
    set_ = setting(adviser)
    return rules.may_act_alone(
        confidence,
        set_.least(class_code),
        exactly_one_duty=exactly_one_duty,
        reversible=reversible,
        low_risk=low_risk,
        switched_on=set_.on and set_.alone,
    )


def record(adviser: str, *, since: datetime | None = None) -> list[Record]:
    """How an adviser fared, per kind and choice, from `since` on; most used first. One statement."""
    rows = (
        Advice.objects.filter(adviser=adviser, **({"made_at__gte": since} if since else {}))
        .values("kind", "choice")
        .annotate(
            made=Count("id"),
            taken=Count("id", filter=Q(taken_at__isnull=False, taken_choice=F("choice"))),
            changed=Count("id", filter=Q(taken_at__isnull=False) & ~Q(taken_choice=F("choice"))),
            undone=Count("id", filter=Q(undone_at__isnull=False)),
            alone=Count("id", filter=Q(automatic=True)),
            right=Count("id", filter=Q(outcome="right")),
            wrong=Count("id", filter=Q(outcome="wrong")),
        )
        .order_by("kind", "-made", "choice")
    )
    return [
        Record(
            kind=row["kind"],
            choice=row["choice"],
            made=row["made"],
            taken=row["taken"],
            changed=row["changed"],
            undone=row["undone"],
            automatic=row["alone"],
            right=row["right"],
            wrong=row["wrong"],
        )
        for row in rows
    ]


def _view(row: Advice) -> AdviceView:
    return AdviceView(
        id=row.id,
        kind=row.kind,
        adviser=row.adviser,
        version=row.version,
        choice=row.choice,
        confidence=row.confidence,
        reasons=tuple(row.reasons),
        alternatives=tuple(row.alternatives),
        made_at=row.made_at,
        taken_by=row.taken_by,
        taken_choice=row.taken_choice,
        taken_at=row.taken_at,
        automatic=row.automatic,
        undone_at=row.undone_at,
        outcome=row.outcome,
    )
