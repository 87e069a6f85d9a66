"""What the value of a row may look like, for each pack of duties (JSON Schema 2020-12)."""

from typing import Any

from liren.registers.duties.rules import BASES, DEMAND_TYPES, REASONS_ABOUT

_WORDS = {"type": "string", "pattern": r"\S"}
_CODE = {"type": "string", "pattern": r"^[a-z][a-z0-9_.]*$"}
_BOTH = {
    "type": "object",
    "required": ["zh", "en"],
    "additionalProperties": False,
    "properties": {"zh": _WORDS, "en": _WORDS},
}


def _limit(*units: str) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["value", "unit", "basis"],
        "additionalProperties": False,
        "properties": {
            "value": {"type": "integer", "minimum": 1},
            "unit": {"enum": list(units)},
            "basis": {"enum": list(BASES)},
        },
    }


_LIMIT = _limit("hour", "work_hour", "day", "work_day")
_DAYS = _limit("day")
_TEXTS = {"type": "array", "items": _WORDS, "uniqueItems": True}


def _object(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "additionalProperties": False,
        "properties": {**required, **(optional or {})},
    }


_GROUP = _object({"kind": {"const": "group"}, "icon": _CODE})
_CLASS = _object(
    {
        "kind": {"const": "class"},
        "parent": _CODE,
        "icon": _CODE,
        "types": {"type": "array", "items": {"enum": list(DEMAND_TYPES)}, "minItems": 1, "uniqueItems": True},
        "hint": _BOTH,
    },
    # made_from: its titles in the system it was imported from, the widest first
    {"cues": _TEXTS, "cues_en": _TEXTS, "successor": _CODE, "made_from": {"type": "array", "items": _WORDS}},
)
_CLASS_LIMIT = _object(
    {"response": _LIMIT, "handle": _LIMIT, "calendar": _CODE}, {"urgent": {"type": "boolean"}, "note": _WORDS}
)
_STAGE = _object({"limit": _LIMIT, "calendar": _CODE})
_REOPEN = _object({"within": _LIMIT, "calendar": _CODE})
_CALL_BACK = _object({"attempts": {"type": "integer", "minimum": 1}, "over": _DAYS, "silence": _DAYS})
_EXIT = _object(
    {
        "needs": {"type": "array", "items": {"enum": ["referred_to", "channel", "reason", "earlier_case"]}},
        "reply": _BOTH,
        "back": _DAYS,
    },
    {"follow": _STAGE},
)

_CHOICES = {
    "type": "array",
    "minItems": 1,
    "uniqueItems": True,
    "items": _object({"code": _CODE, "zh": _WORDS, "en": _WORDS}),
}
_BASIS = {"enum": list(BASES)}
_REASONS = _object({"basis": _BASIS, "reasons": _CHOICES})
_EXCLUSIONS = _object(
    {
        "basis": _BASIS,
        "exclusions": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            # what a reason speaks of: the matter, never the answer somebody gave
            "items": _object(
                {"code": _CODE, "about": {"enum": list(REASONS_ABOUT)}, "zh": _WORDS, "en": _WORDS}
            ),
        },
    }
)
_RATES = _object(
    {
        "minimum": {"type": "integer", "minimum": 1},
        "confidence": {"type": "integer", "minimum": 50, "maximum": 99},
        "window": _DAYS,
        "basis": _BASIS,
    }
)
_TIMES = {"type": "integer", "minimum": 1}
_TRIGGER = {
    "oneOf": [
        _object(
            {"cause": {"const": "near"}, "limit": _limit("hour")},
            {"used": {"type": "integer", "minimum": 0, "maximum": 100}},
        ),
        _object({"cause": {"enum": ["overdue", "overdue_unanswered"]}, "limit": _LIMIT}),
        _object({"cause": {"enum": ["reopened", "chased"]}, "times": _TIMES, "basis": _BASIS}),
    ]
}
_RUNG = _object(
    {
        "triggers": {"type": "array", "items": _TRIGGER},
        "time": _LIMIT,
        "calendar": _CODE,
        "answer": {"type": "boolean"},
        "who": _BOTH,
    },
    {"hold": _LIMIT},
)
_WHISTLE = _object({"acknowledge": _LIMIT, "score": _LIMIT, "calendar": _CODE})
_SAMPLE = _object(
    {
        "percent": {"type": "integer", "minimum": 0, "maximum": 100},
        "least": {"type": "integer", "minimum": 0},
        "basis": _BASIS,
    }
)
_AGAIN = _object({"again": _limit("hour")})

