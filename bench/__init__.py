"""Measures what the house promises."""
