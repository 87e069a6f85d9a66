"""Which places a text speaks of: names and aliases found in it, numbered buildings, grids and rooms tied
to them.

Nothing is invented: a candidate is a place of the register whose name or number stands in the text. Where
the text fits several places, each is a candidate with a lower score.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from liren.registers.places.rules.names import Numbered, numbered_in, relative_key, room_key, spellings
from liren.registers.places.rules.paths import upper_bound
from liren.registers.places.rules.reading import Normal, normal

_Named = tuple["Entry", float, str]
Rooms = Callable[[int], Mapping[tuple[str, str], "Entry"]]

# How well the kind alone says where something is.
_KIND = {
    "district": 0.3, "street": 0.5, "community": 0.9, "grid": 0.94, "courtyard": 0.95,
    "building": 0.96, "dwelling": 0.97, "cell": 0.9,
}  # fmt: skip
_DEPTH = {kind: depth for depth, kind in enumerate(_KIND)}
_NEAR_KINDS = frozenset({"community", "grid", "courtyard", "building", "dwelling"})
_CLOSE_BY = 8  # characters between a compound's name and its building's number
_BESIDE_RIVER = re.compile("[面边头]")  # 清河里面 is inside the river, not 清河里
_HOUSE = re.compile(r"(\d{1,5})号?院?")


@dataclass(frozen=True, slots=True)
class Entry:
    """A place as the reader knows it."""

    id: int
    kind: str
    name: str
    path: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A place the text may speak of. `code` says why: name, alias, short_name, number_in_named,
    number_near, number_only, road_number. `matched` is what the person wrote; `several` how many places
    fit the same words; `room_unknown` that a room was named which the register does not have.
    """

    entry: Entry
    score: float
    code: str
    matched: str
    several: int = 1
    room_unknown: bool = False


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    places: tuple[_Named, ...]


