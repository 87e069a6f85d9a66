"""A question to one requester: only they see it, only they answer it, or whoever asked writes the answer down."""

import pytest

from liren.cases import actions, queries
from liren.cases.models import Case, Question, Voice
from liren.kernel.errors import Conflict, Denied, IllegalMove, NotFound, Refused
from liren.registers.channels.models import Message
from tests.cases.joined import case, working
from tests.cases.test_news import deliver
from tests.town import NOW, Town, resident

pytestmark = [pytest.mark.django_db, pytest.mark.writes]


def _ask(town: Town, case_id: int, voice: int, text: str = "几点在家？") -> Question:
    return actions.ask(case_id, voice, by=town.handler(town.drains), version=None, text=text, now=NOW)


def test_asked_told_answered_once(town: Town) -> None:
    deliver()
    case_id = working(town, "a", device=100, voices=2)
    hers, his = Voice.objects.filter(case_id=case_id).order_by("device_id")
    question = _ask(town, case_id, hers.id)
    assert Case.objects.get().questions_open == 1
    deliver()
    assert list(Message.objects.filter(code="case.asked").values_list("device_id", flat=True)) == [100]
    assert [one.words for one in queries.questions_of(hers)] == ["几点在家？"]
    assert [one.voice_id for one in queries.open_questions(case_id)] == [hers.id]
    seen = queries.matter(his.number, resident(101), now=NOW)
    assert "几点在家？" not in [step.words for step in seen.steps], "it is nobody else's business"
    with pytest.raises(Refused, match="open"):
        _ask(town, case_id, hers.id, "还有？")
    with pytest.raises(NotFound):
        actions.answer_question(question.id, "六点", by=resident(101), now=NOW, key="x")
    for _ in range(2):
        done = actions.answer_question(question.id, "六点以后", by=resident(100), now=NOW, key="k")
    assert done.questions_open == 0
    with pytest.raises(Refused, match="answered"):
        actions.answer_question(question.id, "七点", by=resident(100), now=NOW, key="k2")
    question.refresh_from_db()
    assert question.answer == "六点以后"
    step = done.step_set.get(move="answer_question")
    assert (step.voice_id, step.words) == (hers.id, "六点以后")


def test_who_asked_writes_down_what_was_answered_on_the_phone(town: Town) -> None:
    case_id = working(town, "a", device=100)
    question = _ask(town, case_id, Voice.objects.get().id)
    with pytest.raises(Denied):
        actions.record_answer(question.id, "六点", by=town.handler(town.sweepers, 120), version=None, now=NOW)
    with pytest.raises(Conflict):
        actions.record_answer(question.id, "六点", by=town.handler(town.drains), version=1, now=NOW)
    done = actions.record_answer(question.id, "六点", by=town.handler(town.drains), version=None, now=NOW)
    assert done.questions_open == 0
    assert done.step_set.get(move="answer_question").facts["by_self"] is False


def test_only_a_voice_of_this_case_and_only_while_it_is_worked_on(town: Town) -> None:
    case_id, other = working(town, "a", device=100), case(town, "b", device=200)
    with pytest.raises(NotFound):
        _ask(town, case_id, Voice.objects.get(case_id=other).id)
    with pytest.raises((IllegalMove, Denied)):
        _ask(town, other, Voice.objects.get(case_id=other).id)


def test_a_question_goes_with_its_voice_when_cases_are_merged(town: Town) -> None:
    new, old = working(town, "a", device=100), case(town, "b", device=200)
    _ask(town, new, Voice.objects.get(case_id=new).id)
    actions.merge(new, old, by=town.clerk(), version=None, now=NOW)
    assert [one.case_id for one in queries.open_questions(old)] == [old]
    assert Case.objects.get(pk=old).questions_open == 1
    assert Case.objects.get(pk=new).questions_open == 0
    actions.split(new, by=town.clerk(), version=None, now=NOW)
    assert Case.objects.get(pk=new).questions_open == 1
    assert queries.open_questions(old) == []
