"""News of the vault: who read what was sealed and why, and which keys were destroyed or renewed."""

from dataclasses import dataclass
from typing import ClassVar

from liren.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Revealed(Event):
    """Sealed text or a sealed file was read; `subject_id` is the data key of the one it belongs to."""

    kind: ClassVar[str] = "vault.revealed"
    subject_kind: ClassVar[str] = "data_key"

    context: str
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased(Event):
    """A data key was destroyed: nothing sealed with it can be read again."""

    kind: ClassVar[str] = "vault.erased"
    subject_kind: ClassVar[str] = "data_key"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyringRotated(Event):
    """`count` data keys were wrapped anew under the new key `key`; there is one keyring, subject 0."""

    kind: ClassVar[str] = "vault.keyring_rotated"
    subject_kind: ClassVar[str] = "keyring"

    key: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysRetired(Event):
    """Keys of the keyring that wrap nothing were destroyed; there is one keyring, subject 0."""

    kind: ClassVar[str] = "vault.keys_retired"
    subject_kind: ClassVar[str] = "keyring"

    keys: tuple[str, ...]
