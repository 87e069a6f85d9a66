"""Codes of places: their structure and what it tells. Lists of codes in force are data, not here."""

import re
from dataclasses import dataclass

from liren.kernel.errors import Refused

_DIVISION = re.compile(r"\d{6}(?:\d{3}(?:\d{3})?)?")
_CELL = re.compile(r"\d{15}")


@dataclass(frozen=True, slots=True)
class Division:
    """A 统计用区划代码 read: its layer, the code it lies in, and what its number says of its kind."""

    code: str  # trailing zero groups left out: 6, 9 or 12 digits
    layer: str  # province, city, district, street, community
    parent: str  # "" for a province
    nature: str  # street, town, township, residents, villagers, or "" where the number does not say


def _nature(layer: str, number: int) -> str:
    bands: tuple[tuple[int, int, str], ...]
    if layer == "street":
        bands = ((1, 99, "street"), (100, 199, "town"), (200, 399, "township"))
    elif layer == "community":
        bands = ((1, 199, "residents"), (200, 399, "villagers"))
    else:
        return ""
    return next((nature for low, high, nature in bands if low <= number <= high), "")


def division_code(text: str) -> Division:
    """Read a 行政区划 (GB/T 2260, 6 digits) or 统计用区划代码 (9 or 12 digits).

    Raises Refused("place.code_malformed").
    """
    digits = text.strip()
    if not _DIVISION.fullmatch(digits) or not digits.isascii() or digits.startswith("00"):
        raise Refused("place.code_malformed")
    district, street, community = digits[:6], digits[6:9], digits[9:12]
    if street in {"", "000"} and community not in {"", "000"}:
        raise Refused("place.code_malformed")
    if community not in {"", "000"}:
        return Division(digits, "community", digits[:9], _nature("community", int(community)))
    if street not in {"", "000"}:
        return Division(digits[:9], "street", district, _nature("street", int(street)))
    if district[4:] != "00":
        return Division(district, "district", f"{district[:4]}00", "")
    if district[2:4] != "00":
        return Division(district, "city", f"{district[:2]}0000", "")
    return Division(district, "province", "", "")


def cell_code(text: str) -> str:
    """A 单元网格编码 (GB/T 30428.1): 15 digits, 12 of the division and 3 of the order.

    Raises Refused("place.code_malformed").
    """
    digits = text.strip()
    if not digits.isascii() or not _CELL.fullmatch(digits) or digits.endswith("000"):
        raise Refused("place.code_malformed")
    division_code(digits[:12])
    return digits


def scheme_of(code: str, kind: str) -> str:
    """Whose scheme a bare code belongs to: division, cell, or the office's own.

    Raises Refused("place.code_malformed") where the kind has a fixed form and the code breaks it.
    """
    if kind in {"district", "street", "community"} and code.isdigit():
        division_code(code)
        return "division"
    if kind == "cell":
        cell_code(code)
        return "cell"
    return "office"
