"""The reporting app."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    """Registers the tables of reporting."""

    name = "liren.bridges.reporting"
    label = "reporting"
    default_auto_field = "django.db.models.BigAutoField"
