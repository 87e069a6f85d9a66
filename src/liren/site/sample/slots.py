"""What fills the gaps in a phrase: filled only when asked for, so that a phrase costs what it uses."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from liren.site.sample import spots
from liren.site.sample.homes import names
from liren.site.sample.plan import Street

WHEN = (
    "每天早上六七点", "早晚高峰", "晚饭后", "周末", "傍晚", "中午", "每天下午", "天一黑", "一到周五晚上", "早上七点到九点",
    "下午接孩子那会儿", "上下班的点儿", "一早一晚", "吃完晚饭", "一下雨", "每天早上五点多",
)  # fmt: skip
NIGHT = (
    "夜里十一点多", "后半夜", "半夜一两点", "凌晨", "晚上十点以后", "夜里十二点", "半夜", "晚上十一点", "凌晨三四点",
    "深更半夜", "晚上快十二点",
)  # fmt: skip
LONG = (
    "半个多月", "一个礼拜", "快一个月", "三个多月", "小半年", "大半年", "两个月", "十来天", "一个多礼拜", "好几个月", "快一年",
    "二十来天", "四五个月", "一个多月", "整整两周", "小一年",
)  # fmt: skip
TIMES = ("三次", "两回", "好几次", "不下五遍", "四五回", "七八次", "两三趟", "好几趟", "四次", "无数次", "三四遍", "六次")
WHO = (
    "我妈", "我父亲", "家里老人", "我婆婆", "我岳父", "隔壁大娘", "对门大爷", "我奶奶", "我爸", "楼上老太太", "我姥姥",
    "我公公", "一个老大爷", "我老伴",
)  # fmt: skip
KID = ("孩子", "我闺女", "我儿子", "小孙子", "我家老二", "小外孙女", "孩子们", "小孩", "我家小的", "我孙女")
MONEY = (
    "三千多", "680块", "一千二", "两万八", "五百多", "1980元", "四千块", "两千六", "980块", "一万出头", "3600元", "七百块",
    "1299元", "六千多块", "2680元", "八百五",
)  # fmt: skip
MEET = ("今天下午", "明天上午", "明天上午9点", "当天下午3点", "次日下午", "周六上午", "本周内", "明天一早")
MEET_PAST = ("当天下午", "次日上午", "当日", "当晚", "接单后", "次日一早")
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
    """A mapping for str.format_map that makes a value when it is first asked for, and another the next time."""

    def __init__(self, scene: Scene) -> None:
        super().__init__()
        self.scene = scene

    def __missing__(self, key: str) -> str:
        scene = self.scene
        choices = CHOICES.get(key)
        if choices is not None:
            return scene.rng.choice(choices)
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
        return rng.choice((f"{then.month}月{'初' if then.day < 11 else '中' if then.day < 21 else '底'}", f"入{season}以来"))
    if back <= 120:
        return rng.choice((f"从{then.month}月份开始", "这两三个月", f"{then.month}月起"))
    return rng.choice(("从去年" if then.year < day.year else "从年初", "这大半年", "搬来以后", "这一年来"))


KEPT = frozenset({"caller", "gist", "unit", "phone", "fix", "wait", "why", "instead"})
CHOICES: dict[str, tuple[str, ...]] = {
    "when": WHEN,
    "night": NIGHT,
    "dur": LONG,
    "times": TIMES,
    "who": WHO,
    "kid": KID,
    "money": MONEY,
    "meet": MEET,
    "meet0": MEET_PAST,
}
MADE: dict[str, Callable[[Scene], str]] = {
    "n": _number,
    "digit": lambda s: str(s.rng.randint(2, 9)),
    "m": lambda s: str(s.rng.randint(1, 3)),
    "y": lambda s: str(s.rng.randint(8, 45)),
    "age": lambda s: str(s.rng.randint(66, 93)),
    "hour": lambda s: s.rng.choice("456789"),
    "temp": lambda s: s.rng.choice(("12", "13", "14", "15", "16", "十四五", "17", "十五", "十三")),
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
