"""Watching over the work in a real browser: late, supervised, answered; and the call-back desk by keys alone."""

import re
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import walking
from tests.browser.conftest import Open
from tests.browser.looking import good
from tests.browser.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.proof]


def _late(site: Site, number: str) -> None:
    """Two days pass for this one case: nobody can wait for them here."""
    then = (datetime.now(UTC) - timedelta(days=2)).strftime("%Y-%m-%d %H:%M:%S")
    with sqlite3.connect(Path(site.home) / "liren.sqlite3", timeout=20) as held:
        changed = held.execute("UPDATE cases_case SET next_due = ? WHERE number = ?", (then, number))
        assert changed.rowcount == 1


def _dispatched(window: Open, states: dict[str, Any]) -> str:
    phone = window(width=375).new_page()
    number = walking.say(phone, "青禾里社区5号楼门前的下水道堵了，污水往外冒", phone="14200005511")
    desk = window(width=1440, state=states["clerk"]).new_page()
    desk.goto(f"/desk/case/{number}")
    walking.choose(desk, "#class_code", "municipal.drain")
    desk.check("text=市政")
    with desk.expect_navigation():
        desk.click("[data-key=a]")
    unit = window(width=1440, state=states["handler"]).new_page()
    unit.goto(f"/desk/case/{number}")
    walking.press(unit, "a", "Enter")
    expect(unit.locator("h1 ~ .state").first).to_contain_text("待联系")
    return number


def test_a_supervisor_sees_what_is_late_supervises_it_and_the_unit_answers(
    window: Open, states: dict[str, Any], site: Site
) -> None:
    number = _dispatched(window, states)
    _late(site, number)
    boss = window(width=1440, state=states["supervisor"]).new_page()
    boss.goto("/desk/watch")
    good(boss)
    row = boss.locator("section:has(#units) tr", has_text="市政所")
    row.locator("a.hot").click()
    boss.locator(f"tr[data-href*='{number}'] a.t").click()
    boss.click("summary:has-text('督办这件事')")
    boss.check("label:has-text('挂牌') input")
    boss.fill("#supervise-text", "污水两天没退，请今天到场，写明几点办完。")
    boss.click("#supervise button.main")
    expect(boss.locator("#rung")).to_have_text("挂牌督办")
    good(boss)

    unit = window(width=375, state=states["handler"]).new_page()
    unit.goto("/desk/?view=supervised")
    expect(unit.locator(f"tr[data-href*='{number}']")).to_contain_text("挂牌督办")
    unit.goto(f"/desk/case/{number}")
    expect(unit.locator("main")).to_contain_text("请今天到场")
    unit.fill("#rung-answer", "下午三点高压车到，五点前办完。")
    unit.locator("form:has(#rung-answer) button").click()
    expect(unit.locator("section:has(#rung)")).to_contain_text("五点前办完")
    good(unit)
    boss.reload()
    expect(boss.locator("section:has(#rung)")).to_contain_text("五点前办完")
    expect(boss.locator("section:has(#rung)")).not_to_contain_text("等单位回复")


def _who(page: Page) -> str:
    found = re.search(r"/calls/(\d+)", page.locator("#call").get_attribute("action") or "")
    assert found is not None
    return found.group(1)


def test_the_call_back_desk_goes_by_keys_alone(window: Open, states: dict[str, Any]) -> None:
    desk = window(width=1440, state=states["caller"]).new_page()
    desk.goto("/desk/calls")
    first = _who(desk)
    desk.keyboard.press("p")
    expect(desk.locator("#call h2 a[href^='tel:']")).to_be_visible()
    assert _who(desk) == first
    good(desk)
    for key in ("l", "s", "5", "a", "Enter"):
        desk.keyboard.press(key)
    expect(desk.locator(".note.good")).to_contain_text("记下了")
    second = _who(desk)
    assert second != first
    for key in ("0", "Enter"):
        desk.keyboard.press(key)
    desk.wait_for_url("**/desk/calls?done=1*")
    expect(desk.locator("#call")).not_to_have_attribute("action", f"/desk/calls/{second}")
    # nothing chosen: refused in words, and what was typed is still there
    third = _who(desk)
    desk.keyboard.press("r")
    desk.keyboard.type("她说再想想")
    desk.keyboard.press("Tab")
    walking.press(desk, "a", "Enter")
    expect(desk.locator(".note.bad")).to_be_visible()
    expect(desk.locator("#heard")).to_have_value("她说再想想")
    assert _who(desk) == third
