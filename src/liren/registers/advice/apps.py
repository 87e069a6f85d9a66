"""The advice app."""

from django.apps import AppConfig


class AdviceConfig(AppConfig):
    """Registers the tables of advice."""

    name = "liren.registers.advice"
    label = "advice"
    default_auto_field = "django.db.models.BigAutoField"
