"""What pages cost: queries of the desk's list and of a case, bytes of a resident's home."""

import gzip
import re
from collections.abc import Iterator
from typing import Any

from bench import sample
from bench.accepting import waiting
from bench.browser import Answer, Browser
from bench.frame import Measured

DISPATCHER, HANDLER, CALLER = "dingxiaohe", "shaoliang", "baimin"
SIZES = (20, 50, 100, 200)
LOADED = re.compile(rb'(?:src|href)="(/static/[^"]+)"')
IN_STYLE = re.compile(rb"url\([\"']?([^\"')]+)[\"']?\)")


def measure(application: Any) -> list[Measured]:
    """The three rows."""
    desks = {name: sample.worker(application, name) for name in (DISPATCHER, HANDLER, CALLER)}
    return [_list(desks), _case(desks), _home(application)]


def _counted(browser: Browser, address: str) -> tuple[int, Answer]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        answer = browser.get(address)
    if answer.status != 200:
        raise RuntimeError(f"{address}: {answer.status}")
    return len(seen), answer


def _list(desks: dict[str, Browser]) -> Measured:
    """Every view at every page size, at three desks; registers once read by the process are warm."""
    from liren.cases import queries

    counts: dict[tuple[str, str, int], int] = {}
    for name, desk in desks.items():
        _counted(desk, "/desk/")
        for view in queries.VIEWS:
            for size in SIZES:
                counts[name, view, size] = _counted(desk, f"/desk/?view={view}&size={size}")[0]
    worst = max(counts, key=lambda where: counts[where])
    fifty = max(count for (_, _, size), count in counts.items() if size == 50)
    note = (
        f"the most over {len(counts)} lists: three desks, {len(queries.VIEWS)} views, sizes {', '.join(map(str, SIZES))}; "
        f"most with 50 rows: {fifty}; at {worst[0]}, view {worst[1]}, {worst[2]} rows; session and acting person counted; "
        "baseline: one row and one query each for 50 rows"
    )
    return Measured("queries of the staff list", counts[worst], "queries", 51, note)


def _case(desks: dict[str, Browser]) -> Measured:
    """Cases of every state, those most people are behind and those with the longest story."""
    counts: dict[tuple[str, str, str], int] = {}
    for number, state in _telling_cases():
        for name, desk in desks.items():
            answer = desk.get(f"/desk/case/{number}")
            if answer.status != 404:
                counts[name, state, number] = _counted(desk, f"/desk/case/{number}")[0]
    worst = max(counts, key=lambda where: counts[where])
    note = (
        f"the most over {len(counts)} pages of cases in every state at three desks, at {worst[0]}, state {worst[1]}; "
        "session and acting person counted"
    )
    return Measured("queries of the case page", counts[worst], "queries", None, note)


def _telling_cases() -> Iterator[tuple[str, str]]:
    from liren.cases.models import Case

    for state in Case.objects.order_by().values_list("state", flat=True).distinct():
        of_state = Case.objects.filter(state=state)
        for order in ("-voices", "-version", "-files", "-received_at"):
            yield from of_state.order_by(order).values_list("number", "state")[:2]


def _home(application: Any) -> Measured:
    """The home of somebody with three matters, and everything it makes the browser load."""
    browser = _at_home(application)
    answer = browser.get("/")
    parts = {"/": answer.body}
    for address in _loaded(answer.body):
        parts[address] = _static(application, address)
        if address.endswith(".css"):
            for inner in IN_STYLE.findall(parts[address]):
                if inner.startswith(b"/static/"):
                    parts[inner.decode()] = _static(application, inner.decode())
    sizes = {address: len(gzip.compress(body, 6)) for address, body in parts.items()}
    told = ", ".join(f"{_plain(address)} {size / 1024:.1f}" for address, size in sizes.items())
    note = (
        f"gzip level 6, KB of 1024 bytes: {told}; icons are in the page; no font, nothing else is loaded; "
        "baseline: not gzipped"
    )
    whole = sum(len(body) for body in parts.values()) / 1024
    return Measured(
        "resident home, all of it, gzipped", round(sum(sizes.values()) / 1024, 1), "KB", round(whole, 1), note
    )


def _at_home(application: Any) -> Browser:
    """A browser whose owner has said three things, on a street with chips and things in hand nearby."""
    people = [waiting(application, words, None, "14200007777") for words in sample.said(1)]
    browser = people[0].browser
    people[0].send()
    for words in sample.said(3)[1:]:
        again = waiting(application, words, None, "14200007777", browser=browser)
        again.send()
    page = browser.get("/").body.decode()
    if page.count('href="/m/') < 3 or 'class="chip"' not in page:
        raise RuntimeError("the home page has no matters or no chips: it would be measured empty")
    return browser


def _loaded(page: bytes) -> list[str]:
    return list(dict.fromkeys(found.decode() for found in LOADED.findall(page)))


def _static(application: Any, address: str) -> bytes:
    answer = Browser(application).get(address)
    if answer.status != 200:
        raise RuntimeError(f"{address}: {answer.status}")
    return answer.body


def _plain(address: str) -> str:
    """A file's own name, without the mark of its content."""
    return re.sub(r"\.[0-9a-f]{12}(?=\.)", "", address.removeprefix("/static/"))
