"""What the forum does when woken: proposals go along where the ground under them moves."""

from liren.registers.places.events import PlaceMoved
from liren.rooms.forum import actions


def follow_move(event: PlaceMoved) -> None:
    """A place came to lie elsewhere in the tree."""
    actions.follow_move(event.old_path, event.place_path)
