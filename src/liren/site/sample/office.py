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


# Matters of papers, people and agreements: nobody comes with a truck.
AT_A_DESK = frozenset({"neighbour", "care", "child", "health", "social", "labour", "market", "police",
                       "community", "other"})  # fmt: skip


def contact(scene: Scene, topic: Topic, *, anonymous: bool) -> str:
    """A note of the first contact."""
    if anonymous:
        return _one(scene, "contact_anonymous")
    if topic.mood == "glad":
        return _one(scene, "contact_glad")
    if scene.rng.random() < 0.12:
        return _one(scene, "contact_retry")
    return _one(scene, "contact_desk" if topic.group in AT_A_DESK else "contact")


def site(scene: Scene, topic: Topic) -> str:
    """A note from the spot, or from the desk."""
    return _one(scene, "site_desk" if topic.group in AT_A_DESK else "site")


def start(scene: Scene, topic: Topic) -> str:
    """The work begins; often nothing is written."""
    if scene.rng.random() > 0.6:
        return ""
    return _one(scene, "start_desk" if topic.group in AT_A_DESK else "start")


def reply(scene: Scene, topic: Topic, *, outcome: str) -> str:
    """The answer to the people: done, progress, cannot, answer (a question) or praise (thanks passed on)."""
    rng = scene.rng
    if outcome == "done" and topic.group in AT_A_DESK:
        outcome = "settled"
    filled = replace(
        scene,
        fix=fill(rng.choice(topic.fix), scene),
        wait=fill(rng.choice(bank.staff()["wait"][topic.group]), scene),
        why=fill(rng.choice(bank.staff()["why"][topic.group]), scene),
        instead=fill(rng.choice(bank.staff()["instead"]), scene),
    )
    return _one(filled, "reply", outcome)


def ruling(scene: Scene) -> str:
    """Why the desk holds a unit to its duty."""
    return _one(scene, "overruled")


def return_reason(scene: Scene, *, kind: str) -> str:
    """Why a unit sends an order back: place, duty or unclear."""
    return _one(scene, "return", kind)


def attempt(scene: Scene) -> str:
    """A call-back nobody answered."""
    return _one(scene, "attempt")


def verdict(scene: Scene, *, solved: bool) -> str:
    """What the call-back clerk wrote down."""
    return _one(scene, "verdict_solved" if solved else "verdict_not")
