"""The files app."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Registers the tables of files."""

    name = "liren.base.files"
    label = "files"
    default_auto_field = "django.db.models.BigAutoField"
