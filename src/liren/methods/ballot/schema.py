"""What the value of a row of the pack forum.voting may look like (JSON Schema 2020-12)."""

from typing import Any

from liren.methods.ballot.figures import MEASURES
from liren.methods.ballot.judging import OF

_WORDS = {"type": "string", "pattern": r"\S"}
_BOTH = {
    "type": "object",
    "required": ["zh", "en"],
    "additionalProperties": False,
    "properties": {"zh": _WORDS, "en": _WORDS},
}
_SHARE = {"type": "string", "pattern": r"^(?:all|[0-9]{1,6}/[1-9][0-9]{0,5})$"}


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def _conditions(*of: str, least: int = 0) -> dict[str, Any]:
    """At least a share, or more than one; and of what, where there is a choice."""
    properties: dict[str, Any] = {
        "measure": {"enum": list(MEASURES)},
        "at_least": _SHARE,
        "more_than": _SHARE,
    }
    if of:
        properties["of"] = {"enum": list(of)}
    return {
        "type": "array",
        "minItems": least,
        "uniqueItems": True,
        "items": {
            "type": "object",
            "required": ["measure", *(["of"] if of else [])],
            "additionalProperties": False,
            "properties": properties,
            "oneOf": [{"required": ["at_least"]}, {"required": ["more_than"]}],
        },
    }


_FIELDS: dict[str, dict[str, Any]] = {
    "kind": {"enum": ["binding", "advisory"]},
    "official": {"type": "boolean"},
    "reason": _nullable(_BOTH),
    "region": {"type": "string", "pattern": r"^CN(?:-[A-Z]{2})?$"},
    "online": {"enum": ["yes", "city_system", "paper"]},
    "secrecy": {"enum": ["recorded", "secret"]},
    "unit": {"enum": ["person", "dwelling_area", "household", "member"]},
    "notice_days": _nullable({"type": "integer", "minimum": 1, "maximum": 365}),
    "called_by": _conditions(),
    "takes_part": {"enum": ["ballot", "presence"]},
    "ways": {
        "type": "array",
        "minItems": 1,
        "items": {
            "type": "object",
            "required": ["quorum", "majority"],
            "additionalProperties": False,
            "properties": {"quorum": _conditions(), "majority": _conditions(*OF)},
        },
    },
    "run_off": _nullable({"type": "string", "pattern": r"^[a-z][a-z0-9_.]*$"}),
    "more_candidates": {"type": "boolean"},
    "proxies": {
        "type": "object",
        "required": ["allowed", "most", "official"],
        "additionalProperties": False,
        "properties": {
            "allowed": {"enum": [True, False, None]},
            "most": _nullable({"type": "integer", "minimum": 1, "maximum": 100}),
            "official": {"type": "boolean"},
        },
    },
    "note": _nullable(_BOTH),
}

VOTING: dict[str, Any] = {
    "type": "object",
    "required": list(_FIELDS),
    "additionalProperties": False,
    "properties": _FIELDS,
}
