"""How places are called: the spellings of a name, and numbers that mean a place only inside another."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from liren.registers.places.rules.reading import normal

# What people leave off a name, per kind; what they put instead is a spelling too.
_ENDINGS: dict[str, tuple[str, ...]] = {
    "district": ("区",),
    "street": ("街道", "镇", "乡"),
    "community": ("社区", "村"),
    "courtyard": ("小区", "家属院", "住宅区", "院"),
    "building": (),
    "grid": (),
    "cell": (),
    "dwelling": (),
}
_INSTEAD: dict[str, tuple[str, ...]] = {
    "street": ("街道办", "街道办事处"),
    "community": ("居委会", "居民委员会", "社区居委会", "社区居民委员会"),
}
_STRETCH = re.compile(
    r"(?P<road>.+?(?:路|街|巷|胡同|道|弄|里))(?P<low>\d{1,5})[-~至到](?P<high>\d{1,5})号(?P<sides>[单双]?)号?"
)
_RELATIVE = {
    "building": re.compile(r"(?P<key>[a-z]?\d{1,4}|(?<![a-z])[a-z])号楼$"),
    "grid": re.compile(r"第?(?P<key>\d{1,3})号?网格$"),
    "courtyard": re.compile(r"(?<!\d)(?P<key>\d{1,4})号院$"),
}
_UNIT = r"(?:(?P<unit>\d{1,2}|[a-z])(?:单元|门洞|门|-))?"
_ROOM = r"(?:(?P<room>[a-z]?\d{1,4}[a-z]?)(?:室|房|户|号房?)|(?P<bare>\d{3,4})(?![\d米块元年人户个平-]))"
_FLOOR = r"(?:\d{1,2}(?:层|楼))?"
_IN_BUILDING = re.compile(
    rf"(?<![月\d])(?P<key>[a-z]?\d{{1,4}}|(?<![a-z])[a-z])号楼(?P<tail>{_UNIT}{_FLOOR}(?:{_ROOM})?)"
)
_IN_GRID = re.compile(r"第?(?P<key>\d{1,3})号?网格")
_IN_COURTYARD = re.compile(r"(?<!\d)(?P<key>\d{1,4})号院")
_DASHED = re.compile(
    r"(?<!\d)(?<!\d-)(?P<key>[a-z]?\d{1,3})-(?:(?P<unit>\d{1,2})-)?(?P<room>\d{3,4})(?![\d-])"
)
_DOOR = re.compile(rf"^{_UNIT}{_FLOOR}{_ROOM}$")


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way a place is written. `numbers` is a stretch of a road: from, to, and 单 or 双 where only one
    side.
    """

    text: str
    weight: float
    code: str
    numbers: tuple[int, int, str] | None = None


@dataclass(frozen=True, slots=True)
class Numbered:
    """A numbered building, grid or courtyard in a text. `needs_name`: it may as well be a date or a model
    number.
    """

    kind: str
    key: str
    start: int
    key_end: int
    end: int
    unit: str = ""
    room: str = ""
    needs_name: bool = False

    @property
    def span(self) -> tuple[int, int]:
        """Where it stands."""
        return self.start, self.end


def spellings(kind: str, name: str, aliases: Iterable[str]) -> list[Spelling]:
    """Every spelling of a place, in the one form of `normal`, each once, the best first; none shorter
    than two.
    """
    found: dict[str, Spelling] = {}

    def put(text: str, weight: float, code: str) -> None:
        if len(text) >= 2:
            found.setdefault(text, Spelling(text, weight, code))

    for code, weight, written in (("name", 1.0, name), *(("alias", 0.97, alias) for alias in aliases)):
        text = normal(written).text
        if (stretch := _STRETCH.fullmatch(text)) and code == "alias":
            low, high = int(stretch["low"]), int(stretch["high"])
            road = stretch["road"]
            found[f"{road} {low}"] = Spelling(road, weight, "road_number", (low, high, stretch["sides"]))
            continue
        put(text, weight, code)
        for short in _shortened(kind, text):
            put(short, 0.9 if len(short) > 2 else 0.45, "short_name")
            for instead in _INSTEAD.get(kind, ()):
                put(short + instead, 0.98, "name")
    return list(found.values())


def _shortened(kind: str, text: str) -> Iterable[str]:
    """The name without its ending: 清河里社区 is called 清河里."""
    for ending in _ENDINGS[kind]:
        if text.endswith(ending) and len(text) - len(ending) >= 2:
            yield text[: -len(ending)]
            return


def relative_key(kind: str, text: str, *, tail: bool = False) -> str:
    """The number of a place that is called by a number alone ("3号楼"), or ends in one with `tail`; "" if
    not.
    """
    pattern = _RELATIVE.get(kind)
    match = pattern.search(text) if pattern else None
    if match is None or (match.start() and not tail):
        return ""
    return match["key"]


def room_key(name: str) -> tuple[str, str] | None:
    """(unit, room) of a dwelling's own name: 2单元501室, 2-501, 501."""
    match = _DOOR.match(normal(name).text)
    return (match["unit"] or "", match["room"] or match["bare"]) if match else None


def numbered_in(text: str, name_ends: frozenset[int]) -> list[Numbered]:
    """Numbers in a text that mean a place inside another. `name_ends`: where names end, after which
    "3-501" is a door.
    """
    found = []
    for match in _IN_BUILDING.finditer(text):
        room = match["room"] or match["bare"] or ""
        key_end = match.start("tail")
        found.append(
            Numbered("building", match["key"], match.start(), key_end, match.end(), match["unit"] or "", room)
        )
    for kind, pattern in (("grid", _IN_GRID), ("courtyard", _IN_COURTYARD)):
        found += [
            Numbered(kind, match["key"], *match.span(), match.end()) for match in pattern.finditer(text)
        ]
    for match in _DASHED.finditer(text):
        before = match.start() - 1 if text[: match.start()].endswith("-") else match.start()
        if match["unit"] or before in name_ends:
            unit = match["unit"] or ""
            found.append(
                Numbered(
                    "building",
                    match["key"],
                    *match.span(),
                    match.end(),
                    unit,
                    match["room"],
                    needs_name=not unit,
                )
            )
    return found
