"""Who wakes whom. The one file that knows every room's news and who acts on it."""


def connect() -> None:
    """Subscribe every reaction to the news it acts on. Called once, at start."""
