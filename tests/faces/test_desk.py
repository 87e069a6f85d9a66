"""The desk: closed to strangers, plain about refusals, nothing typed is lost, two clerks at once see what changed."""

import pytest
from django.test import Client

from liren.base.ledger import actions as ledger
from liren.cases.models import Case, Voice
from liren.kernel.clock import utc_now
from liren.registers.channels.models import Message
from tests.faces.office import PASSWORD, Office
from tests.faces.test_resident_saying import WORDS, begin, send, shot

pytestmark = [pytest.mark.django_db, pytest.mark.writes]


def said(**more: object) -> str:
    """A matter of some resident."""
    browser = Client()
    return send(browser, begin(browser), phone="14200001234", **more)


def _worker() -> None:
    """What the process beside the server does with the news."""
    while ledger.seal():
        pass
    ledger.deliver(now=utc_now())


def dispatched(office: Office) -> str:
    """One that the clerk sent to the drains."""
    number = said()
    answer = office.clerk.client().post(f"/desk/case/{number}/dispatch", order(office))
    assert answer.status_code == 302, answer.content.decode()
    return number


def order(office: Office, **more: object) -> dict[str, object]:
    """The dispatch form, filled in."""
    town = office.town
    return {
        "class_code": "municipal.drain",
        "place_id": town.building,
        "unit_id": town.drains,
        "version": 1,
    } | more


def state(number: str) -> str:
    """Where it stands."""
    return Case.objects.get(number=number).state


