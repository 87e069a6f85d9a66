"""What is asked of every page a test comes to: nothing scrolls sideways, and axe has nothing to say."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


def fits(page: Page) -> None:
    """Nothing has to be scrolled sideways."""
    wide, seen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= seen, f"scrolls sideways: {wide} > {seen}"


def pleases_axe(page: Page) -> None:
    """Axe objects to nothing."""
    found = Axe().run(page, options=RULES).response["violations"]
    assert not [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in found]


def good(page: Page) -> None:
    """Both, with every folded form open too."""
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true; })")
    fits(page)
    pleases_axe(page)
