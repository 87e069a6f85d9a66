"""The three rates of a period, per voice and per case, with what they are shares of."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from liren.cases.models import Case, Voice
from liren.cases.queries.ground import visible
from liren.cases.rules import Rates, Tally, rates
from liren.cases.states import ENDED, State
from liren.kernel.policy import Actor


@dataclass(frozen=True, slots=True)
class Figures:
    """Both ways of counting: a case with a hundred voices is one case, and a hundred people."""

    since: datetime
    until: datetime
    per_case: Rates
    per_voice: Rates


def figures(actor: Actor, *, since: datetime, until: datetime) -> Figures:
    """The rates over cases the actor may see whose response limit, or end, falls in [since, until).

    Two statements. Formulas: `rules.rates`. Withdrawn cases count nowhere, merged ones by their voices where those are now.
    """
    period = Q(response_due__gte=since, response_due__lt=until) | Q(
        replied_at__gte=since, replied_at__lt=until
    )
    cases = (
        Case.objects.filter(visible(actor, "cases.read"))
        .filter(period)
        .exclude(state__in=[State.WITHDRAWN, State.MERGED])
    )
    return Figures(
        since, until, rates(_per_case(cases, since, until)), rates(_per_voice(cases, since, until))
    )


def _per_case(cases: QuerySet[Case], since: datetime, until: datetime) -> Iterator[Tally]:
    """A case counts as one: not solved if one voice said so, as content as its least content voice."""
    said: dict[int, list[tuple[str, int | None]]] = {}
    rows = Voice.objects.filter(case__in=cases).exclude(verdict="")
    for case_id, verdict, rating in rows.values_list("case_id", "verdict", "rating"):
        said.setdefault(case_id, []).append((verdict, rating))
    columns = ("id", "state", "response_due", "contacted_at", "replied_at")
    for case_id, state, due, contacted, replied in cases.values_list(*columns).iterator():
        voices = said.get(case_id, [])
        verdicts = {verdict for verdict, _ in voices}
        ratings = [rating for _, rating in voices if rating is not None]
        yield _tally(
            (state, due, contacted, replied),
            "not_solved" if "not_solved" in verdicts else "solved" if verdicts else "",
            min(ratings) if ratings else None,
            since,
            until,
        )


def _per_voice(cases: QuerySet[Case], since: datetime, until: datetime) -> Iterator[Tally]:
    columns = (
        "case__state", "case__response_due", "case__contacted_at", "case__replied_at", "verdict", "rating",
    )  # fmt: skip
    rows = Voice.objects.filter(case__in=cases).values_list(*columns)
    for state, due, contacted, replied, verdict, rating in rows.iterator():
        yield _tally((state, due, contacted, replied), verdict, rating, since, until)


def _tally(
    case: tuple[str, datetime | None, datetime | None, datetime | None],
    verdict: str,
    rating: int | None,
    since: datetime,
    until: datetime,
) -> Tally:
    state, due, contacted, replied = case
    closed = (state in ENDED or bool(verdict)) and replied is not None and since <= replied < until
    return Tally(
        due=due is not None and since <= due < until,
        in_time=contacted is not None and due is not None and contacted <= due,
        closed=closed,
        verdict=verdict,
        rating=rating,
    )
