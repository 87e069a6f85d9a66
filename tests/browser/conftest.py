"""One real site for all workers of a run, one Chromium for each, signed in once for all.

The tests of a file build on one another's street: with several workers run `--dist loadfile`.
"""

import fcntl
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser import site as sites
from tests.browser import walking
from tests.browser.site import Site

STAFF = {
    "clerk": "dingxiaohe",
    "caller": "baimin",
    "handler": "shaoliang",
    "supervisor": "fuqian",
    "leader": "fanglan",
    "keeper": "tianye",
    "guard": "yuanqing",
    "auditor": "xuzhi",
    "talker": "moqi",
}
Open = Callable[..., BrowserContext]


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One worker at a time."""
    with (folder / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder all workers of this run see."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own) / "browser"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def site(shared: Path) -> Iterator[Site]:
    """The site: started by whichever worker comes first, stopped by the last. LIREN_TEST_SITE names one that runs."""
    running = os.environ.get("LIREN_TEST_SITE")
    if running:
        home = Path(os.environ["LIREN_TEST_HOME"])
        yield Site(running, str(home), sites.accounts(home))
        return
    if not Path(sites.CHROMIUM).exists():
        pytest.skip(f"no Chromium at {sites.CHROMIUM}: apt-get install chromium")
    kept, home = shared / "site.json", shared / "home"
    with _alone(shared):
        told = json.loads(kept.read_text()) if kept.exists() else {"users": 0}
        if told["users"] == 0:
            if not home.exists():
                home.mkdir(mode=0o700)
                sites.fill(home)
            started, server = sites.start(home, sites.accounts(home))
            told |= {"url": started.url, "pid": server.pid}
        told["users"] += 1
        kept.write_text(json.dumps(told))
    yield Site(told["url"], str(home), sites.accounts(home))
    with _alone(shared):
        told = json.loads(kept.read_text())
        told["users"] -= 1
        kept.write_text(json.dumps(told))
        if told["users"] == 0:
            os.kill(told["pid"], signal.SIGTERM)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for the worker. It goes when the last test of this folder is over: its loop would disturb others."""
    with sync_playwright() as playwright:
        opened = sites.browser(playwright)
        yield opened
        opened.close()


@pytest.fixture(scope="package")
def states(shared: Path, site: Site, chromium: Browser) -> dict[str, Any]:
    """What a browser remembers of each member of staff after signing in, and of a resident who said things."""
    kept = shared / "states.json"
    with _alone(shared):
        if not kept.exists():
            found: dict[str, Any] = {}
            for role, username in STAFF.items():
                with _window(chromium, site, width=1440) as page:
                    walking.sign_in(page, site, username)
                    found[role] = page.context.storage_state()
            with _window(chromium, site) as page:
                found["number"] = walking.say(page, walking.LONG, phone="14200000001")
                page.goto("/")
                page.fill("#words", walking.OTHER)
                page.click(".ask button.main")
                page.wait_for_url("**/say/**")
                found["draft"] = page.url.split("/say/")[1]
                found["resident"] = page.context.storage_state()
                found["held"] = walking.proposals(page)
            kept.write_text(json.dumps(found))
    states: dict[str, Any] = json.loads(kept.read_text())
    return states


@contextmanager
def _window(chromium: Browser, site: Site, **more: Any) -> Iterator[Page]:
    opened = walking.context(chromium, site, **more)
    yield opened.new_page()
    opened.close()


@pytest.fixture
def window(chromium: Browser, site: Site) -> Iterator[Open]:
    """Windows that close themselves after the test."""
    opened: list[BrowserContext] = []

    def open_one(**more: Any) -> BrowserContext:
        opened.append(walking.context(chromium, site, **more))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def began() -> float:
    """When the test began, for what it measures."""
    return time.monotonic()
