"""The plan of the sample street: places, units, posts. Pure; the same seed gives the same street."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from shapely.geometry import Polygon

from liren.site.sample import ground
from liren.site.sample.dice import dice
from liren.site.sample.world import (
    Building,
    Courtyard,
    PlannedPlace,
    PlannedPost,
    PlannedUnit,
    Street,
    lines,
    source,
)

SCHEME = "tjyqhdm"  # 统计用区划代码; below the community it goes on in the same manner
PEOPLE_PER_HOME = 2.6

# By kind of courtyard: dwellings on each floor of each entry.
PER_FLOOR = {"tower": 5, "slab": 2, "old": 2, "dorm": 3, "yard": 6, "mixed": 9, "public": 0}


@lru_cache(maxsize=2)
def build(seed: int = 1) -> Street:
    """The street of this seed."""
    data = source()
    drawn = ground.draw(seed)
    corner = (float(data["corner"]["lat"]), float(data["corner"]["lon"]))
    grids = _grids(drawn, data, corner)
    courtyards = tuple(_courtyards(seed, data, drawn, corner))
    places = _tree(data, grids, courtyards)
    names = [*data["roads"]["across"], *data["roads"]["along"]]
    return Street(
        seed=seed,
        places=places,
        courtyards=courtyards,
        communities=tuple(place.code for place in places if place.kind == "community"),
        units=tuple(_units(data)),
        posts=tuple(_posts(data)),
        roads=tuple(zip(names, [*drawn.across, *drawn.along], strict=False)),
        lanes=tuple(data["roads"]["lanes"]),
        landmarks=lines(data["landmarks"]),
        shops=lines(data["shops"]),
        schools=tuple(data["schools"]),
        corner=corner,
        by_code={place.code: place for place in places},
    )


def _geojson(outline: Polygon, corner: tuple[float, float]) -> dict[str, Any]:
    ring = [ground.to_degrees(x, y, lat=corner[0], lon=corner[1]) for x, y in outline.exterior.coords]
    return {"type": "Polygon", "coordinates": [[[lon, lat] for lat, lon in ring]]}


def _middle(outline: Polygon, corner: tuple[float, float]) -> tuple[float, float]:
    point = outline.representative_point()
    return ground.to_degrees(point.x, point.y, lat=corner[0], lon=corner[1])


def _community_code(data: Mapping[str, Any], number: int) -> str:
    return f"{data['street']['code']}{number + 1:03d}"


@dataclass(frozen=True, slots=True)
class _Grid:
    code: str
    number: int
    community: int
    outline: Polygon
    boundary: Mapping[str, Any]
    lat: float
    lon: float


def _grids(drawn: ground.Ground, data: Mapping[str, Any], corner: tuple[float, float]) -> list[_Grid]:
    found: list[_Grid] = []
    counts: dict[int, int] = {}
    for block in drawn.blocks:
        number = counts[block.community] = counts.get(block.community, 0) + 1
        lat, lon = _middle(block.outline, corner)
        code = f"{_community_code(data, block.community)}{number:03d}"
        outline = _geojson(block.outline, corner)
        found.append(_Grid(code, number, block.community, block.outline, outline, lat, lon))
    return found


def _courtyards(
    seed: int, data: Mapping[str, Any], drawn: ground.Ground, corner: tuple[float, float]
) -> Iterator[Courtyard]:
    rng = dice("courtyards", seed)
    grids = _grids(drawn, data, corner)
    for community, written in enumerate(data["communities"]):
        rows = [[part.strip() for part in line.split("|")] for line in lines(written["courtyards"])]
        own = [grid for grid in grids if grid.community == community]
        homes: dict[str, list[int]] = {}
        for i in range(len(rows)):
            homes.setdefault(own[i % len(own)].code, []).append(i)
        for grid in own:
            parcels = ground.parcels(rng, grid.outline, len(homes[grid.code])) if grid.code in homes else []
            for i, outline in zip(homes.get(grid.code, []), parcels, strict=True):
                yield _courtyard(rng, data, community, i, rows[i], grid.code, outline, corner)


def _courtyard(
    rng: random.Random,
    data: Mapping[str, Any],
    community: int,
    number: int,
    row: list[str],
    grid: str,
    outline: Polygon,
    corner: tuple[float, float],
) -> Courtyard:
    name, aliases, style, built, count, floors, entries = row
    code = f"{_community_code(data, community)}Y{number + 1:02d}"
    lat, lon = _middle(outline, corner)
    buildings = []
    for i, (x, y) in enumerate(ground.stand(outline, int(count))):
        at = ground.to_degrees(x, y, lat=corner[0], lon=corner[1])
        lower = rng.choice([0, 0, 0, 1]) if int(floors) > 5 else 0
        buildings.append(
            Building(
                code=f"{code}B{i + 1:02d}",
                name=_building_name(style, i, int(count)),
                courtyard=code,
                floors=int(floors) - lower,
                entries=int(entries),
                per_floor=PER_FLOOR[style],
                lat=at[0],
                lon=at[1],
            )
        )
    return Courtyard(
        code=code,
        name=name,
        aliases=tuple(part for part in aliases.split("、") if part),
        style=style,
        built=int(built),
        community=community,
        grid=grid,
        lat=lat,
        lon=lon,
        buildings=tuple(buildings),
        property_company=data["property"][(community + number) % len(data["property"])],
    )


def _building_name(style: str, index: int, count: int) -> str:
    if style == "public":
        return "主楼" if count == 1 else f"{index + 1}号楼"
    if style == "mixed":
        return f"{'ABCDEF'[index]}座"
    if style == "yard":
        return f"{index * 2 + 1}号院" if count > 1 else "1号院"
    return f"{index + 1}号楼"


def _tree(
    data: Mapping[str, Any], grids: list[_Grid], courtyards: tuple[Courtyard, ...]
) -> tuple[PlannedPlace, ...]:
    homes = {yard.code: sum(b.homes for b in yard.buildings) for yard in courtyards}
    by_grid = {g.code: sum(homes[y.code] for y in courtyards if y.grid == g.code) for g in grids}
    return (
        *_whole(data, grids, sum(by_grid.values())),
        *_communities(data, grids, by_grid),
        *_grid_places(data, grids, by_grid),
        *_yard_places(courtyards, homes),
    )


def _whole(data: Mapping[str, Any], grids: list[_Grid], homes: int) -> Iterator[PlannedPlace]:
    district, street = data["district"], data["street"]
    outline = ground_union([g.boundary for g in grids])
    yield PlannedPlace(district["code"], "district", district["name"], "", district["en"])
    yield PlannedPlace(
        street["code"],
        "street",
        street["name"],
        district["code"],
        street["en"],
        tuple(street["aliases"]),
        *centre_of(outline),
        boundary=outline,
        population=people_in(homes),
        households=homes,
    )


def _communities(
    data: Mapping[str, Any], grids: list[_Grid], by_grid: Mapping[str, int]
) -> Iterator[PlannedPlace]:
    for i, written in enumerate(data["communities"]):
        own = [g for g in grids if g.community == i]
        outline = ground_union([g.boundary for g in own])
        homes = sum(by_grid[g.code] for g in own)
        yield PlannedPlace(
            _community_code(data, i),
            "community",
            f"{written['name']}社区",
            data["street"]["code"],
            f"{written['en']} Community",
            (written["name"], f"{written['name']}居委会"),
            *centre_of(outline),
            boundary=outline,
            population=people_in(homes),
            households=homes,
            sort=i,
        )


def _grid_places(
    data: Mapping[str, Any], grids: list[_Grid], by_grid: Mapping[str, int]
) -> Iterator[PlannedPlace]:
    for g in grids:
        community, homes = data["communities"][g.community], by_grid[g.code]
        yield PlannedPlace(
            g.code,
            "grid",
            f"{community['name']}第{g.number}网格",
            _community_code(data, g.community),
            f"{community['en']} Grid {g.number}",
            (f"{g.number}网格",),
            g.lat,
            g.lon,
            g.boundary,
            people_in(homes),
            homes,
            g.number,
        )


def _yard_places(courtyards: tuple[Courtyard, ...], homes: Mapping[str, int]) -> Iterator[PlannedPlace]:
    for i, yard in enumerate(courtyards):
        count = homes[yard.code]
        yield PlannedPlace(
            yard.code,
            "courtyard",
            yard.name,
            yard.grid,
            aliases=yard.aliases,
            lat=yard.lat,
            lon=yard.lon,
            population=people_in(count),
            households=count,
            sort=i,
        )
    for i, b in enumerate(building for yard in courtyards for building in yard.buildings):
        yield PlannedPlace(
            b.code,
            "building",
            b.name,
            b.courtyard,
            lat=b.lat,
            lon=b.lon,
            population=people_in(b.homes),
            households=b.homes,
            sort=i,
        )


def people_in(homes: int) -> int:
    """About how many people live in so many dwellings."""
    return round(homes * PEOPLE_PER_HOME)


def ground_union(boundaries: list[Mapping[str, Any]]) -> dict[str, Any]:
    """The outline around grids, keeping every corner they have, so that both can be compared exactly."""
    from shapely import coverage_union_all
    from shapely.geometry import mapping, shape

    merged = mapping(coverage_union_all([shape(boundary) for boundary in boundaries]))
    rings = merged["coordinates"]
    return {"type": merged["type"], "coordinates": [[list(point) for point in ring] for ring in rings]}


def centre_of(boundary: Mapping[str, Any]) -> tuple[float, float]:
    """A point inside an outline, as (lat, lon)."""
    point = Polygon(boundary["coordinates"][0]).representative_point()
    return (round(point.y, 7), round(point.x, 7))


def _units(data: Mapping[str, Any]) -> Iterator[PlannedUnit]:
    for line in lines(data["units"]):
        code, name, name_en, short, kind, calendar, phone = (part.strip() for part in line.split("|"))
        place = (
            _community_code(data, int(code[1:]) - 1)
            if kind == "residents_committee"
            else str(data["street"]["code"])
        )
        yield PlannedUnit(code, name, name_en, short, kind, calendar, f"000-5550{phone}", place)


def _posts(data: Mapping[str, Any]) -> Iterator[PlannedPost]:
    places = {unit.code: unit.place for unit in _units(data)}
    for line in lines(data["posts"]):
        username, holder, title, unit, role = (part.strip() for part in line.split("|"))
        yield PlannedPost(username, holder, title, unit, role, places[unit])
