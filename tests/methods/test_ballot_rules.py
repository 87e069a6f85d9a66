"""The shipped thresholds at their exact boundary, beside a table that was written from the laws and not from the pack."""

import copy
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from liren.methods import ballot
from liren.methods.ballot import Ballot, Condition, Question, Verdict, Weights
from tests.methods.ballot_box import PACK, YES_OR_NO, law

# measure, comparison, share as two numbers, of what: read from the law, article by article
Line = tuple[str, str, int, int, str]
Form = tuple[list[Line], list[Line]]
OWNERS_PART: list[Line] = [("area", ">=", 2, 3, "roll"), ("persons", ">=", 2, 3, "roll")]
HALF_OF_OWNERS: list[Line] = [("area", ">", 1, 2, "voting"), ("persons", ">", 1, 2, "voting")]
THREE_QUARTERS: list[Line] = [("area", ">=", 3, 4, "voting"), ("persons", ">=", 3, 4, "voting")]


def present(measure: str, part: str, over: int, under: int) -> Form:
    return [(measure, part, over, under, "roll")], [(measure, ">", 1, 2, "present")]


LAW: dict[str, list[Form]] = {
    "owners.ordinary": [(OWNERS_PART, HALF_OF_OWNERS)],  # 民法典 278
    "owners.special": [(OWNERS_PART, THREE_QUARTERS)],
    "owners.beijing.ordinary": [(OWNERS_PART, HALF_OF_OWNERS)],
    "owners.beijing.special": [(OWNERS_PART, THREE_QUARTERS)],
    "owners.home_to_business": [([], [("persons", ">=", 1, 1, "roll")])],  # 民法典 279
    "owners.meeting_call": [([], [("persons", ">=", 20, 100, "roll")])],  # 物业管理条例 13
    "management_committee.beijing": [  # 北京市物业管理条例 57
        (
            [("members", ">", 1, 2, "roll"), ("owner_members", ">", 1, 2, "roll")],
            [("members", ">", 1, 2, "roll")],
        )
    ],
    "villagers.meeting": [present("persons", ">", 1, 2), present("households", ">=", 2, 3)],  # 村委会法 22
    "villagers.representatives": [present("members", ">=", 2, 3)],  # 26
    "villagers.group": [present("persons", ">=", 2, 3), present("households", ">=", 2, 3)],  # 28
    "village.election": [([("persons", ">", 1, 2, "roll")], [("persons", ">", 1, 2, "voting")])],  # 15
    "village.election_run_off": [([("persons", ">", 1, 2, "roll")], [("persons", ">=", 1, 3, "cast")])],
    "village.recall": [([("persons", ">", 1, 2, "roll")], [("persons", ">", 1, 2, "voting")])],  # 16
    "residents.meeting": [  # 居委会法 9
        present(measure, ">", 1, 2) for measure in ("persons", "households", "representatives")
    ],
}
CALLS: dict[str, list[tuple[str, int, int]]] = {
    "owners.ordinary": [("persons", 1, 5)],
    "owners.special": [("persons", 1, 5)],
    "owners.beijing.ordinary": [("persons", 1, 5)],
    "owners.beijing.special": [("persons", 1, 5)],
    "management_committee.beijing": [("members", 1, 3)],
    "villagers.meeting": [("persons", 1, 10), ("representatives", 1, 3)],
    "villagers.representatives": [("representatives", 1, 5)],
    "village.recall": [("persons", 1, 5), ("representatives", 1, 3)],
    "residents.meeting": [("persons", 1, 5), ("households", 1, 5), ("groups", 1, 3)],
}
FORMS = [(key, at) for key, forms in LAW.items() for at in range(len(forms))]
LINES = [
    (key, at, part, place)
    for key, forms in LAW.items()
    for at, form in enumerate(forms)
    for part in (0, 1)
    for place in range(len(form[part]))
]


