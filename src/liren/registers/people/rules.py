"""What is true of people and bodies without asking a database: codes, masks, shares."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from liren.kernel.errors import Refused

# GB 32100-2015: no I, O, S, V, Z.
_USCC_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC = re.compile(rf"[{_USCC_LETTERS}]{{2}}\d{{6}}[{_USCC_LETTERS}]{{10}}")
_ID_NUMBER = re.compile(r"[1-9]\d{16}[\dX]")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_PHONE = re.compile(r"1[3-9]\d{9}|0\d{9,11}|[2-9]\d{6,7}")
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Held:
    """A share of a dwelling from a day (None: always) to the first day it no longer is (None: still)."""

    share: Fraction
    valid_from: date | None
    valid_to: date | None


def uscc(text: str) -> str:
    """A 统一社会信用代码 (GB 32100-2015) in its one form: 18 characters, the last a check of the others.

    Raises Refused("body.uscc").
    """
    code = unicodedata.normalize("NFKC", text[:100]).strip().upper()
    if not code.isascii() or not _USCC.fullmatch(code):
        raise Refused("body.uscc", field="uscc")
    values = [_USCC_LETTERS.index(letter) for letter in code]
    total = sum(value * pow(3, place, 31) for place, value in enumerate(values[:-1]))
    if (31 - total % 31) % 31 != values[-1]:
        raise Refused("body.uscc", field="uscc")
    return code


def identity_number(text: str) -> str:
    """A 公民身份号码 (GB 11643-1999) in its one form: a real birth date and the check of ISO 7064 MOD
    11-2.

    Where the law asks for one; never for a demand (个人信息保护法 art. 6). Raises
    Refused("person.identity_number").
    """
    number = unicodedata.normalize("NFKC", text[:100]).strip().upper()
    if not number.isascii() or not _ID_NUMBER.fullmatch(number):
        raise Refused("person.identity_number", field="identity_number")
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError as error:
        raise Refused("person.identity_number", field="identity_number") from error
    total = sum(int(digit) * weight for digit, weight in zip(number, _ID_WEIGHTS, strict=False))
    if _ID_CHECKS[total % 11] != number[-1]:
        raise Refused("person.identity_number", field="identity_number")
    return number


def phone(text: str) -> str:
    """A phone number in its one form, digits only, without +86: a mobile, or a landline with or without
    area code.

    Raises Refused("person.phone").
    """
    folded = unicodedata.normalize("NFKC", text[:100])
    digits = "".join(letter for letter in folded if letter.isascii() and letter.isdigit())
    rest = "".join(letter for letter in folded if not (letter.isascii() and letter.isdigit()))
    if digits.startswith("86") and len(digits) == 13:
        digits = digits[2:]
    if rest.strip(" +-()\u2010\u2013\u2014\u00a0\t") or not _PHONE.fullmatch(digits):
        raise Refused("person.phone", field="phone")
    return digits


def person_name(text: str) -> str:
    """A person's name as it is kept: one line, single spaces, at most 40. Raises Refused("person.name")."""
    name = " ".join(text.split())
    if not name or len(name) > _LONGEST or not name.isprintable():
        raise Refused("person.name", field="name")
    return name


def masked(name: str) -> str:
    """A name for a screen: 李*华, 李*; the middle is hidden and so is how long it is."""
    if len(name) <= 1:
        return "*"
    return f"{name[0]}*" if len(name) == 2 else f"{name[0]}*{name[-1]}"


def most_held(shares: Iterable[Held]) -> Fraction:
    """The largest sum of shares held on one day."""
    every = list(shares)
    days = [date.min, *(held.valid_from for held in every if held.valid_from is not None)]
    return max(
        sum(
            (
                held.share
                for held in every
                if (held.valid_from or date.min) <= day and (held.valid_to is None or day < held.valid_to)
            ),
            Fraction(0),
        )
        for day in days
    )


def share(text: str) -> Fraction:
    """A share as deeds write it: 1/2, 50%, 0.5; empty is the whole. Above 0 and at most 1. Raises
    Refused("ownership.share").
    """
    said = unicodedata.normalize("NFKC", text[:40]).strip()
    try:
        value = Fraction(said.removesuffix("%")) / (100 if said.endswith("%") else 1) if said else Fraction(1)
    except (ValueError, ZeroDivisionError) as error:
        raise Refused("ownership.share", field="share") from error
    if not 0 < value <= 1 or value.denominator > 1_000_000:
        raise Refused("ownership.share", field="share")
    return value
