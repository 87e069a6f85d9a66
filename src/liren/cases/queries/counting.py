"""How many cases stand in a list: many lists in one statement, each counted no further than anybody reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection

from liren.cases.models import SavedView
from liren.cases.queries.desk import VIEWS, Filters, View, narrowed
from liren.kernel.policy import Actor

# Nobody does anything else at 1,000 than at 3,000; counting them would cost each page what the street has.
COUNTED_TO = 1_000


@dataclass(frozen=True, slots=True)
class KeptView:
    """A list somebody kept: its name and the query of its address."""

    id: int
    title: str
    query: str


def kept_views(actor: Actor) -> list[KeptView]:
    """The lists this member of staff kept, the oldest first. One statement."""
    rows = SavedView.objects.filter(account_id=actor.id).order_by("kept_at", "id")
    return [KeptView(*row) for row in rows.values_list("id", "title", "query")]


def counts_of(actor: Actor, lists: Sequence[Filters], *, now: datetime) -> list[int]:
    """How many cases each list finds, counted to COUNTED_TO and no further. One statement.

    A list with words to search for costs one more each: leave those out where many are counted.
    """
    found, parts, params = [0] * len(lists), [], []
    compiled = (_counted(actor, filters, now) for filters in lists)
    for place, part in enumerate(compiled):
        if part is None:
            continue
        parts.append((place, part[0]))
        params += part[1]
    if not parts:
        return found
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(sql for _, sql in parts), params)  # safe - compiled by the ORM
        row = cursor.fetchone()
    for (place, _), value in zip(parts, row, strict=True):
        found[place] = value
    return found


def _counted(actor: Actor, filters: Filters, now: datetime) -> tuple[str, list[Any]] | None:
    """One list as a scalar subquery; None where its condition can hold for no case at all."""
    rows = narrowed(actor, filters, now).order_by().values("pk")[:COUNTED_TO]
    try:
        sql, params = rows.query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    except EmptyResultSet:
        return None
    return f"(SELECT COUNT(*) FROM ({sql}) AS counted)", list(params)  # noqa: S608 - compiled by the ORM


def counts(actor: Actor, *, now: datetime) -> dict[View, int]:
    """How many cases stand in each view the actor may see, in one statement. "all" is not counted."""
    asked = [view for view in VIEWS if view != "all"]
    return dict(zip(asked, counts_of(actor, [Filters(view=view) for view in asked], now=now), strict=True))
