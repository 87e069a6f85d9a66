"""What fills the gaps in a phrase: filled only when asked for, so that a phrase costs what it uses."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from liren.site.sample import spots
from liren.site.sample.homes import names
from liren.site.sample.world import Street, habits

_WEEKDAY = "一二三四五六日"


def prepare(text: str) -> str:
    """A number right before a digit must be a digit itself: {n}0 is thirty, not 三0."""
    return re.sub(r"\{n\}(?=[0-9])", "{digit}", text)


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a phrase may ask about."""

    rng: random.Random
    street: Street
    spot: spots.Spot
    at: datetime  # office time
    caller: str = ""
    gist: str = ""
    unit: str = ""
    phone: str = ""
    fix: str = ""
    wait: str = ""
    why: str = ""
    instead: str = ""


class Slots(dict[str, str]):
    """A mapping for str.format_map that makes a value when asked for one, and another the next time."""

    def __init__(self, scene: Scene) -> None:
        super().__init__()
        self.scene = scene

    def __missing__(self, key: str) -> str:
        scene = self.scene
        listed = choices().get(key)
        if listed is not None:
            return scene.rng.choice(listed)
        if key in KEPT:
            return str(getattr(scene, key))
        return MADE[key](scene)


def _number(scene: Scene) -> str:
    number = scene.rng.randint(2, 9)
    if scene.rng.random() < 0.45:
        return str(number)
    return "两" if number == 2 else spots.HAN[number]


def since(scene: Scene) -> str:
    """From when on, as somebody would say it on that day."""
    rng, day = scene.rng, scene.at
    back = rng.choice((1, 2, 3, 5, 8, 12, 20, 30, 45, 70, 120, 200))
    then = day - timedelta(days=back)
    if back == 1:
        return rng.choice(("昨天开始", "从昨晚起", "昨天"))
    if back <= 3:
        return rng.choice((f"{'前' if back == 2 else '大前'}天开始", f"从{then.day}号起", "这两三天"))
    if back < day.weekday() + 8 and back > day.weekday():
        return f"上周{_WEEKDAY[then.weekday()]}开始"
    if back <= 12:
        return rng.choice((f"从{then.month}月{then.day}号起", "上个礼拜起", f"{then.day}号那天起"))
    if back <= 45:
        season = "春夏秋冬"[(then.month - 3) % 12 // 3]
        return rng.choice(
            (f"{then.month}月{'初' if then.day < 11 else '中' if then.day < 21 else '底'}", f"入{season}以来")
        )
    if back <= 120:
        return rng.choice((f"从{then.month}月份开始", "这两三个月", f"{then.month}月起"))
    return rng.choice(("从去年" if then.year < day.year else "从年初", "这大半年", "搬来以后", "这一年来"))


KEPT = frozenset({"caller", "gist", "unit", "phone", "fix", "wait", "why", "instead"})


@lru_cache(maxsize=1)
def choices() -> dict[str, tuple[str, ...]]:
    """The gaps that are filled from a list."""
    return {key: tuple(text.split()) for key, text in habits()["slots"].items()}


MADE: dict[str, Callable[[Scene], str]] = {
    "n": _number,
    "digit": lambda s: str(s.rng.randint(2, 9)),
    "m": lambda s: str(s.rng.randint(1, 3)),
    "y": lambda s: str(s.rng.randint(8, 45)),
    "age": lambda s: str(s.rng.randint(66, 93)),
    "warm": lambda s: str(s.rng.randint(19, 23)),
    "since": since,
    "org": lambda s: s.rng.choice(("物业", "物业", "物业", "我们物业", s.spot.yard.property_company)),
    "pname": lambda s: s.spot.yard.property_company,
    "sn": lambda s: s.rng.choice(names()["surname"][:60]),
    "road": lambda s: s.spot.road or s.rng.choice(s.street.lanes),
    "shop": lambda s: s.spot.shop or s.rng.choice(s.street.shops),
    "school": lambda s: s.rng.choice(s.street.schools),
    "addr": lambda s: spots.address(s.rng, s.spot, s.street),
    "yard": lambda s: spots.yard_name(s.rng, s.spot),
    "b": lambda s: spots.building_name(s.rng, s.spot),
    "u": lambda s: spots.entry_name(s.rng, s.spot),
    "f": lambda s: spots.floor_name(s.rng, s.spot),
}


def fill(text: str, scene: Scene) -> str:
    """A phrase with its gaps filled."""
    return text.format_map(Slots(scene)) if "{" in text else text
