"""协办: within the lead's limit, within the duty list, to any depth; a helper helps and does not answer for the lead."""

from datetime import date, timedelta

import pytest

from liren.base.ledger import queries as ledger
from liren.cases import actions, queries
from liren.cases.models import Case, CaseUnit, Part
from liren.kernel.errors import Conflict, Denied, NotFound, Refused
from liren.kernel.policy import SYSTEM
from liren.registers.duties import actions as duties
from liren.registers.duties.rules import DutyRow
from tests.cases.joined import working
from tests.town import NOW, Town

pytestmark = [pytest.mark.django_db, pytest.mark.writes]
LAW = "《城市市容和环境卫生管理条例》"


@pytest.fixture
def helped(town: Town) -> int:
    """A case at work at the drains, where the sweepers may help, and the committee in cleaning alone."""
    rows = [
        DutyRow("municipal", town.drains, co_unit_ids=(town.sweepers,), basis=LAW, source="责任清单"),
        DutyRow("sanitation", town.committee, assist_only=True, basis=LAW, source="协助事项清单"),
    ]
    duties.publish_catalogue(rows, valid_from=date(2025, 1, 1), source="新清单", by=SYSTEM, now=NOW)
    return working(town, "a", device=100)


def _ask(town: Town, case_id: int, unit: int | None = None, **more: object) -> Part:
    wanted = {"by": town.handler(town.drains), "version": None, "task": "请清掉沟边的垃圾", "now": NOW} | more
    return actions.ask_part(case_id, unit or town.sweepers, **wanted)  # type: ignore[arg-type]


def test_a_helper_sees_the_case_ends_its_part_and_does_nothing_in_the_lead_s_place(
    town: Town, helped: int
) -> None:
    helper, number = town.handler(town.sweepers, 120), Case.objects.get().number
    with pytest.raises(NotFound):
        queries.case_page(number, helper)
    part = _ask(town, helped)
    case = Case.objects.get()
    assert (case.parts_open, case.co_unit_ids) == (1, [town.sweepers])
    assert list(CaseUnit.objects.values_list("unit_id", flat=True)) == [town.sweepers]
    assert part.due_at == case.handle_due
    page = queries.case_page(number, helper)
    assert {move.name for move in page.moves} & {
        "reply",
        "sign",
        "contact",
        "start",
        "object",
        "defer",
    } == set()
    found = queries.worklist(helper, queries.Filters(view="all", text="排水沟堵了"), now=NOW)
    assert [row.number for row in found.rows] == [number]
    assert [row.part_id for row in queries.parts_for(helper)] == [part.id]
    assert queries.parts_for(town.handler(town.drains)) == []
    for act in (actions.reply, actions.contact):
        with pytest.raises(Denied):
            act(helped, by=helper, version=None, text="我来答复", now=NOW)
    with pytest.raises(Denied):
        actions.end_part(part.id, "done", by=town.handler(town.drains), text="清完了", now=NOW)
    for end, text in (("perhaps", "清了"), ("done", " ")):
        with pytest.raises(Refused):
            actions.end_part(part.id, end, by=helper, text=text, now=NOW)
    case = actions.end_part(part.id, "done", by=helper, text="清完了，装车两趟", now=NOW)
    assert (case.parts_open, case.co_unit_ids) == (0, [town.sweepers]), "it may still look"
    with pytest.raises(Refused, match="over"):
        actions.end_part(part.id, "done", by=helper, text="再清", now=NOW)
    assert queries.parts_for(helper) == []
    told = [entry.kind for entry in ledger.history("case", helped)]
    assert told[-2:] == ["cases.part_asked", "cases.part_ended"]


def test_who_declines_or_is_not_needed_sees_it_no_more(town: Town, helped: int) -> None:
    helper, number = town.handler(town.sweepers, 120), Case.objects.get().number
    part = _ask(town, helped)
    actions.end_part(part.id, "declined", by=helper, text="车都派出去了", now=NOW)
    assert Case.objects.get().co_unit_ids == []
    assert not CaseUnit.objects.exists()
    with pytest.raises(NotFound):
        queries.case_page(number, helper)
    assert queries.worklist(helper, queries.Filters(view="all", text="排水沟堵了"), now=NOW).rows == []
    again = _ask(town, helped)
    with pytest.raises(Denied):
        actions.withdraw_part(again.id, by=helper, text="不想办", now=NOW)
    case = actions.withdraw_part(again.id, by=town.clerk(), text="不用了", now=NOW)
    assert (case.parts_open, case.co_unit_ids) == (0, [])


