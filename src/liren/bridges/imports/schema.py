"""What a mapping file may look like (JSON Schema 2020-12); every leaf is a word, so that YAML and TOML mean the same."""

from typing import Any

_WORD = {"type": "string", "minLength": 1, "maxLength": 200}
_WORDS = {"type": "array", "items": _WORD, "minItems": 1, "maxItems": 30}
_YES = {"enum": ["true", "false", "yes", "no", True, False]}
_UNKNOWN = {"enum": ["refuse", "leave"]}
CHANNELS = ("phone", "snap", "mailbox", "wechat", "web", "counter", "grid", "open311")
TYPES = ("consult", "help", "complaint", "whistleblow", "suggestion")
_WENT = ("received", "dispatched", "handling", "replied", "ended", "withdrawn")


def _object(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "additionalProperties": False,
        "properties": {**required, **(optional or {})},
    }


def _choice(*ours: str) -> dict[str, Any]:
    """A column with a table of its words, or only what every row is (`blank` alone)."""
    one = {"enum": list(ours)}
    values = {"type": "object", "additionalProperties": one, "maxProperties": 500}
    return _object({}, {"column": _WORD, "values": values, "blank": one, "other": one})


_CELLS = {
    "oneOf": [
        _WORD,
        _object({"first": _WORDS}),
        _object({"join": _WORDS}, {"with": {"type": "string", "maxLength": 10}}),
    ]
}
_VALUES = {"type": "object", "additionalProperties": _WORD, "maxProperties": 5000}
_LEVEL = _object(
    {"kind": {"enum": ["district", "street", "community", "grid", "courtyard", "building"]}, "name": _WORD},
    {"code": _WORD},
)
_BODIES = ["department", "residents_committee", "utility", "property_company", "enterprise", "social_org"]
_CLASS = _object(
    {},
    {
        "column": _WORD,
        "columns": _WORDS,
        "split": _WORD,
        "make": _YES,
        "unknown": _UNKNOWN,
        "values": _VALUES,
    },
) | {"oneOf": [{"required": ["column"]}, {"required": ["columns"]}]}
_UNIT = _object(
    {"column": _WORD}, {"make": _YES, "unknown": _UNKNOWN, "values": _VALUES, "kind": {"enum": _BODIES}}
)

# inside: the day stands in the cell among other signs (a number that begins with it); else: another column whose time is
# taken where this one has none; blank: the day the office says, where the file tells none at all
_LATE = {"inside": _YES, "else": _WORD, "blank": _WORD}

SCHEMA: dict[str, Any] = _object(
    {
        "mapping": {"type": "string", "pattern": r"^[a-z][a-z0-9_-]{0,59}$"},
        "dated": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
        "source": {"type": "string", "minLength": 1, "maxLength": 60},
        "received": {"oneOf": [_WORD, _object({"column": _WORD}, _LATE)]},
    },
    {
        "zone": _WORD,
        "blank": {"type": "array", "items": _WORD, "maxItems": 50},
        "formats": {"type": "array", "items": _WORD, "maxItems": 20},
        "optional": {"type": "array", "items": _WORD, "maxItems": 60},
        "office": _object({"kind": {"enum": ["district", "street"]}, "name": _WORD}),
        "number": _WORD,
        "dispatched": _WORD,
        "answered": _WORD,
        "closed": _WORD,
        "due": _WORD,
        "words": _CELLS,
        "title": _CELLS,
        "reply": _CELLS,
        "caller": _object({}, {"name": _WORD, "phone": _WORD}),
        "channel": _choice(*CHANNELS),
        "type": _choice(*TYPES),
        "state": _choice(*_WENT),
        # only what the requester said: what the handling unit says of itself belongs to `keep`
        "solved": _choice("solved", "not_solved", "unknown"),
        "rating": _choice("1", "2", "3", "4", "5", "unknown"),
        "in_time": _choice("yes", "no", "unknown"),
        "place": _object(
            {},
            {
                "levels": {"type": "array", "items": _LEVEL, "maxItems": 6},
                "text": _CELLS,
                "make": _YES,
                "unknown": _UNKNOWN,
            },
        ),
        "class": _CLASS,
        "unit": _UNIT,
        "keep": {"type": "array", "items": _WORD, "maxItems": 40},
    },
)
