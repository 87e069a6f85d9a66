"""The leader's app: templates only."""

from django.apps import AppConfig


class LeadConfig(AppConfig):
    """No tables: a face keeps nothing of its own."""

    name = "liren.faces.lead"
    label = "lead"
