"""The database's own view of who acts: an owner of the tables, a role that owns nothing, and the acting
person.
"""

import re

from django.db.backends.base.base import BaseDatabaseWrapper

from liren.kernel.errors import Refused
from liren.kernel.policy import Actor

_ROLE = re.compile(r"[a-z_][a-z0-9_]{0,62}")


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
    migrating.

    Nothing on SQLite. Raises Refused("database.role_name") for what is no plain identifier.
    """
    if not _ROLE.fullmatch(role_name):
        raise Refused("database.role_name", field="role")
    if connection.vendor != "postgresql":
        return
    role = connection.ops.quote_name(role_name)
    rows, numbers = "SELECT, INSERT, UPDATE, DELETE", "USAGE, SELECT"
    with connection.cursor() as cursor:
        for statement in (
            f"GRANT USAGE ON SCHEMA public TO {role}",
            f"GRANT {rows} ON ALL TABLES IN SCHEMA public TO {role}",
            f"GRANT {numbers} ON ALL SEQUENCES IN SCHEMA public TO {role}",
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rows} ON TABLES TO {role}",
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {numbers} ON SEQUENCES TO {role}",
        ):
            cursor.execute(statement)
