"""A rule about to be published, as the page before it shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from liren.kernel.errors import Refused


@dataclass(frozen=True, slots=True)
class Met:
    """One case the rule would treat otherwise: its number, what it is about, how it is and how it would be."""

    number: str
    title: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Proposed:
    """One rule with what it would do.

    `rows` are (what, now, then), `asked` is the question the `effect` answers, `looked` what it was tried on, `effect`
    (what, figure) with the cases behind it in `met`; `promise` says whom it leaves alone. `carry` is what
    the form gets on the way.
    """

    heading: str
    valid_from: date
    promise: str
    rows: Sequence[tuple[str, str, str]]
    asked: str
    looked: str
    effect: Sequence[tuple[str, str]]
    met: Sequence[Met]
    action: str
    warnings: Sequence[str] = ()
    carry: Mapping[str, str] = field(default_factory=dict)


def seen(form: Mapping[str, str]) -> int:
    """How often a rule had been published when the form was opened; -1, which it never was, for anything else."""
    said = form["seen"]
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 9 else -1


def day(said: str) -> date:
    """The first day of a rule as a form has it. Raises Refused("rule.day")."""
    try:
        return date.fromisoformat(said.strip())
    except ValueError as error:
        raise Refused("rule.day", field="valid_from") from error


def cases(figure: int) -> str:
    """A number of cases in words."""
    return _("%(n)s 件") % {"n": figure}
