"""Tables only grow between two releases: while an office upgrades, the old program still works on the new tables.

A column goes one release after nothing uses it any more; the migration that takes it away says so:
`unused_since = "0.2.0"`, a release that is out.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import NOT_PROVIDED

from tools import baseline

KEPT = baseline.kept()
GROWS = (
    migrations.CreateModel, migrations.AddIndex, migrations.RemoveIndex, migrations.RenameIndex,
    migrations.RemoveConstraint, migrations.AlterModelOptions, migrations.AlterModelManagers, migrations.RunPython,
)  # fmt: skip
OURS = ("liren.",)


def shrinks(operation: Operation, before: ProjectState, app: str) -> str:
    """Why the old program could not work after an operation; "" where it can."""
    if isinstance(operation, GROWS):
        return ""
    if isinstance(operation, migrations.SeparateDatabaseAndState):
        reasons = (shrinks(each, before, app) for each in operation.database_operations)
        return next(filter(None, reasons), "")
    if isinstance(operation, migrations.AddField):
        field = operation.field
        free = field.null or field.many_to_many or field.db_default is not NOT_PROVIDED
        return (
            ""
            if free
            else f"{operation.name} needs null=True or db_default: the old program does not name it"
        )
    if isinstance(operation, migrations.AlterField):
        old = before.models[app, operation.model_name.lower()].fields[operation.name]
        return _narrows(old, operation.field)
    if isinstance(operation, migrations.RunSQL):
        return (
            ""
            if getattr(operation, "hints", {}).get("grows")
            else "SQL by hand: hints={'grows': True} if it only adds"
        )
    return f"{type(operation).__name__} takes away or forbids what the old program may write"


def _narrows(old: Any, new: Any) -> str:
    if old.null and not new.null:
        return f"{new.name} becomes NOT NULL"
    if type(old) is not type(new) and not isinstance(new, models.TextField):
        return f"{new.name} becomes another type"
    if (old.max_length or 0) > (new.max_length or 10**9):
        return f"{new.name} becomes shorter"
    if new.unique and not old.unique:
        return f"{new.name} becomes unique"
    return ""


def _since() -> Iterator[tuple[migrations.Migration, ProjectState]]:
    """Every migration of ours after the last release, with the tables as they were before it."""
    loader = MigrationLoader(None)
    plan = loader.graph._generate_plan(loader.graph.leaf_nodes(), at_end=True)  # type: ignore[attr-defined]
    known = {node for leaf in KEPT["migrations"].items() for node in loader.graph.forwards_plan(leaf)}
    state = ProjectState()
    for key in plan:
        migration = loader.graph.nodes[key]
        if key not in known and migration.__module__.startswith(OURS):
            yield migration, state.clone()
        state = migration.mutate_state(state, preserve=False)


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def test_the_baseline_names_migrations_that_are_there() -> None:
    nodes = MigrationLoader(None).graph.nodes
    gone = [leaf for leaf in KEPT["migrations"].items() if leaf not in nodes]
    assert not gone, "a migration that was released is never renamed or taken away"


def test_since_the_last_release_tables_only_grew() -> None:
    wrong = []
    for migration, before in _since():
        unused = getattr(migration, "unused_since", "")
        if unused and _version(unused) <= _version(KEPT["version"]):
            continue
        if migration.app_label not in KEPT["migrations"]:
            continue  # an app the old program does not know
        for operation in migration.operations:
            why = shrinks(operation, before, migration.app_label)
            if why:
                wrong.append(f"{migration.app_label}.{migration.name}: {why}")
    assert not wrong, "expand first, contract one release later (docs/operate.md, Upgrade)"


@pytest.mark.django_db
def test_the_tables_take_what_the_last_release_writes() -> None:
    loader = MigrationLoader(None)
    old = loader.project_state(list(KEPT["migrations"].items())).apps
    wrong = []
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        for model in old.get_models():
            table = model._meta.db_table
            assert table in there, f"the table {table} is gone"
            columns = {
                each.name: each for each in connection.introspection.get_table_description(cursor, table)
            }
            named = {field.column for field in model._meta.concrete_fields}
            wrong += [f"{table}.{column} is gone" for column in named - set(columns)]
            wrong += [
                f"{table}.{column} is new, NOT NULL and has no default"
                for column in set(columns) - named
                if not columns[column].null_ok and columns[column].default is None
            ]
    assert not wrong


CASE = ProjectState()
CASE.add_model(
    migrations.state.ModelState(
        "cases",
        "Case",
        [
            ("id", models.BigAutoField(primary_key=True)),
            ("title", models.CharField(max_length=80, null=True)),
        ],
    )
)


@pytest.mark.parametrize(
    ("operation", "good"),
    [
        (migrations.AddField("case", "mark", models.CharField(max_length=9, null=True)), True),
        (migrations.AddField("case", "mark", models.CharField(max_length=9, db_default="")), True),
        (migrations.AddField("case", "mark", models.CharField(max_length=9, default="")), False),
        (migrations.RemoveField("case", "title"), False),
        (migrations.RenameField("case", "title", "name"), False),
        (migrations.DeleteModel("Case"), False),
        (migrations.RenameModel("Case", "Matter"), False),
        (migrations.AlterField("case", "title", models.CharField(max_length=200, null=True)), True),
        (migrations.AlterField("case", "title", models.TextField(null=True)), True),
        (migrations.AlterField("case", "title", models.CharField(max_length=40, null=True)), False),
        (migrations.AlterField("case", "title", models.CharField(max_length=80)), False),
        (migrations.AlterField("case", "title", models.IntegerField(null=True)), False),
        (migrations.AddConstraint("case", models.CheckConstraint(condition=models.Q(id__gt=1), name="x")), False),
        (migrations.RunSQL("DROP TABLE cases_case"), False),
        (migrations.SeparateDatabaseAndState(database_operations=[migrations.RemoveField("case", "title")]), False),
    ],
    ids=str,
)  # fmt: skip
def test_what_would_stop_the_old_program_is_found(operation: Operation, good: bool) -> None:
    assert (shrinks(operation, CASE, "cases") == "") == good


def test_the_recording_is_a_whole_life() -> None:
    said = [sql for sql, _ in baseline.statements()]
    tables = {
        table
        for table in ("cases_case", "cases_voice", "ledger_event", "access_account", "cases_step")
        if any(f'INTO "{table}"' in sql for sql in said)
    }
    assert len(tables) == 5, tables
    assert sum(sql.startswith("SELECT") for sql in said) > 100
    assert Path(baseline.STATEMENTS).stat().st_size < 300_000
