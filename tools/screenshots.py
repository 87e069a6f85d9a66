"""Take pictures of the pages: `python -m tools.screenshots [FOLDER] [--all | --only NAME …]`.

Without --all the handful the README shows, into docs/pictures; with it every page at three widths and some in large
type, dark tone and English, to be looked at; with --only the pages whose names begin so, on phone and desk.
"""

import argparse
import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import site as sites
from tests.browser import walking
from tests.browser.conftest import STAFF
from tests.browser.site import Site

LARGEST = 150 * 1024
CASES = 1500
PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: which page, how wide, how read."""

    stop: walking.Stop
    width: int
    mode: walking.Mode = "normal"
    language: str = ""
    whole: bool = False

    @property
    def name(self) -> str:
        """What its file is called."""
        how = "" if self.mode == "normal" else f"-{self.mode}"
        return f"{self.stop.name}-{self.width}{how}{'-' + self.language if self.language else ''}.png"


def readme_shots(stops: dict[str, walking.Stop]) -> Iterator[Shot]:
    """The handful that tell what this is."""
    yield Shot(stops["home"], 375)
    yield Shot(stops["home"], 375, "large")
    yield Shot(stops["check"], 375)
    yield Shot(stops["matter"], 375)
    yield Shot(stops["worklist-open"], 1440)
    yield Shot(stops["case-open"], 1440)


def all_shots(stops: dict[str, walking.Stop]) -> Iterator[Shot]:
    """Every page at every width, and a choice of the ways to read."""
    for stop in stops.values():
        for width in walking.WIDTHS:
            yield Shot(stop, width, whole=True)
        for mode, language in (("large", ""), ("dark", ""), ("normal", "en")):
            yield Shot(stop, 375, mode, language, whole=True)  # type: ignore[arg-type]


def some_shots(stops: dict[str, walking.Stop], names: tuple[str, ...]) -> Iterator[Shot]:
    """The pages somebody works on."""
    for stop in stops.values():
        if stop.name.startswith(names):
            yield from (Shot(stop, width, whole=True) for width in (375, 1440))


def prepare(browser: Browser, site: Site) -> dict[str, Any]:
    """Sign the staff in; let a resident say something and have it dealt with as far as an answer."""
    known: dict[str, Any] = {}
    for role, username in STAFF.items():
        page = walking.context(browser, site, width=1440).new_page()
        walking.sign_in(page, site, username)
        known[role] = page.context.storage_state()
        page.context.close()
    page = walking.context(browser, site).new_page()
    words = "青禾里社区2号楼门口的下水道又堵了，污水漫到台阶上，老人出门要绕着走"
    number = walking.say(page, words, phone="14200001357")
    _deal_with(browser, site, known, number)
    page.goto("/")
    page.fill("#words", "青禾里社区门口的路灯坏了一个多星期，晚上老人下楼害怕")
    page.click(".ask button.main")
    page.wait_for_url("**/say/**")
    return known | {
        "number": number,
        "draft": page.url.split("/say/")[1],
        "held": walking.proposals(walking.context(browser, site).new_page()),
        "resident": page.context.storage_state(),
    }


def _deal_with(browser: Browser, site: Site, known: dict[str, Any], number: str) -> None:
    desk = walking.context(browser, site, width=1440, state=known["clerk"]).new_page()
    desk.goto(f"/desk/case/{number}")
    desk.select_option("#class_code", "municipal.drain")
    desk.wait_for_load_state()
    desk.click("[data-key=a]")
    unit = walking.context(browser, site, width=1440, state=known["handler"]).new_page()
    unit.goto(f"/desk/case/{number}")
    unit.click("[data-key=a]")
    unit.fill("#text", "已电话联系，约下午三点到现场。")
    unit.click("button:has-text('记为已联系')")
    unit.wait_for_load_state()
    unit.click("button:has-text('开始办理')")
    unit.wait_for_load_state()


def take(browser: Browser, site: Site, known: dict[str, Any], shots: Iterator[Shot], folder: Path) -> None:
    """Take them all; a picture too heavy loses colours until it is light enough."""
    for shot in shots:
        context = walking.context(
            browser, site, width=shot.width, mode=shot.mode, state=known[shot.stop.who], device_scale_factor=1
        )
        if shot.language:
            context.add_cookies([{"name": "django_language", "value": shot.language, "url": site.url}])
        page: Page = context.new_page()
        page.goto(shot.stop.path)
        light(page.screenshot(full_page=shot.whole), folder / shot.name)
        context.close()


def light(body: bytes, file: Path) -> None:
    """Write a PNG of at most 150 KB."""
    picture = Image.open(io.BytesIO(body)).convert("RGB")
    for colours in (256, 128, 64, 32):
        kept = io.BytesIO()
        picture.quantize(colours, dither=Image.Dither.NONE).save(kept, "PNG", optimize=True)
        if kept.tell() <= LARGEST:
            break
    file.write_bytes(kept.getvalue())


def main() -> None:
    """Fill a street of its own, walk it, take the pictures, throw the street away."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("folder", nargs="?", type=Path, default=PICTURES)
    told.add_argument("--all", action="store_true")
    told.add_argument("--only", nargs="+", default=[])
    asked = told.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as home,
        sites.running(Path(home), cases=CASES) as site,
        sync_playwright() as playwright,
    ):
        browser = sites.browser(playwright)
        known = prepare(browser, site)
        stops = {stop.name: stop for stop in walking.stops(known["number"], known["draft"], known["held"])}
        stops |= {
            "worklist-open": walking.Stop("worklist-open", "/desk/?view=open", "clerk"),
            "case-open": walking.Stop("case-open", f"/desk/case/{known['number']}", "handler"),
        }
        shots = (all_shots if asked.all else readme_shots)(stops)
        if asked.only:
            shots = some_shots(stops, tuple(asked.only))
        take(browser, site, known, shots, asked.folder)
        browser.close()
    print(f"{len(list(asked.folder.glob('*.png')))} pictures in {asked.folder}")


if __name__ == "__main__":
    main()
