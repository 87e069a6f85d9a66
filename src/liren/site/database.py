"""Where the data is: SQLite under LIREN_HOME by default, PostgreSQL when LIREN_DB names one."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

# FULL: an acknowledged case must survive a power cut, not only a crash of the process.
SQLITE_START = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-20000; "
    "PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY; "
    # what was erased is overwritten in the file and not merely left behind
    "PRAGMA secure_delete=ON;"
)


def database(home: Path) -> dict[str, Any]:
    """Django's settings for one database, from LIREN_DB (postgresql://user:pass@host:port/name?host=/socket) or SQLite.

    With LIREN_DB_ROLE=owner the URL of LIREN_DB_OWNER is used: migrations run as the owner of the tables,
    everything else as a role that owns nothing.
    """
    url = os.environ.get("LIREN_DB", "")
    if os.environ.get("LIREN_DB_ROLE") == "owner":
        url = os.environ.get("LIREN_DB_OWNER", url)
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(home / "liren.sqlite3"),
            "CONN_MAX_AGE": 600,
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_START},
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ValueError(f"LIREN_DB must begin with postgresql://, not {parts.scheme}://")
    # compiling a query takes seconds where running it takes a tenth of one; a URL may say otherwise
    options = {"options": "-c jit=off"} | dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def plan_again() -> None:
    """Count again what SQLite knows of its tables to plan by: a moment, however large. PostgreSQL does it itself."""
    from django.db import connection

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit = 1000")
            cursor.execute("ANALYZE")
