"""The hash tree of RFC 6962 §2.1 (B. Laurie, A. Langley, E. Kasper, 2013). Part of the script residents download.

A leaf is hashed with 0x00 before it and a node with 0x01, so that no node passes for a leaf.
"""

from collections.abc import Sequence
from hashlib import sha256


def leaf(data: bytes) -> bytes:
    """The hash of a leaf."""
    return sha256(b"\x00" + data).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """Every level of the tree over some data, leaves first, the root alone in the last.

    Pairs are joined level by level and a last one without a pair goes up as it is: the same tree as RFC 6962's cut at the
    largest power of two.
    """
    level = [leaf(data) for data in leaves] or [sha256(b"").digest()]
    tree = [level]
    while len(level) > 1:
        joined = [_node(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = joined + (level[-1:] if len(level) % 2 else [])
        tree.append(level)
    return tree


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over some data: of none, the hash of nothing."""
    return levels(leaves)[-1][0]


def prove(tree: Sequence[Sequence[bytes]], at: int) -> list[bytes]:
    """The path that proves the leaf at a place (from 0), from the levels of the tree. Raises IndexError."""
    if not 0 <= at < len(tree[0]):
        raise IndexError(f"the tree has no leaf {at}")
    path: list[bytes] = []
    for level in tree[:-1]:
        beside = at ^ 1
        if beside < len(level):
            path.append(level[beside])
        at //= 2
    return path


def verify(data: bytes, at: int, size: int, path: Sequence[bytes], top: bytes) -> bool:
    """Whether the data is the leaf at a place of the tree of that size and root."""
    if not 0 <= at < size:
        return False
    found, left, last = leaf(data), list(path), size - 1
    while last:
        if at % 2 or at < last:
            if not left:
                return False
            beside = left.pop(0)
            found = _node(beside, found) if at % 2 else _node(found, beside)
        at, last = at // 2, last // 2
    return not left and found == top
