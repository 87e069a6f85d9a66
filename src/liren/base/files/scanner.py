"""The port to clamd, the ClamAV daemon, if an office runs one (LIREN_CLAMD=/run/clamd.sock or host:port)."""

import logging
import os
import socket

from liren.kernel.errors import Refused

log = logging.getLogger(__name__)

SECONDS = 20.0
CHUNK = 1024 * 1024
MAX_ANSWER = 4096


def scan(data: bytes) -> None:
    """Nothing if the file is clean or no scanner is set. Raises Refused("file.virus").

    A scanner that is set but silent, full or confused refuses too, as file.scanner_down: an office that asked
    for scanning never stores what was not scanned.
    """
    address = os.environ.get("LIREN_CLAMD", "")
    if not address:
        return
    try:
        answer = _ask(address, data)
    except (OSError, ValueError) as error:
        log.error("clamd at %s does not answer: %s", address, error)  # safe - a setting of the office
        raise Refused("file.scanner_down") from error
    if answer.endswith(" FOUND"):
        log.warning("clamd: %s", answer)
        raise Refused("file.virus")
    if not answer.endswith(": OK"):
        log.error("clamd at %s says %r", address, answer)  # safe - a setting of the office
        raise Refused("file.scanner_down")


def _ask(address: str, data: bytes) -> str:
    """clamd(8), INSTREAM: each chunk after its 4-byte big-endian length, 0 ends; z: answers end in NUL."""
    with _connect(address) as link:
        link.sendall(b"zINSTREAM\0")
        for start in range(0, len(data), CHUNK):
            piece = data[start : start + CHUNK]
            link.sendall(len(piece).to_bytes(4, "big") + piece)
        link.sendall(bytes(4))
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < MAX_ANSWER:
            more = link.recv(MAX_ANSWER)
            if not more:
                break
            answer += more
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()


def _connect(address: str) -> socket.socket:
    if address.startswith("/"):
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        link.settimeout(SECONDS)
        try:
            link.connect(address)
        except OSError:
            link.close()
            raise
        return link
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS)
