"""What the database itself refuses on the table of events. Created by the first migration, by the owner of
the tables.

On PostgreSQL the role the application runs under owns nothing, so it can neither drop the trigger nor go
round it. SQLite has no roles: there the trigger stops mistakes, and tampering shows in the chained digest
of the seals. A later migration that remakes the table on SQLite loses the triggers and must call `create`
again (a test looks for them).
"""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_FIXED = ("id", "kind", "subject_kind", "subject_id", "by", "at", "place_path", "unit_ids", "payload")

_SQLITE_DROP = (
    "DROP TRIGGER IF EXISTS ledger_event_no_delete",
    "DROP TRIGGER IF EXISTS ledger_event_only_seq",
    "DROP TRIGGER IF EXISTS ledger_event_no_replace",
)
_SQLITE_CREATE = (
    "CREATE TRIGGER ledger_event_no_delete BEFORE DELETE ON ledger_event "
    "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no delete'); END",
    "CREATE TRIGGER ledger_event_only_seq BEFORE UPDATE ON ledger_event "
    "WHEN OLD.seq IS NOT NULL OR NEW.seq IS NULL OR "
    + " OR ".join(f'NEW."{name}" IS NOT OLD."{name}"' for name in _FIXED)
    + " BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no update'); END",
    # INSERT OR REPLACE deletes the old row without waking the trigger on deletes.
    "CREATE TRIGGER ledger_event_no_replace BEFORE INSERT ON ledger_event "
    "WHEN EXISTS (SELECT 1 FROM ledger_event WHERE id = NEW.id OR seq = NEW.seq) "
    "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no replace'); END",
)

_POSTGRES_DROP = (
    "DROP TRIGGER IF EXISTS ledger_event_append_only ON ledger_event",
    "DROP FUNCTION IF EXISTS ledger_event_append_only()",
)
_POSTGRES_CREATE = (
    "CREATE FUNCTION ledger_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF TG_OP = 'UPDATE' AND OLD.seq IS NULL AND NEW.seq IS NOT NULL AND "
    + " AND ".join(f'NEW."{name}" IS NOT DISTINCT FROM OLD."{name}"' for name in _FIXED)
    + " THEN RETURN NEW; END IF; "
    "RAISE EXCEPTION 'the ledger is append-only: no %', lower(TG_OP) "
    "USING ERRCODE = 'restrict_violation'; END $$",
    "CREATE TRIGGER ledger_event_append_only BEFORE UPDATE OR DELETE ON ledger_event "
    "FOR EACH ROW EXECUTE FUNCTION ledger_event_append_only()",
)


def create(apps: StateApps | None, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the table append-only: seq may be set once, nothing else may be changed, nothing removed."""
    _run(schema_editor, _SQLITE_CREATE, _POSTGRES_CREATE)


def drop(apps: StateApps | None, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Undo `create`, when the first migration is taken back."""
    _run(schema_editor, _SQLITE_DROP, _POSTGRES_DROP)


def _run(schema_editor: BaseDatabaseSchemaEditor, sqlite: tuple[str, ...], postgres: tuple[str, ...]) -> None:
    for statement in postgres if schema_editor.connection.vendor == "postgresql" else sqlite:
        schema_editor.execute(statement, params=None)
