"""Ids for a load: they sort by the time of what they stand for."""

import secrets
from datetime import datetime, timedelta

from liren.kernel.ids import EPOCH, RANDOM_BITS
from liren.site.sample.dice import dice


class Ids:
    """Row ids that sort by the time of what they stand for, and rise within one case even in one instant.

    Made as kernel.ids makes them, but from one secret seed: a hundred thousand calls for randomness add up.
    """

    def __init__(self) -> None:
        self._last = 0
        self._lot = dice(secrets.token_hex())

    def next(self, at: datetime) -> int:
        """An id of that moment, above the one before."""
        made = _moment(at) | self._lot.getrandbits(RANDOM_BITS)
        self._last = made if made > self._last else self._last + 1
        return self._last

    def later(self, at: datetime) -> None:
        """Begin anew at a moment: ids of the next case owe nothing to the last."""
        self._last = _moment(at)


def _moment(at: datetime) -> int:
    return (at - EPOCH) // timedelta(milliseconds=1) << RANDOM_BITS
