"""How fast cases of another system are brought in, and whether every row of the file is accounted for.

The data is not part of this repository: `--data` names the folder that holds grassroots_cases/cases.csv.gz, read by
docs/mappings/pingshan-2018.yaml into an empty installation: the file makes its places, classes and units.
Without the folder an invented table of the same shape is brought in, under a name that no target has.
"""

import csv
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.frame import HERE, Measured

MAPPING = HERE.parent / "docs" / "mappings" / "pingshan-2018.yaml"
RUNS, INVENTED = 3, 8_500


def measure(data_dir: Path | None) -> list[Measured]:
    """Rows a second and rows unaccounted for, on SQLite, each run into an installation of its own."""
    file = data_dir / "grassroots_cases" / "cases.csv.gz" if data_dir else None
    real = file is not None and file.exists()
    with tempfile.TemporaryDirectory(prefix="liren-importing-") as made:
        if not real:
            print(
                "importing: an invented table; real rows need --data with grassroots_cases", file=sys.stderr
            )
            file = Path(made) / "invented.csv"
            file.write_text(_invented(), encoding="utf-8")
        runs = [_run(Path(made) / f"home-{turn}", str(file)) for turn in range(RUNS)]
    middle = sorted(runs, key=lambda run: run["seconds"])[RUNS // 2]
    lost = max(run["rows"] - run["taken"] - run["refused"] - run["twice"] for run in runs)
    whose = "real" if real else "invented"
    note = (
        f"{middle['rows']:,} rows of 26 columns, {middle['taken']:,} in, {middle['refused']} refused, {middle['twice']} "
        f"twice, in {middle['seconds']:.1f} s (median of {RUNS}; {middle['cpu']:.1f} s of processor time): file read, all "
        f"checks made, {sum(middle['made'].values())} places, classes and units made, cases, voices, story, search and "
        f"ledger written to SQLite with synchronous=FULL, by one process; load of the machine {os.getloadavg()[0]:.1f} on "
        f"{os.cpu_count()} cores"
    )
    speed = statistics.median(run["rows"] / run["seconds"] for run in runs)
    return [
        Measured(f"{whose} rows imported per second", round(speed), "rows/s", None, note),
        Measured(f"{whose} rows unaccounted for after an import", lost, "rows", None, note),
    ]


def _run(home: Path, file: str) -> dict[str, Any]:
    home.mkdir(mode=0o700)
    plain = {name: value for name, value in os.environ.items() if not name.startswith("LIREN_DB")}
    env = plain | {"LIREN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "liren.site.settings"}
    command = [sys.executable, "-m", "bench.importing", file]
    done = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True)
    run: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return run


HEADS = (
    "REC_ID", "CREATE_TIME", "EVENT_TYPE_NAME", "MAIN_TYPE_NAME", "SUB_TYPE_NAME", "EVENT_PROPERTY_NAME",
    "EVENT_SRC_NAME", "DISTRICT_NAME", "STREET_NAME", "COMMUNITY_NAME", "COMMUNITY_ID", "DISPOSE_UNIT_NAME",
    "INTIME_ARCHIVE_NUM", *(f"OTHER_{at}" for at in range(13)),
)  # fmt: skip


def _invented() -> str:
    """A table of the same shape: 18 × 7 × 3 classes, 150 units, 24 communities, nobody in it."""
    held = io.StringIO()
    writer = csv.writer(held)
    writer.writerow(HEADS)
    for at in range(INVENTED):
        kind = at * 7 % 378
        day = f"2026-0{at % 9 + 1}-{at % 28 + 1:02d} 09:{at % 60:02d}:00"
        said = [at, day, f"大类{kind // 21}", f"中类{kind // 3}", f"小类{kind}", "投诉", "12345", "坪山区"]
        said += [f"街道{at % 6}", f"社区{at % 24}", 10000 + at % 24, f"单位{at % 150}", at % 2]
        writer.writerow([*said, *["-"] * 13])
    return held.getvalue()


def _inside(file: str) -> None:
    """One run in its own process."""
    import time

    import django

    django.setup()
    from django.core.management import call_command

    from liren.bridges.imports import actions, queries
    from liren.kernel.clock import utc_now
    from liren.kernel.policy import SYSTEM

    call_command("setup", verbosity=0)
    how, data = actions.the_mapping(MAPPING.read_text(encoding="utf-8")), Path(file).read_bytes()
    begun, cpu = time.perf_counter(), time.process_time()
    import_id = actions.begin(data, "cases.csv", how, by=SYSTEM, now=utc_now())
    actions.carry_on(import_id, data, now=utc_now())
    took, spent = time.perf_counter() - begun, time.process_time() - cpu
    done = queries.one(import_id, by=SYSTEM)
    print(
        json.dumps(
            {
                "seconds": took,
                "cpu": spent,
                "rows": done.rows,
                "taken": done.taken,
                "refused": done.refused,
                "twice": done.twice,
                "made": dict(done.made),
            }
        )
    )


if __name__ == "__main__":
    _inside(sys.argv[1])
