"""议事 in the faces: write, be shown what is alike, second, sort, promise, judge; what is refused keeps the words."""

from datetime import timedelta

import pytest
from django.test import Client

from liren.kernel.clock import office_day, utc_now
from liren.registers.people import queries as people
from liren.rooms.forum.models import Comment, Proposal
from tests.faces.office import Office, staffed, worker

pytestmark = pytest.mark.django_db

FORM = {
    "title": "给小路装灯和扶手",
    "words": "这条小路晚上没有灯，台阶没有扶手。请打13800138000找我。",
    "place_text": "和园小区3号楼",
    "key": "k",
}


@pytest.fixture
def office() -> Office:
    return staffed()


def proposed(browser: Client, **more: str) -> str:
    answer = browser.post("/forum/new", FORM | more)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["location"]).split("?")[0].rpartition("/")[2]


def keeper(office: Office) -> Client:
    return worker(
        "keeper", "罗桐", body=people.unit_by_code("hall").id, title="议事专员", role="forum_desk"
    ).client()


def carried(number: str, households: int = 9) -> None:
    for _ in range(households):
        assert Client().post(f"/forum/{number}/second", {}).status_code == 302


def test_from_three_taps_to_a_promise_that_is_kept(office: Office) -> None:
    her = Client()
    assert "提一个" in her.get("/forum").content.decode()
    number = proposed(her)
    page = her.get(f"/forum/{number}").content.decode()
    assert "1 / 10 户" in page
    assert "13800138000" not in page
    assert "（手机号）" in page
    carried(number)
    desk = keeper(office)
    assert "给小路装灯和扶手" in desk.get("/desk/forum").content.decode()
    yes = dict.fromkeys(("public", "lawful", "within", "feasible"), "1")
    version = {"version": str(Proposal.objects.get().version)}
    refused = desk.post(
        f"/desk/forum/{number}/sort", yes | version | {"outcome": "decline", "reason": "太贵"}
    )
    assert refused.status_code == 422
    assert "太贵" in refused.content.decode(), "what was typed stays"
    assert desk.post(f"/desk/forum/{number}/sort", yes | version | {"outcome": "accept"}).status_code == 302
    day = office_day(utc_now()) + timedelta(days=9)
    promise = {
        "answer": "社区来装。",
        "step_title": ["装扶手", ""],
        "step_due": ["", ""],
        "step_money": ["9,000", ""],
    }
    refused = desk.post(f"/desk/forum/{number}/promise", promise)
    assert refused.status_code == 422
    told = refused.content.decode()
    assert "第 1 步还没有日期" in told
    assert 'value="装扶手"' in told
    assert 'value="9,000"' in told
    assert (
        desk.post(f"/desk/forum/{number}/promise", promise | {"step_due": [day.isoformat(), ""]}).status_code
        == 302
    )
    assert "9000 元" in her.get(f"/forum/{number}").content.decode()
    step = Proposal.objects.get().steps.get()
    late = {"do": "postpone", "due": (day + timedelta(days=3)).isoformat(), "why": "缺货"}
    assert desk.post(f"/desk/forum/{number}/step/{step.id}", late).status_code == 302
    assert "缺货" in her.get(f"/forum/{number}").content.decode()
    assert desk.post(f"/desk/forum/{number}/step/{step.id}", {"note": "装好了"}).status_code == 302
    assert desk.post(f"/desk/forum/{number}/finish", {}).status_code == 302
    assert her.post(f"/forum/{number}/judge", {"kept": "1"}).status_code == 302
    assert "说做到了的 1 户" in her.get(f"/forum/{number}").content.decode()
    stranger = Client().post(f"/forum/{number}/judge", {"kept": "0"})
    assert stranger.status_code == 422
    assert "验收由提出和附议的人来说" in stranger.content.decode()


