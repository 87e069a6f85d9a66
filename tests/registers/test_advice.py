"""Advice: kept with its reasons, decided by a person, scored by what came of it, and easily switched off."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.base.ledger.models import Event
from liren.kernel.errors import Conflict, Denied, NotFound, Refused
from liren.kernel.policy import MACHINE, SYSTEM, Actor, Grant
from liren.registers.advice import actions, queries, rules
from liren.registers.advice.actions import Given
from liren.registers.advice.models import Advice

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
CLERK = Actor(id=70, kind="staff")
RESIDENT = Actor(id=71, kind="resident")
OFFICE = Actor(id=72, kind="staff", grants=(Grant("manager", frozenset({"advice.switch"})),))
STREET = Actor(id=73, kind="staff", grants=(Grant("manager", frozenset({"advice.switch"}), "/1/2/"),))
READER = "intake.reader"


def advise(*given_: Given, subject: int = 5, now: datetime = NOW) -> list[int]:
    return actions.advise("case", subject, given_, adviser=READER, version="3", now=now, place_path="/1/")


def leak(confidence: float = 0.9) -> Given:
    other = {"choice": "neighbour.leak", "confidence": 0.08}
    return Given("class", "housing.leak", confidence, ["漏水", "天花板"], [other])


class TestAlone:
    ALL: dict[str, Any] = {
        "exactly_one_duty": True,
        "reversible": True,
        "low_risk": True,
        "switched_on": True,
    }

    def test_only_when_everything_holds(self) -> None:
        assert rules.may_act_alone(0.95, 0.9, **self.ALL).allowed
        bars = {
            "exactly_one_duty": "several_duties",
            "reversible": "irreversible",
            "low_risk": "risky",
            "switched_on": "off",
        }
        for bar, reason in bars.items():
            verdict = rules.may_act_alone(0.95, 0.9, **{**self.ALL, bar: False})
            assert (verdict.allowed, verdict.reason) == (False, reason)

    @given(st.floats(), st.floats())
    def test_never_below_the_threshold_whatever_the_numbers(
        self, confidence: float, threshold: float
    ) -> None:
        verdict = rules.may_act_alone(confidence, threshold, **self.ALL)
        assert verdict.allowed == (
            not math.isnan(confidence) and not math.isnan(threshold) and 0 <= threshold <= confidence <= 1
        )


class TestReasons:
    def test_words_codes_and_a_legal_basis_may_be_kept(self) -> None:
        kept = ["漏水", "point", "《栖禾街道职责清单》第12条"]
        assert rules.kept_reasons(kept) == kept

    @pytest.mark.parametrize("reason", ["", "  ", "14212345678", "１４２１２３４５６７８", "话" * 121])
    def test_a_persons_number_or_a_speech_may_not(self, reason: str) -> None:
        assert rules.kept_reasons([reason, "漏水"]) == ["漏水"]

    def test_there_are_never_more_than_eight(self) -> None:
        assert len(rules.kept_reasons(["漏水"] * 50)) == 8


@pytest.mark.django_db
@pytest.mark.writes
class TestLife:
    def test_three_statements_keep_many_suggestions(self, django_assert_num_queries: Any) -> None:
        place, unit = Given("place", "9", 0.8, ["3号楼"]), Given("unit", "7", 1.0, ["《职责清单》"])
        with django_assert_num_queries(3):
            ids = advise(leak(), place, unit)
        kept = queries.for_subject("case", 5)
        assert [item.id for item in kept] == ids
        assert [item.kind for item in kept] == ["class", "place", "unit"]
        assert kept[0].reasons == ("漏水", "天花板")
        assert kept[0].alternatives == ({"choice": "neighbour.leak", "confidence": 0.08},)
        assert Event.objects.filter(kind="advice.advised").count() == 1

    def test_the_event_holds_no_word_of_it(self) -> None:
        advise(leak())
        assert "漏水" not in str(Event.objects.get(kind="advice.advised").payload)

    def test_a_resident_decides_nothing(self) -> None:
        (one,) = advise(leak())
        with pytest.raises(Denied, match=r"advice\.decider"):
            actions.take(one, by=RESIDENT, choice="housing.leak", now=NOW)

    def test_a_clerk_may_follow_or_choose_otherwise(self) -> None:
        one, other = advise(leak(), Given("unit", "7", 0.5))
        actions.take(one, by=CLERK, choice="housing.leak", now=NOW)
        actions.take(other, by=CLERK, choice="8", now=NOW)
        followed, changed = queries.for_subject("case", 5)
        assert (followed.taken, followed.taken_by, followed.automatic) == (True, 70, False)
        assert (changed.taken, changed.taken_choice) == (False, "8")

    def test_deciding_the_same_twice_is_one_event(self) -> None:
        (one,) = advise(leak())
        for _ in range(2):
            actions.take(one, by=CLERK, choice="housing.leak", now=NOW)
        assert Event.objects.filter(kind="advice.taken").count() == 1

    def test_the_machine_marks_what_it_did_and_one_tap_undoes_it(self) -> None:
        (one,) = advise(leak())
        actions.take_all("case", 5, by=MACHINE, now=NOW)
        assert queries.for_subject("case", 5)[0].automatic
        actions.undo(one, by=CLERK, now=NOW + timedelta(minutes=1))
        again = queries.for_subject("case", 5)[0]
        assert (again.taken, again.taken_at, again.automatic) == (False, None, False)
        assert again.undone_at == NOW + timedelta(minutes=1)
        with pytest.raises(Conflict, match="not_taken"):
            actions.undo(one, by=CLERK, now=NOW)

    def test_take_all_leaves_abstentions_and_decisions_alone(self) -> None:
        one, abstained, open_ = advise(leak(), Given("twin", "", 0.1), Given("unit", "7", 0.9))
        actions.take(one, by=CLERK, choice="other.other", now=NOW)
        actions.take_all("case", 5, by=CLERK, now=NOW)
        taken = {item.id: item.taken_choice for item in queries.for_subject("case", 5)}
        assert taken == {one: "other.other", abstained: "", open_: "7"}

    def test_the_outcome_scores_it(self) -> None:
        advise(leak(), Given("unit", "7", 0.9), Given("twin", "", 0.1))
        truths = {"class": "housing.leak", "unit": "8", "twin": "12"}
        actions.settle_subject("case", 5, truths=truths, by=SYSTEM, now=NOW)
        assert [item.outcome for item in queries.for_subject("case", 5)] == ["right", "wrong", None]

    def test_a_later_outcome_replaces_an_earlier(self) -> None:
        (one,) = advise(leak())
        actions.settle(one, outcome="right", by=SYSTEM, now=NOW)
        actions.settle(one, outcome="wrong", by=SYSTEM, now=NOW)
        assert queries.for_subject("case", 5)[0].outcome == "wrong"

    def test_the_record_counts_hits_misses_and_how_much_they_speak_for(self) -> None:
        for subject, truth in enumerate(["housing.leak", "housing.leak", "neighbour.leak", ""], start=1):
            (one,) = advise(leak(), subject=subject)
            actions.take(one, by=CLERK, choice=truth or "housing.leak", now=NOW)
            actions.settle_subject("case", subject, truths={"class": truth}, by=SYSTEM, now=NOW)
        (row,) = queries.record(READER)
        assert (row.made, row.taken, row.changed, row.right, row.wrong) == (4, 3, 1, 2, 1)
        assert row.hit_rate == pytest.approx(2 / 3)
        assert row.coverage == 0.75
        assert queries.record(READER, since=NOW + timedelta(days=1)) == []

    def test_a_list_gets_the_latest_choice_of_each(self, django_assert_num_queries: Any) -> None:
        advise(leak(), subject=1)
        advise(Given("class", "noise.shop", 0.7), subject=1, now=NOW + timedelta(hours=1))
        advise(Given("class", "", 0.2), subject=2)
        with django_assert_num_queries(1):
            assert queries.choices("case", [1, 2, 3], kind="class") == {1: "noise.shop"}

    def test_nonsense_is_refused(self) -> None:
        for share in (-0.1, 1.1, math.nan):
            with pytest.raises(Refused, match=r"advice\.share"):
                advise(leak(share))
        with pytest.raises(NotFound):
            actions.take(1, by=CLERK, choice="x", now=NOW)
        assert not Advice.objects.exists()


@pytest.mark.django_db
@pytest.mark.writes
class TestSwitch:
    def alone(self, confidence: float, class_code: str = "housing.leak") -> str:
        return queries.may_act_alone(
            READER, class_code=class_code, confidence=confidence, exactly_one_duty=True, low_risk=True
        ).reason

    def test_an_adviser_nobody_set_suggests_and_never_acts(self) -> None:
        assert queries.is_on(READER)
        assert self.alone(1.0) == "off"

    def test_the_office_allows_it_from_a_threshold_per_class(self) -> None:
        actions.switch(
            READER, by=OFFICE, now=NOW, alone=True, threshold=0.95, thresholds={"market.food": 1.0}
        )
        assert self.alone(0.96) == "alone"
        assert self.alone(0.94) == "unsure"
        assert self.alone(0.96, "market.food") == "unsure"

    def test_switched_off_it_neither_acts_nor_suggests(self) -> None:
        actions.switch(READER, by=OFFICE, now=NOW, alone=True, threshold=0.5)
        actions.switch(READER, by=OFFICE, now=NOW + timedelta(seconds=1), on=False, alone=True)
        assert not queries.is_on(READER)
        assert self.alone(1.0) == "off"
        assert advise(leak()) == []
        assert not Advice.objects.exists()

    def test_only_who_may_for_the_whole_office(self) -> None:
        for actor in (CLERK, RESIDENT, STREET):
            with pytest.raises(Denied):
                actions.switch(READER, by=actor, now=NOW, on=False)
        assert queries.is_on(READER)
