"""What it costs to accept a case, nobody judging it: statements and CPU, beside a bare POST of one row."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench import sample
from bench.browser import Browser, form
from bench.frame import Measured

ROUNDS, AT_A_TIME, WARM_UP, LOOKED_AT = 30, 10, 20, 20


@dataclass(slots=True)
class Waiting:
    """Somebody at the check page: everything kept, nothing sent."""

    browser: Browser
    address: str
    fields: dict[str, str]

    def send(self) -> float:
        """Press the button; CPU seconds it took."""
        answer = self.browser.post_parts(self.address, self.fields)
        if answer.status != 302 or not answer.headers["location"].startswith("/m/"):
            raise RuntimeError(f"not accepted: {answer.status}")
        return answer.cpu


def waiting(
    application: Any, words: str, photo: bytes | None, phone: str, *, browser: Browser | None = None
) -> Waiting:
    """Say something, as a visitor nobody knows where no browser is given, and stop at the check page as it
    proposes itself.
    """
    browser = browser or Browser(application)
    asked = form(browser.get("/").body, holding="words") | {"words": words}
    answer = browser.post_parts("/say", asked, photo)
    if answer.status != 302:
        raise RuntimeError(f"not heard: {answer.status} {words}")
    address = answer.headers["location"]
    fields = form(browser.get(address).body, holding="phone")
    return Waiting(browser, address, fields | {"phone": phone, "name": "李淑华"})


def measure(application: Any) -> list[Measured]:
    """The three rows."""
    photo, words = sample.photo(), sample.said(ROUNDS * AT_A_TIME + WARM_UP + LOOKED_AT)
    # photos are cleaned and kept before; that work is done before the button is pressed
    people = [waiting(application, text, photo, f"142{n:08d}") for n, text in enumerate(words)]
    for person in people[:WARM_UP]:
        person.send()
    people = people[WARM_UP:]
    looked_at, people = people[:LOOKED_AT], people[LOOKED_AT:]
    sent, cpu = max((_statements(person) for person in looked_at), key=len), _cpu(people)
    return [
        Measured(
            "statements to accept, as sent from the check page", len(sent), "statements", 3, _told(sent)
        ),
        _action(),
        cpu,
    ]


def _statements(person: Waiting) -> list[str]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        person.send()
    return [query["sql"] for query in seen.captured_queries]


def _told(statements: list[str]) -> str:
    # what the driver was given as a batch is shown as "1 times: INSERT …"
    kinds = [statement.split("times:")[-1].split()[0].upper() for statement in statements]
    counted = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))
    return (
        f"the most of {LOOKED_AT} POSTs of the check page as it proposes itself, with a phone and one photo kept before: "
        f"{counted}; "
        "baseline: the bare POST (BEGIN, INSERT, COMMIT)"
    )


def _action() -> Measured:
    """cases.open_case alone, with a phone, a place and a class."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from liren.base.access import actions as access
    from liren.base.access import queries as accounts
    from liren.cases import actions as cases
    from liren.cases.models import Case
    from liren.kernel.clock import utc_now

    now = utc_now()
    _, token = access.new_device(now)
    by = accounts.actor(None, token, now=now, second_factor_at=None)
    like = Case.objects.exclude(class_code="").filter(place_id__isnull=False).latest("id")
    demand = cases.Demand(
        words="楼前路灯坏了一个多星期，晚上黑", channel="web", contact=cases.Contact("李淑华", "14200009999"),
        device_id=by.device_id, place_id=like.place_id, class_code=like.class_code,
    )  # fmt: skip
    with CaptureQueriesContext(connection) as seen:
        cases.open_case(demand, by=by, now=now, key="bench")
    note = "cases.open_case with a phone, a place and a class; every statement counted, BEGIN and COMMIT too"
    return Measured("statements to accept, the action itself", len(seen), "statements", 3, note)


def _cpu(people: list[Waiting]) -> Measured:
    """In turns of ten, so that whatever else the machine does weighs on both: the median of the turns' ratios."""
    ours: list[float] = []
    bare: list[float] = []
    ratios: list[float] = []
    with _bare() as post:
        post(WARM_UP)
        while people:
            beside, taken = post(AT_A_TIME), [person.send() for person in people[:AT_A_TIME]]
            people = people[AT_A_TIME:]
            ratios.append(median(taken) / median(beside))
            ours, bare = ours + taken, bare + beside
    mine, other = 1000 * median(ours), 1000 * median(bare)
    note = (
        f"CPU of {len(ours)} POSTs (median {mine:.2f} ms) beside {len(bare)} bare ones (median {other:.2f} ms, the "
        f"baseline), median ratio of turns of {AT_A_TIME}, through the WSGI handlers, both on SQLite in WAL mode with "
        "synchronous=FULL"
    )
    name = "CPU to accept, beside a bare one-row POST"
    return Measured(name, round(median(ratios), 2), "times", round(other, 3), note)


@contextmanager
def _bare() -> Iterator[Any]:
    """The bare project in a process of its own: a function that makes n POSTs and gives their CPU seconds."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("LIREN_", "DJANGO_"))}
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.bare"],
        env=env, cwd=Path(__file__).parents[1], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    into, out = process.stdin, process.stdout

    def post(count: int) -> list[float]:
        into.write(f"{count}\n")
        into.flush()
        taken: list[float] = json.loads(out.readline())
        return taken

    try:
        yield post
    finally:
        into.close()
        process.wait(timeout=30)
