"""When an answer fits what was said."""

LONGEST_QUESTION = 200
LONGEST_ANSWER = 10_000

# A fit below which an answer would only puzzle; it is measured in pairs of characters two questions share.
ENOUGH = 0.18
# What being about the demand's own class, and holding every word of it, is worth beside that.
SAME_CLASS = 0.15
ALL_FOUND = 0.3


def fit(likeness: float, *, same_class: bool, found: bool) -> float:
    """How well an article fits, 0..1: likeness of the questions, the class, and every word found in it."""
    if likeness == 0.0 and not found:
        return 0.0
    return min(1.0, likeness + SAME_CLASS * same_class + ALL_FOUND * found)
