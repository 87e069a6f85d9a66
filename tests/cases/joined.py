"""Cases side by side for the tests of merging, leaving, helping and asking."""

from liren.cases import actions
from tests.cases.test_life import say
from tests.town import NOW, Town, resident

DRAIN = "municipal.drain"


def case(
    town: Town, key: str, *, device: int, voices: int = 1, words: str = "排水沟堵了，污水漫到路上"
) -> int:
    """A received case with class and place, and so many people behind it."""
    accepted = say(
        town, key=key, device=device, phone=None, words=words, class_code=DRAIN, place_id=town.building
    )
    for n in range(1, voices):
        demand = actions.Demand(words=f"我家也是 {n}", channel="web", device_id=device + n)
        actions.add_voice(accepted.case_id, demand, by=resident(device + n), now=NOW, key=f"{key}-{n}")
    return accepted.case_id


def working(town: Town, key: str, *, device: int, voices: int = 1) -> int:
    """The same, sent to the drains and in work there."""
    case_id = case(town, key, device=device, voices=voices)
    handler = town.handler(town.drains)
    actions.dispatch(case_id, town.drains, by=town.clerk(), version=None, now=NOW)
    actions.sign(case_id, by=handler, version=None, now=NOW)
    actions.contact(case_id, by=handler, version=None, text="联系过了", now=NOW)
    return case_id
