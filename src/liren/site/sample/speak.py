"""How the residents of the sample street put things: many registers, many lengths, some slips of the finger."""

import random
import re
from collections.abc import Sequence

from liren.site.sample import bank, spots
from liren.site.sample.bank import Topic
from liren.site.sample.slots import Scene, fill

REGISTERS = ("plain", "polite", "elderly", "angry", "dialect", "voice", "story", "terse")
_SORE = (30, 20, 9, 13, 6, 9, 5, 8)
_CALM = (34, 36, 12, 1, 4, 8, 1, 4)
# A statement that begins with one of these follows its place after a comma.
_APART = frozenset("我有从一交刚说问这半早昨前自想问每被听家楼车人先跟走先几停接打干下吃网新附两孩户转租双爷老大失邻常护签社没")
_SLIPS = (
    ("反映", "反应"), ("已经", "以经"), ("账", "帐"), ("安装", "按装"), ("噪音", "燥音"), ("垃圾", "拉圾"), ("暖气", "暧气"),
    ("再", "在"), ("在", "再"), ("的", "得"), ("尽快", "尽块"), ("严重", "言重"), ("希望", "希忘"), ("影响", "影象"),
    ("楼道", "楼到"), ("电梯", "电剃"), ("麻烦", "麻凡"), ("根本", "跟本"), ("天天", "夭天"), ("物业", "务业"),
    ("解决", "解绝"), ("晚上", "晩上"), ("声音", "生音"), ("车位", "车为"), ("孩子", "孩纸"), ("那", "哪"),
)  # fmt: skip
_DIALECT = (
    ("什么", "啥"), ("怎么", "咋"), ("我们", "俺们"), ("没有", "没"), ("特别", "忒"), ("这么", "恁"), ("谁", "谁家"), ("不行", "不中"),
    ("晚上", "黑了"), ("孩子", "小孩儿"), ("聊", "唠"), ("看看", "瞅瞅"), ("知道", "知不道"), ("昨天", "夜个"),
)  # fmt: skip
_REPORTED = (
    ("我们家", "其家"), ("我家", "其家"), ("我们物业", "物业"), ("我们", "住户"), ("我妈", "其母亲"), ("我爸", "其父亲"), ("我父亲", "其父亲"),
    ("我婆婆", "其婆婆"), ("我岳父", "其岳父"), ("我奶奶", "其奶奶"), ("我姥姥", "其姥姥"), ("我公公", "其公公"),
    ("我老伴", "其老伴"), ("我闺女", "其女儿"), ("我儿子", "其儿子"), ("我孙女", "其孙女"), ("我", "其"), ("俺", "其"),
)  # fmt: skip
_FILLERS = ("嗯", "就是", "那个", "然后", "就是说", "反正", "这个", "对", "啊")
_EMOJI = {
    "sore": ("😡", "😭", "🙏", "😤", "🤦", "😓", "💢", "😷", "😢", "😩"),
    "calm": ("🙏", "😊", "🤔", "🌹", "☺️"),
    "glad": ("❤️", "👍", "🌹", "🎉", "👏"),
}
_MARKS = re.compile(r"[，。！？；：、\s]+")


def register_for(rng: random.Random, topic: Topic) -> str:
    """Who is speaking: nobody is angry when they praise."""
    weights = _SORE if topic.mood == "sore" else _CALM
    return rng.choices(REGISTERS, weights)[0]


