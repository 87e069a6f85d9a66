"""Votes of a Pabulib file, many at once: cells are cut out of its bytes by numpy, with no object for any of them.

A reader of rows takes ten times as long. What is not plain (a quote, a line with other than all cells, a space, a project
nobody knows) is not judged here: the answer is None, and the reader of rows says what is wrong in which line.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liren.methods.budget.election import Ballots, Ints, Kind, gathered

CELL, LINE, ITEM = ord(";"), ord("\n"), ord(",")
WORD = 8
DIGITS = 6  # of points at most
MOST_PROJECTS = 1000  # the table of their keys has a place for each pair of them
MIXER = 0x9E3779B97F4A7C15  # odd, its bits well mixed: 2**64 over the golden ratio
PIECE = 2**19
Words = NDArray[np.uint64]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class _Items:
    """The items of a column: how many each line has, and where each begins and ends."""

    sizes: Ints
    start: Ints
    end: Ints


@dataclass(frozen=True, slots=True)
class Columns:
    """How many cells a line has, and which of them say the vote and, where any does, its points."""

    heads: int
    vote: int
    points: int | None


def ballots(
    said: bytes, begin: int, columns: Columns, kind: Kind, places: Mapping[str, int]
) -> Ballots | None:
    """Ballots from lines, from `begin` to the end of what is said. `places`: projects by key."""
    odd = any(said.find(one, begin) >= 0 for one in (b'"', b"\r", b"\0"))
    if odd or columns.heads < 2 or not 0 < len(places) <= MOST_PROJECTS or "\0" in "".join(places):
        return None
    end = len(said)
    while end > begin and said[end - 1] == LINE:
        end -= 1
    keys, pieces = _Keys(places), list[tuple[Ints, Ints, Ints]]()
    while begin <= end:  # in pieces that stay in the cache: fresh memory costs more than what is done in it
        stop = said.find(b"\n", begin + PIECE, end)
        stop = end if stop < 0 else stop
        piece = b"".join((memoryview(said)[begin:stop], b"\n", bytes(keys.room)))
        found = _read(np.frombuffer(piece, dtype=np.uint8), columns, kind, keys)
        if found is None:
            return None
        pieces.append(found)
        begin = stop + 1
    sizes, project, points = (np.concatenate(column) for column in zip(*pieces, strict=True))
    try:
        return gathered(sizes, project, points, np.ones(len(sizes), dtype=np.int64))
    except ValueError:
        return None


def _read(held: Bytes, columns: Columns, kind: Kind, keys: "_Keys") -> tuple[Ints, Ints, Ints] | None:
    """How many marks each ballot has, their projects and their points."""
    table = _table(held[: -keys.room], columns.heads)
    if table is None:
        return None
    parts, edges = table
    marked = _items(parts, edges, columns.vote)
    told = None if columns.points is None else _items(parts, edges, columns.points)
    project, given = keys.find(held, marked), _given(held, marked, told, kind)
    return None if project is None or given is None else (marked.sizes, project, given)


def _table(held: Bytes, heads: int) -> tuple[Ints, Ints] | None:
    """Where everything is parted, and which of the partings ends each cell of each line."""
    parting = held == CELL
    parting |= held == LINE
    parting |= held == ITEM
    parts = np.flatnonzero(parting)
    kinds = held[parts]
    edges = np.flatnonzero(kinds != ITEM)
    if len(edges) % heads:
        return None
    ends = kinds[edges].reshape(-1, heads)
    if np.any(ends[:, -1] != LINE) or np.count_nonzero(ends == LINE) > len(ends):
        return None
    table = edges.reshape(-1, heads)
    if np.any(np.diff(parts[table[:, -1]], prepend=-1) == heads):
        return None  # nothing but semicolons: a line of a spreadsheet that is none
    return parts, table


def _items(parts: Ints, edges: Ints, column: int) -> _Items:
    before, after = edges[:, column - 1], edges[:, column]
    if not column:  # begins where the line before ends; the first line begins after nothing
        parts = np.concatenate([[-1], parts])
        before, after = np.concatenate([[0], edges[:-1, -1] + 1]), after + 1
    sizes = after - before
    # an empty cell has one item, of no length
    sizes -= (sizes == 1) & (parts[after] == parts[before] + 1)
    ends = np.cumsum(sizes)
    flat = np.arange(int(ends[-1])) + np.repeat(before - ends + sizes, sizes)
    return _Items(sizes, parts[flat] + 1, parts[flat + 1])


def _words(held: Bytes, start: Ints, length: Ints, widest: int) -> list[Words]:
    """Stretches of bytes as words of eight, filled up with nothing."""
    every = np.ndarray((len(held) - WORD + 1,), "<u8", held, strides=(1,))
    mask = np.array([(1 << WORD * size) - 1 for size in range(WORD + 1)], dtype=np.uint64)
    return [every[start + at] & mask[np.clip(length - at, 0, WORD)] for at in range(0, widest, WORD)]


class _Keys:
    """Keys of projects in a table where each has a place of its own: one look says which an item can be, if any."""

    def __init__(self, places: Mapping[str, int]) -> None:
        keys = [key.encode() for key in places]
        self.widest = max(len(key) for key in keys)
        sizes = np.array([len(key) for key in keys])
        self.room = self.widest + WORD  # behind the last item, so that words can be read from anywhere
        joined = np.frombuffer(b"".join((*keys, bytes(self.room))), dtype=np.uint8)
        self.words = _words(joined, np.cumsum(sizes) - sizes, sizes, self.widest)
        self.projects = np.array(list(places.values()), dtype=np.int64)
        # large enough for one try in two to do
        self.shift, self.mixers = 64 - (2 * len(keys) ** 2).bit_length(), list[int]()
        mixer = MIXER
        while len(set(self._mixed(self.words).tolist())) < len(keys) or not self.mixers:
            self.mixers = []
            for _word in self.words:
                mixer = (mixer * MIXER + 2) % 2**64
                self.mixers.append(mixer | 1)
        self.table = np.zeros(1 << (64 - self.shift), dtype=np.int32)
        self.table[self._mixed(self.words)] = np.arange(len(keys))

    def _mixed(self, words: Sequence[Words]) -> Ints:
        mixed = np.zeros(len(words[0]), dtype=np.uint64)
        for word, mixer in zip(words, self.mixers, strict=False):
            mixed ^= word * np.uint64(mixer)
        return (mixed >> np.uint64(self.shift)).astype(np.int64)

    def find(self, held: Bytes, items: _Items) -> Ints | None:
        """The project of every item; None where one is nobody's."""
        length = items.end - items.start
        if length.max(initial=0) > self.widest:
            return None
        found = _words(held, items.start, length, self.widest)
        which = self.table[self._mixed(found)]
        if any(np.any(word[which] != item) for word, item in zip(self.words, found, strict=True)):
            return None
        return self.projects[which]


def _given(held: Bytes, marked: _Items, told: _Items | None, kind: Kind) -> Ints | None:
    """The points of every mark; None where they are no numbers, too many or too few."""
    sizes = marked.sizes
    if kind == "approval":
        return np.ones(len(marked.start), dtype=np.int64)
    if kind == "ordinal" and (told is None or not len(told.start)):
        return np.repeat(np.cumsum(sizes), sizes) - np.arange(len(marked.start))
    if told is None or np.any(told.sizes != sizes):
        return None
    length = told.end - told.start
    if len(length) and not 0 < length.min() <= length.max() <= DIGITS:
        return None
    points = np.zeros(len(length), dtype=np.int64)
    for at in range(int(length.max(initial=0))):
        more = length > at
        digit = held[told.start + at].astype(np.int64) - ord("0")
        if np.any(more & ((digit < 0) | (digit > 9))):
            return None
        points = np.where(more, points * 10 + digit, points)
    return points
