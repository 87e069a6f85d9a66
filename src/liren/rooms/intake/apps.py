"""The intake app."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Registers the tables of intake."""

    name = "liren.rooms.intake"
    label = "intake"
    default_auto_field = "django.db.models.BigAutoField"
