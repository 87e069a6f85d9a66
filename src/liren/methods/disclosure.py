"""Small counts kept back from a published table so that none can be got by subtraction.

A table with its totals is a circulation: each cell an edge from its row to its column, each total an edge too, and what
flows into a node flows out of it. A reader knows the published edges and, of a count told as "fewer than k", that it
is 0 to k-1: none is told like few, or four lines told as few that make fewer than five would be one each. A hidden cell
is safe if another table exists that agrees with all of that: if the residual graph has a cycle through it (L. H. Cox,
Network models for complementary cell suppression, JASA 90 (1995) 1453-1462). Pure.
"""

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

LEAST = 3  # with k = 2 "fewer than k" would say the count itself


class Edge(NamedTuple):
    """One count of a table. `row` is "" in the line of totals, `column` is "" in the column of totals."""

    row: str
    column: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What of a table is kept back: `few` are below the minimum, `others` would give those away.

    `nothing` of it may be told where keeping all of it back would still not be enough.
    """

    few: frozenset[Edge]
    others: frozenset[Edge]
    nothing: bool = False

    def hides(self, row: str, column: str) -> bool:
        """Whether a count is kept back, for either reason."""
        return self.nothing or (edge := Edge(row, column)) in self.few or edge in self.others


def with_totals(cells: Mapping[tuple[str, str], int]) -> dict[Edge, int]:
    """The table with its totals and its empty cells. Names of rows and columns are not empty."""
    rows, columns = {row for row, _column in cells}, {column for _row, column in cells}
    found: dict[Edge, int] = {Edge(row, column): 0 for row in rows for column in columns}
    for (row, column), count in cells.items():
        for edge in (Edge(row, column), Edge(row, ""), Edge("", column), Edge("", "")):
            found[edge] = found.get(edge, 0) + count
    return found


def protect(cells: Mapping[tuple[str, str], int], least: int) -> Kept:
    """What to keep back of a table of counts that is published with all its totals.

    Cells are given up before totals, the smallest first. Raises ValueError for a minimum under `LEAST`.
    """
    if least < LEAST:
        raise ValueError(f"a minimum of {least} hides nothing")
    return _protected(tuple(sorted(cells.items())), least)


@lru_cache(maxsize=512)  # a month that is over is asked for again and again, and is what it was
def _protected(cells: tuple[tuple[tuple[str, str], int], ...], least: int) -> Kept:
    return _close(with_totals(dict(cells)), least)


def protect_line(counts: Mapping[str, int], least: int) -> Kept:
    """The same for one line of counts and its total: look them up with the column "all"."""
    if least < LEAST:
        raise ValueError(f"a minimum of {least} hides nothing")
    # one column of which the row totals are the cells themselves: they are no counts of their own
    table = {Edge(name, "all"): count for name, count in counts.items()}
    return _close(table | {Edge("", "all"): sum(counts.values())}, least)


def _close(table: Mapping[Edge, int], least: int) -> Kept:
    few = frozenset(edge for edge, count in table.items() if count < least)
    others: set[Edge] = set()
    while True:
        exposed = _exposed(table, few, others, least)
        if not exposed:
            break
        near = _next(table, few | others, exposed | others)
        if near is None:
            return Kept(few, frozenset(others), nothing=True)
        others.add(near)
    for edge in sorted(others, key=lambda one: (-table[one], one)):  # what turned out not to be needed
        if not _exposed(table, few, others - {edge}, least):
            others.discard(edge)
    return Kept(few, frozenset(others))


def _next(table: Mapping[Edge, int], hidden: frozenset[Edge], around: set[Edge]) -> Edge | None:
    """The next count to give up: a cell before a total, beside one of `around` first, the smallest first."""
    rows, columns = {edge.row for edge in around}, {edge.column for edge in around}

    def order(edge: Edge) -> tuple[int, bool, int, Edge]:
        totals = (not edge.row) + (not edge.column)
        return totals, edge.row not in rows and edge.column not in columns, table[edge], edge

    shown = (edge for edge in table if edge not in hidden)
    return min(shown, key=order, default=None)


def _exposed(table: Mapping[Edge, int], small: frozenset[Edge], others: set[Edge], least: int) -> set[Edge]:
    """Counts below the minimum of which a reader can work out the value."""
    ahead: dict[str, list[tuple[str, Edge]]] = defaultdict(list)
    for edge in [*small, *others]:
        count = table[edge]
        tail, head = _ends(edge)
        low, high = (0, least - 1) if edge in small else (least, count + 1)
        if count < high:
            ahead[tail].append((head, edge))
        if count > low:
            ahead[head].append((tail, edge))
    # that nobody is in a cell may be worked out: it points at nobody
    return {edge for edge in small if table[edge] and not _moves(edge, table[edge], ahead, least)}


def _moves(edge: Edge, count: int, ahead: Mapping[str, list[tuple[str, Edge]]], least: int) -> bool:
    tail, head = _ends(edge)
    more = count < least - 1 and _reaches(head, tail, edge, ahead)
    return more or (count > 0 and _reaches(tail, head, edge, ahead))


def _reaches(start: str, goal: str, but: Edge, ahead: Mapping[str, list[tuple[str, Edge]]]) -> bool:
    """Whether the residual graph leads from one node to another without one edge."""
    seen, waiting = {start}, deque([start])
    while waiting:
        for node, edge in ahead.get(waiting.popleft(), ()):
            if edge == but or node in seen:
                continue
            if node == goal:
                return True
            seen.add(node)
            waiting.append(node)
    return False


def _ends(edge: Edge) -> tuple[str, str]:
    """The nodes a count flows between: rows, columns, the line of totals and the column of totals."""
    if edge.column == "all":  # a single line: from the totals to its one column and back
        return ("rows", "columns") if edge.row else ("columns", "rows")
    if edge.row and edge.column:
        return f"row {edge.row}", f"column {edge.column}"
    if edge.row:
        return "rows", f"row {edge.row}"
    if edge.column:
        return f"column {edge.column}", "columns"
    return "columns", "rows"
