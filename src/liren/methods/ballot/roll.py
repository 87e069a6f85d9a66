"""The frozen roll: who may vote and what each weighs, with a digest that proves it was not changed afterwards.

Owners: 民法典第278条 counts area and heads. 最高法《建筑物区分所有权解释》(2020), art. 8: area as registered; art. 9: heads
by exclusive parts, one part one person, but the parts of one buyer are one person together, and so are all parts unsold
or not yet handed over. Those are the builder's: give them the builder's key.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from liren.methods.ballot.board import digest
from liren.methods.ballot.figures import AREA, MEASURES, Weights, plain


@dataclass(frozen=True, slots=True)
class Holding:
    """An exclusive part (专有部分) and one of its owners; where several own it together, a row for each of them."""

    part: str
    owner: str
    area: Fraction
    building: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One voter of the roll: an opaque key, what its one ballot weighs, where it is at home."""

    voter: str
    weight: tuple[tuple[str, Fraction], ...]
    buildings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Roll:
    """The voters by key. It never changes: a roll that was objected to is made anew and has another digest."""

    entries: tuple[Entry, ...]

    @cached_property
    def totals(self) -> Weights:
        """What all voters weigh together, by measure."""
        found: Weights = {}
        for entry in self.entries:
            for measure, weight in entry.weight:
                found[measure] = found.get(measure, Fraction(0)) + weight
        return found

    @cached_property
    def by_voter(self) -> Mapping[str, Entry]:
        """The entry of each voter."""
        return {entry.voter: entry for entry in self.entries}

    @cached_property
    def digest(self) -> str:
        """The SHA-256, in hex, of the canonical text of every entry."""
        rows = [[one.voter, plain(dict(one.weight)), list(one.buildings)] for one in self.entries]
        return digest(["liren.roll", rows])

    @property
    def even(self) -> bool:
        """Whether all voters weigh the same: only then does a ballot's weight not tell whose it is."""
        return len({entry.weight for entry in self.entries}) <= 1


def roll_of(entries: Iterable[Entry]) -> Roll:
    """A roll of entries, in the order of their keys.

    Raises ValueError where a voter is there twice, where entries are weighed by different measures, where a weight is
    negative or, of anything but area, not whole.
    """
    ordered = tuple(sorted(entries, key=lambda entry: entry.voter))
    if len({entry.voter for entry in ordered}) != len(ordered):
        raise ValueError("a voter is on the roll twice")
    if len({tuple(measure for measure, _ in entry.weight) for entry in ordered}) > 1:
        raise ValueError("entries are weighed by different measures")
    for entry in ordered:
        for measure, weight in entry.weight:
            if measure not in MEASURES or weight < 0 or (measure != AREA and weight.denominator != 1):
                raise ValueError(f"{entry.voter} weighs {weight} {measure}")
    return Roll(ordered)


def equals(measure: str, voters: Iterable[str]) -> Roll:
    """A roll of voters who weigh one each: persons, households, members, representatives. Raises as `roll_of`."""
    return roll_of(Entry(voter, ((measure, Fraction(1)),)) for voter in voters)


def committee(members: Mapping[str, bool]) -> Roll:
    """A property management committee: each member, and whether they are there for the owners. Raises as `roll_of`."""
    return roll_of(
        Entry(key, (("members", Fraction(1)), ("owner_members", Fraction(int(owner)))))
        for key, owner in members.items()
    )


def owners(holdings: Iterable[Holding]) -> Roll:
    """The owners, once each, however many parts they hold: one person, their areas together.

    Who owns a part together is one person together; the same people with a second part are still one, but one of them
    alone with a part of her own is another buyer and counts apart. Such a voter's key is the owners' keys in order,
    joined by "+". Raises ValueError where a part has no area, two areas, or the same owner twice; and as `roll_of`.
    """
    parts: dict[str, dict[str, Holding]] = {}
    for row in holdings:
        rows = parts.setdefault(row.part, {})
        if row.owner in rows:
            raise ValueError(f"{row.part} names the owner {row.owner} twice")
        rows[row.owner] = row
    areas, homes = dict[str, Fraction](), dict[str, set[str]]()
    for part, rows in parts.items():
        if len({(row.area, row.building) for row in rows.values()}) > 1:
            raise ValueError(f"{part} has two areas, or stands in two buildings")
        first = next(iter(rows.values()))
        if first.area <= 0 or any(not owner or "+" in owner for owner in rows):
            raise ValueError(f"{part} has no area, or an owner without a key")
        voter = "+".join(sorted(rows))
        areas[voter] = areas.get(voter, Fraction(0)) + first.area
        homes.setdefault(voter, set()).add(first.building)
    return roll_of(
        Entry(voter, ((AREA, area), ("persons", Fraction(1))), tuple(sorted(homes[voter])))
        for voter, area in areas.items()
    )
