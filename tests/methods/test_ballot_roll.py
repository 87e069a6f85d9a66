"""The frozen roll, who may vote for whom, and which of a voter's ballots counts."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.methods import ballot
from liren.methods.ballot import Cast, Entry, Holding, Proxies, Wrong
from tests.methods.ballot_box import law, weight


def homes(*rows: tuple[str, str, str]) -> list[Holding]:
    return [Holding(part, owner, Fraction(area), "3") for part, owner, area in rows]


def told(rows: list[Holding]) -> dict[str, tuple[str, int]]:
    found = ballot.owners(rows)
    return {
        entry.voter: (ballot.written(by["area"]), int(by["persons"]))
        for entry in found.entries
        if (by := dict(entry.weight))
    }


def test_one_part_is_one_person_and_who_has_several_is_one() -> None:
    assert told(homes(("101", "wang", "86.4"), ("102", "li", "70"))) == {"wang": ("86.4", 1), "li": ("70", 1)}
    assert told(homes(("101", "wang", "86.4"), ("102", "wang", "70.15"))) == {"wang": ("156.55", 1)}
    assert told(homes(("stall 7", "li", "0.8"))) == {"li": ("0.8", 1)}


def test_who_owns_a_part_together_is_one_person() -> None:
    rows = homes(("101", "wang", "86.4"), ("101", "li", "86.4"))
    assert told(rows) == {"li+wang": ("86.4", 1)}
    # the same two with a second part are still one; one of them alone is another buyer
    rows += homes(("102", "li", "50"), ("102", "wang", "50"))
    assert told(rows) == {"li+wang": ("136.4", 1)}
    assert told([*rows, *homes(("103", "wang", "40"))]) == {"li+wang": ("136.4", 1), "wang": ("40", 1)}


def test_what_is_not_sold_or_not_handed_over_is_one_person_of_the_builder() -> None:
    rows = homes(*((f"{at}", "builder", "80") for at in range(50)), ("60", "li", "80"))
    assert told(rows) == {"builder": ("4000", 1), "li": ("80", 1)}
    found = ballot.owners(rows)
    assert found.totals == {"area": 4080, "persons": 2}


@pytest.mark.parametrize(
    "rows",
    [
        homes(("101", "wang", "86.4"), ("101", "wang", "86.4")),
        homes(("101", "wang", "86.4"), ("101", "li", "86.5")),
        homes(("101", "wang", "0")),
        homes(("101", "wang", "-3")),
        homes(("101", "", "80")),
        homes(("101", "a+b", "80")),
        [Holding("101", "wang", Fraction(80), "3"), Holding("101", "li", Fraction(80), "4")],
    ],
)
def test_a_roll_that_contradicts_itself_is_refused(rows: list[Holding]) -> None:
    with pytest.raises(ValueError, match=r"twice|two areas|no area"):
        ballot.owners(rows)


@pytest.mark.parametrize(
    "entries",
    [
        [Entry("a", weight(persons=1)), Entry("a", weight(persons=1))],
        [Entry("a", weight(persons=1)), Entry("b", weight(households=1))],
        [Entry("a", weight(persons=-1))],
        [Entry("a", weight(persons="1/2"))],
        [Entry("a", weight(noses=1))],
    ],
)
def test_entries_that_cannot_be_are_refused(entries: list[Entry]) -> None:
    with pytest.raises(ValueError, match=r"twice|different|weighs"):
        ballot.roll_of(entries)


def test_the_digest_proves_the_roll() -> None:
    rows = homes(("101", "wang", "86.4"), ("102", "li", "70"), ("103", "zhao", "70"))
    frozen = ballot.owners(rows)
    assert ballot.owners(rows[::-1]).digest == frozen.digest
    # written by hand from the promise: canonical JSON of every entry, in order of keys
    text = (
        '["liren.roll",[["li",{"area":"70","persons":"1"},["3"]],["wang",{"area":"86.4","persons":"1"},["3"]],'
        '["zhao",{"area":"70","persons":"1"},["3"]]]]'
    )
    from hashlib import sha256

    assert frozen.digest == sha256(text.encode()).hexdigest()
    others = [
        rows[:-1],
        [*rows, *homes(("104", "sun", "70"))],
        [replace(rows[0], area=Fraction("86.41")), *rows[1:]],
        [replace(rows[0], owner="wan"), *rows[1:]],
        [replace(rows[0], building="4"), *rows[1:]],
    ]
    assert len({frozen.digest, *(ballot.owners(other).digest for other in others)}) == 6


def test_rolls_of_equals_and_of_committees() -> None:
    households = ballot.equals("households", ["h2", "h1"])
    assert households.totals == {"households": 2}
    assert households.even
    members = ballot.committee({"clerk": False, "wang": True, "li": True})
    assert members.totals == {"members": 3, "owner_members": 2}
    assert not members.even
    found = ballot.judge(
        law("management_committee.beijing").threshold,
        ballot.Question("question", ballot.ANSWERS),
        ballot.tally(
            ballot.Question("question", ballot.ANSWERS),
            ballot.weighed(members, {"clerk": ("yes",), "wang": ("yes",)}),
        ),
        members.totals,
    )
    # two of three came and signed, but of the two for the owners only one: not more than half of them
    assert found.outcome == "no_quorum"
    assert [one.met for one in found.quorum[0]] == [True, False]


def test_a_ballot_weighs_what_the_roll_says() -> None:
    roll = ballot.owners(homes(("101", "wang", "86.4"), ("102", "wang", "70")))
    (one,) = ballot.weighed(roll, {"wang": ("yes",)})
    assert one == ballot.Ballot(("yes",), weight(area="156.4", persons=1))
    with pytest.raises(ValueError, match="not on the roll: li"):
        ballot.weighed(roll, {"wang": ("yes",), "li": ("no",)})


@pytest.mark.parametrize(("voters", "may"), [(0, False), (1, False), (19, False), (20, True), (21, True)])
def test_few_do_not_vote_in_secret(voters: int, may: bool) -> None:
    assert ballot.may_be_secret(voters) is may


# ---- which ballot counts ----


def test_the_last_ballot_of_a_chain_counts() -> None:
    first, other = Cast("t1", "yes"), Cast("s1", "no")
    second, third = Cast("t2", "no", "t1"), Cast("t3", "abstain", "t2")
    found = ballot.latest([first, other, second, third])
    assert set(found.counted) == {other, third}
    assert found.superseded == (first, second)
    assert found.refused == ()


def test_a_token_changes_a_ballot_once() -> None:
    first, second, again = Cast("t1", "yes"), Cast("t2", "no", "t1"), Cast("t3", "yes", "t1")
    found = ballot.latest([first, second, again])
    assert (found.counted, found.superseded, found.refused) == ((second,), (first,), ((again, "token_used"),))


def test_a_token_that_was_never_given_or_is_there_already_is_refused() -> None:
    first, stranger, copy = Cast("t1", "yes"), Cast("t2", "no", "guess"), Cast("t1", "no")
    found = ballot.latest([first, stranger, copy])
    assert found.counted == (first,)
    assert found.refused == ((stranger, "token_unknown"), (copy, "token_taken"))
    # a ballot cannot replace itself, nor one that came after it
    assert ballot.latest([Cast("a", 1, "a"), Cast("b", 2, "c"), Cast("c", 3)]).counted == (Cast("c", 3),)


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8) | st.none()), max_size=30))
def test_no_ballot_is_lost_and_each_chain_counts_once(moves: list[tuple[int, int | None]]) -> None:
    casts = [
        Cast(f"t{token}", at, "" if before is None else f"t{before}")
        for at, (token, before) in enumerate(moves)
    ]
    found = ballot.latest(casts)
    refused = [one for one, _ in found.refused]
    assert sorted(one.content for one in (*found.counted, *found.superseded, *refused)) == list(
        range(len(moves))
    )
    # as many count as chains were begun: no change makes a second ballot
    begun = [one for one in casts if not one.replaces and one not in refused]
    assert len(found.counted) == len(begun)
    assert len({one.token for one in (*found.counted, *found.superseded)}) == len(found.counted) + len(
        found.superseded
    )


# ---- proxies and households ----

FREE = Proxies(allowed=True, most=None, official=True)
TWO = Proxies(allowed=True, most=2, official=True)
ROLL = ("a", "b", "c", "d", "e")


@pytest.mark.parametrize(
    ("given_to", "rule", "voted", "codes"),
    [
        ([("a", "b")], FREE, (), []),
        ([("a", "b")], FREE, ("b",), []),  # who holds one votes for herself too
        ([("a", "b"), ("c", "b"), ("d", "b")], FREE, (), []),  # no number in the text, none made up
        ([("a", "b"), ("c", "b")], TWO, (), []),
        ([("a", "b"), ("c", "b"), ("d", "b")], TWO, (), [("too_many", "b")]),
        ([("a", "b")], Proxies(False, None, True), (), [("not_allowed", "a")]),
        ([("a", "b")], Proxies(None, None, False), (), [("not_allowed", "a")]),
        ([("a", "a")], FREE, (), [("self", "a")]),
        ([("a", "b"), ("b", "c")], FREE, (), [("chain", "a")]),
        ([("a", "b"), ("b", "a")], FREE, (), [("chain", "a"), ("chain", "b")]),
        ([("a", "b"), ("a", "c")], FREE, (), [("twice", "a")]),
        ([("a", "b")], FREE, ("a",), [("voted", "a")]),
        ([("x", "b")], FREE, (), [("unknown", "x")]),
        ([("a", "her son")], FREE, (), []),
    ],
)  # fmt: skip
def test_proxies(
    given_to: list[tuple[str, str]], rule: Proxies, voted: tuple[str, ...], codes: list[tuple[str, str]]
) -> None:
    assert [(one.code, one.voter) for one in ballot.proxies(given_to, rule, ROLL, voted)] == codes


def test_a_household_has_one_ballot() -> None:
    assert ballot.one_a_household([("a", "h1"), ("b", "h2")]) == ()
    assert ballot.one_a_household([("a", "h1"), ("a", "h1")]) == (Wrong("household", "a", "h1"),)
    assert ballot.one_a_household([("a", "h1"), ("b", "h1"), ("c", "h2"), ("d", "h1")]) == (
        Wrong("household", "b", "h1"),
        Wrong("household", "d", "h1"),
    )
