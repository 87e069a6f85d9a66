"""The ledger app."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Registers the tables of ledger."""

    name = "liren.base.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"
