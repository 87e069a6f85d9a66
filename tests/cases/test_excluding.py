"""Leaving a case out of the rates: for the matter's sake, by two people, to be seen, and undone by a new decision."""

from dataclasses import replace
from datetime import timedelta

import pytest

from liren.base.ledger import queries as ledger
from liren.cases import actions, queries
from liren.cases.models import Case, Exclusion, Voice
from liren.kernel.errors import Conflict, Denied, IllegalMove, NotFound, Refused
from liren.kernel.policy import Actor
from tests.cases.test_life import HER, replied, say
from tests.town import NOW, Town, resident

pytestmark = pytest.mark.writes

MONTH = queries.Slice(NOW - timedelta(days=1), NOW + timedelta(days=40))


def closed(town: Town, said: str = "solved") -> actions.Accepted:
    accepted = say(town)
    replied(town, accepted)
    actions.rate(accepted.voice_id, said, by=resident(HER), now=NOW, rating=4, key="a")
    return accepted


def asker(town: Town) -> Actor:
    return town.handler(town.drains, 130)


def boss(town: Town, account: int = 140) -> Actor:
    return town.staff(account, "supervisor")


def ask(town: Town, case_id: int, reason: str = "disaster") -> Case:
    return actions.ask_exclusion(
        case_id, reason, by=asker(town), version=None, text="7月21日暴雨红色预警，见应急办通知", now=NOW
    )


def decide(town: Town, case_id: int, decision: str = "granted", by: Actor | None = None) -> Case:
    return actions.decide_exclusion(
        case_id, decision, by=by or boss(town), version=None, text="已核对通知", now=NOW
    )


def test_what_is_granted_leaves_every_rate_and_is_published_by_reason(town: Town) -> None:
    case_id = closed(town).case_id
    before = queries.whole(town.clerk(), MONTH)
    ask(town, case_id)
    assert queries.whole(town.clerk(), MONTH) == before, "asking alone changes nothing"
    assert [row.reason_code for row in queries.asked_out(boss(town))] == ["disaster"]
    decide(town, case_id)
    after = queries.whole(town.clerk(), MONTH)
    assert (after.due, after.closed, after.heard, after.solved) == (0, 0, 0, 0)
    assert (after.ended, after.excluded, after.demands) == (1, 1, 1)
    assert queries.left_out(town.clerk(), MONTH) == {"disaster": 1}
    voices = queries.whole(town.clerk(), replace(MONTH, by="voice"))
    assert (voices.closed, voices.excluded) == (0, 1)
    kinds = [(entry.kind, entry.payload.get("decision")) for entry in ledger.history("case", case_id)]
    assert kinds[-2:] == [("cases.exclusion_turned", "asked"), ("cases.exclusion_turned", "granted")]
    assert "暴雨" not in str([entry.payload for entry in ledger.history("case", case_id)])


def test_a_new_decision_lets_it_count_again_and_nothing_is_overwritten(town: Town) -> None:
    case_id = closed(town).case_id
    before = queries.whole(town.clerk(), MONTH)
    ask(town, case_id)
    decide(town, case_id)
    with pytest.raises(Refused, match=r"exclusion\.excluded_already"):
        ask(town, case_id)
    decide(town, case_id, "ended", boss(town, 141))
    assert queries.whole(town.clerk(), MONTH) == before
    assert queries.left_out(town.clerk(), MONTH) == {}
    assert list(Exclusion.objects.order_by("id").values_list("decision", flat=True)) == ["granted", "ended"]
    with pytest.raises(Refused, match=r"exclusion\.not_excluded"):
        decide(town, case_id, "ended")


def test_refused_it_counts_and_may_be_asked_again(town: Town) -> None:
    case_id = closed(town).case_id
    ask(town, case_id)
    with pytest.raises(Refused, match=r"exclusion\.asked_already"):
        ask(town, case_id)
    decide(town, case_id, "refused")
    assert not Case.objects.get(pk=case_id).excluded
    with pytest.raises(Refused, match=r"exclusion\.nothing_asked"):
        decide(town, case_id)
    ask(town, case_id, "duplicate")
    assert queries.asked_out(boss(town))[0].reason_code == "duplicate"


def test_two_people_neither_of_them_the_handler(town: Town) -> None:
    case_id = closed(town).case_id
    ask(town, case_id)
    both = town.staff(130, "supervisor")
    assert queries.asked_out(both) == []
    with pytest.raises(Denied, match=r"exclusion\.asked_by_you"):
        decide(town, case_id, by=both)
    with pytest.raises(Denied):
        decide(town, case_id, by=town.staff(102, "supervisor"))
    with pytest.raises((Denied, NotFound)):
        decide(town, case_id, by=town.clerk())
    with pytest.raises((Denied, NotFound)):
        actions.ask_exclusion(
            case_id, "disaster", by=town.handler(town.sweepers), version=None, text="别家的", now=NOW
        )
    assert not Case.objects.get(pk=case_id).excluded


def test_not_solved_is_no_reason(town: Town) -> None:
    accepted = closed(town, "not_solved")
    with pytest.raises(IllegalMove):
        ask(town, accepted.case_id)  # it is at work again
    Case.objects.filter(pk=accepted.case_id).update(state="closed_unconfirmed")
    with pytest.raises(Refused, match=r"exclusion\.she_said_not_solved"):
        ask(town, accepted.case_id, "withdrew")
    with pytest.raises(Refused, match=r"exclusion\.reason"):
        ask(town, accepted.case_id, "negative")
    assert Exclusion.objects.count() == 0


def test_not_solved_said_after_the_asking_stops_the_granting(town: Town) -> None:
    accepted = closed(town)
    ask(town, accepted.case_id, "withdrew")
    Voice.objects.filter(pk=accepted.voice_id).update(verdict="not_solved")
    with pytest.raises(Refused, match=r"exclusion\.she_said_not_solved"):
        decide(town, accepted.case_id)
    assert not Case.objects.get(pk=accepted.case_id).excluded


def test_not_solved_ends_an_exclusion(town: Town) -> None:
    accepted = closed(town)
    ask(town, accepted.case_id)
    decide(town, accepted.case_id)
    case = actions.rate(accepted.voice_id, "not_solved", by=resident(HER), now=NOW, key="b")
    assert (case.state, case.excluded) == ("reopened", False)
    counts = queries.whole(town.clerk(), MONTH)
    assert (counts.heard, counts.solved, counts.excluded) == (1, 0, 0)


def test_words_and_the_right_page_are_needed(town: Town) -> None:
    case_id = closed(town).case_id
    with pytest.raises(Refused, match=r"words\.empty"):
        actions.ask_exclusion(case_id, "disaster", by=asker(town), version=None, text=" ", now=NOW)
    with pytest.raises(Conflict):
        actions.ask_exclusion(case_id, "disaster", by=asker(town), version=1, text="迟到的", now=NOW)
    ask(town, case_id)
    with pytest.raises(Refused, match=r"exclusion\.decision"):
        decide(town, case_id, "maybe")
