"""What somebody does in a browser: come in, say a thing, find a page."""

import fcntl
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pyotp
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.site import Site

Mode = Literal["normal", "large", "dark"]
WIDTHS = (320, 375, 1440)
COOKIES = {"normal": "normal.light", "large": "care.light", "dark": "normal.dark"}

LONG = (
    "和园小区3号楼门口的下水道又堵了，污水漫到楼道口，老人出门都要绕着走，"
    "去年冬天也堵过两回，希望这次彻底疏通"
)
OTHER = "青禾里社区门口的路灯不亮已经一个多星期，晚上老人下楼害怕"


def context(
    browser: Browser, site: Site, *, width: int = 375, mode: Mode = "normal", state: Any = None, **more: Any
) -> BrowserContext:
    """A window of its own: narrow ones are phones with a thumb."""
    narrow = width < 800
    opened = browser.new_context(
        base_url=site.url,
        viewport={"width": width, "height": 720 if width == 320 else 800 if narrow else 900},
        has_touch=narrow,
        is_mobile=narrow,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        storage_state=state,
        **more,
    )
    opened.set_default_timeout(15_000)
    opened.add_cookies([{"name": "liren_face", "value": COOKIES[mode], "url": site.url}])
    return opened


def sign_in(page: Page, site: Site, username: str) -> None:
    """Name, password and the authenticator's code, as staff do it; one at a time in all workers of a run.

    A code works once and voids the older ones, so the last one used is kept beside the site (loading the street used
    one too): half a minute ahead is as good as now, after that one waits.
    """
    person, loaded = site.people[username], Path(site.home) / "street-accounts.txt"
    page.goto("/desk/login")
    page.fill("#username", person.username)
    page.fill("#password", person.password)
    with (Path(site.home) / "codes-used.json").open("a+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.seek(0)
        used: dict[str, int] = json.loads(held.read() or "{}")
        last = used.get(username, int(loaded.stat().st_mtime) // 30)
        step = max(int(time.time()) // 30, last + 1)
        while step > int(time.time()) // 30 + 1:
            time.sleep(0.5)
        page.fill("#code", pyotp.TOTP(person.secret).at(step * 30))
        page.click("main button.main")
        page.wait_for_url(lambda url: "/login" not in url)
        held.truncate(0)
        held.write(json.dumps(used | {username: step}))


def say(page: Page, words: str, *, phone: str = "") -> str:
    """Say something from the home page to the acknowledgement; the tracking number."""
    page.goto("/")
    page.fill("#words", words)
    page.click(".ask button.main")
    page.wait_for_url("**/say/**")
    if phone:
        page.fill("#phone", phone)
    page.click("#send button.main")
    page.wait_for_url("**/m/**")
    return page.url.split("/m/")[1][:16]


def choose(page: Page, field: str, value: str | None = None, index: int | None = None) -> None:
    """Choose in a field that asks the page again, and wait for the page that comes of it."""
    with page.expect_navigation():
        page.select_option(field, value=value, index=index)


def follow(page: Page, what: str) -> None:
    """Click the first thing that leads on, and wait for the page it leads to."""
    with page.expect_navigation():
        page.locator(what).first.click()


def press(page: Page, *keys: str) -> None:
    """Press keys of which the last one sends, and wait for the page that comes of it."""
    for key in keys[:-1]:
        page.keyboard.press(key)
    with page.expect_navigation():
        page.keyboard.press(keys[-1])


def goto_when_there(page: Page, path: str, *, tries: int = 20) -> None:
    """Open a page that somebody else's last press makes: on a busy machine it may take a moment."""
    for _ in range(tries):
        answer = page.goto(path)
        if answer is not None and answer.status == 200:
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"{path} is not there")


@dataclass(frozen=True, slots=True)
class Stop:
    """A page worth looking at: its name, its address, who looks ("resident" or a role of the staff)."""

    name: str
    path: str
    who: str
    status: int = 200


# what a proposal's mark says -> the name it has in the stops
PROPOSALS = {
    "征集附议": "gathering",
    "等待分拣": "submitted",
    "研究中": "accepted",
    "正在办": "promised",
    "做到了": "kept",
}


def proposals(page: Page) -> dict[str, str]:
    """The number of a proposal in each state the street has one in, as the list shows them."""
    page.goto("/forum")
    found: dict[str, str] = {}
    for row in page.locator("main li.cell").all():
        state = PROPOSALS.get(row.locator(".state").inner_text().strip())
        if state:
            found.setdefault(state, str(row.locator("a.t").get_attribute("href")).rpartition("/")[2])
    return found


def stops(number: str, draft: str, held: Mapping[str, str]) -> Iterator[Stop]:
    """Every page of both faces, with a matter and a draft of the resident who looks."""
    yield Stop("home", "/", "resident")
    yield Stop("home-about", "/?about=municipal.drain", "resident")
    yield Stop("check", f"/say/{draft}", "resident")
    yield Stop("mine", "/mine", "resident")
    yield Stop("matter", f"/m/{number}?fresh=1", "resident")
    yield Stop("neighbours", "/neighbours", "resident")
    yield Stop("forum", "/forum", "resident")
    yield Stop("forum-ended", "/forum?state=ended&level=community", "resident")
    yield Stop("forum-figures", "/forum/figures", "resident")
    yield Stop("propose", "/forum/new", "resident")
    for state in PROPOSALS.values():
        yield Stop(f"proposal-{state}", f"/forum/{held[state]}", "resident")
    yield Stop("forum-desk", "/desk/forum", "talker")
    for state in ("submitted", "accepted", "promised"):
        yield Stop(f"forum-desk-{state}", f"/desk/forum/{held[state]}", "talker")
    yield Stop("me", "/me", "resident")
    yield Stop("my-data", "/me/data", "resident")
    yield Stop("my-data-print", "/me/data/print", "resident")
    yield Stop("lost", "/m/2611220000000000", "resident", 404)
    yield Stop("login", "/desk/login", "resident")
    yield Stop("open", "/open/", "resident")
    yield Stop("open-by-class", "/open/?by=class", "resident")
    yield Stop("open-by-unit", "/open/?by=unit", "resident")
    yield Stop("open-cases", "/open/cases", "resident")
    yield Stop("open-few", "/open/cases?group=care", "resident")
    yield Stop("open-map", "/open/map", "resident")
    yield Stop("worklist", "/desk/", "clerk")
    yield Stop("worklist-empty", "/desk/?view=returned&class=police", "clerk")
    yield Stop("worklist-all", "/desk/?view=all", "clerk")
    yield Stop("map", "/desk/map", "clerk")
    yield Stop("map-unit", "/desk/map?view=todo&days=90", "handler")
    yield Stop("views", "/desk/views?query=view%3Dopen%26channel%3Dsnap", "clerk")
    yield Stop("case", f"/desk/case/{number}", "clerk")
    yield Stop("exits", "/desk/exits", "clerk")
    yield Stop("parts", "/desk/parts", "handler")
    yield Stop("search", "/desk/search?text=下水道", "clerk")
    yield Stop("search-part", f"/desk/search?text={number}7", "clerk")
    yield Stop("search-nothing", "/desk/search?text=麒麟", "clerk")
    yield Stop("worklist-objected", "/desk/?view=objected", "clerk")
    yield Stop("new", "/desk/new", "clerk")
    yield Stop("messages", "/desk/messages", "clerk")
    yield Stop("rates", "/desk/rates", "clerk")
    yield Stop("rates-by-person", "/desk/rates?cut=community&by=voice", "clerk")
    yield Stop("worklist-figure", "/desk/?view=all&figure=demands&since=1&until=4000000000", "clerk")
    yield Stop("sheet-case", f"/desk/case/{number}/sheet", "clerk")
    yield Stop("sheet-list", "/desk/sheet?view=late", "clerk")
    yield Stop("desk-me", "/desk/me", "clerk")
    yield Stop("worklist-unit", "/desk/", "handler")
    yield Stop("worklist-calls", "/desk/", "caller")
    yield Stop("watch", "/desk/watch", "supervisor")
    yield Stop("lead", "/lead/", "leader")
    yield Stop("case-watched", f"/desk/case/{number}", "supervisor")
    yield Stop("whistle", f"/desk/case/{number}/whistle", "clerk")
    yield Stop("calls", "/desk/calls", "caller")
    yield Stop("gone", "/desk/gone?why=seal", "clerk")
    yield Stop("reports", "/desk/reports", "clerk")
    yield Stop("reports-keeper", "/desk/reports", "keeper")
    yield Stop("reports-fill", "/desk/reports/fill", "clerk")
    yield Stop("reports-twice", "/desk/reports/twice", "keeper")
    yield Stop("report-new", "/desk/reports/new", "keeper")
    yield Stop("office", "/desk/office", "keeper")
    yield Stop("limits", "/desk/office/limits", "keeper")
    yield Stop("limit", "/desk/office/limits/municipal.drain", "keeper")
    yield Stop("limit-step", "/desk/office/limits/step/rule.call_back", "keeper")
    yield Stop("limits-table", "/desk/office/tables/limits", "keeper")
    yield Stop("calendar-new", "/desk/office/calendars/hours/new", "keeper")
    yield Stop("running", "/desk/office/running", "keeper")
    yield Stop("audit", "/desk/office/audit", "auditor")
    yield Stop("audit-accounts", "/desk/office/audit/accounts", "auditor")
    yield Stop("webhooks", "/desk/office/webhooks", "keeper")
    yield Stop("imports", "/desk/office/imports", "keeper")
    yield Stop("tokens", "/desk/office/tokens", "guard")
    yield Stop("duties", "/desk/office/duties", "keeper")
    yield Stop("duty-new", "/desk/office/duties/new", "keeper")
    yield Stop("duty-table", "/desk/office/duties/table", "keeper")
    yield Stop("wording", "/desk/office/templates?of=municipal.drain", "keeper")
    yield Stop("wording-one", "/desk/office/templates/municipal.drain.done", "keeper")
    yield Stop("calendars", "/desk/office/calendars", "keeper")
    yield Stop("calendar-week", "/desk/office/calendars/hours/office", "keeper")
    yield Stop("calendar-year", f"/desk/office/calendars/holidays/{time.localtime().tm_year}", "keeper")
    yield Stop("calendar-days", "/desk/office/calendars/days/new", "keeper")
    yield Stop("places", "/desk/office/places", "keeper")
    yield Stop("places-found", "/desk/office/places?find=里", "keeper")
    yield Stop("places-table", "/desk/office/tables/places", "keeper")
    yield Stop("units", "/desk/office/units", "keeper")
    yield Stop("unit-new", "/desk/office/units/new", "keeper")
    yield Stop("posts", "/desk/office/posts", "guard")
    yield Stop("posts-table", "/desk/office/tables/posts", "keeper")
