"""The board: what is sealed when voting ends and opened before everybody. Part of the script residents download.

Each ballot is hashed with a salt into its seal. The digest of all seals is posted when voting ends, before a ballot is
opened; then a seed is drawn in public and fixes the order of the rows, so that the order says nothing of who voted when.
A receipt is a code of its own, tied to no ballot: it shows that a ballot was counted and never what it says. What this
cannot show: docs/adr/0012.
"""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any

from liren.methods.ballot.tree import root

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # D. Crockford's base 32: no I, L, O, U
_CODE = 12
_WRITER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical(value: Any) -> bytes:
    """The one text of some JSON: keys in order, no blanks, UTF-8. Raises ValueError for what JSON has no text for."""
    return _WRITER.encode(value).encode("utf-8")


def digest(value: Any) -> str:
    """The SHA-256 of some JSON, in hex."""
    return sha256(canonical(value)).hexdigest()


def sealed(vote: str, row: Mapping[str, Any]) -> str:
    """The seal of a ballot, in hex: the hash of its salt, a new line, and the canonical text of what the row says.

    The salt is never shown to the voter, who could prove by it what was voted.
    """
    choice = row["choice"]
    said = _said(
        vote,
        None if choice is None else tuple(choice),
        tuple(row.get("points", ())),
        tuple(sorted(row["weight"].items())),
    )
    return sha256(f"{row['salt']}\n".encode() + said).hexdigest()


@lru_cache(maxsize=65536)  # of many ballots most say the same
def _said(
    vote: str, choice: tuple[str, ...] | None, points: tuple[int, ...], weight: tuple[tuple[str, str], ...]
) -> bytes:
    return canonical(["liren.ballot", vote, choice, points, dict(weight)])


def sealed_box(seals: Iterable[str]) -> str:
    """What is posted when voting ends: the hash of all seals, in their own order, so that it tells no order of voting."""
    return digest(["liren.box", sorted(seals)])


def in_order(seed: str, seals: Iterable[str]) -> list[str]:
    """The order of the rows that a seed gives; the seed is drawn in public after the box was sealed."""
    return sorted(seals, key=lambda seal: (sha256(f"{seed}\n{seal}".encode()).digest(), seal))


def ballots_root(seals: Iterable[str]) -> str:
    """The root, in hex, of the tree whose leaves are the bytes of the seals, in the order of the rows."""
    return root([bytes.fromhex(seal) for seal in seals]).hex()


def receipt_leaf(row: Mapping[str, Any]) -> bytes:
    """The leaf of a receipt: its hash, a new line, and the canonical text of what its ballot weighs."""
    return f"{row['receipt']}\n".encode() + _weighs(tuple(sorted(row["weight"].items())))


@lru_cache(maxsize=65536)
def _weighs(weight: tuple[tuple[str, str], ...]) -> bytes:
    return canonical(dict(weight))


def receipts_root(rows: Iterable[Mapping[str, Any]]) -> str:
    """The root, in hex, of the tree of receipts."""
    return root([receipt_leaf(row) for row in rows]).hex()


def code_of(random: bytes) -> str:
    """A receipt code such as 7K2M-9QXD-4TRA from eight random bytes. Raises ValueError for fewer.

    It is never the token that changes a ballot: its hash is public, and sixty bits are few.
    """
    if len(random) < 8:
        raise ValueError("a receipt code needs eight random bytes")
    value = int.from_bytes(random[:8], "big")
    letters = "".join(_LETTERS[value >> 5 * at & 31] for at in range(_CODE))
    return "-".join(letters[at : at + 4] for at in range(0, _CODE, 4))


def receipt_of(vote: str, code: str) -> str:
    """The receipt that stands in the published list for a code. Written small, with O for 0 or I for 1, it is the same."""
    letters = "".join(code.upper().split()).replace("-", "")
    for wrong, right in ("O0", "I1", "L1"):
        letters = letters.replace(wrong, right)
    return digest(["liren.receipt", vote, letters])
