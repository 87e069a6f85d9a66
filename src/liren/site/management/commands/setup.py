"""`liren setup`: make or upgrade the tables, on PostgreSQL as their owner, let the app role in, write published rules."""

import os
import stat
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from liren.base.access import actions as access
from liren.registers.duties import actions as duties


class Command(BaseCommand):
    """Safe to run again: what is there stays."""

    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The role the server connects as."""
        parser.add_argument("--app-role", default=os.environ.get("LIREN_DB_APP_ROLE", ""))

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate if anything is new, then grant. Raises CommandError where the role may not."""
        if settings.HOME.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            self.stderr.write(
                f"{settings.HOME} can be read by other users of this machine: chmod 700 {settings.HOME}"
            )
        is_app = connection.vendor == "postgresql" and connection.settings_dict["USER"] == options["app_role"]
        if pending(connection):
            if is_app:
                raise CommandError(
                    "表由属主角色建立：LIREN_DB_ROLE=owner liren setup。 The owner of the tables must run this."
                )
            call_command("migrate", verbosity=options["verbosity"], interactive=False)
        if connection.vendor == "postgresql" and options["app_role"] and not is_app:
            access.grant_app_role(connection, options["app_role"])
        # a version may ship a row for days of which this office published its own: the files are made to fit before
        # anything reads them
        duties.write_published()


def pending(connection: BaseDatabaseWrapper) -> bool:
    """Whether the tables are older than the program."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
