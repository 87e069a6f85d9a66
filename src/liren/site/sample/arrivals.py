"""What is asked for, when and where: days, seasons, hours, clusters, and one bad week a quarter."""

import bisect
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from zoneinfo import ZoneInfo

from liren.site.sample import bank, spots
from liren.site.sample.bank import Topic
from liren.site.sample.dice import dice
from liren.site.sample.world import Courtyard, Street, read

DAYS = 90  # how far life reaches back
CASES = 5_000  # in that time: a street of eighty thousand people
MOST_DAYS = 1_825  # a larger scale first reaches further back, then grows denser
MORNING = time(9, 30)  # the hour of `as_of` at which the sample stands

CHANNELS = ("phone", "snap", "wechat", "web", "mailbox", "counter", "grid")
_CHANNEL_SHARE = (41, 22, 13, 10, 5, 5, 4)
_SNAPPED = frozenset({"sanitation", "order", "municipal", "traffic", "green", "safety"})

# What goes wrong for everybody at once, by the month it is: kind of event, class of the demands.
_EVENTS = {
    "cold": ("utility.heating", (11, 12, 1, 2, 3)),
    "storm": ("municipal.drain", (6, 7, 9)),
    "hot": ("utility.power", (8,)),
    "burst": ("utility.water_off", (4, 5, 10)),
}


@dataclass(frozen=True, slots=True)
class Arrival:
    """One demand at the door. `event` names the shared trouble it belongs to; `neighbours` will join it."""

    index: int
    at: datetime  # office time, aware
    topic: Topic
    demand_type: str
    channel: str
    spot: spots.Spot
    event: str = ""
    neighbours: int = 0


@dataclass(frozen=True, slots=True)
class _Trouble:
    """A bad week: from when, what kind, where."""

    start: date
    event: str
    code: str
    yards: tuple[Courtyard, ...]


def span(cases: int) -> int:
    """How many days of life a number of cases fills."""
    return max(DAYS, min(MOST_DAYS, round(DAYS * cases / CASES)))


def first_day(as_of: date, cases: int) -> date:
    """The day on which the life of the sample begins."""
    return as_of - timedelta(days=span(cases))


def stands_at(as_of: date, zone: ZoneInfo) -> datetime:
    """The moment at which the sample stands: nothing in it is later."""
    return datetime.combine(as_of, MORNING, zone)


def stream(street: Street, *, as_of: date, cases: int, zone: ZoneInfo) -> Iterator[Arrival]:
    """`cases` demands in the order they came, ending in the morning of `as_of`. Constant memory."""
    begin, days = first_day(as_of, cases), span(cases)
    weights = [_day_weight(street.seed, begin + timedelta(days=i)) for i in range(days)]
    weights.append(weights[-1] * 0.22)  # the morning of as_of itself
    whole = sum(weights)
    troubles = _troubles(street, begin, as_of)
    shared = {trouble.start: trouble for trouble in troubles}
    clusters = _Clusters(street)
    density = cases / span(cases)
    done, reached, index = 0, 0.0, 0
    for i, weight in enumerate(weights):
        day = begin + timedelta(days=i)
        reached += weight
        count = round(cases * reached / whole) - done
        done += count
        rng = dice("day", street.seed, day.isoformat())
        today = _today(rng, street, day, count, clusters, shared, density, last=i == days, zone=zone)
        for arrival in sorted(today, key=lambda one: one.at):
            yield Arrival(index, *_rest(arrival))
            index += 1


def _rest(arrival: Arrival) -> tuple[datetime, Topic, str, str, spots.Spot, str, int]:
    return (
        arrival.at,
        arrival.topic,
        arrival.demand_type,
        arrival.channel,
        arrival.spot,
        arrival.event,
        arrival.neighbours,
    )


@lru_cache(maxsize=16)
def _mix(month: int) -> tuple[tuple[str, ...], tuple[float, ...], float]:
    """The classes of a month with cumulated weights, and how busy the month is."""
    seasons = bank.calendar()["seasons"]
    topics = bank.topics()
    weights = [topic.weight * seasons[topic.season][month - 1] for topic in topics.values()]
    return tuple(topics), tuple(accumulate(weights)), sum(weights)


def _day_weight(seed: int, day: date) -> float:
    rng = dice("weight", seed, day.isoformat())
    return _mix(day.month)[2] * float(bank.calendar()["week"][day.weekday()]) * rng.uniform(0.85, 1.15)


def _troubles(street: Street, begin: date, as_of: date) -> list[_Trouble]:
    """One bad week in each ninety days, the last about four weeks ago: recent enough to be seen whole."""
    found = []
    start = as_of - timedelta(days=27)
    while start > begin:
        rng = dice("trouble", street.seed, start.isoformat())
        event = next(kind for kind, (_, months) in _EVENTS.items() if start.month in months)
        lived_in = [yard for yard in street.courtyards if yard.style in {"old", "dorm", "slab"}]
        middle = rng.choice(lived_in)
        near = sorted(lived_in, key=lambda yard: (yard.lat - middle.lat) ** 2 + (yard.lon - middle.lon) ** 2)
        found.append(_Trouble(start, event, _EVENTS[event][0], tuple(near[:8])))
        start -= timedelta(days=DAYS)
    return found


