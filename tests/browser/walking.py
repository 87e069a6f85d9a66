"""What somebody does in a browser: come in, say a thing, find a page."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import pyotp
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.site import Person, Site

Mode = Literal["normal", "large", "dark"]
WIDTHS = (320, 375, 1440)
COOKIES = {"normal": "normal.light", "large": "care.light", "dark": "normal.dark"}


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
    dress(opened, site, mode)
    return opened


def dress(opened: BrowserContext, site: Site, mode: Mode) -> None:
    """Large type, dark tone or neither, as the reader's cookie says it."""
    opened.add_cookies([{"name": "liren_face", "value": COOKIES[mode], "url": site.url}])


def sign_in(page: Page, person: Person, *, ahead: int = 0) -> None:
    """Name, password and the authenticator's code, on the sign-in page. Each code works once: `ahead` takes the next."""
    page.goto("/desk/login")
    page.fill("#username", person.username)
    page.fill("#password", person.password)
    totp = pyotp.TOTP(person.secret)
    import time

    page.fill("#code", totp.at(time.time() + 30 * ahead))
    page.click("main button.main")
    page.wait_for_url("**/desk/**")


def say(page: Page, words: str, *, phone: str = "") -> str:
    """Say something from the home page to the acknowledgement; returns the tracking number."""
    page.goto("/")
    page.fill("#words", words)
    page.click(".ask button.main")
    page.wait_for_url("**/say/**")
    if phone:
        page.fill("#phone", phone)
    page.click("#send button.main")
    page.wait_for_url("**/m/**")
    return page.url.split("/m/")[1][:16]


@dataclass(frozen=True, slots=True)
class Stop:
    """A page worth looking at: its name, address, whose face, and who looks."""

    name: str
    path: str
    who: str  # "" a resident, else a username


def stops(number: str, draft: str) -> Iterator[Stop]:
    """Every page of both faces, with a matter and a draft of the looking device."""
    yield Stop("home", "/", "")
    yield Stop("home-about", "/?about=municipal.drain", "")
    yield Stop("check", f"/say/{draft}", "")
    yield Stop("mine", "/mine", "")
    yield Stop("matter", f"/m/{number}", "")
    yield Stop("matter-fresh", f"/m/{number}?fresh=1", "")
    yield Stop("neighbours", "/neighbours", "")
    yield Stop("me", "/me", "")
    yield Stop("lost", "/m/2611220000000000", "")
    yield Stop("login", "/desk/login", "")
    yield Stop("worklist", "/desk/", "clerk")
    yield Stop("worklist-empty", "/desk/?view=returned&class=police", "clerk")
    yield Stop("worklist-all", "/desk/?view=all", "clerk")
    yield Stop("case-new", f"/desk/case/{number}", "clerk")
    yield Stop("desk-new", "/desk/new", "clerk")
    yield Stop("messages", "/desk/messages", "clerk")
    yield Stop("desk-me", "/desk/me", "clerk")
