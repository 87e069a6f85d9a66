"""Rule packs: every rule is a dated, sourced, bilingual row of a YAML file, never a constant in code.

A pack file:

    pack: calendar                # one name for all files of a pack
    version: "2026.1"             # of the file; a row may state its own
    rows:
      - key: holidays.cn
        title: {zh: 2026年节假日, en: Holidays of 2026}
        source: 国务院办公厅关于2026年部分节假日安排的通知
        valid_from: 2026-01-01    # first day, included
        valid_to: 2026-12-31      # last day, included; null means until further notice
        value: {...}              # checked against the caller's schema

The rows of one key follow each other without overlap and without gap, so that on any day from a key's first
row to its last exactly one rule holds. Both are refused in words that name file, key and days.

An office adds files of its own (LIREN_HOME/packs/<pack>/*.yaml). An office row simply joins the rows of its
key. Where it overlaps a shipped row it must say `replaces: true`; it then takes that row's place for the
days it is valid, and the shipped row keeps the rest of its days. A row that replaces nothing is refused,
since its key is then misspelt.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from liren.kernel.errors import NotFound, Refused

_LARGEST_FILE = 8_000_000
# libyaml where PyYAML was built with it: the same answers, many times faster
_FastLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DAY = timedelta(days=1)
_DATE = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_WORDS = {"type": "string", "pattern": r"\S"}
_SHELL: dict[str, Any] = {
    "type": "object",
    "required": ["pack", "version", "rows"],
    "additionalProperties": False,
    "properties": {
        "pack": {"type": "string", "pattern": r"^[a-z][a-z0-9_.-]*$"},
        "version": _WORDS,
        "rows": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["key", "title", "source", "valid_from", "valid_to", "value"],
                "additionalProperties": False,
                "properties": {
                    "key": {"type": "string", "pattern": r"^[a-z0-9][a-z0-9_.-]*$"},
                    "title": {
                        "type": "object",
                        "required": ["zh", "en"],
                        "additionalProperties": False,
                        "properties": {"zh": _WORDS, "en": _WORDS},
                    },
                    "source": _WORDS,
                    "version": _WORDS,
                    "valid_from": _DATE,
                    "valid_to": {"anyOf": [_DATE, {"type": "null"}]},
                    "replaces": {"type": "boolean"},
                    "value": {},
                },
            },
        },
    },
}


@dataclass(frozen=True, slots=True)
class Title:
    """A name in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Row:
    """One rule for a span of days, both ends included; `valid_to` None means until further notice.

    `cut` tells that another rule took some of its days: its value may still speak of them.
    """

    key: str
    value: Any
    title: Title
    source: str
    version: str
    valid_from: date
    valid_to: date | None
    file: str
    replaces: bool = False
    cut: bool = False

    @property
    def last_day(self) -> date:
        """The last day on which the row holds."""
        return self.valid_to or date.max

    def holds(self, on: date) -> bool:
        """Whether the row is the rule on that day."""
        return self.valid_from <= on <= self.last_day


@dataclass(frozen=True, slots=True)
class Pack:
    """The checked rows of a pack: for each key, its rows in order of time."""

    name: str
    rows: Mapping[str, tuple[Row, ...]]

    def find(self, key: str, on: date) -> Row | None:
        """The row of the key that holds on that day, or None."""
        return next((row for row in self.rows.get(key, ()) if row.holds(on)), None)

    def pick(self, key: str, on: date) -> Row:
        """The row of the key that holds on that day. Raises NotFound("pack.no_rule")."""
        row = self.find(key, on)
        if row is None:
            raise NotFound("pack.no_rule", pack=self.name, key=key, on=on.isoformat())
        return row

    def on(self, day: date) -> dict[str, Row]:
        """Every key that has a rule on that day, in the order of the files."""
        return {key: row for key, rows in self.rows.items() for row in rows if row.holds(day)}

    def __iter__(self) -> Iterator[Row]:
        return (row for rows in self.rows.values() for row in rows)


def load_pack(path: Path, schema: Mapping[str, Any], *, office: Path | None = None) -> Pack:
    """The pack in a YAML file, or in the YAML files of a folder; `office` is the office's own, if it exists.

    `schema` is the JSON Schema (2020-12) of each row's value; dates in values stay strings (YYYY-MM-DD).
    Raises Refused "pack.missing", "pack.unreadable", "pack.schema", "pack.dates", "pack.overlap",
    "pack.gap" or "pack.replaces", each with `file` and a plain English sentence in `says`, and key and days
    where there are any.
    """
    shipped, name = _read_all(path, schema)
    if not shipped:
        raise Refused("pack.missing", file=str(path), says=f"there is no pack file at {path}")
    own: list[Row] = []
    if office is not None and office.exists():
        own, _ = _read_all(office, schema, name)
    for row in shipped:
        if row.replaces:
            raise _fault("pack.replaces", row, "is shipped, so it has nothing to replace: delete `replaces`")
    replacing = [row for row in own if row.replaces]
    for row in replacing:
        if not any(_meet(row, other) for other in shipped):
            raise _fault(
                "pack.replaces", row, "replaces no shipped rule: is the key written as in the shipped file?"
            )
    for row in replacing:
        shipped = _without(shipped, row)
    by_key: dict[str, list[Row]] = {}
    for row in shipped + own:
        by_key.setdefault(row.key, []).append(row)
    return Pack(name, {key: _in_order(rows) for key, rows in by_key.items()})


def office_folder(pack: str) -> Path:
    """Where the office keeps its own files of a pack: LIREN_HOME/packs/<pack>. It need not exist."""
    return Path(os.environ.get("LIREN_HOME") or "var").resolve() / "packs" / pack


