"""What the desk and the units do with a case of the sample, each step leading to the next."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache

from liren.cases.states import State
from liren.site.sample import bank, hours, office, people, residents, speak
from liren.site.sample.arrivals import lead_unit
from liren.site.sample.bank import Topic
from liren.site.sample.living import Act, History, Life, LivingVoice, utc
from liren.site.sample.world import Street

# How often a demand of a group belongs elsewhere: to arbitration, a court, the market, the emergency services.
_ASIDE = {"labour": 0.14, "market": 0.06, "police": 0.07, "neighbour": 0.05, "social": 0.06, "safety": 0.03}
_TOLD = timedelta(days=120)  # what is told by the actions themselves does not reach further back
_SLOW_DESK, _LATE_CONTACT, _LATE_REPLY = 0.03, 0.025, 0.07


@lru_cache(maxsize=4)
def staff(street: Street) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """Who handles for each unit, and the grid worker of each community, by sign-in name."""
    handlers: dict[str, tuple[str, ...]] = {}
    for post in street.posts:
        if post.role == "handler":
            handlers[post.unit] = (*handlers.get(post.unit, ()), post.username)
    grid = {post.unit: post.username for post in street.posts if post.role == "grid_worker"}
    return handlers, tuple(grid[f"c{i + 1}"] for i in range(len(grid)))


def open_up(life: Life) -> None:
    """Receive the case and let everything else begin."""
    arrival, rng = life.arrival, life.rng
    by = people.writer(rng, arrival.channel, arrival.spot.community, staff(life.street)[1])
    first = people.speech(
        rng, life.scene, arrival.topic, channel=arrival.channel, event=arrival.event, at=arrival.at, by=by
    )
    life.voices.append(LivingVoice(first))
    life.acts.append(Act("receive", first.at, by, str(State.RECEIVED), voice=0))
    unit = lead_unit(arrival.topic.code, arrival.spot.community)
    known = next(one for one in life.street.units if one.code == unit)
    life.unit = unit
    life.again = lambda now: _reopened(life, now)
    life.scene = replace(
        life.scene,
        caller=first.name or "反映人",
        gist=speak.gist(first.words),
        unit=known.short,
        phone=known.phone,
    )
    recent = life.end - arrival.at < _TOLD and not arrival.event
    life.aside = recent and rng.random() < _ASIDE.get(arrival.topic.group, 0.0)
    if life.aside:
        return
    residents.schedule(life)
    if arrival.channel == "phone":
        at = arrival.at + timedelta(seconds=rng.randint(70, 600))
    else:
        waits = hours.minutes(rng, 600 if rng.random() < _SLOW_DESK else 14)
        at = hours.desk(rng, hours.desk(rng, arrival.at) + waits)
    consult = arrival.demand_type == "consult" and rng.random() < 0.42
    life.later(at, lambda now: _answer(life, now) if consult else _dispatch(life, now, first=True))


def told(life: Life) -> History:
    """The history once lived."""
    arrival, first = life.arrival, life.voices[0].speech
    online = not first.by
    pinned = online and life.rng.random() < 0.55  # picked the place on the map or from the list
    classed = online and life.rng.random() < 0.12
    return History(
        index=arrival.index,
        # who "reports" a stall on the pavement complains: sealed reports are told by the actions themselves
        demand_type="complaint" if arrival.demand_type == "whistleblow" else arrival.demand_type,
        place=arrival.spot.place if pinned or arrival.channel == "grid" else "",
        place_text=first.place_text,
        point=(arrival.spot.lat, arrival.spot.lon)
        if online and (pinned or arrival.channel == "snap")
        else None,
        class_code=arrival.topic.code if classed else "",
        truth=arrival.topic.code,
        event=arrival.event,
        voices=tuple(voice.speech for voice in life.voices),
        acts=tuple(life.acts),
        photo=arrival.channel == "snap",
        aside=arrival.spot.place if life.aside else "",
    )


def _clerk(life: Life) -> str:
    return life.rng.choice(people.DESK)


def _answer(life: Life, now: datetime) -> None:
    """The desk knows the answer to a question."""
    if not life.can("answer"):
        return
    life.result = "answer"
    words = office.reply(life.scene, life.arrival.topic, outcome="answer")
    life.handler = _clerk(life)
    life.contacted = True
    life.replied = utc(now)
    life.act("answer", now, life.handler, words)
    residents.after_reply(life, now)


def _dispatch(life: Life, now: datetime, *, first: bool) -> None:
    if not life.can("dispatch"):
        return
    rng, arrival = life.rng, life.arrival
    code, place = arrival.topic.code, arrival.spot.place
    wrong = first and rng.random() < 0.035
    if wrong:
        code = bank.calendar()["mistaken"].get(code, code)
    right = lead_unit(arrival.topic.code, arrival.spot.community)
    unit = lead_unit(code, arrival.spot.community)
    if first and not wrong and rng.random() < 0.05:
        # looked at twice: the clerk sets place or class before sending it out
        move, given = (
            ("place", {"place": place}) if rng.random() < 0.5 else ("classify", {"class_code": code})
        )
        life.act(move, now, _clerk(life), **given)
        life.later(now + timedelta(seconds=rng.randint(20, 55)), lambda at: _dispatch(life, at, first=False))
        return
    life.unit, life.dispatched = unit, utc(now)
    life.act("dispatch", now, _clerk(life), place=place, class_code=code, unit=unit)
    back = unit != right or (first and rng.random() < 0.008)
    signed = hours.at_work(rng, now + hours.minutes(rng, 18), unit)
    if back:
        kind = "duty" if unit != right else "unclear"
        life.later(signed + hours.minutes(rng, 20), lambda at: _return(life, at, kind))
    else:
        life.later(signed, lambda at: _sign(life, at))


def _return(life: Life, now: datetime, kind: str) -> None:
    if not life.can("object"):
        return
    by = life.rng.choice(staff(life.street)[0][life.unit])
    right = lead_unit(life.arrival.topic.code, life.arrival.spot.community)
    name = next(unit.short for unit in life.street.units if unit.code == right)
    life.act("object", now, by, office.return_reason(replace(life.scene, unit=name), kind=kind), unit=right)
    ruled = hours.desk(life.rng, now + hours.minutes(life.rng, 25))
    if life.unit == right and life.rng.random() < 0.5:
        life.later(ruled, lambda at: _overrule(life, at))
    else:
        life.later(ruled, lambda at: _uphold(life, at))


def _overrule(life: Life, now: datetime) -> None:
    """The desk says that it is this unit's duty after all."""
    if not life.can("overrule"):
        return
    life.act("overrule", now, _clerk(life), office.ruling(life.scene))
    life.handler = life.rng.choice(staff(life.street)[0][life.unit])
    response, _ = _limits(life)
    life.later(_when(life, now, response, late=_LATE_CONTACT), lambda at: _contact(life, at))


