"""The knowledge app."""

from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    """Registers the tables of knowledge."""

    name = "liren.registers.knowledge"
    label = "knowledge"
    default_auto_field = "django.db.models.BigAutoField"
