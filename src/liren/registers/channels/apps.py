"""The channels app."""

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    """Registers the tables of channels."""

    name = "liren.registers.channels"
    label = "channels"
    default_auto_field = "django.db.models.BigAutoField"
