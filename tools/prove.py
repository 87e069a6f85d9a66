"""Run the proofs. `test`: everything on SQLite, write paths on PostgreSQL, pages in one mode. `proof`: the long ones.

A skipped test is told loudly; with LIREN_NO_SKIP=1 (as in CI) it fails the run.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from tools import postgres

BIN = os.path.dirname(sys.executable)
CORES = "2"


def _run(title: str, command: Sequence[str], **env: str) -> bool:
    print(f"\n== {title}", flush=True)
    began = time.monotonic()
    code = subprocess.run(command, env=os.environ | env).returncode
    print(f"== {title}: {'ok' if code == 0 else 'FAILED'} in {time.monotonic() - began:.0f} s", flush=True)
    return code == 0


def _pytest(title: str, *arguments: str, **env: str) -> bool:
    return _run(title, [sys.executable, "-m", "pytest", "-q", *arguments], **env)


def _on_postgres(title: str, *arguments: str, **env: str) -> bool:
    try:
        with postgres.server() as reached:
            # the tests make and drop databases, so they come in as the owner
            reached["LIREN_DB"] = reached["LIREN_DB_OWNER"]
            return _pytest(title, *arguments, **reached, **env)
    except postgres.NoPostgres as error:
        print(f"\n!! SKIPPED: {title}: {error}", flush=True)
        return os.environ.get("LIREN_NO_SKIP") != "1"


def _lint() -> bool:
    good = _run("format", [f"{BIN}/ruff", "format", "--check", "-q", "."])
    good &= _run("lint", [f"{BIN}/ruff", "check", "-q", "."])
    good &= _run("fences", [f"{BIN}/lint-imports", "--no-cache"])
    return _run("types", [f"{BIN}/mypy"]) and good


def test() -> bool:
    """What must be green before anything is handed on."""
    steps: list[Callable[[], bool]] = [
        _lint,
        lambda: _pytest("the suite on SQLite", "-n", CORES, "--dist", "loadgroup", "-m", "not proof"),
        lambda: _on_postgres(
            "write paths on PostgreSQL", "-n", CORES, "-m", "writes and not proof and not browser"
        ),
    ]
    return all([step() for step in steps])


def proof() -> bool:
    """What takes long: the whole suite on PostgreSQL, every page in every mode, faults, fuzzing."""
    steps: list[Callable[[], bool]] = [
        lambda: _on_postgres(
            "the whole suite on PostgreSQL",
            "-n",
            CORES,
            "--dist",
            "loadgroup",
            "-m",
            "not proof and not browser",
        ),
        lambda: _pytest(
            "every page in every mode", "-n", CORES, "--dist", "loadgroup", "-m", "browser", LIREN_MODES="all"
        ),
        lambda: _pytest("faults and fuzzing on SQLite", "-m", "proof and not browser"),
        lambda: _on_postgres("faults and fuzzing on PostgreSQL", "-m", "proof and not browser"),
    ]
    return all([step() for step in steps])


if __name__ == "__main__":
    wanted = {"test": test, "proof": proof}[sys.argv[1]]
    sys.exit(0 if wanted() else 1)