_WHOLE = {"type": "integer", "minimum": 0}
_REPLY_CHECKS = _object(
    {
        "basis": _BASIS,
        "least": _WHOLE,
        "each": _WHOLE,
        "copied": {"type": "integer", "minimum": 1, "maximum": 100},
        "contact": _TEXTS,
        "banned": {"type": "array", "items": _object({"word": _WORDS, "zh": _WORDS, "en": _WORDS})},
    }
)
_MAP = _object(
    {
        "basis": _BASIS,
        "pins": {"type": "integer", "minimum": 1, "maximum": 500},
        "few": _TIMES,
        "days": {"type": "array", "minItems": 1, "uniqueItems": True, "items": _TIMES},
    }
)
# below three a count that is "fewer than that" is no secret
_DISCLOSURE = _object({"basis": _BASIS, "fewest": {"type": "integer", "minimum": 3, "maximum": 100}})
_TARGETS = _object(
    {
        "basis": _BASIS,
        "targets": {
            "type": "array",
            "minItems": 1,
            "items": _object(
                {
                    "rate": {"enum": ["response", "resolution", "satisfaction", "recurrence"]},
                    "percent": {"type": "integer", "minimum": 0, "maximum": 100},
                    "sense": {"enum": ["at_least", "at_most"]},
                }
            ),
        },
    }
)
_KEPT_VIEWS = _object({"basis": _BASIS, "most": {"type": "integer", "minimum": 0, "maximum": 40}})

_OBJECTION = _object({"basis": _BASIS, "objections": _TIMES})
_EXTENSION = _object({"granted": _TIMES, "longest": _LIMIT})
_DEFERRAL = _object(
    {
        "review": _LIMIT,
        "reasons": {
            "type": "array",
            "minItems": 1,
            "items": _object({"code": _CODE, "zh": _WORDS, "en": _WORDS, "stops": {"type": "boolean"}}),
        },
    }
)


_ARCHIVE = _object({"after": _DAYS})
_KEEPING = _object({"contacts": _DAYS, "photos": _DAYS, "words": _DAYS})
_HELD = _object({"held": {"const": True}})


def _by(*sorts: tuple[str, dict[str, Any]], otherwise: dict[str, Any]) -> dict[str, Any]:
    """The schema of a row, told by the field only its sort holds."""
    schema = otherwise
    for field, sort in reversed(sorts):
        schema = {"if": {"required": [field]}, "then": sort, "else": schema}
    return schema


# One schema per sort of row, told apart by what the row holds, so that a fault names the row's own field.
OF: dict[str, dict[str, Any]] = {
    "taxonomy": {
        "if": {"properties": {"kind": {"const": "group"}}},
        "then": _GROUP,
        "else": _CLASS,
    },
    "limits": {
        "if": {"required": ["response"]},
        "then": _CLASS_LIMIT,
        "else": {
            "if": {"required": ["attempts"]},
            "then": _CALL_BACK,
            "else": {"if": {"required": ["within"]}, "then": _REOPEN, "else": _STAGE},
        },
    },
    "templates": _BOTH,
    "exits": _EXIT,
    "watching": _by(
        ("triggers", _RUNG),
        ("acknowledge", _WHISTLE),
        ("percent", _SAMPLE),
        ("again", _AGAIN),
        ("minimum", _RATES),
        ("exclusions", _EXCLUSIONS),
        otherwise=_REASONS,
    ),
    "claims": _by(("objections", _OBJECTION), ("granted", _EXTENSION), otherwise=_DEFERRAL),
    "keeping": _by(("after", _ARCHIVE), ("held", _HELD), otherwise=_KEEPING),
    "desk": _by(
        ("banned", _REPLY_CHECKS),
        ("pins", _MAP),
        ("fewest", _DISCLOSURE),
        ("targets", _TARGETS),
        otherwise=_KEPT_VIEWS,
    ),
}
