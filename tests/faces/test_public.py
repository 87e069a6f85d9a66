"""The public face: figures equal the rates, small counts are kept back, nothing of a person in any byte."""

import csv
import re
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from liren.cases import actions, queries
from liren.cases.models import Case
from liren.faces.public import words
from liren.kernel.clock import office_zone, to_office, utc_now
from liren.kernel.ids import new_id
from liren.kernel.policy import SYSTEM
from liren.registers.places.models import Place
from tests.faces.office import Office

pytestmark = [pytest.mark.django_db, pytest.mark.writes]

SAID = "张伟住3栋2单元501室，电话13800138000，下水道堵"


def last_month() -> datetime:
    first = to_office(utc_now(), office_zone()).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first - timedelta(days=1)).replace(day=1)


def put(office: Office, count: int, code: str, *, community: int | None = None, **more: object) -> list[int]:
    """So many cases of a class in a community, said on the fifth of last month."""
    place = Place.objects.get(id=community or office.town.building)
    at = last_month().replace(day=5, hour=10)
    ids = []
    for n in range(count):
        demand = actions.Demand(words=SAID, channel="web", device_id=new_id(), place_text="3栋2单元501室")
        ids.append(actions.open_case(demand, by=SYSTEM, now=utc_now(), key=f"{code}{n}{new_id()}").case_id)
    fields = {
        "class_code": code,
        "place_id": place.id,
        "place_path": place.path,
        "received_at": at,
        "response_due": at + timedelta(hours=8),
        "contacted_at": at + timedelta(hours=2),
        "replied_at": at + timedelta(days=2),
        "handle_due": at + timedelta(days=5),
        "state": "solved",
    }
    Case.objects.filter(pk__in=ids).update(**(fields | more))
    return ids


def page(path: str, status: int = 200) -> str:
    answer = Client().get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def file(path: str) -> list[list[str]]:
    raw = b"".join(Client().get(path).streaming_content)  # type: ignore[attr-defined]
    return list(csv.reader(StringIO(raw.decode("utf-8-sig"), newline="")))


def test_figures_are_those_of_the_rates(office: Office) -> None:
    put(office, 12, "municipal.drain")
    put(office, 6, "sanitation.litter", community=office.town.far, contacted_at=None)
    month = last_month()
    what = queries.Slice(month, month + timedelta(days=32 - (month + timedelta(days=32)).day + 1))
    told = queries.public_figures(what, "class")
    plain = queries.figures(office.supervisor.actor(), what, "class")
    assert [(line.key, line.counts) for line in told.lines] == [
        (line.key, line.counts) for line in plain.lines
    ]
    shown = page("/open/")
    assert "18 件事" in shown
    assert "六成七在时限内联系上了" in shown
    assert ">12</a> ÷ " in shown or ">12</a>" in shown
    assert page(f"/open/{month:%Y-%m}") == shown
    for cut in ("community", "class", "unit", "odd"):
        page(f"/open/{month:%Y-%m}?by={cut}")


def test_each_figure_opens_its_rows_and_their_file(office: Office) -> None:
    put(office, 12, "municipal.drain")
    put(office, 6, "sanitation.litter", community=office.town.far, contacted_at=None)
    shown = page("/open/")
    links = set(re.findall(r'href="(/open/cases\?[^"]*)"', shown))
    assert any("set=in_time" in link for link in links)
    counts = {}
    for link in links:
        listed = page(link.replace("&amp;", "&"))
        counts[link] = listed.count('<li class="cell">')
        rows = file(link.replace("&amp;", "&").replace("cases?", "cases.csv?"))
        assert len(rows) - 2 == counts[link], link
    assert counts[next(one for one in links if "set=in_time" in one and "community" not in one)] == 12


@pytest.mark.parametrize(
    "hidden",
    [
        {"sealed": True},
        {"barred": True},
        {"state": "withdrawn"},
        {"ended_as": "withdrawn", "state": "archived"},
        {"demand_type": "whistleblow"},
    ],
)
def test_what_nobody_is_told_of_is_nowhere(office: Office, hidden: dict[str, object]) -> None:
    put(office, 7, "municipal.drain")
    before = [page(path) for path in ("/open/", "/open/cases", "/open/map")]
    put(office, 9, "sanitation.litter", **hidden)
    put(office, 3, "municipal.drain", **hidden)
    assert [page(path) for path in ("/open/", "/open/cases", "/open/map")] == before
    assert len(file("/open/cases.csv")) == 7 + 2


def test_small_counts_are_kept_back_with_what_would_tell_them(office: Office) -> None:
    put(office, 12, "municipal.drain")
    put(office, 9, "sanitation.litter")
    put(office, 2, "order.stalls")
    put(office, 30, "municipal.drain", community=office.town.far)
    shown = page("/open/?by=class")
    table = shown[shown.index("<tbody>") : shown.index("</tbody>")]
    counts = re.findall(r'<th scope="row">([^<]+)</th><td class="right num">(.*?)</td>', table, re.S)
    assert len(counts) == 3
    told = [int(found[0]) for _name, cell in counts if (found := re.findall(r">(\d+)<", cell))]
    assert len(told) <= 1, "two at least are kept back: one alone is the total less the rest"
    assert "53 件事" in shown
    odd = page("/open/cases?group=order")
    assert "少于 5 件" in odd
    assert '<li class="cell">' not in odd
    assert len(file("/open/cases.csv?group=order")) == 2
    listed = file("/open/cases.csv")[1:-1]
    assert not [row for row in listed if row[2] == words.group_titles()["order"]]
    near, far = (Place.objects.get(id=one).name for one in (office.town.near, office.town.far))
    assert {row[4] for row in listed} <= {near, far}


