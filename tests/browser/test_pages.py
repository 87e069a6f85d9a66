"""Every page at every width: nothing axe objects to, no sideways scroll, targets big enough, nothing in the console."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import looking, walking
from tests.browser.conftest import Open
from tests.browser.site import Site
from tests.browser.walking import Mode, Stop

MORE = os.environ.get("LIREN_MODES") == "all"
# The same page with other things on it: looked at where every mode is.
ALIKE = frozenset({
    "home-about", "my-data-print", "worklist-empty", "worklist-all", "worklist-figure", "worklist-objected",
    "worklist-unit", "worklist-calls", "map-unit", "search-part", "search-nothing", "rates-by-person", "case-watched",
    "places-found", "posts-table", "open-by-class", "open-by-unit", "open-few",
    "forum-ended", "proposal-submitted", "proposal-accepted",
})  # fmt: skip
HELD = {state: f"{{held[{state}]}}" for state in walking.PROPOSALS.values()}
STOPS = list(walking.stops("{number}", "{draft}", HELD))
# `make test` looks at each page once as most people have it; what is left, in large type and in the dark, is `make proof`'s
LOOKS: list[tuple[Stop, Mode]] = [
    (stop, mode)
    for stop in STOPS
    for mode in (("normal", "large", "dark") if MORE else ("normal",))
    if mode != "normal" or (stop.name in ALIKE) == MORE
]

# Height and width of everything to be touched; a link inside a sentence is exempt (WCAG 2.5.8), a ticked box counts
# with the label around it, a file input with its button.
TARGETS = """() => {
  const found = [];
  const near = (x) => Math.round(x * 10) / 10;
  const box = (el) => { const r = el.getBoundingClientRect(); return [near(r.width), near(r.height)]; };
  for (const el of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')) {
    if (el.matches('.skip, .hush, .hush *') || !el.checkVisibility()) continue;
    if (el.matches('a') && getComputedStyle(el).display === 'inline') continue;
    if (el.matches('.worklist a.t')) continue; // the whole row is the target
    const label = el.closest('label.tick, label.pick, label.chip, label.filepick');
    const [width, height] = box(label || el);
    found.push([(el.innerText || el.name || el.outerHTML).slice(0, 40), width, height]);
  }
  return found;
}"""


@pytest.fixture(scope="module")
def windows(
    chromium: Browser, site: Site, states: dict[str, Any]
) -> Iterator[dict[tuple[str, int, str], BrowserContext]]:
    """One window for each reader, width and mode, kept open for the whole module."""
    opened: dict[tuple[str, int, str], BrowserContext] = {}
    yield opened
    for one in opened.values():
        one.close()


def least(stop: Stop, width: int, mode: Mode) -> float:
    """The smallest target in CSS pixels: face.md's figures per face, pointer and mode."""
    staff = stop.who != "resident" or stop.name == "login"
    if width < 800:
        return 60 if mode == "large" else 45 if staff else 44
    return 34 if staff else 44


def _watched(page: Page) -> list[str]:
    """What the console and the page complain about."""
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on(
        "console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None
    )
    return said


@pytest.mark.browser
@pytest.mark.modes
class Looked:
    """What is asked of each page at one width; a class for each, so that two workers share them."""

    width: int

    @pytest.mark.parametrize(("stop", "mode"), LOOKS, ids=[f"{stop.name}-{mode}" for stop, mode in LOOKS])
    def test_a_page_is_good_to_everybody(
        self,
        stop: Stop,
        mode: Mode,
        windows: dict[tuple[str, int, str], BrowserContext],
        chromium: Browser,
        site: Site,
        states: dict[str, Any],
    ) -> None:
        key = (stop.who, self.width, mode)
        if key not in windows:
            windows[key] = walking.context(
                chromium, site, width=self.width, mode=mode, state=states[stop.who]
            )
        page = windows[key].new_page()
        said = _watched(page)
        answer = page.goto(
            stop.path.format(number=states["number"], draft=states["draft"], held=states["held"])
        )
        assert answer is not None
        assert answer.status == stop.status
        if stop.status >= 400:
            said[:] = [line for line in said if "Failed to load resource" not in line]

        looking.fits(page)
        smallest = least(stop, self.width, mode)
        small = [
            (name, w, h) for name, w, h in page.evaluate(TARGETS) if h < smallest or w < min(smallest, 34)
        ]
        assert not small, f"smaller than {smallest} px"
        looking.pleases_axe(page)
        assert not said
        page.close()


class TestSmallPhone(Looked):
    width = walking.WIDTHS[0]


class TestPhone(Looked):
    width = walking.WIDTHS[1]


class TestDesk(Looked):
    width = walking.WIDTHS[2]


@pytest.mark.browser
def test_english_pages_are_english_and_fit(window: Open, states: dict[str, Any], site: Site) -> None:
    opened = window(width=320, state=states["resident"])
    opened.add_cookies([{"name": "django_language", "value": "en", "url": site.url}])
    page = opened.new_page()
    for stop in STOPS:
        if stop.who == "resident":
            page.goto(stop.path.format(number=states["number"], draft=states["draft"], held=states["held"]))
            assert page.get_attribute("html", "lang") == "en"
            looking.fits(page)


@pytest.mark.browser
def test_setting_up_the_second_factor_by_hand(window: Open) -> None:
    import pyotp

    from tests.browser.more import NEWCOMER, PASSWORD

    for width in (320, 1440):
        page = window(width=width).new_page()
        page.goto("/desk/login")
        page.fill("#username", NEWCOMER)
        page.fill("#password", PASSWORD)
        if width == 1440:
            page.click("main button.main")
            page.wait_for_url("**/second-factor")
            looking.pleases_axe(page)
            page.fill("#code", "000000")
            page.click("main button.main")
            assert "动态码不对" in page.inner_text("main")
            page.fill("#code", pyotp.TOTP(page.inner_text("#secret")).now())
            page.click("main button.main")
            page.wait_for_selector(".codes")
            assert page.locator(".codes li").count() == 10
            looking.pleases_axe(page)
