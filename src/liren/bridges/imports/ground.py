"""Places, classes and units as the file names them: found on the registers, or made from it where the mapping says so."""

from collections.abc import Iterable
from collections.abc import Mapping as Map
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from liren.bridges.imports.mapping import Mapping
from liren.bridges.imports.rules import Bad
from liren.bridges.imports.spots import Codes, Names, Spots
from liren.kernel.clock import office_day
from liren.kernel.errors import Refused
from liren.kernel.policy import Actor
from liren.registers.duties import actions as duties_actions
from liren.registers.duties import queries as duties
from liren.registers.people import actions as people_actions
from liren.registers.people import queries as people

LONGEST_NAME = 100


class Ground:
    """What the names of a file mean on the registers. `pretend`: nothing is made, only counted."""

    def __init__(self, mapping: Mapping, *, by: Actor, now: datetime, pretend: bool) -> None:
        self.mapping = mapping
        self.by = by
        self.now = now
        self.pretend = pretend
        self.spots = Spots(mapping, by, now, pretend)
        self._classes: dict[duties.ClassPath, str] = {}
        self._units: dict[str, int | None] = {}
        self._made = {"classes": 0, "units": 0}

    @property
    def made(self) -> dict[str, int]:
        """How many of each the file made, or would make."""
        return {"places": self.spots.made, **self._made}

    def begin(self) -> None:
        """Look at the registers. Raises Refused("import.no_office"), Denied."""
        self.spots.begin()
        self._classes = duties.known_paths(office_day(self.now))
        for unit in people.units():
            for name in {unit.name, unit.short, unit.code} - {""}:
                self._units[name] = unit.id if self._units.get(name, unit.id) == unit.id else None

    def make(self, spots: Map[Names, Codes], classes: Iterable[str], units: Iterable[str]) -> None:
        """Make what the file names and the mapping lets be made, before any row is brought in. Each is known again."""
        self.spots.make(spots)
        if self.mapping.class_.make:
            self._make_classes(classes)
        if self.mapping.unit.make:
            for name in units:
                self._make_unit((self.mapping.unit.values or {}).get(name, name))

    def class_code(self, titles: str) -> str:
        """The class of titles parted by tabs, "" where the row names none. Raises Bad: import.class_unknown,
        import.class_title.
        """
        if not titles:
            return ""
        column = self.mapping.class_.columns[0]
        given = (self.mapping.class_.values or {}).get(titles.replace("\t", "/"))
        if given is not None:
            return given
        path = self._path(titles)
        if path is None:
            raise Bad("import.class_title", column, titles.replace("\t", "/"))
        code = self._classes.get(path) or self._classes.get((path[0], path[-1]))
        if code is None and self.mapping.class_.unknown == "refuse":
            raise Bad("import.class_unknown", column, titles.replace("\t", "/"))
        return code or ""

    def unit(self, said: str) -> int | None:
        """The unit of a name. Raises Bad: import.unit_unknown, import.unit_unclear."""
        if not said:
            return None
        name = (self.mapping.unit.values or {}).get(said, said)
        if name in self._units:
            found = self._units[name]
            if found is None:
                raise Bad("import.unit_unclear", self.mapping.unit.columns[0], said)
            return found
        if self.mapping.unit.unknown == "refuse":
            raise Bad("import.unit_unknown", self.mapping.unit.columns[0], said)
        return None

    def _path(self, titles: str) -> duties.ClassPath | None:
        """Titles in their one form, None where one could not be a title."""
        try:
            return duties.class_path(titles.split("\t"))
        except Refused:
            return None

    def _make_classes(self, said: Iterable[str]) -> None:
        given = self.mapping.class_.values or {}
        paths = [self._path(one) for one in said if one and one.replace("\t", "/") not in given]
        known = self._classes
        missing = [p for p in dict.fromkeys(paths) if p and p not in known and (p[0], p[-1]) not in known]
        self._made["classes"] += len(missing)
        if self.pretend:
            self._classes |= {path: f"new.{at}" for at, path in enumerate(missing)}
        elif missing:
            source = f"{self.mapping.source} ({self.mapping.name} {self.mapping.dated})"
            self._classes |= duties_actions.make_classes(missing, source=source, by=self.by, now=self.now)

    def _make_unit(self, name: str) -> None:
        if not name or name in self._units or len(name) > LONGEST_NAME or not name.isprintable():
            return
        self._made["units"] += 1
        if self.pretend:
            self._units[name] = -self._made["units"]
            return
        code, kind = f"i-{sha256(name.encode()).hexdigest()[:12]}", self.mapping.unit.kind or "department"
        with transaction.atomic():
            self._units[name] = people_actions.open_body(
                code=code,
                kind=kind,
                by=self.by,
                now=self.now,
                name=name,
                place_id=self.spots.office_id,
                handles=True,
            )
