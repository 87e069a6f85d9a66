"""The commands of an office without a vendor: accounts, registers, health; and the run of the proofs itself."""

import re
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from liren.base.access import queries as accounts
from liren.base.access.models import Grant
from liren.kernel.clock import utc_now
from liren.kernel.policy import SYSTEM
from liren.registers.people import actions as bodies
from liren.registers.people import queries as people
from liren.registers.places import actions as places
from tools import prove


def said(*command: str) -> str:
    """What a command prints."""
    out = StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


@pytest.fixture
def office(db: None) -> None:
    """A street with one unit."""
    now = utc_now()
    district = places.open_place(kind="district", parent_id=None, by=SYSTEM, now=now, name="望澜区")
    street = places.open_place(
        kind="street", parent_id=district, by=SYSTEM, now=now, name="栖禾街道", office=True
    )
    bodies.open_body(
        code="water", kind="utility", by=SYSTEM, now=now, name="望澜供水公司", place_id=street, handles=True
    )


@pytest.mark.writes
@pytest.mark.usefixtures("office")
def test_an_account_gets_a_password_once_and_a_seat_with_a_name() -> None:
    told = said("account", "zhang", "--role", "handler", "--unit", "water", "--holder", "张敏")
    assert re.search(r"zhang .* ([a-z2-9]{5}-){3}[a-z2-9]{5}", told)
    account = accounts.find_account("zhang")
    assert account is not None
    assert "张敏" in people.label(account)
    again = said("account", "zhang", "--role", "clerk")
    assert "unchanged" in again
    assert set(Grant.objects.filter(account_id=account).values_list("role", flat=True)) == {
        "handler",
        "clerk",
    }
    assert re.search(r"([a-z2-9]{5}-){3}[a-z2-9]{5}", said("account", "zhang", "--reset"))


@pytest.mark.writes
@pytest.mark.usefixtures("office")
def test_nobody_is_two_of_the_three_administrators_and_a_refusal_leaves_nothing() -> None:
    said("account", "admin1", "--role", "system_admin")
    with pytest.raises(CommandError, match=r"access\.exclusive"):
        said("account", "admin1", "--role", "security_admin")
    with pytest.raises(CommandError, match=r"access\.grant_needs_unit"):
        said("account", "nobody", "--role", "handler")
    assert accounts.find_account("nobody") is None
    assert "security_admin" in said("account", "x", "--role", "list")


@pytest.mark.writes
@pytest.mark.usefixtures("office")
def test_only_a_security_administrator_lets_the_machine_dispatch() -> None:
    said("account", "admin1", "--role", "system_admin")
    said("account", "admin2", "--role", "security_admin")
    assert "alone=False" in said("advice")
    with pytest.raises(CommandError, match="--by"):
        said("advice", "--alone")
    with pytest.raises(CommandError, match="denied"):
        said("advice", "--alone", "--by", "admin1")
    assert "alone=True threshold=0.95" in said("advice", "--alone", "--threshold", "0.95", "--by", "admin2")
    assert "alone=False" in said("advice", "--by", "admin2")


@pytest.mark.writes
@pytest.mark.usefixtures("office")
def test_a_table_is_loaded_row_by_row_and_the_bad_ones_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "bodies.csv"
    table.write_text("编码,类型,名称\nc1,居委会,清河里居委会\n,什么,无\n", encoding="utf-8")
    with pytest.raises(CommandError, match="1 "):
        call_command("load", "bodies", str(table))
    told = capsys.readouterr()
    assert "created 1" in told.out
    assert "line 3" in told.err
    assert people.unit_by_code("c1").name == "清河里居委会"
    with pytest.raises(CommandError, match="No such file"):
        call_command("load", "places", str(tmp_path / "none.csv"))


@pytest.mark.django_db
def test_health_says_what_needs_a_person(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("health")
    assert ended.value.code == 1
    told = capsys.readouterr().out
    assert "LOOK  no office place yet" in told
    assert re.search(r"ok +database (sqlite|postgresql), tables up to date", told)
    assert re.search(r"holidays are known until \d{4}-12-31", told)


@pytest.mark.usefixtures("office")
def test_health_names_the_rule_an_office_got_wrong(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    packs = tmp_path / "packs" / "duties.limits"
    packs.mkdir(parents=True)
    (packs / "own.yaml").write_text('pack: duties.limits\nversion: "1"\nrows: [1]\n', encoding="utf-8")
    monkeypatch.setenv("LIREN_HOME", str(tmp_path))
    with pytest.raises(SystemExit):
        call_command("health")
    told = capsys.readouterr().out
    assert "ok    office 栖禾街道" in told
    assert re.search(r"LOOK  .*own\.yaml", told)


def test_a_proof_closes_with_what_ran_and_fails_if_one_step_did(capsys: pytest.CaptureFixture[str]) -> None:
    closing = "===== 3 passed, 1 skipped in 0.12s ====="
    good = [sys.executable, "-c", f"print({closing!r})"]
    bad = [sys.executable, "-c", "import sys; sys.exit(3)"]
    assert prove.prove([lambda: prove._run("one", good)])
    told = capsys.readouterr().out
    assert told.count("3 passed, 1 skipped in 0.12s") == 2
    assert "SKIPPED" in told
    assert told.strip().endswith("== ok")
    assert not prove.prove([lambda: prove._run("bad", bad), lambda: prove._run("one", good)])
    told = capsys.readouterr().out
    assert re.search(r"FAILED +\d+ s  bad", told)
    assert told.strip().endswith("== FAILED")


def test_an_installation_is_out_of_reach_of_the_proofs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIREN_DB", "postgresql://real@/real")
    monkeypatch.setenv("LIREN_NO_SKIP", "1")
    told = "import os; print(sorted(n for n in os.environ if n.startswith('LIREN_')))"
    prove._run("look", [sys.executable, "-c", told], LIREN_MODES="all")
    assert "['LIREN_MODES', 'LIREN_NO_SKIP']" in capsys.readouterr().out


def test_a_missing_postgresql_is_a_skip_that_ci_does_not_forgive(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> Path:
        raise prove.postgres.NoPostgres("initdb was not found")

    monkeypatch.setattr(prove.postgres, "programs", none)
    monkeypatch.delenv("LIREN_NO_SKIP", raising=False)
    done = prove._on_postgres("writes")
    assert done.good
    assert "SKIPPED" in done.closing
    monkeypatch.setenv("LIREN_NO_SKIP", "1")
    assert not prove._on_postgres("writes").good
