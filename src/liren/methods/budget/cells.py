"""Votes of a Pabulib file, many at once: cells are cut out of its bytes by numpy, with no object for any voter.

A reader of rows takes ten times as long. Cells that say the same are found by numbers mixed from their bytes, and read
once. What is not plain (a quote, a line with other than all cells, a space, a project nobody knows) is not judged here:
the answer is None, and the reader of rows says what is wrong in which line.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liren.methods.budget.election import Ballots, Ints, Kind, gathered, in_order

CELL, LINE, ITEM = ord(";"), ord("\n"), ord(",")
WORD = 8
MOST_BYTES = 2**28  # of all votes, each as long as the longest
DIGITS = 6  # of points at most
MOST_PROJECTS = 1000  # the table of their keys has a place for each pair of them
MIXER = 0x9E3779B97F4A7C15  # odd, its bits well mixed: 2**64 over the golden ratio
MASKS = np.array([(1 << WORD * size) - 1 for size in range(WORD + 1)], dtype=np.uint64)
PIECE = 2**19  # bytes that stay in the cache: fresh memory costs more than what is done in it
Words = NDArray[np.uint64]
Bytes = NDArray[np.uint8]
Span = tuple[Ints, Ints]  # where stretches of bytes begin and end


@dataclass(frozen=True, slots=True)
class Columns:
    """How many cells a line has, and which of them say the vote and, where any does, its points."""

    heads: int
    vote: int
    points: int | None

    @property
    def stretches(self) -> list[tuple[int, int]]:
        """The columns that are read, from the first to the last of each stretch."""
        if self.points is None:
            return [(self.vote, self.vote)]
        if self.points == self.vote + 1:  # as most files have it
            return [(self.vote, self.points)]
        return [(self.vote, self.vote), (self.points, self.points)]


@dataclass(frozen=True, slots=True)
class _Items:
    """The items of a column: how many each line has, and where each begins and ends."""

    sizes: Ints
    start: Ints
    end: Ints


def ballots(
    said: bytes, begin: int, columns: Columns, kind: Kind, places: Mapping[str, int]
) -> Ballots | None:
    """Ballots from lines, from `begin` to the end of what is said. `places`: projects by key."""
    odd = any(said.find(one, begin) >= 0 for one in (b'"', b"\r", b"\0"))
    if odd or columns.heads < 2 or not 0 < len(places) <= MOST_PROJECTS or "\0" in "".join(places):
        return None
    said = said if said.endswith(b"\n") else said + b"\n"
    end = len(said)
    while end - 1 > begin and said[end - 2] == LINE:
        end -= 1
    spans = _spans(said, begin, end, columns) if begin < end else None
    distinct = spans and _distinct(said, spans)
    if not distinct:
        return None
    lines, weight = distinct
    keys = _Keys(places)
    held = np.frombuffer(b"\n".join((*lines, bytes(WORD))), dtype=np.uint8)
    parts, edges = _table(held[:-WORD], 1 if columns.points is None else 2)
    marked = _items(parts, edges, 0)
    told = None if columns.points is None else _items(parts, edges, 1)
    project, given = keys.find(held, marked), _given(held, marked, told, kind)
    if project is None or given is None:
        return None
    try:
        return gathered(marked.sizes, project, given, weight)
    except ValueError:
        return None


def _spans(said: bytes, begin: int, end: int, columns: Columns) -> list[Span] | None:
    """Where the cells that are read stand in each line; None where a line has other than all cells."""
    held = np.frombuffer(said, dtype=np.uint8)
    found: list[list[Span]] = [[] for _stretch in columns.stretches]
    while begin < end:
        stop = said.find(b"\n", min(begin + PIECE, end) - 1) + 1
        here = held[begin:stop]
        lines = here == LINE
        many = np.count_nonzero(lines)
        parts = np.flatnonzero(np.bitwise_or(here == CELL, lines, out=lines))
        if len(parts) != many * columns.heads:
            return None
        table = parts.reshape(many, columns.heads)
        before = np.concatenate([[-1], table[:-1, -1]])
        # a line of nothing but semicolons is a line of a spreadsheet that is none
        if np.any(here[table[:, -1]] != LINE) or np.any(table[:, -1] - before == columns.heads):
            return None
        for spans, (first, last) in zip(found, columns.stretches, strict=True):
            start = table[:, first - 1] if first else before
            spans.append((start + (begin + 1), table[:, last] + begin))
        begin = stop
    return [_joined(spans) for spans in found]


def _joined(spans: Sequence[Span]) -> Span:
    return np.concatenate([start for start, _end in spans]), np.concatenate([end for _start, end in spans])


def _distinct(said: bytes, spans: Sequence[Span]) -> tuple[list[bytes], Ints] | None:
    """What lines say in some stretches, parted by semicolons: each once, as first met, and how often it was said.

    None if two that say otherwise got the same number, which chance does to one file in many thousands.
    """
    held, count = np.frombuffer(said, dtype=np.uint8), len(spans[0][0])
    lengths = [end - start for start, end in spans]
    if count * max(int(length.max()) for length in lengths) > MOST_BYTES:
        return None
    words = [
        word
        for (start, _end), length in zip(spans, lengths, strict=True)
        for word in _words(held, start, length)
    ]
    number = _number([*lengths, *words])
    # the last bits make room for the place of each line, so that equal ones stay in order
    numbers, order = in_order((number >> np.uint64(count.bit_length() + 1)).astype(np.int64))
    new = np.diff(numbers, prepend=-1) != 0
    again = np.flatnonzero(~new)
    some, others = order[again], order[again - 1]
    if any(np.any(word[some] != word[others]) for word in (*lengths, *words)):
        return None
    edges = np.flatnonzero(new)
    first, met = in_order(order[edges])
    weight = np.diff(edges, append=count)[met]
    cut = [
        [said[begin:end] for begin, end in zip(start[first].tolist(), stop[first].tolist(), strict=True)]
        for start, stop in spans
    ]
    return cut[0] if len(cut) == 1 else [b";".join(cells) for cells in zip(*cut, strict=True)], weight


def _number(columns: Sequence[Ints | Words]) -> Words:
    """A number for each line, mixed from all of its columns."""
    number = np.zeros(len(columns[0]), dtype=np.uint64)
    for column in columns:
        number ^= column.astype(np.uint64)
        number *= np.uint64(MIXER)
        number ^= number >> np.uint64(32)
    return number


def _words(held: Bytes, start: Ints, length: Ints, widest: int | None = None) -> list[Words]:
    """Stretches of bytes as numbers of eight bytes each, filled up with nothing where they end."""
    every: Words = np.ndarray((len(held) - WORD + 1,), "<u8", held, strides=(1,))
    last, widest = len(every) - 1, int(length.max()) if widest is None else widest
    found = []
    for at in range(0, widest, WORD):
        place = start + at
        word = every[np.minimum(place, last)]
        if (
            place.max(initial=0) > last
        ):  # the last bytes are the first ones of no word: shift those before them out
            word >>= (WORD * np.clip(place - last, 0, WORD - 1)).astype(np.uint64)
        found.append(word & MASKS[np.clip(length - at, 0, WORD)])
    return found


def _table(held: Bytes, heads: int) -> tuple[Ints, Ints]:
    """Where cells and the items inside them are parted, and which of the partings ends each cell of each line."""
    parts = np.flatnonzero((held == CELL) | (held == LINE) | (held == ITEM))
    return parts, np.flatnonzero(held[parts] != ITEM).reshape(-1, heads)


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


class _Keys:
    """Keys of projects in a table where each has a place of its own: one look says which an item can be, if any."""

    def __init__(self, places: Mapping[str, int]) -> None:
        keys = [key.encode() for key in places]
        self.widest = max(len(key) for key in keys)
        sizes = np.array([len(key) for key in keys])
        joined = np.frombuffer(b"".join((*keys, bytes(WORD))), dtype=np.uint8)
        self.words = _words(joined, np.cumsum(sizes) - sizes, sizes)
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
