"""`flush`: emptying every table is refused to people, because the ledger is append-only; tests may."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands.flush import Command as Flush
from django.db import connections

from liren.base.ledger import triggers


class Command(Flush):
    """Django's flush, kept for throwaway databases."""

    help = "Empties a throwaway database. Refused interactively: the ledger is append-only."

    def handle(self, **options: Any) -> None:
        """Empty every table. Raises CommandError when asked by a person."""
        if options["interactive"]:
            raise CommandError(
                "The ledger is append-only. To begin anew, start with another LIREN_HOME or database."
            )
        connection = connections[options["database"]]
        if connection.vendor != "sqlite":  # TRUNCATE, which needs the owner's rights and wakes no row trigger
            super().handle(**options)
            return
        with connection.schema_editor(atomic=False) as editor:
            triggers.drop(None, editor)
        try:
            super().handle(**options)
        finally:
            with connection.schema_editor(atomic=False) as editor:
                triggers.create(None, editor)