PAGES = ["/desk/", "/desk/?view=all", "/desk/new", "/desk/messages", "/desk/rates", "/desk/me"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_renders(office: Office, language: str) -> None:
    number = said()
    clerk = office.clerk.client()
    clerk.cookies["django_language"] = language
    for path in [*PAGES, f"/desk/case/{number}"]:
        answer = clerk.get(path)
        assert answer.status_code == 200, path
    assert ("My list" if language == "en" else "我的待办") in clerk.get("/desk/").content.decode()


def test_nobody_comes_in_without_both_factors(office: Office) -> None:
    number = said()
    resident = Client()
    said_here = send(resident, begin(resident))
    for browser in (Client(), resident):
        for path in [*PAGES, f"/desk/case/{number}", f"/desk/case/{said_here}"]:
            answer = browser.get(path)
            assert answer.status_code == 302, path
            assert answer["location"].startswith("/desk/login?next=")
        for end in ("dispatch", "sign", "reply", "note", "object", "contact-details"):
            answer = browser.post(f"/desk/case/{number}/{end}", order(office, text="x"))
            assert answer["location"].startswith("/desk/login"), end
        assert browser.post("/desk/bulk", {"pick": "1:1"})["location"].startswith("/desk/login")
    assert state(number) == "received"


def test_another_units_handler_sees_nothing_of_it(office: Office) -> None:
    number = dispatched(office)
    stranger = office.stranger.client()
    voice = Voice.objects.get(number=number)
    assert stranger.get(f"/desk/case/{number}").status_code == 404
    assert number not in stranger.get("/desk/?view=all").content.decode()
    assert stranger.get("/desk/", {"view": "all", "text": number}).content.decode().count("/desk/case/") == 0
    for end in ("dispatch", "sign", "contact", "start", "note", "reply", "object", "contact-details"):
        assert stranger.post(f"/desk/case/{number}/{end}", order(office, text="x")).status_code == 404, end
    assert stranger.post(f"/desk/case/{number}/voice/{voice.id}", {"said": "5"}).status_code == 404
    assert stranger.get("/desk/new").status_code == 404
    assert stranger.get("/desk/messages").status_code == 404
    assert state(number) == "dispatched"


def test_who_handled_it_cannot_call_back(office: Office) -> None:
    number = dispatched(office)
    voice = Voice.objects.get(number=number)
    handler = office.handler.client()
    for end in ("sign", "contact", "reply"):
        handler.post(f"/desk/case/{number}/{end}", {"text": "修好了"})
    assert state(number) == "replied"
    assert handler.post(f"/desk/case/{number}/voice/{voice.id}", {"said": "5"}).status_code == 404
    caller = office.caller.client()
    for odd in ("0", "99999999999999999999", "1" * 5_000):
        assert caller.post(f"/desk/case/{number}/voice/{odd}", {"said": "5"}).status_code == 404
    assert caller.post(f"/desk/case/{number}/voice/{voice.id}", {"said": "5"}).status_code == 302
    assert state(number) == "solved"


def test_signing_in_with_password_and_code(office: Office) -> None:
    browser = Client()
    form = {"username": "clerk", "password": PASSWORD, "code": "000000", "next": "/desk/?view=all"}
    wrong = browser.post("/desk/login", form)
    assert wrong.status_code == 422
    assert "用户名、密码或动态码不对" in wrong.content.decode()
    assert PASSWORD not in wrong.content.decode()
    import pyotp

    form["code"] = pyotp.TOTP(office.clerk.secret).at(int(utc_now().timestamp()) + 30)
    inside = browser.post("/desk/login", form)
    assert inside["location"] == "/desk/?view=all"
    assert browser.get("/desk/").status_code == 200
    browser.post("/desk/logout")
    assert browser.get("/desk/").status_code == 302
    assert Client().post("/desk/login", form | {"next": "//evil.example"}).status_code == 422


def test_two_clerks_at_once_the_later_is_shown_what_changed_and_loses_nothing(office: Office) -> None:
    number = said()
    first, second = office.clerk.client(), office.clerk.client()
    assert first.post(f"/desk/case/{number}/dispatch", order(office)).status_code == 302
    late = second.post(f"/desk/case/{number}/dispatch", order(office, class_code="municipal.manhole"))
    page = late.content.decode()
    assert late.status_code == 409
    assert "刚才有同事先动了这件事" in page
    assert "陈敏" in page
    assert "派单" in page
    assert '<option value="municipal.manhole" selected>' in page
    handler = office.handler.client()
    handler.post(f"/desk/case/{number}/sign", {"version": 2})
    typed = "我打了三分钟的电话记录，不能丢"
    stale = handler.post(f"/desk/case/{number}/contact", {"version": 2, "text": typed})
    assert stale.status_code == 409
    assert typed in stale.content.decode()
    assert handler.post(f"/desk/case/{number}/contact", {"version": 3, "text": typed}).status_code == 302


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"unit_id": ""}, "还没有选承办单位"),
        ({"class_code": ""}, "还没有选类别"),
        ({"place_id": ""}, "还没有选地点"),
        ({"class_code": "nothing.such"}, "没有这个类别"),
        ({"class_code": "sanitation.garbage"}, ""),
        ({"unit_id": "sweepers"}, "不在该单位的责任清单上"),
        ({"place_id": "9223372036854775807"}, "没有这个地点"),
        ({"place_id": "99999999999999999999999"}, "还没有选地点"),
    ],
)
def test_a_dispatch_that_cannot_be_is_told_why(office: Office, change: dict[str, str], told: str) -> None:
    number = said()
    form = order(office, **{k: office.town.sweepers if v == "sweepers" else v for k, v in change.items()})
    answer = office.clerk.client().post(f"/desk/case/{number}/dispatch", form)
    page = answer.content.decode()
    assert answer.status_code in {404, 422}
    assert told in page
    assert WORDS in page
    assert state(number) == "received"


def test_typing_an_address_finds_the_place(office: Office) -> None:
    number = said(words="下水道堵了")
    page = office.clerk.client().post(
        f"/desk/case/{number}/dispatch", order(office, again="1", where="和园小区3号楼", place_id="")
    )
    assert f'<option value="{office.town.building}" selected>' in page.content.decode()


def test_long_replies_and_bad_photos_come_back_as_they_were(office: Office) -> None:
    number = dispatched(office)
    handler = office.handler.client()
    handler.post(f"/desk/case/{number}/sign", {})
    long = "已处理。" * 30_000
    answer = handler.post(f"/desk/case/{number}/contact", {"text": long})
    assert answer.status_code == 422
    assert long in answer.content.decode()
    bad = handler.post(
        f"/desk/case/{number}/contact",
        {"text": "到现场看过", "photos": shot("a.jpg", b"\xff\xd8\xff\xe0broken")},
    )
    assert bad.status_code == 422
    assert "到现场看过" in bad.content.decode()
    assert "文件打不开" in bad.content.decode()
    assert (
        handler.post(f"/desk/case/{number}/contact", {"text": "到现场看过", "photos": shot()}).status_code
        == 302
    )
    assert "现场照片" in handler.get(f"/desk/case/{number}").content.decode()


