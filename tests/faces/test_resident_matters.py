"""My matters: who sees what, by which proof, and what family may see."""

import pytest
from django.test import Client

from liren.cases.models import Case, Voice
from tests.faces.office import Office
from tests.faces.test_resident_saying import WORDS, begin, send

pytestmark = [pytest.mark.django_db, pytest.mark.writes]
PHONE = "14200001234"


def said(browser: Client, **more: object) -> str:
    """A matter said on this browser, with a phone."""
    return send(browser, begin(browser), phone=PHONE, **more)


def test_number_and_last_four_show_the_status_and_nothing_said(phone: Client) -> None:
    number = said(phone)
    answer = Client().post("/find", {"number": f"{number[:4]} {number[4:8]}-{number[8:]}", "proof": "1234"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "已收到" in page
    assert WORDS not in page
    assert PHONE not in page


@pytest.mark.parametrize(
    ("number", "proof", "told"),
    [
        ("", "1234", "编号是 16 位数字"),
        ("12345", "1234", "编号是 16 位数字"),
        ("own+1", "1234", "有一位对不上"),
        ("own", "9999", "没有找到"),
        ("own", "", "没有找到"),
        ("own", "１２３４", "没有找到"),
    ],
)
def test_a_wrong_number_or_proof_says_what_to_check(
    phone: Client, number: str, proof: str, told: str
) -> None:
    own = said(phone)
    typed = {"own": own, "own+1": own[:-1] + str((int(own[-1]) + 1) % 10)}.get(number, number)
    answer = Client().post("/find", {"number": typed, "proof": proof})
    assert told in answer.content.decode()
    assert WORDS not in answer.content.decode()


def test_a_code_to_the_phone_opens_words_on_another_device(phone: Client, codes: dict[str, str]) -> None:
    number = said(phone)
    other = Client()
    assert other.get(f"/m/{number}").status_code == 404
    page = other.post("/code", {"phone": "142 0000 1234"}).content.decode()
    assert "已发到" in page
    wrong = other.post("/prove", {"phone": PHONE, "code": "000000" if codes[PHONE] != "000000" else "111111"})
    assert "验证码不对，还可以试 4 次" in wrong.content.decode()
    opened = other.post("/prove", {"phone": PHONE, "code": codes[PHONE]})
    assert opened["location"] == "/mine?told=proven"
    assert WORDS in other.get(f"/m/{number}").content.decode()


def test_forgetting_the_device_closes_it(phone: Client) -> None:
    number = said(phone)
    phone.post("/me/leave")
    assert phone.get(f"/m/{number}").status_code == 404
    assert WORDS not in phone.get("/").content.decode()


def test_every_address_of_a_matter_is_closed_to_strangers(phone: Client) -> None:
    number = said(phone)
    stranger = Client()
    said(stranger)  # a resident too, with a device of her own
    before = Voice.objects.get(number=number)
    assert stranger.get(f"/m/{number}").status_code == 404
    for end, form in {
        "rate": {"said": "not_solved", "key": "k"},
        "chase": {"key": "k"},
        "more": {"text": "我也来说", "key": "k"},
        "withdraw": {"key": "k"},
        "ask": {"phone": PHONE},
        "agree": {"phone": PHONE, "code": "123456"},
    }.items():
        for browser in (stranger, Client()):
            assert browser.post(f"/m/{number}/{end}", form).status_code == 404, end
    after = Voice.objects.get(number=number)
    assert (before.verdict, before.device_id) == (after.verdict, after.device_id)
    case = Case.objects.get(number=number)
    assert (case.state, case.chased) == ("received", 0)
    draft = begin(phone)
    assert stranger.get(draft).status_code == 404
    assert stranger.post(draft, {"words": WORDS}).status_code == 404


@pytest.mark.parametrize(
    "path", ["/m/123", "/photo/1", "/photo/99999999999999999999999", "/say/none", "/nowhere"]
)
def test_what_is_not_there_is_told_plainly(phone: Client, path: str) -> None:
    answer = phone.get(path)
    assert answer.status_code == 404
    assert "没有" in answer.content.decode()


def test_saying_more_keeps_refused_words_and_takes_a_second_tap_once(phone: Client) -> None:
    number = said(phone)
    long = "又漏了" * 2_000
    refused = phone.post(f"/m/{number}/more", {"text": long, "key": "a"})
    assert refused.status_code == 422
    assert long in refused.content.decode()
    for _tap in range(2):
        assert phone.post(f"/m/{number}/more", {"text": "今天又漏了", "key": "b"}).status_code == 302
    assert phone.get(f"/m/{number}").content.decode().count("今天又漏了") == 1
    for _tap in range(2):
        phone.post(f"/m/{number}/chase", {"key": "c"})
    assert Case.objects.get(number=number).chased == 1


def test_rating_before_an_answer_is_told_and_keeps_the_words(phone: Client) -> None:
    number = said(phone)
    answer = phone.post(f"/m/{number}/rate", {"said": "5", "text": "谢谢", "key": "a"})
    assert answer.status_code == 409
    assert "已经到了下一步" in answer.content.decode()
    odd = phone.post(f"/m/{number}/rate", {"said": "maybe", "key": "b"})
    assert odd.status_code == 422
    assert "请选“解决了”或“没解决”" in odd.content.decode()


def test_withdrawing_ends_it(phone: Client) -> None:
    number = said(phone)
    assert phone.post(f"/m/{number}/withdraw", {"key": "a"}).status_code == 302
    assert "已撤回" in phone.get(f"/m/{number}").content.decode()


def test_joining_a_neighbours_matter_twice_adds_one_voice(phone: Client, office: Office) -> None:
    number = said(phone)
    case = Case.objects.get(number=number)
    office.clerk.client().post(
        f"/desk/case/{number}/dispatch",
        {
            "class_code": "municipal.drain",
            "place_id": office.town.building,
            "unit_id": office.town.drains,
            "version": 1,
        },
    )
    neighbour = Client()
    page = neighbour.get("/neighbours").content.decode()
    assert "排水堵塞" in page
    assert WORDS not in page
    first = neighbour.post(f"/neighbours/{case.id}/join")
    assert first.status_code == 302
    again = neighbour.post(f"/neighbours/{case.id}/join")
    assert again["location"] == "/mine?told=sent"
    assert phone.post(f"/neighbours/{case.id}/join")["location"] == "/mine?told=sent"
    case.refresh_from_db()
    assert case.voices == 2
    mine = neighbour.get(first["location"]).content.decode()
    assert WORDS not in mine
    assert neighbour.post("/neighbours/9223372036854775807/join").status_code == 302
    assert neighbour.post("/neighbours/99999999999999999999999999/join").status_code in {302, 404}


# ---- for someone in the family ----


def test_acting_for_another_shows_the_status_until_they_agree(phone: Client, codes: dict[str, str]) -> None:
    mother = "14200007777"
    mothers = Client()
    other_matter = send(
        mothers,
        begin(mothers, "这是妈妈自己的另一件事，别人不该看见"),
        phone=mother,
        words="这是妈妈自己的另一件事，别人不该看见",
    )
    number = send(phone, begin(phone), phone=mother, on_behalf="1")

    page = phone.get(f"/m/{number}?fresh=1").content.decode()
    assert "替家人说的事" in page
    assert "下一步" in page
    assert WORDS not in page
    assert "替家人说的" in phone.get("/mine").content.decode()
    for end in ("rate", "chase", "more", "withdraw"):
        assert phone.post(f"/m/{number}/{end}", {"said": "5", "text": "x", "key": "k"}).status_code == 404

    wrong = phone.post(f"/m/{number}/ask", {"phone": "14200008888"})
    assert "和提交时留的不一样" in wrong.content.decode()
    assert "14200008888" not in codes
    asked = phone.post(f"/m/{number}/ask", {"phone": mother})
    assert "家人短信里的 6 位数字" in asked.content.decode()
    bad = phone.post(
        f"/m/{number}/agree", {"phone": mother, "code": "000000" if codes[mother] != "000000" else "1"}
    )
    assert bad.status_code == 422
    assert WORDS not in bad.content.decode()
    agreed = phone.post(f"/m/{number}/agree", {"phone": mother, "code": codes[mother]})
    assert agreed["location"] == f"/m/{number}"
    assert WORDS in phone.get(f"/m/{number}").content.decode()
    assert phone.post(f"/m/{number}/chase", {"key": "k"}).status_code == 302

    # one matter, not the phone: nothing else of hers opens, then or later
    assert phone.get(f"/m/{other_matter}").status_code == 404
    assert "另一件事" not in phone.get("/mine").content.decode()


def test_a_phone_with_the_same_last_digits_cannot_agree(phone: Client, codes: dict[str, str]) -> None:
    number = send(phone, begin(phone), phone="14200007777", on_behalf="1")
    phone.post(f"/m/{number}/ask", {"phone": "14299997777"})
    answer = phone.post(f"/m/{number}/agree", {"phone": "14299997777", "code": codes["14299997777"]})
    assert answer.status_code == 422
    assert "没有核对上" in answer.content.decode()
    assert WORDS not in phone.get(f"/m/{number}").content.decode()


def test_acting_for_another_needs_their_phone(phone: Client) -> None:
    where = begin(phone)
    answer = phone.post(where, {"words": WORDS, "on_behalf": "1"})
    assert answer.status_code == 422
    assert "请填家人的手机号码" in answer.content.decode()
    assert WORDS in answer.content.decode()


# ---- pages in both languages ----


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_renders(phone: Client, language: str) -> None:
    number = said(phone)
    phone.cookies["django_language"] = language
    draft = begin(phone)
    for path in (
        "/",
        "/mine",
        "/neighbours",
        "/me",
        f"/m/{number}",
        draft,
        "/desk/login",
        "/?about=municipal.drain",
    ):
        answer = phone.get(path)
        assert answer.status_code == 200, path
        page = answer.content.decode()
        assert f'lang="{"en" if language == "en" else "zh-CN"}"' in page
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        if language == "en":
            assert "My matters" in page or "Staff sign-in" in page


def test_reading_preferences_stay_on_the_device_and_go_nowhere_else(phone: Client) -> None:
    answer = phone.post("/me/reading", {"mode": "care", "next": "/mine"})
    assert answer["location"] == "/mine"
    assert 'data-mode="care"' in phone.get("/").content.decode()
    for odd in ("https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"):
        assert phone.post("/me/reading", {"mode": "normal", "next": odd})["location"] == "/"
