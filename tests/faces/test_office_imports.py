"""导入 in the browser: handed in, tried by the worker, said yes to, brought in, the refused rows taken along."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from liren.base.jobs import actions as jobs
from liren.cases.models import Case
from liren.registers.people import queries as people
from tests.bridges.sheets import as_csv, orders
from tests.faces.office import Office, worker

pytestmark = [pytest.mark.django_db, pytest.mark.writes]
PAGE = "/desk/office/imports"


@pytest.fixture
def keeper(office: Office) -> Client:
    """Who keeps the registers."""
    hall = people.unit_by_code("hall").id
    return worker("keeper", "田野", body=hall, title="系统管理员", role="system_admin").client()


def hand_in(browser: Client, data: bytes, name: str = "工单.csv", **more: Any) -> Any:
    return browser.post(PAGE, {"file": SimpleUploadedFile(name, data), "mapping": "workorder21", **more})


def test_a_table_goes_from_hand_to_case(office: Office, keeper: Client) -> None:
    assert "还没有导入过" in keeper.get(PAGE).content.decode()
    sent = hand_in(keeper, as_csv(orders({}, {"工单状态": "飞了", "来电人": "=王"}, {"是否解决": ""})))
    where = sent.headers["Location"]
    assert "正在一行一行地试" in keeper.get(where).content.decode()
    jobs.work(until_idle=True)
    html = keeper.get(where).content.decode()
    for told in (
        "试了一遍，还没有改",
        "共 3 行",
        "退回 1",
        "对照表里没有这个状态",
        "旧系统没有记诉求人怎么说",
        "导入对的各行",
    ):
        assert told in html, told
    assert not Case.objects.exists()
    assert keeper.post(f"{where}/run").headers["Location"] == where
    jobs.work(until_idle=True)
    assert Case.objects.count() == 2
    assert "导完了" in keeper.get(where).content.decode()
    rows = b"".join(keeper.post(f"{where}/refused")).decode("utf-8-sig").splitlines()
    assert len(rows) == 2
    assert rows[1].startswith("3,工单状态,")
    assert "'=王" in rows[1]  # no spreadsheet runs it
    case = Case.objects.get(origin="GD20260105000001")
    html = office.clerk.client().get(f"/desk/case/{case.number}").content.decode()
    for told in ("从旧系统导入", "12345工单，表里第 2 行", "GD20260105000001", "工单性质：主办"):
        assert told in html, told


def test_what_is_no_table_is_told_and_taken_back(keeper: Client) -> None:
    assert keeper.post(PAGE, {"mapping": "workorder21"}).status_code == 422
    own = SimpleUploadedFile("own.yaml", b"mapping: [")
    answer = hand_in(keeper, as_csv(orders({})), own=own)
    assert answer.status_code == 422
    assert "对照表写得不对" in answer.content.decode()
    where = hand_in(keeper, b"a,b\n1,2\n").headers["Location"]
    jobs.work(until_idle=True)
    html = keeper.get(where).content.decode()
    assert "表头里缺这几列" in html
    assert keeper.post(f"{where}/drop").headers["Location"] == PAGE
    assert keeper.get(where).status_code == 404


def test_nobody_else_sees_it(office: Office, keeper: Client) -> None:
    where = hand_in(keeper, as_csv(orders({}))).headers["Location"]
    for other in (office.clerk, office.supervisor):
        browser = other.client()
        assert browser.get(PAGE).status_code == 404
        assert browser.get(where).status_code == 404
        assert browser.post(f"{where}/run").status_code == 404
