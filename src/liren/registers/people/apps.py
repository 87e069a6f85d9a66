"""The people app."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Registers the tables of people."""

    name = "liren.registers.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
