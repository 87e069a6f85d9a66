"""机关 in a real browser: what an act will change is shown before it is done, on a phone as on a desk."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.test_beside import _good

pytestmark = [pytest.mark.browser, pytest.mark.proof]

WIDTHS = (320, 375, 1440)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_limit_is_looked_at_before_it_is_published(
    window: Open, states: dict[str, Any], width: int
) -> None:
    page = window(width=width, state=states["keeper"]).new_page()
    page.goto("/desk/office")
    page.click("a:has-text('时限')")
    page.goto("/desk/office/limits/municipal.sign")
    page.fill("#handle_value", str(9 + WIDTHS.index(width)))
    page.click("text=看看会改变什么")
    expect(
        page.locator(".note.bad")
    ).to_be_visible()  # on what it rests is missing, and nothing typed is lost
    expect(page.locator("#handle_value")).to_have_value(str(9 + WIDTHS.index(width)))
    _good(page)
    page.fill("#source", "街道办公会纪要〔2026〕18号：导示标牌和无障碍设施的办理时限按本街道承诺缩短")
    page.click("text=看看会改变什么")
    expect(page.locator("#effect")).to_contain_text("90 天")
    _good(page)
    page.click("button:has-text('发布')")
    expect(page.locator("section:has(#history)")).to_contain_text("街道办公会纪要")
    _good(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_place_is_corrected_after_a_look_at_what_hangs_on_it(
    window: Open, states: dict[str, Any], width: int
) -> None:
    page = window(width=width, state=states["keeper"]).new_page()
    page.goto("/desk/office/places?find=青禾里")
    page.locator("main a[href*='/desk/office/places/']").first.click()
    _good(page)
    page.fill("#aliases", f"老纺织厂宿舍、青禾里大院{width}")
    page.locator("details:has(#aliases) button.main").click()
    expect(page.locator("#touched")).to_be_visible()
    expect(page.locator("table")).to_contain_text(f"青禾里大院{width}")
    _good(page)
    page.click("text=照这样更正")
    expect(page.locator("main")).to_contain_text(f"青禾里大院{width}")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_seat_is_taken_back_only_after_the_warning_was_read(
    window: Open, states: dict[str, Any], width: int
) -> None:
    page = window(width=width, state=states["guard"]).new_page()
    page.goto("/desk/office/posts?find=市政")
    page.locator("main a[href*='/desk/office/posts/']").first.click()
    page.wait_for_url("**/desk/office/posts/*")
    _good(page)
    page.locator("details:has(summary:has-text('收回')) button").click()
    expect(page.locator("#touched")).to_be_visible()
    _good(page)
    page.click("text=回去改")
    expect(page.locator("h1")).to_be_visible()
    _good(page)
