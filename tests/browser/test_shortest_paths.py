"""The shortest paths of the design language, walked and counted. Typing is not counted; taps and keys are."""

import base64
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import walking
from tests.browser.conftest import Open
from tests.browser.site import Site

pytestmark = pytest.mark.browser

# A small red square: what the camera gives back.
PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAEAAAABAAQMAAACQp+OdAAAAA1BMVEX/AAAZ4gk3AAAAEElEQVQoz2NgGAWjYBQMJAAAAkAAAf5yX0kAAAAA"
    "SUVORK5CYII="
)


class Finger:
    """Taps, and counts them."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps = page, 0

    def tap(self, selector: str) -> None:
        """One tap."""
        self.page.locator(selector).first.tap()
        self.taps += 1

    def shoot(self, selector: str) -> None:
        """拍照 and the shutter: two taps, and the photo is in the form."""
        with self.page.expect_file_chooser() as chooser:
            self.tap(selector)
        chooser.value.set_files({"name": "shot.png", "mimeType": "image/png", "buffer": PHOTO})
        self.taps += 1


def _home(window: Open, **more: Any) -> Finger:
    page = window(width=375, **more).new_page()
    page.goto("/")
    return Finger(page)


def test_report_by_photo_takes_three_taps(window: Open) -> None:
    finger = _home(window)
    finger.shoot("text=拍照")
    finger.page.wait_for_url("**/say/**")
    assert finger.page.locator(".shots img").count() == 1
    finger.tap("#send button.main")
    finger.page.wait_for_url("**/m/**")
    assert finger.taps == 3


def test_the_phone_number_is_one_tap_on_every_page(window: Open) -> None:
    finger = _home(window)
    for path in ("/", "/mine", "/neighbours", "/me"):
        finger.page.goto(path)
        assert finger.page.locator("header a[href='tel:12345']").is_visible()


def test_where_is_my_matter_is_on_the_home_card(window: Open, states: dict[str, Any]) -> None:
    finger = _home(window, state=states["resident"])
    row = finger.page.locator("section:has(#mine) li").first
    assert row.locator(".state").is_visible()
    finger.tap("section:has(#mine) li a")
    expect(finger.page.locator(".note").first).to_contain_text("下一步")
    assert finger.taps == 1


def test_chasing_takes_two_taps(window: Open, states: dict[str, Any]) -> None:
    finger = _home(window, state=states["resident"])
    finger.tap("section:has(#mine) li a")
    finger.tap("text=催一催")
    expect(finger.page.locator(".story")).to_contain_text("您催了一次")
    assert finger.taps == 2


def test_adding_my_voice_takes_two_taps(window: Open) -> None:
    finger = _home(window)
    finger.tap(".tabs >> text=邻里")
    finger.tap("main form button")
    finger.page.wait_for_url("**/m/**")
    expect(finger.page.locator("main")).to_contain_text("收到了")
    expect(finger.page.locator(".code")).to_be_visible()
    assert finger.taps == 2


def test_larger_type_takes_one_tap_on_every_page(window: Open) -> None:
    for path in ("/", "/mine", "/neighbours", "/me"):
        finger = _home(window)
        finger.page.goto(path)
        before = finger.page.evaluate(
            "parseFloat(getComputedStyle(document.querySelector('main p, main')).fontSize)"
        )
        finger.tap("header button[name=mode]")
        expect(finger.page.locator("html[data-mode=care]")).to_be_attached()
        after = finger.page.evaluate("parseFloat(getComputedStyle(document.querySelector('main')).fontSize)")
        assert after >= 23 > before or after > before
        assert finger.page.url.endswith(path)
        assert finger.taps == 1


# ---- staff: keys ----


class Keys:
    """Presses keys, and counts them."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, *keys: str) -> None:
        """One after the other."""
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1


def _desk(window: Open, state: Any, path: str = "/desk/") -> Keys:
    page = window(width=1440, state=state).new_page()
    walking.goto_when_there(page, path)
    return Keys(page)


CLEAR = "/desk/?view=todo&text=灯杆的路灯坏了不亮"


def test_the_most_urgent_opens_with_one_key(window: Open, states: dict[str, Any]) -> None:
    keys = _desk(window, states["clerk"])
    first = keys.page.locator(".worklist tbody a.t").first.inner_text()
    keys.press("Enter")
    keys.page.wait_for_url("**/desk/case/**")
    expect(keys.page.locator("h1")).to_have_text(first)
    assert keys.count == 1


def test_one_is_assigned_as_suggested_with_two_keys(window: Open, states: dict[str, Any]) -> None:
    keys = _desk(window, states["clerk"], CLEAR)
    keys.press("a")  # shows where it goes
    expect(keys.page.locator("main button.main")).to_be_focused()
    keys.press("Enter")
    expect(keys.page.locator(".note[role=status]")).to_contain_text("已派出 1 件")
    assert keys.count == 2


