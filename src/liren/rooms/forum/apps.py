"""The forum app."""

from django.apps import AppConfig


class ForumConfig(AppConfig):
    """Registers the tables of the forum."""

    name = "liren.rooms.forum"
    label = "forum"
    default_auto_field = "django.db.models.BigAutoField"
