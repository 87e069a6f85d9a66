"""Twenty people at once on a street of 200,000 cases: how long each page takes, and what the program holds in memory.

On the server as an office runs it (`liren serve`: two web processes and the worker), on both databases, over real
connections on 127.0.0.1. A person opens a page, reads for some seconds, opens the next. Streets may be kept, see
`bench.scale`; the one on PostgreSQL is loaded into a server of its own for every run.
"""

import http.client
import json
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from bench import scale
from bench.first_page import ROOT, free_port
from bench.frame import Measured
from tools import postgres

PEOPLE = 20
SECONDS = 300.0
READS = (2.0, 8.0)  # seconds between two pages of a person
WARM = 1  # rounds over all pages before anything is counted
HANDLER = "shaoliang"
# Who they are, and what they open in turn: {number} is the case with the longest story, {unit} that of the handler's unit.
DAYS: Mapping[str, tuple[int, tuple[str, ...]]] = {
    "": (8, ("/", "/open/", "/open/?by=class", "/open/cases", "/open/map", "/neighbours", "/mine")),
    "dingxiaohe": (
        4,
        ("/desk/", "/desk/case/{number}", "/desk/?view=open", "/desk/map", "/desk/search?text=路灯", "/desk/?view=late"),
    ),
    HANDLER: (3, ("/desk/", "/desk/case/{unit}", "/desk/?view=open", "/desk/parts")),
    "baimin": (2, ("/desk/calls", "/desk/?view=call_back")),
    "fuqian": (2, ("/desk/watch", "/desk/rates", "/desk/case/{number}")),
    "fanglan": (1, ("/lead/", "/desk/rates?cut=community", "/desk/reports")),
}  # fmt: skip


def measure() -> list[Measured]:
    """Two rows for each database: the slowest page's p95, and the memory of all processes."""
    with scale.street(scale.LARGE) as home:
        rows = _rows("SQLite", home, {})
    with tempfile.TemporaryDirectory(prefix="liren-crowd-") as folder, postgres.server() as reached:
        owner = reached | {"LIREN_DB": reached["LIREN_DB_OWNER"]}
        scale.load(Path(folder), scale.LARGE, owner)
        rows += _rows("PostgreSQL", Path(folder), reached)
    return rows


def _rows(database: str, home: Path, reached: Mapping[str, str]) -> list[Measured]:
    env = scale.environment(home) | dict(reached)
    known = _known(env)
    with _served(env) as (port, processes):
        for who in DAYS:
            for _round in range(WARM):
                for path in DAYS[who][1]:
                    _open(port, path.format(**known), known.get(who, ""))
        took = _crowd(port, known)
        memory = sum(_pss(pid) for pid in processes())
    p95 = {path: statistics.quantiles(times, n=20)[18] for path, times in took.items()}
    slowest = sorted(p95, key=lambda path: -p95[path])
    pages = sum(len(times) for times in took.values())
    named = "; ".join(f"{path} {p95[path]:.0f}" for path in slowest[:5])
    middle = statistics.median(time for times in took.values() for time in times)
    return [
        Measured(
        f"20 people at 200,000 cases, slowest page, {database}", round(p95[slowest[0]]), "ms", round(middle),
        f"p95 of the slowest of {len(took)} pages; {pages} pages in {SECONDS:.0f} s by {PEOPLE} people who read "
        f"{READS[0]:.0f} to {READS[1]:.0f} s between two, none failed; slowest (ms): {named}; baseline: the median of all",
    ),
    Measured(
        f"memory with 20 people, {database}", round(memory / 1024**3, 2), "GB", None,
        "PSS of the supervisor, the web processes and the worker after those minutes; the database server is not in it",
    )]  # fmt: skip


def _known(env: Mapping[str, str]) -> dict[str, str]:
    """A session for each member of staff, and numbers of cases."""
    told = subprocess.run(
        [sys.executable, "-m", "bench.crowd", *filter(None, DAYS)],
        env=dict(env), cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    known: dict[str, str] = json.loads(told.stdout.strip().splitlines()[-1])
    return known


@contextmanager
def _served(env: Mapping[str, str]) -> Iterator[tuple[int, "Processes"]]:
    port = free_port()
    command = [sys.executable, "-m", "liren", "serve", "--quiet", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=dict(env), stdout=sys.stderr, start_new_session=True)
    try:
        deadline = time.monotonic() + 120
        while True:
            try:
                _open(port, "/", "")
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.3)
        yield port, Processes(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


class Processes:
    """A process and everything it started."""

    def __init__(self, root: int) -> None:
        self.root = root

    def __call__(self) -> list[int]:
        """Their ids now."""
        told = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], check=True, stdout=subprocess.PIPE, text=True)
        pairs = (line.split() for line in told.stdout.splitlines())
        parents = {int(pid): int(parent) for pid, parent in pairs}
        return [pid for pid in parents if self._ours(pid, parents)]

    def _ours(self, pid: int, parents: Mapping[int, int]) -> bool:
        while pid and pid != self.root:
            pid = parents.get(pid, 0)
        return pid == self.root


def _pss(pid: int) -> int:
    """Bytes a process holds, what it shares counted in parts."""
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in told.splitlines() if line.startswith("Pss:"))


def _crowd(port: int, known: Mapping[str, str]) -> dict[str, list[float]]:
    """Milliseconds by page."""
    took: dict[str, list[float]] = {}
    failed: list[BaseException] = []
    lock = threading.Lock()
    until = time.monotonic() + SECONDS

    def person(who: str, at: int) -> None:
        dice = random.Random(f"{who}{at}")
        pages = DAYS[who][1]
        time.sleep(dice.uniform(0, READS[1]))
        turn = at
        try:
            while time.monotonic() < until:
                path = pages[turn % len(pages)]
                turn += 1
                spent = _open(port, path.format(**known), known.get(who, ""))
                with lock:
                    took.setdefault(path, []).append(spent)
                time.sleep(dice.uniform(*READS))
        except (OSError, RuntimeError, http.client.HTTPException) as error:
            failed.append(error)

    people = [
        threading.Thread(target=person, args=(who, at))
        for who, (many, _pages) in DAYS.items()
        for at in range(many)
    ]
    for each in people:
        each.start()
    for each in people:
        each.join()
    if failed:
        raise RuntimeError(f"somebody got no page: {failed[0]!r}")
    return took


def _open(port: int, path: str, session: str) -> float:
    """Milliseconds one page took, on a connection of its own. Raises OSError, RuntimeError for anything but 200."""
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    begun = time.perf_counter()
    try:
        cookies = {"Cookie": f"sessionid={session}"} if session else {}
        asked.request("GET", quote(path, safe="/?=&"), headers=cookies)
        answer = asked.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
    finally:
        asked.close()
    return (time.perf_counter() - begun) * 1000


# ---- inside the street's own process ----


def _tell(names: list[str]) -> None:
    """Print sessions of members of staff and numbers of cases, as JSON."""
    import django

    django.setup()
    from bench import sample
    from liren.base.access.models import Account
    from liren.cases.models import Case
    from liren.registers.people import queries as people

    told = {name: sample.session(name) for name in names}
    seat = people.posts_of(Account.objects.get(username=HANDLER).id)[0]
    known = Case.objects.filter(sealed=False).order_by("-version", "-id").values_list("number", flat=True)
    told |= {"number": known[0], "unit": known.filter(unit_id=seat.body_id)[0]}
    print(json.dumps(told))


if __name__ == "__main__":
    _tell(sys.argv[1:])
