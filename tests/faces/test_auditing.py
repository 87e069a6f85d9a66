"""审计: who read what was sealed, and what happened to accounts, for the audit administrator's eyes alone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from liren.base.ledger.queries import Stretch
from liren.base.vault import queries as vault
from liren.cases import actions, queries
from liren.cases.actions import Accepted, Contact, Demand
from liren.cases.models import Case
from liren.kernel.clock import office_day, utc_now
from liren.kernel.errors import Denied
from liren.kernel.policy import SYSTEM
from liren.registers.people.models import Body
from tests.faces.office import Office, Worker, worker

NAME, PHONE = "欧阳清霞", "13900000007"


@pytest.fixture
def auditor(office: Office) -> Worker:
    hall = Body.objects.get(code="hall")
    return worker("xuzhi", "许知", body=hall.id, title="审计管理员", role="audit_admin")


def read_by(office: Office, *, times: int = 1, sealed: bool = False) -> Accepted:
    """The clerk opens a contact of a case so often."""
    said = Demand(words="井盖响", channel="phone", contact=Contact(NAME, PHONE))
    accepted = actions.open_case(said, by=SYSTEM, now=utc_now(), key="audited")
    voice = queries.voice_by_id(accepted.voice_id)
    for _ in range(times):
        queries.contact_of(voice, by=office.clerk.actor(), purpose="contact_requester", now=utc_now())
    Case.objects.filter(id=accepted.case_id).update(sealed=sealed)
    return accepted


def page(client: Client, address: str = "/desk/office/audit") -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def number_of(accepted: Accepted) -> str:
    number = queries.voice_by_id(accepted.voice_id).number
    return " ".join(number[at : at + 4] for at in range(0, 16, 4))


def test_a_reading_is_told_with_who_of_what_and_why_and_never_what_was_read(
    office: Office, auditor: Worker
) -> None:
    accepted = read_by(office)
    told = page(auditor.client())
    for word in ("诉求人的姓名和电话", "联系诉求人", office.clerk.username, number_of(accepted)):
        assert word in told
    assert NAME not in told
    assert PHONE not in told
    assert PHONE[-4:] not in told.replace(number_of(accepted), "")


def test_a_sealed_report_is_not_named(office: Office, auditor: Worker) -> None:
    accepted = read_by(office, sealed=True)
    told = page(auditor.client())
    assert "诉求人的姓名和电话" in told
    assert number_of(accepted) not in told


def test_one_persons_readings_and_one_days(office: Office, auditor: Worker) -> None:
    read_by(office)
    browser, today = auditor.client(), office_day(utc_now())
    assert "联系诉求人" in page(
        browser, f"/desk/office/audit?who={office.clerk.username}&from={today}&to={today}"
    )
    assert "联系诉求人" not in page(browser, f"/desk/office/audit?who={office.caller.username}")
    assert "这段时间没有记录" in page(browser, f"/desk/office/audit?from={today + timedelta(days=1)}")
    assert "这段时间没有记录" in page(browser, f"/desk/office/audit?to={today - timedelta(days=1)}")
    unknown = page(browser, "/desk/office/audit?who=<b>")
    assert "没有登录名是“&lt;b&gt;”的账号" in unknown
    assert "诉求人的姓名和电话" not in unknown
    page(browser, "/desk/office/audit?from=32.13&to=x&before=-1")


def test_a_long_list_is_read_page_by_page_at_the_same_cost(office: Office, auditor: Worker) -> None:
    read_by(office, times=60)
    browser = auditor.client()
    page(browser)
    with CaptureQueriesContext(connection) as seen:
        first = page(browser)
    assert len(seen) <= 14
    assert first.count("诉求人的姓名和电话") == 50
    follow = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert page(browser, f"/desk/office/audit{follow}").count("诉求人的姓名和电话") == 10


def test_sign_ins_and_roles_are_told_with_who_gave_them(office: Office, auditor: Worker) -> None:
    browser = Client()
    browser.post("/desk/login", {"username": office.clerk.username, "password": "falsch-falsch"})
    told = page(auditor.client(), f"/desk/office/audit/accounts?who={office.clerk.username}")
    for word in ("登录没成功：密码不对", "得到角色：受理派单员", "验证码设好了", "开了账号", "经手：系统"):
        assert word in told
    assert "审计管理员" not in told.split("<main")[1]


def test_both_lists_are_taken_along(office: Office, auditor: Worker) -> None:
    accepted = read_by(office)
    browser = auditor.client()
    file = browser.get("/desk/office/audit/readings.csv")
    rows = b"".join(file).decode("utf-8-sig").splitlines()  # type: ignore[arg-type]
    assert rows[0] == "时间,谁,做了什么,哪一件,为什么"
    assert number_of(accepted) in rows[1]
    assert sum("联系诉求人" in row for row in rows) == 1
    accounts = b"".join(browser.get("/desk/office/audit/accounts.csv")).decode()  # type: ignore[arg-type]
    assert "得到角色：承办人" in accounts


def test_nobody_else_may_ask(office: Office) -> None:
    with pytest.raises(Denied):
        vault.newest_reveals(Stretch(), by=office.supervisor.actor())
    assert office.supervisor.client().get("/desk/office/audit").status_code == 404