def holds(line: Line, had: int, base: int) -> bool:
    """The line by whole numbers alone: no fraction, no rounding."""
    _, comparison, over, under, _ = line
    left, right = had * under, base * over
    return base > 0 and (left > right if comparison == ">" else left >= right)


def unit(measure: str) -> Fraction:
    """Areas are written to the hundredth of a square metre, everything else is counted."""
    return Fraction(1, 100) if measure == "area" else Fraction(1)


def weights(counted: dict[str, int]) -> Weights:
    return {measure: count * unit(measure) for measure, count in counted.items()}


def decide(
    key: str,
    roll: dict[str, int],
    yes: dict[str, int],
    no: dict[str, int],
    came: dict[str, int] | None = None,
) -> Verdict:
    ballots = [
        Ballot((said,), tuple(weights(counted).items())) for said, counted in (("yes", yes), ("no", no))
    ]
    count = ballot.tally(YES_OR_NO, ballots)
    there = None if came is None else weights(came)
    return ballot.judge(law(key).threshold, YES_OR_NO, count, weights(roll), there)


def outcome(form: Form, roll: dict[str, int], yes: dict[str, int], part: dict[str, int]) -> str:
    if not all(holds(line, part[line[0]], roll[line[0]]) for line in form[0]):
        return "no_quorum"
    enough = all(
        holds(line, yes[line[0]], (roll if line[4] == "roll" else part)[line[0]]) for line in form[1]
    )
    return "passed" if enough else "rejected"


def test_every_official_rule_stands_in_the_table_and_no_other_binds() -> None:
    assert set(LAW) == {row.key for row in PACK if ballot.rule_from(row.value).binds}
    for row in PACK:
        rule = ballot.rule_from(row.value)
        assert rule.binds == (rule.official and rule.kind == "binding")
        assert rule.official or rule.reason
        assert "条" in row.source or rule.kind == "advisory"


@pytest.mark.parametrize(("key", "at"), FORMS)
def test_the_pack_says_what_the_law_says(key: str, at: int) -> None:
    rule = law(key)
    assert len(rule.threshold.ways) == len(LAW[key])
    for said, lines in zip(
        (rule.threshold.ways[at].quorum, rule.threshold.ways[at].majority), LAW[key][at], strict=True
    ):
        expected = [
            Condition(m, Fraction(over, under), sign == ">", of) for m, sign, over, under, of in lines
        ]
        assert list(said) == expected


@pytest.mark.parametrize(("key", "at", "part", "place"), LINES)
@settings(max_examples=60)
@given(data=st.data())
def test_one_unit_less_than_the_law_wants_is_not_enough(
    key: str, at: int, part: int, place: int, data: st.DataObject
) -> None:
    form = LAW[key][at]
    line = form[part][place]
    measure, comparison, over, under, _ = line
    lines = [*form[0], *form[1]]
    size = data.draw(st.integers(1, 3_000), "size")
    whole = data.draw(st.booleans(), "a size at which the share is a whole number")
    base = size * under if whole else size
    roll = {one[0]: base for one in lines}
    bound = base * over // under
    least = bound if comparison == ">=" and bound * under == base * over else bound + 1
    for had, good in ((least, True), (least - 1, False)):
        if not 0 <= had <= base:
            continue
        yes, no = dict(roll), dict.fromkeys(roll, 0)
        yes[measure] = had
        if part == 1:  # all take part, so many agree
            no[measure] = base - had
        found = decide(key, roll, yes, no)
        if part == 1:
            assert (found.outcome == "passed") is good
            told = found.majority["yes"][place]
        else:
            assert (found.outcome != "no_quorum") is good
            told = found.quorum[at][place]
        assert (told.met, told.had, told.base) == (good, had * unit(measure), base * unit(measure))
        if measure != "area":
            assert told.needed == least
    exact = base * over == bound * under
    if exact and comparison == ">":  # exactly the share itself
        assert least == bound + 1
    if exact and comparison == ">=":
        assert least == bound


