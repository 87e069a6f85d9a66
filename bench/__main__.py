"""`make bench`: measures every target of targets.yml, writes results.json, exits 1 where a target has no row.

A miss does not fail the run: it is shown as a miss, with what was tried. `--only` measures a part and writes
only its rows over those kept before; `--data` names a folder with public messages to judge the reader by, and cases to
import: without it the figures of real data stay those kept before.
"""

import argparse
import json
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

import yaml

from bench import (
    accepting,
    backup,
    ballot,
    budget,
    crowd,
    duedates,
    first_page,
    frame,
    importing,
    kills,
    opinion,
    pages,
    reader,
    sample,
    scale,
    slow,
)
from bench.frame import Measured, Row

PARTS = (
    "accepting",
    "pages",
    "duedates",
    "first_page",
    "reader",
    "scale",
    "slow",
    "backup",
    "importing",
    "kills",
    "crowd",
    "opinion",
    "budget",
    "ballot",
)
# parts that need nothing from outside
ALONE = {
    "scale": scale.measure,
    "backup": backup.measure,
    "kills": kills.measure,
    "crowd": crowd.measure,
    "ballot": ballot.measure,
}


def main() -> int:
    """Measure, keep, show."""
    asked = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    asked.add_argument(
        "--data",
        type=Path,
        help="a folder with messages/labelled_raw.csv.gz, grassroots_cases and participation",
    )
    asked.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    options = asked.parse_args()
    targets = frame.targets()
    rows = frame.held(_figures(options.only, options.data), targets)
    if set(options.only) != set(PARTS) or options.data is None:
        rows = _over_kept(rows)
    order = {target.name: place for place, target in enumerate(targets)}
    rows.sort(key=lambda row: order.get(row.name, len(order)))
    frame.keep(rows)
    print(frame.shown(rows))
    left = frame.missing(rows, targets)
    for name in left:
        print(f"not measured: {name}", file=sys.stderr)
    return 1 if left else 0


def _figures(only: tuple[str, ...], data: Path | None) -> list[Measured]:
    figures: list[Measured] = []
    # wall clock first, while nothing else of ours runs
    if "first_page" in only:
        figures += first_page.measure()
    if "slow" in only:
        figures += slow.measure()
    if {"accepting", "pages"} & set(only):
        with sample.street() as application:
            figures += pages.measure(application) if "pages" in only else []
            figures += accepting.measure(application) if "accepting" in only else []
    if "duedates" in only:
        figures.append(duedates.measure())
    for name, part in ALONE.items():
        figures += part() if name in only else []
    if "importing" in only:
        figures += importing.measure(data)
    for name, measure in (("opinion", opinion.measure), ("budget", budget.measure)):
        figures += measure(data) if name in only else []
    if "reader" in only:
        figures += [Measured(**row) for row in reader.measure(data)]
    tried = yaml.safe_load((frame.HERE / "tried.yml").read_text(encoding="utf-8"))
    where = f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}"
    return [
        Measured(
            each.name, each.value, each.unit, each.baseline, f"{each.note} ({where}){_missed(each, tried)}"
        )
        for each in figures
    ]


def _missed(figure: Measured, tried: dict[str, str]) -> str:
    """What was tried, where a figure misses its target."""
    target = next((each for each in frame.targets() if each.name == figure.name), None)
    if target is None or target.met(figure.value) or figure.name not in tried:
        return ""
    return f". Tried: {' '.join(tried[figure.name].split())}"


def _over_kept(rows: list[Row]) -> list[Row]:
    kept = json.loads(frame.RESULTS.read_text(encoding="utf-8")) if frame.RESULTS.exists() else []
    fresh = {row.name for row in rows}
    return [Row(**row) for row in kept if row["name"] not in fresh] + rows


if __name__ == "__main__":
    sys.exit(main())
