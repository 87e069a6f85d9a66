"""Every read of places. The ground is public: whoever may ask Liren anything may ask where a thing is."""

from liren.registers.places.queries.ground import (
    OutlineReport,
    Spot,
    at_point,
    check_outlines,
    outline,
    outlines,
)
from liren.registers.places.queries.reading import Candidate, read_address
from liren.registers.places.queries.snapshot import PlaceView, steady
from liren.registers.places.queries.tables import Line, read_table
from liren.registers.places.queries.tree import (
    Count,
    OfficeView,
    ancestors,
    by_code,
    by_path,
    children,
    codes,
    count,
    full_name,
    full_names,
    get,
    names_above,
    office_view,
    path_filter,
    root,
    within,
)
from liren.registers.places.rules import from_bd09, from_gcj02, to_bd09, to_gcj02

__all__ = [
    "Candidate",
    "Count",
    "Line",
    "OfficeView",
    "OutlineReport",
    "PlaceView",
    "Spot",
    "ancestors",
    "at_point",
    "by_code",
    "by_path",
    "check_outlines",
    "children",
    "codes",
    "count",
    "from_bd09",
    "from_gcj02",
    "full_name",
    "full_names",
    "get",
    "names_above",
    "office_view",
    "outline",
    "outlines",
    "path_filter",
    "read_address",
    "read_table",
    "root",
    "steady",
    "to_bd09",
    "to_gcj02",
    "within",
]
