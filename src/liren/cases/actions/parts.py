"""协办: helpers' parts. The lead answers for the whole (条例 art. 14); each part has a limit of its own inside the case's.

A helper may ask a further helper for a part of its part, to any depth. A unit, and above all a community, is asked only
for what its duty list has it lead or assist in (条例 art. 17).
"""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from liren.base.ledger import actions as ledger
from liren.cases import events, queries
from liren.cases.actions.stepping import same_version, take, words_of
from liren.cases.actions.units import add_unit, drop_unit
from liren.cases.models import Case, Part
from liren.kernel.clock import office_zone, to_office
from liren.kernel.errors import NotFound, Refused
from liren.kernel.policy import Actor, require
from liren.registers.duties import queries as duties

ENDS = ("done", "declined")


def _for_unit(case: Case, unit_id: int | None, duty: str, by: Actor) -> None:
    """The actor must hold the duty for that very unit, or for the whole place (the desk). Raises Denied."""
    units = frozenset() if unit_id is None else frozenset({unit_id})
    require(by, duty, replace(queries.facts_of(case), unit_ids=units))


def _let_go(case: Case, unit_id: int) -> None:
    """A unit that declined, or is not needed, sees the case no more, but for one that has done a part of it before."""
    if not Part.objects.filter(case=case, unit_id=unit_id, state="done").exists():
        drop_unit(case, unit_id)


def _refuse_outside_duty(case: Case, unit_id: int, *, by: Actor, now: datetime) -> None:
    """A part outside a unit's duty list is refused, and the attempt is kept, like a dispatch (条例 art. 17)."""
    if not case.class_code:
        raise Refused("dispatch.no_class", field="class_code")
    on = to_office(now, office_zone()).date()
    permit = duties.permits(unit_id, case.class_code, case.place_path, on, part="assist")
    if permit.allowed:
        return
    with transaction.atomic():
        ledger.record(
            events.DispatchRefused(
                subject_id=case.id,
                by=by.id,
                at=now,
                place_path=queries.told_path(case),
                unit_ids=queries.unit_ids(case),
                version=case.version,
                unit_id=unit_id,
                class_code=case.class_code,
                reason=permit.reason,
            )
        )
    raise Refused("part.outside_duty", field="unit_id", reason=permit.reason, unit=unit_id)


def _parent(case: Case, parent_id: int | None) -> Part | None:
    if parent_id is None:
        return None
    found = Part.objects.filter(pk=parent_id, case=case).first()
    if found is None:
        raise NotFound("part.not_found")
    if found.state != "asked":
        raise Refused("part.over", state=found.state)
    return found


def _due(case: Case, parent: Part | None, wanted: datetime | None, now: datetime) -> datetime:
    """When the part is due: what was asked for, never later than what it is a part of; that limit if nothing was said."""
    limit = parent.due_at if parent is not None else case.handle_due
    if limit is None:
        raise Refused("part.no_limit")
    if wanted is None:
        return limit
    if wanted > limit:
        raise Refused("part.too_late", field="due", limit=limit.isoformat())
    if wanted <= now < limit:
        raise Refused("part.past", field="due")
    return wanted


def ask_part(
    case_id: int,
    unit_id: int,
    *,
    by: Actor,
    version: int | None,
    task: str,
    now: datetime,
    due_at: datetime | None = None,
    parent_id: int | None = None,
) -> Part:
    """Ask a unit for a part of the work, as the lead or the desk; or, under `parent_id`, as the unit that holds that part.

    Raises NotFound, Denied, Conflict, IllegalMove, Refused("part.outside_duty" (kept in the ledger) | "part.too_late" |
    "part.past" | "part.own" | "part.twice" | "part.over" | "part.no_limit", words.…).
    """
    seen = queries.peek(case_id, by=by, duty="cases.ask_part")
    _refuse_outside_duty(seen, unit_id, by=by, now=now)
    with transaction.atomic():
        case = queries.lock(case_id, by=by, duty="cases.ask_part")
        same_version(case, version)
        parent = _parent(case, parent_id)
        holder = parent.unit_id if parent is not None else case.unit_id
        _for_unit(case, holder, "cases.ask_part", by)
        if unit_id in {holder, case.unit_id}:
            raise Refused("part.own", field="unit_id")
        if Part.objects.filter(case=case, unit_id=unit_id, state="asked").exists():
            raise Refused("part.twice", field="unit_id")
        part = Part(
            case=case,
            parent=parent,
            unit_id=unit_id,
            asked_by=by.id,
            asked_at=now,
            due_at=_due(case, parent, due_at, now),
            task=words_of(task),
        )
        part.save(force_insert=True)
        case.parts_open += 1
        add_unit(case, unit_id)
        facts = {"part": part.id, "unit": unit_id, "parent": parent_id}
        take(case, "ask_part", by=by, now=now, words=part.task, facts=facts)
        ledger.record(
            events.PartAsked(
                subject_id=case.id,
                by=by.id,
                at=now,
                place_path=queries.told_path(case),
                unit_ids=queries.unit_ids(case),
                version=case.version,
                part_id=part.id,
                unit_id=unit_id,
                due_at=part.due_at,
            )
        )
        return part