def _uphold(life: Life, now: datetime) -> None:
    """The desk agrees, and sends it to whose duty it is."""
    if not life.can("uphold"):
        return
    life.act("uphold", now, _clerk(life))
    again = hours.desk(life.rng, now + hours.minutes(life.rng, 8))
    life.later(again, lambda at: _dispatch(life, at, first=False))


def _sign(life: Life, now: datetime) -> None:
    if not life.can("sign"):
        return
    life.handler = life.rng.choice(staff(life.street)[0][life.unit])
    life.act("sign", now, life.handler)
    response, _ = _limits(life)
    life.later(_when(life, now, response, late=_LATE_CONTACT), lambda at: _contact(life, at))


def _limits(life: Life) -> tuple[datetime, datetime]:
    start = life.dispatched or life.arrival.at
    response, handle = life.limits.handling(life.arrival.topic.code, life.unit, start)
    zone = life.arrival.at.tzinfo
    return response.astimezone(zone), handle.astimezone(zone)


def _when(life: Life, now: datetime, due: datetime, *, late: float) -> datetime:
    """When a step with a limit is taken: mostly well before it, sometimes after."""
    rng = life.rng
    start = (life.dispatched or now).astimezone(now.tzinfo)
    room = max(due - start, timedelta(minutes=30))
    missed = rng.random() < late
    if missed:
        at = due + min(room, timedelta(days=4)) * rng.uniform(0.05, 1.2) + timedelta(minutes=20)
    else:
        at = start + room * rng.betavariate(1.6, 2.6)
    at = hours.at_work(rng, max(at, now + hours.minutes(rng, 6)), life.unit)
    if at > due > now and not missed and rng.random() > 0.1:
        # a unit that would miss its limit by keeping office hours sends whoever is on duty
        at = now + (due - now) * rng.uniform(0.5, 0.97)
    return at


