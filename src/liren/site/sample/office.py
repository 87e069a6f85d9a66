"""What the staff of the sample street write: notes, replies, returns, call-backs."""

from dataclasses import replace

from liren.site.sample import bank
from liren.site.sample.bank import Topic
from liren.site.sample.slots import Scene, fill


def _one(scene: Scene, *path: str) -> str:
    phrases = bank.staff()
    for key in path:
        phrases = phrases[key]
    return fill(scene.rng.choice(tuple(phrases)), scene)


def contact(scene: Scene, *, anonymous: bool) -> str:
    """A note of the first contact."""
    if anonymous:
        return _one(scene, "contact_anonymous")
    return _one(scene, "contact_retry" if scene.rng.random() < 0.12 else "contact")


def site(scene: Scene) -> str:
    """A note from the spot."""
    return _one(scene, "site")


def start(scene: Scene) -> str:
    """The work begins; often nothing is written."""
    return _one(scene, "start") if scene.rng.random() < 0.6 else ""


def reply(scene: Scene, topic: Topic, *, outcome: str) -> str:
    """The answer to the people: done, progress, cannot, answer (a question) or praise (thanks passed on)."""
    rng = scene.rng
    filled = replace(
        scene,
        fix=fill(rng.choice(topic.fix), scene),
        wait=fill(rng.choice(bank.staff()["wait"][topic.group]), scene),
        why=fill(rng.choice(bank.staff()["why"][topic.group]), scene),
        instead=fill(rng.choice(bank.staff()["instead"]), scene),
    )
    return _one(filled, "reply", outcome)


def return_reason(scene: Scene, *, kind: str) -> str:
    """Why a unit sends an order back: place, duty or unclear."""
    return _one(scene, "return", kind)


def attempt(scene: Scene) -> str:
    """A call-back nobody answered."""
    return _one(scene, "attempt")


def verdict(scene: Scene, *, solved: bool) -> str:
    """What the call-back clerk wrote down."""
    return _one(scene, "verdict_solved" if solved else "verdict_not")
