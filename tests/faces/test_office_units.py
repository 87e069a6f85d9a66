"""单位 and 岗位 in the browser: two administrators, shown before done, never the last one gone, tables up and down."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from liren.base.access import actions as access
from liren.base.access import queries as accounts
from liren.kernel.clock import office_day, utc_now
from liren.kernel.policy import SYSTEM
from liren.registers.people import actions as register
from liren.registers.people import queries as people
from liren.registers.people.models import Body, Post
from tests.faces.office import PASSWORD, Office, Worker, worker
from tests.faces.test_desk import dispatched
from tests.faces.test_office_places import page, seen

pytestmark = [pytest.mark.django_db, pytest.mark.writes]
UNITS, POSTS = "/desk/office/units", "/desk/office/posts"


@pytest.fixture
def keeper(office: Office) -> Client:
    """Who keeps the registers."""
    hall = people.unit_by_code("hall").id
    return worker("keeper", "田野", body=hall, title="系统管理员", role="system_admin").client()


@pytest.fixture
def guard(office: Office) -> Client:
    """Who guards the roles."""
    hall = people.unit_by_code("hall").id
    return worker("guard", "袁清", body=hall, title="安全管理员", role="security_admin").client()


def account(username: str) -> int:
    """Somebody who may be given a seat."""
    return access.open_account(username=username, kind="staff", password=PASSWORD, by=SYSTEM, now=utc_now())


def seat_of(one: Worker) -> int:
    """The standing seat of a worker."""
    return Post.objects.get(account_id=one.id, valid_to=None).id


def test_units_are_listed_corrected_and_closed(office: Office, keeper: Client) -> None:
    drains = office.town.drains
    assert "市政设施管理所" in page(keeper, UNITS)
    assert "市政设施管理所" not in page(keeper, f"{UNITS}?kind=residents_committee")
    html = page(keeper, f"{UNITS}/{drains}")
    assert "刘志强" in html
    form = {
        "name": "市政管养所",
        "calendar": "round_the_clock",
        "place": "栖禾街道",
        "short": "市政所",
        "seen": seen(html),
    }
    shown = keeper.post(f"{UNITS}/{drains}/correct", form).content.decode()
    assert "全天候" in shown
    assert "不再承办以后" in shown
    assert people.unit(drains).name == "市政设施管理所"
    assert keeper.post(f"{UNITS}/{drains}/correct", form | {"handles": "1", "sure": "1"}).status_code == 302
    assert people.unit(drains).calendar == "round_the_clock"
    stale = keeper.post(f"{UNITS}/{drains}/correct", form | {"name": "旧念头", "handles": "1", "sure": "1"})
    assert stale.status_code == 409
    assert 'value="旧念头"' in stale.content.decode()
    html = page(keeper, f"{UNITS}/{drains}")
    closing = keeper.post(f"{UNITS}/{drains}/close", {"on": "2027-01-01", "seen": seen(html)})
    assert closing.status_code == 422
    assert "岗位没有结束" in closing.content.decode()
    for bad, why in (
        ({"calendar": "never"}, "工作日历"),
        ({"parent": "nobody"}, "没有这个代码的单位"),
        ({"place": "月亮"}, "唯一"),
    ):
        answer = keeper.post(f"{UNITS}/{drains}/correct", form | {"seen": seen(html)} | bad)
        assert answer.status_code == 422
        assert why in answer.content.decode()


def test_a_unit_and_its_post_are_made_once(office: Office, keeper: Client) -> None:
    form = {"code": "water", "kind": "utility", "name": "自来水公司", "calendar": "office", "handles": "1"}
    assert "自来水公司" in keeper.post(f"{UNITS}/new", form).content.decode()
    assert not Body.objects.filter(code="water").exists()
    assert keeper.post(f"{UNITS}/new", form | {"sure": "1"}).status_code == 302
    again = keeper.post(f"{UNITS}/new", form | {"sure": "1"})
    assert again.status_code == 409
    assert "这个单位代码已经有了" in again.content.decode()
    unit = people.unit_by_code("water").id
    key = re.findall(r'name="key" value="([^"]+)"', page(keeper, f"{UNITS}/{unit}"))[0]
    seat = {"title": "抢修班长", "role": "handler", "code": "w1", "key": key}
    assert "岗位先空着" in keeper.post(f"{UNITS}/{unit}/seat", seat).content.decode()
    made = {
        keeper.post(f"{UNITS}/{unit}/seat", seat | {"sure": "1"}).headers["Location"] for _again in range(2)
    }
    assert len(made) == 1
    assert Post.objects.filter(body_id=unit).count() == 1


def test_a_seat_is_given_by_who_guards_the_roles_and_not_by_who_keeps_the_registers(
    office: Office, keeper: Client, guard: Client
) -> None:
    new, drains = account("newcomer"), office.town.drains
    seat = register.open_post(body_id=drains, title="排水班长", role="handler", by=SYSTEM, now=utc_now())
    assert "派人由安全管理员办" in page(keeper, f"{POSTS}/{seat}")
    form = {"account": "newcomer", "holder": "彭海", "seen": seen(page(guard, f"{POSTS}/{seat}"))}
    assert keeper.post(f"{POSTS}/{seat}/give", form | {"sure": "1"}).status_code == 404
    shown = guard.post(f"{POSTS}/{seat}/give", form).content.decode()
    assert "1 人" in shown
    assert "2 人" in shown
    assert accounts.holders("handler", on=office_day(utc_now()), unit_id=drains) == [office.handler.id]
    for _again in range(2):
        assert guard.post(f"{POSTS}/{seat}/give", form | {"sure": "1"}).status_code == 302
    assert people.seat(seat).holder == "彭海"
    assert new in accounts.holders("handler", on=office_day(utc_now()), unit_id=drains)
    unknown = guard.post(f"{POSTS}/{seat}/give", form | {"account": "nobody-here"})
    assert unknown.status_code == 422
    assert "没有这个账号" in unknown.content.decode()
    assert guard.get(UNITS).status_code == 404
    assert office.clerk.client().get(POSTS).status_code == 404


def test_taking_back_the_only_handler_warns_of_what_is_in_hand(office: Office, guard: Client) -> None:
    dispatched(office)
    seat = seat_of(office.handler)
    form = {"seen": seen(page(guard, f"{POSTS}/{seat}"))}
    shown = guard.post(f"{POSTS}/{seat}/relieve", form).content.decode()
    assert "手头有 1 件事" in shown
    assert people.seat(seat).valid_to is None
    done = guard.post(f"{POSTS}/{seat}/relieve", form | {"sure": "1"})
    vacant = int(done.headers["Location"].rsplit("/", 1)[1])
    assert people.seat(vacant).vacant
    assert people.seat(seat).valid_to is not None
    assert accounts.holders("handler", on=office_day(utc_now()), unit_id=office.town.drains) == []
    assert "刘志强" in page(guard, f"{POSTS}/{vacant}"), "who held it before"
    again = guard.post(f"{POSTS}/{seat}/relieve", form | {"sure": "1"})
    assert again.status_code == 422, "a second click finds it vacant"


def test_an_empty_seat_for_reports_of_wrongdoing_is_warned_of_without_any_figure(
    office: Office, guard: Client
) -> None:
    worker("quiet", "季禾", body=office.town.drains, title="举报承办人", role="sealed_handler")
    seat = Post.objects.get(role="sealed_handler", valid_to=None).id
    html = guard.post(
        f"{POSTS}/{seat}/relieve", {"seen": seen(page(guard, f"{POSTS}/{seat}"))}
    ).content.decode()
    assert "没有举报承办人" in html
    assert 'name="text" type="search" maxlength="200" value=""' in html, "nothing stands in the search box"
    assert "手头有" not in html


def test_a_seat_is_handed_over_in_one(office: Office, keeper: Client, guard: Client) -> None:
    new, seat = account("newcomer"), seat_of(office.handler)
    Post.objects.filter(id=seat).update(code="d1")
    form = {"account": "newcomer", "holder": "彭海", "seen": seen(page(guard, f"{POSTS}/{seat}"))}
    assert "彭海" in guard.post(f"{POSTS}/{seat}/hand", form).content.decode()
    done = guard.post(f"{POSTS}/{seat}/hand", form | {"sure": "1"})
    after = people.seat(int(done.headers["Location"].rsplit("/", 1)[1]))
    assert (after.code, after.account_id, after.holder) == ("d1", new, "彭海")
    assert accounts.holders("handler", on=office_day(utc_now()), unit_id=office.town.drains) == [new]
    again = guard.post(f"{POSTS}/{seat}/hand", form | {"sure": "1"})
    assert again.status_code == 422
    assert Post.objects.filter(body_id=office.town.drains, valid_to=None).count() == 1
    own = guard.post(f"{POSTS}/{after.id}/hand", form | {"account": "guard", "seen": ""})
    assert own.status_code == 422
    assert "不能给自己派岗位" in own.content.decode()
    # the keeper ends what is vacant, and nothing that is held
    held = keeper.post(f"{POSTS}/{after.id}/end", {"sure": "1"})
    assert held.status_code == 422
    assert "先由安全管理员收回" in held.content.decode()
    vacant = register.relieve(after.id, by=SYSTEM, now=utc_now())
    assert keeper.post(f"{POSTS}/{vacant}/end", {"sure": "1"}).status_code == 302
    assert not Post.objects.filter(body_id=office.town.drains, valid_to=None).exists()


def test_the_last_administrator_stays(office: Office, keeper: Client, guard: Client) -> None:
    seat = Post.objects.get(role="system_admin", valid_to=None).id
    refused = guard.post(f"{POSTS}/{seat}/relieve", {"sure": "1"})
    assert refused.status_code == 422
    assert "最后一位管理员" in refused.content.decode()
    assert people.seat(seat).valid_to is None
    # with another one there, it goes
    worker("keeper2", "高原", body=people.unit_by_code("hall").id, title="系统管理员", role="system_admin")
    assert guard.post(f"{POSTS}/{seat}/relieve", {"sure": "1"}).status_code == 302


@pytest.mark.parametrize("what", ["units", "posts"])
def test_a_table_of_units_or_posts_comes_back_and_changes_nothing(
    office: Office, keeper: Client, what: str
) -> None:
    file = b"".join(keeper.get(f"/desk/office/tables/{what}.csv").streaming_content)  # type: ignore[attr-defined]
    rows = len(file.decode("utf-8-sig").splitlines()) - 1
    sent = {"file": SimpleUploadedFile("t.csv", file)}
    html = keeper.post(f"/desk/office/tables/{what}", sent).content.decode()
    assert f"没变 {rows}" in html
    assert rows > 3
    assert office.clerk.client().get(f"/desk/office/tables/{what}").status_code == 404


def test_a_table_of_posts_tells_each_row_that_does_not_do(office: Office, keeper: Client) -> None:
    rows = (
        "编码,单位,岗位,角色",
        "p1,municipal,排水班长,承办人",
        "p2,nowhere,甲,承办人",
        "p3,municipal,乙,没有这种",
    )
    text = "\n".join(rows)
    html = keeper.post(
        "/desk/office/tables/posts", {"file": SimpleUploadedFile("t.csv", text.encode())}
    ).content.decode()
    assert re.search(r'class="num">3</th><td>单位</td>', html)
    assert re.search(r'class="num">4</th>', html)
    packed = re.findall(r'name="packed" value="([^"]+)"', html)[0]
    assert (
        "新增 1" in keeper.post("/desk/office/tables/posts", {"packed": packed, "sure": "1"}).content.decode()
    )
    assert Post.objects.get(code="p1").role == "handler"
