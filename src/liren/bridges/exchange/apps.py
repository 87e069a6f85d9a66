"""The exchange app."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Registers the tables of exchange."""

    name = "liren.bridges.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"
