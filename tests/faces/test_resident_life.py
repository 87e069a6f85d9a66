"""A resident's pages over the whole life of a matter: what comes next, one-tap acts, and what is kept of her."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from liren.cases import actions as cases
from liren.cases.models import Case, Follow, Rating, Voice
from liren.cases.rules import ERASED
from liren.kernel.clock import utc_now
from tests.faces.office import Office
from tests.faces.test_resident_matters import PHONE, said
from tests.faces.test_resident_saying import WORDS, begin, send

pytestmark = [pytest.mark.django_db, pytest.mark.writes]


def working(office: Office, number: str) -> Case:
    """Dispatched to the drains and in work there."""
    case, now, handler = Case.objects.get(number=number), utc_now(), office.handler.actor()
    cases.dispatch(
        case.id,
        office.town.drains,
        by=office.clerk.actor(),
        version=None,
        now=now,
        class_code="municipal.drain",
        place_id=office.town.building,
    )
    cases.sign(case.id, by=handler, version=None, now=now)
    cases.contact(case.id, by=handler, version=None, text="内部记录：已联系", now=now)
    return Case.objects.get(pk=case.id)


def replied(office: Office, number: str) -> Case:
    """The same, answered."""
    case = working(office, number)
    return cases.reply(
        case.id, by=office.handler.actor(), version=None, text="已经疏通，试过水了", now=utc_now()
    )


def page(browser: Client, number: str) -> str:
    """Her matter's page."""
    answer = browser.get(f"/m/{number}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_not_solved_from_start_to_end(phone: Client, office: Office) -> None:
    number = said(phone)
    case = replied(office, number)
    home = phone.get("/").content.decode()
    assert 'value="not_solved"' in home
    shown = page(phone, number)
    assert shown.index("已经疏通") < shown.index("解决了吗？"), "the answer is read before it is rated"
    for level in ("非常满意", "满意", "基本满意", "不满意", "非常不满意", "没解决", "太慢"):
        assert level in shown
    form = {"said": "not_solved", "reason": ["half_done", "too_slow"], "text": "还在冒水", "key": "a"}
    answer = phone.post(f"/m/{number}/rate", form)
    assert answer["location"] == f"/m/{number}?told=reopened"
    told = phone.get(answer["location"]).content.decode()
    assert "已经重新办" in told
    assert "您说没解决" in told
    assert Rating.objects.get().reasons == ["half_done", "too_slow"]
    cases.contact(case.id, by=office.handler.actor(), version=None, text="再去", now=utc_now())
    cases.reply(case.id, by=office.handler.actor(), version=None, text="换了管子", now=utc_now())
    assert phone.post(f"/m/{number}/rate", {"said": "4", "key": "b"}).status_code == 302
    assert "您说：解决了，满意。谢谢。" in page(phone, number)
    assert "刘志强" not in page(phone, number)


def test_a_strange_reason_is_refused_and_what_was_ticked_stays(phone: Client, office: Office) -> None:
    number = said(phone)
    replied(office, number)
    form = {"said": "2", "reason": ["too_slow", "<b>"], "text": "等了三周", "key": "a"}
    answer = phone.post(f"/m/{number}/rate", form)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "等了三周" in shown
    assert 'value="too_slow" checked' in shown


def test_long_after_the_end_one_tap_says_it_anew(
    phone: Client, office: Office, codes: dict[str, str]
) -> None:
    number = said(phone)
    case = replied(office, number)
    phone.post("/code", {"phone": PHONE})
    phone.post("/prove", {"phone": PHONE, "code": codes[PHONE]})
    phone.post(f"/m/{number}/rate", {"said": "5", "key": "a"})
    ended = utc_now() - timedelta(days=200)
    Case.objects.filter(pk=case.id).update(state="closed", closed_at=ended)
    late = phone.post(f"/m/{number}/rate", {"said": "not_solved", "key": "b"})
    assert late.status_code == 422
    assert "再说一次" in late.content.decode()
    assert f"/m/{number}/again" in late.content.decode()
    new = phone.post(f"/m/{number}/again", {"key": "c"})["location"]
    again = phone.post(f"/m/{number}/again", {"key": "c"})["location"]
    assert new == again
    shown = phone.get(new).content.decode()
    assert "您又说了这件事" in shown
    assert WORDS in shown
    fresh = new[3:19]
    desk = office.clerk.client().get(f"/desk/case/{fresh}").content.decode()
    assert "接着编号" in desk


def test_a_question_is_answered_and_a_strangers_is_not(phone: Client, office: Office) -> None:
    number = said(phone)
    case = working(office, number)
    voice = case.voice_set.get()
    asked = cases.ask(
        case.id,
        voice.id,
        by=office.handler.actor(),
        version=None,
        text="井盖在楼的哪一侧？",
        now=utc_now(),
    )
    assert "有句话要问您" in phone.get("/").content.decode()
    assert "井盖在楼的哪一侧" in page(phone, number)
    assert (
        phone.post(f"/m/{number}/answer", {"question": asked.id, "text": "", "key": "a"}).status_code == 422
    )
    stranger = Client()
    said(stranger)
    sent = stranger.post(f"/m/{number}/answer", {"question": asked.id, "text": "x", "key": "a"})
    assert sent.status_code == 404
    phone.post(f"/m/{number}/answer", {"question": asked.id, "text": "北侧，靠车棚", "key": "b"})
    shown = page(phone, number)
    assert "北侧，靠车棚" in shown
    assert "您的回答" not in shown
    assert (
        phone.post(f"/m/{number}/answer", {"question": asked.id, "text": "又答", "key": "c"}).status_code
        == 302
    )
    assert "又答" not in page(phone, number)


def test_what_left_says_where_to_turn_and_comes_back(phone: Client, office: Office) -> None:
    number = said(phone)
    case = Case.objects.get(number=number)
    leaving = cases.Leaving(
        key="other_procedure",
        reply="请带材料去区信访办。",
        channel="区信访办",
        reason="依法",
        reference="信〔2026〕18号",
    )
    cases.leave(case.id, leaving, by=office.clerk.actor(), version=None, now=utc_now())
    shown = page(phone, number)
    for told in ("这件事要到区信访办去办", "信〔2026〕18号", "有新情况，再说一次", "请带材料去区信访办"):
        assert told in shown
    refused = phone.post(f"/m/{number}/back", {"text": "", "key": "a"})
    assert refused.status_code == 422
    phone.post(f"/m/{number}/back", {"text": "那边说归街道", "key": "b"})
    assert Case.objects.get(pk=case.id).state == "received"
    assert "那边说归街道" in page(phone, number)


def test_following_beside_me_too_and_stopping(phone: Client, office: Office) -> None:
    case = working(office, said(phone))
    neighbour = Client()
    listed = neighbour.get("/neighbours").content.decode()
    assert f"/neighbours/{case.id}/follow" in listed
    assert neighbour.post(f"/neighbours/{case.id}/follow").status_code == 302
    shown = neighbour.get("/neighbours").content.decode()
    assert "我关注的" in shown
    assert f"/neighbours/{case.id}/unfollow" in shown
    assert WORDS not in shown
    assert Case.objects.get(pk=case.id).voices == 1
    assert neighbour.post("/neighbours/12345/follow").status_code == 404
    neighbour.post(f"/neighbours/{case.id}/unfollow")
    assert Follow.objects.count() == 0


# ---- my data ----


def test_my_data_shows_and_downloads_everything_and_nobody_elses(phone: Client, office: Office) -> None:
    number = said(phone, name="李华")
    stranger = Client()
    other = send(
        stranger, begin(stranger, "别家的事，不该看见"), words="别家的事，不该看见", phone="14200009999"
    )
    shown = phone.get("/me/data").content.decode()
    for kept in (WORDS, PHONE, "李华", "这台设备"):
        assert kept in shown
    assert "别家的事" not in shown
    assert other not in shown
    assert WORDS in phone.get("/me/data/print").content.decode()
    answer = phone.get("/me/data.json")
    assert "attachment" in answer["Content-Disposition"]
    data = json.loads(answer.content)
    assert [(one["words"], one["phone"], one["name"]) for one in data["matters"]] == [(WORDS, PHONE, "李华")]
    nothing = json.loads(Client().get("/me/data.json").content)
    assert (nothing["matters"], nothing["messages"], nothing["devices"]) == ([], [], [])
    assert WORDS not in office.clerk.client().get("/me/data").content.decode()
    for end in ("contact", "calls", "erase"):
        for browser in (stranger, Client()):
            form = {"phone": "14200001111", "may_call": "0"}
            assert browser.post(f"/me/data/{number}/{end}", form).status_code == 404


def test_correcting_taking_back_consent_and_erasing(phone: Client, office: Office) -> None:
    number = said(phone, name="李华")
    wrong = phone.post(f"/me/data/{number}/contact", {"name": "李桦", "phone": "123"})
    assert wrong.status_code == 422
    assert 'value="李桦"' in wrong.content.decode()
    assert "手机号码看起来不对" in wrong.content.decode()
    phone.post(f"/me/data/{number}/contact", {"name": "李桦", "phone": "14200004321"})
    assert "14200004321" in phone.get("/me/data").content.decode()
    phone.post(f"/me/data/{number}/calls", {"may_call": "0"})
    assert not Voice.objects.get(number=number).consent_call
    assert "可以打电话给我了" in phone.get("/me/data").content.decode()
    still = phone.post(f"/me/data/{number}/erase")
    assert still.status_code == 422
    assert "现在不能删除" in still.content.decode()
    phone.post(f"/m/{number}/withdraw", {"key": "w"})
    gone = phone.post(f"/me/data/{number}/erase")
    assert gone["location"] == "/me/data?told=erased"
    assert WORDS not in phone.get("/me/data").content.decode()
    assert phone.get(f"/m/{number}").status_code == 404
    desk = office.clerk.client().get(f"/desk/case/{number}").content.decode()
    assert ERASED in desk
    assert WORDS not in desk


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    "state",
    [
        "received", "dispatched", "objected", "signed", "contacted", "handling", "deferred", "replied", "solved",
        "reopened", "closed", "closed_unconfirmed", "withdrawn", "left", "merged", "archived",
    ],
)  # fmt: skip
def test_every_state_tells_a_next_step(phone: Client, state: str, language: str) -> None:
    number = said(phone)
    due = utc_now() + timedelta(days=2)
    Case.objects.filter(number=number).update(state=state, next_due=due, closed_at=None)
    phone.cookies["django_language"] = language
    shown = page(phone, number)
    step = shown.split('<div class="note', 1)[1].split("</strong>", 1)[1].split("</p>", 1)[0]
    assert len(step) > 6, step
    assert "%(" not in step
    assert phone.get("/").status_code == 200


def test_a_late_step_says_so_and_offers_to_chase(phone: Client, office: Office) -> None:
    number = said(phone)
    case = working(office, number)
    Case.objects.filter(pk=case.id).update(next_due=utc_now() - timedelta(hours=30))
    shown = page(phone, number)
    assert "说好的时间过了 30 小时" in shown
    answer = phone.post(f"/m/{number}/chase", {"key": "a"})
    assert "催过了" in phone.get(answer["location"]).content.decode()
