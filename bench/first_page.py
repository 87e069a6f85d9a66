"""From `git clone` to the first page in a browser, by the one command a newcomer types: `make run`."""

import os
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from bench.frame import Measured

ROOT = Path(__file__).resolve().parents[1]
GIVE_UP = 900


def measure() -> list[Measured]:
    """Both rows: cold fills the caches that warm then finds."""
    with tempfile.TemporaryDirectory(prefix="liren-first-") as folder:
        caches = Path(folder) / "caches"
        cold, cold_cpu = _first_page(Path(folder) / "cold", caches)
        warm, warm_cpu = _first_page(Path(folder) / "warm", caches)
    what = (
        "git clone of HEAD, then `make run` with a LIREN_HOME of its own, until GET / answers 200; no virtual "
        "environment; wall clock"
    )
    return [
        Measured(
            "clone to first page, cold", round(cold, 1), "s", None,
            f"{what}; caches of pip and uv empty, every package fetched; {_told(cold_cpu)}",
        ),
        Measured(
            "clone to first page, warm", round(warm, 1), "s", round(cold, 1),
            f"{what}; caches filled by one run before; {_told(warm_cpu)}; baseline: cold",
        ),
    ]  # fmt: skip


def _told(cpu: float) -> str:
    """What makes a wall time readable on a machine that others use too."""
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return f"{cpu:.0f} s of CPU; load of {os.cpu_count()} cores over 1, 5, 15 minutes: {load}"


def _first_page(folder: Path, caches: Path) -> tuple[float, float]:
    """Seconds on the wall, seconds of CPU."""
    port, clone = free_port(), folder / "clone"
    folder.mkdir()
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LIREN_", "DJANGO_", "VIRTUAL_ENV", "MAKE"))
    }
    env.pop("PYTHONPATH", None)
    env |= {
        "UV_CACHE_DIR": str(caches / "uv"),
        "PIP_CACHE_DIR": str(caches / "pip"),
        "LIREN_HOME": str(folder / "home"),
        "PORT": str(port),
    }
    started, before = time.monotonic(), _cpu()
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True, env=env)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            ["make", "run"], cwd=clone, env=env, stdout=log, stderr=log, start_new_session=True
        )
        try:
            _wait(process, port, folder / "log")
            seconds = time.monotonic() - started
        finally:
            _end(process)
            shutil.rmtree(clone, ignore_errors=True)
    return seconds, _cpu() - before


def _cpu() -> float:
    """CPU seconds of everything started here that has ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + GIVE_UP
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"make run ended: {log.read_text(errors='replace')[-2000:]}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
                if answer.status == 200:
                    return
        except (OSError, urllib.error.URLError):
            time.sleep(0.1)
    raise RuntimeError(f"no page in {GIVE_UP} s: {log.read_text(errors='replace')[-2000:]}")


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the server and all it started."""
    try:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=20)
    except (ProcessLookupError, subprocess.TimeoutExpired):
        pass
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
