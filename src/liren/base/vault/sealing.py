"""Sealing for many new subjects at once, without a statement for each."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from liren.base.vault import ciphers, datakeys, keyring, rules
from liren.base.vault.datakeys import OpenKey
from liren.base.vault.models import DataKey
from liren.kernel.ids import new_id


@dataclass(slots=True)
class Sealer:
    """Seals for many new subjects at once. Each gets a key of its own, wrapped as the vault wraps them.

    The rows of `take` are inserted in the transaction that keeps the tokens.
    """

    keys: list[DataKey] = field(default_factory=list)
    _active: tuple[str, bytes] = field(default_factory=keyring.active)

    def seal(self, values: Any, *, subject: str, context: str, at: datetime) -> bytes:
        """One value as JSON (text as it is), sealed for a new subject; the key's row waits in `keys`."""
        plain = values if isinstance(values, str) else json.dumps(values, ensure_ascii=False)
        return self.seal_parts([(plain.encode(), context)], subject=subject, at=at)[0]

    def seal_parts(self, parts: Iterable[tuple[bytes, str]], *, subject: str, at: datetime) -> list[bytes]:
        """Several (bytes, context) of one new subject."""
        keyring_id, wrapping = self._active
        key = OpenKey(new_id(at), subject, os.urandom(ciphers.KEY))
        self.keys.append(
            DataKey(
                id=key.id,
                subject=subject,
                keyring_id=keyring_id,
                wrapped=datakeys.wrap(key, keyring_id, wrapping),
                created_at=at,
            )
        )
        algorithm = ciphers.chosen()
        sealed = []
        for plain, context in parts:
            bound = rules.bound(algorithm, key.id, subject, context)
            nonce, body = ciphers.encrypt(algorithm, key.key, plain, bound)
            sealed.append(rules.pack(rules.Token(algorithm, key.id, nonce, body)))
        return sealed

    def take(self) -> list[DataKey]:
        """The key rows made since the last time."""
        made, self.keys = self.keys, []
        return made