def test_a_template_fills_the_answer_and_sends_nothing(office: Office) -> None:
    number = dispatched(office)
    handler = office.handler.client()
    handler.post(f"/desk/case/{number}/sign", {})
    handler.post(f"/desk/case/{number}/contact", {"text": "已联系"})
    page = handler.get(f"/desk/case/{number}")
    key = page.context["templates"][0].key
    filled = handler.post(f"/desk/case/{number}/reply", {"template": key, "text": ""})
    assert filled.context["text"]
    assert "{" not in filled.context["text"]
    assert state(number) == "contacted"
    assert (
        handler.post(f"/desk/case/{number}/reply", {"template": "none.such", "text": "原话"}).status_code
        == 200
    )


def test_a_session_that_ran_out_keeps_what_was_typed_across_the_sign_in(office: Office) -> None:
    number = dispatched(office)
    handler = office.handler.client()
    handler.post(f"/desk/case/{number}/sign", {})
    session = handler.session
    session["access.seen"] -= 3_600  # an hour at lunch
    session.save()
    typed = "写了很久的联系记录"
    sent_away = handler.post(f"/desk/case/{number}/contact", {"text": typed})
    assert sent_away["location"] == f"/desk/login?next=%2Fdesk%2Fcase%2F{number}"
    import pyotp

    code = pyotp.TOTP(office.handler.secret).at(int(utc_now().timestamp()) + 30)
    form = {"username": "handler", "password": PASSWORD, "code": code, "next": f"/desk/case/{number}"}
    back = handler.post("/desk/login", form)
    assert back["location"] == f"/desk/case/{number}"
    page = handler.get(back["location"]).content.decode()
    assert typed in page
    assert "您刚才写的内容还在" in page
    assert typed not in handler.get(back["location"]).content.decode()


def test_a_page_that_stood_too_long_shows_the_words(office: Office) -> None:
    number = dispatched(office)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = office.handler.client().cookies
    answer = strict.post(f"/desk/case/{number}/note", {"text": "不能丢的话"})
    assert answer.status_code == 403
    assert "不能丢的话" in answer.content.decode()


def test_looking_at_a_contact_shows_it_once_and_is_kept(office: Office) -> None:
    from liren.base.vault.models import Reveal

    number = dispatched(office)
    handler = office.handler.client()
    assert "14200001234" not in handler.get(f"/desk/case/{number}").content.decode()
    before = Reveal.objects.count()
    assert "14200001234" in handler.post(f"/desk/case/{number}/contact-details").content.decode()
    assert Reveal.objects.count() == before + 1


def test_picked_cases_go_out_as_suggested_and_the_unclear_stay(office: Office) -> None:
    _worker()  # from here on it listens
    clear, unclear = said(words="和园小区3号楼门口的路灯坏了不亮"), said(words="你们看着办")
    _worker()  # what was accepted is read now, as the worker does
    clerk = office.clerk.client()
    ids = [f"{case.id}:{case.version}" for case in Case.objects.filter(number__in=[clear, unclear])]
    odd = ["", ":", "x:y", "²:1", "9" * 30 + ":1", "1:" + "9" * 30]
    form = {"pick": [*ids, *odd], "back": "/desk/?view=todo"}
    looked = clerk.post("/desk/bulk", form)  # shows what goes where; nothing is sent yet
    assert looked.status_code == 200
    assert "1 件这样派出" in looked.content.decode()
    assert state(clear) == "received"
    answer = clerk.post("/desk/bulk", form | {"sure": "1"})
    page = clerk.get(answer["location"]).content.decode()
    assert "已派出 1 件" in page
    assert "1 件没有派出" in page
    for number in (clear, unclear):
        assert f'href="/desk/case/{number}' in page
    assert state(clear) == "dispatched"
    assert state(unclear) == "received"


def test_odd_filters_find_nothing_and_break_nothing(office: Office) -> None:
    clerk = office.clerk.client()
    odd = ["view=none", "unit=²", "unit=" + "9" * 40, "size=-1", "after=|", "after=x|1"]
    odd += ["class=%00", "text=%00%27%22", "place=../..", "text=" + "长" * 500]
    for query in odd:
        assert clerk.get(f"/desk/?{query}").status_code == 200, query


