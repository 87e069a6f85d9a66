"""One matter, one case: merged with one tap, taken apart with one; a helper's part from being asked to being done."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import walking
from tests.browser.conftest import Open
from tests.browser.looking import good
from tests.browser.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.proof]

HELPER = "cuibo"  # 环卫所, which the duty list lets help with drains


def _said_twice(window: Open) -> tuple[str, str]:
    """Two neighbours say the same; nobody at the desk has looked at it yet."""
    numbers = []
    for n in range(2):
        phone = window(width=375).new_page()
        words = "青禾里社区1号楼后面的雨水沟堵死了，一下雨就积水"
        numbers.append(walking.say(phone, words, phone=f"1420000044{n}"))
    return numbers[0], numbers[1]


def test_twins_are_merged_in_one_tap_and_taken_apart_in_one(window: Open, states: dict[str, Any]) -> None:
    desk = window(width=1440, state=states["clerk"]).new_page()
    old, new = _said_twice(window)
    desk.goto(f"/desk/case/{new}")
    expect(desk.locator(f"#twins form:has(input[value='{old}'])")).to_have_count(1)
    good(desk)
    desk.goto(f"/desk/case/{new}")
    desk.locator(f"#twins form:has(input[value='{old}']) button").click()
    expect(desk.locator("h1 ~ .state").first).to_contain_text("已并案")
    good(desk)
    desk.click("text=去看那一件")
    desk.wait_for_url(f"**/desk/case/{old}")
    expect(desk.locator("aside")).to_contain_text("并进来的")
    good(desk)
    desk.locator("aside button:has-text('撤销并案')").click()
    desk.wait_for_url(f"**/desk/case/{new}")
    expect(desk.locator("h1 ~ .state").first).to_contain_text("待派单")
    expect(desk.locator(".said").first).to_contain_text("雨水沟堵死")


def test_a_unit_is_asked_to_help_and_says_that_it_is_done(
    window: Open, states: dict[str, Any], site: Site
) -> None:
    phone = window(width=375).new_page()
    number = walking.say(phone, "青禾里社区3号楼门前下水道堵了，垃圾把沟口也盖住了", phone="14200004499")
    desk = window(width=1440, state=states["clerk"]).new_page()
    desk.goto(f"/desk/case/{number}")
    walking.choose(desk, "#class_code", "municipal.drain")
    desk.check("text=市政")
    with desk.expect_navigation():
        desk.click("[data-key=a]")
    unit = window(width=1440, state=states["handler"]).new_page()
    unit.goto(f"/desk/case/{number}")
    unit.click("button:has-text('签收')")
    unit.fill("#text", "已电话联系。")
    unit.click("text=记为已联系")
    unit.click("text=请别的单位协办")
    unit.wait_for_url("**/ask_part")
    good(unit)
    unit.fill("#text", "请把沟口的垃圾清走")
    unit.click("button:has-text('请它协办')")
    expect(unit.locator(".note.bad")).to_contain_text("还没有选协办单位")
    expect(unit.locator("#text")).to_have_value("请把沟口的垃圾清走")
    unit.check("fieldset label.pick:has-text('环') input")
    unit.click("button:has-text('请它协办')")
    unit.wait_for_url(f"**/desk/case/{number}")
    expect(unit.locator("section[aria-labelledby=parts]")).to_contain_text("办理中")
    good(unit)

    helper = window(width=375).new_page()
    walking.sign_in(helper, site, HELPER)
    helper.goto("/desk/parts")
    good(helper)
    helper.click("text=请把沟口的垃圾清走")
    helper.wait_for_url(f"**/desk/case/{number}")
    good(helper)
    expect(helper.locator("text=发送答复")).to_have_count(0)
    helper.fill("section[aria-labelledby=parts] textarea", "清走两车，沟口通了")
    helper.click("button:has-text('办完了')")
    expect(helper.locator("section[aria-labelledby=parts]")).to_contain_text("清走两车")
    unit.reload()
    expect(unit.locator("section[aria-labelledby=parts]")).to_contain_text("办完了")
