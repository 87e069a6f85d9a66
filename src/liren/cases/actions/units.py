"""Which units a case is before besides its lead: the list on the case, its rows and the index, kept in step."""

from liren.cases import queries
from liren.cases.actions.opening import index
from liren.cases.models import Bar, Case, CaseUnit, Part, WhistleUnit
from liren.kernel.errors import Refused
from liren.registers.people import queries as people


def kin(unit_id: int) -> frozenset[int]:
    """A unit, those above it and those below it: what one knows, the others come to know."""
    above = {unit.id: unit.parent_id for unit in people.bodies()}
    below: dict[int, list[int]] = {}
    for unit, parent in above.items():
        if parent is not None:
            below.setdefault(parent, []).append(unit)
    found, upward, downward = {unit_id}, above.get(unit_id), [unit_id]
    while upward is not None and upward not in found:
        found.add(upward)
        upward = above.get(upward)
    while downward:
        fresh = [unit for unit in below.get(downward.pop(), []) if unit not in found]
        found.update(fresh)
        downward += fresh
    return frozenset(found)


def refuse_barred(case: Case, unit_id: int) -> None:
    """Refuse a unit the case speaks of, and the units above and below it. Raises Refused("unit.barred")."""
    if not case.barred:
        return
    barred = Bar.objects.filter(case=case, unit__isnull=False).values_list("unit_id", flat=True)
    if not kin(unit_id).isdisjoint(barred):
        raise Refused("unit.barred", field="unit_id")


def add_unit(case: Case, unit_id: int) -> None:
    """Put the case before one more unit, so that its desk lists it. The caller holds the lock and saves the case.

    The lead may be added too: it stays one of the units when another takes the lead. Again changes nothing.
    Raises Refused("unit.barred") for a unit the case speaks of.
    """
    refuse_barred(case, unit_id)
    if unit_id not in case.co_unit_ids:
        case.co_unit_ids = [*case.co_unit_ids, unit_id]
    CaseUnit.objects.get_or_create(case=case, unit_id=unit_id)
    index(case, queries.words_of_case(case.id))


def drop_unit(case: Case, unit_id: int) -> None:
    """Take the case from a unit that has no part and no whistle left in it. The caller saves the case.

    Whoever ended a part or a whistle calls this after its own row is saved; while the unit is needed for
    something else, nothing changes.
    """
    asked = Part.objects.filter(case=case, unit_id=unit_id, state="asked").exists()
    called = WhistleUnit.objects.filter(whistle__case=case, whistle__ended_at=None, unit_id=unit_id)
    if asked or called.exclude(state="refused").exists():
        return
    case.co_unit_ids = [one for one in case.co_unit_ids if one != unit_id]
    CaseUnit.objects.filter(case=case, unit_id=unit_id).delete()
    index(case, queries.words_of_case(case.id))
