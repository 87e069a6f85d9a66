"""Authenticated encryption with a fresh random nonce: AES-256-GCM, or SM4-GCM (GM/T 0002-2012) where 国密 is
asked for.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from liren.base.vault.rules import AES_256_GCM, NONCE, SM4_GCM, TAG
from liren.kernel.errors import Refused

KEY = 32


def chosen() -> int:
    """The algorithm for new tokens, from LIREN_CIPHER: "aes" (default) or "sm4". Old tokens keep theirs."""
    name = os.environ.get("LIREN_CIPHER") or "aes"
    match name:
        case "aes":
            return AES_256_GCM
        case "sm4":
            return SM4_GCM
        case _:
            raise ValueError(f"LIREN_CIPHER must be aes or sm4, not {name}")


def encrypt(algorithm: int, key: bytes, plain: bytes, bound: bytes) -> tuple[bytes, bytes]:
    """Nonce, and ciphertext with tag. One data key seals a few fields of one subject, far below GCM's
    limits.
    """
    nonce = os.urandom(NONCE)
    if algorithm == AES_256_GCM:
        return nonce, AESGCM(key).encrypt(nonce, plain, bound)
    encryptor = Cipher(algorithms.SM4(_sm4_key(key)), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(bound)
    body = encryptor.update(plain) + encryptor.finalize()
    return nonce, body + encryptor.tag


def decrypt(algorithm: int, key: bytes, nonce: bytes, body: bytes, bound: bytes) -> bytes:
    """The plain bytes. Raises Refused("vault.broken") if a bit, the owner or the context is not what was
    sealed.
    """
    try:
        if algorithm == AES_256_GCM:
            return AESGCM(key).decrypt(nonce, body, bound)
        mode = modes.GCM(nonce, body[-TAG:])
        decryptor = Cipher(algorithms.SM4(_sm4_key(key)), mode).decryptor()
        decryptor.authenticate_additional_data(bound)
        return decryptor.update(body[:-TAG]) + decryptor.finalize()
    except InvalidTag:
        raise Refused("vault.broken") from None


def _sm4_key(key: bytes) -> bytes:
    """SM4 takes 128 bits: derived, so that no key serves two algorithms."""
    return HKDF(algorithm=hashes.SHA256(), length=16, salt=None, info=b"liren.sm4").derive(key)
