"""Beside the line of states at the desk: merge and undo, exits, helpers, questions; what was typed is never lost."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from liren.cases.models import Case, Exit, Part, Question, Voice
from liren.kernel.clock import office_zone, to_office, utc_now
from liren.kernel.policy import SYSTEM
from liren.registers.duties import actions as duties
from liren.registers.duties.rules import DutyRow
from tests.faces.office import Office
from tests.faces.test_desk import dispatched, said, state
from tests.town import LONG_AGO

pytestmark = [pytest.mark.django_db, pytest.mark.writes]
MOST = 15


def placed(office: Office, **more: object) -> str:
    """A matter whose class and place the clerk has set."""
    number = said(**more)
    Case.objects.filter(number=number).update(
        class_code="municipal.drain", place_id=office.town.building, place_path=_path(office)
    )
    return number


def _path(office: Office) -> str:
    from liren.registers.places import queries as places

    return places.get(office.town.building).path


def text(answer: object) -> str:
    """What a page says."""
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]


def page(browser: Client, number: str) -> str:
    """The case page, and it did not cost more than it may."""
    browser.get(f"/desk/case/{number}")  # registers once read by the process are warm
    with CaptureQueriesContext(connection) as seen:
        answer = browser.get(f"/desk/case/{number}")
    assert answer.status_code == 200
    assert len(seen) <= MOST, [one["sql"][:120] for one in seen]
    return text(answer)


def test_one_tap_merges_what_is_suggested_and_one_undoes_it(office: Office) -> None:
    old, new = placed(office), placed(office)
    clerk = office.clerk.client()
    shown = page(clerk, new)
    assert "可能是同一件事" in shown
    assert f'value="{old}"' in shown
    assert "同一地点、同一类别" in shown
    answer = clerk.post(f"/desk/case/{new}/merge", {"target": old, "version": 1})
    assert answer.status_code == 302
    assert answer["location"] == f"/desk/case/{new}"
    gone = page(clerk, new)
    assert f'href="/desk/case/{old}"' in gone
    assert "撤销并案" in gone
    assert state(new) == "merged"
    there = page(clerk, old)
    assert "并进来的" in there
    assert "2 人" in there
    assert clerk.post(f"/desk/case/{old}/split", {"of": new}).status_code == 302
    assert (state(new), Case.objects.get(number=new).voices) == ("received", 1)
    assert "撤销并案</button>" not in page(clerk, old)


def test_a_refused_merge_says_why_and_keeps_what_was_typed(office: Office) -> None:
    number = placed(office)
    clerk = office.clerk.client()
    for target, told in (("2603 1234", "没有找到这个编号"), (number, "不能并到自己")):
        answer = clerk.post(f"/desk/case/{number}/merge", {"target": target})
        assert answer.status_code == 422
        assert told in text(answer)
        assert target in text(answer)
    handler, stranger = office.handler.client(), office.stranger.client()
    for browser in (handler, stranger):
        for end in ("merge", "split", "split_off", "leave", "follow_exit"):
            assert browser.post(f"/desk/case/{number}/{end}", {"target": number}).status_code == 404


def test_rows_picked_on_the_list_become_one(office: Office) -> None:
    numbers = [placed(office) for _ in range(3)]
    clerk = office.clerk.client()
    assert "把选中的并成一件" in text(clerk.get("/desk/"))
    rows = [f"{case.id}:{case.version}" for case in Case.objects.order_by("received_at")]
    answer = clerk.post("/desk/merge", {"pick": rows, "back": "/desk/?view=todo"})
    assert answer["location"] == f"/desk/case/{numbers[0]}"
    assert Case.objects.get(number=numbers[0]).voices == 3
    few = clerk.post("/desk/merge", {"pick": rows[:1], "back": "/desk/?view=todo"})
    assert few.status_code == 422
    assert "至少要选两件" in text(few)
    assert 'href="/desk/?view=todo"' in text(few)


def test_a_voice_of_another_matter_gets_its_own_case(office: Office) -> None:
    old, new = placed(office), placed(office)
    clerk = office.clerk.client()
    clerk.post(f"/desk/case/{new}/merge", {"target": old})
    voice = Voice.objects.get(number=new)
    assert clerk.post(f"/desk/case/{old}/split_off", {"voice": "12"}).status_code == 422
    other = clerk.post(f"/desk/case/{old}/split_off", {"voice": voice.id, "other": "2611 0000"})
    assert other.status_code == 422
    assert clerk.post(f"/desk/case/{new}/split_off", {"voice": voice.id}).status_code == 422
    answer = clerk.post(f"/desk/case/{old}/split_off", {"other": f"{voice.number[:8]} {voice.number[8:]}"})
    assert answer.status_code == 302
    voice.refresh_from_db()
    assert answer["location"] == f"/desk/case/{voice.case.number}"
    assert "没有可以拆回的" in text(clerk.post(f"/desk/case/{new}/split", {}))


def test_leaving_writes_the_reply_keeps_what_was_typed_and_is_followed_up(office: Office) -> None:
    number, clerk = placed(office), office.clerk.client()
    form = {"exit": "other_procedure", "channel": "区信访办", "why": "", "reply": "", "filled": ""}
    written = text(clerk.post(f"/desk/case/{number}/leave", form | {"again": "1"}))
    assert "依法要走区信访办" in written
    assert "【原因】" in written
    own = text(clerk.post(f"/desk/case/{number}/leave", form | {"again": "1", "reply": "我自己写的【原因】"}))
    assert "我自己写的【原因】" in own
    refused = clerk.post(f"/desk/case/{number}/leave", form | {"reply": "请去区信访办"})
    assert refused.status_code == 422
    assert "还没有写理由" in text(refused)
    assert "请去区信访办" in text(refused)
    full = form | {"why": "《信访工作条例》", "reply": "依法要走区信访办，原因是：【原因】"}
    assert clerk.post(f"/desk/case/{number}/leave", full | {"version": 1}).status_code == 302
    assert state(number) == "left"
    assert Exit.objects.get().reply == "依法要走区信访办，原因是：《信访工作条例》"
    assert number[-4:] in text(clerk.get("/desk/exits"))
    assert "几时去问" in page(clerk, number)
    odd = clerk.post(f"/desk/case/{number}/follow_exit", {"outcome": "accepted", "text": ""})
    assert odd.status_code == 422
    done = clerk.post(f"/desk/case/{number}/follow_exit", {"outcome": "accepted", "text": "6 月 1 日受理"})
    assert done.status_code == 302
    assert "6 月 1 日受理" in page(clerk, number)
    assert "现在没有要去问的" in text(clerk.get("/desk/exits"))
    assert office.handler.client().get("/desk/exits").status_code == 404


@pytest.fixture
def helped(office: Office) -> str:
    """A case at work at the drains; the sweepers may help."""
    town = office.town
    rows = [DutyRow("municipal", town.drains, co_unit_ids=(town.sweepers,), basis="市容条例", source="清单")]
    duties.publish_catalogue(
        rows, valid_from=LONG_AGO.replace(year=2025), source="新清单", by=SYSTEM, now=utc_now()
    )
    number = dispatched(office)
    handler = office.handler.client()
    for end in ("sign", "contact"):
        handler.post(f"/desk/case/{number}/{end}", {"text": "联系过了"})
    return number


def test_a_helper_is_asked_sees_it_on_its_list_and_ends_its_part(office: Office, helped: str) -> None:
    handler, helper = office.handler.client(), office.stranger.client()
    assert "请别的单位协办" in page(handler, helped)
    assert "环境卫生管理所" in text(handler.get(f"/desk/case/{helped}/ask_part"))
    ask = {"unit_id": office.town.sweepers, "text": "请清沟边垃圾", "due": "明天"}
    odd = handler.post(f"/desk/case/{helped}/ask_part", ask)
    assert odd.status_code == 422
    assert "看不懂这个时间" in text(odd)
    assert "请清沟边垃圾" in text(odd)
    far = handler.post(f"/desk/case/{helped}/ask_part", ask | {"due": "2199-01-01T10:00"})
    assert "不能晚于整件事的时限" in text(far)
    limit = Case.objects.get().handle_due
    assert limit is not None
    due = to_office(limit, office_zone()).strftime("%Y-%m-%dT%H:%M")
    assert handler.post(f"/desk/case/{helped}/ask_part", ask | {"due": due}).status_code == 302
    assert "协办 1" in text(handler.get("/desk/?view=open"))
    listed = text(helper.get("/desk/parts"))
    assert "请清沟边垃圾" in listed
    mine = page(helper, helped)
    assert "办完了" in mine
    assert "发送答复" not in mine
    part = Part.objects.get()
    for end in ("reply", "sign", "contact"):
        assert helper.post(f"/desk/case/{helped}/{end}", {"text": "x"}).status_code == 404
    refused = handler.post(f"/desk/case/{helped}/reply", {"text": "都好了"})
    assert refused.status_code == 422
    assert "写明为什么先答复" in text(refused)
    assert "都好了" in text(refused)
    empty = helper.post(f"/desk/case/{helped}/part/{part.id}", {"end": "done", "text": " "})
    assert empty.status_code == 422
    assert (
        helper.post(f"/desk/case/{helped}/part/{part.id}", {"end": "done", "text": "清完了"}).status_code
        == 302
    )
    assert "清完了" in page(handler, helped)
    assert handler.post(f"/desk/case/{helped}/reply", {"text": "都好了"}).status_code == 302


def test_answering_first_takes_a_reason_and_a_unit_that_declines_loses_sight(
    office: Office, helped: str
) -> None:
    handler, helper = office.handler.client(), office.stranger.client()
    ask = {"unit_id": office.town.sweepers, "text": "请清沟边垃圾"}
    handler.post(f"/desk/case/{helped}/ask_part", ask)
    part = Part.objects.get()
    declined = helper.post(f"/desk/case/{helped}/part/{part.id}", {"end": "declined", "text": "没有车"})
    assert declined["location"] == "/desk/parts"
    assert helper.get(f"/desk/case/{helped}").status_code == 404
    handler.post(f"/desk/case/{helped}/ask_part", ask)
    done = handler.post(f"/desk/case/{helped}/reply", {"text": "沟通了", "ahead": "先让居民知道"})
    assert done.status_code == 302
    assert "答复先行" in page(handler, helped)
    assert part.id != Part.objects.get(state="asked").id


def test_a_question_waits_in_sight_until_it_is_answered(office: Office, helped: str) -> None:
    handler = office.handler.client()
    empty = handler.post(f"/desk/case/{helped}/ask", {"text": ""})
    assert empty.status_code == 422
    assert handler.post(f"/desk/case/{helped}/ask", {"text": "几点在家？"}).status_code == 302
    assert "等居民回答" in page(handler, helped)
    assert "等居民回答" in text(handler.get("/desk/?view=open"))
    question = Question.objects.get()
    twice = handler.post(f"/desk/case/{helped}/ask", {"text": "还有几口人？"})
    assert twice.status_code == 422
    assert "还有几口人？" in text(twice)
    answer = handler.post(f"/desk/case/{helped}/question/{question.id}", {"text": "六点以后"})
    assert answer.status_code == 302
    shown = page(handler, helped)
    assert "六点以后" in shown
    assert not re.search(r"note warn.*等居民回答", shown)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_new_pages_render_in_both_languages(office: Office, helped: str, language: str) -> None:
    for worker in (office.clerk, office.handler):
        browser = worker.client()
        browser.cookies["django_language"] = language
        for path in ("/desk/parts", "/desk/exits", f"/desk/case/{helped}", f"/desk/case/{helped}/ask_part"):
            answer = browser.get(path)
            assert answer.status_code in {200, 404}
            if answer.status_code == 200:
                assert "<h1" in text(answer)
