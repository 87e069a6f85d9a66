"""Liren (里仁): software a street office and its communities run themselves."""
