"""The catalogue's own words recognise what residents say, before any reader has learned."""

from datetime import date

import pytest

from liren.methods.text import ColdStart
from liren.registers.duties import queries

ON = date(2026, 11, 2)
# Written apart from the cue words, as residents write.
SAID = """
housing.leak|我家住顶楼,一下雨卧室房顶就滴水,墙都长毛了
housing.facade|5号楼外墙皮掉下来差点砸着人
housing.lift|电梯又坏了,老人六楼下不来
housing.stair_light|三单元楼道黑灯瞎火的,灯坏了半个月没人修
housing.property_fee|物业费涨了也不说一声,收支从来不公示
utility.heating|暖气一点都不热,屋里才14度,孩子冻感冒了
utility.water_off|早上起来家里没水了,也没人通知
utility.water_quality|自来水放出来是黄的,有股味
utility.power|一开空调就跳闸,整个单元都停电了
municipal.drain|楼下污水井往外冒,满地臭水
municipal.manhole|路口井盖松了,车一过咣当响,吵得睡不着
municipal.street_light|小区门口那条路路灯一直不亮,黑乎乎的
sanitation.litter|楼后面堆了一大堆装修垃圾好几天没人管
sanitation.bin_full|垃圾桶满得都流出来了,臭气熏天
sanitation.road_dirty|下雪了桥上没人扫,路面结冰摔了好几个人
sanitation.pests|下水道老鼠乱窜,还有蟑螂
order.vendor|学校门口卖烤肠的小摊把路堵死了
order.bikes|地铁口共享单车横七竖八,轮椅过不去
order.dogs|有人遛狗不拴绳,把我孩子吓哭了
traffic.parking|下班回来没地方停车,外来车把车位都占了
traffic.fire_lane|消防通道停满了私家车,着火了救火车进不来
traffic.ev_charging|想装个充电桩物业不让
traffic.ground_lock|一楼那家自己在公共车位装了地锁
noise.construction|工地半夜还在打混凝土,根本没法睡觉
noise.square|晚上广场大妈跳舞音响震天响
noise.neighbour|楼上天天半夜拖椅子跑跳,说了也不听
noise.fumes|楼下烧烤店油烟呛得我们不敢开窗
building.illegal|顶楼那户在楼顶盖了个阳光房
green.tree|窗前那棵杨树太高了把光全挡住了
safety.stairwell|楼道里堆满了纸箱子旧家具,着火跑都跑不出去
safety.ev_upstairs|有人把电瓶车推进电梯拿回家充电
safety.falling|楼上往下扔烟头,差点烧了我晾的被子
safety.fire_gear|灭火器都过期两年了没人换
neighbour.leak|楼上漏水把我家吊顶泡了,对方不认账
care.meal|社区食堂的饭太硬老人咬不动
care.alone|对门独居的老太太好几天没见出来了
care.adaptation|想给我爸卫生间装个扶手有补贴没有
child.school|外地户口孩子上小学要什么材料
health.vaccine|流感疫苗什么时候能打
social.certificate|银行让我开个证明,社区给盖章吗
social.residence|居住证到期了怎么续
social.relief|我家孩子得了大病,日子过不下去了,能申请低保吗
labour.wage|老板拖欠我三个月工资不给
market.refund|健身房关门了,卡里还有三千多块
market.food|在超市买的牛奶过期了,喝完拉肚子
police.fraud|我妈被卖保健品的骗了八千
community.praise|感谢网格员小李帮我妈买药,特别热心
community.volunteer|我退休了想当志愿者
community.advice|建议在花园里多放几把椅子
other.other|这个事不知道归谁管
utility.heating|the radiator in my flat is cold, no heat since Monday
noise.construction|construction noise every night, drilling after midnight
"""


def test_most_of_what_people_say_is_recognised_by_its_words_alone() -> None:
    reader = ColdStart(queries.cues(ON))
    pairs = [line.split("|") for line in SAID.split("\n") if line]
    first, missed = 0, []
    for code, said in pairs:
        shares = reader.look(said).probabilities()
        ranked = sorted(shares, key=lambda each: -shares[each])[:3]
        first += ranked[:1] == [code]
        if code not in ranked:
            missed.append((code, said, ranked))
    assert len(missed) <= 0.06 * len(pairs), missed
    assert first >= 0.8 * len(pairs), first


@pytest.mark.parametrize("view", queries.classes(ON), ids=lambda view: view.code)
def test_a_class_is_recognised_by_each_of_its_own_words(view: queries.ClassView) -> None:
    reader = ColdStart(queries.cues(ON))
    for cue in view.cues:
        shares = reader.look(cue).probabilities()
        assert view.code in sorted(shares, key=lambda code: -shares[code])[:3], cue
