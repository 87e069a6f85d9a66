"""Persons, households, dwellings, bodies, posts, mandates, consent."""
