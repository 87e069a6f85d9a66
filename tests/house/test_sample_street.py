"""The plan of the sample street: it tiles, it repeats, and nothing in it can be dialled or belongs to anybody."""

from itertools import combinations

import pytest
from shapely.geometry import Point, Polygon, shape
from shapely.strtree import STRtree

from liren.site.sample import homes, plan
from liren.site.sample.world import PlannedPlace, Street


@pytest.fixture(scope="module")
def street() -> Street:
    return plan.build(1)


def outline(place: PlannedPlace) -> Polygon:
    assert place.boundary is not None
    found = shape(dict(place.boundary))
    assert isinstance(found, Polygon)
    assert found.is_valid
    return found


def of_kind(street: Street, kind: str) -> list[PlannedPlace]:
    return [place for place in street.places if place.kind == kind]


def test_grids_tile_their_communities_without_gap_or_overlap(street: Street) -> None:
    for community in of_kind(street, "community"):
        grids = [place for place in of_kind(street, "grid") if place.parent == community.code]
        assert 7 <= len(grids) <= 8
        whole = outline(community)
        parts = [outline(grid) for grid in grids]
        for one, other in combinations(parts, 2):
            assert one.intersection(other).area == 0
        assert sum(part.area for part in parts) == pytest.approx(whole.area, rel=1e-12)
        for part in parts:
            assert part.difference(whole).area == 0


def test_communities_tile_the_street(street: Street) -> None:
    whole = outline(of_kind(street, "street")[0])
    parts = [outline(place) for place in of_kind(street, "community")]
    assert len(parts) == 8
    for one, other in combinations(parts, 2):
        assert one.intersection(other).area == 0
    assert sum(part.area for part in parts) == pytest.approx(whole.area, rel=1e-12)


@pytest.mark.parametrize("seed", [2, 7, 2026])
def test_other_seeds_tile_too(seed: int) -> None:
    grids = [outline(place) for place in of_kind(plan.build(seed), "grid")]
    assert len(grids) == 60
    tree = STRtree(grids)
    for i, grid in enumerate(grids):
        for j in tree.query(grid):
            if i < int(j):
                assert grid.intersection(grids[int(j)]).area == 0


def test_every_courtyard_and_building_stands_in_its_grid(street: Street) -> None:
    for place in street.places:
        if place.kind not in {"courtyard", "building"}:
            continue
        grid = street.by_code[place.parent]
        while grid.kind != "grid":
            grid = street.by_code[grid.parent]
        assert place.lat is not None
        assert place.lon is not None
        assert outline(grid).contains(Point(place.lon, place.lat)), place.name


def test_the_tree_is_whole_and_parents_come_first(street: Street) -> None:
    seen: set[str] = set()
    for place in street.places:
        assert place.code not in seen
        assert place.parent in seen or place.kind == "district"
        seen.add(place.code)
    kinds = {kind: len(of_kind(street, kind)) for kind in ("community", "grid", "courtyard", "building")}
    assert kinds["community"] == 8
    assert kinds["grid"] == 60
    assert 85 <= kinds["courtyard"] <= 95
    assert 500 <= kinds["building"] <= 650


def test_names_differ_and_every_courtyard_is_also_called_something_else(street: Street) -> None:
    yards = of_kind(street, "courtyard")
    assert len({yard.name for yard in yards}) == len(yards)
    for yard in yards:
        assert 1 <= len(yard.aliases) <= 3
        assert yard.name not in yard.aliases


def test_the_same_seed_draws_the_same_street_and_another_another(street: Street) -> None:
    plan.build.cache_clear()
    again = plan.build(1)
    assert again.places == street.places
    assert again.posts == street.posts
    assert plan.build(2).places != street.places


def test_units_and_posts_are_as_the_duty_list_knows_them(street: Street) -> None:
    codes = {unit.code for unit in street.units}
    assert len(street.units) == len(codes) == 25
    assert {post.unit for post in street.posts} == codes
    assert len({post.username for post in street.posts}) == len(street.posts) >= 60
    assert len({post.holder for post in street.posts}) == len(street.posts)
    for unit in street.units:
        assert unit.phone.startswith("000-")
        assert any(post.unit == unit.code and post.role == "handler" for post in street.posts), unit.code


def test_population_adds_up(street: Street) -> None:
    def homes_of(kind: str) -> int:
        return sum(place.households or 0 for place in of_kind(street, kind))

    assert homes_of("building") == homes_of("courtyard") == homes_of("grid") == homes_of("community")
    assert homes_of("community") == homes_of("street")
    assert 60_000 <= (of_kind(street, "street")[0].population or 0) <= 100_000


def test_dwellings_and_households_are_made_when_asked_for(street: Street) -> None:
    yards = homes.registered(street)
    made = [place for yard in yards for building in yard.buildings for place in homes.dwellings(building)]
    assert len({place.code for place in made}) == len(made)
    assert 4_000 <= len(made) <= 8_000
    assert all(place.parent in street.by_code for place in made)
    households = list(homes.households(street, yards, limit=600))
    assert households == list(homes.households(street, yards, limit=600))
    assert 500 <= len(households) <= 700
    dwellings = {place.code for place in made}
    for household in households:
        assert household.dwelling in dwellings
        assert household.area > 0
        assert all(person.phone.startswith("142") and len(person.phone) == 11 for person in household.people)
