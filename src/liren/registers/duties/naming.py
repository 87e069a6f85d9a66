"""What a spreadsheet calls a class, a unit or a place of the duty list, there and back."""

import re
from contextlib import suppress
from datetime import date

from liren.kernel.errors import NotFound, Refused
from liren.registers.duties.packs import pack
from liren.registers.people import queries as people
from liren.registers.places import queries as places

WHOLE = "全街道"
_WHOLE = frozenset({"", WHOLE, "全镇", "全乡", "全域", "全部"})
_NAMED = ("community", "grid", "courtyard")
_BREAKS = re.compile(r"[、,，;；\s]+")


class Names:
    """What a spreadsheet may call a class, unit or place, and what is meant; None where two answer to it."""

    def __init__(self, on: date) -> None:
        self.classes: dict[str, str | None] = {}
        for row in pack("taxonomy").on(on).values():
            for name in (row.key, row.title.zh, row.title.en.lower()):
                self.classes[name] = row.key if self.classes.get(name, row.key) == row.key else None
        self.units: dict[str, int | None] = {}
        self._said: dict[int, str] = {}
        for unit in people.units(on=on):
            for name in {unit.code, unit.name, unit.short} - {""}:
                self.units[name] = unit.id if self.units.get(name, unit.id) == unit.id else None
        for unit in people.units(on=on):
            names = (unit.short, unit.name, unit.code)
            self._said[unit.id] = next((name for name in names if name and self.units[name] == unit.id), "")
        self.root = office_path()
        self.places: dict[str, str | None] = dict.fromkeys(_WHOLE, "")
        for kind in _NAMED if self.root else ():
            for place in places.within(self.root, kind):
                for name in {place.name, *place.aliases}:
                    self.places[name] = (
                        place.path if self.places.get(name, place.path) == place.path else None
                    )

    def place(self, said: str) -> str:
        """The path of a place given as name, code, full name or path.

        Raises Refused "duty.place_unknown", "duty.place_unclear" (several are called so).
        """
        known = self.places.get(said, "?")
        if known is None:
            raise Refused("duty.place_unclear", field="place")
        if known != "?":
            return known
        with suppress(NotFound):
            return places.by_path(said).path
        found = places.named(said)
        if len(found) != 1:
            raise Refused("duty.place_unclear" if found else "duty.place_unknown", field="place")
        return found[0].path

    def helpers(self, said: str) -> tuple[int, ...]:
        """Units as a list of names or codes. Raises Refused("duty.unit_unknown") where one is not known."""
        found = [self.units.get(name) for name in _BREAKS.split(said) if name]
        known = tuple(helper for helper in found if helper is not None)
        if len(known) < len(found):
            raise Refused("duty.unit_unknown", field="co_units")
        return known

    def class_said(self, code: str) -> str:
        """A class by its name, by its code where two have that name."""
        row = pack("taxonomy").rows.get(code)
        name = row[-1].title.zh if row else code
        return name if self.classes.get(name) == code else code

    def unit_said(self, unit_id: int) -> str:
        """A unit by its short name, else its name, else its code; "" where it is no more."""
        return self._said.get(unit_id, "")

    def place_said(self, path: str) -> str:
        """A place by its name where only it is called so, else by its full name, else by its path."""
        if not path:
            return WHOLE
        try:
            place = places.by_path(path)
        except NotFound:
            return path
        for said in (place.name, places.full_name(place.id)):
            with suppress(Refused):
                if self.place(said) == path:
                    return said
        return path


def office_path() -> str:
    """The path of the office's own place; empty before there is one."""
    try:
        return places.root().path
    except NotFound:
        return ""
