"""Entry of the decoding program: one file in on standard input, one verdict out on standard output.

The answer is a 4-byte big-endian length, a JSON header of that length, then the body and the thumbnail.
"""

import encodings.cp437
import encodings.idna
import importlib
import json
import sys
from collections.abc import Callable

from liren.base.files.child.confine import confine
from liren.base.files.child.verdict import Clean, Unfit

# Loaded lazily by zipfile and urllib, when nothing can be opened any more.
PRELOADED = (encodings.cp437, encodings.idna)
FORMS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP"}
PROGRAMS = {"image/heic": "heic", "application/pdf": "pdf", "application/zip": "office"}


def cleaner(media_type: str) -> Callable[[bytes], Clean]:
    """The function that cleans this type; only the libraries of that one type are loaded."""
    if media_type in FORMS:
        images = importlib.import_module("liren.base.files.child.images")
        return lambda data: images.clean(data, FORMS[media_type])
    return importlib.import_module(f"liren.base.files.child.{PROGRAMS[media_type]}").clean  # type: ignore[no-any-return]


def main() -> None:
    """Clean standard input as the media type named by the last argument; always answers, or dies trying."""
    clean = cleaner(sys.argv[-1])
    confine()
    try:
        kept = clean(sys.stdin.buffer.read())
        header = {
            "media_type": kept.media_type,
            "width": kept.width,
            "height": kept.height,
            "sizes": [len(kept.body), len(kept.thumb)],
        }
        answer(header, kept.body, kept.thumb)
    except Unfit as unfit:
        answer({"refused": unfit.code})
    except Exception:  # a decoder stumbled over what it was given: whatever the reason, the file is broken
        answer({"refused": "file.broken"})


def answer(header: dict[str, object], *parts: bytes) -> None:
    """Write one framed answer."""
    head = json.dumps(header).encode()
    sys.stdout.buffer.write(len(head).to_bytes(4, "big") + head + b"".join(parts))
    sys.stdout.buffer.flush()
