"""How much work in hand hangs on a piece of ground or on a unit: figures for whoever keeps the registers.

Reports of wrongdoing, and cases kept from somebody's eyes, are in none of them: even their number would tell.
"""

from collections.abc import Iterable

from django.db.models import Count

from liren.cases.models import Case
from liren.cases.states import AT_WORK, OPEN
from liren.kernel import policy
from liren.kernel.policy import Actor, Facts
from liren.registers.places import queries as places


def open_on_ground(path: str, *, by: Actor) -> int:
    """How many open cases lie in a place. Raises Denied without the duty places.manage there."""
    office = places.office_view().path
    inside = path if path.startswith(office) else office
    policy.require(by, "places.manage", Facts(place_path=inside))
    rows = Case.objects.filter(places.path_filter(path, "place_path"), state__in=sorted(OPEN))
    return rows.filter(sealed=False, barred=False).count()


def at_work_at(unit_ids: Iterable[int], *, by: Actor) -> dict[int, int]:
    """How many cases units have in hand, by unit; those without any are left out.

    Raises Denied without the duty people.manage or access.revoke.
    """
    if not by.has("access.revoke"):
        policy.require(by, "people.manage", Facts(place_path=places.office_view().path))
    rows = Case.objects.filter(
        unit_id__in=list(unit_ids), state__in=sorted(AT_WORK), sealed=False, barred=False
    )
    return {unit_id: n for unit_id, n in rows.values_list("unit_id").annotate(n=Count("id")) if unit_id}
