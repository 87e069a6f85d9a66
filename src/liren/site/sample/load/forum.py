"""The proposals of the sample street, lived through by the real actions in order of time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from liren.base.access import queries as access
from liren.kernel.clock import office_day, office_zone
from liren.kernel.policy import Actor, Grant
from liren.rooms.forum import actions, queries
from liren.site.sample.dice import dice
from liren.site.sample.load.registers import Ground
from liren.site.sample.world import Street, read

KEEPER = "moqi"
NEIGHBOURS = 7_000_000  # devices of people who are nowhere else in the sample


@dataclass(slots=True)
class _Told:
    """A proposal of the file as it lives: its number once made, the comments on it, whose devices stand behind it."""

    said: Mapping[str, Any]
    first: int
    number: str = ""
    comments: list[int] | None = None
    seconded: int = 1


def write(street: Street, ground: Ground, *, opened: datetime, now: datetime) -> None:
    """Live the proposals through, those that began before the office opened left out."""
    by_name = {place.name: place.code for place in street.places if place.kind in {"courtyard", "community"}}
    keeper, on = _keeper(ground, now), office_day(now)
    told = [_Told(said, NEIGHBOURS + 1_000 * at, comments=[]) for at, said in enumerate(read("forum.yaml"))]
    known = {str(one.said["title"]): one for one in told}
    acts: list[tuple[datetime, int, Callable[[datetime], None]]] = []
    for one in told:
        begun = on - timedelta(days=one.said["ago"])
        if _at(begun, 0) <= opened:
            continue
        place = ground.places[by_name[_place_name(one.said["at"], by_name)]][0]
        acts.append((_at(begun, 0), len(acts), partial(_propose, one, place)))
        for act in one.said["acts"]:
            acts += [
                (at, len(acts) + more, do)
                for more, (at, do) in enumerate(_acts(one, act, begun, keeper, known))
            ]
    for at, _order, do in sorted(acts, key=lambda each: each[:2]):
        if at < now:
            actions.settle_due(now=at)
            do(at)
    actions.settle_due(now=now)


def _place_name(said: str, by_name: Mapping[str, str]) -> str:
    return said if said in by_name else f"{said}社区"


def _keeper(ground: Ground, now: datetime) -> Actor:
    duties = access.role("forum_desk", office_day(now)).duties
    return Actor(
        id=ground.accounts[KEEPER], kind="staff", grants=(Grant("forum_desk", duties),), proof="second_factor"
    )


def _neighbour(device: int) -> Actor:
    """Somebody on a device of their own, with a proven phone."""
    grant = Grant("phone", frozenset({"forum.speak"}), own_only=True)
    return Actor(
        id=0, kind="resident", grants=(grant,), proof="phone", device_id=device, phone_index=f"{device:064d}"
    )


def _at(day: date, order: int) -> datetime:
    return datetime.combine(day, time(10, 5), office_zone()) + timedelta(minutes=7 * order)


def _propose(one: _Told, place: int, at: datetime) -> None:
    said = one.said
    draft = actions.Draft(said["title"], said["words"], place, said["level"])
    one.number = actions.propose(draft, by=_neighbour(one.first), now=at, key=f"sample-{one.first}").number


def _acts(
    one: _Told, act: Mapping[str, Any], begun: date, keeper: Actor, known: Mapping[str, _Told]
) -> list[tuple[datetime, Callable[[datetime], None]]]:
    """One line of the file as acts with their moments; a promise brings those of its steps."""
    day = begun + timedelta(days=act["after"])
    found: list[tuple[datetime, Callable[[datetime], None]]] = []
    if act["do"] in {"second", "agree", "judge"}:
        found.append((_at(day, 6 if act["do"] == "agree" else 3), partial(_neighbours, one, act)))
    elif act["do"] in {"say", "answer"}:
        found.append((_at(day, 5), partial(_say, one, act, keeper)))
    elif act["do"] == "paper":
        found.append((_at(day, 7), lambda at: _paper(one, act, keeper, at)))
    elif act["do"] == "promise":
        found.append((_at(day, 9), partial(_promise, one, act, begun, keeper)))
        for place, step in enumerate(act["steps"]):
            if "moved" in step:
                late = begun + timedelta(days=step["after"] - 1)
                found.append((_at(late, 11), partial(_postpone, one, step, place, begun, keeper)))
            if "done" in step:
                done = begun + timedelta(days=step["done"])
                found.append((_at(done, 12), partial(_done, one, step, place, keeper)))
    elif act["do"] == "finish":
        found.append((_at(day, 13), lambda at: actions.finish(one.number, by=keeper, now=at)))
    else:
        found.append((_at(day, 8), partial(_sort, one, act, keeper, known)))
    return found


def _neighbours(one: _Told, act: Mapping[str, Any], at: datetime) -> None:
    if act["do"] == "second":
        for device in range(one.first + one.seconded, one.first + one.seconded + act["households"]):
            actions.second(one.number, by=_neighbour(device), now=at)
        one.seconded += act["households"]
        return
    if act["do"] == "agree":
        comments = one.comments or []
        for device in range(one.first + 1, one.first + 1 + act["people"]):
            actions.agree(one.number, comments[act["to"]], by=_neighbour(device), now=at)
        return
    # those first behind it find it kept, those last behind it miss something
    for count in range(act.get("kept", 0)):
        actions.judge(one.number, kept=True, words="", by=_neighbour(one.first + count), now=at)
    for count in range(act.get("denied", 0)):
        last = _neighbour(one.first + one.seconded - 1 - count)
        actions.judge(one.number, kept=False, words=act["words"], by=last, now=at)


def _say(one: _Told, act: Mapping[str, Any], keeper: Actor, at: datetime) -> None:
    comments = one.comments
    assert comments is not None
    if act["do"] == "answer":
        actions.comment(
            one.number, act["words"], stance="office", by=keeper, now=at, key=f"sample-{at:%m%d}",
            answers=comments[act["to"]],
        )  # fmt: skip
        return
    who = _neighbour(one.first + 500 + dice(one.first, len(comments)).randrange(100))
    comments.append(
        actions.comment(one.number, act["words"], stance=act["stance"], by=who, now=at, key="sample")
    )


def _paper(one: _Told, act: Mapping[str, Any], keeper: Actor, at: datetime) -> None:
    actions.add_paper(one.number, act["households"], act["sheet"], by=keeper, now=at)


def _sort(
    one: _Told, act: Mapping[str, Any], keeper: Actor, known: Mapping[str, _Told], at: datetime
) -> None:
    failed = {"within"} if act["do"] == "raise" else set(act.get("lacks", ()))
    answers = actions.Sorting(**{name: name not in failed for name in queries.QUESTIONS})
    join = known[act["to"]].number if act["do"] == "join" else ""
    if act["do"] == "join" and not join:
        return  # the other began before the office opened
    decision = actions.Decision(actions.outcome(act["do"]), answers, act.get("reason", ""), join)
    actions.sort(one.number, decision, by=keeper, now=at)


def _promise(one: _Told, act: Mapping[str, Any], begun: date, keeper: Actor, at: datetime) -> None:
    steps = [
        actions.Planned(
            step["title"],
            begun + timedelta(days=step["after"]),
            Decimal(step["money"]) if "money" in step else None,
        )
        for step in act["steps"]
    ]
    actions.promise(one.number, act["answer"], steps, by=keeper, now=at)


def _step_id(one: _Told, place: int, keeper: Actor, at: datetime) -> int:
    return queries.proposal(one.number, keeper, now=at).steps[place].id


def _postpone(
    one: _Told, step: Mapping[str, Any], place: int, begun: date, keeper: Actor, at: datetime
) -> None:
    due = begun + timedelta(days=step["moved"])
    actions.postpone(one.number, _step_id(one, place, keeper, at), due, step["why"], by=keeper, now=at)


def _done(one: _Told, step: Mapping[str, Any], place: int, keeper: Actor, at: datetime) -> None:
    actions.step_done(one.number, _step_id(one, place, keeper, at), step["note"], by=keeper, now=at)
