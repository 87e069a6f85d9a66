"""Taking a table out of the house: what was taken, by whom and how much of it stands in the ledger first."""

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from django.db import transaction

from liren.base.ledger import actions as ledger
from liren.cases import events, queries
from liren.kernel.ids import new_id
from liren.kernel.policy import Actor

_CODE = re.compile(r"[a-z0-9_./]{0,120}")


def _code(text: str) -> str:
    """What an address said as the ledger may hold it: codes as they are, anything else as that it was no code."""
    return text if _CODE.fullmatch(text) and not text.isdecimal() else "other"


@transaction.atomic
def export_worklist(
    filters: queries.Filters, *, by: Actor, now: datetime, form: str
) -> Iterator[queries.Row]:
    """The rows of a list as filtered, scoped to who asks and read in pages; recorded before the first is given.

    `form`: "csv" | "xlsx" | "print". Words that were searched for are not recorded, only that there were some. Never
    more rows than were recorded.
    """
    count = queries.count(by, filters, now=now)
    drill = filters.figure
    of_unit = int(drill.key) if drill and drill.dimension == "unit" and drill.key.isdecimal() else None
    ledger.record(
        events.Exported(
            subject_id=new_id(),
            by=by.id,
            at=now,
            place_path=_code(filters.place_path),
            what="worklist",
            form=form,
            rows=count,
            view=filters.view,
            class_code=_code(filters.class_code),
            channel=_code(filters.channel),
            unit_id=filters.unit_id if filters.unit_id is not None else of_unit,
            searched=bool(filters.text),
            figure=f"{drill.slice.by}.{drill.name}" if drill else "",
            cut=drill.dimension if drill else "",
            line=_code(drill.key) if drill and of_unit is None else "",
            since=drill.slice.since if drill else None,
            until=drill.slice.until if drill else None,
        )
    )
    return islice(queries.every_row(by, filters, now=now), count)


@transaction.atomic
def export_rates(what: queries.Slice, cut: str, rows: int, *, by: Actor, now: datetime, form: str) -> None:
    """Record that a table of rates of so many lines is taken out."""
    ledger.record(
        events.Exported(
            subject_id=new_id(),
            by=by.id,
            at=now,
            place_path=_code(what.place_path),
            what="rates",
            form=form,
            rows=rows,
            class_code=_code(what.class_code),
            channel=_code(what.channel),
            unit_id=what.unit_id,
            figure=what.by,
            cut=cut,
            since=what.since,
            until=what.until,
        )
    )
