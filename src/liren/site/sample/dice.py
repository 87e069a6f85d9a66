"""Chance that can be repeated: the same key gives the same throws. Nothing secret is ever drawn from it."""

import random


def dice(*key: object) -> random.Random:
    """A source of chance for one thing, named by its key, so that one thing's luck never shifts another's."""
    return random.Random(":".join(str(part) for part in key))  # noqa: S311 - a street is invented, not kept secret
