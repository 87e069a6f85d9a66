"""JavaScript off: everything still works, a little slower. And how much a home page weighs."""

import gzip
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.browser import walking
from tests.browser.conftest import Open
from tests.browser.site import Site
from tests.browser.test_shortest_paths import PHOTO

pytestmark = pytest.mark.browser


def test_a_whole_report_without_javascript(window: Open) -> None:
    page = window(width=320, java_script_enabled=False).new_page()
    page.goto("/")
    page.tap(".chip >> nth=0")
    expect(page.locator(".ask .about")).to_be_visible()
    page.fill("#words", "青禾里社区2号楼门口的下水道堵了，有异味")
    page.set_input_files(
        ".ask input[type=file] >> nth=1", {"name": "a.png", "mimeType": "image/png", "buffer": PHOTO}
    )
    page.tap(".ask button.main")
    page.wait_for_url("**/say/**")
    assert page.locator(".shots img").count() == 1
    page.fill("#phone", "不是号码")
    page.tap("#send button.main")
    expect(page.locator("#problems")).to_contain_text("手机号码看起来不对")
    expect(page.locator("#words")).to_have_value("青禾里社区2号楼门口的下水道堵了，有异味")
    assert page.locator(".shots img").count() == 1
    page.fill("#phone", "142 0000 3333")
    page.tap("#send button.main")
    page.wait_for_url("**/m/**")
    expect(page.locator("main")).to_contain_text("收到了")
    page.tap("summary >> text=补充情况")
    page.fill("#more", "今天味道更大了。")
    page.tap("details button.main")
    expect(page.locator(".story")).to_contain_text("今天味道更大了")
    page.tap("header button[name=mode]")
    expect(page.locator("html[data-mode=care]")).to_be_attached()


def test_staff_dispatch_without_javascript(window: Open, site: Site, states: dict[str, str]) -> None:
    number = walking.say(
        window(width=375).new_page(), "青禾里社区第77根灯杆的路灯坏了不亮", phone="14200004444"
    )
    page = window(width=1440, java_script_enabled=False, state=states["clerk"]).new_page()
    page.goto(f"/desk/case/{number}")
    page.select_option("#class_code", "sanitation.litter")
    page.click("button[name=again]")
    expect(page.get_by_role("group", name="承办单位")).to_contain_text("环卫")
    page.select_option("#class_code", "municipal.street_light")
    page.click("button[name=again]")
    page.check("label.pick >> nth=0")
    with page.expect_navigation():
        page.click("[data-key=a]")
    page.goto(f"/desk/case/{number}")
    expect(page.locator("h1 ~ .state").first).to_contain_text("待签收")


LIMIT = 60 * 1024


def test_the_home_page_weighs_at_most_sixty_kilobytes(window: Open, site: Site) -> None:
    page = window(width=375).new_page()
    asked: list[str] = []
    page.on("response", lambda response: asked.append(response.url))
    page.goto("/")
    page.wait_for_load_state("networkidle")
    total = 0
    for url in asked:
        request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
        with urllib.request.urlopen(request) as answer:
            body = answer.read()
            packed = answer.headers.get("Content-Encoding") == "gzip"
        total += len(body)
        if not packed and len(body) > 1024 and not url.endswith("/"):
            assert len(gzip.compress(body)) > 0.9 * len(body), f"{url} is sent unpacked"
    print(f"home: {total} bytes in {len(asked)} requests")
    assert total <= LIMIT
