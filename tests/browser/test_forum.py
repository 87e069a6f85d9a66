"""议事 in the browser: seconded in two taps, written in three, and a promise made at the desk."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import looking

pytestmark = pytest.mark.browser
Open = Callable[..., BrowserContext]


class Taps:
    """A page and how often it was tapped."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def __call__(self, what: str) -> None:
        self.page.click(what)
        self.count += 1


def test_a_proposal_is_seconded_in_two_taps(window: Open) -> None:
    page = window(width=375).new_page()
    page.goto("/")
    tap = Taps(page)
    tap("nav.tabs a:has-text('议事')")
    row = page.locator("#main li.cell", has=page.locator("button:has-text('附议')")).first
    title = row.locator("a.t").inner_text()
    before = row.locator(".num").inner_text()
    tap("#main li.cell button:has-text('附议')")
    expect(page.locator("#own")).to_be_visible()
    mine = page.locator("section[aria-labelledby=own] li", has_text=title)
    expect(mine).to_be_visible()
    assert mine.locator(".num").inner_text() != before
    assert tap.count == 2


def test_a_proposal_is_written_in_three_taps_and_carried_to_the_desk(
    window: Open, states: dict[str, Any]
) -> None:
    page = window(width=375).new_page()
    page.goto("/")
    tap = Taps(page)
    tap("nav.tabs a:has-text('议事')")
    tap("a:has-text('提一个')")
    page.fill("#title", "给青禾里北院 2 号楼门口装一条坡道")
    page.fill("#words", "门口有四级台阶，推婴儿车和坐轮椅的都上不来，希望修一条坡道，两边装扶手。")
    page.fill("#place_text", "青禾里北院")
    tap("button.main:has-text('提交')")
    expect(page.locator(".note.good")).to_contain_text("提出来了")
    assert tap.count == 3
    looking.good(page)
    number = page.url.split("/forum/")[1].split("?")[0]
    desk = window(width=1440, state=states["talker"]).new_page()
    desk.goto(f"/desk/forum/{number}")
    desk.click("summary:has-text('登记纸面签名')")
    desk.fill("#count", "12")
    desk.fill("#sheet", "北院议字 9 号")
    desk.click("button:has-text('登记')")
    for name in ("public", "lawful", "within", "feasible"):
        desk.check(f"input[name={name}][value='1']")
    desk.click("button:has-text('立案')")
    desk.fill("#answer", "社区和物业一起修，坡度 1:12。")
    desk.fill("input[name=step_title] >> nth=0", "修坡道、装扶手")
    desk.fill("input[name=step_due] >> nth=0", "2035-06-01")
    desk.fill("input[name=step_money] >> nth=0", "12600")
    desk.click("button:has-text('公开承诺')")
    expect(desk.locator(".checks")).to_contain_text("修坡道、装扶手")
    looking.good(desk)
    page.reload()
    expect(page.locator(".checks")).to_contain_text("12600 元")
    expect(page.locator(".climb .here")).to_contain_text("院落")
