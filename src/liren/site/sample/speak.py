"""How the residents of the sample street put things: many registers, many lengths, slips of the finger."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from liren.site.sample import bank, spots
from liren.site.sample.bank import Topic
from liren.site.sample.slots import Scene, fill
from liren.site.sample.world import habits

REGISTERS = ("plain", "polite", "elderly", "angry", "dialect", "voice", "story", "terse")
_SORE = (30, 20, 9, 13, 6, 9, 5, 8)
_CALM = (34, 36, 12, 1, 4, 8, 1, 4)
# Clauses that say where it is, who speaks, or good day.
_WHERE = re.compile("交叉口|号楼|单元|[0-9]栋|小区|社区$|地址|您好|你好|同志|领导|来电|门口$|我是|我住")
_MARKS = re.compile(r"[，。！？；：、\s]+")


@dataclass(frozen=True, slots=True)
class _Habits:
    """habits.yaml, taken apart once."""

    apart: frozenset[str]
    fillers: tuple[str, ...]
    emoji: dict[str, tuple[str, ...]]
    slips: tuple[tuple[str, str], ...]
    dialect: tuple[tuple[str, str], ...]
    reported: tuple[tuple[str, str], ...]
    record: dict[str, tuple[str, ...]]
    asked: tuple[str, ...]
    thanked: tuple[str, ...]


@lru_cache(maxsize=1)
def _habits() -> _Habits:
    data = habits()

    def pairs(text: str) -> tuple[tuple[str, str], ...]:
        return tuple((right, wrong) for right, _, wrong in (one.partition(">") for one in text.split()))

    return _Habits(
        apart=frozenset(data["apart"]),
        fillers=tuple(data["fillers"].split()),
        emoji={mood: tuple(text.split()) for mood, text in data["emoji"].items()},
        slips=pairs(data["slips"]),
        dialect=pairs(data["dialect"]),
        reported=pairs(data["reported"]),
        record={mood: tuple(text.split()) for mood, text in data["record"].items()},
        asked=tuple(data["asked"].split()),
        thanked=tuple(data["thanked"].split()),
    )


def register_for(rng: random.Random, topic: Topic) -> str:
    """Who is speaking: nobody is angry when they praise."""
    weights = _SORE if topic.mood == "sore" else _CALM
    return rng.choices(REGISTERS, weights)[0]


def say(scene: Scene, topic: Topic, *, channel: str, event: str = "") -> str:
    """One resident's words about a matter of this class, or a shared `event` (storm, burst, cold, hot)."""
    rng = scene.rng
    if channel == "phone" and rng.random() < 0.55:
        return _record(scene, topic, event)
    register = register_for(rng, topic)
    text = _compose(scene, topic, register, event, by_photo=channel == "snap")
    return _texture(rng, text, register, topic.mood)


def _statement(scene: Scene, topic: Topic, event: str) -> str:
    bank_ = bank.voices()["event"][event] if event else topic.problem
    return fill(scene.rng.choice(bank_), scene)


def _placed(scene: Scene, problem: str, *, by_photo: bool) -> str:
    """The statement with its where, as people put the two together."""
    rng = scene.rng
    if by_photo and rng.random() < 0.25:  # the photo knows where it was taken
        return problem
    where = spots.address(rng, scene.spot, scene.street)
    if scene.spot.shop and problem.startswith(scene.spot.shop):
        return f"{where}{problem}"
    chance = rng.random()
    if chance < 0.08:
        return f"{problem}。地址：{where}"
    if chance < 0.14:
        return f"{problem}，就在{where}"
    if chance < 0.26 and scene.spot.mode in {"dwelling", "stair", "building", "yard"}:
        return f"我住{where}，{problem}"
    if problem[0] not in _habits().apart and chance < 0.7:
        return f"{where}{problem}"
    return f"{where}，{problem}"


_DETAILS = {
    "terse": (0, 0, 0, 1),
    "plain": (0, 1, 1, 2),
    "polite": (0, 1, 1, 2),
    "elderly": (1, 1, 2, 3),
    "angry": (1, 1, 2, 2),
    "dialect": (0, 1, 1, 2),
    "voice": (1, 1, 2, 2),
    "story": (3, 3, 4, 4),
}


def _compose(scene: Scene, topic: Topic, register: str, event: str, *, by_photo: bool) -> str:
    rng, known = scene.rng, bank.voices()
    opening = ""
    if register in known["opening"] and rng.random() < {"story": 1.0, "plain": 0.35}.get(register, 0.6):
        opening = rng.choice(known["opening"][register])
    problem = _statement(scene, topic, event)
    if "{addr}" not in opening:
        problem = _placed(scene, problem, by_photo=by_photo)
    details = [fill(line, scene) for line in _some(rng, topic.detail, rng.choice(_DETAILS[register]))]
    if event and register != "story":
        details = details[:0]
    parts: list[str] = [fill(opening, scene), _ended(rng, problem)]
    parts += [_ended(rng, detail) for detail in details]
    if register == "story":
        for line in _some(rng, known["hundred"], rng.randint(4, 12)):
            parts.append(fill(line, scene))
    manner = {"story": "polite", "voice": "plain", "terse": "plain"}.get(register, register)
    if topic.mood == "sore" and register != "terse" and rng.random() < 0.35:
        parts.append(_ended(rng, fill(rng.choice(known["feeling"][manner]), scene).rstrip("，")))
    parts += _asks(scene, topic, register, manner)
    return "".join(parts)


