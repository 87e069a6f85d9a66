"""When people are at work and when they pick up the phone, in office time."""

import random
from datetime import datetime, time, timedelta

ALWAYS_ON = frozenset({"water", "power", "heat_gas", "police"})


def minutes(rng: random.Random, median: float, spread: float = 0.9) -> timedelta:
    """A delay around a median, long-tailed as delays are."""
    return timedelta(minutes=min(median * 40, rng.lognormvariate(0, spread) * median))


def at_work(rng: random.Random, at: datetime, unit: str) -> datetime:
    """The moment itself if the unit is at work then, else soon after it next is. Weekends are thin."""
    if unit in ALWAYS_ON and rng.random() < 0.85:
        return at
    for _ in range(8):
        if time(8, 30) <= at.time() <= time(18, 40) and (at.weekday() < 5 or rng.random() < 0.6):
            return at
        if at.time() > time(8, 30):
            at += timedelta(days=1)
        at = datetime.combine(at.date(), time(8, 32), at.tzinfo) + minutes(rng, 22)
    return at


DESK_OPENS, DESK_CLOSES = time(9, 35), time(19, 30)


def desk(rng: random.Random, at: datetime) -> datetime:
    """When the dispatch desk reads what was written: by day, every day. What comes at night waits for the morning."""
    if at.time() < DESK_OPENS:
        return datetime.combine(at.date(), DESK_OPENS, at.tzinfo) + minutes(rng, 25, 0.6)
    if at.time() >= DESK_CLOSES:
        opens = datetime.combine(at.date() + timedelta(days=1), DESK_OPENS, at.tzinfo)
        return opens + minutes(rng, 25, 0.6)
    return at


def polite(rng: random.Random, at: datetime) -> datetime:
    """An hour at which one may ring somebody up: nine to twelve, half past two to eight."""
    hour = rng.choice((9, 10, 10, 11, 14, 15, 15, 16, 17, 18, 19))
    moment = datetime.combine(at.date(), time(hour, 30 if hour == 14 else 0), at.tzinfo) + timedelta(
        seconds=rng.randrange(1750)
    )
    return moment if moment > at else moment + timedelta(days=1)


def awake(rng: random.Random, at: datetime) -> datetime:
    """The moment itself, or the next morning if it is the middle of the night: few people write then."""
    if at.hour >= 6 or rng.random() < 0.1:
        return at
    return datetime.combine(at.date(), time(6, 30), at.tzinfo) + minutes(rng, 70, 0.7)
