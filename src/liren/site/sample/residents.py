"""What residents do while their case is worked on, and what follows from what they say."""

from dataclasses import replace
from datetime import datetime, timedelta

from liren.cases.rules import outcome
from liren.cases.states import State
from liren.site.sample import hours, office, people, speak, spots
from liren.site.sample.living import RESIDENT, SYSTEM, Life, LivingVoice, utc

CALLERS = ("baimin", "yanfang")
# Why somebody is not content, by the codes of rule.rating_reasons; not done and half done for what is not solved.
_UNSOLVED = ("not_done", "half_done", "came_back", "not_as_said", "no_contact")
_SOUR = ("too_slow", "passed_on", "attitude", "not_clear", "no_contact")
_SOLVED = {"done": 0.955, "progress": 0.7, "cannot": 0.52, "answer": 0.975, "praise": 0.998}
_ROUNDS = 3  # after so many the rest of the story is told elsewhere
_JOB = 3000.0  # seconds after which at the latest the clockwork notices that time has run out


def schedule(life: Life) -> None:
    """What people will do on their own account, each if the case still stands where it may be done."""
    rng, at, arrival = life.rng, life.arrival.at, life.arrival
    for _ in range(arrival.neighbours):
        days = 0.6 if arrival.event else 3.5
        then = hours.awake(rng, at + timedelta(minutes=8) + timedelta(days=rng.expovariate(1 / days)))
        life.later(then, lambda now: _join(life, now))
    if rng.random() < 0.1:
        then = hours.awake(rng, at + timedelta(hours=rng.expovariate(1 / 14)))
        life.later(then, lambda now: _say_more(life, now))
    if rng.random() < 0.2 and arrival.topic.mood == "sore":
        then = hours.awake(rng, at + timedelta(days=rng.uniform(0.8, 5)))
        life.later(then, lambda now: _chase(life, now))
    if rng.random() < 0.036 and not arrival.neighbours:
        then = hours.awake(rng, at + timedelta(hours=rng.expovariate(1 / 9) + 0.2))
        life.later(then, lambda now: _withdraw(life, now))


def _own_hand(life: Life) -> int | None:
    """A voice that can act for itself: it came from a device or left a phone that can be proven."""
    able = [i for i, voice in enumerate(life.voices) if voice.speech.device or voice.speech.phone]
    return life.rng.choice(able) if able else None


def _join(life: Life, now: datetime) -> None:
    if not life.can("join"):
        return
    rng, topic = life.rng, life.arrival.topic
    channel = rng.choice(("snap", "wechat", "web", "wechat", "phone"))
    by = rng.choice(people.DESK) if channel == "phone" else ""
    scene = replace(life.scene, spot=spots.beside(rng, life.arrival.spot))
    said = people.speech(rng, scene, topic, channel=channel, event=life.arrival.event, at=now, by=by)
    life.voices.append(LivingVoice(said))
    number = len(life.voices) - 1
    life.act("join", now, by, voice=number)
    if life.state == State.REPLIED:
        _hear_from(life, number, now)


def _say_more(life: Life, now: datetime) -> None:
    number = _own_hand(life)
    if number is not None and life.can("say_more"):
        life.act("say_more", now, RESIDENT, speak.more(life.scene), voice=number)


def _chase(life: Life, now: datetime) -> None:
    number = _own_hand(life)
    if number is None or not life.can("chase"):
        return
    life.act("chase", now, RESIDENT, voice=number)
    if life.rng.random() < 0.6:
        at = now + timedelta(seconds=life.rng.randint(20, 90))
        life.later(at, lambda then: _press(life, number, then))
    if life.rng.random() < 0.25:
        life.later(now + timedelta(days=life.rng.randint(1, 3)), lambda then: _chase(life, then))


def _press(life: Life, number: int, now: datetime) -> None:
    if life.can("say_more"):
        life.act("say_more", now, RESIDENT, speak.chasing(life.scene), voice=number)


def _withdraw(life: Life, now: datetime) -> None:
    number = _own_hand(life)
    if number is not None and len(life.voices) == 1 and life.can("withdraw"):
        life.act("withdraw", now, RESIDENT, voice=number)


def after_reply(life: Life, now: datetime) -> None:
    """The reply is out: people rate it themselves, the desk calls the others, silence runs."""
    for number in range(len(life.voices)):
        _hear_from(life, number, now)
    rule = life.limits.call_back(now)
    lag = timedelta(seconds=life.rng.uniform(60, _JOB))
    life.later(now + rule.silence + lag, lambda then: settle(life, then))


def _hear_from(life: Life, number: int, now: datetime) -> None:
    rng, voice, round_ = life.rng, life.voices[number], life.round
    if voice.speech.device and rng.random() < (0.4 if voice.reachable else 0.25):
        at = hours.awake(rng, now + hours.minutes(rng, 240, 1.2))
        life.later(at, lambda then: _rate(life, number, then, round_))
    elif voice.reachable:
        at = hours.polite(rng, now + timedelta(hours=rng.uniform(0.5, 34)))
        life.later(at, lambda then: _call(life, number, then, round_))


