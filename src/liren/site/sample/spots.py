"""Where something happens on the sample street, and how people put it into words."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from liren.site.sample import ground
from liren.site.sample.world import Building, Courtyard, Street

HAN = "零一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the tree, more exactly than the tree knows it. `mode` says what kind of where it is."""

    mode: str  # dwelling | stair | building | yard | road | shop | public | area
    place: str  # code of the place
    community: int
    lat: float
    lon: float
    yard: Courtyard
    building: Building | None = None
    entry: int = 0
    floor: int = 0
    door: int = 0
    road: str = ""
    landmark: str = ""
    cross: str = ""  # the lane that meets the road there
    shop: str = ""


def han(number: int) -> str:
    """A number below 100 as people write it by hand."""
    if number <= 10:
        return HAN[number]
    tens, ones = divmod(number, 10)
    return ("" if tens == 1 else HAN[tens]) + "十" + (HAN[ones] if ones else "")


@lru_cache(maxsize=64)
def _yards(street: Street, public: bool, without: str) -> tuple[tuple[Courtyard, ...], tuple[int, ...]]:
    found = [
        yard
        for yard in street.courtyards
        if (yard.style == "public") == public and not _barred(yard, without)
    ]
    weights, total = [], 0
    for yard in found:
        # the older the courtyard, the more there is to say about it
        age = 1.5 if yard.built < 1995 else (1.0 if yard.built < 2010 else 0.7)
        total += int(100 * age * max(40, sum(b.homes for b in yard.buildings)))
        weights.append(total)
    return tuple(found), tuple(weights)


def _barred(yard: Courtyard, without: str) -> bool:
    if without == "yard":
        return yard.style == "yard"
    if without == "low":
        return yard.style not in {"tower", "slab", "mixed"} or yard.buildings[0].floors < 9
    return False


def pick(
    rng: random.Random, street: Street, mode: str, *, without: str = "", yard: Courtyard | None = None
) -> Spot:
    """A spot of this mode. `without` keeps out courtyards where the matter cannot arise: "yard" or "low"."""
    if yard is None:
        found, weights = _yards(street, mode == "public", without)
        yard = rng.choices(found, cum_weights=weights)[0]
    if mode in {"dwelling", "stair"} and yard.style in {"yard", "public"}:
        mode = "building" if yard.style == "yard" else "public"
    if mode in {"dwelling", "stair", "building"}:
        return _in_building(rng, mode, yard)
    if mode in {"road", "shop"}:
        road = rng.choice(street.lanes) if rng.random() < 0.3 else _road_near(street, yard)
        return Spot(
            mode,
            yard.grid,
            yard.community,
            round(yard.lat + rng.uniform(-7e-4, 7e-4), 6),
            round(yard.lon + rng.uniform(-9e-4, 9e-4), 6),
            yard,
            road=road,
            landmark=rng.choice(street.landmarks),
            cross=rng.choice([lane for lane in street.lanes if lane != road]),
            shop=rng.choice(street.shops),
        )
    place = street.communities[yard.community] if mode == "area" else yard.code
    return Spot(mode, place, yard.community, yard.lat, yard.lon, yard)


def _in_building(rng: random.Random, mode: str, yard: Courtyard) -> Spot:
    building = rng.choice(yard.buildings)
    return Spot(
        mode,
        building.code,
        yard.community,
        round(building.lat + rng.uniform(-1e-4, 1e-4), 6),
        round(building.lon + rng.uniform(-1e-4, 1e-4), 6),
        yard,
        building,
        rng.randint(1, building.entries),
        rng.randint(1, building.floors),
        rng.randint(1, max(1, building.per_floor)),
    )


def beside(rng: random.Random, spot: Spot) -> Spot:
    """Where a neighbour of the same matter speaks from: the same place, another door."""
    if spot.building is None:
        return spot
    entry = spot.entry if spot.mode == "stair" else rng.randint(1, spot.building.entries)
    return Spot(
        spot.mode,
        spot.place,
        spot.community,
        spot.lat,
        spot.lon,
        spot.yard,
        spot.building,
        entry,
        rng.randint(1, spot.building.floors),
        rng.randint(1, max(1, spot.building.per_floor)),
    )