class _Clusters:
    """Matters that many see: some demands speak of the same class in the same courtyard within days."""

    def __init__(self, street: Street) -> None:
        self.street = street
        self.open: list[tuple[Topic, Courtyard, date]] = []

    def draw(self, rng: random.Random, day: date, topic: Topic) -> Courtyard | None:
        """The courtyard of an open cluster of this class, or none; old clusters close, new ones open."""
        self.open = [one for one in self.open if one[2] >= day]
        for known, yard, _ in self.open:
            if known.code == topic.code and rng.random() < 0.6:
                return yard
        if rng.random() < 0.06 and topic.mood == "sore":
            mode = next(iter(topic.at))
            yard = spots.pick(rng, self.street, mode, without=topic.without).yard
            self.open.append((topic, yard, day + timedelta(days=rng.randint(2, 9))))
        return None


def _today(
    rng: random.Random,
    street: Street,
    day: date,
    count: int,
    clusters: _Clusters,
    shared: dict[date, _Trouble],
    density: float,
    *,
    last: bool,
    zone: ZoneInfo,
) -> Iterator[Arrival]:
    for trouble in shared.values():
        after = (day - trouble.start).days
        if 0 <= after <= 5 and not last:
            mine = min(count, _struck(after, density))
            count -= mine
            yield from _in_trouble(rng, street, trouble, day, mine, after, density, zone)
    codes, cumulated, _ = _mix(day.month)
    for _ in range(count):
        topic = bank.topics()[rng.choices(codes, cum_weights=cumulated)[0]]
        yard = clusters.draw(rng, day, topic)
        mode = rng.choice(topic.at)
        if yard is not None and (yard.style == "public") != (mode == "public"):
            mode = (
                "public" if yard.style == "public" else next(m for m in (*topic.at, "yard") if m != "public")
            )
        spot = spots.pick(rng, street, mode, without=topic.without, yard=yard)
        at = _hour(rng, topic.hours, day, last=last, zone=zone)
        neighbours = rng.choice((1, 1, 1, 2, 2, 3, 5)) if topic.mood == "sore" and rng.random() < 0.055 else 0
        yield Arrival(0, at, topic, rng.choice(topic.types), _channel(rng, topic), spot, "", neighbours)


def _struck(after: int, density: float) -> int:
    """How many cases a bad week brings on its n-th day, at the usual density of about 55 a day."""
    return max(1, round((22, 20, 11, 6, 4, 2)[after] * min(4.0, density / 55.6)))


def _in_trouble(
    rng: random.Random,
    street: Street,
    trouble: _Trouble,
    day: date,
    count: int,
    after: int,
    density: float,
    zone: ZoneInfo,
) -> Iterator[Arrival]:
    topic = bank.topics()[trouble.code]
    for i in range(count):
        yard = trouble.yards[i % len(trouble.yards)]
        mode = rng.choice(("yard", "building", "dwelling") if i >= len(trouble.yards) or after else ("yard",))
        spot = spots.pick(rng, street, mode, yard=yard)
        if after == 0 and i < len(trouble.yards):
            # the first to say it in each courtyard, early in the morning: the others join
            at = datetime.combine(day, time(5, 30), zone) + timedelta(seconds=rng.randrange(5400))
            neighbours = max(2, round(rng.randint(24, 70) * min(1.0, density / 55.6)))
        else:
            at = _hour(rng, "day", day, last=False, zone=zone)
            neighbours = rng.choice((0, 0, 0, 1))
        yield Arrival(0, at, topic, "help", _channel(rng, topic), spot, trouble.event, neighbours)


def _hour(rng: random.Random, hours: str, day: date, *, last: bool, zone: ZoneInfo) -> datetime:
    shares: Sequence[float] = bank.calendar()["hours"][hours]
    if last:
        shares = shares[: MORNING.hour]
    cumulated = list(accumulate(shares))
    hour = bisect.bisect_left(cumulated, rng.random() * cumulated[-1])
    moment = datetime.combine(day, time(min(hour, len(shares) - 1)), zone)
    return moment + timedelta(milliseconds=rng.randrange(3_600_000))


def _channel(rng: random.Random, topic: Topic) -> str:
    channel = rng.choices(CHANNELS, _CHANNEL_SHARE)[0]
    if channel == "snap" and topic.group not in _SNAPPED and rng.random() < 0.75:
        return rng.choice(("wechat", "web", "phone"))
    return channel


@lru_cache(maxsize=1)
def _duties() -> dict[str, str]:
    return {row["class"]: row["lead"] for row in read("catalogue.yaml")["rows"]}


def lead_unit(class_code: str, community: int) -> str:
    """The code of the unit whose duty a class is there, by the sample's duty list."""
    lead = _duties()[class_code]
    return f"c{community + 1}" if lead == "committee" else lead
