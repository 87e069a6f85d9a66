"""One POST to one address that was proven safe: resolved once, connected to what was resolved, nothing followed."""

import http.client
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from threading import Timer
from time import monotonic
from urllib.parse import SplitResult

from liren.bridges.exchange.rules import Network, safe

TIMEOUT = 5.0  # for each step
DEADLINE = 10.0  # for all of them
ANSWER_MAX = 1024


class Unsent(Exception):
    """It did not arrive; `code` says why: address, refused, hung, tls, status.NNN, moved."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _Pinned(http.client.HTTPSConnection):
    """A connection to one address, whatever the name says by the time it is made."""

    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=TIMEOUT, context=context)
        self._address, self._tls = address, context

    def cut(self) -> None:
        """End it from another thread: a receiver that drips is hung up on."""
        with suppress(OSError):
            if self.sock is not None:
                self.sock.shutdown(socket.SHUT_RDWR)

    def connect(self) -> None:
        """To the address that was proven safe, with the name in the handshake."""
        raw = socket.create_connection((self._address, self.port), TIMEOUT)
        self.sock = self._tls.wrap_socket(raw, server_hostname=self.host)


def resolve(host: str, port: int) -> list[str]:
    """Every address of a name. Raises Unsent("address")."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Unsent("address") from error
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def post(
    target: SplitResult,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allowed: tuple[Network, ...] = (),
    context: ssl.SSLContext | None = None,
) -> None:
    """Deliver; a 2xx is delivered. Raises Unsent.

    A name is used only if every address it has is safe: one of several is enough to be led inside.
    """
    host, port = target.hostname or "", target.port or 443
    addresses = resolve(host, port)
    if not addresses or not all(safe(one, allowed) for one in addresses):
        raise Unsent("address")
    connection = _Pinned(host, port, addresses[0], context or ssl.create_default_context())
    path = (target.path or "/") + (f"?{target.query}" if target.query else "")
    clock = Timer(DEADLINE, connection.cut)
    clock.daemon = True
    clock.start()
    begun = monotonic()
    try:
        connection.request("POST", path, body, dict(headers))
        answer = connection.getresponse()
        answer.read(ANSWER_MAX)
    except ssl.SSLError as error:
        raise Unsent("tls") from error
    except TimeoutError as error:
        raise Unsent("hung") from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise Unsent("hung" if monotonic() - begun >= DEADLINE else "refused") from error
    finally:
        clock.cancel()
        connection.close()
    if 300 <= answer.status < 400:
        raise Unsent("moved")
    if not 200 <= answer.status < 300:
        raise Unsent(f"status.{answer.status}")