def _found(part_id: int, by: Actor, duty: str) -> tuple[Case, Part]:
    """A part that is still open and its case, locked. Raises NotFound, Denied, Refused("part.over")."""
    case_id = Part.objects.filter(pk=part_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise NotFound("part.not_found")
    case = queries.lock(case_id, by=by, duty=duty)
    part = Part.objects.select_related("parent").get(pk=part_id)
    if part.state != "asked":
        raise Refused("part.over", state=part.state)
    return case, part


def _end(case: Case, parts: list[Part], end: str, words: str, *, by: Actor, now: datetime) -> None:
    """End these parts of one case alike, with one step: the first is the one that was meant."""
    for part in parts:
        part.state, part.ended_at, part.ended_by = end, now, by.id
    parts[0].result = words
    Part.objects.bulk_update(parts, ["state", "ended_at", "ended_by", "result"])
    case.parts_open = max(0, case.parts_open - len(parts))
    if end != "done":
        for unit_id in {part.unit_id for part in parts}:
            _let_go(case, unit_id)
    facts = {"part": parts[0].id, "unit": parts[0].unit_id, "end": end}
    take(case, "end_part", by=by, now=now, words=words, facts=facts)
    for part in parts:
        ledger.record(
            events.PartEnded(
                subject_id=case.id,
                by=by.id,
                at=now,
                place_path=queries.told_path(case),
                unit_ids=queries.unit_ids(case),
                version=case.version,
                part_id=part.id,
                unit_id=part.unit_id,
                end=end,
            )
        )


def _below(part: Part) -> list[Part]:
    """The open parts under a part, of any depth; one statement per level."""
    found, level = [], [part.id]
    while level:
        rows = list(Part.objects.filter(parent_id__in=level, state="asked").order_by("id"))
        found += rows
        level = [row.id for row in rows]
    return found


@transaction.atomic
def end_part(part_id: int, end: str, *, by: Actor, text: str, now: datetime) -> Case:
    """The helper says that its part is done, or that it declines, with words; its own helpers must be finished first.

    Raises NotFound, Denied (another unit's), IllegalMove, Refused("part.end_unknown" | "part.over" | "part.below_open").
    """
    if end not in ENDS:
        raise Refused("part.end_unknown", field="end")
    case, part = _found(part_id, by, "cases.end_part")
    _for_unit(case, part.unit_id, "cases.end_part", by)
    below = _below(part)
    if below:
        raise Refused("part.below_open", parts=len(below))
    _end(case, [part], end, words_of(text), by=by, now=now)
    return case


@transaction.atomic
def withdraw_part(part_id: int, *, by: Actor, text: str, now: datetime) -> Case:
    """Whoever may ask for a part takes it back, and every part under it. Raises as end_part."""
    case, part = _found(part_id, by, "cases.ask_part")
    _for_unit(case, part.parent.unit_id if part.parent else case.unit_id, "cases.ask_part", by)
    _end(case, [part, *_below(part)], "withdrawn", words_of(text), by=by, now=now)
    return case


def keep_inside(case: Case) -> None:
    """Parts due after the whole, because its limit became shorter, are due with it. The caller holds the case."""
    if case.parts_open and case.handle_due is not None:
        late = Part.objects.filter(case=case, state="asked", due_at__gt=case.handle_due)
        late.update(due_at=case.handle_due)
