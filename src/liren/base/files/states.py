"""The life of a kept file."""

from typing import Literal

State = Literal["waiting", "attached", "forgotten"]

# Sent, but what it belongs to is not sent yet; nobody but its sender can use it, and after a day it is gone.
WAITING: State = "waiting"
# Belongs to its owner (a voice, a reply) for as long as the owner lives.
ATTACHED: State = "attached"
# Key erased, bytes deleted; the row still says that there was a file.
FORGOTTEN: State = "forgotten"

# (move, from, to)
MOVES: tuple[tuple[str, State, State], ...] = (
    ("attach", WAITING, ATTACHED),
    ("forget", ATTACHED, FORGOTTEN),
)
