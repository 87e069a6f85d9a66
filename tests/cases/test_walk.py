"""Any walk through a case: whatever people try in whatever order, nothing is lost and nothing is stuck."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liren.cases import actions, states
from liren.cases.models import Case, Step, Voice
from liren.kernel.errors import LirenError
from tests import town as towns
from tests.cases.test_life import HER, say
from tests.town import NOW, resident

TRIES = (
    "place", "classify", "dispatch", "sign", "return", "contact", "start", "note", "reply", "attempt",
    "her_solved", "her_not_solved", "clerk_solved", "join", "say_more", "chase", "withdraw", "time",
)  # fmt: skip


class Walk:
    """One case and everybody who may touch it."""

    def __init__(self) -> None:
        self.town = towns.build()
        self.now = NOW
        self.accepted = say(self.town, key="walk")
        self.case_id, self.voice = self.accepted.case_id, self.accepted.voice_id
        self.done = 0

    def step(self, name: str) -> None:
        self.now += timedelta(hours=7)
        self.done += 1
        key = f"walk-{self.done}"
        clerk, handler, caller = self.town.clerk(), self.town.handler(self.town.drains), self.town.caller()
        her, now, case = resident(HER), self.now, self.case_id
        staff = {"version": None, "now": now}
        match name:
            case "place":
                actions.place(case, self.town.yard, by=clerk, **staff)
            case "classify":
                actions.classify(case, "municipal.road", by=clerk, **staff)
            case "dispatch":
                actions.dispatch(
                    case,
                    self.town.drains,
                    by=clerk,
                    class_code="municipal.drain",
                    place_id=self.town.yard,
                    **staff,
                )
            case "sign":
                actions.sign(case, by=handler, **staff)
            case "return":
                actions.return_order(case, by=handler, reason="不归我们", **staff)
            case "contact":
                actions.contact(case, by=handler, text="联系过了", **staff)
            case "start":
                actions.start(case, by=handler, **staff)
            case "note":
                actions.note(case, by=handler, text="现场看过", now=now)
            case "reply":
                actions.reply(case, by=handler, text="修好了", **staff)
            case "attempt":
                actions.attempt(self.voice, by=caller, **staff)
            case "her_solved":
                actions.rate(self.voice, "solved", by=her, now=now, rating=4, key=key)
            case "her_not_solved":
                actions.rate(self.voice, "not_solved", by=her, now=now, key=key)
            case "clerk_solved":
                actions.record_verdict(self.voice, "solved", by=caller, rating=3, **staff)
            case "join":
                demand = actions.Demand(words="我也是", channel="web", device_id=500 + self.done)
                actions.add_voice(case, demand, by=resident(500 + self.done), now=now, key=key)
            case "say_more":
                actions.say_more(self.voice, "还有", by=her, now=now, key=key)
            case "chase":
                actions.chase(self.voice, by=her, now=now, key=key)
            case "withdraw":
                actions.withdraw(self.voice, by=her, now=now, key=key)
            case "time":
                self.now += timedelta(days=4)
                actions.settle_due(now=self.now)


@pytest.mark.django_db
@pytest.mark.writes
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(TRIES), min_size=10, max_size=30))
def test_any_walk_keeps_the_promises(tries: list[str]) -> None:
    from django.db import transaction

    with transaction.atomic():
        _walk(tries)
        transaction.set_rollback(True)


def _walk(tries: list[str]) -> None:
    walk = Walk()
    voices, version, said_solved = 1, 1, False
    for name in tries:
        before = Case.objects.get(pk=walk.case_id)
        try:
            walk.step(name)
        except LirenError:
            after = Case.objects.get(pk=walk.case_id)
            assert (after.state, after.version) == (before.state, before.version), (
                f"{name} was refused and yet changed"
            )
            continue
        case = Case.objects.get(pk=walk.case_id)
        said_solved = said_solved or name in {"her_solved", "clerk_solved"}
        assert case.version >= version
        assert case.voices >= voices
        assert Voice.objects.filter(case=case).count() == case.voices
        assert Step.objects.filter(case=case).count() == case.version
        if states.State(case.state) in states.OPEN:
            assert case.next_due is not None
            assert states.open_moves(case.state, "staff") or states.open_moves(case.state, "resident")
        else:
            assert case.next_due is None
            assert case.closed_at is not None
        if case.state in {"solved", "closed"}:
            assert said_solved, "solved without anybody behind it saying so"
        if name == "her_not_solved":
            assert case.state == "reopened"
        voices, version = case.voices, case.version
