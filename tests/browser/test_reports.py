"""报表 in a real browser: a form is written down, what is lacking is entered once, it is handed in."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.looking import good

pytestmark = [pytest.mark.browser, pytest.mark.proof]

WIDTHS = (320, 375, 1440)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_form_is_written_down_filled_and_handed_in(
    window: Open, states: dict[str, Any], width: int
) -> None:
    title = f"社区文化活动和公共空间开放情况统计月报（{width}）"
    keeper = window(width=width, state=states["keeper"]).new_page()
    keeper.goto("/desk/reports/new")
    keeper.fill("#title", title)
    keeper.fill("#asked_by", "望澜区文化和旅游局公共服务科")
    keeper.select_option("#rows", "community")
    keeper.fill("#columns", f"网格数\n公共空间开放天数{width}\n受理诉求数")
    keeper.click("button:has-text('登记')")
    expect(keeper.locator("#problem")).to_contain_text("依据哪份文件")
    expect(keeper.locator("#columns")).to_have_value(f"网格数\n公共空间开放天数{width}\n受理诉求数")
    good(keeper)
    keeper.fill("#basis", "望文旅〔2026〕19号 关于报送基层公共文化空间开放情况的通知")
    keeper.click("button:has-text('登记')")
    expect(keeper.locator("section:has(#fills)")).to_contain_text("自动填：网格数")
    keeper.locator("summary:has-text('公共空间')").click()
    good(keeper)

    clerk = window(width=width, state=states["clerk"]).new_page()
    clerk.goto("/desk/reports")
    clerk.click(f"a:has-text('{title}')")
    expect(clerk.locator("main")).to_contain_text("缺 8 格")
    good(clerk)
    clerk.click("text=去填缺的 8 格")
    things = clerk.locator(f"fieldset:has-text('公共空间开放天数{width}') input:not([type=hidden])")
    assert things.count() == 8
    for at in range(8):
        things.nth(at).fill("二十天" if at == 3 else "20")
    clerk.click("button:has-text('记下')")
    expect(clerk.locator(".note.bad")).to_contain_text("有 1 格没有记下")
    expect(clerk.locator("input[aria-invalid]")).to_have_value("二十天")
    good(clerk)
    clerk.fill("input[aria-invalid]", "20")
    clerk.click("button:has-text('记下')")
    expect(clerk.locator(".note.good")).to_contain_text("记下了 1 项")
    clerk.goto("/desk/reports")
    clerk.click(f"a:has-text('{title}')")
    clerk.click("text=报出，存一份底")
    expect(clerk.locator("main")).to_contain_text("已报出")
    good(clerk)
    clerk.locator("td a.figure").first.click()
    clerk.wait_for_url("**/desk/?*")
