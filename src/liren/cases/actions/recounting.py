"""When a calendar or a rule was corrected, running limits are counted again and the old ones kept."""

from datetime import datetime

from django.db import transaction

from liren.cases import clocks, queries
from liren.cases.actions.stepping import moved, take
from liren.cases.models import Case
from liren.cases.states import RUNNING
from liren.kernel.policy import SYSTEM

CHUNK = 500


def recount_limits(*, now: datetime) -> int:
    """Count every running limit again; how many moved. Run by a job.

    Three statements for every CHUNK of cases that stay as they are; one transaction for each that moves.
    """
    changed, last = 0, 0
    while True:
        rows = list(
            Case.objects.filter(state__in=RUNNING, id__gt=last, limits_from__isnull=False)
            .exclude(unit=None)
            .prefetch_related("deferral_set", "extension_set")
            .order_by("id")[:CHUNK]
        )
        for case in rows:
            changed += clocks.differs(case, now) and _recount(case.id, now)
        if len(rows) < CHUNK:
            return changed
        last = rows[-1].id


@transaction.atomic
def _recount(case_id: int, now: datetime) -> bool:
    case = queries.lock(case_id)
    if case.state not in RUNNING or not clocks.recount(case, now, by=SYSTEM.id):
        return False
    clocks.restart(case, case.due_from or now)
    take(case, "recount", by=SYSTEM, now=now)
    moved(case, "recount", by=SYSTEM, now=now)
    return True
