"""Coordinates, codes, paths and outlines, without a database."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.kernel.errors import Refused
from liren.registers.places import rules
from liren.registers.places.rules import outlines

INSIDE = {"lat": st.floats(18.0, 53.0), "lon": st.floats(74.0, 134.0)}


def metres(first: tuple[float, float], second: tuple[float, float]) -> float:
    north = (first[0] - second[0]) * 111_320
    east = (first[1] - second[1]) * 111_320 * math.cos(math.radians(first[0]))
    return math.hypot(north, east)


@pytest.mark.parametrize(
    ("wgs", "gcj"),
    [  # published by the test suites of two independent open implementations of the shift
        ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),  # Shanghai
        ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),  # Shenzhen
        ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),  # Beijing
    ],
)
def test_gcj02_agrees_with_published_points(wgs: tuple[float, float], gcj: tuple[float, float]) -> None:
    assert metres(rules.to_gcj02(*wgs), gcj) < 0.01


@given(**INSIDE)
def test_bd09_lies_beside_gcj02_as_far_as_its_formula_can_move_it(lat: float, lon: float) -> None:
    """Plus (0.006, 0.0065) degrees, a turn of up to 0.000003 rad and a stretch of up to 0.00002 degrees."""
    gcj, bd = rules.to_gcj02(lat, lon), rules.to_bd09(lat, lon)
    most = math.hypot(*gcj) * 0.000003 + 0.00002 + 1e-9
    assert math.hypot(bd[0] - gcj[0] - 0.006, bd[1] - gcj[1] - 0.0065) <= most


@given(**INSIDE)
def test_gcj02_comes_back_exactly(lat: float, lon: float) -> None:
    assert metres(rules.from_gcj02(*rules.to_gcj02(lat, lon)), (lat, lon)) < 0.0001
    assert 1 < metres(rules.to_gcj02(lat, lon), (lat, lon)) < 2_000


@given(**INSIDE)
def test_bd09_comes_back_exactly(lat: float, lon: float) -> None:
    assert metres(rules.from_bd09(*rules.to_bd09(lat, lon)), (lat, lon)) < 0.0001


@pytest.mark.parametrize("point", [(51.5, -0.12), (-33.8, 151.2), (35.6, 139.7)])
def test_nothing_moves_abroad(point: tuple[float, float]) -> None:
    assert rules.to_gcj02(*point) == point
    assert rules.from_gcj02(*point) == point


@pytest.mark.parametrize(
    ("code", "layer", "parent", "nature"),
    [
        ("990000", "province", "", ""),
        ("990100", "city", "990000", ""),
        ("990101", "district", "990100", ""),
        ("990101001", "street", "990101", "street"),
        ("990101101", "street", "990101", "town"),
        ("990101200000", "street", "990101", "township"),
        ("990101001001", "community", "990101001", "residents"),
        ("990101001201", "community", "990101001", "villagers"),
    ],
)
def test_a_division_code_tells_its_layer(code: str, layer: str, parent: str, nature: str) -> None:
    read = rules.division_code(code)
    assert (read.layer, read.parent, read.nature) == (layer, parent, nature)


@pytest.mark.parametrize(
    "code", ["", "99010", "9901010", "99010100100", "00010100", "９９０１０１", "99010100a", "990101000001"]
)
def test_a_wrong_division_code_is_refused(code: str) -> None:
    with pytest.raises(Refused, match=r"place\.code_malformed"):
        rules.division_code(code)


def test_a_cell_code_has_fifteen_digits() -> None:
    assert rules.cell_code(" 990101001001003 ") == "990101001001003"
    for wrong in ("99010100100100", "990101001001000", "99010100100100x"):
        with pytest.raises(Refused):
            rules.cell_code(wrong)


@given(st.lists(st.integers(1, 2**63 - 1), min_size=1, max_size=8))
def test_a_path_gives_its_ids_back(ids: list[int]) -> None:
    path = ""
    for one in ids:
        path = rules.path_of(path, one)
    assert rules.ancestors(path) == tuple(ids)
    assert len(path) <= 14 * len(ids) + 1


@given(st.lists(st.lists(st.integers(1, 200), min_size=1, max_size=4), min_size=2, max_size=30))
def test_inside_is_a_range(trees: list[list[int]]) -> None:
    paths = set()
    for ids in trees:
        path = ""
        for one in ids:
            path = rules.path_of(path, one)
        paths.add(path)
    for outer in paths:
        bound = rules.upper_bound(outer)
        assert {path for path in paths if outer <= path < bound} == {p for p in paths if p.startswith(outer)}


def square(lon: float, lat: float, size: float = 0.01) -> dict[str, object]:
    ring = [[lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat + size], [lon, lat]]
    return {"type": "Polygon", "coordinates": [ring]}


def test_an_outline_is_measured_in_metres() -> None:
    area = outlines.square_metres(outlines.polygon(square(120.0, 30.0)))
    assert area == pytest.approx(1113.2**2 * math.cos(math.radians(30.005)), rel=0.001)


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        {},
        {"type": "Point", "coordinates": [1, 2]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]},
        {"type": "Polygon", "coordinates": "x"},
        {"type": "Polygon"},
        square(200.0, 95.0),
    ],
)
def test_a_broken_outline_is_refused(wrong: object) -> None:
    with pytest.raises(Refused, match=r"place\.(outline_broken|point)"):
        outlines.polygon(wrong)


def test_neighbours_do_not_clash_but_overlaps_do() -> None:
    first, beside, over = square(120.0, 30.0), square(120.01, 30.0), square(120.005, 30.0)
    shapes = {1: outlines.polygon(first), 2: outlines.polygon(beside)}
    assert outlines.clashes(shapes) == []
    shapes[3] = outlines.polygon(over)
    assert [(clash.first, clash.second) for clash in outlines.clashes(shapes)] == [(1, 3), (2, 3)]
    assert {(c.first, c.second) for c in outlines.clashes(shapes, only={1})} == {(1, 3)}


def test_a_gap_is_measured() -> None:
    outer = outlines.polygon(square(120.0, 30.0, 0.02))
    parts = [outlines.polygon(square(120.0, 30.0)), outlines.polygon(square(120.01, 30.0))]
    assert outlines.left_out(outer, parts) == pytest.approx(outlines.square_metres(outer) / 2, rel=0.01)
    assert outlines.left_out(parts[0], [parts[0]]) == 0
