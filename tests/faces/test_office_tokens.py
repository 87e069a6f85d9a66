"""Tokens in the browser: given by who guards the roles, shown once, taken back at once."""

import re

import pytest
from django.test import Client

from liren.base.access import actions as access
from liren.base.access.models import Token
from liren.bridges.exchange.models import Delivery, Webhook
from liren.kernel.clock import utc_now
from liren.kernel.policy import SYSTEM
from liren.registers.people import queries as people
from tests.faces.office import Office, worker

pytestmark = [pytest.mark.django_db, pytest.mark.writes]
TOKENS = "/desk/office/tokens"
FORM = {"account": "handler", "name": "12345 平台", "days": "30", "scope_cases.read": "1", "key": "k1"}


@pytest.fixture
def guard(office: Office) -> Client:
    """Who guards the roles."""
    hall = people.unit_by_code("hall").id
    return worker("guard", "袁清", body=hall, title="安全管理员", role="security_admin").client()


def test_a_token_is_given_shown_once_used_and_taken_back(office: Office, guard: Client) -> None:
    assert TOKENS in guard.get("/desk/office").content.decode()
    shown = guard.post(TOKENS, FORM).content.decode()
    secret = re.search(r'id="secret">(liren_[^<]+)<', shown)
    assert secret
    again = guard.post(TOKENS, FORM)
    assert again.status_code == 422
    assert "只显示那一次" in again.content.decode()
    assert Token.objects.count() == 1
    program = Client(headers={"authorization": f"Bearer {secret[1]}"})
    assert program.get("/api/v1/me").status_code == 200
    listed = guard.get(TOKENS).content.decode()
    assert secret[1] not in listed
    assert "刘志强" in listed
    assert guard.post(f"{TOKENS}/{Token.objects.get().id}/revoke").status_code == 302
    assert program.get("/api/v1/me").status_code == 401
    assert "已收回" in guard.get(TOKENS).content.decode()


@pytest.mark.parametrize(
    ("said", "why", "field"),
    [
        ({"account": "nobody-here"}, "没有这个账号", "account"),
        ({"name": ""}, "起个名字", "name"),
        ({"days": "x"}, "有效期", "days"),
        ({"days": "9999"}, "有效期", "days"),
        ({"scope_cases.read": ""}, "能做什么", ""),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    office: Office, guard: Client, said: dict[str, str], why: str, field: str
) -> None:
    answer = guard.post(TOKENS, FORM | said)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert why in html
    if field:
        assert re.search(rf'<input id="{field}"[^>]*aria-invalid="true"', html)
    assert not Token.objects.exists()


def test_nobody_else_comes_near(office: Office, guard: Client) -> None:
    hall = people.unit_by_code("hall").id
    keeper = worker("keeper", "田野", body=hall, title="系统管理员", role="system_admin").client()
    for one in (keeper, office.clerk.client()):
        assert one.get(TOKENS).status_code == 404
        assert one.post(TOKENS, FORM).status_code == 404
        assert one.post(f"{TOKENS}/1/revoke").status_code == 404
    assert guard.post(TOKENS, FORM | {"account": "guard"}).status_code == 404  # not to oneself
    assert guard.post(f"{TOKENS}/1/revoke").status_code == 404
    assert not Token.objects.exists()


def test_what_was_not_delivered_is_told_and_sent_again(office: Office) -> None:
    hall = people.unit_by_code("hall").id
    keeper = worker("keeper", "田野", body=hall, title="系统管理员", role="system_admin").client()
    page = "/desk/office/webhooks"
    assert "还没有系统登记" in keeper.get(page).content.decode()
    access.give_token(
        office.handler.id, name="市政系统", scopes=["webhooks"], days=9, by=SYSTEM, now=utc_now()
    )
    hook = Webhook.objects.create(
        token_id=Token.objects.get().id, url="https://a.example/x", made_at=utc_now()
    )
    Delivery.objects.create(
        webhook=hook, what="cases.moved", case_id=1, number="2611220000000000", version=1, at=utc_now(),
        dead_at=utc_now(), error="status.503",
    )  # fmt: skip
    html = keeper.get(page).content.decode()
    assert "市政系统" in html
    assert "1 条没送到" in html
    assert "错误 503" in html
    assert office.clerk.client().get(page).status_code == 404
    assert office.clerk.client().post(f"{page}/{hook.id}/replay").status_code == 404
    assert keeper.post(f"{page}/{hook.id}/replay").status_code == 302
    assert "1 条在等" in keeper.get(page).content.decode()