def _meet(one: Row, other: Row) -> bool:
    """Whether both say something about one key on one day."""
    return one.key == other.key and one.valid_from <= other.last_day and other.valid_from <= one.last_day


def _without(shipped: list[Row], by: Row) -> list[Row]:
    """The shipped rows without the days that the office's row takes over."""
    kept: list[Row] = []
    for row in shipped:
        if not _meet(row, by):
            kept.append(row)
            continue
        if row.valid_from < by.valid_from:
            kept.append(replace(row, valid_to=by.valid_from - _DAY, cut=True))
        if row.last_day > by.last_day:
            kept.append(replace(row, valid_from=by.last_day + _DAY, cut=True))
    return kept


def _in_order(rows: Iterable[Row]) -> tuple[Row, ...]:
    ordered = tuple(sorted(rows, key=lambda row: (row.valid_from, row.last_day)))
    for earlier, later in pairwise(ordered):
        if later.valid_from <= earlier.last_day:
            until = min(earlier.last_day, later.last_day)
            days = (
                f"from {later.valid_from} to {until}" if until != date.max else f"from {later.valid_from} on"
            )
            raise _fault(
                "pack.overlap", later, f"is valid twice {days}: {earlier.file} has it too",
                other=earlier.file, begins=later.valid_from, ends=until,
            )  # fmt: skip
        if later.valid_from > earlier.last_day + _DAY:
            begins, ends = earlier.last_day + _DAY, later.valid_from - _DAY
            raise _fault(
                "pack.gap", later, f"has no rule from {begins} to {ends}, after the one in {earlier.file}",
                other=earlier.file, begins=begins, ends=ends,
            )  # fmt: skip
    return ordered


def _fault(code: str, row: Row, says: str, **params: object) -> Refused:
    told = {name: str(value) for name, value in params.items()}
    return Refused(code, file=row.file, key=row.key, says=f"{row.file}: the key {row.key} {says}", **told)


def _read_all(path: Path, schema: Mapping[str, Any], name: str | None = None) -> tuple[list[Row], str]:
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path] if path.exists() else []
    rows: list[Row] = []
    shell = _schema(schema)
    for file in files:
        content = _checked(file, _read(file), shell)
        if name is not None and content["pack"] != name:
            says = f"{file}: belongs to the pack {content['pack']}, not to {name}"
            raise Refused("pack.schema", file=str(file), where="pack", says=says)
        name = content["pack"]
        rows += [_row(raw, content["version"], file) for raw in content["rows"]]
    return rows, name or ""


def _schema(value: Mapping[str, Any]) -> Draft202012Validator:
    rows = _SHELL["properties"]["rows"]
    item = {**rows["items"], "properties": {**rows["items"]["properties"], "value": dict(value)}}
    properties = {**_SHELL["properties"], "rows": {**rows, "items": item}}
    # A caller's $defs stay reachable by "#/$defs/..." as if the value stood alone.
    return Draft202012Validator({**_SHELL, "properties": properties, "$defs": value.get("$defs", {})})


def _checked(file: Path, content: Any, validator: Draft202012Validator) -> Any:
    error = best_match(validator.iter_errors(content))
    if error is not None:
        where = error.json_path.removeprefix("$.")
        says = f"{file}: {where}: {error.message[:300]}"
        raise Refused("pack.schema", file=str(file), where=where, says=says)
    return content


def _row(raw: dict[str, Any], version: str, file: Path) -> Row:
    try:
        begins = date.fromisoformat(raw["valid_from"])
        ends = date.fromisoformat(raw["valid_to"]) if raw["valid_to"] else None
    except ValueError as error:
        says = f"{file}: the key {raw['key']} has a day that is in no calendar: {error}"
        raise Refused("pack.dates", file=str(file), key=raw["key"], says=says) from error
    row = Row(
        key=raw["key"],
        value=raw["value"],
        title=Title(**raw["title"]),
        source=raw["source"],
        version=raw.get("version", version),
        valid_from=begins,
        valid_to=ends,
        file=str(file),
        replaces=raw.get("replaces", False),
    )
    if row.last_day < begins:
        raise _fault("pack.dates", row, f"ends on {ends}, before it begins on {begins}")
    return row


class _Loader(_FastLoader):  # type: ignore[misc]  # one of the two, both safe
    """YAML as people read it.

    13:30 is a time of day and not the number 810, no is a word, a date stays a string.
    """

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789")
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^[-+]?[0-9]+\.[0-9]+$"), list("-+0123456789")
)


def _read(file: Path) -> Any:
    try:
        if file.stat().st_size > _LARGEST_FILE:
            raise yaml.YAMLError(f"it is larger than {_LARGEST_FILE} bytes")
        loader = _Loader(file.read_text(encoding="utf-8-sig"))
        node = loader.get_single_node()
        _refuse_tricks(node, set())
        return loader.construct_document(node) if node is not None else None
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        says = f"{file}: cannot be read as YAML: {' '.join(str(error).split())[:300]}"
        raise Refused("pack.unreadable", file=str(file), says=says) from error


def _refuse_tricks(node: yaml.Node | None, seen: set[int]) -> None:
    """A key written twice would lose a rule without a word.

    An alias can unfold into more than memory holds.
    """
    if node is None:
        return
    if id(node) in seen:
        raise yaml.YAMLError(f"anchors and aliases are not used in packs{node.start_mark}")
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for part in node.value:
            _refuse_tricks(part, seen)
    elif isinstance(node, yaml.MappingNode):
        names: set[str] = set()
        for name, value in node.value:
            if not isinstance(name, yaml.ScalarNode) or name.value in names:
                raise yaml.YAMLError(f"a key is written twice, or is no word{name.start_mark}")
            names.add(name.value)
            _refuse_tricks(value, seen)
