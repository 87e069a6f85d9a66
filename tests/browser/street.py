"""A small street with a few weeks of life, made through the real actions, for the browser to walk in.

Run as `python -m tests.browser.street`; fills LIREN_HOME and prints who can sign in as JSON.
"""

import json
import sys
from datetime import datetime, timedelta
from typing import Any

import django

SAID = [
    (
        "和园小区3号楼门口的下水道又堵了，污水漫到楼道口，老人出门都要绕着走，去年冬天也堵过两回，希望这次彻底疏通",
        "municipal.drain",
    ),
    ("清早五点多就有人在小区北门口摆摊卖菜，喇叭声特别大，孩子没法睡觉", "municipal.road"),
    ("3号楼前的路灯坏了一个多星期，晚上黑，老人下楼摔了一跤", "municipal.street_light"),
    ("垃圾桶满了三天没人收，夏天味道特别大", "sanitation.bin_full"),
    ("门口井盖松动，车一过就响，半夜特别吵", "municipal.manhole"),
    ("人行道地砖翘起来好几块，推轮椅过不去", "municipal.barrier_free"),
    ("楼后面堆了一大堆装修垃圾，风一吹满院子灰", "sanitation.litter"),
    ("雨后积水到脚踝，下水口不走水", "municipal.drain"),
    ("Street light outside Building 3 has been out for a week", "municipal.street_light"),
    ("公厕的灯和冲水都坏了，没有扶手，老人不敢用", "sanitation.toilet"),
]


def live(office: Any, now: datetime) -> None:
    """Let people say things, and let the desk and the units get on with some of them."""
    from liren.base.access import actions as access
    from liren.cases import actions as cases
    from liren.cases import queries
    from liren.kernel.policy import Actor, Grant
    from liren.rooms.intake import actions as intake

    clerk, caller = office.clerk.actor(), office.caller.actor()
    handlers = {"municipal": office.handler.actor(), "sanitation": office.stranger.actor()}
    units = {"municipal": office.town.drains, "sanitation": office.town.sweepers}
    device, _ = access.new_device(now)
    anybody = Actor(
        id=0,
        kind="resident",
        device_id=device,
        grants=(Grant(role="anonymous", duties=frozenset({"intake.send"}), own_only=True),),
    )
    for n in range(60):
        words, code = SAID[n % len(SAID)]
        at = now - timedelta(hours=7 * (n % 24) + n, minutes=13 * n)
        group = code.split(".")[0]
        if n % 6 == 0:
            heard = intake.Heard(words=words, channel="voice")
            draft = intake.hear(heard, by=anybody, now=at)
            sending = intake.Sending(contact=cases.Contact(name="李淑华", phone=f"142{n:08d}"))
            intake.send(draft.token, sending, by=anybody, now=at)
            continue
        demand = cases.Demand(
            words=words,
            channel=("web", "snap", "wechat", "voice")[n % 4],
            place_id=office.town.building,
            class_code=code,
            contact=cases.Contact(name="李淑华", phone=f"142{n:08d}"),
        )
        said = cases.open_case(demand, by=anybody, now=at, key=f"said:{n}")
        if n % 6 < 2:
            continue
        cases.dispatch(said.case_id, units[group], by=clerk, version=None, now=at + timedelta(minutes=20))
        if n % 6 < 3:
            continue
        handler, unit_at = handlers[group], at + timedelta(hours=1)
        cases.sign(said.case_id, by=handler, version=None, now=unit_at)
        cases.contact(
            said.case_id, by=handler, version=None, text="已电话联系，约下午到现场看。", now=unit_at
        )
        if n % 6 < 4:
            continue
        cases.start(said.case_id, by=handler, version=None, now=unit_at)
        cases.reply(
            said.case_id,
            by=handler,
            version=None,
            text="今天下午已疏通主管并清掏检查井，试水正常。再堵请打 000-5550123 找刘班长。",
            now=unit_at,
        )
        if n % 12 == 11:
            voice = queries.voice_by_number(said.number)
            assert voice is not None
            cases.record_verdict(
                voice.id,
                "not_solved",
                by=caller,
                version=None,
                now=unit_at + timedelta(hours=20),
                text="昨晚又堵了。",
            )


def main() -> None:
    """Fill the home."""
    django.setup()
    from django.test.utils import override_settings

    from liren.kernel.clock import utc_now
    from tests.faces.office import PASSWORD, staffed

    office = staffed()
    live(office, utc_now())
    people = {
        w.username: {"secret": w.secret, "password": PASSWORD}
        for w in (office.clerk, office.handler, office.caller)
    }
    del override_settings
    json.dump(people, sys.stdout)


if __name__ == "__main__":
    main()
