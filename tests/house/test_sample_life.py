"""The life of the sample street: varied, free of anybody's number, lawful by the table of moves, shaped like life."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from statistics import fmean
from zoneinfo import ZoneInfo

import pytest

from liren.cases.states import FINAL, MOVES, State, target
from liren.site.sample import arrivals, bank, life, plan
from liren.site.sample.living import History
from liren.site.sample.world import Street

ZONE = ZoneInfo("Asia/Shanghai")
AS_OF = date(2026, 11, 22)
# runs of digits long enough to be a telephone or an identity number
NUMBERS = re.compile(r"(?<!\d)(?:1\d{10}|0\d{2,3}-?\d{7,8}|\d{17}[\dXx])(?!\d)")
COMMONEST = 25
# What is told beside the line, by the actions themselves: test_sample_moves looks that it is.
BESIDE = {
    "answer_question", "answer_supervision", "archive", "ask", "ask_exclusion", "ask_extension", "ask_part", "bar",
    "come_back", "decide_exclusion", "defer", "end_part", "follow_exit", "give_out", "grant_extension", "leave",
    "merge", "recount", "refuse_extension", "remind", "resume", "seal", "split", "split_to_unit",
    "return", "hand_back", "step_back", "supervise", "take_in", "unseal", "verify", "whistle", "whistle_report",
    "whistle_score",
}  # fmt: skip


@pytest.fixture(scope="module")
def street() -> Street:
    return plan.build(1)


@pytest.fixture(scope="module")
def histories(street: Street) -> list[History]:
    return list(life.stream(street, as_of=AS_OF, cases=arrivals.CASES, zone=ZONE))


def said(histories: list[History]) -> list[str]:
    return [voice.words for one in histories for voice in one.voices]


def written(histories: list[History]) -> Iterator[str]:
    for one in histories:
        yield from (voice.words for voice in one.voices)
        yield from (act.words for act in one.acts if act.words)


def test_as_many_cases_as_asked_for_in_order(histories: list[History]) -> None:
    assert len(histories) == arrivals.CASES
    opened = [one.acts[0].at for one in histories]
    assert opened == sorted(opened)
    assert [one.index for one in histories] == list(range(len(histories)))


def test_the_same_seed_and_day_give_the_same_life(street: Street, histories: list[History]) -> None:
    again = life.stream(street, as_of=AS_OF, cases=arrivals.CASES, zone=ZONE)
    assert list(islice(again, 400)) == histories[:400]


def test_another_seed_gives_another_life(histories: list[History]) -> None:
    other = life.stream(plan.build(2), as_of=AS_OF, cases=arrivals.CASES, zone=ZONE)
    assert {v.words for one in islice(other, 200) for v in one.voices}.isdisjoint(
        v.words for one in histories[:200] for v in one.voices
    )


def test_every_history_obeys_the_table_of_moves(histories: list[History]) -> None:
    for one in histories:
        first, *rest = one.acts
        assert first.move == "receive"
        state: str = State.RECEIVED
        last = first.at
        for act in rest:
            assert act.at >= last, one.index
            state = target(state, act.move)
            assert act.state == state, (one.index, act.move)
            last = act.at
        if state in FINAL:
            assert rest[-1].state == state
        assert last < arrivals.stands_at(AS_OF, ZONE)


def test_every_voice_arrives_before_it_acts(histories: list[History]) -> None:
    for one in histories:
        arrived = 0
        for act in one.acts:
            if act.move in {"receive", "join"}:
                assert act.voice == arrived
                assert one.voices[arrived].at == act.at
                arrived += 1
            elif MOVES[act.move].by == "resident" or act.move in {"attempt", "record_verdict"}:
                assert 0 <= act.voice < arrived
        assert arrived == len(one.voices)


def test_texts_hardly_repeat(histories: list[History]) -> None:
    texts = said(histories)
    assert len(set(texts)) / len(texts) >= 0.98


def test_texts_are_as_long_as_people_write(histories: list[History]) -> None:
    lengths = sorted(len(text) for text in said(histories))
    assert 30 <= fmean(lengths) <= 120
    assert sum(length >= 400 for length in lengths) >= 20
    assert lengths[0] >= 4
    assert lengths[-1] < 2_000


def test_no_gap_of_a_phrase_stays_open(histories: list[History]) -> None:
    for text in written(histories):
        assert "{" not in text
        assert "}" not in text


def test_no_text_holds_a_number_that_could_be_dialled_or_be_somebody(histories: list[History]) -> None:
    for text in written(histories):
        for found in NUMBERS.findall(text):
            assert found.startswith(("142", "000")), text
    for one in histories:
        for voice in one.voices:
            assert not voice.phone or (voice.phone.startswith("142") and len(voice.phone) == 11)


def test_the_phrase_bank_is_as_rich_as_promised() -> None:
    by_weight = sorted(bank.topics().values(), key=lambda topic: -topic.weight)
    for rank, topic in enumerate(by_weight):
        problems, details = (12, 8) if rank < COMMONEST else (6, 4)
        assert len(set(topic.problem)) >= problems, topic.code
        assert len(set(topic.detail)) >= details, topic.code
        assert len(topic.demand) >= 2, topic.code
        assert topic.fix, topic.code


def test_every_class_is_heard(histories: list[History]) -> None:
    heard = Counter(one.truth for one in histories)
    assert set(heard) == set(bank.topics())


@pytest.mark.parametrize(
    ("as_of", "often", "rare"),
    [
        (date(2026, 8, 20), "municipal.drain", "utility.heating"),
        (date(2027, 1, 25), "utility.heating", "sanitation.pests"),
        (date(2026, 7, 30), "sanitation.pests", "utility.heating"),
    ],
)
def test_seasons_show(street: Street, as_of: date, often: str, rare: str) -> None:
    heard = Counter(one.topic.code for one in arrivals.stream(street, as_of=as_of, cases=2_000, zone=ZONE))
    assert heard[often] > 3 * heard[rare]


def test_days_and_hours_are_like_life(histories: list[History]) -> None:
    at = [one.acts[0].at.astimezone(ZONE) for one in histories]
    mondays = sum(moment.weekday() == 0 for moment in at)
    sundays = sum(moment.weekday() == 6 for moment in at)
    assert mondays > 1.2 * sundays
    assert sum(8 <= moment.hour < 22 for moment in at) / len(at) > 0.8
    assert any(moment.hour < 5 for moment in at)
    assert (at[-1] - at[0]) > timedelta(days=88)


def test_life_has_all_its_turns(histories: list[History]) -> None:
    moves = Counter(act.move for one in histories for act in one.acts)
    assert set(MOVES) - BESIDE <= set(moves)
    states = Counter(one.acts[-1].state for one in histories)
    assert states["closed"] > 0.6 * len(histories)
    for state in ("closed_unconfirmed", "withdrawn", "solved", "replied", "handling"):
        assert states[state] >= 20, state
    reopened = sum(any(act.move == "reopen" for act in one.acts) for one in histories)
    assert 0.03 < reopened / len(histories) < 0.15
    anonymous = sum(not voice.phone for one in histories for voice in one.voices)
    assert 0.03 < anonymous / len(said(histories)) < 0.15
    assert {voice.channel for one in histories for voice in one.voices} == set(arrivals.CHANNELS)


def test_a_bad_week_brings_hundreds_to_a_few_matters(histories: list[History]) -> None:
    struck = [one for one in histories if one.event]
    assert len({one.event for one in struck}) == 1
    assert sum(len(one.voices) for one in struck) >= 300
    assert sum(len(one.voices) >= 20 for one in struck) >= 5


def test_a_larger_scale_reaches_further_back_and_then_grows_denser() -> None:
    assert arrivals.span(5_000) == 90
    assert arrivals.span(100) == 90
    assert arrivals.span(20_000) == 360
    assert arrivals.span(1_000_000) == arrivals.MOST_DAYS


def test_a_large_stream_is_made_piece_by_piece(street: Street) -> None:
    stream = life.stream(street, as_of=AS_OF, cases=1_000_000, zone=ZONE)
    first = list(islice(stream, 300))
    assert first[0].acts[0].at.astimezone(ZONE).date() >= AS_OF - timedelta(days=arrivals.MOST_DAYS)
    assert first[-1].acts[0].at - first[0].acts[0].at < timedelta(days=3)
