"""The database's own view of who acts: an owner of the tables, a role that owns nothing, and the acting
person.
"""

import re
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from liren.kernel.errors import Refused
from liren.kernel.policy import Actor

_ROLE = re.compile(r"[a-z_][a-z0-9_]{0,62}")
# What is only ever added to, and the one column that may be set once: an event's place in the order.
_HISTORY = {"ledger_event": "seq", "ledger_seal": "", "vault_reveal": "", "django_migrations": ""}


def open_own_accounts(account: Any, *, using: str) -> None:
    """Make sure that account 1 is the system itself and account 2 the machine's advice. Neither can sign in:
    "!" matches no password. `account` is the model as far as the database is migrated; `using` names the database.
    """
    for number, username in ((1, "system"), (2, "machine")):
        account.objects.using(using).get_or_create(
            id=number,
            defaults={
                "kind": "system", "username": username, "password": "!", "opened_at": timezone.now(), "opened_by": 1,
            },
        )  # fmt: skip


def set_acting_person(connection: BaseDatabaseWrapper, actor: Actor, *, is_local: bool = False) -> None:
    """Tell PostgreSQL who acts (current_setting('liren.actor')), so that row-level security can rest on it.

    Connections are kept over requests: every request and every job sets it, also for nobody (0). `is_local`
    ends it with the transaction. One statement; nothing on SQLite.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('liren.actor', %s, %s)", [str(actor.id), is_local])


def grant_app_role(connection: BaseDatabaseWrapper, role_name: str) -> None:
    """Let a role that owns nothing read and write every table, present and future; run as the owner after
    migrating, every time: history stays append-only for the role, TRUNCATE and new tables are refused to it.

    Nothing on SQLite. Raises Refused("database.role_name") for what is no plain identifier.
    """
    if not _ROLE.fullmatch(role_name):
        raise Refused("database.role_name", field="role")
    if connection.vendor != "postgresql":
        return
    role = connection.ops.quote_name(role_name)
    rows, numbers = "SELECT, INSERT, UPDATE, DELETE", "USAGE, SELECT"
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for statement in (
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC",  # PostgreSQL 14 and older let everybody
            f"GRANT USAGE ON SCHEMA public TO {role}",
            f"GRANT {rows} ON ALL TABLES IN SCHEMA public TO {role}",
            f"GRANT {numbers} ON ALL SEQUENCES IN SCHEMA public TO {role}",
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rows} ON TABLES TO {role}",
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {numbers} ON SEQUENCES TO {role}",
        ):
            cursor.execute(statement)
        for table, settable in _HISTORY.items():
            cursor.execute(
                f"REVOKE UPDATE, DELETE ON {table} FROM {role}"
            )  # safe - our tables, a quoted role
            if settable:
                cursor.execute(f"GRANT UPDATE ({settable}) ON {table} TO {role}")  # safe - ours, and quoted
