"""Opinion groups beside slow and obvious computations of the same, and beside conversations whose answer is known."""

from dataclasses import fields
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from liren.methods import opinion
from liren.methods.opinion import AGREE, DISAGREE, PASS, Counts, Votes
from liren.methods.opinion.groups import STILL, nearest_means
from liren.methods.opinion.saying import SURE

UNSEEN = 9


def votes_of(table: NDArray[np.int64], hidden: tuple[int, ...] = ()) -> Votes:
    person, statement = np.nonzero(table != UNSEEN)
    people, statements = table.shape
    return Votes.last_of(people, statements, person, statement, table[person, statement], hidden=hidden)


def tables(most: int = 12) -> st.SearchStrategy[NDArray[np.int64]]:
    def table(shape: tuple[int, int]) -> st.SearchStrategy[NDArray[np.int64]]:
        cells = st.sampled_from([AGREE, AGREE, PASS, DISAGREE, UNSEEN])
        row = st.lists(cells, min_size=shape[1], max_size=shape[1])
        return st.lists(row, min_size=shape[0], max_size=shape[0]).map(lambda rows: np.array(rows))

    return st.tuples(st.integers(1, most), st.integers(1, most)).flatmap(table)


def two_camps(each: int = 30, statements: int = 12, seed: int = 3) -> NDArray[np.int64]:
    """The first camp agrees with the first half of the statements, the second with the other half; all with the last."""
    dice = np.random.default_rng(seed)
    table = np.full((2 * each, statements), DISAGREE)
    half = statements // 2
    table[:each, :half] = table[each:, half:] = AGREE
    noise = dice.random(table.shape)
    table[noise < 0.1] = PASS
    table[noise > 0.85] = UNSEEN
    table[:, -1] = AGREE
    return table


class TestVotes:
    def test_the_last_vote_of_a_person_on_a_statement_counts(self) -> None:
        votes = Votes.last_of(2, 2, np.array([1, 0, 1, 1]), np.array([0, 1, 0, 1]), np.array([1, 1, -1, 0]))
        assert list(zip(votes.person, votes.statement, votes.value, strict=True)) == [
            (0, 1, 1),
            (1, 0, -1),
            (1, 1, 0),
        ]

    @pytest.mark.parametrize(
        ("person", "statement", "value"), [(2, 0, 1), (-1, 0, 1), (0, 2, 1), (0, -1, 1), (0, 0, 2)]
    )
    def test_votes_of_nobody_on_nothing_or_of_no_kind_are_refused(
        self, person: int, statement: int, value: int
    ) -> None:
        with pytest.raises(ValueError, match="a vote is"):
            Votes.last_of(2, 2, np.array([person]), np.array([statement]), np.array([value]))

    @given(tables(), st.data())
    def test_people_drawn_again_bring_their_votes(
        self, table: NDArray[np.int64], data: st.DataObject
    ) -> None:
        drawn = data.draw(st.lists(st.integers(0, len(table) - 1), min_size=1, max_size=8))
        again, whole = votes_of(table).drawn(np.array(drawn)), votes_of(table[drawn])
        for field in fields(Votes):
            assert np.array_equal(getattr(again, field.name), getattr(whole, field.name))