def _contact(life: Life, now: datetime) -> None:
    if not life.can("contact"):
        return
    anonymous = not life.voices[0].speech.phone
    life.contacted = True
    life.act(
        "contact", now, life.handler, office.contact(life.scene, life.arrival.topic, anonymous=anonymous)
    )
    _, handle = _limits(life)
    again = life.round > 1
    reply = now + _again(life.rng) if again else _when(life, now, handle, late=_LATE_REPLY)
    reply = max(reply, now + timedelta(minutes=25))
    life.later(reply, lambda at: _reply(life, at))
    if life.arrival.topic.mood == "glad":
        return
    between = reply - now
    if life.rng.random() < 0.72:
        begun = hours.at_work(life.rng, now + between * life.rng.uniform(0.05, 0.2), life.unit)
        life.later(begun, lambda at: _start(life, at))
    for _ in range(life.rng.choice((0, 0, 1, 1, 2))):
        seen = hours.at_work(life.rng, now + between * life.rng.uniform(0.2, 0.92), life.unit)
        life.later(seen, lambda at: _note(life, at))


def _again(rng: random.Random) -> timedelta:
    return timedelta(hours=rng.uniform(3, 70))


def _start(life: Life, now: datetime) -> None:
    if life.can("start"):
        life.act("start", now, life.handler, office.start(life.scene, life.arrival.topic))


def _note(life: Life, now: datetime) -> None:
    if not life.can("note") or life.state not in {State.CONTACTED, State.HANDLING}:
        return
    grid = staff(life.street)[1][life.arrival.spot.community]
    by = grid if life.rng.random() < 0.35 else life.handler
    life.act("note", now, by, office.site(life.scene, life.arrival.topic))


def _reply(life: Life, now: datetime) -> None:
    if not life.can("reply"):
        return
    topic: Topic = life.arrival.topic
    if topic.mood == "glad":
        life.result = "praise"
    elif life.arrival.demand_type == "consult":
        life.result = "answer"
    else:
        life.result = life.rng.choices(
            ("done", "progress", "cannot"), (89, 5, 6) if life.round == 1 else (93, 2, 5)
        )[0]
    life.replied = utc(now)
    life.act("reply", now, life.handler, office.reply(life.scene, topic, outcome=life.result))
    residents.after_reply(life, now)


def _reopened(life: Life, now: datetime) -> None:
    """Somebody said it is not solved: the unit, or the desk where it never had one, goes at it again."""
    life.dispatched = utc(now)
    if life.acts and not any(act.move == "dispatch" for act in life.acts):
        life.later(
            hours.desk(life.rng, now + hours.minutes(life.rng, 40)),
            lambda at: _dispatch(life, at, first=False),
        )
        return
    again = hours.at_work(life.rng, now + hours.minutes(life.rng, 90), life.unit)
    life.later(again, lambda at: _contact(life, at))
