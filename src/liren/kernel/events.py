"""Events.

What happened, in ids, codes and times. Never words, names or phones: those live in erasable rows.
"""

import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from inspect import get_annotations
from types import NoneType, UnionType
from typing import Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints

from liren.kernel.errors import NotFound, Refused

# Printable ASCII without spaces: codes, hashes, paths and numbers pass; a sentence or a Chinese name cannot.
_CODE = re.compile(r"[\x21-\x7e]{0,200}")
# A mobile number or an 18-digit identity number is a person, whatever the field is called.
_PERSON = re.compile(r"(\+?86)?1[3-9][0-9]{9}|[0-9]{17}[0-9Xx]")
_ATOMS = (int, str, bool, datetime, NoneType)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to `subject_id`, done by actor `by` at an aware time, in a place, for units.

    A kind of event is a frozen dataclass that sets `kind` ("cases.replied") and `subject_kind` ("case") and
    adds fields of int, str (codes and hashes only), bool, datetime, None, and tuples of these. Defining one
    registers it by kind.
    """

    kind: ClassVar[str] = ""
    subject_kind: ClassVar[str] = ""

    subject_id: int
    by: int
    at: datetime
    place_path: str = ""
    unit_ids: tuple[int, ...] = ()

    def __init_subclass__(cls) -> None:
        """Refuses, with TypeError, a kind unnamed or named twice, and a field that could carry words."""
        # slots=True makes dataclass define each class twice; both have one qualified name and one kind.
        if not cls.__dict__.get("kind") or not cls.subject_kind:
            raise TypeError(f"event {cls.__qualname__} needs a kind and a subject_kind of its own")
        known = _KINDS.get(cls.kind)
        if known and (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(f"event kind {cls.kind} is taken by {known.__module__}.{known.__qualname__}")
        hints = get_type_hints(cls)
        for name in get_annotations(cls):
            hint = hints[name]
            if get_origin(hint) is not ClassVar and not _allowed(hint):
                raise TypeError(
                    f"event {cls.kind}: field {name} may hold words; events hold ids, codes and times"
                )
        _KINDS[cls.kind] = cls

    def __post_init__(self) -> None:
        """Raises ValueError for a naive time or a string that is no code, TypeError for other types."""
        for field in fields(self):
            _check(self.kind, field.name, getattr(self, field.name))

    def payload(self) -> dict[str, object]:
        """The fields this kind adds, as JSON: times as ISO 8601 strings, tuples as lists."""
        return {name: _plain(getattr(self, name)) for name in _own_fields(type(self))}


_KINDS: dict[str, type[Event]] = {}
_OWN_FIELDS: dict[str, dict[str, Any]] = {}
_COMMON = frozenset(field.name for field in fields(Event))


def kinds() -> Mapping[str, type[Event]]:
    """Every registered kind of event, by name."""
    return dict(_KINDS)


def event_type(kind: str) -> type[Event]:
    """The class of a kind. Raises NotFound("event.unknown")."""
    try:
        return _KINDS[kind]
    except KeyError as error:
        raise NotFound("event.unknown", kind=kind) from error


def from_stored(
    kind: str,
    *,
    subject_id: int,
    by: int,
    at: datetime,
    place_path: str = "",
    unit_ids: Sequence[int] = (),
    payload: Mapping[str, object],
) -> Event:
    """The typed event that was stored as these columns and this `payload()`.

    History outlives code: a field the class no longer has is passed over, one it gained takes its default.
    Raises NotFound("event.unknown"), Refused("event.unreadable") where a field without default is missing
    or of another type.
    """
    cls = event_type(kind)
    hints = _own_fields(cls)
    try:
        extra = {name: _typed(payload[name], hint) for name, hint in hints.items() if name in payload}
        return cls(
            subject_id=subject_id, by=by, at=at, place_path=place_path, unit_ids=tuple(unit_ids), **extra
        )
    except (TypeError, ValueError) as error:
        raise Refused("event.unreadable", kind=kind) from error


def new_salt() -> str:
    """128 random bits in hex. It lives in the erasable row beside the words it salts."""
    return secrets.token_hex(16)


def content_hash(text: str, salt: str) -> str:
    """SHA-256 of salt and text, in hex.

    Proves what was said while the salt is kept, and nothing once it is erased.
    """
    return hashlib.sha256((salt + text).encode("utf-8", "surrogatepass")).hexdigest()


def _own_fields(cls: type[Event]) -> dict[str, Any]:
    if "__dataclass_fields__" not in cls.__dict__:
        raise TypeError(f"event {cls.__qualname__} is not a dataclass: its fields would be lost")
    known = _OWN_FIELDS.get(cls.kind)
    if known is None:
        hints = get_type_hints(cls)
        known = {field.name: hints[field.name] for field in fields(cls) if field.name not in _COMMON}
        _OWN_FIELDS[cls.kind] = known
    return known


def _bare(hint: Any) -> Any:
    """The type under a NewType such as CaseId."""
    while hasattr(hint, "__supertype__"):
        hint = hint.__supertype__
    return hint


def _options(hint: Any) -> tuple[Any, ...]:
    bare = _bare(hint)
    return get_args(bare) if get_origin(bare) in (Union, UnionType) else (bare,)


def _allowed(hint: Any) -> bool:
    options = tuple(_bare(option) for option in _options(hint))
    # A stored string could not tell which of the two it was.
    if datetime in options and any(option is str or get_origin(option) is Literal for option in options):
        return False
    return all(_allowed_option(option) for option in options)


def _allowed_option(option: Any) -> bool:
    if get_origin(option) is tuple:
        return all(_allowed(part) for part in get_args(option) if part is not Ellipsis)
    if get_origin(option) is Literal:
        return all(isinstance(value, int | str) for value in get_args(option))
    return option in _ATOMS


def _check(kind: str, name: str, value: object) -> None:
    match value:
        case tuple():
            for part in value:
                _check(kind, name, part)
        case str():
            if not _CODE.fullmatch(value) or _PERSON.fullmatch(value):
                raise ValueError(
                    f"event {kind}: {name} must be a code or a hash, never words, a name or a phone"
                )
        case datetime():
            if value.utcoffset() is None:
                raise ValueError(f"event {kind}: {name} must know its zone")
        case int() | None:
            pass
        case _:
            raise TypeError(f"event {kind}: {name} holds a {type(value).__name__}")


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.isoformat()
        case tuple():
            return [_plain(part) for part in value]
        case _:
            return value


def _typed(value: object, hint: Any) -> Any:
    for option in _options(hint):
        bare = _bare(option)
        if get_origin(bare) is tuple and isinstance(value, list):
            parts = get_args(bare)
            hints = [parts[0]] * len(value) if parts[-1:] == (Ellipsis,) else list(parts)
            return tuple(_typed(part, part_hint) for part, part_hint in zip(value, hints, strict=True))
        if bare is datetime and isinstance(value, str):
            return datetime.fromisoformat(value)
        if get_origin(bare) is Literal and value in get_args(bare):
            return value
        if bare in _ATOMS and type(value) is bare:
            return value
    raise TypeError(f"{value!r} is not {hint}")
