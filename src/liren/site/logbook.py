"""How a line of the log is written: what failed and where in the program, never what a person said or is called."""

import logging
import re
import time
import traceback

from liren.kernel.errors import LirenError

# Tokens of drafts and devices, tracking numbers and phones in an address are keys to somebody's words.
_KEYS = re.compile(r"(?<=/)[A-Za-z0-9_-]{11,}(?=/|$|\s)")
_QUERY = re.compile(r"\?\S*")


class Plain(logging.Formatter):
    """Time (UTC), level, logger, message; of an exception its type, its code and the lines it passed through.

    The message of an exception is left out: a database repeats the row it refused, a parser the text it read.
    """

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name} {message}", "%Y-%m-%dT%H:%M:%SZ", style="{")

    def format(self, record: logging.LogRecord) -> str:
        """One record; the traceback of another formatter is not reused."""
        record.exc_text = None
        if record.name.startswith("django."):
            record.args = tuple(_hidden(value) for value in record.args or ())
        return super().format(record)

    def formatException(self, ei: object) -> str:  # noqa: N802 - the name is logging's
        """The frames from outside in, without their source lines, and the type at the end."""
        assert isinstance(ei, tuple)
        error = ei[1]
        if error is None:
            return ""
        frames = traceback.extract_tb(error.__traceback__)
        lines = [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        code = f" {error.code}" if isinstance(error, LirenError) else ""
        cause = error.__cause__ or error.__context__
        if cause is not None:
            lines.append(f"  because of {_name(cause)}")
        return "\n".join([*lines, f"  {_name(error)}{code}"])


def _name(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def _hidden(value: object) -> object:
    """An address without its query and without the keys in its path."""
    return _KEYS.sub("…", _QUERY.sub("", value)) if isinstance(value, str) else value
