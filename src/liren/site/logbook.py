"""How a line of the log is written: what failed and where in the program, never what a person said or is called."""

import json
import logging
import os
import re
import time
import traceback
from typing import Any

from liren.kernel import tracing
from liren.kernel.errors import LirenError

# Tokens of drafts and devices, tracking numbers and phones in an address are keys to somebody's words.
_KEYS = re.compile(r"(?<=/)[A-Za-z0-9_-]{11,}(?=/|$|\s)")
_QUERY = re.compile(r"\?\S*")
# Numbers of syslog(3), by which systemd's journal knows how grave a line is: `journalctl -p err`.
_GRAVE = {"DEBUG": 7, "INFO": 6, "WARNING": 4, "ERROR": 3, "CRITICAL": 2}


def to_the_journal() -> bool:
    """Whether systemd reads what is written here."""
    return "JOURNAL_STREAM" in os.environ


class _Discreet(logging.Formatter):
    """Of an exception its type, its code and the lines it passed through.

    The message of an exception is left out: a database repeats the row it refused, a parser the text it read.
    """

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name} {message}", "%Y-%m-%dT%H:%M:%SZ", style="{")

    def said(self, record: logging.LogRecord) -> str:
        """The message; of a line of Django's, without the query and the keys of an address."""
        if record.name.startswith("django"):
            record.args = tuple(_hidden(value) for value in record.args or ())
        return record.getMessage()

    def formatException(self, ei: object) -> str:  # noqa: N802 - the name is logging's
        """The frames from outside in, without their source lines, and the type at the end."""
        return "\n".join(f"  {line}" for line in _passed(ei))


class Plain(_Discreet):
    """Time (UTC), level, logger, message, what is at hand; for who reads along in a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """One record; the traceback of another formatter is not reused."""
        record.exc_text = None
        self.said(record)
        line, _, rest = super().format(record).partition("\n")
        told = " ".join(f"{name}={value}" for name, value in tracing.at_hand().items())
        return "\n".join(part for part in (f"{line} {told}".rstrip(), rest) if part)


class Lines(_Discreet):
    """One JSON object a line: at, level, logger, says, what is at hand, and of an exception `error` and `where`."""

    def format(self, record: logging.LogRecord) -> str:
        """One record."""
        told: dict[str, Any] = {
            "at": self.formatTime(record, self.datefmt),
            "level": record.levelname.lower(),
            "logger": record.name,
            "says": self.said(record),
            **tracing.at_hand(),
        }
        if record.exc_info:
            *told["where"], told["error"] = _passed(record.exc_info)
        line = json.dumps(told, ensure_ascii=False)
        return f"<{_GRAVE.get(record.levelname, 6)}>{line}" if to_the_journal() else line


def _passed(info: object) -> list[str]:
    """The lines an exception passed through from outside in, what it came from, its type and code."""
    error = info[1] if isinstance(info, tuple) else None
    if error is None:
        return [""]
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    cause = error.__cause__ or error.__context__
    if cause is not None:
        lines.append(f"because of {_name(cause)}")
    code = f" {error.code}" if isinstance(error, LirenError) else ""
    return [*lines, f"{_name(error)}{code}"]


def _name(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def _hidden(value: object) -> object:
    """An address without its query and without the keys in its path."""
    return _KEYS.sub("…", _QUERY.sub("", value)) if isinstance(value, str) else value
