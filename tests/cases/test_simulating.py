"""What another limit would have meant, counted by hand."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liren.cases import actions, queries
from liren.cases.models import Case
from liren.kernel.errors import Denied
from liren.kernel.policy import Actor
from liren.registers.duties import queries as duties
from tests.cases import joined, seats
from tests.town import NOW, Town

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=40)


@pytest.fixture
def keeper(town: Town) -> Actor:
    """Who keeps the rules."""
    return seats.seated(town, "keeper", "system_admin")


def dispatched(town: Town, key: str, device: int, answered: timedelta | None) -> Case:
    """A case of the drains dispatched NOW (a Tuesday morning) and answered so long after."""
    case = actions.dispatch(
        joined.case(town, key, device=device), town.drains, by=town.clerk(), version=None, now=NOW
    )
    if answered is not None:
        Case.objects.filter(pk=case.pk).update(replied_at=NOW + answered)
    return case


def value(hours: int) -> dict[str, object]:
    """Another limit: so many hours round the clock."""
    part = {"value": hours, "unit": "hour", "basis": "office_choice"}
    return {"response": part, "handle": part, "calendar": "round_the_clock"}


def told(effect: queries.Effect) -> tuple[int, ...]:
    """The figures in a row."""
    return (
        effect.seen, effect.touched, effect.earlier, effect.later, effect.to_late, effect.to_in_time,
    )  # fmt: skip


def test_the_figures_are_the_ones_counted_by_hand(town: Town, keeper: Actor) -> None:
    due = dispatched(town, "quick", 901, timedelta(minutes=30)).handle_due
    assert due is not None
    span = due - NOW
    assert timedelta(hours=1) < span < timedelta(days=20)
    dispatched(town, "just", 902, span)  # answered in the very second the limit ends
    dispatched(town, "late", 903, span + timedelta(hours=1))
    dispatched(town, "open", 904, None)
    hidden = dispatched(town, "hidden", 905, span)
    Case.objects.filter(pk=hidden.pk).update(sealed=True)
    old = dispatched(town, "old", 906, span)
    Case.objects.filter(pk=old.pk).update(limits_from=LATER - timedelta(days=91))

    def run(key: str, hours: int) -> tuple[int, ...]:
        return told(queries.limit_effect({key: value(hours)}, by=keeper, now=LATER))

    code = Case.objects.get(pk=hidden.pk).class_code
    # four seen; one hour: all end earlier, the one answered at the end would have been late
    assert run(code, 1) == (4, 4, 4, 0, 1, 0)
    # a month: all end later, the late one would have been in time
    assert run(code, 720) == (4, 4, 0, 4, 0, 1)
    # a rule for everything changes nothing where the class has its own
    own = duties.limit_row(code, NOW.date()).own
    assert run("default", 1)[1] == (0 if own else 4)
    assert run("housing.lift", 1) == (4, 0, 0, 0, 0, 0)
    same = duties.limit_row(code, NOW.date()).value
    assert told(queries.limit_effect({code: same}, by=keeper, now=LATER)) == (4, 4, 0, 0, 0, 0)


def test_statements_do_not_grow_with_cases_and_strangers_are_refused(town: Town, keeper: Actor) -> None:
    dispatched(town, "one", 911, None)

    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as run:
            queries.limit_effect({"municipal": value(1)}, by=keeper, now=LATER)
        return len(run)

    before = statements()
    for n in range(5):
        dispatched(town, f"more{n}", 920 + n, timedelta(hours=2))
    assert statements() == before
    with pytest.raises(Denied):
        queries.limit_effect({"municipal": value(1)}, by=town.clerk(), now=LATER)
