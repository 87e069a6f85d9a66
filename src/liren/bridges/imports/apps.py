"""The imports app."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """Registers the tables of imports."""

    name = "liren.bridges.imports"
    label = "imports"
    default_auto_field = "django.db.models.BigAutoField"
