"""What the last release wrote and read, kept so that the next one is held to it: `python -m tools.baseline VERSION`.

Run at a release, on its own code; 0.0.0 stands for what there was before the first one. It writes two files in
tests/proof/upgrade: `baseline.json` (the version, the last migration of each app) and `statements.jsonl.gz` (every
statement of a whole life of the house on SQLite: filed, read, dispatched, worked on, sealed, signed in, called by
programs). From then on tables may only grow (tests/house/test_upgrade.py) and these very statements must still run
(tests/proof/test_upgrade.py): the old program works on the new tables.
"""

import gzip
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "proof" / "upgrade"
BASELINE, STATEMENTS = FOLDER / "baseline.json", FOLDER / "statements.jsonl.gz"
WRITES = ("INSERT", "UPDATE", "DELETE")


def main(version: str) -> None:
    """Write both files anew."""
    os.environ |= {
        "LIREN_HOME": tempfile.mkdtemp(prefix="liren-baseline-"),
        "DJANGO_SETTINGS_MODULE": "liren.site.settings",
    }
    os.environ.pop("LIREN_DB", None)
    import django

    django.setup()
    from django.db.migrations.loader import MigrationLoader

    leaves = dict(sorted(MigrationLoader(None).graph.leaf_nodes()))
    FOLDER.mkdir(exist_ok=True)
    BASELINE.write_text(
        json.dumps({"version": version, "migrations": leaves}, indent=1) + "\n", encoding="utf-8"
    )
    lines = [json.dumps(each, ensure_ascii=False) for each in _lived()]
    # no time in the header: the same statements, the same bytes
    STATEMENTS.write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0))
    print(f"{version}: {len(leaves)} apps, {len(lines)} statements")


def _lived() -> list[dict[str, Any]]:
    """The statements of a life, in order; of reads that are alike only the first."""
    from django.db import connection
    from django.test import override_settings
    from django.test.utils import setup_databases, setup_test_environment

    from tests.faces.conftest import PLAIN
    from tests.faces.permissions.world import build, undone

    setup_test_environment()
    setup_databases(verbosity=0, interactive=False)
    said: list[dict[str, Any]] = []
    seen: set[str] = set()

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        done = execute(sql, params, many, context)
        verb = sql.lstrip().split(None, 1)[0].upper()
        if verb in WRITES or (verb in {"SELECT", "WITH"} and sql not in seen):
            seen.add(sql)
            rows = params if many else [params]
            said.extend({"sql": sql, "params": [_plain(value) for value in row or ()]} for row in rows)
        return done

    quick = override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"], STORAGES=PLAIN
    )
    with quick, undone(), connection.execute_wrapper(note):
        world = build()
        for path in ("/desk/", "/desk/rates", "/desk/search?text=1", f"/desk/case/{world.objects['case']}"):
            world.browsers["clerk"].get(path)
        for path in ("/", "/mine", f"/m/{world.objects['case']}", "/me/data", "/open/", "/neighbours"):
            world.browsers["her"].get(path)
        world.browsers["leader"].get("/lead/")
        world.programs["cases.read"].get("/api/v1/cases")
    return said


def _plain(value: Any) -> Any:
    """A parameter as JSON holds it; bytes are written as hex."""
    if isinstance(value, bytes | bytearray | memoryview):
        return {"hex": bytes(value).hex()}
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def kept() -> dict[str, Any]:
    """The version of the last release, and its last migration by app."""
    told: dict[str, Any] = json.loads(BASELINE.read_text(encoding="utf-8"))
    return told


def statements() -> list[tuple[str, list[Any]]]:
    """What was kept, as a cursor takes it."""
    text = gzip.decompress(STATEMENTS.read_bytes()).decode()
    told = [json.loads(line) for line in text.splitlines()]
    return [
        (each["sql"], [bytes.fromhex(one["hex"]) if isinstance(one, dict) else one for one in each["params"]])
        for each in told
    ]


if __name__ == "__main__":
    main(sys.argv[1])
