"""Exact numbers as a published file writes them, and what can be counted. Part of the script residents download."""

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache

AREA = "area"  # the one measure that is not counted in whole numbers
MEASURES = {
    "persons": ("人数", "persons"),
    AREA: ("面积（㎡）", "area (m²)"),
    "households": ("户数", "households"),
    "members": ("组成人员", "members"),
    "owner_members": ("业主代表委员", "members for the owners"),
    "representatives": ("代表", "representatives"),
    "groups": ("居民小组", "residents' groups"),
}

Weights = dict[str, Fraction]
# [0-9] and not \d: a digit of another script is no digit here. The lengths keep a hostile file from costing anything.
_NUMBER = re.compile(r"[0-9]{1,30}(?:\.[0-9]{1,30}|/[1-9][0-9]{0,29})?")
_PLACES = 64


@lru_cache(maxsize=65536)
def number(text: str) -> Fraction:
    """The exact number that "2/3", "86.4" or "12" writes. Raises ValueError, or TypeError where it is no text."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{text!r} is not a number")
    return Fraction(text)


def written(value: Fraction) -> str:
    """The one way to write a number that is not negative: "86.4", never "86.40"; "1/3" where no decimal is exact."""
    return _written(value.numerator, value.denominator)


@lru_cache(maxsize=65536)
def _written(over: int, under: int) -> str:
    places = next((at for at in range(_PLACES) if 10**at % under == 0), None)
    if places is None:
        return f"{over}/{under}"
    digits = str(over * 10**places // under).zfill(places + 1)
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


def plain(weights: Mapping[str, Fraction]) -> dict[str, str]:
    """Weights by measure as the file writes them."""
    return {measure: written(weights[measure]) for measure in sorted(weights)}


def weights_from(value: Mapping[str, str]) -> Weights:
    """Weights by measure from the file. Raises ValueError where a measure is unknown or a number is none."""
    if not set(value) <= set(MEASURES):
        raise ValueError(f"{sorted(set(value) - set(MEASURES))} can not be counted")
    return {measure: number(value[measure]) for measure in sorted(value)}
