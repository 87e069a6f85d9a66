"""Writing many rows fast: one prepared INSERT per table, and rows as bare values where a model instance would cost more."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection, models

Prepare = Callable[[Any], Any]


class Sheet:
    """Rows of one table waiting to be inserted. What is not said of a row is the column's default; its id always is."""

    def __init__(self, model: type[models.Model]) -> None:
        fields = model._meta.concrete_fields
        self._model = model
        self._at = {each.attname: place for place, each in enumerate(fields)}
        self._blank = [None if each.primary_key else each.get_default() for each in fields]
        self._rows: list[list[Any]] = []

    def add(self, **values: Any) -> None:
        """One row, by the names of its columns. Raises KeyError for a column there is not."""
        row, at = self._blank.copy(), self._at
        for name, value in values.items():
            row[at[name]] = value
        self._rows.append(row)

    def insert(self) -> None:
        """Insert what waits."""
        insert_values(self._model, self._rows)
        self._rows = []


def insert(rows: Sequence[models.Model]) -> None:
    """Insert model instances of one table."""
    if rows:
        model = type(rows[0])
        names = [each.attname for each in model._meta.concrete_fields]
        insert_values(model, [[getattr(row, name) for name in names] for row in rows])


def insert_values(model: type[models.Model], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows given as values in the order of the model's columns: one statement, prepared once."""
    if not rows:
        return
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
    return f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({holes})", prepared  # noqa: S608 - quoted names of our own tables


def _preparing(field_: "models.Field[Any, Any]") -> Prepare | None:
    """How values of a field are made ready for the driver; None where it takes them as they are."""
    ops: Any = connection.ops
    if isinstance(field_, models.DateTimeField):
        return _adapted
    if isinstance(field_, models.DateField):
        return lambda value: ops.adapt_datefield_value(value)
    if isinstance(field_, models.JSONField):
        return _json
    if isinstance(field_, models.DecimalField):
        return lambda value: field_.get_db_prep_save(value, connection)
    return None


def _json(value: Any) -> Any:
    """JSON as the driver wants it; most of it is empty."""
    if value == [] or value == {}:
        return _empty(isinstance(value, list), connection.alias)
    ops: Any = connection.ops
    return ops.adapt_json_value(value, None)


@lru_cache(maxsize=8)
def _empty(as_list: bool, _alias: str) -> Any:
    ops: Any = connection.ops
    return ops.adapt_json_value([] if as_list else {}, None)


@lru_cache(maxsize=1 << 15)
def _adapted(at: datetime) -> Any:
    """A moment as the driver wants it. A step and its event share theirs, and this costs more than writing it."""
    return connection.ops.adapt_datetimefield_value(at)


@contextmanager
def uncollected() -> Iterator[None]:
    """Without looking for circles of garbage: a table of strings has none, and looking it through took a sixth of all."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
