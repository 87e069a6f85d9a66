"""The jobs app."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Registers the tables of jobs."""

    name = "liren.base.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"
