"""Rooms stand side by side on the spine and never import each other."""
