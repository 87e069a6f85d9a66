"""Small counts stay hidden: no reader of a published table can work one out from what is shown."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from liren.methods.disclosure import Edge, Kept, protect, protect_line, with_totals

COUNTS = st.one_of(st.integers(0, 6), st.integers(0, 60))
K = 5


def bounds(
    table: dict[Edge, int], kept: Kept, cell: Edge, sums: list[list[tuple[int, Edge]]]
) -> tuple[int, int]:
    """Between what values a reader can pin one hidden count, by linear programming: the oracle."""
    hidden = sorted(kept.few | kept.others)
    limits = [(0, K - 1) if edge in kept.few else (K, None) for edge in hidden]
    left, right = [], []
    for line in sums:
        left.append([sum(sign for sign, edge in line if edge == one) for one in hidden])
        right.append(-sum(sign * table.get(edge, 0) for sign, edge in line if edge not in hidden))
    found = []
    for sign in (1, -1):
        aim = np.array([sign if edge == cell else 0 for edge in hidden])
        answer = linprog(aim, A_eq=np.array(left), b_eq=np.array(right), bounds=limits, method="highs")
        # without end: the count grows as the totals do
        found.append(10**6 if answer.status == 3 else round(sign * answer.fun))
    return found[0], found[1]


def crossed_sums(table: dict[Edge, int]) -> list[list[tuple[int, Edge]]]:
    rows = sorted({edge.row for edge in table if edge.row})
    columns = sorted({edge.column for edge in table if edge.column})
    across = [[(1, Edge(r, c)) for c in columns] + [(-1, Edge(r, ""))] for r in rows]
    down = [[(1, Edge(r, c)) for r in rows] + [(-1, Edge("", c))] for c in columns]
    whole = [[(1, Edge(r, "")) for r in rows] + [(-1, Edge("", ""))]]
    return across + down + whole


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 4), st.integers(1, 4), st.data())
def test_no_hidden_cell_of_a_table_is_derived(rows: int, columns: int, data: st.DataObject) -> None:
    names = [(f"r{r}", f"c{c}") for r, c in product(range(rows), range(columns))]
    cells = {name: data.draw(COUNTS) for name in names}
    kept, table = protect(cells, K), with_totals(cells)
    assert {edge for edge, count in table.items() if count < K} == kept.few
    assert not any(table[edge] < K for edge in kept.others)
    assert not kept.nothing
    for cell in kept.few:
        if table[cell] == 0:
            continue
        low, high = bounds(table, kept, cell, crossed_sums(table))
        assert low < high, (cells, cell)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from("abcdefgh"), COUNTS, min_size=1))
def test_no_hidden_line_is_derived_from_the_total(counts: dict[str, int]) -> None:
    kept = protect_line(counts, K)
    table = {Edge(name, "all"): count for name, count in counts.items()}
    table[Edge("", "all")] = sum(counts.values())
    sums = [[(1, Edge(name, "all")) for name in counts] + [(-1, Edge("", "all"))]]
    assert not kept.nothing
    for cell in kept.few:
        if table[cell] == 0:
            continue
        low, high = bounds(table, kept, cell, sums)
        assert low < high, (counts, cell)


def test_one_hidden_cell_takes_another_with_it() -> None:
    kept = protect_line({"a": 2, "b": 9, "c": 30}, K)
    assert kept.few == {Edge("a", "all")}
    assert kept.others == {Edge("b", "all")}
    assert protect_line({"a": 9, "b": 30}, K) == Kept(frozenset(), frozenset())
    kept = protect_line({"a": 0, "b": 30}, K)
    assert kept == Kept(frozenset({Edge("a", "all")}), frozenset()), (
        "none is told like few, and may be worked out"
    )


def test_a_pattern_of_ones_does_not_give_itself_away() -> None:
    kept = protect_line(dict.fromkeys("abcde", 1), K)
    assert not kept.hides("", "all"), "five hidden lines that make five may be two and none too"
    kept = protect_line({"a": 1}, K)
    assert kept.hides("", "all")
    kept = protect({("a", "x"): 1, ("a", "y"): 40, ("b", "x"): 40, ("b", "y"): 40}, K)
    assert kept.few == {Edge("a", "x")}
    assert len(kept.others) == 3
    assert not kept.hides("", "")


def test_a_minimum_that_hides_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="hides nothing"):
        protect({}, 2)
    with pytest.raises(ValueError, match="hides nothing"):
        protect_line({}, 2)
    assert protect({}, 3) == Kept(frozenset(), frozenset())
