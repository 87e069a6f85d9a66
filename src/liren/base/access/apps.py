"""The access app."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Registers the tables of access."""

    name = "liren.base.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"
