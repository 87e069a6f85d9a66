"""A case among the others of its list: the one before, the one after; and cases picked out of a list."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from django.db.models import F, Q

from liren.cases.models import Case
from liren.cases.queries.desk import NEWEST_FIRST, SELECTABLE_STATES, Filters, narrowed
from liren.cases.queries.ground import visible
from liren.kernel.policy import Actor

SELECTABLE = frozenset(str(state) for state in SELECTABLE_STATES)


def neighbour(
    actor: Actor, filters: Filters, case: Case, *, step: Literal[1, -1], now: datetime
) -> str | None:
    """The number of the case that stands next in the list, after (1) or before (-1) where this one stands or stood.

    None at the end of the list. One statement, one more where words are searched.
    """
    rows = narrowed(actor, filters, now).exclude(pk=case.pk)
    if filters.view in NEWEST_FIRST:
        down = step == 1
        mark = "lt" if down else "gt"
        beyond = Q(**{f"received_at__{mark}": case.received_at}) | Q(
            received_at=case.received_at, **{f"id__{mark}": case.pk}
        )
        rows = rows.filter(beyond).order_by(*(("-received_at", "-id") if down else ("received_at", "id")))
    else:
        rows = rows.filter(_later(case) if step == 1 else _sooner(case))
        order = F("next_due").asc(nulls_last=True) if step == 1 else F("next_due").desc(nulls_first=True)
        rows = rows.order_by(order, "id" if step == 1 else "-id")
    return rows.values_list("number", flat=True).first()


def _later(case: Case) -> Q:
    """What a list by time left shows below this case; those without a clock stand last."""
    if case.next_due is None:
        return Q(next_due__isnull=True, id__gt=case.pk)
    same = Q(next_due=case.next_due, id__gt=case.pk)
    return Q(next_due__gt=case.next_due) | same | Q(next_due__isnull=True)


def _sooner(case: Case) -> Q:
    if case.next_due is None:
        return Q(next_due__isnull=False) | Q(next_due__isnull=True, id__lt=case.pk)
    return Q(next_due__lt=case.next_due) | Q(next_due=case.next_due, id__lt=case.pk)


def picked(case_ids: Iterable[int], *, by: Actor, duty: str) -> list[Case]:
    """The picked cases this actor may do the duty on, the most urgent first; others are left out. One statement."""
    rows = Case.objects.filter(visible(by, duty), pk__in=list(case_ids)).select_related("unit")
    return list(rows.order_by(F("next_due").asc(nulls_last=True), "id"))


def titles_of(numbers: Iterable[str], actor: Actor) -> dict[str, str]:
    """Titles by number of the cases this actor may see. One statement."""
    rows = Case.objects.filter(visible(actor, "cases.read"), number__in=list(numbers))
    return dict(rows.values_list("number", "title"))
