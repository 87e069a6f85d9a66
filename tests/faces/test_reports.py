"""报表 in the browser: written down, filled once, told when something is wrong, handed in; by whom it may be."""

import re

import pytest
from django.test import Client

from liren.bridges.reporting import queries
from liren.bridges.reporting.models import Column, Form, Sent
from liren.kernel.clock import office_day, utc_now
from liren.registers.people import queries as people
from tests.faces.office import Office, worker
from tests.faces.test_office_places import page

pytestmark = [pytest.mark.django_db, pytest.mark.writes]
LAST = queries.containing(office_day(utc_now()), "month").before()
SAID = {
    "title": "基层治理月报",
    "asked_by": "区委社会工作部",
    "basis": "〔2026〕12号",
    "every": "month",
    "due_day": "5",
    "rows": "community",
    "since": f"{LAST.first:%Y-%m-%d}",
    "columns": "社区数\r\n志愿者人数\r\n志愿服务场次",
}


@pytest.fixture
def keeper(office: Office) -> Client:
    """Who keeps the registers."""
    hall = people.unit_by_code("hall").id
    return worker("keeper", "田野", body=hall, title="系统管理员", role="system_admin").client()


@pytest.fixture
def form(keeper: Client) -> Form:
    """A form of each community."""
    answer = keeper.post("/desk/reports/new", SAID)
    assert answer.status_code == 302
    return Form.objects.get()


def names(html: str) -> list[str]:
    """The fields to fill of a page."""
    return re.findall(r'name="(v\.[^"]+)"', html)


def test_a_form_is_written_down_and_what_is_held_is_found(office: Office, keeper: Client, form: Form) -> None:
    html = page(keeper, f"/desk/reports/{form.id}/set")
    assert "自动填：社区数" in html
    assert "人填：志愿者人数" in html
    column = Column.objects.get(title="志愿者人数")
    answer = keeper.post(
        f"/desk/reports/{form.id}/columns/{column.id}",
        {"choice": "seats.grid_worker", "adds": "sum", "kind": "number"},
    )
    assert answer.status_code == 302
    assert "自动填：网格员人数" in page(keeper, f"/desk/reports/{form.id}/set")


def test_a_form_without_a_paper_is_told_so_and_nothing_typed_is_lost(office: Office, keeper: Client) -> None:
    answer = keeper.post("/desk/reports/new", SAID | {"basis": ""})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "请写依据哪份文件" in html
    assert "志愿服务场次" in html
    assert "区委社会工作部" in html
    assert 'aria-invalid="true"' in html
    assert not Form.objects.exists()


def test_what_is_entered_once_fills_the_form_and_it_is_handed_in(office: Office, form: Form) -> None:
    clerk = office.clerk.client()
    assert "基层治理月报" in page(clerk, "/desk/reports")
    address = f"/desk/reports/{form.id}/{LAST.key}"
    assert "去填缺的 4 格" in page(clerk, address)
    fields = names(page(clerk, "/desk/reports/fill"))
    assert len(fields) == 4
    typed = dict.fromkeys(fields, "12") | {fields[0]: "约十来个"}
    wrong = clerk.post(f"/desk/reports/fill?month={LAST.key}", typed)
    html = wrong.content.decode()
    assert wrong.status_code == 422
    assert "约十来个" in html
    assert "这里要填数字" in html
    assert html.count('value="12"') >= 3, "what was right was kept"
    early = clerk.post(f"{address}/hand-in")
    assert early.status_code == 422
    assert "还有 1 格没填" in early.content.decode()
    assert clerk.post(f"/desk/reports/fill?month={LAST.key}", {fields[0]: "9"}).status_code == 302
    assert "报出，存一份底" in page(clerk, address)
    assert clerk.post(f"{address}/hand-in").status_code == 302
    assert clerk.post(f"{address}/hand-in").status_code == 302
    assert Sent.objects.count() == 1
    assert "已报出" in page(clerk, "/desk/reports")
    table = b"".join(clerk.get(f"{address}/file.csv").streaming_content).decode("utf-8-sig")  # type: ignore[arg-type]
    assert table.splitlines()[0] == ",社区数,志愿者人数,志愿服务场次"
    assert len(table.splitlines()) == 3
    assert clerk.get(f"{address}/file.xlsx").content[:2] == b"PK"


def test_a_colleagues_newer_figure_is_not_overwritten(office: Office, form: Form) -> None:
    clerk = office.clerk.client()
    field = names(page(clerk, "/desk/reports/fill"))[0]
    seen = field.replace("v.", "w.", 1)
    clerk.post(f"/desk/reports/fill?month={LAST.key}", {field: "5", seen: ""})
    late = clerk.post(f"/desk/reports/fill?month={LAST.key}", {field: "6", seen: ""})
    assert late.status_code == 422
    assert "刚才有同事填成了 5" in late.content.decode()


def test_two_headings_are_settled_in_the_browser(office: Office, keeper: Client, form: Form) -> None:
    keeper.post(
        "/desk/reports/new", SAID | {"title": "季报", "every": "quarter", "columns": "志愿服务场数量"}
    )
    html = page(keeper, "/desk/reports/twice")
    assert "是一回事吗" in html
    ((item, other),) = re.findall(
        r'action="/desk/reports/twice/(\d+)".*?name="other" value="([^"]+)"', html, re.S
    )
    refused = keeper.post(f"/desk/reports/twice/{item}", {"other": other, "two": "1", "why": ""})
    assert refused.status_code == 422
    assert "请写差别在哪里" in refused.content.decode()
    assert keeper.post(f"/desk/reports/twice/{item}", {"other": other, "one": "1"}).status_code == 302
    assert "每一栏只问一次" in page(keeper, "/desk/reports/twice")
    assert "是一回事吗" not in page(office.clerk.client(), "/desk/reports/twice")


def test_who_may_see_and_who_may_not(office: Office, form: Form) -> None:
    handler, clerk = office.handler.client(), office.clerk.client()
    for path in (
        "/desk/reports",
        "/desk/reports/fill",
        f"/desk/reports/{form.id}/{LAST.key}",
        "/desk/reports/new",
    ):
        assert handler.get(path).status_code == 404
    for path in ("/desk/reports/new", f"/desk/reports/{form.id}/set"):
        assert clerk.get(path).status_code == 404
    assert clerk.post(f"/desk/reports/{form.id}/end").status_code == 404
    for path in (
        f"/desk/reports/{form.id}/{LAST.first.year}",
        f"/desk/reports/1/{LAST.key}",
        "/desk/reports/1/2026-13",
    ):
        assert clerk.get(path).status_code in {404, 422}
    assert page(clerk, "/desk/reports?month=nonsense")


def test_ended_it_is_asked_no_more(office: Office, keeper: Client, form: Form) -> None:
    assert keeper.post(f"/desk/reports/{form.id}/end").status_code == 302
    assert "还没有登记报表" in page(office.clerk.client(), "/desk/reports")
