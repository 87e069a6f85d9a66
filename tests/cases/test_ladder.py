"""The ladder of supervision as decisions: one rung at a time, never down, still while a rung has its time."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from liren.cases import ladder
from liren.cases.ladder import LEVELS, Rung, Standing, Trigger, climb, height, wanted

T0 = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
HOURS = st.integers(0, 400).map(lambda n: T0 + timedelta(hours=n))
TRIGGERS = st.one_of(
    st.builds(Trigger, st.sampled_from(["near", "overdue", "overdue_unanswered"]), st.none() | HOURS),
    st.builds(Trigger, st.sampled_from(["reopened", "chased"]), times=st.integers(1, 5)),
)
LADDERS = st.lists(TRIGGERS, max_size=3).map(tuple)
RUNGS = st.tuples(*[LADDERS] * 5).map(
    lambda all_: [Rung(level, found) for level, found in zip(LEVELS, all_, strict=True)]
)
STANDINGS = st.builds(
    Standing,
    st.sampled_from(["", *LEVELS]),
    HOURS,
    st.booleans(),
    st.integers(0, 5),
    st.integers(0, 5),
)


@given(RUNGS, STANDINGS, HOURS)
def test_never_more_than_one_rung_never_down_never_without_a_cause(
    rungs: list[Rung], standing: Standing, now: datetime
) -> None:
    found = climb(rungs, standing, now)
    if found is None:
        return
    level, cause = found
    assert height(level) == height(standing.level) + 1
    asked, why = wanted(rungs, standing, now)
    assert height(asked) >= height(level)
    assert cause == why
    assert any(cause == trigger.cause for rung in rungs for trigger in rung.triggers)


@given(RUNGS, STANDINGS, HOURS)
def test_a_rung_that_still_has_its_time_stands_still(
    rungs: list[Rung], standing: Standing, now: datetime
) -> None:
    if standing.level and standing.until is not None and now < standing.until:
        assert climb(rungs, standing, now) is None


@given(RUNGS, STANDINGS, HOURS, st.integers(0, 200))
def test_waiting_longer_never_asks_for_less(
    rungs: list[Rung], standing: Standing, now: datetime, hours: int
) -> None:
    later = now + timedelta(hours=hours)
    assert height(wanted(rungs, standing, later)[0]) >= height(wanted(rungs, standing, now)[0])


@given(RUNGS, STANDINGS, HOURS)
def test_an_answer_never_makes_a_case_climb(rungs: list[Rung], standing: Standing, now: datetime) -> None:
    answered = Standing(standing.level, standing.until, True, standing.reopened, standing.chased)
    silent = Standing(standing.level, standing.until, False, standing.reopened, standing.chased)
    if climb(rungs, answered, now) is not None:
        assert climb(rungs, silent, now) is not None


def test_what_a_named_person_may_climb_to() -> None:
    assert ladder.above("") == LEVELS
    assert ladder.above("supervise") == ("listed", "summon")
    assert ladder.above("summon") == ()


def test_a_case_opened_again_too_often_is_reminded_first() -> None:
    rungs = [Rung("supervise", (Trigger("reopened", times=2),))]
    assert climb(rungs, Standing("", None, False, 2, 0), T0) == ("remind", "reopened")
    assert climb(rungs, Standing("urge", T0, False, 2, 0), T0) == ("supervise", "reopened")
    assert climb(rungs, Standing("supervise", T0, False, 2, 0), T0) is None
