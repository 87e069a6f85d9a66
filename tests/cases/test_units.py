"""Which units a case is before: list, rows and what their desks see stay in step."""

from datetime import timedelta

import pytest

from liren.cases import actions, queries
from liren.cases.actions.units import add_unit, drop_unit
from liren.cases.models import Case, CaseUnit, Part
from liren.kernel.errors import NotFound, Refused
from tests.cases.test_life import HER, replied, say
from tests.town import NOW, Town, resident

pytestmark = pytest.mark.writes


def test_a_unit_added_sees_the_case_and_dropped_no_longer_does(town: Town) -> None:
    accepted = say(town)
    case = Case.objects.get(pk=accepted.case_id)
    sweeper = town.handler(town.sweepers)
    with pytest.raises(NotFound):
        queries.case_ref(accepted.number, sweeper)
    for _ in range(2):
        add_unit(case, town.sweepers)
    case.save()
    assert case.co_unit_ids == [town.sweepers]
    assert queries.case_ref(accepted.number, sweeper).pk == case.pk
    assert [
        row.id for row in queries.worklist(sweeper, queries.Filters(view="open", text="排水沟"), now=NOW).rows
    ] == [case.pk]
    drop_unit(case, town.sweepers)
    case.save()
    assert (case.co_unit_ids, CaseUnit.objects.count()) == ([], 0)
    with pytest.raises(NotFound):
        queries.case_ref(accepted.number, sweeper)


def test_a_unit_with_a_part_left_is_not_dropped(town: Town) -> None:
    case = Case.objects.get(pk=say(town).case_id)
    add_unit(case, town.sweepers)
    part = Part(case=case, unit_id=town.sweepers, asked_by=1, asked_at=NOW, due_at=NOW, task="冲洗路面")
    part.save(force_insert=True)
    drop_unit(case, town.sweepers)
    assert case.co_unit_ids == [town.sweepers]
    part.state = "done"
    part.save()
    drop_unit(case, town.sweepers)
    assert case.co_unit_ids == []


def test_why_somebody_is_not_content_is_kept_as_codes_of_the_pack(town: Town) -> None:
    accepted = say(town)
    case = replied(town, accepted)
    caller, later = town.caller(), NOW + timedelta(days=1)
    with pytest.raises(Refused) as refused:
        actions.record_verdict(
            accepted.voice_id, "solved", by=caller, version=None, now=later, rating=2, reasons=("grudge",)
        )
    assert (refused.value.code, refused.value.field) == ("rating.reason_unknown", "reasons")
    actions.record_verdict(
        accepted.voice_id,
        "solved",
        by=caller,
        version=None,
        now=later,
        rating=2,
        reasons=("too_slow", "attitude", "too_slow"),
    )
    actions.rate(
        accepted.voice_id, "not_solved", by=resident(HER), now=later, reasons=("half_done",), key="r1"
    )
    kept = [rating.reasons for voice in case.voice_set.all() for rating in voice.rating_set.order_by("id")]
    assert kept == [["attitude", "too_slow"], ["half_done"]]
