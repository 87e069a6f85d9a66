"""Pure rules of the vault: for what a sealed thing may be read, and the shape of a token."""

import struct
from dataclasses import dataclass

# Why somebody reads what is sealed. A reveal names one; a face shows it in words; free text could hide
# anything.
PURPOSES: frozenset[str] = frozenset(
    {
        "call_back",  # asking the requester whether it is solved (回访)
        "contact_requester",  # reaching the requester to handle the matter (联系诉求人)
        "deliver_message",  # the machine sends a text or a mail (发送通知)
        "delivery",  # handing over a document (送达)
        "own_data",  # the person reads what is their own (本人查看)
        "handle_matter",  # reading sealed words or photos to handle the matter (办理)
        "mediate",  # a mediator reads a sealed dispute (调解)
        "correct_data",  # putting a wrong record right at the person's wish (更正)
        "bring_in",  # the machine or whoever brought a table in reads it again (导入)
        "legal_request",  # a body entitled by law asked in writing (依法调取)
    }
)

VERSION = 1
AES_256_GCM = 1
SM4_GCM = 2
NONCE = 12
TAG = 16

_HEAD = struct.Struct(">BBQ")
_SHORTEST = _HEAD.size + NONCE + TAG


@dataclass(frozen=True, slots=True)
class Token:
    """The parts of a token: version byte, algorithm byte, data-key id (8 bytes), nonce, ciphertext with
    tag.
    """

    algorithm: int
    data_key_id: int
    nonce: bytes
    body: bytes


def pack(token: Token) -> bytes:
    """The bytes of a token."""
    return _HEAD.pack(VERSION, token.algorithm, token.data_key_id) + token.nonce + token.body


def unpack(token: bytes) -> Token | None:
    """The parts of a token; None for anything that cannot be one."""
    if len(token) < _SHORTEST:
        return None
    version, algorithm, data_key_id = _HEAD.unpack_from(token)
    if version != VERSION or algorithm not in (AES_256_GCM, SM4_GCM) or data_key_id >= 1 << 63:
        return None
    return Token(algorithm, data_key_id, token[_HEAD.size : _HEAD.size + NONCE], token[_HEAD.size + NONCE :])


def bound(algorithm: int, data_key_id: int, subject: str, context: str) -> bytes:
    """What a ciphertext is authenticated with: its header, whose it is and where it belongs, each with its
    length.
    """
    parts = [_HEAD.pack(VERSION, algorithm, data_key_id), subject.encode(), context.encode()]
    return b"".join(struct.pack(">I", len(part)) + part for part in parts)
