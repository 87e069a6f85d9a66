"""Who may do what: every hurdle by itself, and scope agrees with decision."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from liren.kernel.errors import Denied
from liren.kernel.policy import (
    MACHINE,
    NOT_BY_HANDLER,
    SEALED,
    SYSTEM,
    Actor,
    Facts,
    Grant,
    Scope,
    decide,
    require,
    scope,
    within,
)

PATHS = ["/1/", "/1/2/", "/1/2/3/", "/1/2a/", "/1/20/", "/4/"]
DUTIES = ["cases.read", "cases.reply", "cases.call_back", "cases.read.sealed"]

grants = st.builds(
    Grant,
    role=st.just("role"),
    duties=st.frozensets(st.sampled_from(DUTIES), max_size=3),
    place_path=st.sampled_from(["", *PATHS]),
    unit_id=st.none() | st.integers(1, 3),
    own_only=st.booleans(),
)
actors = st.builds(
    Actor,
    id=st.integers(1, 5),
    kind=st.sampled_from(["anonymous", "resident", "staff", "machine", "system"]),
    grants=st.lists(grants, max_size=4).map(tuple),
)
facts = st.builds(
    Facts,
    place_path=st.sampled_from(["", *PATHS]),
    unit_ids=st.frozensets(st.integers(1, 4), max_size=3),
    own=st.booleans(),
    handler_id=st.none() | st.integers(1, 5),
    sealed=st.booleans(),
)
duties = st.sampled_from(DUTIES[:3])
CLERK = Grant(role="clerk", duties=frozenset({"cases.reply"}), place_path="/1/2/", unit_id=7)
HERE = Facts(place_path="/1/2/3/", unit_ids=frozenset({7, 8}))


def reason(grant: Grant, case: Facts, duty: str = "cases.reply") -> str:
    return decide(Actor(id=9, kind="staff", grants=(grant,)), duty, case).reason


def test_a_grant_passes_every_hurdle_by_itself() -> None:
    assert reason(CLERK, HERE) == "granted"
    assert reason(CLERK, HERE, "cases.read") == "no_duty"
    assert reason(CLERK, replace(HERE, place_path="/1/20/")) == "outside_place"
    assert reason(CLERK, replace(HERE, place_path="")) == "outside_place"
    assert reason(CLERK, replace(HERE, unit_ids=frozenset({8}))) == "outside_unit"
    assert reason(CLERK, replace(HERE, sealed=True)) == "sealed"
    both = replace(CLERK, duties=frozenset({"cases.reply", "cases.reply" + SEALED}))
    assert reason(both, replace(HERE, sealed=True)) == "granted"


def test_two_halves_do_not_make_a_grant() -> None:
    far = Grant(role="a", duties=frozenset({"cases.reply"}), place_path="/4/")
    idle = Grant(role="b", duties=frozenset({"cases.read"}), place_path="/1/")
    assert (
        decide(Actor(id=9, kind="staff", grants=(far, idle)), "cases.reply", HERE).reason == "outside_place"
    )
    open_half = Grant(role="a", duties=frozenset({"cases.reply"}))
    sealed_half = Grant(role="b", duties=frozenset({"cases.reply" + SEALED}))
    halves = Actor(id=9, kind="staff", grants=(open_half, sealed_half))
    assert not decide(halves, "cases.reply", replace(HERE, sealed=True)).allowed


def test_own_only_reaches_ones_own_wherever_it_lies() -> None:
    own = Grant(role="resident", duties=frozenset({"cases.rate", "cases.read"}), own_only=True)
    assert reason(own, Facts(place_path="/9/", own=True), "cases.read") == "granted"
    assert reason(own, HERE, "cases.read") == "not_own"


def test_the_handler_does_not_judge_his_own_work() -> None:
    duty = "cases.call_back"
    caller = Actor(id=9, kind="staff", grants=(Grant(role="centre", duties=frozenset({duty})),))
    assert decide(caller, duty, HERE).allowed
    assert decide(caller, duty, replace(HERE, handler_id=8)).allowed
    assert decide(caller, duty, replace(HERE, handler_id=9)).reason == "handler"
    assert not decide(SYSTEM, duty, replace(HERE, handler_id=SYSTEM.id)).allowed


def test_the_system_may_and_a_machine_only_what_it_was_granted() -> None:
    assert decide(SYSTEM, "anything", HERE).reason == "system"
    assert SYSTEM.has("anything")
    assert not decide(MACHINE, "cases.reply", HERE).allowed
    assert decide(replace(MACHINE, grants=(CLERK,)), "cases.reply", HERE).allowed
    assert (SYSTEM.id, MACHINE.id) == (1, 2)


def test_require_says_duty_and_reason_and_nothing_about_the_thing() -> None:
    require(SYSTEM, "cases.reply", HERE)
    with pytest.raises(Denied) as denied:
        require(MACHINE, "cases.reply", HERE)
    assert denied.value.code == "policy.denied"
    assert denied.value.params == {"duty": "cases.reply", "reason": "no_duty"}


@pytest.mark.parametrize("path", ["1/2", "/1", "1/", "everywhere"])
def test_a_path_that_would_match_half_a_place_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="slash"):
        Grant(role="x", duties=frozenset(), place_path=path)


@given(actors, duties, facts)
def test_decision_needs_the_duty_somewhere(actor: Actor, duty: str, case: Facts) -> None:
    decision = decide(actor, duty, case)
    assert decision.allowed == (decision.reason in ("granted", "system"))
    if decision.allowed:
        assert actor.has(duty)
        assert duty not in NOT_BY_HANDLER or case.handler_id != actor.id


@given(actors, duties, facts, grants)
def test_one_more_grant_never_takes_away(actor: Actor, duty: str, case: Facts, more: Grant) -> None:
    if decide(actor, duty, case).allowed:
        assert decide(replace(actor, grants=(*actor.grants, more)), duty, case).allowed
        assert decide(replace(actor, grants=(more, *actor.grants)), duty, case).allowed


@given(actors, duties, facts)
def test_sealing_never_opens(actor: Actor, duty: str, case: Facts) -> None:
    if decide(actor, duty, replace(case, sealed=True)).allowed:
        assert decide(actor, duty, replace(case, sealed=False)).allowed


@given(actors, duties, facts)
def test_the_list_shows_exactly_what_may_be_opened(actor: Actor, duty: str, case: Facts) -> None:
    assume(duty not in NOT_BY_HANDLER)
    seen = scope(actor, duty, sealed=case.sealed)
    assert seen.covers(case.place_path, case.unit_ids, own=case.own) == decide(actor, duty, case).allowed
    if seen.nothing:
        assert not seen.covers(case.place_path, case.unit_ids, own=True)


def test_scope_keeps_pairs_apart_and_drops_what_is_covered() -> None:
    duty = frozenset({"cases.read"})
    actor = Actor(
        id=9,
        kind="staff",
        grants=(
            Grant("a", duty, place_path="/1/2/"),
            Grant("a", duty, place_path="/1/2/3/"),
            Grant("b", duty, unit_id=5),
            Grant("c", duty, place_path="/4/", unit_id=6),
            Grant("d", duty, own_only=True),
        ),
    )
    assert scope(actor, "cases.read") == Scope(
        place_paths=("/1/2/",), unit_ids=(5,), pairs=(("/4/", 6),), own=True
    )
    assert scope(actor, "cases.reply").nothing
    assert scope(SYSTEM, "cases.read").everything
    whole = replace(actor, grants=(*actor.grants, Grant("e", duty)))
    assert scope(whole, "cases.read") == Scope(everything=True)


def test_within_is_a_prefix_of_whole_places() -> None:
    assert within("/1/2/", "/1/2/")
    assert within("/1/2/3/", "/1/")
    assert not within("/1/20/", "/1/2/")
    assert within("/1/", "")
