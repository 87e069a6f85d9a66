"""A resident who says "not solved", walked to the end on a phone; her other short paths, with the taps counted."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import walking
from tests.browser.conftest import Open
from tests.browser.looking import good
from tests.browser.test_shortest_paths import Finger

pytestmark = [pytest.mark.browser, pytest.mark.proof]

WORDS = "青禾里社区第77根灯杆的路灯坏了不亮，晚上看不清路"


def _answered(unit: Page, number: str, words: str) -> None:
    """The unit contacts and answers."""
    walking.goto_when_there(unit, f"/desk/case/{number}")
    if unit.locator("button:has-text('签收')").count():
        with unit.expect_navigation():
            unit.locator("button:has-text('签收')").first.click()
        unit.goto(f"/desk/case/{number}")
    unit.fill("#text", "已电话联系。")
    unit.click("text=记为已联系")
    expect(unit.locator("h1 ~ .state").first).to_contain_text("已联系")
    unit.fill("#text", words)
    unit.click("text=发送答复")
    expect(unit.locator("h1 ~ .state").first).to_contain_text("待回访")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_resident_who_says_not_solved(window: Open, states: dict[str, Any], scripts: bool) -> None:
    page = window(width=375, java_script_enabled=scripts).new_page()
    number = walking.say(page, WORDS, phone="14200003777")
    clerk = window(width=1440, state=states["clerk"]).new_page()
    clerk.goto(f"/desk/case/{number}")
    walking.press(clerk, "a", "Enter")
    unit = window(width=1440, state=states["handler"]).new_page()
    _answered(unit, number, "换了灯泡，亮了。")

    # one tap from home, and it is in hand again; the page asks what is not solved
    finger = Finger(page)
    page.goto("/")
    finger.tap(f"form[action='/m/{number}/rate'] button[value=not_solved]")
    expect(page.locator("main .state").first).to_contain_text("重新办理")
    assert finger.taps == 1
    expect(page.locator(".note[role=status]")).to_contain_text("已经重新办")
    expect(page.locator(".note:has-text('下一步')")).to_contain_text("您说没解决")
    page.fill("#more", "一到半夜又灭了")
    page.locator("form[action$='/more'] button.main").click()
    expect(page.locator(".story")).to_contain_text("一到半夜又灭了")
    if scripts:
        good(page)

    # answered again: the answer stands above the five levels; she ticks a reason and says what she finds
    _answered(unit, number, "查到线路老化，换了一段线。")
    page.goto(f"/m/{number}")
    expect(page.locator(".rate .said")).to_contain_text("换了一段线")
    assert page.locator(".levels button").count() == 5
    page.locator(".rate summary").click()
    page.locator(".rate .chip:has-text('太慢')").click()
    if scripts:
        good(page)
    page.locator(".levels button:has-text('基本满意')").click()
    expect(page.locator("main .state").first).to_contain_text("已解决")
    expect(page.locator("main")).to_contain_text("您说：解决了，基本满意")

    # and broken again within the days of second thoughts: one tap, as ever
    finger = Finger(page)
    page.locator("button[value=not_solved]").first.tap()
    expect(page.locator("main .state").first).to_contain_text("重新办理")
    expect(page.locator("main")).not_to_contain_text("邵亮")


def test_following_a_neighbours_matter_takes_two_taps(window: Open) -> None:
    page = window(width=375).new_page()
    page.goto("/")
    finger = Finger(page)
    finger.tap(".tabs >> text=邻里")
    finger.tap("form[action$='/follow'] button")
    expect(page.locator("section:has(#followed)")).to_contain_text("不再关注")
    assert finger.taps == 2
    good(page)


def test_my_data_is_two_taps_and_good_in_every_mode(window: Open, states: dict[str, Any]) -> None:
    for width, mode in ((320, "normal"), (375, "large"), (375, "dark"), (1440, "normal")):
        page = window(width=width, mode=mode, state=states["resident"]).new_page()
        page.goto("/")
        page.locator(".tabs >> text='我'").click()
        page.locator("a:has-text('看我的信息')").click()
        expect(page.locator("h1")).to_have_text("我的信息")
        expect(page.locator("main")).to_contain_text("14200000001")
        good(page)
