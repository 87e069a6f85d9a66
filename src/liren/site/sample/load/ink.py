"""Writing many rows fast: one prepared INSERT per table, and seals made without a query each."""

import json
import os
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import connection, models

from liren.base.vault import ciphers, datakeys, keyring, rules
from liren.base.vault.datakeys import OpenKey
from liren.base.vault.models import DataKey
from liren.kernel.ids import EPOCH, RANDOM_BITS, new_id
from liren.site.sample.dice import dice

Prepare = Callable[[Any], Any]


def insert(rows: Sequence[models.Model]) -> None:
    """Insert model instances of one table."""
    if rows:
        model = type(rows[0])
        names = [each.attname for each in model._meta.concrete_fields]
        insert_values(model, [[getattr(row, name) for name in names] for row in rows])


def insert_values(model: type[models.Model], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows given as values in the order of the model's columns: one statement, prepared once."""
    statement, prepared = _statement(model, connection.alias)
    made = []
    for row in rows:
        values = list(row)
        for place, prepare in prepared:
            if values[place] is not None:
                values[place] = prepare(values[place])
        made.append(values)
    with connection.cursor() as cursor:
        cursor.executemany(statement, made)


@lru_cache(maxsize=32)
def _statement(model: type[models.Model], _alias: str) -> tuple[str, tuple[tuple[int, Prepare], ...]]:
    fields = model._meta.concrete_fields
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(each.column)) for each in fields)
    holes = ", ".join(["%s"] * len(fields))
    found = [(i, _preparing(each)) for i, each in enumerate(fields)]
    prepared = tuple((i, prepare) for i, prepare in found if prepare is not None)
    return f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({holes})", prepared  # noqa: S608


def _preparing(field_: models.Field[Any, Any]) -> Prepare | None:
    """How values of a field are made ready for the driver; None where it takes them as they are."""
    ops: Any = connection.ops
    if isinstance(field_, models.DateTimeField):
        return _adapted
    if isinstance(field_, models.DateField):
        return lambda value: ops.adapt_datefield_value(value)
    if isinstance(field_, models.JSONField):
        return lambda value: ops.adapt_json_value(value, None)
    if isinstance(field_, models.DecimalField):
        return lambda value: field_.get_db_prep_save(value, connection)
    return None


@lru_cache(maxsize=1 << 15)
def _adapted(at: datetime) -> Any:
    """A moment as the driver wants it. A step and its event share theirs, and this costs more than writing it."""
    return connection.ops.adapt_datetimefield_value(at)


class Ids:
    """Row ids that sort by the time of what they stand for, and rise within one case even in one instant.

    Made as kernel.ids makes them, but from one secret seed: a hundred thousand calls for randomness add up.
    """

    def __init__(self) -> None:
        self._last = 0
        self._lot = dice(secrets.token_hex())

    def next(self, at: datetime) -> int:
        """An id of that moment, above the one before."""
        made = _moment(at) | self._lot.getrandbits(RANDOM_BITS)
        self._last = made if made > self._last else self._last + 1
        return self._last

    def later(self, at: datetime) -> None:
        """Begin anew at a moment: ids of the next case owe nothing to the last."""
        self._last = _moment(at)


def _moment(at: datetime) -> int:
    return (at - EPOCH) // timedelta(milliseconds=1) << RANDOM_BITS


@dataclass(slots=True)
class Sealer:
    """Seals for many subjects at once. Each gets a key of its own, wrapped as the vault wraps them."""

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
