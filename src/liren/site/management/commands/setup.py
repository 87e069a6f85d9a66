"""`liren setup`: make or upgrade the tables; on PostgreSQL as their owner, then let the app role in."""

import os
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from liren.base.access import actions as access


class Command(BaseCommand):
    """Safe to run again: what is there stays."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """The role the server connects as."""
        parser.add_argument("--app-role", default=os.environ.get("LIREN_DB_APP_ROLE", ""))

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, then grant."""
        call_command("migrate", verbosity=options["verbosity"], interactive=False)
        if connection.vendor == "postgresql" and options["app_role"]:
            access.grant_app_role(connection, options["app_role"])
