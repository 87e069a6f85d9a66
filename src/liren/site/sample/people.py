"""Who speaks: how people name themselves, what they leave behind, and what they say."""

import random
from dataclasses import dataclass, replace
from datetime import datetime

from liren.site.sample import homes, speak, spots
from liren.site.sample.bank import Topic
from liren.site.sample.living import Speech, utc
from liren.site.sample.slots import Scene

STAFFED = frozenset({"phone", "counter", "grid"})
DESK = ("dingxiaohe", "luoqing", "qiaoyu")
COUNTER = ("jixiang", "linshu")


@dataclass(frozen=True, slots=True)
class Manner:
    """How one resident behaves towards an office."""

    anonymous: bool
    shy: bool  # does not want to be called back
    public: bool  # agrees that the words are shown, masked


def manner(rng: random.Random, channel: str) -> Manner:
    """Few online requesters stay anonymous, hardly anybody on the phone does."""
    share = {"phone": 0.02, "counter": 0.0, "grid": 0.05, "mailbox": 0.12}.get(channel, 0.11)
    return Manner(rng.random() < share, rng.random() < 0.04, rng.random() < 0.3)


def self_named(rng: random.Random) -> str:
    """王女士, 李大爷: how people give their name to an office; a quarter give all of it."""
    name, woman = homes.full_name(rng)
    if rng.random() < 0.22:
        return name
    title: str = rng.choice(homes.names()["woman" if woman else "man"])
    return name[0] + title


def writer(rng: random.Random, channel: str, community: int, grid_posts: tuple[str, ...]) -> str:
    """Who takes it down where the resident does not: the desk, the counter, the grid worker."""
    if channel == "phone":
        return rng.choice(DESK)
    if channel == "counter":
        return rng.choice(COUNTER)
    if channel == "grid":
        return grid_posts[community]
    return ""


def speech(
    rng: random.Random, scene: Scene, topic: Topic, *, channel: str, event: str, at: datetime, by: str
) -> Speech:
    """One voice: words, name, phone, device. Phones begin with 142."""
    kind = manner(rng, channel)
    words = speak.say(replace(scene, at=at.replace(tzinfo=None)), topic, channel=channel, event=event)
    place_text = ""
    if channel in {"snap", "web", "wechat"} and rng.random() < 0.7:
        place_text = spots.address(rng, scene.spot, scene.street)
    return Speech(
        at=utc(at),
        channel=channel,
        words=words,
        name="" if kind.anonymous else self_named(rng),
        phone="" if kind.anonymous else homes.phone(rng),
        by=by,
        device=0 if channel in STAFFED else rng.getrandbits(62) | 1,
        consent_call=not kind.shy,
        consent_public=kind.public,
        place_text=place_text,
    )
