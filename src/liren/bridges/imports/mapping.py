"""What a mapping file says: which column is which field, what its words mean here, and what may be made from the file."""

import hashlib
import json
import tomllib
from collections.abc import Mapping as Map
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from liren.bridges.imports.schema import SCHEMA
from liren.kernel.clock import DEFAULT_ZONE, office_zone, zone
from liren.kernel.errors import NotFound, Refused

SHIPPED = Path(__file__).resolve().parent / "mappings"
LARGEST = 1_000_000
Unknown = Literal["refuse", "leave"]


@dataclass(frozen=True, slots=True)
class Cells:
    """Text out of columns: the first that says something, or all of them joined."""

    columns: tuple[str, ...] = ()
    joined: str | None = None  # what stands between; None: the first alone


@dataclass(frozen=True, slots=True)
class Choice:
    """A column whose words stand for ours. `blank` is what an empty cell means, `other` what an unlisted word means."""

    column: str = ""
    values: Map[str, str] | None = None
    blank: str | None = None
    other: str | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """When a demand came: a column; where it has none, another column, and last a day the office answers for."""

    column: str
    inside: bool = False  # the day stands in the cell among other signs, as in a number that begins with it
    otherwise: str = ""
    blank: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """One layer of the place: its kind here, the column of its name, that of its code."""

    kind: str
    name: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """How something of a register is named in the file, and what follows where it is not known."""

    columns: tuple[str, ...] = ()
    split: str = ""
    make: bool = False
    unknown: Unknown = "refuse"
    values: Map[str, str] | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Mapping:
    """A checked mapping. Column names are as written in the file's heading row; "" is "the file does not tell"."""

    name: str
    dated: str
    source: str
    zone: str
    text: str  # as it was given
    blank: frozenset[str]
    formats: tuple[str, ...]
    optional: frozenset[str]
    office: tuple[str, str] | None  # kind and name of the office's own place, made where there is none
    number: str
    received: Received
    dispatched: str
    answered: str
    closed: str
    due: str
    words: Cells
    title: Cells
    reply: Cells
    name_column: str
    phone_column: str
    channel: Choice
    type: Choice
    state: Choice
    solved: Choice
    rating: Choice
    in_time: Choice
    levels: tuple[Level, ...]
    make_places: bool
    place_unknown: Unknown
    place_text: Cells
    class_: Named
    unit: Named
    keep: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Proves which mapping it was."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def columns(self) -> dict[str, bool]:
        """Every column it names, and whether a file must have it."""
        named = [
            self.number,
            self.received.column,
            self.received.otherwise,
            self.dispatched,
            self.answered,
            self.closed,
            self.due,
        ]
        named += [self.name_column, self.phone_column, *self.keep]
        for cells in (self.words, self.title, self.reply, self.place_text):
            named += cells.columns
        for choice in (self.channel, self.type, self.state, self.solved, self.rating, self.in_time):
            named.append(choice.column)
        for level in self.levels:
            named += [level.name, level.code]
        named += [*self.class_.columns, *self.unit.columns]
        return {column: column not in self.optional for column in named if column}


def shipped() -> list[str]:
    """Names of the mappings that come with Liren."""
    return sorted(path.stem for path in SHIPPED.glob("*.yaml"))


def named(name: str) -> Mapping:
    """A mapping that comes with Liren. Raises NotFound("import.mapping_unknown")."""
    if name not in shipped():
        raise NotFound("import.mapping_unknown", known="、".join(shipped()))
    return read((SHIPPED / f"{name}.yaml").read_text(encoding="utf-8"))


def read(text: str) -> Mapping:
    """A mapping from the text of a YAML or TOML file. Raises Refused("import.mapping") with `says`, "clock.zone"."""
    content = _content(text)
    fault = best_match(Draft202012Validator(SCHEMA).iter_errors(content))
    if fault is not None:
        raise Refused("import.mapping", says=f"{fault.json_path.removeprefix('$.')}: {fault.message[:200]}")
    return _mapping(content, text)


def _content(text: str) -> Any:
    if len(text) > LARGEST:
        raise Refused("import.mapping", says="larger than 1 MB")
    try:
        if _is_toml(text):
            return json.loads(json.dumps(tomllib.loads(text), default=str))
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise yaml.YAMLError("anchors and aliases are not used in mappings")
        return json.loads(json.dumps(yaml.load(text, Loader=yaml.BaseLoader)))  # noqa: S506 - words only, no objects
    except (yaml.YAMLError, tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        raise Refused("import.mapping", says=" ".join(str(error).split())[:200]) from error


def _is_toml(text: str) -> bool:
    """TOML says `name = …` where YAML says `name: …`."""
    first = next(
        (line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")), ""
    )
    return first.lstrip().startswith("[") or "=" in first.partition(":")[0]


def _mapping(raw: Map[str, Any], text: str) -> Mapping:
    place, received = raw.get("place", {}), raw["received"]
    caller, office = raw.get("caller", {}), raw.get("office")
    late = received if isinstance(received, dict) else {"column": received}
    named_zone = raw.get("zone") or str(office_zone())
    zone(named_zone or DEFAULT_ZONE)
    return Mapping(
        name=raw["mapping"],
        dated=str(raw["dated"]),
        source=raw["source"],
        zone=named_zone,
        text=text,
        blank=frozenset(raw.get("blank", ())),
        formats=tuple(raw.get("formats", ())),
        optional=frozenset(raw.get("optional", ())),
        office=(office["kind"], office["name"]) if office else None,
        number=raw.get("number", ""),
        received=Received(
            late["column"], _yes(late.get("inside")), late.get("else", ""), late.get("blank", "")
        ),
        dispatched=raw.get("dispatched", ""),
        answered=raw.get("answered", ""),
        closed=raw.get("closed", ""),
        due=raw.get("due", ""),
        words=_cells(raw.get("words")),
        title=_cells(raw.get("title")),
        reply=_cells(raw.get("reply")),
        name_column=caller.get("name", ""),
        phone_column=caller.get("phone", ""),
        channel=_choice(raw.get("channel")),
        type=_choice(raw.get("type")),
        state=_choice(raw.get("state")),
        solved=_choice(raw.get("solved")),
        rating=_choice(raw.get("rating")),
        in_time=_choice(raw.get("in_time")),
        levels=tuple(Level(one["kind"], one["name"], one.get("code", "")) for one in place.get("levels", ())),
        make_places=_yes(place.get("make")),
        place_unknown=place.get("unknown", "refuse"),
        place_text=_cells(place.get("text")),
        class_=_named(raw.get("class")),
        unit=_named(raw.get("unit")),
        keep=tuple(raw.get("keep", ())),
    )


def _cells(raw: Any) -> Cells:
    if raw is None:
        return Cells()
    if isinstance(raw, str):
        return Cells((raw,))
    if "first" in raw:
        return Cells(tuple(raw["first"]))
    return Cells(tuple(raw["join"]), raw.get("with", " "))


def _choice(raw: Any) -> Choice:
    if raw is None:
        return Choice()
    return Choice(raw.get("column", ""), raw.get("values"), raw.get("blank"), raw.get("other"))


def _named(raw: Any) -> Named:
    if raw is None:
        return Named()
    columns = raw.get("columns") or [raw["column"]]
    return Named(
        tuple(columns),
        raw.get("split", ""),
        _yes(raw.get("make")),
        raw.get("unknown", "refuse"),
        raw.get("values"),
        raw.get("kind", ""),
    )


def _yes(said: Any) -> bool:
    return said in (True, "true", "yes")
