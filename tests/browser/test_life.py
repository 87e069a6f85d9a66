"""The demand's life, walked in a real browser with both faces: from a resident's word to her "solved"."""

import time

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import walking
from tests.browser.conftest import STAFF, Open
from tests.browser.site import Site

pytestmark = pytest.mark.browser

WORDS = "青禾里社区2号楼门口的下水道堵了，污水漫到台阶上，请尽快来疏通"


def _open(context: BrowserContext, number: str) -> Page:
    page = context.new_page()
    page.goto(f"/desk/case/{number}")
    return page


def _reply(page: Page, words: str) -> None:
    page.fill("#text", words)
    page.click("text=发送答复")
    expect(page.locator("h1 ~ .state").first).to_contain_text("待回访")


def test_a_demand_goes_from_a_residents_word_to_her_solved(window: Open, site: Site) -> None:
    resident = window(width=375)
    phone = resident.new_page()
    number = walking.say(phone, WORDS, phone="142 0000 0077")
    expect(phone.locator("main")).to_contain_text("收到了")
    expect(phone.locator("main")).to_contain_text("派出去")

    # the clerk signs in with password and authenticator, and sends it to the unit whose duty it is
    clerk = window(width=1440)
    desk = clerk.new_page()
    walking.sign_in(desk, site, STAFF["clerk"])
    desk.goto(f"/desk/case/{number}")
    expect(desk.locator(".said")).to_contain_text("污水漫到台阶上")
    walking.choose(desk, "#class_code", "municipal.drain")
    desk.check("text=市政")
    with desk.expect_navigation():
        desk.click("[data-key=a]")
    desk.goto(f"/desk/case/{number}")
    expect(desk.locator("h1 ~ .state").first).to_contain_text("待签收")

    # the unit signs, contacts, begins, answers
    handler = window(width=1440)
    unit = handler.new_page()
    walking.sign_in(unit, site, STAFF["handler"])
    unit.goto(f"/desk/case/{number}")
    walking.press(unit, "a", "Enter")
    expect(unit.locator("h1 ~ .state").first).to_contain_text("待联系")
    unit.click("text=查看联系方式")
    expect(unit.locator(".facts")).to_contain_text("14200000077")
    unit.fill("#text", "已电话联系，约下午三点到现场。")
    unit.click("text=记为已联系")
    expect(unit.locator("h1 ~ .state").first).to_contain_text("已联系")
    unit.click("text=开始办理")
    expect(unit.locator("h1 ~ .state").first).to_contain_text("办理中")
    _reply(unit, "下午已疏通主管，试水正常。再堵请打 000-5550123 找邵班长。")

    # somebody else calls back and hears nobody
    caller = window(width=1440)
    calls = caller.new_page()
    walking.sign_in(calls, site, STAFF["caller"])
    calls.goto(f"/desk/case/{number}")
    calls.click("button[value=no_answer]")
    expect(calls.locator(".story")).to_contain_text("回访未接通")

    # she says it is not solved, in one tap from her home page
    phone.goto("/")
    expect(phone.locator(".rated")).to_contain_text("已答复")
    phone.tap(".rated button[value=not_solved]")
    expect(phone.locator("main .state").first).to_contain_text("重新办理")
    expect(phone.locator("main")).not_to_contain_text("邵亮")

    # reopened: contacted and answered again
    again = _open(handler, number)
    expect(again.locator("h1 ~ .state").first).to_contain_text("重办")
    again.fill("#text", "已再次联系，马上带高压车来。")
    again.click("text=记为已联系")
    _reply(again, "用高压车冲洗了整段主管，清出一袋油垢，并约定每季度清掏一次。")

    # and she says: solved
    phone.goto(f"/m/{number}")
    phone.tap("summary:has-text('还想说什么')")
    phone.fill("#text", "这次通了，谢谢。")
    phone.tap("button:has-text('满意') >> nth=0")
    expect(phone.locator("main .state").first).to_contain_text("已解决")
    expect(phone.locator("main")).to_contain_text("您说：解决了")
    page = _open(clerk, number)
    expect(page.locator("h1 ~ .state").first).to_contain_text("已解决")


def test_the_texts_of_the_life_are_sent_and_name_nobody(site: Site) -> None:
    from pathlib import Path

    outbox = Path(site.home) / "outbox" / "sms"
    until = time.monotonic() + 20
    while time.monotonic() < until and not (outbox.exists() and any(outbox.iterdir())):
        time.sleep(0.5)
    texts = [file.read_text(encoding="utf-8") for file in outbox.glob("*.txt")]
    assert all("下水道" not in text and "邵亮" not in text for text in texts)