def test_twenty_are_assigned_at_once_with_twenty_two_keys(window: Open, states: dict[str, Any]) -> None:
    keys = _desk(window, states["clerk"], CLEAR)
    assert keys.page.locator("input[name=pick]").count() >= 20
    keys.press(*["x"] * 20, "a")
    expect(keys.page.locator("h1")).to_contain_text("20 件这样派出")
    keys.press("Enter")
    expect(keys.page.locator(".note[role=status]")).to_contain_text("已派出 20 件", timeout=30_000)
    assert keys.count == 22


def test_a_range_is_assigned_with_four_keys(window: Open, states: dict[str, Any]) -> None:
    keys = _desk(window, states["clerk"], CLEAR)
    boxes = keys.page.locator("input[name=pick]")
    assert boxes.count() >= 2
    keys.press("x", "X", "a")
    expect(keys.page.locator("h1")).to_contain_text("件这样派出")
    assert keys.page.locator("main tbody tr").count() >= 2
    keys.press("Enter")
    expect(keys.page.locator(".note[role=status]")).to_contain_text("已派出", timeout=30_000)
    expect(keys.page.locator("details.card .state.done").first).to_be_attached()
    assert keys.count == 4


def test_a_range_is_picked_by_shift_and_click(window: Open, states: dict[str, Any]) -> None:
    keys = _desk(window, states["clerk"], "/desk/?view=open")
    boxes = keys.page.locator("input[name=pick]")
    last = boxes.count() - 1
    assert last >= 1
    boxes.nth(0).click()
    boxes.nth(last).click(modifiers=["Shift"])
    assert keys.page.locator("input[name=pick]:checked").count() == last + 1


def test_replying_with_a_template_takes_three(window: Open, states: dict[str, Any]) -> None:
    keys = _desk(window, states["handler"], "/desk/?view=todo")
    mine = keys.page.locator(".worklist tbody tr:has-text('路灯') a.t").first
    mine.click()
    keys.page.wait_for_url("**/desk/case/**")
    for step in ("签收", "记为已联系"):
        button = keys.page.locator(f"button:has-text('{step}')")
        if button.count():
            if step == "记为已联系":
                keys.page.fill("#text", "已电话联系。")
            with keys.page.expect_navigation():
                button.first.click()
    keys.press("r")
    expect(keys.page.locator("#text")).to_be_focused()
    chosen = keys.page.locator(".chip[value*=done]").first
    chosen.click()
    expect(keys.page.locator("#text")).not_to_have_value("")
    replied = keys.page.url.split("?")[0].removesuffix("/reply")
    keys.page.click("text=发送答复")
    # the next of the list opens, or the list where none is left
    keys.page.wait_for_url(lambda url: url.split("?")[0].removesuffix("/reply") != replied)
    keys.page.goto(replied)
    expect(keys.page.locator("h1 ~ .state").first).to_contain_text("待回访")
    assert keys.count + 2 == 3


def test_logging_a_caller_is_n_words_enter(window: Open, states: dict[str, Any]) -> None:
    keys = _desk(window, states["clerk"])
    keys.press("n")
    keys.page.wait_for_url("**/desk/new")
    expect(keys.page.locator("#words")).to_be_focused()
    keys.page.keyboard.type("来电人说和园小区西门的井盖松了，车一过就响")
    keys.page.fill("#phone", "14200001111")
    keys.press("Enter")
    keys.page.wait_for_url("**/desk/case/**")
    expect(keys.page.locator(".said")).to_contain_text("井盖松了")
    assert keys.count == 2


def test_rating_and_reopening_take_one_tap_from_home(
    window: Open, states: dict[str, Any], site: Site
) -> None:
    resident = window(width=375)
    page = resident.new_page()
    number = walking.say(page, "青禾里社区第99根灯杆的路灯坏了不亮，请修一修", phone="14200002222")
    clerk = _desk(window, states["clerk"], f"/desk/case/{number}")
    clerk.press("a", "Enter")
    unit = _desk(window, states["handler"], f"/desk/case/{number}")
    unit.press("a", "Enter")
    for said in ("没修好，先换了灯泡。", "换了灯头，亮了。"):
        expect(unit.page.locator("#text")).to_be_visible()
        unit.page.fill("#text", "已联系。")
        unit.page.click("text=记为已联系")
        expect(unit.page.locator("h1 ~ .state").first).to_contain_text("已联系")
        unit.page.fill("#text", said)
        unit.page.click("text=发送答复")
        expect(unit.page.locator("h1 ~ .state").first).to_contain_text("待回访")
        finger = Finger(page)
        page.goto("/")
        finger.tap(".rated button[value=not_solved]" if said.startswith("没") else ".rated button[value='4']")
        expected = "重新办理" if said.startswith("没") else "已解决"
        expect(page.locator("main .state").first).to_contain_text(expected)
        assert finger.taps == 1
        unit.page.reload()
