"""Every write of advice: suggest, take, undo, settle, switch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.db import transaction

from liren.base.ledger import actions as ledger
from liren.kernel.errors import Conflict, Denied, NotFound
from liren.kernel.ids import new_id
from liren.kernel.policy import MACHINE, Actor, Facts, require
from liren.registers.advice import queries, rules
from liren.registers.advice.events import Advised, Settled, Switched, Taken, Undone
from liren.registers.advice.models import Advice, Switch

# Who may decide what a suggestion is about. The place is judged by the room that owns the subject.
_DECIDERS = frozenset({"staff", "machine", "system"})


@dataclass(frozen=True, slots=True)
class Given:
    """One suggestion as an adviser gives it. An empty choice: it abstained. Alternatives best first."""

    kind: str
    choice: str
    confidence: float
    reasons: Sequence[str] = ()
    alternatives: Sequence[Mapping[str, Any]] = field(default_factory=tuple)  # {"choice", "confidence"}


def advise(
    subject_kind: str,
    subject_id: int,
    given: Sequence[Given],
    *,
    adviser: str,
    version: str,
    now: datetime,
    place_path: str = "",
    by: Actor = MACHINE,
) -> list[int]:
    """Keep suggestions about one subject beside it; their ids, in order. Nothing of it binds anybody.

    Three statements however many. Empty, and nothing kept, while the office has the adviser switched off. A
    reason that may not be kept is left out: advice never stops a demand. Raises Refused("advice.share").
    """
    if not given or not queries.is_on(adviser):
        return []
    shared = {
        "subject_kind": subject_kind,
        "subject_id": subject_id,
        "place_path": place_path,
        "adviser": adviser,
        "version": version,
        "made_at": now,
    }
    # Ids of one moment are random: sorted, they keep the order given.
    ids = sorted(new_id(now) for _ in given)
    rows = [_row(row_id, each, shared) for row_id, each in zip(ids, given, strict=True)]
    with transaction.atomic(savepoint=False):
        Advice.objects.bulk_create(rows)
        ledger.record(
            Advised(
                subject_id=ids[0],
                by=by.id,
                at=now,
                place_path=place_path,
                about=subject_kind,
                about_id=subject_id,
                adviser=adviser,
                version=version,
                advice_ids=tuple(ids),
            )
        )
    return ids


@transaction.atomic
def take(advice_id: int, *, by: Actor, choice: str, now: datetime) -> None:
    """Note what was decided, as advised or otherwise. Deciding the same again changes nothing.

    A decision may be revised by a later one. The caller has judged whether the actor may decide it; here only
    that a resident cannot. Raises Denied("advice.decider"), NotFound("advice.none").
    """
    _take([_lock(advice_id)], {advice_id: choice}, by=by, now=now)


@transaction.atomic
def take_all(subject_kind: str, subject_id: int, *, by: Actor, now: datetime) -> None:
    """Note that everything advised about a subject, and not yet decided, was done just so: what a machine
    that acts alone does, or a clerk with one key. Raises Denied("advice.decider").
    """
    rows = [
        row
        for row in Advice.objects.select_for_update()
        .filter(subject_kind=subject_kind, subject_id=subject_id, taken_at__isnull=True)
        .order_by("id")
        if row.choice
    ]
    _take(rows, {row.id: row.choice for row in rows}, by=by, now=now)


@transaction.atomic
def undo(advice_id: int, *, by: Actor, now: datetime) -> None:
    """Take back what was taken. The suggestion is open again; that it was undone stays on record.

    Raises Denied("advice.decider"), NotFound("advice.none"), Conflict("advice.not_taken").
    """
    _require_decider(by)
    row = _lock(advice_id)
    if row.taken_at is None:
        raise Conflict("advice.not_taken")
    automatic = row.automatic
    row.taken_at, row.taken_by, row.taken_choice, row.automatic = None, None, "", False
    row.undone_by, row.undone_at = by.id, now
    row.save()
    ledger.record(Undone(subject_id=row.id, by=by.id, at=now, place_path=row.place_path, automatic=automatic))


@transaction.atomic
def settle(advice_id: int, *, outcome: Literal["right", "wrong"], by: Actor, now: datetime) -> None:
    """Score one suggestion by what came of it. A later score replaces an earlier. Raises NotFound."""
    _settle([_lock(advice_id)], [outcome], by=by, now=now)


@transaction.atomic
def settle_subject(
    subject_kind: str, subject_id: int, *, truths: Mapping[str, str], by: Actor, now: datetime
) -> None:
    """Score every suggestion about a subject by what turned out to be so, kind by kind.

    `truths`: {"class": "housing.leak", "unit": "123"}; kinds that are not named stay open, as does an
    adviser that abstained.
    """
    rows = list(
        Advice.objects.select_for_update()
        .filter(subject_kind=subject_kind, subject_id=subject_id, kind__in=list(truths))
        .order_by("id")
    )
    known = [(row, rules.outcome(row.choice, truths[row.kind])) for row in rows]
    scored = [(row, result) for row, result in known if result is not None]
    _settle([row for row, _ in scored], [result for _, result in scored], by=by, now=now)


@transaction.atomic
def switch(
    adviser: str,
    *,
    by: Actor,
    now: datetime,
    on: bool = True,
    alone: bool = False,
    threshold: float = rules.DEFAULT_THRESHOLD,
    thresholds: Mapping[str, float] | None = None,
) -> None:
    """Set an adviser: may it suggest at all, may it act alone, from which confidence (overall, per choice).

    Needs the duty advice.switch for the whole office. Raises Denied, Refused("advice.share").
    """
    require(by, "advice.switch", Facts())
    row = Switch(
        id=new_id(now),
        adviser=adviser,
        on=on,
        alone=on and alone,
        threshold=rules.check_share(threshold),
        thresholds={choice: rules.check_share(share) for choice, share in (thresholds or {}).items()},
        by=by.id,
        at=now,
    )
    row.save(force_insert=True)
    ledger.record(Switched(subject_id=row.id, by=by.id, at=now, adviser=adviser, on=row.on, alone=row.alone))


def _row(row_id: int, given: Given, shared: dict[str, Any]) -> Advice:
    return Advice(
        id=row_id,
        kind=given.kind,
        choice=given.choice,
        confidence=rules.check_share(given.confidence),
        reasons=rules.kept_reasons(given.reasons),
        alternatives=[
            {"choice": str(other["choice"]), "confidence": rules.check_share(other["confidence"])}
            for other in given.alternatives
        ],
        **shared,
    )


def _lock(advice_id: int) -> Advice:
    row = Advice.objects.select_for_update().filter(id=advice_id).first()
    if row is None:
        raise NotFound("advice.none")
    return row


def _require_decider(by: Actor) -> None:
    if by.kind not in _DECIDERS:
        raise Denied("advice.decider")


def _take(rows: Sequence[Advice], choices: Mapping[int, str], *, by: Actor, now: datetime) -> None:
    _require_decider(by)
    changed = [row for row in rows if row.taken_at is None or row.taken_choice != choices[row.id]]
    for row in changed:
        row.taken_by, row.taken_at, row.taken_choice = by.id, now, choices[row.id]
        row.automatic = by.kind == "machine"
    if not changed:
        return
    Advice.objects.bulk_update(changed, ["taken_by", "taken_at", "taken_choice", "automatic"])
    ledger.record_all(
        [
            Taken(
                subject_id=row.id,
                by=by.id,
                at=now,
                place_path=row.place_path,
                followed=row.taken_choice == row.choice,
                automatic=row.automatic,
            )
            for row in changed
        ]
    )


def _settle(rows: Sequence[Advice], outcomes: Sequence[str], *, by: Actor, now: datetime) -> None:
    changed = []
    for row, outcome in zip(rows, outcomes, strict=True):
        if row.outcome != outcome:
            row.outcome, row.settled_at = outcome, now
            changed.append(row)
    if not changed:
        return
    Advice.objects.bulk_update(changed, ["outcome", "settled_at"])
    ledger.record_all(
        [
            Settled(subject_id=row.id, by=by.id, at=now, place_path=row.place_path, outcome=str(row.outcome))
            for row in changed
        ]
    )
