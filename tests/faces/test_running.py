"""备份与运行: the system administrator sees how copies and machine stand, in words; nobody else has the page."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from liren.base.backup import queries, rules
from liren.base.backup.models import Run
from liren.base.backup.queries import Check
from liren.faces.kit.words import running
from liren.kernel.clock import utc_now
from liren.registers.people import queries as people
from tests.faces.office import Office, worker

CODES = [
    ("restore", "fine"), ("restore", "unfinished"), ("copy", "made"), ("copy", "not_set"), ("copy", "no_folder"),
    ("copy", "none"), ("copy", "failed"), ("drill", "none"), ("drill", "passed"), ("drill", "failed"),
    ("keys", "none_yet"), ("keys", "copied"), ("keys", "no_copy"), ("keys", "renewed"), ("archiver", "kept"),
    ("archiver", "waiting"), ("archiver", "off"), ("archiver", "slow"), ("archiver", "failing"), ("worker", "alive"),
    ("worker", "silent"), ("worker", "never"), ("letters", "none"), ("letters", "dead"), ("disk", "free"),
    ("copies_disk", "free"), ("clock", "kept"), ("clock", "free"), ("clock", "behind"), ("versions", "told"),
]  # fmt: skip
FACTS = {
    "at": utc_now(), "failed_at": utc_now(), "age": timedelta(hours=3), "seconds": 6.9, "count": 3, "folder": "/b",
    "error": "backup.no_space", "timeout": 300, "jobs": 1, "news": 2, "ready": 0, "unsealed": 0, "free": 3.2, "path": "/",
    "program": "0.1", "python": "3.11", "django": "5.2", "database": "SQLite 3",
}  # fmt: skip


@pytest.mark.parametrize(("name", "code"), CODES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_case_of_a_check_has_its_words_and_what_to_do(name: str, code: str, language: str) -> None:
    with translation.override(language):
        told = running.told(Check(name, "bad", code, FACTS))
    assert told.title
    assert told.says
    assert "%(" not in told.says + told.advice
    fine = {"fine", "none_yet", "copied", "kept", "alive", "told"}
    assert told.advice or code in fine


def test_how_old_is_too_old() -> None:
    assert [rules.copy_state(timedelta(minutes=age)) for age in (10, 30, 90)] == ["good", "soon", "bad"]
    assert [rules.drill_state(timedelta(days=age)) for age in (7, 10, 20)] == ["good", "soon", "bad"]


def _check(name: str) -> Check:
    return next(check for check in queries.checks(utc_now()) if check.name == name)


@pytest.mark.django_db
def test_a_failed_copy_stays_an_alarm_until_one_went_well(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("LIREN_BACKUPS", raising=False)
    assert _check("copy").code == "not_set"
    monkeypatch.setenv("LIREN_BACKUPS", str(tmp_path / "away"))
    assert _check("copy").code == "no_folder"
    monkeypatch.setenv("LIREN_BACKUPS", str(tmp_path))
    assert (_check("copy").state, _check("copy").code) == ("bad", "none")
    (tmp_path / "copies").mkdir()
    (tmp_path / "copies" / f"{rules.name_of(utc_now())}.json").touch()
    assert (_check("copy").state, _check("copy").code) == ("good", "made")
    Run.objects.create(kind="copy", at=utc_now() + timedelta(seconds=2), seconds=1, error="backup.no_space")
    assert (_check("copy").state, _check("copy").code) == ("bad", "failed")


@pytest.mark.django_db
def test_a_silent_worker_and_an_old_drill_are_alarms() -> None:
    from liren.base.jobs.models import Schedule

    assert (_check("worker").state, _check("worker").code) == ("bad", "never")
    Schedule.objects.create(name="channels.deliver", spec="30s", next_run=utc_now() + timedelta(seconds=20))
    assert _check("worker").code == "alive"
    Schedule.objects.update(next_run=utc_now() - timedelta(minutes=6))
    assert _check("worker").code == "silent"
    assert (_check("drill").state, _check("drill").code) == ("soon", "none")
    Run.objects.create(kind="drill", at=utc_now() - timedelta(days=20), seconds=7)
    assert (_check("drill").state, _check("drill").code) == ("bad", "passed")
    Run.objects.create(kind="drill", at=utc_now(), seconds=7, error="backup.drill_ledger")
    assert (_check("drill").state, _check("drill").code) == ("bad", "failed")


def test_only_the_system_administrator_has_the_page_and_is_told_on_the_page_before(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LIREN_BACKUPS", raising=False)
    hall = people.unit_by_code("hall").id
    keeper = worker("keeper", "田野", body=hall, title="系统管理员", role="system_admin").client()
    page = keeper.get("/desk/office/running")
    assert page.status_code == 200
    assert "请在 /etc/liren.env 里设 LIREN_BACKUPS" in page.content.decode()
    assert "马上处理" in page.content.decode()
    assert "/desk/office/running" in keeper.get("/desk/office").content.decode().split("<ul")[0]
    assert office.clerk.client().get("/desk/office/running").status_code == 404
    assert Client().get("/desk/office/running").status_code in (302, 404)
