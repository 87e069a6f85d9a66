"""The jobs app."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Registers the tables of jobs."""

    name = "liren.base.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the worker do what other packages ask for through the Django Tasks interface."""
        from liren.base.jobs import actions, backend

        actions.register(backend.TASK, lease=backend.LEASE, max_attempts=backend.ATTEMPTS)(backend.run)
