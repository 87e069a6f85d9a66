"""The lives of the sample's cases, played through the table of moves.

Staff steps follow from each other; what residents do falls in between at its own time. Whatever comes when
the table has no edge for it simply does not happen, as on a real page where the button would be gone.
"""

from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from liren.site.sample import arrivals, steps
from liren.site.sample.arrivals import Arrival
from liren.site.sample.dice import dice
from liren.site.sample.living import History, Life, Limits, PlainLimits
from liren.site.sample.slots import Scene
from liren.site.sample.world import Street


def stream(
    street: Street, *, as_of: date, cases: int, zone: ZoneInfo, limits: Limits | None = None
) -> Iterator[History]:
    """The histories of `cases` cases in the order they were opened. Constant memory, the same for a seed."""
    known = limits or PlainLimits()
    end = arrivals.stands_at(as_of, zone)
    for arrival in arrivals.stream(street, as_of=as_of, cases=cases, zone=zone):
        yield live(street, arrival, limits=known, end=end)


def live(street: Street, arrival: Arrival, *, limits: Limits, end: datetime) -> History:
    """One demand's life until `end`."""
    rng = dice("life", street.seed, arrival.index)
    scene = Scene(rng, street, arrival.spot, arrival.at.replace(tzinfo=None))
    life = Life(rng, street, arrival, limits, end, scene)
    steps.open_up(life)
    life.run()
    return steps.told(life)
