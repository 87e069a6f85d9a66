"""A resident reports a unit: that unit and the ordinary desk find nothing, the sealed desk works on it."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import walking
from tests.browser.conftest import Open
from tests.browser.looking import good
from tests.browser.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.proof]

WORDS = "举报市政所班长收修井盖的好处费，青禾里社区2号楼门口"
PHONE = "14200007788"


def _finds_nothing(page: Page, number: str) -> None:
    told = page.goto(f"/desk/case/{number}")
    assert told is not None
    assert told.status == 404
    never = page.goto("/desk/case/2026010100000000")
    assert never is not None
    assert never.status == 404
    for text in (number, "好处费", "修井盖"):
        page.goto(f"/desk/?view=all&text={text}")
        expect(page.locator("table.worklist tbody a.t")).to_have_count(0)
    page.goto("/desk/?view=today")
    assert number not in page.content()
    assert "好处费" not in page.content()


def test_a_report_of_a_unit_is_seen_by_its_own_desk_alone(
    window: Open, states: dict[str, Any], site: Site
) -> None:
    phone = window(width=375).new_page()
    phone.goto("/")
    phone.fill("#words", WORDS)
    phone.click(".ask button.main")
    phone.wait_for_url("**/say/**")
    box = phone.locator("input[name=sealed]")
    expect(box).to_be_checked()  # offered, because the words speak of an official
    expect(phone.locator("#keep-says")).to_contain_text("被举报的单位和个人看不到")
    good(phone)
    phone.fill("#phone", PHONE)
    phone.click("#send button.main")
    phone.wait_for_url("**/m/**")
    number = phone.url.split("/m/")[1][:16]
    expect(phone.locator("main")).to_contain_text("按举报保密办理")
    good(phone)

    for who in ("handler", "clerk", "caller", "supervisor"):
        _finds_nothing(window(width=1440, state=states[who]).new_page(), number)

    desk = window(width=1440).new_page()
    walking.sign_in(desk, site, "jihe")
    desk.goto(f"/desk/?view=all&text={number}")
    expect(desk.locator("table.worklist tbody a.t")).to_have_count(1)
    desk.goto(f"/desk/case/{number}")
    expect(desk.locator("main")).to_contain_text("这是举报，保密办理")
    good(desk)
    desk.goto(f"/desk/case/{number}")
    desk.click("#bar summary")
    desk.select_option("#bar-unit", label="栖禾市政设施管理所")
    desk.click("#bar button")
    expect(desk.locator("#bar")).to_contain_text("栖禾市政设施管理所")


def test_a_clerk_seals_what_turns_out_to_be_a_report(window: Open, states: dict[str, Any]) -> None:
    phone = window(width=375).new_page()
    number = walking.say(phone, "青禾里社区5号楼的路灯坏了，还有别的事想当面说", phone="14200007799")
    desk = window(width=1440, state=states["clerk"]).new_page()
    desk.goto(f"/desk/case/{number}")
    good(desk)
    desk.goto(f"/desk/case/{number}")
    desk.click("#seal summary")
    desk.click("#seal button")
    desk.wait_for_url("**/desk/gone**")
    expect(desk.locator("h1")).to_have_text("已交举报受理员")
    good(desk)
    _finds_nothing_of(desk, number)


def _finds_nothing_of(page: Page, number: str) -> None:
    told = page.goto(f"/desk/case/{number}")
    assert told is not None
    assert told.status == 404


def test_somebody_at_a_counter_is_told_the_number_and_nothing_else(
    window: Open, states: dict[str, Any]
) -> None:
    desk = window(width=1440, state=states["clerk"]).new_page()
    desk.goto("/desk/new")
    desk.fill("#words", "来访人举报居委会主任侵吞公款")
    desk.check("input[name=sealed]")
    desk.fill("#phone", "14200007766")
    desk.click("form.narrow button.main")
    desk.wait_for_url("**/desk/gone**")
    number = "".join(char for char in desk.locator("strong.num").inner_text() if char.isdigit())
    assert len(number) == 16
    good(desk)
    _finds_nothing(desk, number)
