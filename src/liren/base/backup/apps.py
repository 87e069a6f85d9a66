"""The backup app."""

from django.apps import AppConfig


class BackupConfig(AppConfig):
    """Registers the table of backup."""

    name = "liren.base.backup"
    label = "backup"
    default_auto_field = "django.db.models.BigAutoField"
