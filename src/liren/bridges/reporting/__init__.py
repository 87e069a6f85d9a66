"""Reporting (一表通): the forms departments ask of the street, filled from what is held, each field asked once."""