def _silent(life: Life, number: int, round_: int) -> bool:
    """Whether this voice has still to be heard in this round."""
    voice = life.voices[number]
    return life.round == round_ and not (voice.verdict and voice.round == round_)


def _mind(life: Life) -> tuple[bool, int | None]:
    """What somebody makes of the last reply: solved or not, and how many stars."""
    rng = life.rng
    solved = rng.random() < (_SOLVED[life.result] if life.round == 1 else 0.88) or life.round >= _ROUNDS
    stars = rng.choices((5, 4, 3, 2, 1), (64, 21, 10, 3, 2) if solved else (1, 2, 12, 32, 53))[0]
    return solved, stars if rng.random() < 0.88 else None


def _rate(life: Life, number: int, now: datetime, round_: int) -> None:
    if life.state != State.REPLIED or not _silent(life, number, round_):
        return
    solved, stars = _mind(life)
    _verdict(life, number, now, solved, stars, RESIDENT, speak.remark(life.scene, solved=solved))


def _verdict(
    life: Life, number: int, now: datetime, solved: bool, stars: int | None, by: str, words: str
) -> None:
    voice = life.voices[number]
    voice.verdict, voice.round = "solved" if solved else "not_solved", life.round
    move = "record_verdict" if by else "rate"
    reasons = _reasons(life, solved, stars)
    life.act(move, now, by, words, voice=number, verdict=voice.verdict, rating=stars, reasons=reasons)
    settle(life, now)


def _reasons(life: Life, solved: bool, stars: int | None) -> tuple[str, ...]:
    """What those say who are not content, one or two of the reasons offered; others are not asked."""
    if stars is None or stars > 2 or life.rng.random() < 0.25:
        return ()
    chosen = life.rng.sample(_SOUR if solved else _UNSOLVED, life.rng.choice((1, 1, 2)))
    return tuple(sorted(chosen))


def _call(life: Life, number: int, now: datetime, round_: int) -> None:
    if life.state != State.REPLIED or not _silent(life, number, round_):
        return
    rng, voice = life.rng, life.voices[number]
    by = rng.choice(CALLERS)
    if rng.random() < 0.74:
        solved, stars = _mind(life)
        scene = replace(life.scene, caller=voice.speech.name)
        _verdict(life, number, now, solved, stars, by, office.verdict(scene, solved=solved))
        return
    voice.attempts += 1
    voice.first_attempt = voice.first_attempt or utc(now)
    voice.last_attempt = utc(now)
    life.act("attempt", now, by, office.attempt(life.scene), voice=number)
    settle(life, now)
    if life.state == State.REPLIED:
        again = hours.polite(rng, now + timedelta(hours=rng.uniform(14, 30)))
        life.later(again, lambda then: _call(life, number, then, round_))


def settle(life: Life, now: datetime) -> None:
    """What follows for the case, by the rule of cases itself."""
    if life.state not in {State.REPLIED, State.SOLVED, State.CLOSED, State.CLOSED_UNCONFIRMED}:
        return
    rule = life.limits.call_back(now)
    heard = [voice.heard(life.round) for voice in life.voices]
    follows = outcome(heard, replied_at=life.replied or utc(now), now=utc(now), rule=rule)
    if follows == "reopen":
        _reopen(life, now)
    elif follows == "solve" and life.can("solve"):
        life.act("solve", now, SYSTEM)
        lag = timedelta(seconds=life.rng.uniform(60, _JOB))
        life.later(
            life.limits.closing(utc(now)).astimezone(now.tzinfo) + lag, lambda then: _close(life, then)
        )
    elif follows == "give_up" and life.state == State.REPLIED:
        life.act("give_up", now, SYSTEM)
        if life.rng.random() < 0.1:
            life.later(
                now + timedelta(days=life.rng.uniform(0.5, 6)), lambda then: _second_thought(life, then)
            )


def _reopen(life: Life, now: datetime) -> None:
    life.round += 1
    life.act("reopen", now, SYSTEM)
    for voice in life.voices:
        voice.attempts, voice.first_attempt, voice.last_attempt = 0, None, None
    life.again(now)


def _close(life: Life, now: datetime) -> None:
    if not life.can("close") or life.state != State.SOLVED:
        return
    life.act("close", now, SYSTEM)
    if life.rng.random() < 0.012:
        life.later(now + timedelta(days=life.rng.uniform(0.5, 9)), lambda then: _second_thought(life, then))


def _second_thought(life: Life, now: datetime) -> None:
    """After it was closed somebody says how it really is."""
    number = _own_hand(life)
    if number is None or not life.can("rate") or not life.voices[number].speech.device:
        return
    solved = life.state == State.CLOSED_UNCONFIRMED and life.rng.random() < 0.6
    words = speak.remark(life.scene, solved=solved)
    _verdict(life, number, now, solved, 4 if solved else 1, RESIDENT, words)