def test_what_sounds_alike_is_shown_before_it_is_sent(office: Office) -> None:
    number = proposed(Client())
    her = Client()
    shown = her.post("/forum/new", FORM | {"title": "小路加灯、装扶手", "key": "b"})
    assert shown.status_code == 200
    page = shown.content.decode()
    assert f"/forum/{number}" in page
    assert "不一样，提交我的" in page
    assert 'value="小路加灯、装扶手"' in page
    assert Proposal.objects.count() == 1
    proposed(her, title="小路加灯、装扶手", key="b", sure="1")
    assert Proposal.objects.count() == 2


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"title": ""}, "这一栏还没有写"),
        ({"words": "长" * 2001}, "最多 2000 字"),
        ({"place_text": ""}, "请写明在哪里"),
        ({"place_text": "月球背面"}, "没有找到这个地方"),
        ({"place": "77"}, "没有这个地点"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(office: Office, wrong: dict[str, str], says: str) -> None:
    answer = Client().post("/forum/new", FORM | wrong)
    assert answer.status_code in {404, 422}
    page = answer.content.decode()
    assert says in page
    if "words" not in wrong:
        assert FORM["words"] in page


def test_a_hidden_comment_is_appealed_and_another_looks(office: Office) -> None:
    her, desk = Client(), keeper(office)
    number = proposed(her)
    assert (
        her.post(
            f"/forum/{number}/comments", {"words": "灯要低一点", "stance": "for", "key": "a"}
        ).status_code
        == 302
    )
    assert (
        her.post(
            f"/forum/{number}/comments", {"words": "灯要低一点", "stance": "for", "key": "a"}
        ).status_code
        == 302
    )
    said = Comment.objects.get()
    here = f"/desk/forum/{number}/said/{said.id}"
    assert desk.post(f"{here}/rule", {"do": "hide", "reason": "dislike"}).status_code == 422
    assert desk.post(f"{here}/rule", {"do": "hide", "reason": "elsewhere"}).status_code == 302
    assert "灯要低一点" not in Client().get(f"/forum/{number}").content.decode()
    assert "灯要低一点" in her.get(f"/forum/{number}").content.decode(), "who wrote it still reads it"
    mine = f"/forum/{number}/comments/{said.id}/appeal"
    assert Client().post(mine, {"words": "还给我"}).status_code == 404
    assert her.post(mine, {"words": "说的就是这件事"}).status_code == 302
    same = desk.post(f"{here}/rule", {"do": "show"})
    assert same.status_code == 422
    assert "收起它的人不能再审" in same.content.decode()
    other = worker(
        "second", "方舟", body=people.unit_by_code("hall").id, title="议事专员", role="forum_desk"
    ).client()
    assert "说的就是这件事" in other.get("/desk/forum").content.decode()
    assert other.post(f"{here}/rule", {"do": "show"}).status_code == 302
    assert "灯要低一点" in Client().get(f"/forum/{number}").content.decode()
    assert other.post(here, {"words": "好，用低位灯。", "key": "x"}).status_code == 302
    assert "好，用低位灯。" in Client().get(f"/forum/{number}").content.decode()


def test_a_long_comment_and_one_without_words_come_back_as_typed(office: Office) -> None:
    her = Client()
    number = proposed(her)
    long = "灯" * 501
    answer = her.post(f"/forum/{number}/comments", {"words": long, "stance": "against", "key": "a"})
    assert answer.status_code == 422
    assert long in answer.content.decode()
    assert (
        her.post(f"/forum/{number}/comments", {"words": "", "stance": "for", "key": "b"}).status_code == 422
    )
    assert not Comment.objects.exists()


def test_at_the_street_a_phone_is_asked_for_in_words(office: Office) -> None:
    number = proposed(Client(), level="street")
    answer = Client().post(f"/forum/{number}/second", {})
    assert answer.status_code == 422
    assert "要先验证手机号" in answer.content.decode()
    listed = Client().post(f"/forum/{number}/second", {"from": "list"})
    assert listed.status_code == 422
    assert "要先验证手机号" in listed.content.decode()


def test_who_keeps_the_forum_alone_lands_there(office: Office) -> None:
    answer = keeper(office).get("/desk/")
    assert answer.status_code == 302
    assert answer["location"] == "/desk/forum"


def test_households_made_by_one_computer_one_after_another_are_held_off(office: Office) -> None:
    number = proposed(Client(), level="community")
    answers = [Client().post(f"/forum/{number}/second", {}) for _ in range(26)]
    assert [one.status_code for one in answers[:20]] == [302] * 20
    assert answers[-1].status_code == 429
    assert "试得太频繁了" in answers[-1].content.decode()
    assert Proposal.objects.get().state == "gathering"


def test_a_thousand_comments_from_one_address_are_held_off(office: Office) -> None:
    number = proposed(Client())
    codes = []
    for turn in range(160):
        form = {"words": f"第 {turn} 句", "stance": "for", "key": str(turn)}
        codes.append(Client().post(f"/forum/{number}/comments", form).status_code)
        if codes[-1] == 429:
            break
    assert codes[-1] == 429
    assert Comment.objects.count() == codes.count(302)
