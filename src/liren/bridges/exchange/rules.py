"""Decisions of exchange as pure functions: where a webhook may point, how a telling is signed, when it is tried again."""

import hashlib
import hmac
import ipaddress
from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import SplitResult, urlsplit

from liren.kernel.errors import Refused

URL_MAX = 500
# After these it is given up: about a day, so that a receiver may be down for a night.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def target(url: str) -> SplitResult:
    """An address as it may be told: https, a host, no user in it.

    Raises Refused: "webhook.url", "webhook.https".
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise Refused("webhook.url", field="url") from error
    if len(url) > URL_MAX or not parts.hostname or parts.username or parts.password or parts.fragment:
        raise Refused("webhook.url", field="url")
    if any(letter.isspace() or not letter.isprintable() for letter in url.strip()) or port == 0:
        raise Refused("webhook.url", field="url")
    if parts.scheme != "https":
        raise Refused("webhook.https", field="url")
    return parts


def networks(said: str) -> tuple[Network, ...]:
    """Networks as an office writes them: 10.20.0.0/16,192.168.7.0/24. Raises ValueError."""
    return tuple(ipaddress.ip_network(part.strip()) for part in said.split(",") if part.strip())


def safe(address: str, allowed: Iterable[Network] = ()) -> bool:
    """Whether a server may be asked to call this address: one of the open internet, or of a network the office named.

    Never this machine, its link, or a cloud's metadata, whatever an office named: nobody outside has any business there.
    """
    try:
        found: Address = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is not None:
            return safe(str(inner), allowed)
    if found.is_loopback or found.is_link_local or found.is_multicast or found.is_unspecified:
        return False
    if any(found in network for network in allowed if network.version == found.version):
        return True
    return found.is_global and not found.is_reserved


def signature(secret: str, at: int, body: bytes) -> str:
    """HMAC-SHA256 over the time and the body: who knows the secret knows that it comes from here, and from now."""
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()


def wait(tries: int) -> timedelta | None:
    """How long after so many tries without success the next one is due; None to give up."""
    return WAITS[tries - 1] if 0 < tries <= len(WAITS) else None
