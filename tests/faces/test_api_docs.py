"""The client of docs/api.md, run as it stands there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from liren.base.access import actions as access
from liren.cases.models import Case
from liren.kernel.clock import utc_now
from liren.kernel.policy import SYSTEM
from tests.faces.office import Office

DOCS = Path(__file__).resolve().parents[2] / "docs" / "api.md"


@pytest.mark.django_db(transaction=True)
def test_the_ten_lines_of_the_docs_file_and_follow_a_case(office: Office, live_server: LiveServer) -> None:
    block = re.search(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert block
    assert len(block[1].strip().splitlines()) <= 11  # ten lines and an import
    scopes = ["registers.read", "cases.read", "cases.open"]
    token = access.give_token(
        office.clerk.id, name="12345", scopes=scopes, days=365, by=SYSTEM, now=utc_now()
    )
    ran = subprocess.run(
        [sys.executable, "-c", block[1]],
        env={"LIREN_TOKEN": token, "LIREN_URL": live_server.url, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    assert re.match(r"\d{16} received 20\d\d-", ran.stdout)
    assert Case.objects.get().number == ran.stdout[:16]
