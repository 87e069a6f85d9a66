"""What duties do when woken."""

from liren.registers.duties import actions
from liren.registers.places.events import PlaceMoved


def place_moved(event: PlaceMoved) -> None:
    """A place came to lie in another: its rows of the duty list stay its own.

    Wanted in the same transaction.
    """
    actions.follow_place(event.old_path, event.place_path)
