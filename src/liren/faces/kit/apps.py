"""The kit app: templates and static files."""

from django.apps import AppConfig


class KitConfig(AppConfig):
    """No tables: a face keeps nothing of its own."""

    name = "liren.faces.kit"
    label = "kit"
