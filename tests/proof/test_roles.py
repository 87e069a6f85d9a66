"""On PostgreSQL the server works as a role that owns nothing: it can do its work, and cannot undo history."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import errors

from tests.proof.served import Server, Visitor, served

pytestmark = [
    pytest.mark.proof,
    pytest.mark.postgres,
    pytest.mark.skipif(
        "LIREN_DB_OWNER" not in os.environ, reason="needs PostgreSQL: python -m tools.prove proof"
    ),
]
DATABASE = "liren_roles"


@pytest.fixture(scope="module")
def reached() -> dict[str, str]:
    """A database of its own, so that other proofs may use theirs."""
    owner = os.environ["LIREN_DB_OWNER"]
    with psycopg.connect(owner, autocommit=True) as link:
        link.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        link.execute(f"CREATE DATABASE {DATABASE}")
    owner = owner.replace("/liren?", f"/{DATABASE}?")
    return {
        "LIREN_DB": owner.replace("liren_owner@", "liren_app@"),
        "LIREN_DB_OWNER": owner,
        "LIREN_DB_APP_ROLE": os.environ["LIREN_DB_APP_ROLE"],
    }


@pytest.fixture(scope="module")
def server(reached: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Set up by the owner; filled and served by the app role."""
    with served(tmp_path_factory.mktemp("home"), **reached) as started:
        yield started


@pytest.fixture(scope="module")
def number(server: Server) -> str:
    """A demand said over HTTP, numbered by the worker: all of it as the app role."""
    number = Visitor(server).say("三号楼门口路灯不亮，晚上看不见路")
    server.run("worker", "--once")
    return number


@pytest.fixture
def app(reached: dict[str, str], number: str) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """A line to the database as the server has it."""
    with psycopg.connect(reached["LIREN_DB"], autocommit=True) as link:
        yield link


def test_the_server_walks_an_intake_as_a_role_that_owns_nothing(
    app: "psycopg.Connection[tuple[object, ...]]", server: Server, number: str
) -> None:
    assert app.execute("SELECT current_user").fetchone() == ("liren_app",)
    owned = "SELECT count(*) FROM pg_class WHERE relowner = 'liren_app'::regrole"
    assert app.execute(owned).fetchone() == (0,)
    assert app.execute("SELECT count(*) FROM cases_voice WHERE number = %s", [number]).fetchone() == (1,)
    events = "SELECT count(*), count(seq) FROM ledger_event WHERE kind = 'cases.received'"
    assert app.execute(events).fetchone() == (1, 1)
    address, page = Visitor(server).send("/")
    assert address.endswith("/")
    assert "<form" in page


REFUSED = [
    "DROP TABLE ledger_event",
    "DROP TABLE cases_case",
    "ALTER TABLE ledger_event ADD COLUMN more int",
    "ALTER TABLE ledger_event DISABLE TRIGGER ledger_event_append_only",
    "DROP TRIGGER ledger_event_append_only ON ledger_event",
    "CREATE OR REPLACE FUNCTION ledger_event_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "TRUNCATE ledger_event CASCADE",
    "TRUNCATE cases_case CASCADE",
    "DELETE FROM ledger_event",
    "UPDATE ledger_event SET kind = 'other'",
    "UPDATE ledger_event SET payload = '{}', seq = seq",
    "UPDATE ledger_event SET at = now()",
    "DELETE FROM ledger_seal",
    "UPDATE ledger_seal SET digest = ''",
    "DELETE FROM vault_reveal",
    "UPDATE vault_reveal SET by = 1",
    "CREATE TABLE mine (id int)",
    "CREATE SCHEMA mine",
    "SET session_replication_role = replica",
    "SET ROLE liren_owner",
]


@pytest.mark.parametrize("statement", REFUSED)
def test_the_app_role_cannot_undo_history_or_change_tables(
    app: "psycopg.Connection[tuple[object, ...]]", statement: str
) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        app.execute(statement.encode())


def test_the_one_column_it_may_set_is_set_once(app: "psycopg.Connection[tuple[object, ...]]") -> None:
    with pytest.raises(errors.RestrictViolation, match="append-only"):
        app.execute("UPDATE ledger_event SET seq = seq + 1000")
    with pytest.raises(errors.RestrictViolation, match="append-only"):
        app.execute("UPDATE ledger_event SET seq = NULL")


def test_neither_a_second_setup_nor_itself_gives_the_app_role_more(
    app: "psycopg.Connection[tuple[object, ...]]", server: Server
) -> None:
    rights = (
        "SELECT table_name, privilege_type, column_name FROM information_schema.column_privileges "
        "WHERE grantee = 'liren_app' ORDER BY 1, 2, 3"
    )
    before = app.execute(rights).fetchall()
    app.execute("GRANT ALL ON ledger_event TO liren_app")  # PostgreSQL warns, and gives nothing
    server.run("setup", LIREN_DB_ROLE="owner")
    assert before == app.execute(rights).fetchall()
    assert ("ledger_event", "UPDATE", "seq") in before
    assert ("ledger_event", "UPDATE", "kind") not in before


ACTING = """
import json
from django.conf import settings
from django.db import connection
from django.test import Client
from liren.base.access import actions as access
from liren.base.access.models import Account
from liren.kernel.clock import to_office, utc_now
from liren.kernel.policy import SYSTEM

def acting():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('liren.actor', true), pg_backend_pid()")
        return cursor.fetchone()

now = utc_now()
clerk = access.open_account(username="clerk1", kind="staff", password=None, by=SYSTEM, now=now)
access.grant(clerk, role="clerk", place_path="", unit_id=None, valid_from=to_office(now).date(), valid_to=None,
             source="test", by=SYSTEM, now=now)
staff, anybody = Client(HTTP_HOST="127.0.0.1"), Client(HTTP_HOST="127.0.0.1")
session = staff.session
stamp = Account.objects.values_list("session_stamp", flat=True).get(id=clerk)
access.open_session(session, access.SignIn(clerk, str(stamp), now, None), now=now)
session.save()
staff.cookies["sessionid"] = session.session_key
seen = []
for browser, path in ((anybody, "/"), (staff, "/desk/"), (anybody, "/"), (staff, "/desk/")):
    status = browser.get(path).status_code
    seen.append([path, status, *acting()])
print(json.dumps({"clerk": clerk, "seen": seen}))
"""


def test_every_request_tells_the_database_who_acts(server: Server, number: str) -> None:
    told = json.loads(server.run("shell", "--verbosity", "0", "-c", ACTING).strip().splitlines()[-1])
    clerk = str(told["clerk"])
    assert [who for _, _, who, _ in told["seen"]] == ["0", clerk, "0", clerk]
    assert [status for _, status, _, _ in told["seen"]] == [200] * 4
    # one connection, kept over the requests: what one left must not be what the next finds
    assert len({pid for *_, pid in told["seen"]}) == 1


def test_an_old_table_is_told_plainly(reached: dict[str, str], tmp_path: Path) -> None:
    empty = {name: url.replace(f"/{DATABASE}?", "/postgres?") for name, url in reached.items()}
    server = Server(tmp_path, empty)
    with pytest.raises(AssertionError, match="liren setup"):
        server.run("serve", "--port", str(server.port))
