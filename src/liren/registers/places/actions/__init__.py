"""Every write to places: open, correct, move, close, draw, import; and rehearsing one."""

from liren.registers.places.actions.drawing import draw_place, import_outlines
from liren.registers.places.actions.importing import Report, RowReport, import_places
from liren.registers.places.actions.placing import Details, close_place, correct_place, move_place, open_place
from liren.registers.places.actions.rehearsing import rehearse

__all__ = [
    "Details",
    "Report",
    "RowReport",
    "close_place",
    "correct_place",
    "draw_place",
    "import_outlines",
    "import_places",
    "move_place",
    "open_place",
    "rehearse",
]