def test_a_community_is_not_asked_for_what_is_not_on_its_list_and_the_attempt_is_kept(
    town: Town, helped: int
) -> None:
    with pytest.raises(Refused) as told:
        _ask(town, helped, town.committee)
    assert told.value.code == "part.outside_duty"
    assert Part.objects.count() == 0
    assert ledger.history("case", helped)[-1].kind == "cases.dispatch_refused"


def test_the_limit_of_a_part_lies_inside_the_whole_s(town: Town, helped: int) -> None:
    limit = Case.objects.get().handle_due
    assert limit is not None
    with pytest.raises(Refused, match="too_late"):
        _ask(town, helped, due_at=limit + timedelta(seconds=1))
    with pytest.raises(Refused, match="past"):
        _ask(town, helped, due_at=NOW - timedelta(hours=1))
    with pytest.raises(Refused, match="own"):
        _ask(town, helped, town.drains)
    with pytest.raises(Conflict):
        _ask(town, helped, version=1)
    assert _ask(town, helped, due_at=limit).due_at == limit
    with pytest.raises(Refused, match="twice"):
        _ask(town, helped)


def test_parts_of_parts_by_who_holds_them_inside_their_limits(town: Town, helped: int) -> None:
    rows = [
        DutyRow(
            "municipal",
            town.drains,
            co_unit_ids=(town.sweepers, town.committee),
            basis=LAW,
            source="责任清单",
        )
    ]
    duties.publish_catalogue(rows, valid_from=date(2025, 6, 1), source="再新", by=SYSTEM, now=NOW)
    helper, below = town.handler(town.sweepers, 120), town.handler(town.committee, 130)
    soon = NOW + timedelta(hours=2)
    part = _ask(town, helped, due_at=soon)
    with pytest.raises(Denied):
        _ask(town, helped, town.committee, by=helper)  # not for the lead
    with pytest.raises(Refused, match="too_late"):
        _ask(town, helped, town.committee, by=helper, parent_id=part.id, due_at=soon + timedelta(minutes=1))
    under = _ask(town, helped, town.committee, by=helper, parent_id=part.id)
    assert (under.due_at, Case.objects.get().parts_open) == (soon, 2)
    with pytest.raises(Refused, match="below_open"):
        actions.end_part(part.id, "done", by=helper, text="办完", now=NOW)
    with pytest.raises(Denied):
        actions.withdraw_part(under.id, by=town.handler(town.drains), text="撤", now=NOW)
    actions.end_part(under.id, "done", by=below, text="看过了", now=NOW)
    third = _ask(town, helped, town.committee, by=helper, parent_id=part.id)
    actions.withdraw_part(part.id, by=town.handler(town.drains), text="都不用了", now=NOW)
    third.refresh_from_db()
    assert third.state == "withdrawn"
    case = Case.objects.get()
    assert (case.parts_open, case.co_unit_ids) == (0, [town.committee]), "who did its part still sees it"
    with pytest.raises(Refused, match="over"):
        _ask(town, helped, town.committee, by=town.clerk(), parent_id=part.id)


def test_the_lead_does_not_answer_over_its_helpers_without_a_reason(town: Town, helped: int) -> None:
    handler = town.handler(town.drains)
    _ask(town, helped)
    with pytest.raises(Refused, match="parts_open"):
        actions.reply(helped, by=handler, version=None, text="修好了", now=NOW)
    assert Case.objects.get().state == "contacted"
    case = actions.reply(
        helped, by=handler, version=None, text="沟通了，垃圾明天清", now=NOW, ahead="老人急着出门，先告诉结果"
    )
    assert case.state == "replied"
    note = case.step_set.get(move="note")
    assert (note.facts, note.shown) == ({"ahead_of_parts": 1}, False)


def test_a_shorter_limit_of_the_whole_shortens_its_parts(town: Town, helped: int) -> None:
    part = _ask(town, helped)
    Part.objects.update(due_at=NOW + timedelta(days=60))
    Case.objects.filter(pk=helped).update(state="signed")
    case = actions.dispatch(helped, town.drains, by=town.clerk(), version=None, now=NOW)
    part.refresh_from_db()
    assert part.due_at == case.handle_due
