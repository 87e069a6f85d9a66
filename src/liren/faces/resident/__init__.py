"""The resident's face."""
