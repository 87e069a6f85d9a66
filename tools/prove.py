"""Run the proofs. `test`: everything on SQLite, write paths on PostgreSQL, pages in one mode. `proof`: the long ones.

A skipped test is told loudly; with LIREN_NO_SKIP=1 (as in CI) it fails the run.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tools import postgres

BIN = os.path.dirname(sys.executable)
CORES = os.environ.get("LIREN_CORES", "2")
# What may come from outside. An installation's own settings must not reach the tests, nor the tests its database.
PASSED_ON = {"LIREN_NO_SKIP", "LIREN_MODES", "LIREN_CHROMIUM", "LIREN_EXPLORE"}
CLOSING = re.compile(r"\d+ (passed|failed|error|skipped|deselected|xfailed).* in [\d.:]+")
LONG = ("-n", CORES, "--dist", "loadfile")
PAGES = ("-n", CORES, "--dist", "loadscope")  # by class where a file has some: the pages, by their width


@dataclass(frozen=True, slots=True)
class Done:
    """One step: whether it went well, how long it took, the line pytest closed with."""

    title: str
    good: bool
    seconds: float
    closing: str = ""


def _run(title: str, command: Sequence[str], **env: str) -> Done:
    print(f"\n== {title}", flush=True)
    began, closing = time.monotonic(), ""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("LIREN_") or name in PASSED_ON
    }
    with subprocess.Popen(
        command,
        env=clean | env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as running:
        assert running.stdout is not None
        for line in running.stdout:
            print(line, end="", flush=True)
            if CLOSING.search(line):
                closing = line.strip().strip("= ")
    return Done(title, running.returncode == 0, time.monotonic() - began, closing)


def _pytest(title: str, *arguments: str, **env: str) -> Done:
    return _run(title, [sys.executable, "-m", "pytest", "--no-header", *arguments], **env)


def _on_postgres(title: str, *arguments: str, **env: str) -> Done:
    try:
        with postgres.server() as reached:
            # the tests make and drop databases, so they come in as the owner
            reached["LIREN_DB"] = reached["LIREN_DB_OWNER"]
            return _pytest(title, *arguments, **reached, **env)
    except postgres.NoPostgres as error:
        return Done(title, os.environ.get("LIREN_NO_SKIP") != "1", 0, f"SKIPPED: {error}")


TEST: Sequence[Callable[[], Done]] = (
    lambda: _run("format", [f"{BIN}/ruff", "format", "--check", "-q", "."]),
    lambda: _run("lint", [f"{BIN}/ruff", "check", "-q", "."]),
    lambda: _run("fences", [f"{BIN}/lint-imports", "--no-cache"]),
    lambda: _run("flaws", [sys.executable, "-m", "tools.flaws"]),
    lambda: _run("types", [f"{BIN}/mypy"]),
    lambda: _pytest("the suite on SQLite", *LONG, "-m", "not proof and not postgres"),
    lambda: _on_postgres(
        "write paths on PostgreSQL", *LONG, "--ignore", "tests/faces", "-m",
        "(writes or postgres) and not proof and not browser and not sqlite",
    ),
)  # fmt: skip
PROOF: Sequence[Callable[[], Done]] = (
    lambda: _on_postgres(
        # methods and kernel are pure, which the fences see to: no database reaches them
        "the whole suite on PostgreSQL",
        *LONG,
        "--ignore",
        "tests/methods",
        "--ignore",
        "tests/kernel",
        "-m",
        "not proof and not browser and not sqlite",
    ),
    # what `make test` walked and looked at in the usual mode is not walked again
    lambda: _pytest(
        "every page in its other modes, long walks",
        *PAGES,
        "-m",
        "browser and (proof or modes)",
        LIREN_MODES="all",
    ),
    lambda: _pytest("faults and fuzzing on SQLite", *LONG, "-m", "proof and not browser and not postgres"),
    lambda: _on_postgres(
        "faults and fuzzing on PostgreSQL", *LONG, "-m", "proof and not browser and not sqlite"
    ),
)


def prove(steps: Sequence[Callable[[], Done]]) -> bool:
    """Run every step, also after one that failed, and close with what ran, how long, and what was skipped."""
    began = time.monotonic()
    all_done = [step() for step in steps]
    print(f"\n== in all: {time.monotonic() - began:.0f} s")
    for done in all_done:
        print(
            f"   {'ok    ' if done.good else 'FAILED'} {done.seconds:5.0f} s  {done.title:35} {done.closing}"
        )
    skipped = sum("skipped" in done.closing.lower() for done in all_done)
    if skipped:
        print(f"!! {skipped} of these steps SKIPPED something: see the lines SKIPPED above")
    good = all(done.good for done in all_done)
    print("== ok" if good else "== FAILED", flush=True)
    return good


if __name__ == "__main__":
    sys.exit(0 if prove({"test": TEST, "proof": PROOF}[sys.argv[1]]) else 1)
