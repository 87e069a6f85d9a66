"""The desk as its people use it: a department sends back what is not its duty, a clerk works through a long list."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import walking
from tests.browser.conftest import Open
from tests.browser.looking import good
from tests.browser.test_shortest_paths import Finger, Keys

pytestmark = [pytest.mark.browser, pytest.mark.proof]

DRAIN = "青禾里社区6号楼门前的下水道堵了，污水往外冒"


def _desk(window: Open, state: Any, path: str, width: int = 1440) -> Keys:
    page = window(width=width, state=state).new_page()
    page.goto(path)
    return Keys(page)


def _send(page: Page) -> None:
    """Class and unit by hand, then the keys of the desk."""
    walking.choose(page, "#class_code", "municipal.drain")
    page.check("text=市政")
    walking.press(page, "a", "Enter")


def _state(page: Page) -> Any:
    return page.locator("h1 ~ .state").first


def test_a_department_with_a_wrong_dispatch(window: Open, states: dict[str, Any]) -> None:
    number = walking.say(window(width=375).new_page(), DRAIN, phone="14200007711")
    clerk = _desk(window, states["clerk"], f"/desk/case/{number}")
    _send(clerk.page)
    expect(_state(clerk.page)).to_contain_text("待签收")

    unit = _desk(window, states["handler"], f"/desk/case/{number}?from=view%3Dtodo", width=375)
    unit.page.click("summary:has-text('不该我们办')")
    unit.page.click("#object button.danger")  # without a reason: told, nothing lost
    expect(unit.page.locator(".note.bad")).to_be_visible()
    unit.page.fill("#object-text", "这一段是小区内部管道，产权属于业主，应由物业疏通。")
    unit.page.select_option("#object-unit", index=2)
    good(unit.page)
    with unit.page.expect_navigation():
        unit.page.click("#object button.danger")
    unit.page.goto(f"/desk/case/{number}")
    expect(_state(unit.page)).to_contain_text("异议")
    expect(unit.page.locator("button:has-text('异议成立')")).to_have_count(
        0
    )  # nobody rules on their own objection

    clerk.page.goto("/desk/")
    clerk.page.click(".views a:has-text('异议待裁')")
    clerk.page.locator(f"tr[data-href*='{number}'] a.t").click()
    panel = clerk.page.locator("#objection")
    expect(panel).to_contain_text("产权属于业主")
    expect(panel).to_contain_text("责任清单怎么说")
    expect(panel).to_contain_text("就是现在的承办")
    good(clerk.page)
    clerk.page.click("button:has-text('不成立')")  # a reason is wanted
    expect(clerk.page.locator(".note.bad")).to_be_visible()
    clerk.page.fill("#rule-text", "清单第 7 条：市政排水管网含接户井，请先疏通。")
    clerk.page.click("button:has-text('不成立')")
    expect(_state(clerk.page)).to_contain_text("待联系")
    expect(clerk.page.locator("[rel=next]")).to_be_visible()  # still in the list of objections

    unit.page.goto(f"/desk/case/{number}")
    expect(unit.page.locator("summary:has-text('不该我们办')")).to_have_count(0)
    expect(unit.page.locator(".story")).to_contain_text("清单第 7 条")


def test_a_clerk_goes_through_a_list_without_leaving_the_keys(window: Open, states: dict[str, Any]) -> None:
    resident = window(width=375).new_page()
    said = ("和园小区2号楼门口井盖松了", "青禾里社区7号楼楼道灯不亮", "和园小区西门垃圾桶满了")
    numbers = [walking.say(resident, f"{words}（巡查七〇号单）") for words in said]
    clerk = _desk(window, states["clerk"], "/desk/?view=todo&text=巡查七〇号单")
    expect(clerk.page.locator(".worklist tbody tr")).to_have_count(3)
    clerk.press("Enter")
    clerk.page.wait_for_url("**/desk/case/**")
    first = clerk.page.url
    clerk.press("j")
    clerk.page.wait_for_url(lambda url: url != first)
    clerk.press("k")
    clerk.page.wait_for_url(first)
    assert clerk.count == 3
    # sent by two keys each, and the next of the list opens by itself
    for left in (2, 1, 0):
        if not clerk.page.locator("input[name=unit_id]:checked").count():  # the reader was not sure enough
            walking.choose(clerk.page, "#class_code", "municipal.drain")
            walking.choose(clerk.page, "#place_id", index=1)
            clerk.page.locator("input[name=unit_id]").first.check()
        here = clerk.page.url
        clerk.press("a", "Enter")
        clerk.page.wait_for_url(lambda url, here=here: url != here)
        if left:
            expect(clerk.page.locator("#dispatch")).to_be_visible()
    clerk.page.wait_for_url("**/desk/?view=todo&text=**")
    expect(clerk.page.locator(".empty")).to_be_visible()
    # a number read out wrongly is found all the same
    wrong = numbers[0][:6] + numbers[0][7:]
    clerk.press("/")
    clerk.page.keyboard.type(wrong)
    clerk.press("Enter")
    clerk.page.wait_for_url("**/desk/search**")
    expect(clerk.page.locator(".note.warn")).to_contain_text("没有这个编号")
    clerk.page.keyboard.press("Tab")
    good(clerk.page)
    clerk.page.locator(f"li[data-href*='{numbers[0]}'] a").click()
    expect(clerk.page.locator("h1")).to_contain_text("井盖松了")


def test_hints_stand_beside_a_reply_and_it_is_finished_on_site_in_four_taps(
    window: Open, states: dict[str, Any]
) -> None:
    number = walking.say(window(width=375).new_page(), DRAIN.replace("6", "8"), phone="14200007722")
    clerk = _desk(window, states["clerk"], f"/desk/case/{number}")
    _send(clerk.page)
    unit = _desk(window, states["handler"], f"/desk/case/{number}", width=375)
    unit.page.click("button:has-text('签收')")
    unit.page.fill("#text", "已电话联系，下午到。")
    unit.page.click("text=记为已联系")
    expect(_state(unit.page)).to_contain_text("已联系")
    unit.page.fill("#text", "我们高度重视，尽快处理。")
    expect(unit.page.locator("#hints")).to_contain_text("高度重视")
    good(unit.page)
    unit.page.fill(
        "#text", "11月26日下午管道班疏通了8号楼门前的下水道，路面已冲洗。还有问题请打市政所电话84561234。"
    )
    expect(unit.page.locator("#hints")).to_contain_text("看过了")
    _finish_on_site(unit.page, number)


def _finish_on_site(page: Page, number: str) -> None:
    """From the list on a phone: the item, 拍照, the shutter, sent. Typing is not counted."""
    page.goto("/desk/?view=todo&text=8号楼门前的下水道")
    finger = Finger(page)
    finger.tap(f"tr[data-href*='{number}'] a.t")
    page.wait_for_url("**/desk/case/**")
    finger.shoot(".filepick")
    expect(page.locator("#shots img")).to_have_count(1)
    page.fill(
        "#text", "11月26日下午管道班疏通了8号楼门前的下水道，路面已冲洗。还有问题请打市政所电话84561234。"
    )
    finger.tap("button:has-text('发送答复')")
    page.wait_for_url(lambda url: number not in url)
    assert finger.taps == 4
    page.goto(f"/desk/case/{number}")
    expect(_state(page)).to_contain_text("待回访")
    expect(page.locator(".story .shots img")).to_have_count(1)
