"""Whether the desk stays flat: the same pages on 20,000 and on 200,000 cases, beside one another, statements counted.

The streets are loaded once and may be kept: `LIREN_BENCH_HOMES` names a folder in which they stay (loading 200,000 cases
takes minutes). Each street is asked by a process of its own, so that neither warms the other; the turns alternate, so
that a busy machine slows both alike.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import IO, Any

from bench.frame import Measured

SMALL, LARGE = 20_000, 200_000
AS_OF, SEED = date(2026, 11, 20), 1
TURNS, ROUNDS = 3, 8  # every page so often in each turn of each street
# What a page may cost in statements, at any size of the street. A case with helpers, a whistle and a rung over it has a
# panel, and a statement, for each.
BUDGETS = {"list": 10, "case page": 16, "map": 12, "supervision": 20}
DESKS = {"clerk": "dingxiaohe", "unit": "shaoliang", "caller": "baimin", "watcher": "fuqian"}
PAGES: dict[str, list[tuple[str, str]]] = {
    "list": [
        ("clerk", "/desk/"),
        ("clerk", "/desk/?view=open"),
        ("clerk", "/desk/?view=late&size=200"),
        ("clerk", "/desk/?view=today"),
        ("clerk", "/desk/?view=all"),
        ("clerk", "/desk/?view=all&class=municipal.drain"),
        ("clerk", "/desk/?view=all&channel=counter&size=200"),
        ("clerk", "/desk/?view=all&text=%E8%B7%AF%E7%81%AF"),
        ("clerk", "/desk/?view=open&class=housing"),
        ("unit", "/desk/"),
        ("unit", "/desk/?view=all"),
        ("unit", "/desk/?view=open"),
        ("caller", "/desk/?view=call_back"),
    ],
    "map": [
        ("clerk", "/desk/map"),
        ("clerk", "/desk/map?view=late&days=7"),
        ("clerk", "/desk/map?view=open&days=90&class=municipal"),
        ("unit", "/desk/map?view=todo"),
    ],
    "supervision": [("watcher", "/desk/watch")],
}


def measure() -> list[Measured]:
    """One row per page: p95 at 200,000 over p95 at 20,000, and the statements of all of them within their budgets."""
    with _homes() as homes, _asked(homes[SMALL]) as small, _asked(homes[LARGE]) as large:
        took: dict[str, tuple[list[float], list[float]]] = {}
        most: dict[str, int] = {}
        for _turn in range(TURNS):
            for side, street in enumerate((small, large)):
                for kind, (times, statements) in street.turn().items():
                    took.setdefault(kind, ([], []))[side].extend(times)
                    most[kind] = max(most.get(kind, 0), statements)
    return [row for kind, (few, many) in took.items() for row in _rows(kind, few, many, most[kind])]


def _rows(kind: str, few: list[float], many: list[float], statements: int) -> Iterator[Measured]:
    small, large = _p95(few), _p95(many)
    middle = [round(statistics.median(times) * 1000) for times in (few, many)]
    note = (
        f"p95 {small * 1000:.0f} ms at {SMALL:,} cases, {large * 1000:.0f} ms at {LARGE:,} (medians {middle[0]} and "
        f"{middle[1]} ms), {len(many)} answers each over the same addresses and desks, through the WSGI handler on SQLite, "
        f"in alternating turns; at most {statements} statements a page on either, {BUDGETS[kind]} allowed; baseline: p95 "
        f"in ms at {SMALL:,}"
    )
    yield Measured(
        f"{kind}, p95 at 200,000 beside 20,000",
        round(large / small, 2),
        "times",
        round(small * 1000, 1),
        note,
    )
    if statements > BUDGETS[kind]:
        raise RuntimeError(f"{kind}: {statements} statements, {BUDGETS[kind]} allowed")


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


@contextmanager
def _homes() -> Iterator[dict[int, Path]]:
    """Both streets, loaded where they are not kept from an earlier run."""
    with street(SMALL) as small, street(LARGE) as large:
        yield {SMALL: small, LARGE: large}


@contextmanager
def street(size: int) -> Iterator[Path]:
    """The home of a street of this many cases on SQLite, loaded if it is not kept from an earlier run."""
    with tempfile.TemporaryDirectory(prefix="liren-scale-") as made:
        home = Path(os.environ.get("LIREN_BENCH_HOMES") or made) / f"street-{size}"
        if (home / "loaded").exists():
            _liren(home, {}, "migrate", "-v", "0")
        else:
            home.mkdir(parents=True, exist_ok=True, mode=0o700)
            load(home, size, {})
            (home / "loaded").touch()
        yield home


def load(home: Path, size: int, reached: Mapping[str, str]) -> None:
    """Load a street into an empty home; `reached` names its database where it is not SQLite."""
    _liren(home, reached, "street", "--scale", str(size), "--seed", str(SEED), "--as-of", AS_OF.isoformat())
    _liren(home, reached, "collectstatic", "--noinput", "-v", "0")


def environment(home: Path) -> dict[str, str]:
    """What a program of Liren's is started with for a street on SQLite."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("LIREN_DB")}
    return plain | {"LIREN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "liren.site.settings"}


def _liren(home: Path, reached: Mapping[str, str], *words: str) -> None:
    env = environment(home) | dict(reached)
    subprocess.run([sys.executable, "-m", "liren", *words], env=env, check=True, stdout=sys.stderr)


class Street:
    """One street in a process of its own, asked for one turn at a time."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def turn(self) -> dict[str, tuple[list[float], int]]:
        """All pages, ROUNDS times: seconds each took, and the most statements, by kind of page."""
        asked, told = _pipe(self.process.stdin), _pipe(self.process.stdout)
        asked.write("turn\n")
        asked.flush()
        line = told.readline()
        if not line:
            raise RuntimeError("a street went away while it was asked")
        return {kind: (times, most) for kind, (times, most) in json.loads(line).items()}


def _pipe(end: IO[str] | None) -> IO[str]:
    if end is None:
        raise RuntimeError("a street without a pipe")
    return end


@contextmanager
def _asked(home: Path) -> Iterator[Street]:
    command = [sys.executable, "-m", "bench.scale"]
    with subprocess.Popen(
        command, env=environment(home), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Street(process)
        finally:
            _pipe(process.stdin).close()


# ---- inside a street's own process ----


def _answer() -> None:
    """Serve turns as they are asked for, until nobody asks."""
    import django

    django.setup()
    from django.core.wsgi import get_wsgi_application

    from bench import sample

    application = get_wsgi_application()
    desks = {role: sample.worker(application, name) for role, name in DESKS.items()}
    pages = PAGES | {"case page": _cases()}
    _turn(desks, pages, rounds=1)  # warm: the register is read once by a process
    for _line in sys.stdin:
        print(json.dumps(_turn(desks, pages, rounds=ROUNDS)), flush=True)


def _cases() -> list[tuple[str, str]]:
    """Cases of every state: those with the longest story, and the newest."""
    from liren.cases.models import Case

    found = []
    for state in Case.objects.order_by("state").values_list("state", flat=True).distinct():
        for order in ("-version", "-received_at"):
            number = Case.objects.filter(state=state).order_by(order).values_list("number", flat=True)[0]
            found.append(("clerk", f"/desk/case/{number}"))
    return found


def _turn(desks: Any, pages: Any, *, rounds: int) -> dict[str, tuple[list[float], int]]:
    from django.db import connection, reset_queries
    from django.test.utils import CaptureQueriesContext

    took: dict[str, tuple[list[float], int]] = {}
    for kind, addresses in pages.items():
        times: list[float] = []
        most = 0
        for role, address in addresses:
            for turn in range(rounds):
                begun = perf_counter()
                answer = desks[role].get(address)
                times.append(perf_counter() - begun)
                if answer.status != 200:
                    raise RuntimeError(f"{role} {address}: {answer.status}")
                if turn == 0:
                    with CaptureQueriesContext(connection) as seen:
                        desks[role].get(address)
                    most = max(most, len(seen))
                    reset_queries()
        took[kind] = (times, most)
    return took


if __name__ == "__main__":
    _answer()
