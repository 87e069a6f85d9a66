"""News of backup: what was brought back from a copy, and that the keys were copied."""

from dataclasses import dataclass
from typing import ClassVar

from liren.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored(Event):
    """The office goes on from a copy: what happened between the copy (`seq` is its last event) and now is lost."""

    kind: ClassVar[str] = "backup.restored"
    subject_kind: ClassVar[str] = "backup"

    copy: str
    seq: int
    erased_again: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysCopied(Event):
    """The keyring was written out under a passphrase; `keys` are the ids of the keys in it."""

    kind: ClassVar[str] = "backup.keys_copied"
    subject_kind: ClassVar[str] = "backup"

    keys: tuple[str, ...]
