"""Readers of public pages who ask too fast. Counted in the memory of each process: reading writes nothing, and of
who read what nothing is kept.
"""

from datetime import datetime
from threading import Lock

from liren.base.access import loading, rules
from liren.kernel.errors import Throttled

MOST = 20_000  # addresses remembered at once; a full bucket says nothing and is dropped first
_full_at: dict[str, int] = {}
_lock = Lock()


def pace(what: str, *, address: str, now: datetime) -> None:
    """Count one reading against the limit `what`.address, wide enough for a hall behind one address.

    Each process of the web server counts for itself, so that with two of them up to twice the limit goes through.
    Raises Throttled("access.too_many").
    """
    rate = loading.rate(f"{what}.address", now)
    whose = f"{what}:{rules.neighbourhood(address)}"
    moment = rules.micros(now)
    with _lock:
        full_at = _full_at.get(whose, moment)
        if rules.impossible(rate, full_at, now):
            full_at = moment
        if full_at > rules.latest_full(rate, now):
            raise Throttled("access.too_many", retry_after=rules.wait(rate, full_at, now))
        _full_at[whose] = max(full_at, moment) + rules.cost(rate)
        if len(_full_at) > MOST:
            _forget(moment)


def _forget(moment: int) -> None:
    """Drop the buckets that are full again; all of them, should a flood of addresses have emptied each a little."""
    kept = {whose: full_at for whose, full_at in _full_at.items() if full_at > moment}
    _full_at.clear()
    if len(kept) <= MOST // 2:
        _full_at.update(kept)