@dataclass(slots=True)
class Gazetteer:
    """All names of the office's ground, ready to be found in a text. Built once per version of the
    register.
    """

    entries: Iterable[Entry]
    rooms: Rooms | None = None
    _names: dict[str, list[_Named]] = field(default_factory=lambda: defaultdict(list))
    _lengths: dict[str, tuple[int, ...]] = field(default_factory=dict)
    _numbers: dict[tuple[str, str], list[Entry]] = field(default_factory=lambda: defaultdict(list))
    _roads: dict[str, list[tuple[int, int, str, Entry]]] = field(default_factory=lambda: defaultdict(list))
    _by_path: dict[str, Entry] = field(default_factory=dict)

    def __post_init__(self) -> None:
        lengths: dict[str, set[int]] = defaultdict(set)
        for entry in self.entries:
            if entry.kind == "dwelling":
                continue
            self._by_path[entry.path] = entry
            for spelling in spellings(entry.kind, entry.name, entry.aliases):
                if spelling.numbers:
                    self._roads[spelling.text].append((*spelling.numbers, entry))
                elif key := relative_key(entry.kind, spelling.text):
                    self._numbers[entry.kind, key].append(entry)
                    continue
                else:
                    self._names[spelling.text].append((entry, spelling.weight, spelling.code))
                lengths[spelling.text[:2]].add(len(spelling.text))
                if (key := relative_key(entry.kind, spelling.text, tail=True)) and spelling.code == "name":
                    self._numbers[entry.kind, key].append(entry)
        self._lengths = {head: tuple(sorted(sizes, reverse=True)) for head, sizes in lengths.items()}
        self.entries = ()

    def read(self, text: str, *, near_path: str = "", limit: int = 5) -> list[Mention]:
        """Places the text speaks of, best first, at most `limit`; scores from 0 to 1.

        `near_path` is where the asker is known to be: it decides between places of one name, and "3号楼"
        alone means the one there.
        """
        line = normal(text)
        hits = self._hits(line.text)
        found: dict[int, Mention] = {}
        for hit in hits:
            for mention in self._named(hit, hits, line, near_path):
                _keep(found, mention)
        chains: dict[int, int] = {}
        for number in numbered_in(line.text, frozenset(hit.end for hit in hits)):
            if any(hit.start <= number.start and number.key_end <= hit.end for hit in hits):
                for mention in self._rooms_of_named(number, hits, line):
                    _keep(found, mention)
                continue
            for mention in self._numbered(number, hits, line, near_path, limit, chains):
                _keep(found, mention)
        return _settled(found.values(), near_path, hits)[:limit]

    def _hits(self, text: str) -> list[_Hit]:
        """Names in the text, longest first at each place, none inside another."""
        hits: list[_Hit] = []
        here = 0
        while here < len(text) - 1:
            hit = self._hit_at(text, here)
            if hit is None:
                here += 1
            else:
                hits.append(hit)
                here = hit.end
        return hits

    def _hit_at(self, text: str, here: int) -> _Hit | None:
        if text[here].isdigit() and here and text[here - 1].isalnum() and text[here - 1].isascii():
            return None
        for size in self._lengths.get(text[here : here + 2], ()):
            word, end = text[here : here + size], here + size
            if len(word) < size:
                continue
            if word in self._roads and (hit := self._road_at(text, here, end)):
                return hit
            if word not in self._names:
                continue
            after = text[end : end + 1]
            if (word[-1].isdigit() and after.isdigit()) or (word[-1] == "里" and _BESIDE_RIVER.match(after)):
                continue
            return _Hit(here, end, tuple(self._names[word]))
        return None

    def _road_at(self, text: str, here: int, end: int) -> _Hit | None:
        """A road with a number: the place whose stretch of house numbers holds it."""
        match = _HOUSE.match(text, end)
        stretches = self._roads[text[here:end]]
        if match is None:
            places = {entry.id: (entry, 0.5, "road_number") for _, _, _, entry in stretches}
            return _Hit(here, end, tuple(places.values()))
        number = int(match.group(1))
        side = "单" if number % 2 else "双"
        held = tuple(
            (entry, 0.97, "road_number")
            for low, high, sides, entry in stretches
            if low <= number <= high and sides in {"", side}
        )
        return _Hit(here, match.end(), held) if held else None

    def _chosen(self, hit: _Hit, hits: list[_Hit], near_path: str) -> tuple[list[_Named], bool]:
        """The places of one name that the other names back, or where the asker is; and whether names
        backed them.
        """
        others = [entry for other in hits if other is not hit for entry, _, _ in other.places]
        backed = [place for place in hit.places if any(_related(place[0], other) for other in others)]
        chosen = backed or list(hit.places)
        if near_path and len(chosen) > 1:
            chosen = [place for place in chosen if _touches(place[0].path, near_path)] or chosen
        return chosen, bool(backed)

    def _named(self, hit: _Hit, hits: list[_Hit], line: Normal, near_path: str) -> Iterable[Mention]:
        """The places of one name; those not chosen stay as faint ones."""
        chosen, backed = self._chosen(hit, hits, near_path)
        likely = {entry.id for entry, _, _ in chosen}
        matched = line.written(hit.start, hit.end)
        for entry, weight, code in hit.places:
            score = _KIND[entry.kind] * weight * _spread(len(likely))
            if entry.id not in likely:
                score *= 0.4
            elif backed:
                score = _lifted(score, 0.4)
            yield Mention(entry, score, code, matched, len(likely))

    def _numbered(
        self,
        number: Numbered,
        hits: list[_Hit],
        line: Normal,
        near_path: str,
        limit: int,
        chains: dict[int, int],
    ) -> Iterable[Mention]:
        """Buildings, grids or courtyards of a number: in the place named nearby, else where the asker is."""
        places = self._numbers.get((number.kind, number.key), [])
        for hit in sorted(hits, key=lambda hit: _gap(hit, number)):
            chosen, _ = self._chosen(hit, hits, near_path)
            inside = _inside_finest(places, [entry for entry, _, _ in chosen], limit)
            if inside:
                # 和园小区2号楼和3号楼: the second number leans on the first.
                gap = number.start - chains.get(hit.start, hit.end)
                closeness = 1.0 if 0 <= gap <= _CLOSE_BY else 0.88
                chains[hit.start] = number.end
                weight = max(0.9, *(weight for _, weight, _ in chosen))
                score = _KIND[number.kind] * closeness * weight * _spread(len(inside))
                start, end = min(hit.start, number.start), max(hit.end, number.end)
                near = 0 <= number.start - hit.end <= _CLOSE_BY
                matched = line.written(start, end) if near else line.written(*number.span)
                return self._with_room(inside, number, score, "number_in_named", matched)
        if number.needs_name or any(place[0].kind in _NEAR_KINDS for hit in hits for place in hit.places):
            return []
        matched = line.written(*number.span)
        if not hits:
            for around in self._around(near_path):
                if inside := _inside(places, around):
                    score = _KIND[number.kind] * 0.85 * _spread(len(inside))
                    return self._with_room(inside, number, score, "number_near", matched)
        if len(places) > limit:
            return []
        return self._with_room(places, number, 0.4 * _spread(len(places)), "number_only", matched)

    def _around(self, near_path: str) -> Iterable[str]:
        """The asker's place and the places around it, up to the community."""
        path = near_path
        while len(path) > 1:
            entry = self._by_path.get(path)
            if entry is not None and entry.kind not in _NEAR_KINDS:
                return
            yield path
            path = path[: path.rstrip("/").rfind("/") + 1]

    def _rooms_of_named(self, number: Numbered, hits: list[_Hit], line: Normal) -> Iterable[Mention]:
        """A building found by its own name, with a room after it."""
        for hit in hits:
            if hit.start <= number.start and number.key_end <= hit.end and number.room:
                buildings = [entry for entry, _, _ in hit.places if entry.kind == "building"]
                score = 0.96 * _spread(len(buildings))
                matched = line.written(hit.start, number.end)
                yield from self._with_room(buildings, number, score, "name", matched)

    def _with_room(
        self, places: list[Entry], number: Numbered, score: float, code: str, matched: str
    ) -> list[Mention]:
        mentions = [Mention(entry, score, code, matched, len(places)) for entry in places]
        if not number.room or self.rooms is None:
            return mentions
        known = [self.rooms(entry.id).get((number.unit, number.room)) for entry in places]
        if not any(known):
            return [replace(mention, room_unknown=True) for mention in mentions]
        # The room itself tells buildings apart: only some have it.
        held = [entry for entry in known if entry is not None]
        best = score / _spread(len(places)) * _spread(len(held))
        return [Mention(entry, best, code, matched, len(held)) for entry in held]