def test_what_did_not_arrive_is_cared_for(office: Office) -> None:
    number = said()
    case = Case.objects.get(number=number)
    message = Message.objects.create(
        key="dead", channel="sms", code="case.received", params={"number": number}, state="dead", attempts=6,
        case_id=case.id, place_path=case.place_path, created_at=utc_now(), error="receipt.failed",
    )  # fmt: skip
    clerk = office.clerk.client()
    page = clerk.get("/desk/messages").content.decode()
    assert f"/desk/case/{number}" in page
    assert clerk.post("/desk/messages", {"message": message.id, "act": "give_up"}).status_code == 302
    message.refresh_from_db()
    assert message.state == "given_up"
    twice = clerk.post("/desk/messages", {"message": message.id, "act": "retry"})
    assert twice.status_code == 409
    assert "已经有人处理了" in twice.content.decode()


@pytest.mark.parametrize("words", ["", "\x00", "漏" * 100_000])
def test_logging_a_caller_refuses_plainly_and_keeps_the_words(office: Office, words: str) -> None:
    answer = office.clerk.client().post(
        "/desk/new", {"words": words, "phone": "14200001234", "channel": "phone"}
    )
    assert answer.status_code == 422
    assert "14200001234" in answer.content.decode()


def test_logging_a_caller_shows_twins_before_it_opens_another(office: Office) -> None:
    dispatched(office)
    clerk = office.clerk.client()
    form = {
        "words": WORDS,
        "phone": "14200005555",
        "name": "王大爷",
        "place_text": "和园小区3号楼",
        "channel": "phone",
    }
    first = clerk.post("/desk/new", form)
    if first.status_code == 302:
        pytest.fail("the twin was not shown")
    page = first.content.decode()
    assert "可能是同一件事" in page
    token = first.context["form"]["token"]
    opened = clerk.post("/desk/new", form | {"token": token, "anyway": "1"})
    assert opened.status_code == 302
    assert Case.objects.count() == 2


def test_a_reply_is_looked_at_before_it_is_sent_and_nothing_is_kept(office: Office) -> None:
    number = dispatched(office)
    handler = office.handler.client()
    for name in ("sign", "contact"):
        handler.post(f"/desk/case/{number}/{name}", {"text": "联系过了"})
    before = Case.objects.get(number=number).version
    whole = handler.post(f"/desk/case/{number}/check", {"text": "我们高度重视，尽快处理"}).content.decode()
    assert "“高度重视”等于没说：写做了什么。" in whole
    assert ">我们高度重视，尽快处理</textarea>" in whole
    part = handler.post(f"/desk/case/{number}/check", {"text": "<b>高度重视"}, headers={"X-Part": "1"})
    assert "等于没说" in part.content.decode()
    assert "<html" not in part.content.decode()
    good = "11月3日上午管道班疏通了下水道，路面已冲洗干净。还有问题请打市政所电话84561234。"
    assert "看过了" in handler.post(f"/desk/case/{number}/check", {"text": good}).content.decode()
    assert Case.objects.get(number=number).version == before
    stranger = Client()
    assert stranger.post(f"/desk/case/{number}/check", {"text": good}).status_code == 302


def test_objections_and_deferrals_have_lists_of_their_own(office: Office) -> None:
    number = dispatched(office)
    handler, clerk = office.handler.client(), office.clerk.client()
    handler.post(f"/desk/case/{number}/object", {"text": "小区内部管道，归物业", "suggested": ""})
    assert number in clerk.get("/desk/?view=objected").content.decode().replace(" ", "")
    html = clerk.get(f"/desk/case/{number}?from=view%3Dobjected").content.decode()
    for words in ("裁定时限", "责任清单怎么说", "就是现在的承办", "下一件"):
        assert words in html
    clerk.post(f"/desk/case/{number}/rule", {"ruling": "uphold"})
    assert (
        "异议成立，退回派单台" not in clerk.get(f"/desk/case/{number}").content.decode()
    )  # no limits run now
    clerk.post(
        f"/desk/case/{number}/dispatch", order(office, version=Case.objects.get(number=number).version)
    )
    assert "异议成立，退回派单台" in clerk.get(f"/desk/case/{number}").content.decode()
