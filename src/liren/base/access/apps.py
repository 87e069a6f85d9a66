"""The access app."""

from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed
from django.apps.registry import Apps
from django.db.models.signals import post_migrate


class AccessConfig(AppConfig):
    """Registers the tables of access, and opens the house's own accounts wherever they are missing."""

    name = "liren.base.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """A database has its own accounts from its first migration on, and again after it was emptied."""
        post_migrate.connect(_open_own_accounts, sender=self, dispatch_uid="access.own_accounts")


def _open_own_accounts(*, using: str, apps: Apps = installed, **_: Any) -> None:
    from liren.base.access.actions import database

    try:
        database.open_own_accounts(apps.get_model("access", "Account"), using=using)
    except LookupError:  # migrated back to before there was a table
        return