def rooms_from(dwellings: Iterable[Entry]) -> dict[tuple[str, str], Entry]:
    """Dwellings of one building by (unit, room), "" where they have no unit; a room number held twice is
    left out.
    """
    rooms: dict[tuple[str, str], Entry] = {}
    bare: dict[str, list[Entry]] = defaultdict(list)
    for dwelling in dwellings:
        if key := room_key(dwelling.name):
            rooms[key] = dwelling
            bare[key[1]].append(dwelling)
    for room, held in bare.items():
        if len(held) == 1:
            rooms.setdefault(("", room), held[0])
    return rooms


def _inside(places: list[Entry], path: str) -> list[Entry]:
    bound = upper_bound(path)
    return [entry for entry in places if path <= entry.path < bound]


def _inside_finest(places: list[Entry], contexts: list[Entry], limit: int) -> list[Entry]:
    """Numbered places in the finest of the places a name may mean; a street says nothing of a building."""
    for depth in sorted({_DEPTH[context.kind] for context in contexts}, reverse=True):
        level = [context for context in contexts if _DEPTH[context.kind] == depth]
        inside = {entry.id: entry for context in level for entry in _inside(places, context.path)}
        if inside and (len(inside) <= limit or level[0].kind in _NEAR_KINDS):
            return list(inside.values())
    return []


def _touches(path: str, other: str) -> bool:
    return path.startswith(other) or other.startswith(path)


def _related(entry: Entry, other: Entry) -> bool:
    return entry.path != other.path and _touches(entry.path, other.path)


def _spread(several: int) -> float:
    """What is left of a score when several places fit the same words."""
    return 1.0 if several <= 1 else 0.75 / several**0.5


def _lifted(score: float, by: float) -> float:
    return 1 - (1 - score) * (1 - by)


def _gap(hit: _Hit, number: Numbered) -> int:
    """How far a name is from a number; names after it count as farther."""
    return number.start - hit.end if hit.end <= number.start else 1_000 + hit.start - number.end


def _keep(found: dict[int, Mention], mention: Mention) -> None:
    known = found.get(mention.entry.id)
    if known is None:
        found[mention.entry.id] = mention
        return
    best = max(known, mention, key=lambda one: one.score)
    if best.code != "short_name":  # said twice, meant more; but 幸福 is a word, too
        best = replace(best, score=_lifted(best.score, 0.15))
    found[mention.entry.id] = best


def _settled(mentions: Iterable[Mention], near_path: str, hits: list[_Hit]) -> list[Mention]:
    """Most specific first: a place is dropped for one inside it that stands firm; several far apart all
    lose weight.
    """
    every = list(mentions)
    firm = [mention.entry.path for mention in every if mention.score >= 0.5]
    kept = [
        mention
        for mention in every
        if not any(path != mention.entry.path and path.startswith(mention.entry.path) for path in firm)
    ]
    words = {mention.matched for mention in kept if mention.score >= 0.5}
    settled = []
    for mention in kept:
        score = mention.score * (0.8 if len(words) > 1 else 1.0)
        if near_path and _touches(mention.entry.path, near_path):
            score = _lifted(score, 0.3)
        settled.append(replace(mention, score=round(min(score, 1.0), 3)))
    return sorted(
        settled, key=lambda mention: (-mention.score, -mention.entry.path.count("/"), mention.entry.path)
    )
