"""The staff app: templates and static files."""

from django.apps import AppConfig


class StaffConfig(AppConfig):
    """No tables: a face keeps nothing of its own."""

    name = "liren.faces.staff"
    label = "staff"
