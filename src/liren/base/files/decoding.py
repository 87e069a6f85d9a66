"""The server's side of decoding: start the confined program, feed it one file, believe nothing it answers."""

import json
import logging
import os
import subprocess  # nosec: the command is fixed
import sys
import threading
from pathlib import Path

from liren.base.files import rules
from liren.base.files.child.verdict import Clean
from liren.kernel.errors import Refused, Throttled

log = logging.getLogger(__name__)

# A fresh interpreter (0.1 s), not a fork: the server has threads, and a fork would carry its keys along.
BOOT = "import sys; sys.path.insert(0, sys.argv[1]); from liren.base.files.child.main import main; main()"
SOURCE = str(Path(__file__).resolve().parents[3])
COMMAND = (sys.executable, "-I", "-c", BOOT, SOURCE)
# One memory arena: glibc otherwise reserves 64 MB of the address space for every decoder thread.
ENVIRONMENT = {"MALLOC_ARENA_MAX": "1", "LC_ALL": "C.UTF-8"}

SECONDS = 20.0
PATIENCE = 15.0
MAX_ANSWER = 24 * 1024 * 1024
LONG_SIDE = 2560
CODES = {"file.pixels", "file.broken", "file.locked", "file.bomb", "file.active", "file.archive", "file.kind"}
RESULTS = {rules.PDF: {rules.PDF}, rules.ZIP: {rules.WORD, rules.EXCEL}}

# Each decoder may take a gigabyte: as many at once as there are processors, the others wait their turn.
SLOTS = threading.BoundedSemaphore(os.cpu_count() or 1)


def decode(data: bytes, media_type: str) -> Clean:
    """The cleaned file. Raises Refused with the decoder's code, Throttled("file.busy").

    A decoder that crashes, or is ended for its memory or time, means file.broken; one that cannot start means
    file.scanner_down, because that is the office's fault and not the file's.
    """
    if not SLOTS.acquire(timeout=PATIENCE):
        raise Throttled("file.busy", retry_after=10)
    try:
        answer, code = _run(data, media_type)
    finally:
        SLOTS.release()
    if not answer:
        log.warning("decoder for %s ended with %s and no answer", media_type, code)
        raise Refused("file.scanner_down" if code > 0 else "file.broken")
    return _believed(answer, media_type)


def _run(data: bytes, media_type: str) -> tuple[bytes, int]:
    """What the program wrote, and how it ended (below 0: by a signal)."""
    with subprocess.Popen(  # noqa: S603 - our own fixed command, one of a few types
        [*COMMAND, media_type],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=ENVIRONMENT,
        cwd="/",
    ) as child:
        assert child.stdin
        assert child.stdout
        watch = threading.Timer(SECONDS, child.kill)
        watch.daemon = True
        watch.start()
        try:
            try:
                child.stdin.write(data)
                child.stdin.close()
            except BrokenPipeError:
                pass  # it died before reading all; how it ended says why
            answer = child.stdout.read(MAX_ANSWER + 1)
            if len(answer) > MAX_ANSWER:
                child.kill()
                answer = b""
            code = child.wait()
        finally:
            watch.cancel()
            child.kill()
    return answer, code


def _believed(answer: bytes, media_type: str) -> Clean:
    """The verdict, checked: a decoder taken over by its file must gain nothing by lying."""
    try:
        start = 4 + int.from_bytes(answer[:4], "big")
        head = json.loads(answer[4:start])
        if "refused" in head:
            raise Refused(head["refused"] if head["refused"] in CODES else "file.broken")
        kept = _clean(head, answer[start:])
    except (ValueError, KeyError, TypeError):
        raise Refused("file.broken") from None
    if not _plausible(kept, media_type):
        log.warning("decoder for %s answered what it never should", media_type)
        raise Refused("file.broken")
    return kept


def _clean(head: dict[str, object], rest: bytes) -> Clean:
    sizes = head["sizes"]
    numbers = (head["width"], head["height"], *sizes) if isinstance(sizes, list) else ()
    if len(numbers) != 4 or not all(type(number) is int and number >= 0 for number in numbers):
        raise ValueError
    width, height, body, thumb = (int(str(number)) for number in numbers)
    if len(rest) != body + thumb:
        raise ValueError
    return Clean(str(head["media_type"]), rest[:body], rest[body:], width, height)


def _plausible(kept: Clean, media_type: str) -> bool:
    if media_type in RESULTS:
        return kept == Clean(kept.media_type) and kept.media_type in RESULTS[media_type]
    jpeg = kept.body.startswith(b"\xff\xd8\xff") and kept.body.endswith(b"\xff\xd9")
    webp = kept.thumb.startswith(b"RIFF") and kept.thumb[8:12] == b"WEBP"
    pixels = 0 < kept.width <= LONG_SIDE and 0 < kept.height <= LONG_SIDE
    return kept.media_type == "image/jpeg" and jpeg and webp and pixels
