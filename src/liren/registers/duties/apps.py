"""The duties app."""

from django.apps import AppConfig


class DutiesConfig(AppConfig):
    """Registers the tables of duties."""

    name = "liren.registers.duties"
    label = "duties"
    default_auto_field = "django.db.models.BigAutoField"
