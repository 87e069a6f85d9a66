"""机关 in a real browser: what an act will change is shown before it is done, on a phone as on a desk."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import walking
from tests.browser.conftest import Open
from tests.browser.looking import good

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
    good(page)
    page.fill("#source", "街道办公会纪要〔2026〕18号：导示标牌和无障碍设施的办理时限按本街道承诺缩短")
    page.click("text=看看会改变什么")
    expect(page.locator("#effect")).to_contain_text("90 天")
    good(page)
    page.click("button:has-text('发布')")
    expect(page.locator("section:has(#history)")).to_contain_text("街道办公会纪要")
    good(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_days_closed_are_looked_at_before_they_are_published(
    window: Open, states: dict[str, Any], width: int
) -> None:
    page = window(width=width, state=states["keeper"]).new_page()
    page.goto("/desk/office/calendars")
    good(page)
    page.click("text=添特殊的日子")
    page.fill("#title", f"暴雨停工{width}")
    page.fill("#on", f"{WIDTHS.index(width) + 3}月11日")
    page.fill("#source", "区防汛抗旱指挥部关于暴雨红色预警期间停工停业的通知")
    page.fill("#hours", "18:00-9:00")
    page.click("text=看看会改变什么")
    expect(page.locator("#hours")).to_have_attribute("aria-invalid", "true")
    good(page)
    page.fill("#hours", "")
    page.click("text=看看会改变什么")
    expect(page.locator("#effect")).to_be_visible()
    good(page)
    page.click("button:has-text('发布')")
    expect(page.locator("section:has(#history)")).to_contain_text("防汛")
    good(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_place_is_corrected_after_a_look_at_what_hangs_on_it(
    window: Open, states: dict[str, Any], width: int
) -> None:
    page = window(width=width, state=states["keeper"]).new_page()
    page.goto("/desk/office/places?find=青禾里")
    walking.follow(page, "main a[href*='/desk/office/places/']")
    good(page)
    page.fill("#aliases", f"老纺织厂宿舍、青禾里大院{width}")
    page.locator("details:has(#aliases) button.main").click()
    expect(page.locator("#touched")).to_be_visible()
    expect(page.locator("table")).to_contain_text(f"青禾里大院{width}")
    good(page)
    page.click("text=照这样更正")
    expect(page.locator("main")).to_contain_text(f"青禾里大院{width}")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_seat_is_taken_back_only_after_the_warning_was_read(
    window: Open, states: dict[str, Any], width: int
) -> None:
    page = window(width=width, state=states["guard"]).new_page()
    page.goto("/desk/office/posts?find=市政")
    walking.follow(page, "main a[href*='/desk/office/posts/']")
    good(page)
    page.locator("details:has(summary:has-text('收回')) button").click()
    expect(page.locator("#touched")).to_be_visible()
    good(page)
    walking.follow(page, "text=回去改")
    good(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_row_of_the_duty_list_is_tried_on_the_last_months(
    window: Open, states: dict[str, Any], width: int
) -> None:
    page = window(width=width, state=states["keeper"]).new_page()
    page.goto("/desk/office/duties?group=municipal")
    walking.follow(page, "main td a")
    good(page)
    page.fill(
        "#basis", f"城镇排水与污水处理条例第{WIDTHS.index(width) + 1}条：设施维护运营单位应当巡查、维护"
    )
    page.click("text=看看会改变什么")
    expect(page.locator(".note.bad")).to_be_visible()  # from where the list comes is missing
    good(page)
    page.fill("#source", "街道党工委会议纪要〔2026〕31号：调整职责清单，把依据写到条")
    page.click("text=看看会改变什么")
    expect(page.locator("#effect")).to_contain_text("90 天")
    good(page)
    page.click("text=回去再改")
    expect(page.locator("#source")).to_have_value(
        "街道党工委会议纪要〔2026〕31号：调整职责清单，把依据写到条"
    )
    page.click("text=从清单里拿掉这一行")
    expect(page.locator("#effect + p + dl")).to_contain_text("没有单位主责")
    good(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_words_for_a_reply_are_read_before_they_go_out(
    window: Open, states: dict[str, Any], width: int
) -> None:
    page = window(width=width, state=states["keeper"]).new_page()
    page.goto("/desk/office/templates")
    page.select_option("#of", "municipal.drain")
    page.click("text=看这一类")
    page.locator("section:has(#done) a.btn").click()
    expect(page.locator("#zh")).to_contain_text("【什么事】")
    good(page)
    page.fill(
        "#zh", "您反映的“【什么事】”办好了：【做了什么】。没好请打 【电话】 找【办事的人】，我们接着办。"
    )
    page.fill("#en", "【the matter】 is done: 【what was done】. If it is not, call 【person】 on 【phone】.")
    page.fill("#source", "街道办定")
    page.click("text=看看会改变什么")
    expect(page.locator("main")).to_contain_text("楼道灯不亮")
    expect(page.locator("#effect + p + dl")).to_contain_text("用得上这些话的")
    good(page)