@pytest.mark.parametrize(("key", "at"), FORMS)
@settings(max_examples=60)
@given(data=st.data())
def test_every_verdict_is_that_of_whole_numbers(key: str, at: int, data: st.DataObject) -> None:
    form = LAW[key][at]
    measures = sorted({line[0] for line in [*form[0], *form[1]]})
    roll = {measure: data.draw(st.integers(0, 60), f"{measure} on the roll") for measure in measures}
    part = {
        measure: data.draw(st.integers(0, roll[measure]), f"{measure} taking part") for measure in measures
    }
    yes = {measure: data.draw(st.integers(0, part[measure]), f"{measure} agreeing") for measure in measures}
    no = {measure: part[measure] - yes[measure] for measure in measures}
    found = decide(key, roll, yes, no)
    expected = outcome(form, roll, yes, part)
    if expected == "rejected" and law(key).run_off:
        expected = "run_off"
    assert found.outcome == expected


@pytest.mark.parametrize(("key", "needs"), [(key, need) for key, needs in CALLS.items() for need in needs])
@given(size=st.integers(1, 5_000))
def test_who_may_demand_a_vote(key: str, needs: tuple[str, int, int], size: int) -> None:
    measure, over, under = needs
    rule = law(key)
    least = -(-size * over // under)
    roll = {measure: Fraction(size)}
    assert ballot.may_call(rule, {measure: Fraction(least)}, roll)[0]
    enough, found = ballot.may_call(rule, {measure: Fraction(least - 1)}, roll)
    assert not enough
    assert [one.needed for one in found] == [least]


def test_calls_are_those_of_the_table() -> None:
    for key in LAW:
        told = [(one.measure, one.share) for one in law(key).called_by]
        assert told == [(measure, Fraction(over, under)) for measure, over, under in CALLS.get(key, [])]
        assert not any(one.strict for one in law(key).called_by)
    assert not ballot.may_call(law("owners.ordinary"), {}, {"persons": Fraction(5)})[0]
    assert ballot.may_call(law("owners.ordinary"), {"persons": Fraction(1)}, {"persons": Fraction(5)})[0]
    enough, found = ballot.may_call(law("village.election"), {}, {"persons": Fraction(10)})
    assert (enough, found) == (False, ())


AREAS = {"area": 30_000, "persons": 300}


@pytest.mark.parametrize(
    ("key", "yes", "no", "expected"),
    [
        # exactly two thirds of the area take part, exactly two thirds of the heads: enough
        ("owners.ordinary", {"area": 20_000, "persons": 200}, {}, "passed"),
        ("owners.ordinary", {"area": 19_999, "persons": 200}, {}, "no_quorum"),
        ("owners.ordinary", {"area": 20_000, "persons": 199}, {}, "no_quorum"),
        # exactly half of who takes part agrees: not enough; one more is
        ("owners.ordinary", {"area": 15_000, "persons": 200}, {"area": 15_000, "persons": 100}, "rejected"),
        ("owners.ordinary", {"area": 15_001, "persons": 150}, {"area": 14_999, "persons": 150}, "rejected"),
        ("owners.ordinary", {"area": 15_001, "persons": 151}, {"area": 14_999, "persons": 149}, "passed"),
        # exactly three quarters agree: enough
        ("owners.special", {"area": 22_500, "persons": 225}, {"area": 7_500, "persons": 75}, "passed"),
        ("owners.special", {"area": 22_499, "persons": 225}, {"area": 7_501, "persons": 75}, "rejected"),
        ("owners.special", {"area": 22_500, "persons": 224}, {"area": 7_500, "persons": 76}, "rejected"),
        # three quarters of two thirds: half of all owners can decide the special matters, and one less cannot
        ("owners.special", {"area": 15_000, "persons": 150}, {"area": 5_000, "persons": 50}, "passed"),
        # however many agree, too few took part
        ("owners.special", {"area": 19_999, "persons": 300}, {"area": 0, "persons": 0}, "no_quorum"),
    ],
)  # fmt: skip
def test_owners_in_figures(key: str, yes: dict[str, int], no: dict[str, int], expected: str) -> None:
    assert decide(key, AREAS, yes, no or {"area": 0, "persons": 0}).outcome == expected


def test_who_abstains_or_spoils_a_ballot_takes_part_and_does_not_agree() -> None:
    half = [Ballot(("yes",), (("persons", Fraction(1)),))] * 50
    for other in (("abstain",), ("no",), (), None, ("yes", "no")):
        rest = [Ballot(other, (("persons", Fraction(1)),))] * 50
        count = ballot.tally(YES_OR_NO, half + rest)
        found = ballot.judge(law("village.recall").threshold, YES_OR_NO, count, {"persons": Fraction(199)})
        assert count.taking == {"persons": 100}
        assert found.quorum[0][0].met
        assert found.outcome == "rejected", other


def test_who_came_and_did_not_vote_is_counted_among_those_present() -> None:
    yes, no = {"persons": 50}, {"persons": 40}
    assert decide("villagers.meeting", {"persons": 150}, yes, no).outcome == "passed"
    assert decide("villagers.meeting", {"persons": 150}, yes, no, came={"persons": 99}).outcome == "passed"
    assert decide("villagers.meeting", {"persons": 150}, yes, no, came={"persons": 100}).outcome == "rejected"
    # and where the law asks for votes, presence is none
    assert decide("village.recall", {"persons": 180}, yes, no, came={"persons": 120}).outcome == "no_quorum"


def test_a_meeting_by_household_is_counted_by_household() -> None:
    yes, no = {"households": 41}, {"households": 39}
    found = decide("villagers.meeting", {"households": 120}, yes, no)
    assert (found.outcome, found.way) == ("passed", 1)
    assert not found.quorum[0][0].met
    short = decide("villagers.meeting", {"households": 121}, yes, no)
    assert (short.outcome, short.way) == ("no_quorum", 1)
    assert [one.condition.measure for one in short.majority["yes"]] == ["households"]


def test_a_roll_that_counts_something_else_decides_nothing() -> None:
    for key in ("village.recall", "residents.meeting", "owners.ordinary"):
        found = decide(key, {"members": 5}, {"members": 5}, {})
        assert (found.outcome, found.way) == ("no_quorum", 0)


def test_of_nothing_no_share_is_reached() -> None:
    for share, strict in ((Fraction(1, 2), True), (Fraction(2, 3), False), (Fraction(1), False)):
        assert not Condition("persons", share, strict).held(Fraction(0), Fraction(0)).met
    assert (
        decide("owners.home_to_business", {"persons": 0}, {"persons": 0}, {"persons": 0}).outcome
        == "rejected"
    )


@pytest.mark.parametrize(("against", "expected"), [(0, "passed"), (1, "rejected")])
def test_all_interested_owners_means_all(against: int, expected: str) -> None:
    roll = {"persons": 40}
    yes, no = {"persons": 40 - against}, {"persons": against}
    assert decide("owners.home_to_business", roll, yes, no).outcome == expected
    assert decide("owners.home_to_business", roll, {"persons": 39}, {"persons": 0}).outcome == "rejected"


PEOPLE = (("persons", Fraction(1)),)


def elect(key: str, votes: dict[str, int], cast: int, seats: int, roll: int) -> Verdict:
    """An election in which `cast` people vote, and candidates get these votes, on ballots of one name each."""
    question = Question("seats", tuple(sorted(votes)), seats)
    # so many votes need ballots of several names: deal them out, a name to a ballot at most once
    ballots: list[set[str]] = [set() for _ in range(cast)]
    at = 0
    for name in sorted(votes, key=lambda one: -votes[one]):
        for _ in range(votes[name]):
            ballots[at % cast].add(name)
            at += 1
    count = ballot.tally(question, [Ballot(tuple(sorted(names)), PEOPLE) for names in ballots])
    assert count.invalid == 0
    assert {name: by["persons"] for name, by in count.options.items()} == votes
    return ballot.judge(law(key).threshold, question, count, {"persons": Fraction(roll)})


def test_an_election_fills_seats_by_more_than_half_of_those_voting() -> None:
    found = elect("village.election", {"a": 70, "b": 60, "c": 51, "d": 10}, 100, 3, 199)
    assert (found.outcome, found.elected, found.again) == ("passed", ("a", "b", "c"), ())
    found = elect("village.election", {"a": 70, "b": 60, "c": 50, "d": 40, "e": 30}, 100, 3, 199)
    assert (found.outcome, found.elected, found.again) == ("run_off", ("a", "b"), ("c", "d"))
    assert elect("village.election", {"a": 99, "b": 1}, 100, 1, 200).outcome == "no_quorum"
    # more got enough than there are seats: those with the most
    found = elect("village.election", {"a": 60, "b": 61, "c": 62}, 100, 2, 150)
    assert (found.outcome, found.elected) == ("passed", ("c", "b"))


def test_a_tie_for_the_last_seat_is_voted_on_again_among_the_equal() -> None:
    found = elect("village.election", {"a": 70, "b": 55, "c": 55, "d": 20}, 100, 2, 150)
    assert (found.outcome, found.elected, found.again) == ("run_off", ("a",), ("b", "c"))
    # equal, but there is a seat for each
    found = elect("village.election", {"a": 55, "b": 55, "c": 20}, 100, 2, 150)
    assert (found.outcome, found.elected) == ("passed", ("a", "b"))
    # those who stand again are one more than the seats, and whoever is equal to the last of them
    found = elect("village.election", {"a": 70, "b": 40, "c": 30, "d": 30, "e": 5}, 100, 2, 150)
    assert found.again == ("b", "c", "d")


@given(third=st.integers(1, 400))
def test_a_run_off_wants_the_most_votes_and_a_third_of_the_ballots(third: int) -> None:
    cast = 3 * third
    least = elect("village.election_run_off", {"a": third, "b": third - 1}, cast, 1, cast)
    assert (least.outcome, least.elected) == ("passed", ("a",))
    below = elect("village.election_run_off", {"a": third - 1, "b": 0}, cast, 1, cast)
    assert (below.outcome, below.elected) == ("rejected", ())
    both = elect("village.election_run_off", {"a": third, "b": third}, cast, 1, cast)
    assert (both.outcome, both.again) == ("run_off", ("a", "b"))


def test_an_election_wants_more_candidates_than_seats() -> None:
    for names, few in ((("a", "b"), True), (("a", "b", "c"), False)):
        question = Question("seats", names, 2)
        assert ballot.too_few_candidates(law("village.election"), question) is few
        assert not ballot.too_few_candidates(law("owners.ordinary"), question)


def test_before_the_close_only_taking_part_is_shown() -> None:
    count = ballot.tally(YES_OR_NO, [Ballot(("yes",), (("households", Fraction(50)),))])
    found = ballot.still_needed(law("villagers.meeting"), count, {"households": Fraction(90)})
    assert [(one.condition.measure, int(one.needed), int(one.had)) for one in found] == [
        ("households", 60, 50)
    ]
    people = ballot.tally(YES_OR_NO, [Ballot(("no",), PEOPLE)])
    both = {"persons": Fraction(1), "households": Fraction(1)}
    found = ballot.still_needed(law("villagers.meeting"), people, both)
    assert [(one.condition.measure, one.met) for one in found] == [("persons", True)]
    came = ballot.still_needed(
        law("villagers.meeting"), people, {"persons": Fraction(9)}, {"persons": Fraction(5)}
    )
    assert [(int(one.needed), int(one.had), one.met) for one in came] == [(5, 5, True)]


def test_ranks_and_points_only_advise() -> None:
    for method in ballot.RANKED:
        question = Question(method, ("a", "b"), most=3 if method == "score" else 0)
        points = (3,) if method == "score" else ()
        count = ballot.tally(question, [Ballot(("a",), PEOPLE, points)])
        with pytest.raises(ValueError, match="may only advise"):
            ballot.judge(law("village.election").threshold, question, count, {"persons": Fraction(1)})
        found = ballot.judge(law("poll.advisory").threshold, question, count, {"persons": Fraction(1)})
        assert (found.outcome, found.elected) == ("advisory", ())


# ---- the pack itself ----


@pytest.mark.parametrize(
    "key", ["residents.meeting", "residents.representatives", *(k for k in LAW if k.startswith("village"))]
)
def test_what_was_changed_by_the_laws_of_2026_opens_no_binding_vote(key: str) -> None:
    row = PACK.pick(key, date(2026, 1, 1))
    rule = ballot.rule_from(row.value)
    assert (rule.kind, rule.official, rule.binds) == ("binding", False, False)
    assert rule.reason
    assert "2025年10月28日" in rule.reason.zh
    before = PACK.find(key, date(2025, 12, 31))
    assert (before is None) == (key == "residents.representatives")


def test_beijing_votes_online_only_in_the_system_of_the_city() -> None:
    for key in ("owners.beijing.ordinary", "owners.beijing.special"):
        assert (law(key).online, law(key).region, law(key).notice_days) == ("city_system", "CN-BJ", 15)
        assert law(key).threshold == law(key.replace("beijing.", "")).threshold


def test_proxies_are_said_only_where_a_text_says_so() -> None:
    allowed = {row.key for row in PACK if ballot.rule_from(row.value).proxies.allowed}
    assert allowed == {
        "owners.ordinary", "owners.special", "owners.beijing.ordinary", "owners.beijing.special",
        "village.election", "village.election_run_off",
    }  # fmt: skip
    for row in PACK:
        told = ballot.rule_from(row.value).proxies
        assert told.most is None
        assert told.official == (told.allowed is not None)


def test_only_elections_are_secret_by_law_and_only_polls_advise() -> None:
    secret = {row.key for row in PACK if ballot.rule_from(row.value).secrecy == "secret"}
    assert secret == {"village.election", "village.election_run_off", "poll.advisory"}
    assert {row.key for row in PACK if row.value["kind"] == "advisory"} == {"poll.advisory"}
    for row in PACK:
        assert not row.value["run_off"] or row.value["run_off"] in PACK.rows


def changed(**fields: Any) -> dict[str, Any]:
    value: dict[str, Any] = next(row.value for row in PACK if row.key == "village.election")
    return copy.deepcopy(value) | fields


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "maybe"},
        {"online": True},
        {"ways": []},
        {"ways": [{"quorum": [], "majority": [{"measure": "persons", "at_least": "1/2"}]}]},
        {
            "ways": [
                {"quorum": [{"measure": "persons", "at_least": "1/2", "more_than": "1/2"}], "majority": []}
            ]
        },
        {"ways": [{"quorum": [{"measure": "noses", "at_least": "1/2"}], "majority": []}]},
        {"ways": [{"quorum": [{"measure": "persons", "at_least": "0.5"}], "majority": []}]},
        {"ways": [{"quorum": [{"measure": "persons", "at_least": "1/2", "of": "present"}], "majority": []}]},
        {"proxies": {"allowed": True, "most": 0, "official": True}},
        {"more": 1},
    ],
)
def test_the_schema_refuses_what_means_nothing(fields: dict[str, Any]) -> None:
    assert Draft202012Validator(ballot.VOTING).is_valid(changed())
    assert not Draft202012Validator(ballot.VOTING).is_valid(changed(**fields))


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"official": False, "reason": None}, "says why"),
        ({"kind": "advisory"}, "no threshold"),
        ({"ways": []}, "without a way"),
        (
            {"ways": [{"quorum": [{"measure": "persons", "more_than": "all"}], "majority": []}]},
            "no condition",
        ),
        ({"ways": [{"quorum": [{"measure": "persons", "at_least": "3/2"}], "majority": []}]}, "no condition"),
    ],
)
def test_a_rule_that_contradicts_itself_is_refused(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        ballot.rule_from(changed(**fields))
