"""Pabulib there and back; many at once and line by line read the same; what is no election is told where."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liren.methods.budget import Election, People, Project, Unreadable, cells, grouped, read, write
from liren.methods.budget.election import Kind
from tests.methods.budgets import elections, voters

KINDS = st.sampled_from(["approval", "ordinal", "cumulative", "scoring"])
TEXT = st.text("abc望澜 ;,\"'\n", max_size=6)
KEY = st.text("ab/é望1", min_size=1, max_size=20)


@st.composite
def files(draw: st.DrawFn) -> Election:
    """Elections with everything a file can say."""
    kind: Kind = draw(KINDS)
    keys = draw(st.lists(KEY, min_size=1, max_size=12, unique=True))
    cost = st.decimals(0, 10**9, places=2).map(Fraction)
    heads = draw(st.sampled_from([(), ("category",), ("target", "latitude")]))
    projects = tuple(
        Project(key, draw(cost), draw(TEXT), tuple((head, draw(TEXT)) for head in heads)) for key in keys
    )
    places = st.lists(st.integers(0, len(keys) - 1), unique=True, max_size=len(keys))
    marks = []
    for mark in draw(st.lists(places, max_size=12)):
        points = {
            "approval": [1] * len(mark),
            "ordinal": list(range(len(mark), 0, -1)),
        }.get(kind) or draw(st.lists(st.integers(1, 999), min_size=len(mark), max_size=len(mark)))
        marks.append(tuple(sorted(zip(mark, points, strict=True))))
    told = draw(st.dictionaries(st.sampled_from(["description", "unit", "comment"]), TEXT, max_size=3))
    selected = draw(st.none() | st.frozensets(st.integers(0, len(keys) - 1)))
    return Election(draw(cost), projects, grouped(marks), kind, tuple(told.items()), selected)


def same(one: Election, other: Election) -> bool:
    """Whether two elections say the same."""
    own = {"num_projects", "num_votes", "budget", "vote_type"}
    said = [
        (
            election.budget,
            election.projects,
            election.kind,
            election.selected,
            election.ballots.start.tolist(),
            election.ballots.project.tolist(),
            election.ballots.points.tolist(),
            election.ballots.weight.tolist(),
            {name: cell for name, cell in election.meta if name not in own},
        )
        for election in (one, other)
    ]
    return said[0] == said[1]


@settings(max_examples=100, deadline=None)
@given(files())
def test_there_and_back(election: Election) -> None:
    text = write(election)
    again = read(text)
    assert same(again, election)
    assert write(again) == text, "what was read is written the same"
    told = dict(again.meta)
    assert told["num_votes"] == str(election.voters)
    assert told["num_projects"] == str(len(election.projects))


@settings(max_examples=100, deadline=None)
@given(files(), st.sampled_from(["\n", "\r\n"]), st.booleans(), st.integers(1, 40))
def test_many_at_once_and_line_by_line_read_the_same(
    election: Election, ends: str, mark: bool, piece: int
) -> None:
    text = write(election)
    head, votes = text.split("VOTES\n")
    lines = [f'"{number}"{line[len(str(number)) :]}' for number, line in enumerate(votes.splitlines()[1:])]
    quoted = "\n".join([f"{head}VOTES", votes.splitlines()[0], *lines])  # a quote is not read many at once
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cells, "PIECE", piece)
        quick = read(("\ufeff" * mark + text).replace("\n", ends).encode() if '"' not in head else text)
    assert same(quick, read(quoted))
    assert same(quick, election)


def test_many_at_once_is_what_happens_to_plain_files(monkeypatch: pytest.MonkeyPatch) -> None:
    projects = (Project("a", Fraction(4)), Project("longer than a word", Fraction(5)))
    election = Election(Fraction(9), projects, grouped([((0, 1),), (), ((0, 1), (1, 1)), ((1, 1),)]))
    ranks = replace(election, kind="ordinal", ballots=grouped([((0, 1), (1, 2)), (), ((0, 1),)]))
    monkeypatch.setattr("liren.methods.budget.pabulib._votes", None)
    for one in (election, ranks):
        text = write(one)
        assert same(read(text), one)
        assert same(read(text.replace("\n", "\r\n").rstrip()), one)


@settings(max_examples=50, deadline=None)
@given(files())
def test_votes_that_get_the_same_number_by_chance_are_told_apart(election: Election) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cells, "_number", lambda columns: np.zeros(len(columns[0]), dtype=np.uint64))
        assert same(read(write(election)), election)


@settings(max_examples=100, deadline=None)
@given(files(), st.data())
def test_what_a_file_tells_of_every_voter_is_kept_where_asked(
    election: Election, data: st.DataObject
) -> None:
    each = [at for at, weight in enumerate(election.ballots.weight) for _ in range(int(weight))]
    # a ballot is numbered as it is first met
    heads = data.draw(st.sampled_from([("voter_id", "age", "district"), ("sex", "voting_method")]))
    # a line of nothing at all would be no line
    rows = tuple(("1", *(data.draw(TEXT) for _head in heads[1:])) for _voter in each)
    told = replace(election, people=People(heads, rows, tuple(each)))
    again = read(write(told), people=True)
    assert same(again, election)
    assert again.people is not None
    kept = [again.people.heads.index(head) for head in heads]
    assert tuple(tuple(row[at] for at in kept) for row in again.people.rows) == rows
    assert again.people.ballot == tuple(each)
    assert read(write(again), people=True).people == again.people
    assert read(write(told)).people is None


@settings(max_examples=100, deadline=None)
@given(elections(points=True))
def test_voters_are_the_same_there_and_back(election: Election) -> None:
    again = read(write(election, meta={"description": 'a; "b"', "unit": "望澜区"}))
    assert sorted(map(str, voters(again))) == sorted(map(str, voters(election)))
    assert dict(again.meta)["description"] == 'a; "b"'


HEAD = "META\nkey;value\nbudget;100\nvote_type;approval\n"
ONE = "PROJECTS\nproject_id;cost\n1;10\n2;20\n"
RANKS = HEAD.replace("approval", "ordinal") + ONE
POINTS = HEAD.replace("approval", "cumulative") + ONE


def test_columns_may_stand_anywhere() -> None:
    plain = read(POINTS + "VOTES\nvote;voter_id;points\n1,2;x;3,1\n;y;\n2;z;1\n")
    assert voters(plain) == [{0: 3, 1: 1}, {}, {1: 1}]
    turned = read(POINTS + "VOTES\npoints;age;vote\n3,1;4;1,2\n;5;\n1;6;2")
    assert voters(turned) == [{0: 3, 1: 1}, {}, {1: 1}]


def test_ranks_have_the_points_the_file_tells_or_count_down() -> None:
    assert voters(read(RANKS + "VOTES\nvoter_id;vote\n0;2,1\n1;2\n")) == [{0: 1, 1: 2}, {1: 1}]
    assert voters(read(RANKS + "VOTES\nvoter_id;vote;points\n0;2,1;5,3\n")) == [{0: 3, 1: 5}]
    mixed = read(RANKS + "VOTES\nvoter_id;vote;points\n0;2,1;5,3\n1;2,1;\n")
    assert voters(mixed) == [{0: 3, 1: 5}, {0: 1, 1: 2}]


def test_lines_of_nothing_but_semicolons_are_no_ballots() -> None:
    assert read(HEAD + ONE + "VOTES\nvoter_id;vote\n0;1\n;\n1;2\n").voters == 2
    assert read(HEAD + ONE + "VOTES\nvoter_id;vote\n0;1\n1;\n").voters == 2


def test_spaces_around_keys_are_nothing() -> None:
    assert read(HEAD + ONE + "VOTES\nvoter_id;vote\n0; 1, 2\n1;2\n").votes == (1, 2)


def test_nobody_voted() -> None:
    assert read(HEAD + ONE + "VOTES\nvoter_id;vote\n").voters == 0


FAULTS = [
    ("", 0, "no section META"),
    ("voter;vote\n", 1, "a line before META"),
    (HEAD + "PROJECTS\nproject_id;cost\n1;ten\nVOTES\nvoter_id;vote\n0;1\n", 7, "money"),
    (HEAD + "PROJECTS\nproject_id;cost\n1;-5\nVOTES\nvoter_id;vote\n0;1\n", 7, "money"),
    (HEAD + "PROJECTS\nproject_id;cost\n1;1e999999999\nVOTES\nvoter_id;vote\n0;1\n", 7, "money"),
    (HEAD + "PROJECTS\nproject_id;cost\n1;10\n1;20\nVOTES\nvoter_id;vote\n0;1\n", 8, "twice"),
    (HEAD + "PROJECTS\nproject_id;cost\n;10\nVOTES\nvoter_id;vote\n0;1\n", 7, "without a key"),
    (HEAD + ONE + "VOTES\nvoter_id;vote\n0;1\n1;3\n", 12, "no project 3"),
    (HEAD + ONE + "VOTES\nvoter_id;vote\n0;1\0\n", 11, "no project 1\0"),
    (HEAD + ONE + "VOTES\nvoter_id;vote\n0;1,1\n", 11, "marked twice"),
    (HEAD + ONE + "VOTES\nvoter_id;vote\n0\n", 11, "a cell is missing"),
    (HEAD + ONE + "VOTES\nvoter_id;ballot\n0;1\n", 10, "no column vote"),
    (POINTS + "VOTES\nvoter_id;vote;points\n0;1,2;3\n", 11, "2 projects, 1 points"),
    (POINTS + "VOTES\nvoter_id;vote;points\n0;1;many\n", 11, "points 'many'"),
    (POINTS + "VOTES\nvoter_id;vote;points\n0;1;-1\n", 11, "points '-1'"),
    (POINTS + "VOTES\nvoter_id;vote;points\n0;1;1000000\n", 11, "points '1000000'"),
    (POINTS + "VOTES\nvoter_id;vote;points\n0;1;99999999999999999999\n", 11, "points"),
    (POINTS + "VOTES\nvoter_id;vote\n0;1\n", 11, "1 projects, 0 points"),
    (HEAD + "PROJECTS\nproject_id;price\n1;10\nVOTES\nvoter_id;vote\n0;1\n", 6, "no column cost"),
    (HEAD.replace("approval", "shouting") + ONE + "VOTES\nvoter_id;vote\n", 0, "vote_type"),
]


@pytest.mark.parametrize(("text", "line", "what"), FAULTS)
def test_a_file_that_is_no_election_is_told_where(text: str, line: int, what: str) -> None:
    with pytest.raises(Unreadable) as fault:
        read(text)
    assert fault.value.line == line
    assert what in fault.value.what


def test_a_file_of_another_code_page_is_told_where() -> None:
    with pytest.raises(Unreadable, match="UTF-8") as fault:
        read((HEAD + ONE.replace("2;20", "绿化;20")).encode("gb18030") + b"VOTES\nvoter_id;vote\n0;1\n")
    assert fault.value.line == 8


@settings(max_examples=150, deadline=None)
@given(st.text('META\nPROJECTSVkeyvalue;,012."\0é', max_size=120), st.integers(0, 200))
def test_whatever_is_read_is_an_election_or_a_plain_fault(noise: str, at: int) -> None:
    text = POINTS + "VOTES\nvoter_id;vote;points\n0;1,2;3,1\n1;2;1\n"
    for said in (noise, text[:at] + noise + text[at:]):
        try:
            found = read(said)
        except Unreadable:
            continue
        assert found.voters >= 0


@pytest.mark.parametrize("key", ["a,b", "a;b", 'a"b', " a", "a\nb"])
def test_a_key_that_parts_cells_is_not_written(key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        write(Election(Fraction(1), (Project(key, Fraction(1)),), grouped([])))


def test_a_price_without_end_is_not_written() -> None:
    with pytest.raises(ValueError, match="decimals"):
        write(Election(Fraction(1), (Project("a", Fraction(1, 3)),), grouped([])))
