"""The public app: templates only."""

from django.apps import AppConfig


class PublicConfig(AppConfig):
    """No tables: a face keeps nothing of its own."""

    name = "liren.faces.public"
    label = "public"
