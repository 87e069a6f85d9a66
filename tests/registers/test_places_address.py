"""Addresses read out of what people write, on a small invented town."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liren.registers.places.rules import Entry, Gazetteer, normal, path_of, rooms_from
from tests.registers.places_town import entries

TOWN = entries()
KEYS = {entry.id: key for key, entry in TOWN.items()}


def rooms(building_id: int) -> dict[tuple[str, str], Entry]:
    path = next(entry.path for entry in TOWN.values() if entry.id == building_id)
    return rooms_from(e for e in TOWN.values() if e.kind == "dwelling" and e.path.startswith(path))


GAZETTEER = Gazetteer(TOWN.values(), rooms=rooms)

# what people write, where they are known to be, the one place it speaks of
SURE = [
    ("清河里3号楼电梯坏了三天没人修", "", "qhl.old/3号楼"),
    ("清河里三号楼电梯坏了三天没人修", "", "qhl.old/3号楼"),
    ("清河里小区３＃楼门口垃圾没人收", "", "qhl.old/3号楼"),
    ("清河里小区3#楼门口垃圾没人收", "", "qhl.old/3号楼"),
    ("清河里小区 3 栋 漏水", "", "qhl.old/3号楼"),
    ("清河里小区三幢的声控灯不亮", "", "qhl.old/3号楼"),
    ("我住在清河里小區3號樓,水管爆了", "", "qhl.old/3号楼"),
    ("清河里小区十二栋楼下停满了车", "", "qhl.old/12号楼"),
    ("清河里小区第12号楼外墙脱落", "", "qhl.old/12号楼"),
    ("清河里小区12号楼2单元501室漏水", "", "qhl.old/12号楼/2单元501室"),
    ("清河里12-2-501卫生间漏水到楼下", "", "qhl.old/12号楼/2单元501室"),
    ("清河里小区十二号楼二单元五零一漏水", "", "qhl.old/12号楼/2单元501室"),
    ("清河里小区12号楼501暖气不热", "", "qhl.old/12号楼/2单元501室"),
    ("清河里小区12号楼2单元5楼501，暖气不热", "", "qhl.old/12号楼/2单元501室"),
    ("清河里小区12号楼9单元909室漏水", "", "qhl.old/12号楼"),
    ("清河里小区13号楼顶楼违建", "", "qhl.old/13号楼"),
    ("清河里社区3号楼电动车上楼充电", "", "qhl.old/3号楼"),
    ("老棉纺宿舍11号楼没有路灯", "", "qhl.old/11号楼"),
    ("和园小区二十一栋有人高空抛物", "", "hy.main/21栋"),
    ("和园社区和园小区3栋1单元101有漏水", "", "hy.main/3栋/1单元101室"),
    ("和园小区3幢楼道堆满杂物", "", "hy.main/3栋"),
    ("和园小区 02 栋门禁坏了", "", "hy.main/2栋"),
    ("和园社区阳光花园A座电梯困人", "", "hy.sun/A座"),
    ("幸福社区阳光花园a座电梯困人", "", "xf.sun/A座"),
    ("阳光花园7号楼下水道堵了", "", "hy.sun/7号楼"),
    ("阳光花园五号楼下水道堵了", "", "xf.sun/5号楼"),
    ("东风新村一区6号楼无障碍坡道坏了", "", "df.1/6号楼"),
    ("东风新村1区六号楼无障碍坡道坏了", "", "df.1/6号楼"),
    ("东风新村二区1号楼后面臭水沟", "", "df.2/1号楼"),
    ("东风新村8号楼路灯不亮", "", "df.2/8号楼"),
    ("柳荫家园东1号楼", "", "ly.home/东1号楼"),
    ("柳荫家园西一号楼没水", "", "ly.home/西1号楼"),
    ("望云大厦门口有人发小广告", "", "tower"),
    ("望云大厦旁边的烧烤店油烟太大", "", "tower"),
    ("街道办事大厅排队太久", "", "hall"),
    ("清河路15号门前井盖松了", "", "qhl.old"),
    ("清河路十五号院里没有路灯", "", "qhl.old"),
    ("清河路30号门前井盖松了", "", "qhl.g2"),
    ("清河路18号院甲楼漏雨", "", "qhl.18/甲楼"),
    ("清河路18号院1号楼漏雨", "", "qhl.18/1号楼"),
    ("水利局宿舍门口的树该修了", "", "qhl.18"),
    ("栖禾公园晚上广场舞太吵", "", "hy.g2"),
    ("和园菜市场门口堵车", "", "hy.g2"),
    ("清河桥上的护栏断了", "", "qhl.g3"),
    ("栖禾小学门口接送孩子太乱", "", "xf.g1"),
    ("清河里社区第三网格垃圾桶满了", "", "qhl.g3"),
    ("清河里3号网格垃圾桶满了", "", "qhl.g3"),
    ("清河里社区居委会态度很好，表扬", "", "qhl"),
    ("清河里居委会什么时候办居住证", "", "qhl"),
    ("清河里社区没有养老助餐点", "", "qhl"),
    ("柳荫村路面坑坑洼洼", "", "ly"),
    ("东风新村社区什么时候改造", "", "df"),
    ("在柳荫街上有流动摊贩", "", "ly.g1"),
    ("电梯又坏了，地点：和园小区1栋。请尽快", "", "hy.main/1栋"),
    ("3栋一直没有热水，我们是和园小区的", "", "hy.main/3栋"),
    ("清河里-12-501漏水", "", "qhl.old/12号楼/2单元501室"),
    ("幸福社区7号楼没人管", "", "xf"),
    ("我是望云大厦12层的租户，电梯慢", "", "tower"),
    ("3号楼漏水", "qhl.old", "qhl.old/3号楼"),
    ("3号楼漏水", "hy.main", "hy.main/3栋"),
    ("我们12号楼二单元301没有暖气", "qhl.old", "qhl.old/12号楼/2单元301室"),
    ("三号楼的电梯", "qhl", "qhl.old/3号楼"),
    ("21栋楼道灯不亮", "hy.main/2栋", "hy.main/21栋"),
    ("阳光花园停车难", "xf", "xf.sun"),
    ("阳光花园A座停车难", "hy.sun", "hy.sun/A座"),
    ("第2网格的网格员很负责", "qhl", "qhl.g2"),
    ("18号院门口没人扫", "qhl.g2", "qhl.18"),
    ("我是清河里小区的业主，小区里2号楼和3号楼之间路灯坏了，是3号楼这侧", "", "qhl.old/3号楼"),
]  # fmt: skip

# several places fit: all are told, none is sure
UNSURE = [
    ("阳光花园停车难", "", {"hy.sun", "xf.sun"}),
    ("阳光花园A座电梯坏了", "", {"hy.sun/A座", "xf.sun/A座"}),
    ("东风新村1号楼漏水", "", {"df", "df.1/1号楼", "df.2/1号楼"}),
    ("12号楼漏水", "", {"qhl.old/12号楼"}),
    ("3号楼漏水", "", {"qhl.old/3号楼", "hy.main/3栋"}),
    ("从望云大厦到栖禾小学一路都是共享单车", "", {"tower", "xf.g1"}),
]

# nothing is named: nothing is told
NOTHING = [
    "",
    "   ",
    "物业乱收费，没有人管",
    "清河里面有很多垃圾",
    "三栋楼都停水了",
    "我等了3个小时，打了12次电话",
    "2026-11-22 下午停电",
    "孩子今年3岁，想上幼儿园",
    "电费交了123-456元",
    "一单元的邻居太吵",
    "第三次反映了还没人管",
    "北京路88号",
    "清河路12345号",
    "😀😀😀",
]  # fmt: skip


def read(text: str, near: str = "") -> list[tuple[str, float]]:
    near_path = TOWN[near].path if near else ""
    return [(KEYS[m.entry.id], m.score) for m in GAZETTEER.read(text, near_path=near_path)]


@pytest.mark.parametrize(("text", "near", "wanted"), SURE)
def test_one_place_is_named(text: str, near: str, wanted: str) -> None:
    found = read(text, near)
    assert found
    assert found[0][0] == wanted
    assert found[0][1] >= 0.5
    assert all(score < found[0][1] or key == wanted or "2号楼" in key for key, score in found)


@pytest.mark.parametrize(("text", "near", "wanted"), UNSURE)
def test_several_places_fit(text: str, near: str, wanted: set[str]) -> None:
    found = read(text, near)
    assert {key for key, _ in found} == wanted
    leaves = [score for key, score in found if TOWN[key].kind != "community"]
    assert max(leaves) < 0.8
    assert len(set(leaves)) == 1 or len(leaves) == 2


@pytest.mark.parametrize("text", NOTHING)
def test_nothing_is_invented(text: str) -> None:
    assert read(text) == []


def test_there_are_enough_utterances() -> None:
    assert len(SURE) + len(UNSURE) + len(NOTHING) >= 60


def test_an_unsure_name_scores_lower_than_a_sure_one() -> None:
    assert read("阳光花园A座")[0][1] < read("幸福社区阳光花园A座")[0][1]


def test_where_the_asker_is_lifts_a_place() -> None:
    far = dict(read("阳光花园停车难", "hy"))
    assert far["hy.sun"] > 0.9
    assert far.get("xf.sun", 0) < 0.5


def test_a_name_that_is_a_word_is_never_sure() -> None:
    assert all(score < 0.5 for _, score in read("幸福是什么，祝大家幸福"))
    assert read("4月3号楼下又在吵", "qhl.old") == []


def test_matched_is_what_the_person_wrote() -> None:
    mention = GAZETTEER.read("住在 清河里 三 號 樓 的电梯")[0]
    assert mention.matched == "清河里 三 號 樓"
    assert GAZETTEER.read("望云大厦")[0].matched == "望云大厦"


def test_an_unknown_room_leaves_the_building_and_says_so() -> None:
    mention = GAZETTEER.read("清河里小区12号楼9单元909室漏水")[0]
    assert KEYS[mention.entry.id] == "qhl.old/12号楼"
    assert mention.room_unknown


def test_a_neighbouring_street_is_told_as_what_it_is() -> None:
    assert read("望江街道的路坏了")[0][0] == "beside"


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("三号楼", "3号楼"),
        ("十二栋", "12号楼"),
        ("一百二十一幢", "121号楼"),
        ("廿三号楼", "23号楼"),
        ("Ａ座", "a号楼"),
        ("03#楼", "3号楼"),
        ("二单元五零一", "2单元501"),
        ("五一路", "51路"),
        ("一座桥", "1座桥"),
        ("三栋楼都", "3栋楼都"),
    ],
)
def test_one_form(written: str, form: str) -> None:
    assert normal(written).text == form


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400), st.sampled_from(["", "/", "x", TOWN["qhl"].path, TOWN["hy.main/3栋"].path]))
def test_any_text_is_read_without_a_crash(text: str, near: str) -> None:
    for mention in GAZETTEER.read(text, near_path=near):
        assert 0 < mention.score <= 1
        assert mention.entry.id in KEYS
        assert mention.matched in text


_PARTS = st.sampled_from(
    [
        *["号楼", "号院", "单元", "网格", "小区", "清河里", "清河路", "和园", "阳光花园", "东风新村", "十二"],
        *"3#-二第A座栋楼里面，\n",
        "501",
        "18",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_PARTS, max_size=30).map("".join), st.sampled_from(["", *[e.path for e in TOWN.values()]]))
def test_anything_like_an_address_is_read_without_a_crash(text: str, near: str) -> None:
    found = GAZETTEER.read(text, near_path=near, limit=3)
    assert len(found) <= 3
    assert [m.score for m in found] == sorted((m.score for m in found), reverse=True)
    assert all(m.matched in text for m in found)


@given(st.text(max_size=200))
def test_the_one_form_is_found_again_in_the_text(text: str) -> None:
    line = normal(text)
    assert len(line.starts) == len(line.ends) == len(line.text)
    assert list(line.starts) == sorted(line.starts)


def test_a_message_of_300_characters_is_read_quickly_among_20_000_names() -> None:
    draw = random.Random(7)
    signs = "安平康乐福寿喜庆春夏秋冬梅兰竹菊松柏杨柳江河湖海山川云霞金银铜铁日月星辰东南西北"
    big = []
    street = Entry(1, "street", "大栖街道", path_of("", 1))
    for number in range(2, 1200):
        name = "".join(draw.choices(signs, k=3))
        yard = Entry(number, "courtyard", f"{name}小区", path_of(street.path, number), (f"{name}苑",))
        big.append(yard)
        big += [
            Entry(number * 100 + at, "building", f"{at}号楼", path_of(yard.path, number * 100 + at))
            for at in range(1, 17)
        ]
    gazetteer = Gazetteer([street, *big])
    names = [entry.name for entry in big if entry.kind == "courtyard"]
    texts = [
        "".join(draw.choices(signs + "的了在是我们小区楼号漏水垃圾没有人管", k=280))
        + draw.choice(names)
        + "十二号楼2单元"
        for _ in range(50)
    ]
    gazetteer.read(texts[0])
    start = time.process_time()
    found = [gazetteer.read(text) for text in texts]
    spent = (time.process_time() - start) / len(texts)
    assert sum(bool(mentions) for mentions in found) == 50
    assert spent < 0.005, f"{spent * 1000:.2f} ms"
