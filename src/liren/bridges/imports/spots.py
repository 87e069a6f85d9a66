"""Where the rows of a file lie: its names for places found on the register, or made from the file."""

from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from liren.bridges.imports.mapping import Mapping
from liren.bridges.imports.rules import Bad
from liren.kernel.errors import LirenError, Refused
from liren.kernel.policy import Actor
from liren.registers.places import actions as places_actions
from liren.registers.places import queries as places

Names = tuple[str, ...]  # cells of the levels of a place, the widest first; "" where the file says nothing
Codes = tuple[str, ...]
_KINDS = ("district", "street", "community", "grid", "courtyard", "building")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a row lies: a place of the register (None: only the office as a whole), and names it could not be found by."""

    place_id: int | None
    path: str
    left: str = ""


@dataclass(slots=True)
class _Place:
    id: int
    kind: str
    path: str
    parent: int | None
    names: frozenset[str]


@dataclass
class Spots:
    """The register of places as a file speaks of it. `pretend`: nothing is made, only counted."""

    mapping: Mapping
    by: Actor
    now: datetime
    pretend: bool
    made: int = 0
    _root: _Place | None = None
    _places: dict[int, _Place] = field(default_factory=dict)
    _below: dict[int | None, list[_Place]] = field(default_factory=dict)
    _known: dict[Names, Spot | Bad] = field(default_factory=dict)

    def begin(self) -> None:
        """Look at the register; the office's own place is made where there is none. Raises Refused("import.no_office")."""
        for kind in _KINDS:
            for one in places.within("", kind):
                self._know(_Place(one.id, kind, one.path, one.parent_id, frozenset({one.name, *one.aliases})))
        office = places.office_view()
        if office.id is not None:
            self._root = self._places[office.id]
            return
        if self.mapping.office is None:
            raise Refused("import.no_office", field="mapping")
        kind, name = self.mapping.office
        self._root = self._open(kind, None, name, "", office=True)

    @property
    def office_id(self) -> int:
        """The office's own place."""
        return self._office().id

    def make(self, spots: Map[Names, Codes]) -> None:
        """Make what the file names and the mapping lets be made. Each is known again."""
        for names, codes in spots.items():
            self._find(names, codes)

    def spot(self, names: Names) -> Spot:
        """Where the levels of a row lie. Raises Bad: import.place_unknown, import.place_unclear, import.place_outside."""
        known = self._known.get(names)
        if known is None:
            known = self._find(names, ("",) * len(names))
        if isinstance(known, Bad):
            raise Bad(known.code, known.column, known.value)
        return known

    def _find(self, names: Names, codes: Codes) -> Spot | Bad:
        try:
            found: Spot | Bad = self._spot(names, codes)
        except Bad as bad:
            found = bad
        self._known[names] = found
        return found

    def _spot(self, names: Names, codes: Codes) -> Spot:
        here: _Place | None = None
        left: list[str] = []
        for level, name, code in zip(self.mapping.levels, names, codes, strict=True):
            if not name:
                continue
            found = None if left else self._one(level.kind, name, here, level.name)
            if found is None and not left and self.mapping.make_places:
                found = self._grown(level.kind, name, code, here, level.name)
            if found is not None:
                here = found
            elif self.mapping.place_unknown == "refuse":
                raise Bad("import.place_unknown", level.name, name)
            else:
                left.append(name)
        return self._within(here, " ".join(left), names)

    def _within(self, here: _Place | None, left: str, names: Names) -> Spot:
        root = self._office()
        if here is None or root.path.startswith(here.path):
            return Spot(root.id if here is root else None, root.path, left)
        if not here.path.startswith(root.path):
            said = zip(self.mapping.levels, names, strict=True)
            column, name = next((level.name, name) for level, name in said if name)
            raise Bad("import.place_outside", column, name)
        return Spot(here.id, here.path, left)

    def _one(self, kind: str, name: str, here: _Place | None, column: str) -> _Place | None:
        """The one place of that kind and name in `here`, at any depth; of several the one in the office."""
        root = self._office().path
        among = self._places.values() if here is None else self._inside(here)
        found = [one for one in among if one.kind == kind and name in one.names]
        if len(found) > 1:
            found = [one for one in found if one.path.startswith(root) or root.startswith(one.path)]
            if len(found) != 1:
                raise Bad("import.place_unclear", column, name)
        return found[0] if found else None

    def _inside(self, here: _Place) -> list[_Place]:
        found: list[_Place] = []
        level = [here]
        while level:
            level = [child for place in level for child in self._below.get(place.id, [])]
            found += level
        return found

    def _grown(self, kind: str, name: str, code: str, here: _Place | None, column: str) -> _Place | None:
        """A place made in the one above it, or in the office; None where it may not lie there."""
        parent = here or self._office()
        if not parent.path.startswith(self._office().path) or kind not in places.may_hold(parent.kind):
            return None
        try:
            return self._open(kind, parent, name, code)
        except LirenError as error:
            raise Bad(error.code[:40], column, name) from error

    def _open(
        self, kind: str, parent: _Place | None, name: str, code: str, *, office: bool = False
    ) -> _Place:
        self.made += 1
        parent_id, names = parent.id if parent else None, frozenset({name})
        if self.pretend:
            path = f"{parent.path if parent else '/'}~{self.made}/"
            made = _Place(-self.made, kind, path, parent_id, names)
        else:
            more: dict[str, Any] = {"codes": {self.mapping.name[:24]: code}} if code else {}
            with transaction.atomic():
                opened = places_actions.open_place(
                    kind=kind, parent_id=parent_id, by=self.by, now=self.now, name=name, office=office, **more
                )
            made = _Place(opened, kind, places.get(opened).path, parent_id, names)
        self._know(made)
        return made

    def _know(self, place: _Place) -> None:
        self._places[place.id] = place
        self._below.setdefault(place.parent, []).append(place)

    def _office(self) -> _Place:
        if self._root is None:
            raise RuntimeError("the register was not looked at")
        return self._root