def _asks(scene: Scene, topic: Topic, register: str, manner: str) -> list[str]:
    rng, known = scene.rng, bank.voices()
    parts = []
    chance = rng.random()
    if register == "terse":
        return [rng.choice(known["closing"]["plain"])] if chance < 0.2 else []
    if chance < 0.45:
        parts.append(_ended(rng, fill(rng.choice(topic.demand), scene)))
    elif chance < 0.75 and topic.mood != "glad":
        parts.append(fill(rng.choice(known["demand"][manner]), scene))
    if rng.random() < 0.22 and topic.mood != "glad":
        parts.append(rng.choice(known["closing"].get(manner, known["closing"]["plain"])))
    return parts


def _record(scene: Scene, topic: Topic, event: str) -> str:
    """A call as the hotline clerk wrote it down."""
    rng = scene.rng
    where = spots.address(rng, scene.spot, scene.street)
    problem = _reported(_statement(scene, topic, event))
    details = (
        []
        if event
        else [_reported(fill(x, scene)) for x in _some(rng, topic.detail, rng.choice((0, 1, 1, 2)))]
    )
    wish = fill(rng.choice(topic.demand), scene).removeprefix("请").removeprefix("希望")
    opening = rng.choice(_habits().record[topic.mood])
    if topic.mood == "glad":
        closing = rng.choice((*_habits().thanked, ""))
    else:
        own = (f"诉求：{wish}。", f"来电人要求{wish}。", f"希望{wish}。")
        closing = rng.choice((*own, *_habits().asked, ""))
    # "来电人要求别让我们干着急" is nobody's sentence: a wish put in the first person is left in its own words
    if "我" in closing:
        closing = _habits().asked[0]
    body = "，".join([f"{where}，{problem}" if rng.random() < 0.5 else f"{where}{problem}", *details])
    return f"{opening}{body}。{closing}"


def _reported(text: str) -> str:
    for said, written in _habits().reported:
        text = text.replace(said, written)
    return text


def _some(rng: random.Random, phrases: Sequence[str], count: int) -> list[str]:
    return rng.sample(phrases, min(count, len(phrases))) if count else []


def _ended(rng: random.Random, text: str) -> str:
    if text[-1] in "！？。!?，：":
        return text
    return text + rng.choice("。。。，，！" if len(text) > 4 else "，")


def _texture(rng: random.Random, text: str, register: str, mood: str) -> str:
    """How it was typed or spoken."""
    if text[-1] in "，：":
        text = text[:-1] + "。"
    if register == "voice":
        return _spoken(rng, text)
    if register == "dialect":
        for said, local in _habits().dialect:
            if rng.random() < 0.7:
                text = text.replace(said, local)
    text = _stops(rng, text, register)
    if rng.random() < 0.08:
        text = _slip(rng, text)
    if rng.random() < 0.05:
        text += rng.choice(_habits().emoji[mood]) * rng.choice((1, 1, 2, 3))
    return text


def _stops(rng: random.Random, text: str, register: str) -> str:
    """Stops as people set them, or do not."""
    chance = rng.random()
    if chance < 0.25 and text[-1] in "。，":
        return text[:-1]
    if chance < 0.29:
        return text.replace("，", " ").replace("。", " ").strip()
    if chance < 0.32:
        return text.replace("。", "。。。")
    if chance < 0.36:
        return text.replace("，", ",").replace("。", ".").replace("？", "?").replace("！", "!")
    if chance < 0.40 and register in {"angry", "plain"}:
        return text.replace("。", "！").replace("！", "！！")
    return text


def _slip(rng: random.Random, text: str) -> str:
    possible = [(right, wrong) for right, wrong in _habits().slips if right in text]
    for right, wrong in rng.sample(possible, min(len(possible), rng.choice((1, 1, 2)))):
        text = text.replace(right, wrong, 1)
    return text


def _spoken(rng: random.Random, text: str) -> str:
    """Dictated to the phone: no stops, now and then a filler."""
    parts = [part for part in _MARKS.split(text) if part]
    out = []
    for i, part in enumerate(parts):
        filler = rng.choice(_habits().fillers) if i and rng.random() < 0.3 else ""
        out.append(filler + part)
    return rng.choice(("", "", " ")).join(out)


def more(scene: Scene) -> str:
    """What somebody adds later."""
    return fill(scene.rng.choice(bank.voices()["say_more"]), scene)


def chasing(scene: Scene) -> str:
    """Somebody asks what became of it."""
    return fill(scene.rng.choice(bank.voices()["chase"]), scene)


def remark(scene: Scene, *, solved: bool) -> str:
    """A word with a rating; often none."""
    if scene.rng.random() < (0.45 if solved else 0.12):
        return ""
    return fill(scene.rng.choice(bank.voices()["praise" if solved else "complaint"]), scene)


def gist(text: str, length: int = 18) -> str:
    """The heart of a message in a few characters, for a reply to quote: what, rather than where or hello."""
    parts = [part for part in _MARKS.split(text) if part]
    telling = [part for part in parts if not _WHERE.search(part)] or parts
    # what is wrong is said early
    return max(telling[:3], key=len, default=text)[:length]