def test_kinds_that_point_at_a_person_are_not_listed(office: Office) -> None:
    put(office, 20, "neighbour.noise")
    put(office, 20, "health.clinic")
    put(office, 20, "municipal.drain")
    assert len(file("/open/cases.csv")) == 22
    assert "少于 5 件，或者没有" in page("/open/cases?group=neighbour")


def test_a_class_of_few_is_told_by_its_group(office: Office) -> None:
    put(office, 8, "municipal.drain")
    put(office, 2, "municipal.manhole")
    titles = {row[3] for row in file("/open/cases.csv")[1:-1]}
    assert titles == {words.group_titles()["municipal"]}
    put(office, 4, "municipal.manhole")
    assert len({row[3] for row in file("/open/cases.csv")[1:-1]}) == 2


def test_no_byte_holds_words_names_numbers_or_addresses(office: Office) -> None:
    ids = put(office, 12, "municipal.drain")
    month = f"{last_month():%Y-%m}"
    paths = [
        "/open/",
        "/open/cases",
        f"/open/map?month={month}",
        "/open/?by=unit",
        f"/open/cases?month={month}&set=due",
    ]
    held = "".join(page(path) for path in paths) + str(file("/open/cases.csv"))
    numbers = list(Case.objects.filter(pk__in=ids).values_list("number", flat=True))
    for secret in ["张伟", "13800138000", "501室", "下水道堵", "3号楼", *numbers, *map(str, ids)]:
        assert secret not in held, secret
    assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", held)
    assert "月5日" not in held, "not even the day"


def test_no_formula_acts_in_the_file(office: Office) -> None:
    from liren.registers.people.models import Body

    Body.objects.filter(id=office.town.drains).update(short="=HYPERLINK(1)", name="=HYPERLINK(1)")
    put(office, 6, "municipal.drain", unit_id=office.town.drains)
    rows = file("/open/cases.csv")
    assert {row[5] for row in rows[1:-1]} == {"'=HYPERLINK(1)"}
    assert "注明来源" in rows[-1][0]
    assert rows[-1][1].endswith("#dictionary")


def test_months_without_data_and_odd_addresses_say_so(office: Office) -> None:
    assert "没有可以公布的事" in page("/open/")
    assert "没有可以公布的事" in page("/open/2019-03")
    assert "没有可以列出来的事" in page("/open/cases?month=2019-03")
    running = f"{to_office(utc_now(), office_zone()):%Y-%m}"
    for path in (f"/open/{running}", f"/open/cases?month={running}", f"/open/map?month={running}"):
        assert "还没有过完" in page(path)
    for odd in ("/open/2026-13", "/open/1999-01", "/open/2999-01", "/open/cases?month=x", "/open/cases?set=ended",
                "/open/cases?state=objected", f"/open/cases.csv?month={running}", "/open/map?month=2026-00"):  # fmt: skip
        page(odd, 404)
    for odd in (
        "community=../..",
        "unit=%C2%B2",
        "unit=99999999999999999999",
        "group=%00",
        "after=999999999999",
    ):
        page(f"/open/cases?{odd}")
    assert Client().post("/open/").status_code == 405


def test_a_page_may_be_kept_and_is_asked_for_by_its_mark(office: Office) -> None:
    put(office, 12, "municipal.drain")
    for path in ("/open/", "/open/cases", "/open/map"):
        first = Client().get(path)
        assert "public" in first["Cache-Control"]
        assert "max-age=300" in first["Cache-Control"]
        assert "Content-Security-Policy" in first
        assert not first.cookies
        again = Client().get(path, headers={"if-none-match": first["ETag"]})
        assert again.status_code == 304, path


@pytest.mark.parametrize("path", ["/open/", "/open/?by=unit", "/open/cases", "/open/map"])
def test_a_page_costs_the_same_whatever_it_holds(office: Office, path: str) -> None:
    put(office, 6, "municipal.drain")
    page(path)
    counts = []
    for more in (6, 15):
        put(office, more, "sanitation.litter", community=office.town.far)
        with CaptureQueriesContext(connection) as seen:
            page(path)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 12


def test_a_long_list_is_read_page_by_page(office: Office) -> None:
    put(office, 70, "municipal.drain")
    first = page("/open/cases")
    assert first.count('<li class="cell">') == 50
    follow = re.findall(r'rel="next" href="(\?[^"]*after[^"]*)"', first)[0].replace("&amp;", "&")
    assert page(f"/open/cases{follow}").count('<li class="cell">') == 20


def test_in_english_too(office: Office) -> None:
    put(office, 12, "municipal.drain")
    browser = Client(headers={"accept-language": "en"})
    for path in ("/open/", "/open/cases", "/open/map"):
        shown = browser.get(path).content.decode()
        assert 'lang="en"' in shown
        assert "公开的内容" not in shown
        assert "少于 5" not in shown
        assert "件" not in shown[shown.index("<h1") : shown.index("</h1>")]
