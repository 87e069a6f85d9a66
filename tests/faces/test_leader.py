"""The leader's page: what needs a leader first, each count with its rows; figures are the rates'; nothing of a person."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from liren.cases import queries
from liren.cases.models import Case, Exclusion, Extension
from liren.cases.rates import Rate, met, most_changed
from liren.kernel.clock import office_zone, to_office, utc_now
from liren.registers.people.models import Body
from tests.faces.office import Office, Worker, worker
from tests.faces.test_desk import dispatched, said
from tests.faces.test_watching import at_work, replied

pytestmark = [pytest.mark.django_db, pytest.mark.writes]


def leader(office: Office) -> Worker:
    hall = Body.objects.get(code="hall").id
    return worker("boss", "方岚", body=hall, title="主任", role="leader")


def page(browser: Client) -> str:
    answer = browser.get("/lead/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_only_who_reads_over_the_whole_comes_in(office: Office) -> None:
    for one in (office.clerk, office.handler, office.caller):
        assert one.client().get("/lead/").status_code == 404
    assert Client().get("/lead/").status_code == 302
    assert leader(office).client().get("/lead/").status_code == 200
    assert office.supervisor.client().post("/lead/").status_code == 405


def test_what_needs_a_leader_opens_its_rows(office: Office) -> None:
    high, late = dispatched(office), at_work(office)
    Case.objects.filter(number=high).update(supervised="listed")
    Case.objects.filter(number=late).update(next_due=utc_now() - timedelta(days=2))
    browser = leader(office).client()
    shown = page(browser)
    links = {unescape(link) for link in re.findall(r'href="(/desk/\?view=[^"]*)"', shown)}
    assert high in browser.get("/desk/?view=supervised&level=listed").content.decode()
    assert "/desk/?view=supervised&level=listed" in links
    assert "/desk/?view=late" in links
    assert late in browser.get("/desk/?view=late").content.decode()
    rung = shown[shown.index("rung listed") :][:400]
    assert '<b class="num">1</b>' in rung


def test_requests_wait_until_somebody_decides(office: Office) -> None:
    number = replied(office)
    case, now = Case.objects.get(number=number), utc_now()
    Exclusion.objects.create(case=case, reason_code="disaster", words="张伟说的", asked_by=1, asked_at=now)
    asked = Extension.objects.create(
        case=case,
        unit_id=office.town.drains,
        value=2,
        unit_of_time="day",
        reason="找王阿姨",
        asked_by=1,
        asked_at=now,
    )
    browser = leader(office).client()
    shown = page(browser)
    assert "2 件申请等人定" in shown
    assert f"/desk/case/{number}" in shown
    assert "张伟" not in shown
    assert "王阿姨" not in shown
    asked.decision = "granted"
    asked.save()
    assert "1 件申请等人定" in page(browser)
    Case.objects.filter(pk=case.pk).update(sealed=True)
    assert "申请等人定" not in page(browser)


def test_figures_are_those_of_the_rates_and_open_their_rows(office: Office) -> None:
    replied(office)
    boss = leader(office)
    shown = page(boss.client())
    begin = to_office(utc_now(), office_zone()).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    counts = queries.whole(boss.actor(), queries.Slice(begin, utc_now() + timedelta(seconds=1)))
    for name in ("response", "resolution", "satisfaction", "recurrence"):
        rate = counts.rate(name)
        assert re.search(rf">{rate.hits}</a> ÷ <a[^>]*>{rate.of}</a>", shown), name
    for link in re.findall(r'href="(/desk/\?[^"]*figure=[^"]*)"', shown):
        assert boss.client().get(unescape(link)).status_code == 200
    assert "目标 ≥ 98%" in shown
    assert "目标 ≤ 10%" in shown
    assert "样本太少" in shown


def test_the_page_holds_nothing_of_a_resident(office: Office) -> None:
    for words in ("张伟住3栋501室，电话13800138000", "下水道堵"):
        said(words=words)
    shown = page(leader(office).client())
    for secret in ("张伟", "13800138000", "501", "下水道"):
        assert secret not in shown


def test_what_changed_is_told_against_its_own_past(office: Office) -> None:
    now, numbers = utc_now(), [said(words=f"灯杆{n}不亮") for n in range(26)]
    Case.objects.filter(number__in=numbers).update(class_code="municipal.street_light", kind="demand")
    Case.objects.filter(number__in=numbers[:3]).update(received_at=now - timedelta(days=40))
    shown = page(leader(office).client())
    classes = shown[shown.index('id="classes"') :]
    assert ">23</a>" in classes
    assert ">3</a>" in classes
    assert "多了" in classes
    Case.objects.filter(number__in=numbers[:13]).update(received_at=now - timedelta(days=40))
    assert "多了" not in page(leader_again(office))


def leader_again(office: Office) -> Client:
    """The page of somebody else who may read it: what it says depends on no one reader."""
    return office.supervisor.client()


def test_the_page_costs_the_same_whatever_there_is(office: Office) -> None:
    browser = leader(office).client()
    at_work(office)
    page(browser)
    counts = []
    for more in (1, 6):
        for n in range(more):
            number = said(words=f"第{more}{n}件")
            Case.objects.filter(number=number).update(class_code="municipal.drain", supervised="listed")
        # twice: what is kept for some minutes may run out between two pages, which is no cost of there being more
        looks = []
        for _look in range(2):
            with CaptureQueriesContext(connection) as seen:
                page(browser)
            looks.append(len(seen))
        counts.append(min(looks))
    assert counts[0] == counts[1] <= 30


@given(st.integers(0, 200), st.integers(1, 200), st.floats(0.01, 0.99))
def test_a_target_within_the_interval_is_neither_met_nor_missed(hits: int, of: int, share: float) -> None:
    rate = Rate(min(hits, of), of, sampled=True)
    told = met(rate, share, False, 10, 0.95)
    assert (told == "few") == (of < 10)
    low, high = rate.interval(0.95) or (0, 0)
    assert told in {"few", "met" if low >= share else "missed" if high < share else "unsure"}
    whole = met(Rate(min(hits, of), of), share, True, 1, 0.95)
    assert whole == ("met" if min(hits, of) / of <= share else "missed")


def test_only_clear_moves_of_enough_are_told() -> None:
    counts = {"a": (30, 10), "b": (12, 11), "c": (4, 0), "d": (0, 12), "e": (100, 60)}
    assert most_changed(counts, 10, 0.95) == ["d", "a", "e"] or most_changed(counts, 10, 0.95)[0] == "d"
    assert set(most_changed(counts, 10, 0.95)) == {"a", "d", "e"}
    assert most_changed({}, 10, 0.95) == []
