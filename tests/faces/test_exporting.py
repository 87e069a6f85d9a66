"""The rates at the desk, their lists, files and sheets."""

import csv
import re
from html import unescape
from io import BytesIO, StringIO

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from liren.base.ledger.models import Event
from liren.cases.models import Case, Exclusion
from tests.faces.office import Office
from tests.faces.test_desk import said, state
from tests.faces.test_watching import at_work, page, replied

pytestmark = [pytest.mark.django_db, pytest.mark.writes]


def body(browser: Client, path: str) -> list[list[str]]:
    answer = browser.get(path)
    assert answer.status_code == 200
    raw = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    return list(csv.reader(StringIO(raw.decode("utf-8-sig"), newline="")))


def exported() -> list[dict[str, object]]:
    return [entry.payload for entry in Event.objects.filter(kind="cases.exported").order_by("seq")]


def test_a_figure_opens_its_rows_and_they_come_as_a_file(office: Office) -> None:
    number = replied(office)
    other = at_work(office)
    clerk = office.clerk.client()
    shown = page(clerk, "/desk/rates?cut=unit")
    assert "样本太少" in shown
    links = [unescape(link) for link in re.findall(r'href="(/desk/\?[^"]*figure=demands[^"]*)"', shown)]
    assert links
    listed = page(clerk, links[0])
    assert "收到的诉求" in listed
    assert number in listed
    assert other in listed
    link = unescape(re.findall(r'href="(/desk/list\.csv\?[^"]*)"', listed)[0])
    rows = body(clerk, link)
    assert rows[0][:2] == ["编号", "事项"]
    assert {row[0].replace(" ", "") for row in rows[1:]} == {number, other}
    assert exported()[-1] | {"since": "", "until": ""} == {
        "what": "worklist", "form": "csv", "rows": 2, "view": "all", "class_code": "", "channel": "",
        "unit_id": None, "searched": False, "figure": "case.demands", "cut": "", "line": "", "since": "", "until": "",
    }  # fmt: skip


def test_files_hold_no_contact_and_only_what_the_reader_may_see(office: Office) -> None:
    number = said()
    Case.objects.filter(number=number).update(title="=1+1", place_text="@SUM(A1)", place=None)
    rows = body(office.clerk.client(), "/desk/list.csv?view=all&class=%E4%B8%AD%E6%96%87&text=")
    assert len(rows) == 1
    assert exported()[-1]["class_code"] == "other", "no words in the ledger"
    rows = body(office.clerk.client(), "/desk/list.csv?view=all")
    assert rows[1][1:3] == ["'=1+1", "'@SUM(A1)"]
    assert not re.search(r"1[3-9]\d{9}", str(rows))
    assert len(body(office.handler.client(), "/desk/list.csv?view=all")) == 1, "nothing is theirs"
    book = office.clerk.client().get("/desk/list.xlsx?view=all")
    table = CalamineWorkbook.from_filelike(BytesIO(book.content)).get_sheet_by_index(0).to_python()
    assert table[1][1] == "=1+1", "text, not a formula"
    assert Client().get("/desk/list.csv").status_code == 302


def test_rates_come_as_a_file_with_their_counts_and_formula(office: Office) -> None:
    replied(office)
    for cut in ("unit", "community", "grid", "class", "channel"):
        rows = body(office.clerk.client(), f"/desk/rates.csv?cut={cut}")
        assert rows[0][1:4] == ["响应率", "分子", "分母"]
        assert rows[-2][0] == "合计"
        assert "rule.rates" in rows[-1][1]
        assert rows[1][1] == "", "too few for a share"
        page(office.clerk.client(), f"/desk/rates?cut={cut}&by=voice")
    assert {said["what"] for said in exported()} == {"rates"}
    assert office.clerk.client().get("/desk/rates.xlsx").status_code == 200


@pytest.mark.parametrize(
    "query",
    ["month=9999-99", "from=2026-02-31&to=x", "from=2026-03-01&to=2026-02-01", "since=1", "by=person&cut=person",
     "unit=99999999999999999999&place=%00", "month=0001-01", "month=9999-12", "from=0001-01-01&to=9999-12-31"],
)  # fmt: skip
def test_odd_addresses_do_no_harm(office: Office, query: str) -> None:
    clerk = office.clerk.client()
    page(clerk, f"/desk/rates?{query}")
    page(clerk, f"/desk/?view=all&figure=due&{query}&until=99999999999")
    page(clerk, f"/desk/?view=all&figure=due&since=1&until=2&s_place=x&s_unit=abc&cut=unit&key=abc&{query}")


def test_sheets_hold_the_story_and_say_who_printed(office: Office) -> None:
    number = replied(office)
    clerk = office.clerk.client()
    sheet = page(clerk, f"/desk/case/{number}/sheet")
    assert "data:image/svg+xml" in sheet
    assert "已经疏通" in sheet
    assert "打印于" in sheet
    listed = page(clerk, "/desk/sheet?view=all")
    assert " ".join(number[at : at + 4] for at in range(0, 16, 4)) in listed
    assert exported()[-1]["form"] == "print"
    assert office.stranger.client().get(f"/desk/case/{number}/sheet").status_code == 404


def test_leaving_a_case_out_is_asked_by_one_and_decided_by_another(office: Office) -> None:
    number = replied(office)
    Case.objects.filter(number=number).update(state="closed_unconfirmed")
    handler = office.handler.client()
    path = f"/desk/case/{number}"
    assert "申请不计入三率" in page(handler, path)
    refused = handler.post(f"{path}/ask_exclusion", {"reason": "", "text": "暴雨"})
    assert refused.status_code in {400, 409, 422}
    assert "暴雨" in refused.content.decode()
    assert (
        handler.post(f"{path}/ask_exclusion", {"reason": "disaster", "text": "暴雨红色预警"}).status_code
        == 302
    )
    assert Exclusion.objects.get().decision == ""
    assert "等另一个人定" in page(handler, path)
    assert state(number) == "closed_unconfirmed"
    boss = office.supervisor.client()
    assert number in page(boss, "/desk/rates")
    decide = {"decision": "granted", "text": "通知核对过"}
    assert handler.post(f"{path}/decide_exclusion", decide).status_code == 404
    assert boss.post(f"{path}/decide_exclusion", decide).status_code == 302
    assert "自然灾害等不可抗力" in page(boss, "/desk/rates")
    again = boss.post(f"{path}/decide_exclusion", decide)
    assert "等您定的剔除申请" in again.content.decode()
    assert boss.post(f"{path}/decide_exclusion", {"decision": "ended", "text": "通知撤了"}).status_code == 302
    assert [row.decision for row in Exclusion.objects.order_by("id")] == ["granted", "ended"]
