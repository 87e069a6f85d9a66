"""Deciding together: residents propose, neighbours second, the level answers, every promise is followed to its end."""
