"""The site app: holds the commands and wires the house together when Django is ready."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Wires who wakes whom, once, after every app is loaded."""

    name = "liren.site"
    label = "site"

    def ready(self) -> None:
        """Connect reactions; no database is touched."""
        from liren.site import wiring

        wiring.connect()
