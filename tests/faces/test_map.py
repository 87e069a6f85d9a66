"""The map and its list: one address with the worklist, the same cases, nothing one may not see, few statements."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liren.cases.models import Case
from liren.faces.kit import drawing
from liren.kernel.clock import utc_now
from liren.registers.places.models import Place, Stamp
from tests.faces.office import Office
from tests.faces.test_desk import dispatched, said

pytestmark = [pytest.mark.django_db, pytest.mark.writes]


def drawn(office: Office) -> str:
    """The town's grid with an outline, a point and residents; the path of the grid."""
    square = [[116.40, 39.90], [116.41, 39.90], [116.41, 39.91], [116.40, 39.91], [116.40, 39.90]]
    grid = Place.objects.get(id=office.town.grid)
    grid.boundary = {"type": "Polygon", "coordinates": [square]}
    grid.lat, grid.lon, grid.population = 39.905, 116.405, 2_000
    grid.save()
    Stamp.objects.filter(name="places").update(version=utc_now().microsecond + 1)
    return grid.path


def placed(office: Office, count: int, **more: object) -> list[str]:
    """So many cases in the grid."""
    building = Place.objects.get(id=office.town.building)
    numbers = [said(words=f"第{place}根灯杆不亮") for place in range(count)]
    rows = Case.objects.filter(number__in=numbers)
    rows.update(place_id=building.id, place_path=building.path, class_code="municipal.light", **more)
    return numbers


def test_the_map_is_one_image_and_its_list_says_the_same(office: Office) -> None:
    drawn(office)
    numbers = placed(office, 12)
    page = office.clerk.client().get("/desk/map").content.decode()
    assert page.count('role="img"') == 1
    svg = page[page.index('<svg class="map') : page.index("</svg>", page.index('<svg class="map'))]
    assert 'aria-hidden="true"' in svg
    assert "style=" not in page
    assert set(re.findall(r'tabindex="(-?\d)"', svg)) == {"-1"}  # the list is the way for keys
    below = page[page.index('id="listed"') :]
    for number in numbers:
        assert f"/desk/case/{number}" in svg
        assert f"/desk/case/{number}" in below
    assert "6.0" in svg  # 12 of 2,000 residents
    assert "每千人 6.0 件" in page


def test_few_cases_are_hatched_and_not_ranked(office: Office) -> None:
    drawn(office)
    placed(office, 3)
    page = office.clerk.client().get("/desk/map").content.decode()
    assert 'class="few"' in page
    assert "不比较" in page
    assert "3*" in page


def test_the_address_is_the_worklists(office: Office) -> None:
    drawn(office)
    late, fresh = placed(office, 2)
    Case.objects.filter(number=late).update(next_due=utc_now() - timedelta(hours=2))
    clerk = office.clerk.client()
    page = clerk.get("/desk/map?view=late").content.decode()
    assert f"/desk/case/{late}" in page
    assert f"/desk/case/{fresh}" not in page
    assert 'class="pin late"' in page
    assert 'href="/desk/?view=late"' in page
    for odd in (
        "view=none&days=x",
        "place=../..",
        "days=99999999999999999999",
        "view=all&after=x|1",
        "unit=²",
    ):
        assert clerk.get(f"/desk/map?{odd}").status_code == 200, odd
    here = clerk.get(f"/desk/map?place={Place.objects.get(id=office.town.grid).path}").content.decode()
    assert 'class="at"' in here


def test_pins_are_few_and_the_rest_is_counted(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from liren.registers.duties import queries as duties

    drawn(office)
    placed(office, 5)
    monkeypatch.setattr(duties, "map_rule", lambda on: duties.MapRule(2, 10, (30,)))
    page = office.clerk.client().get("/desk/map").content.decode()
    assert page.count('<g class="pin') == 2
    assert "另有 3 件" in page


def test_a_sealed_case_and_a_strangers_are_not_on_the_map(office: Office) -> None:
    drawn(office)
    number = dispatched(office)
    assert number in office.handler.client().get("/desk/map").content.decode()
    assert number not in office.stranger.client().get("/desk/map").content.decode()
    Case.objects.filter(number=number).update(sealed=True)
    page = office.clerk.client().get("/desk/map").content.decode()
    assert number not in page
    assert "1 件" not in page[page.index('id="listed"') :][:80]


def test_the_map_costs_the_same_whatever_stands_on_it(office: Office) -> None:
    drawn(office)
    clerk = office.clerk.client()
    clerk.get("/desk/map")
    counts = []
    for more in (1, 20):
        placed(office, more)
        with CaptureQueriesContext(connection) as seen:
            assert clerk.get("/desk/map").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 12


def test_without_outlines_the_list_is_still_there(office: Office) -> None:
    number = said()
    page = office.clerk.client().get("/desk/map").content.decode()
    assert '<svg class="map' not in page
    assert f"/desk/case/{number}" in page


@pytest.mark.parametrize("rates", [[], [3.0], [5.0, 5.0], [16.1, 3.5, 8.0], [0.01, 0.02], [1200.0, 4.0]])
def test_tones_part_at_round_numbers_and_grow_with_the_rate(rates: list[float]) -> None:
    steps = drawing.steps(rates)
    assert list(steps.at) == sorted(set(steps.at))
    assert len(steps.at) == 5
    tones = [steps.tone(rate) for rate in sorted(rates)]
    assert tones == sorted(tones)
    assert all(0 <= tone <= 5 for tone in tones)


def test_pins_of_one_spot_stand_apart() -> None:
    found = drawing.spread([(100.0, 100.0)] * 12 + [None])
    assert found[-1] is None
    assert len({spot for spot in found if spot}) == 12
