"""What people type, as a face may use it: no character that breaks a database, a log or a screen reader."""

import re

from django.http import QueryDict

# Control characters but line breaks and tabs; PostgreSQL refuses the first of them, logs suffer from the rest.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
LARGEST = 2**63 - 1


def text(form: QueryDict, name: str) -> str:
    """One field of a form or an address, "" where it is missing."""
    return _CONTROL.sub("", form.get(name, "")).replace("\r\n", "\n")


def listed(form: QueryDict, name: str) -> list[str]:
    """Every value of a field that stands on a form several times."""
    return [_CONTROL.sub("", said).replace("\r\n", "\n") for said in form.getlist(name)]


def whole(form: QueryDict, name: str) -> int | None:
    """A whole number that a database can hold; None for anything else."""
    said = form.get(name, "").strip()
    if not (said.isascii() and said.isdecimal() and len(said) < 20):
        return None
    number = int(said)
    return number if number <= LARGEST else None


def real(form: QueryDict, name: str) -> float | None:
    """A number with a fraction; None for anything else, "nan" and "inf" included."""
    said = form.get(name, "").strip()
    if not re.fullmatch(r"-?\d{1,12}(\.\d{1,12})?", said, re.ASCII):
        return None
    return float(said)
