"""Counting: beside plain counting by hand, and the same in whatever order ballots come."""

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.methods import ballot
from liren.methods.ballot import Ballot, Question
from tests.methods.ballot_box import YES_OR_NO, weight

OPTIONS = ("a", "b", "c", "d")
ONE = weight(persons=1)


def questions() -> st.SearchStrategy[Question]:
    plain = st.sampled_from(["single", "approval", "borda", "instant_run_off"]).map(
        lambda method: Question(method, OPTIONS)
    )
    seats = st.integers(1, 3).map(lambda seats: Question("seats", OPTIONS, seats))
    score = st.integers(1, 5).map(lambda most: Question("score", OPTIONS, 1, most))
    return st.one_of(st.just(YES_OR_NO), plain, seats, score)


def ballots_of(question: Question) -> st.SearchStrategy[list[Ballot]]:
    names = st.lists(st.sampled_from([*question.options, "nobody"]), max_size=5).map(tuple)
    choice = st.one_of(st.none(), names)
    area = st.sampled_from(["50", "86.4", "1/3"])
    points = st.lists(st.integers(-1, 6), max_size=5).map(tuple)

    def build(parts: tuple[tuple[str, ...] | None, str, tuple[int, ...]]) -> Ballot:
        said, size, given_points = parts
        marks = given_points[: len(said or ())] if question.method == "score" else ()
        return Ballot(said, weight(persons=1, area=size), marks)

    return st.lists(st.tuples(choice, area, points).map(build), max_size=25)


@given(data=st.data())
def test_the_order_in_which_ballots_come_changes_nothing(data: st.DataObject) -> None:
    question = data.draw(questions())
    ballots = data.draw(ballots_of(question))
    mixed = data.draw(st.permutations(ballots))
    assert ballot.tally(question, mixed) == ballot.tally(question, ballots)


@given(data=st.data())
def test_every_ballot_is_counted_once_and_takes_part(data: st.DataObject) -> None:
    question = data.draw(questions())
    ballots = data.draw(ballots_of(question))
    count = ballot.tally(question, ballots)
    assert count.ballots == len(ballots)
    given_marks = [ballot.marks(question, one) for one in ballots]
    assert count.invalid == given_marks.count(None)
    assert count.blank == sum(
        one.choice == () and said is not None for one, said in zip(ballots, given_marks, strict=True)
    )
    for measure in ("persons", "area"):
        whole = sum((dict(one.weight)[measure] for one in ballots), Fraction(0))
        assert count.taking.get(measure, 0) == whole
        for option in question.options:
            got = sum(
                (
                    said.get(option, 0) * dict(one.weight)[measure]
                    for one, said in zip(ballots, given_marks, strict=True)
                    if said
                ),
                Fraction(0),
            )
            assert count.options[option].get(measure, 0) == got
    assert sorted(option for place in count.order for option in place) == sorted(question.options)


@pytest.mark.parametrize(
    ("question", "choice", "points", "expected"),
    [
        (YES_OR_NO, ("yes",), (), {"yes": 1}),
        (YES_OR_NO, ("abstain",), (), {"abstain": 1}),
        (YES_OR_NO, (), (), {"abstain": 1}),  # a blank one abstains
        (YES_OR_NO, ("yes", "no"), (), None),
        (YES_OR_NO, ("perhaps",), (), None),
        (YES_OR_NO, None, (), None),
        (YES_OR_NO, ("yes",), (1,), None),
        (Question("single", OPTIONS), ("b",), (), {"b": 1}),
        (Question("single", OPTIONS), ("b", "c"), (), None),
        (Question("single", OPTIONS), (), (), {}),
        (Question("approval", OPTIONS), ("d", "a", "b", "c"), (), {"a": 1, "b": 1, "c": 1, "d": 1}),
        (Question("approval", OPTIONS), ("a", "a"), (), None),
        (Question("seats", OPTIONS, 2), ("a", "c"), (), {"a": 1, "c": 1}),
        (Question("seats", OPTIONS, 2), ("c",), (), {"c": 1}),  # fewer than there are seats is valid
        (Question("seats", OPTIONS, 2), ("a", "b", "c"), (), None),  # more is not
        (Question("borda", OPTIONS), ("c", "a", "d", "b"), (), {"c": 3, "a": 2, "d": 1, "b": 0}),
        (Question("borda", OPTIONS), ("c",), (), {"c": 3}),
        (Question("borda", OPTIONS), ("c", "c"), (), None),
        (Question("instant_run_off", OPTIONS), ("b", "a"), (), {"b": 1}),
        (Question("instant_run_off", OPTIONS), (), (), {}),
        (Question("score", OPTIONS, 1, 5), ("a", "b"), (5, 0), {"a": 5, "b": 0}),
        (Question("score", OPTIONS, 1, 5), ("a",), (6,), None),
        (Question("score", OPTIONS, 1, 5), ("a",), (-1,), None),
        (Question("score", OPTIONS, 1, 5), ("a", "b"), (5,), None),
        (Question("score", OPTIONS, 1, 5), (), (), {}),
    ],
)  # fmt: skip
def test_what_a_ballot_says(
    question: Question,
    choice: tuple[str, ...] | None,
    points: tuple[int, ...],
    expected: dict[str, int] | None,
) -> None:
    assert ballot.marks(question, Ballot(choice, ONE, points)) == expected


