"""One act on a register, as a form asks for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Form = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """The deed with its name, what is another afterwards as far as the form says it, and what to mind.

    `later_path`: where one looks afterwards; None where the thing lies then.
    """

    title: str
    button: str
    do: Callable[[], Any]
    rows: list[tuple[str, str, str]] = field(default_factory=list)
    later_path: str | None = None
    warning: str = ""
