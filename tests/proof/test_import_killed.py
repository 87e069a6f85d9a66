"""kill -9 in the middle of an import, again and again: every row ends up in exactly one place, on both databases."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.bridges.sheets import as_csv
from tests.proof.served import ROOT

pytestmark = pytest.mark.proof

ROWS, KILLS = 12_000, 4
MAPPING = """mapping: old
dated: '2026-01-01'
source: 旧系统
office: {kind: street, name: 栖禾街道}
number: 编号
received: 收到
closed: 办结
words: 内容
type: {blank: complaint}
channel: {blank: phone}
class: {columns: [大类, 小类], make: 'true'}
unit: {column: 单位, make: 'true'}
place: {levels: [{kind: community, name: 社区}], make: 'true'}
state: {blank: ended}
"""
HEADS = ("编号", "收到", "办结", "内容", "大类", "小类", "单位", "社区")
COUNT = """import json
from liren.bridges.imports.models import Import, Origin, Outcome
from liren.base.ledger.models import Event
from liren.base.search.models import Entry
from liren.cases.models import Case, Step, Voice
row = Import.objects.get()
told = Event.objects.filter(kind='cases.imported').count()
print(json.dumps([row.state, row.rows, row.taken, row.refused, row.twice, Case.objects.count(), Voice.objects.count(),
    Origin.objects.count(), told, Entry.objects.count(), Outcome.objects.count(),
    Step.objects.filter(move='import').count(), Case.objects.values('origin').distinct().count()]))
"""


def _table() -> bytes:
    def row(at: int) -> dict[str, str]:
        number = at - 1 if at % 1000 == 7 else at  # now and then one comes twice
        received = "昨天" if at % 500 == 3 else f"2026-01-{at % 28 + 1:02d} 09:00"
        return {
            "编号": str(number), "收到": received, "办结": "2026-02-20", "内容": f"第{at}件：路灯不亮了，请来看看",
            "大类": "市政", "小类": f"小类{at % 40}", "单位": f"单位{at % 30}", "社区": f"社区{at % 12}",
        }  # fmt: skip

    return as_csv((row(at) for at in range(1, ROWS + 1)), HEADS)


@contextmanager
def _own_database() -> Iterator[dict[str, str]]:
    """On PostgreSQL a database for this proof alone, since others count what is in theirs."""
    owner = os.environ.get("LIREN_DB_OWNER")
    if owner is None:
        yield {}
        return
    parts = urlsplit(owner)
    with psycopg.connect(owner, autocommit=True) as made:
        made.execute("CREATE DATABASE import_killed")
        try:
            url = urlunsplit(parts._replace(path="/import_killed"))
            yield {"LIREN_DB": url, "LIREN_DB_OWNER": url}
        finally:
            made.execute("DROP DATABASE import_killed WITH (FORCE)")


def test_every_row_ends_up_in_exactly_one_place(tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_bytes(_table())
    (tmp_path / "old.yaml").write_text(MAPPING, encoding="utf-8")
    with _own_database() as reached:
        env = os.environ | {"LIREN_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT / "src")} | reached
        env.pop("DJANGO_SETTINGS_MODULE", None)
        liren = [sys.executable, "-m", "liren"]
        importing = [
            *liren,
            "import",
            "cases",
            str(tmp_path / "old.csv"),
            "--mapping",
            str(tmp_path / "old.yaml"),
        ]
        subprocess.run([*liren, "setup"], env=env, cwd=ROOT, check=True, capture_output=True)
        dice, killed = random.Random(7), 0
        while killed < KILLS:
            process = subprocess.Popen(
                [*importing, "--resume"],
                env=env,
                cwd=ROOT,
                stderr=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                text=True,
            )
            assert process.stderr is not None
            for _line in process.stderr:  # the first lines of progress: it is in the middle of things
                time.sleep(dice.uniform(0.05, 0.6))
                process.send_signal(signal.SIGKILL)
                break
            if process.wait() == 0:
                break
            killed += 1
        assert killed >= 2, "it was never killed: this proved nothing"
        done = subprocess.run(
            [*importing, "--resume"], env=env, cwd=ROOT, capture_output=True, text=True, check=False
        )
        # where the last run had ended by itself there is nothing left to take up: all rows are here already
        assert done.returncode == 0, done.stderr
        told = subprocess.run(
            [*liren, "shell", "--verbosity", "0", "-c", COUNT],
            env=env,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    state, rows, taken, refused, twice, *counts = json.loads(told.stdout.strip().splitlines()[-1])
    assert (state, rows) == ("done", ROWS)
    assert taken + refused + twice == ROWS
    assert (refused, twice) == (ROWS // 500, ROWS // 1000)
    cases, voices, origins, events, entries, outcomes, steps, numbers = counts
    assert cases == voices == origins == events == entries == steps == numbers == taken
    assert outcomes == refused + twice
