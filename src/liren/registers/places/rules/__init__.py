"""What is true of places without asking a database: coordinates, codes, paths, outlines, names in a text."""

from liren.registers.places.rules.address import Entry, Gazetteer, Mention, rooms_from
from liren.registers.places.rules.codes import cell_code, division_code, scheme_of
from liren.registers.places.rules.coordinates import from_bd09, from_gcj02, to_bd09, to_gcj02
from liren.registers.places.rules.paths import PARENT_KINDS, ancestors, may_hold, path_of, upper_bound
from liren.registers.places.rules.reading import Normal, normal

__all__ = [
    "PARENT_KINDS",
    "Entry",
    "Gazetteer",
    "Mention",
    "Normal",
    "ancestors",
    "cell_code",
    "division_code",
    "from_bd09",
    "from_gcj02",
    "may_hold",
    "normal",
    "path_of",
    "rooms_from",
    "scheme_of",
    "to_bd09",
    "to_gcj02",
    "upper_bound",
]
