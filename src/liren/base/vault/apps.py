"""The vault app."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Registers the tables of vault."""

    name = "liren.base.vault"
    label = "vault"
    default_auto_field = "django.db.models.BigAutoField"
