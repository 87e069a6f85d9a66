"""Finding one case by what somebody has of its number. What the reader may not see is not found, and not hinted at."""

from contextlib import suppress
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from liren.cases.models import Case, Step, Voice
from liren.cases.queries.desk import Row, case_ref, rows_of
from liren.cases.queries.ground import visible
from liren.kernel.errors import NotFound
from liren.kernel.ids import NUMBER_DIGITS, digits_of, near_numbers
from liren.kernel.policy import Actor

PART = 6  # digits from which a beginning is worth a look: the day
MOST = 20


def changed_cases(actor: Actor, *, after: int, since: datetime | None, limit: int) -> list[Case]:
    """Cases the reader may see that changed after a place in the order of changes, oldest change first.

    `since` leaves out those of which no step was taken from then on. One statement.
    """
    rows = Case.objects.filter(visible(actor, "cases.read"), change_seq__gt=after)
    if since is not None:
        rows = rows.filter(Exists(Step.objects.filter(case=OuterRef("pk"), at__gte=since)))
    return list(rows.order_by("change_seq")[:limit])


def number_for(case_id: int, actor: Actor) -> str:
    """The number of a case the reader may see, "" for one that is not there for them. One statement."""
    rows = Case.objects.filter(visible(actor, "cases.read"), pk=case_id)
    return rows.values_list("number", flat=True).first() or ""


def by_number(actor: Actor, text: str) -> tuple[str, list[Row]]:
    """The number of the case that is meant, and where there is none the cases whose number is near or begins so.

    A number of a voice leads to its case. Newest first, MOST at most. "" and [] for words. Four statements at most.
    """
    digits = digits_of(text)
    if len(digits) < PART:
        return "", []
    if len(digits) == NUMBER_DIGITS:
        with suppress(NotFound):
            return case_ref(digits, actor).number, []
    if len(digits) < NUMBER_DIGITS - 1:
        alike = Q(number__gte=digits, number__lt=digits + ":")  # ":" follows "9": a range the index answers
    else:
        near = near_numbers(digits)
        alike = Q(number__in=near) | Q(pk__in=Voice.objects.filter(number__in=near).values("case_id"))
    rows = Case.objects.filter(visible(actor, "cases.read"), alike).select_related("unit")
    return "", rows_of(list(rows.order_by("-received_at", "-id")[:MOST]))
