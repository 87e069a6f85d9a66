"""The resident app: templates and static files."""

from django.apps import AppConfig


class ResidentConfig(AppConfig):
    """No tables: a face keeps nothing of its own."""

    name = "liren.faces.resident"
    label = "resident"