class TestPlane:
    @given(tables(), st.data())
    @settings(max_examples=150, deadline=None)
    def test_it_is_the_principal_plane_of_the_filled_table(
        self, table: NDArray[np.int64], data: st.DataObject
    ) -> None:
        """Beside a dense table: hidden statements worth nothing and seen by all, holes filled with the mean."""
        m = table.shape[1]
        hidden = tuple(data.draw(st.sets(st.integers(0, m - 1), max_size=m // 3)))
        found = opinion.plane(votes_of(table, hidden))
        filled = table.astype(float)
        filled[:, hidden] = 0.0
        filled[filled == UNSEEN] = np.nan
        seen = ~np.isnan(filled)
        means = np.array([filled[seen[:, j], j].mean() if seen[:, j].any() else 0.0 for j in range(m)])
        off = np.where(seen, filled, means) - means
        assert np.allclose(found.center, means)
        strengths = np.linalg.svd(off, compute_uv=False)
        for at, axis in enumerate(found.axes):
            if at < len(strengths) and strengths[at] > 1e-6:
                assert np.isclose(np.linalg.norm(axis), 1.0)
                assert np.isclose(np.linalg.norm(off @ axis), strengths[at], atol=1e-6)
                assert axis[np.argmax(np.abs(axis))] > 0
        scale = np.sqrt(m / np.maximum(seen.sum(axis=1), 1))
        assert np.allclose(found.people, (off @ found.axes.T) * scale[:, None])
        assert np.allclose(found.extremity, np.linalg.norm(found.statements, axis=1))

    def test_the_same_votes_give_the_same_bits(self) -> None:
        table = two_camps()
        once, again = opinion.plane(votes_of(table)), opinion.plane(votes_of(table))
        assert once.people.tobytes() == again.people.tobytes()

    @pytest.mark.parametrize("shape", [(20, 5), (100, 60)])
    def test_where_all_say_the_same_nobody_stands_apart(self, shape: tuple[int, int]) -> None:
        found = opinion.plane(votes_of(np.full(shape, AGREE)))
        assert not found.people.any()

    def test_where_there_is_one_quarrel_there_is_one_axis(self) -> None:
        table = np.full((100, 60), AGREE)
        table[:50] = DISAGREE
        found = opinion.plane(votes_of(table))
        assert np.allclose(np.abs(found.axes[0]), 60**-0.5)
        assert not found.axes[1].any()


class TestGroups:
    def test_two_camps_are_two_groups(self) -> None:
        votes = votes_of(two_camps())
        found = opinion.groups(opinion.plane(votes).people, opinion.taking_part(votes))
        labels = found.labels(votes.people)
        assert len(found.members) == 2
        assert opinion.alike(labels, np.arange(60) // 30) == 1.0
        assert found.silhouette > 0.5

    def test_who_said_little_is_in_no_group(self) -> None:
        table = two_camps()
        table[7, 2:] = UNSEEN
        votes = votes_of(table)
        assert 7 not in opinion.taking_part(votes)
        assert opinion.groups(opinion.plane(votes).people, opinion.taking_part(votes)).labels(60)[7] == -1

    def test_a_small_conversation_takes_whoever_said_most(self) -> None:
        table = np.full((20, 10), UNSEEN)
        for person in range(20):
            table[person, : person % 6] = AGREE
        taken = opinion.taking_part(votes_of(table))
        assert len(taken) == 15
        assert min(taken % 6) >= 1

    def test_nobody_and_one_place_are_no_groups(self) -> None:
        assert opinion.groups(np.empty((0, 2)), np.empty(0, dtype=np.int64)).members == ()
        alone = opinion.groups(np.zeros((5, 2)), np.arange(5))
        assert [list(members) for members in alone.members] == [[0, 1, 2, 3, 4]]
        assert alone.silhouette == 0.0

    @given(st.integers(0, 10_000), st.integers(2, 9), st.integers(1, 25))
    @settings(max_examples=100, deadline=None)
    def test_the_shortcut_changes_nothing(self, seed: int, k: int, rounds: int) -> None:
        """Lloyd's rounds, every point measured to every centre, every time."""
        dice = np.random.default_rng(seed)
        points = dice.normal(size=(60, 2)) + dice.integers(0, 4, size=(60, 1))
        weights = dice.integers(1, 5, size=60).astype(float)
        labels, centers = nearest_means(points, points[:k], weights, rounds)
        slow = points[:k]
        for _round in range(rounds):
            near = np.linalg.norm(points[:, None] - slow[None], axis=2).argmin(axis=1)
            kept = [at for at in range(len(slow)) if (near == at).any()]
            means = np.array(
                [np.average(points[near == at], axis=0, weights=weights[near == at]) for at in kept]
            )
            still = np.linalg.norm(means - slow[kept], axis=1).max() < STILL
            near, slow = np.searchsorted(kept, near), means
            if still:
                break
        assert np.array_equal(labels, near)
        assert np.allclose(centers, slow)


class TestSaying:
    def test_a_group_is_told_by_what_it_alone_agrees_with(self) -> None:
        votes = votes_of(two_camps())
        counts = Counts.of(votes, [np.arange(30), np.arange(30, 60)])
        first, second = opinion.telling(counts, votes.hidden)
        assert {(one.statement < 6, one.side) for one in first} <= {(True, "agree"), (False, "disagree")}
        assert {one.statement < 6 for one in second if one.side == "agree"} == {False}
        assert len(first) == len(second) == 5
        for told in (first, second):
            assert [one.side for one in told] == sorted(
                (one.side for one in told), key=lambda side: side != "agree"
            )
            assert all(one.share_z > SURE and one.likelier_z > SURE for one in told if not one.best_agreed)

    def test_numbers_by_hand(self) -> None:
        """Nine of ten agree in the one group, two of eight in the other."""
        counts = Counts(np.array([[9], [2]]), np.array([[1], [6]]), np.array([[10], [8]]))
        (told,), _ = opinion.telling(counts, np.empty(0, dtype=np.int64))
        assert (told.said, told.seen, told.side) == (9, 10, "agree")
        assert told.share == pytest.approx(10 / 12)
        assert told.share_z == pytest.approx(2 * 11**0.5 * (10 / 11 - 0.5))
        assert told.likelier == pytest.approx((10 / 12) / (3 / 10))
        both = 13 / 20
        assert told.likelier_z == pytest.approx(
            (10 / 11 - 3 / 9) / (both * (1 - both) * (1 / 11 + 1 / 9)) ** 0.5
        )
        assert opinion.agreed_across(counts)[0] == pytest.approx(10 / 12 * 3 / 10)

    def test_what_all_agree_on_is_found_and_a_hidden_statement_never_told(self) -> None:
        votes = votes_of(two_camps())
        assert [one.statement for one in opinion.agreed_by_all(votes)["agree"]] == [11]
        assert opinion.agreed_by_all(votes)["disagree"] == ()
        hidden = votes_of(two_camps(), hidden=(0, 11))
        counts = Counts.of(hidden, [np.arange(30), np.arange(30, 60)])
        assert opinion.agreed_by_all(hidden)["agree"] == ()
        assert not {0, 11} & {
            one.statement for told in opinion.telling(counts, hidden.hidden) for one in told
        }

    def test_a_statement_nobody_saw_tells_nothing(self) -> None:
        table = two_camps()
        table[:, 3] = UNSEEN
        votes = votes_of(table)
        told = opinion.telling(Counts.of(votes, [np.arange(30), np.arange(30, 60)]), votes.hidden)
        assert 3 not in {one.statement for group in told for one in group}

    def test_new_statements_come_first_and_those_passed_over_last(self) -> None:
        agreed = np.array([[0, 40, 5]])
        seen = np.array([[0, 50, 50]])
        counts = Counts(agreed, np.array([[0, 5, 0]]), seen)
        order = opinion.priorities(counts, np.ones(3), np.empty(0, dtype=np.int64))
        assert all(before > after for before, after in pairwise(order))
        assert opinion.priorities(counts, np.ones(3), np.array([2]))[2] == 49.0


class TestSteadiness:
    def test_two_camps_would_be_two_camps_again(self) -> None:
        votes = votes_of(two_camps())
        found = opinion.groups(opinion.plane(votes).people, opinion.taking_part(votes))
        told = opinion.steadiness(votes, found)
        assert told.named
        assert told.drawn > 0.9
        assert told == opinion.steadiness(votes, found)

    def test_groups_of_chance_are_not_named(self) -> None:
        dice = np.random.default_rng(5)
        votes = votes_of(dice.integers(-1, 2, size=(80, 20)))
        found = opinion.groups(opinion.plane(votes).people, opinion.taking_part(votes))
        assert not opinion.steadiness(votes, found).named

    def test_one_group_is_none_to_name(self) -> None:
        votes = votes_of(np.full((20, 8), AGREE))
        found = opinion.groups(opinion.plane(votes).people, opinion.taking_part(votes))
        assert not opinion.steadiness(votes, found).named