def test_area_tells_apart_who_has_as_many_heads() -> None:
    question = Question("single", ("a", "b", "c"))
    small, large = weight(persons=1, area=50), weight(persons=1, area=90)
    count = ballot.tally(question, [Ballot(("a",), small), Ballot(("b",), large), Ballot(("c",), small)])
    assert count.order == (("b",), ("a", "c"))
    # heads come first, however large the homes
    count = ballot.tally(
        question, [Ballot(("a",), small)] * 2 + [Ballot(("b",), weight(persons=1, area=900))]
    )
    assert count.order[0] == ("a",)


def ranked(*groups: tuple[int, Sequence[str]]) -> list[Ballot]:
    return [Ballot(tuple(choice), ONE) for times, choice in groups for _ in range(times)]


def test_run_off_of_the_four_cities() -> None:
    """The usual example of Tennessee: plurality elects m, Borda n, instant run-off k."""
    cities = Question("instant_run_off", ("c", "k", "m", "n"))
    ballots = ranked((42, "mnck"), (26, "nckm"), (15, "cknm"), (17, "kcnm"))
    count = ballot.tally(cities, ballots)
    assert [{option: int(had) for option, had in counts.items()} for counts in count.rounds] == [
        {"c": 15, "k": 17, "m": 42, "n": 26},
        {"k": 32, "m": 42, "n": 26},
        {"k": 58, "m": 42},
        {"k": 100},
    ]
    assert count.order == (("k",), ("m",), ("n",), ("c",))
    assert ballot.tally(Question("borda", cities.options), ballots).order[0] == ("n",)
    first = [Ballot(one.choice[:1] if one.choice else (), ONE) for one in ballots]
    assert ballot.tally(Question("single", cities.options), first).order[0] == ("m",)


def test_run_off_of_equals() -> None:
    question = Question("instant_run_off", ("a", "b", "c"))
    # a leads; b and c are last together and were before: the lot says who goes first
    leads = ranked((3, "a"), (2, "b"), (2, "c"))
    lots = {ballot.tally(question, leads, str(lot)).order for lot in range(20)}
    assert lots == {(("a",), ("b",), ("c",)), (("a",), ("c",), ("b",))}
    # struck out together they would leave b alone, whom each of them beats
    beaten = ranked((3, "acdb"), (4, "bacd"), (3, "cdab"), (3, "dacb"))
    winners = {
        ballot.tally(Question("instant_run_off", OPTIONS), beaten, str(lot)).order[0] for lot in range(20)
    }
    assert ("b",) not in winners
    # nobody is ahead of anybody
    assert ballot.tally(question, ranked((2, "a"), (2, "b"), (2, "c"))).order == (("a", "b", "c"),)
    # b and c are last together in the second round; d's ballots went to c, so c had less before
    four = Question("instant_run_off", OPTIONS)
    count = ballot.tally(four, ranked((5, "a"), (4, "ba"), (3, "ca"), (1, "dc")))
    assert count.rounds[1] == {"a": 5, "b": 4, "c": 4}
    assert count.order == (("a",), ("b",), ("c",), ("d",))


@given(st.lists(st.permutations(OPTIONS).map(tuple), min_size=1, max_size=30))
def test_who_is_first_on_more_than_half_wins_and_a_condorcet_loser_never(
    rankings: list[tuple[str, ...]],
) -> None:
    count = ballot.tally(Question("instant_run_off", OPTIONS), [Ballot(one, ONE) for one in rankings])
    for option in OPTIONS:
        if 2 * sum(one[0] == option for one in rankings) > len(rankings):
            assert count.order[0] == (option,)
        loses = all(
            2 * sum(one.index(option) < one.index(other) for one in rankings) < len(rankings)
            for other in OPTIONS
            if other != option
        )
        if loses:
            assert count.order[0] != (option,)
    for at, counts in enumerate(count.rounds):
        assert sum(counts.values()) == len(rankings), f"nobody's ballot is lost in round {at}"


@pytest.mark.parametrize(
    "value",
    [
        {"method": "lots", "options": {"a": 1}, "seats": 1, "most": 0},
        {"method": "single", "options": {}, "seats": 1, "most": 0},
        {"method": "single", "options": {"a": 1}, "seats": 0, "most": 0},
        {"method": "single", "options": {"a": 1}, "seats": 1, "most": 3},
        {"method": "score", "options": {"a": 1}, "seats": 1, "most": 0},
        {"method": "question", "options": {"yes": 1, "no": 1}, "seats": 1, "most": 0},
        {"method": "question", "options": {"yes": 1, "no": 1, "abstain": 1}, "seats": 2, "most": 0},
    ],
)
def test_what_cannot_be_asked_is_refused(value: dict[str, object]) -> None:
    from liren.methods.ballot.tally import question_from

    with pytest.raises(ValueError, match=r"way to vote|not asked"):
        question_from(value)


@given(st.fractions(min_value=0, max_value=10**6, max_denominator=10**6))
def test_a_number_is_written_one_way_and_read_back(value: Fraction) -> None:
    text = ballot.written(value)
    assert ballot.number(text) == value
    assert text == "0" or not text.startswith(("00", "."))
    assert text[0] != "0" or text[1:2] in ("", ".", "/")
    assert "." not in text or not text.endswith(("0", "."))


@pytest.mark.parametrize(
    "text", ["", "-1", "1.", ".5", "1/0", "1e3", "０", " 1", "1 ", "1_0", "1/2/3", "1\n", "9" * 31]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        ballot.number(text)
