"""The search app."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """Registers the tables of search."""

    name = "liren.base.search"
    label = "search"
    default_auto_field = "django.db.models.BigAutoField"
