"""Liren (里仁): software a street office and its communities run themselves."""

__version__ = "0.1.0"