@lru_cache(maxsize=256)
def _road_near(street: Street, yard: Courtyard) -> str:
    """The named road that runs nearest to a courtyard."""

    def distance(line: ground.Line) -> float:
        points = (ground.to_degrees(x, y, lat=street.corner[0], lon=street.corner[1]) for x, y in line)
        return min((lat - yard.lat) ** 2 + (lon - yard.lon) ** 2 for lat, lon in points)

    return min(street.roads, key=lambda road: distance(road[1]))[0]


def entry_name(rng: random.Random, spot: Spot) -> str:
    """An entry: 2单元, 二单元, 2门."""
    if spot.building is None or spot.building.entries < 2:
        return "我们这个门洞"
    return rng.choice((f"{spot.entry}单元", f"{spot.entry}单元", f"{han(spot.entry)}单元", f"{spot.entry}门"))


def floor_name(rng: random.Random, spot: Spot) -> str:
    """A floor: 5楼, 五层."""
    top = spot.building.floors if spot.building else spot.yard.buildings[0].floors
    if top < 2:
        return "隔壁屋"
    floor = spot.floor or rng.randint(2, top)
    return rng.choice((f"{floor}楼", f"{floor}层", f"{han(floor)}楼", f"{floor}楼"))


def building_name(rng: random.Random, spot: Spot) -> str:
    """A building: 3号楼, 3栋, 三号楼."""
    building = spot.building or rng.choice(spot.yard.buildings)
    name = building.name
    number = name.removesuffix("号楼")
    if name != number and number.isdigit() and rng.random() < 0.4:
        return rng.choice((f"{number}栋", f"{han(int(number))}号楼", f"{number}幢", f"{number}#楼"))
    return name


def yard_name(rng: random.Random, spot: Spot) -> str:
    """A courtyard by its name or, half the time, by what people call it."""
    names: Sequence[str] = (spot.yard.name, *spot.yard.aliases)
    return spot.yard.name if rng.random() < 0.5 else rng.choice(names)


def address(rng: random.Random, spot: Spot, street: Street) -> str:
    """The where, in the words of the one who says it."""
    if spot.mode == "road":
        pattern = rng.randrange(4)
        if pattern == 0:
            return f"{spot.road}{yard_name(rng, spot)}门口"
        if pattern == 1:
            return f"{spot.road}和{spot.cross}交叉口"
        if pattern == 2:
            return f"{yard_name(rng, spot)}北边{spot.road}{spot.landmark}"
        return f"{spot.road}{spot.landmark}"
    if spot.mode == "shop":
        return f"{yard_name(rng, spot)}楼下" if rng.random() < 0.4 else f"{spot.road}"
    if spot.mode == "area":
        name = street.by_code[spot.place].name
        return rng.choice((name, yard_name(rng, spot), name.removesuffix("社区")))
    yard = yard_name(rng, spot)
    if rng.random() < 0.12:
        yard = f"{street.by_code[street.communities[spot.community]].name}{yard}"
    if spot.building is None:
        return yard
    return yard + _inside(rng, spot)


def _inside(rng: random.Random, spot: Spot) -> str:
    building = spot.building
    if building is None:
        return ""
    name = building_name(rng, spot)
    if spot.mode == "building" or building.floors == 1:
        return name
    entry = f"{spot.entry}单元" if building.entries > 1 else ""
    if spot.mode == "stair":
        return name + entry
    room = f"{spot.floor}{spot.door:02d}"
    number = building.name.removesuffix("号楼")
    if number.isdigit() and building.entries > 1 and rng.random() < 0.2:
        return f"{number}-{spot.entry}-{room}"
    return name + entry + rng.choice((room, room, f"{room}室", f"{spot.floor}楼", ""))
