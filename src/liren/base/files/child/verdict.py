"""What the decoding program answers: a cleaned file, or a code that says why not."""

from dataclasses import dataclass


class Unfit(Exception):
    """The file is refused; `code` is one of the file.* codes."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Clean:
    """A file that may be kept.

    `body` and `thumb` are the bytes to store; an empty body means "keep what came in, byte for byte".
    Width and height are pixels, 0 for documents.
    """

    media_type: str
    body: bytes = b""
    thumb: bytes = b""
    width: int = 0
    height: int = 0
