"""A database that several threads can really share: PostgreSQL as it is, SQLite as a file beside the tests'
memory.
"""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from django.db import connection, connections

T = TypeVar("T")


@contextmanager
def shared_database(folder: Path) -> Iterator[None]:
    """For transactional tests: on SQLite swap the memory database for a copy in a WAL file, and back."""
    if connection.vendor != "sqlite":
        yield
        return
    memory = connections["default"]
    memory.ensure_connection()
    path = folder / "shared.sqlite3"
    copy = sqlite3.connect(path)
    memory.connection.backup(copy)
    copy.close()
    kept = connections.settings["default"]["NAME"]
    del connections["default"]
    connections.settings["default"]["NAME"] = str(path)
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"]["NAME"] = kept
        connections["default"] = memory


def together(*calls: Callable[[], T]) -> list[T]:
    """Run each call in a thread (and so a connection) of its own, at once; results in order, first error
    raised.
    """

    def alone(call: Callable[[], T]) -> T:
        try:
            return call()
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [each.result(timeout=60) for each in [pool.submit(alone, call) for call in calls]]
