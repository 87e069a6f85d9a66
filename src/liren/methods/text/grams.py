"""The normal form of a text, and its character n-grams as stable 32-bit hashes with their spans.

Character n-grams need no word segmenter and read Chinese messages better than words do (measured on public
petitions). Hashes instead of grams keep a model free of anybody's words.
"""

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# A message is read as far as this; the longest of 3,288 real ones had 4,298 characters.
READ_LENGTH = 4_000
# People lead with the matter: the first characters are read once more, as features of their own.
HEAD_LENGTH = 30
BODY_SIZES = (1, 2, 3)
HEAD_SIZES = (1, 2)

_HEAD_SALT = 0x9E3779B97F4A7C15
_SIZE_SALT = 0xD1B54A32D192ED03
_MULTIPLIER = 0xBF58476D1CE4E5B9
_FINISH = 0x94D049BB133111EB
_WORD = 0xFFFFFFFFFFFFFFFF


@dataclass(frozen=True, slots=True)
class Normal:
    """A text in normal form. `places[i]` is where character i stands in the original."""

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original's half-open span behind characters start..end (end excluded) of the normal form."""
        return self.places[start], self.places[end - 1] + 1


def normal(text: str, limit: int = READ_LENGTH) -> Normal:
    """Letters and digits of the text in NFKC and lower case, at most `limit` of them; all else is dropped.

    Each character is folded by itself so that its place stays known. Total: every string has a normal form.
    """
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        if character.isascii() and character.isalnum():
            folded = character.lower()
        elif "\u4e00" <= character <= "\u9fff":
            folded = character
        else:
            folded = unicodedata.normalize("NFKC", character).lower()
        for letter in folded:
            if letter.isalnum():
                letters.append(letter)
                places.append(place)
        if len(letters) >= limit:
            break
    return Normal("".join(letters[:limit]), tuple(places[:limit]))


def plain(text: str, limit: int = READ_LENGTH) -> str:
    """The normal form alone."""
    return normal(text, limit).text


def gram_set(text: str, size: int) -> frozenset[str]:
    """The different grams of one size in a text already normal; a shorter text is one gram of its own."""
    if len(text) <= size:
        return frozenset({text} if text else ())
    return frozenset(text[start : start + size] for start in range(len(text) - size + 1))


@dataclass(frozen=True, slots=True)
class Hashed:
    """The grams of one text: hashes (uint32) with, for each, where it starts and how long it is.

    Those from position `head` on are the head's.
    """

    hashes: "NDArray[np.uint32]"
    starts: "NDArray[np.int32]"
    sizes: "NDArray[np.int32]"
    head: int


def hashed(text: str) -> Hashed:
    """Every gram of a text already normal: sizes 1-3 of the whole, sizes 1-2 of the head once more."""
    import numpy as np

    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    parts = [(codes, size, 0) for size in BODY_SIZES]
    parts += [(codes[:HEAD_LENGTH], size, _HEAD_SALT) for size in HEAD_SIZES]
    counts = [max(len(letters) - size + 1, 0) for letters, size, _ in parts]
    return Hashed(
        np.concatenate([_mix(*part, count) for part, count in zip(parts, counts, strict=True)]),
        np.concatenate([np.arange(count, dtype=np.int32) for count in counts]),
        np.repeat(np.array([size for _, size, _ in parts], dtype=np.int32), counts),
        sum(counts[: len(BODY_SIZES)]),
    )


def _mix(letters: "NDArray[np.uint64]", size: int, salt: int, count: int) -> "NDArray[np.uint32]":
    """A polynomial of the code points, finished as in SplitMix64 (Steele, Lea, Flood 2014)."""
    import numpy as np

    state = np.full(count, (salt + size * _SIZE_SALT) & _WORD, dtype=np.uint64)
    for offset in range(size):
        state = (state ^ letters[offset : offset + count]) * np.uint64(_MULTIPLIER)
        state ^= state >> np.uint64(29)
    state *= np.uint64(_FINISH)
    state ^= state >> np.uint64(32)
    return (state & np.uint64(0xFFFFFFFF)).astype(np.uint32)