def say(scene: Scene, topic: Topic, *, channel: str, event: str = "") -> str:
    """One resident's words about a matter of this class, or about a shared `event` (storm, burst, cold, hot)."""
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
    dice = rng.random()
    if dice < 0.08:
        return f"{problem}。地址：{where}"
    if dice < 0.14:
        return f"{problem}，就在{where}"
    if dice < 0.26 and scene.spot.mode in {"dwelling", "stair", "building", "yard"}:
        return f"我住{where}，{problem}"
    if problem[0] not in _APART and dice < 0.7:
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
    dice = rng.random()
    if register == "terse":
        return [rng.choice(known["closing"]["plain"])] if dice < 0.2 else []
    if dice < 0.45:
        parts.append(_ended(rng, fill(rng.choice(topic.demand), scene)))
    elif dice < 0.75 and topic.mood != "glad":
        parts.append(fill(rng.choice(known["demand"][manner]), scene))
    if rng.random() < 0.22 and topic.mood != "glad":
        parts.append(rng.choice(known["closing"].get(manner, known["closing"]["plain"])))
    return parts


def _record(scene: Scene, topic: Topic, event: str) -> str:
    """A call as the hotline clerk wrote it down."""
    rng = scene.rng
    where = spots.address(rng, scene.spot, scene.street)
    problem = _reported(_statement(scene, topic, event))
    details = [] if event else [_reported(fill(x, scene)) for x in _some(rng, topic.detail, rng.choice((0, 1, 1, 2)))]
    wish = fill(rng.choice(topic.demand), scene).removeprefix("请").removeprefix("希望")
    opening = rng.choice(("来电人反映，", "市民来电反映：", "来电反映", "来电人称", "居民来电：", "来电人表示，"))
    if topic.mood == "calm":
        opening = rng.choice(("来电咨询：", "来电人咨询，", "市民来电询问：", "来电人反映，"))
    if topic.mood == "glad":
        opening = rng.choice(("来电表扬：", "来电人致谢：", "市民来电表示感谢："))
    closing = rng.choice(
        (f"诉求：{wish}。", f"来电人要求{wish}。", f"希望{wish}。", "请核实处理并回复。", "望相关单位尽快处理。", "请协调解决。", "")
    )
    if topic.mood == "glad":
        closing = rng.choice(("请转达谢意。", "望予以表扬。", ""))
    # "来电人要求别让我们干着急" is nobody's sentence: a wish put in the first person is left in its own words
    if "我" in closing:
        closing = "请核实处理并回复。"
    body = "，".join([f"{where}，{problem}" if rng.random() < 0.5 else f"{where}{problem}", *details])
    return f"{opening}{body}。{closing}"


def _reported(text: str) -> str:
    for said, written in _REPORTED:
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
        for said, local in _DIALECT:
            if rng.random() < 0.7:
                text = text.replace(said, local)
    dice = rng.random()
    if dice < 0.25 and text[-1] in "。，":
        text = text[:-1]
    elif dice < 0.29:
        text = text.replace("，", " ").replace("。", " ").strip()
    elif dice < 0.32:
        text = text.replace("。", "。。。")
    elif dice < 0.36:
        text = text.replace("，", ",").replace("。", ".").replace("？", "?").replace("！", "!")
    elif dice < 0.40 and register in {"angry", "plain"}:
        text = text.replace("。", "！").replace("！", "！！")
    if rng.random() < 0.08:
        text = _slip(rng, text)
    if rng.random() < 0.05:
        text += rng.choice(_EMOJI[mood]) * rng.choice((1, 1, 2, 3))
    return text


def _slip(rng: random.Random, text: str) -> str:
    possible = [(right, wrong) for right, wrong in _SLIPS if right in text]
    for right, wrong in rng.sample(possible, min(len(possible), rng.choice((1, 1, 2)))):
        text = text.replace(right, wrong, 1)
    return text


def _spoken(rng: random.Random, text: str) -> str:
    """Dictated to the phone: no stops, now and then a filler."""
    parts = [part for part in _MARKS.split(text) if part]
    out = []
    for i, part in enumerate(parts):
        filler = rng.choice(_FILLERS) if i and rng.random() < 0.3 else ""
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
    """The heart of a message in a few characters, for a reply to quote."""
    parts = [part for part in _MARKS.split(text) if part]
    best = max(parts, key=len, default=text) if parts else text
    return best[:length]

