"""Saying something: every kind of bad input is told plainly and nothing typed is lost."""

import io

import pytest
from django.test import Client
from PIL import Image

from liren.base.access import actions as access
from liren.base.files.models import StoredFile
from liren.cases.models import Case, Voice
from liren.faces.kit import uploading
from liren.kernel.clock import utc_now
from liren.kernel.errors import Throttled
from liren.kernel.policy import SYSTEM
from liren.registers.places import actions as places
from liren.registers.places import queries as ground
from liren.rooms.intake.models import Draft
from tests.base import files_samples as samples
from tests.faces.office import Office

pytestmark = [pytest.mark.django_db, pytest.mark.writes]

WORDS = "和园小区3号楼门口的下水道堵了，污水冒出来"


def shot(name: str = "shot.jpg", body: bytes | None = None) -> io.BytesIO:
    """A photo as a form sends it."""
    if body is None:
        kept = io.BytesIO()
        Image.new("RGB", (320, 240), "green").save(kept, "JPEG")
        body = kept.getvalue()
    file = io.BytesIO(body)
    file.name = name
    return file


def begin(browser: Client, words: str = WORDS, **more: object) -> str:
    """Say it on the home page; the address of the check page."""
    answer = browser.post("/say", {"words": words, **more})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["location"])


def send(browser: Client, where: str, words: str = WORDS, **more: object) -> str:
    """Send the check page; the tracking number."""
    answer = browser.post(where, {"words": words, **more})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["location"])[3:19]


def test_the_whole_way_with_a_phone_and_a_photo(phone: Client) -> None:
    where = begin(phone, photos=shot())
    page = phone.get(where).content.decode()
    assert WORDS in page
    assert "第 1 张照片" in page
    number = send(phone, where, phone="142 0000 1234", name="李华")
    page = phone.get(f"/m/{number}?fresh=1").content.decode()
    assert "收到了" in page
    assert WORDS in page
    voice = Voice.objects.get(number=number)
    assert voice.phone_index
    assert voice.channel == "snap"
    assert Case.objects.get().files == 1
    assert "14200001234" not in page


def test_nobody_needs_to_leave_a_phone_and_gets_a_code_to_come_back(phone: Client) -> None:
    number = send(phone, begin(phone))
    page = phone.get(f"/m/{number}?fresh=1")
    claim = page.context["claim"]
    assert len(claim) == 12
    assert claim in page.content.decode()
    other = Client()
    assert other.get(f"/m/{number}").status_code == 404
    wrong = other.post("/find", {"number": number, "proof": "000000000000"})
    assert wrong.status_code == 404
    assert "没有找到" in wrong.content.decode()
    opened = other.post("/find", {"number": number, "proof": claim})
    assert opened["location"] == f"/m/{number}"
    assert WORDS in other.get(f"/m/{number}").content.decode()


@pytest.mark.parametrize("words", ["", "   \n\t ", "\x00\x01\x02"])
def test_empty_words_are_refused_plainly(phone: Client, words: str) -> None:
    answer = phone.post("/say", {"words": words})
    assert answer.status_code == 422
    assert "还没有写内容" in answer.content.decode()
    assert not Draft.objects.exists()


def test_a_photo_alone_is_enough(phone: Client) -> None:
    number = send(phone, begin(phone, "", photos=shot()), words="")
    assert Case.objects.get(number=number).files == 1


def test_a_hundred_thousand_characters_come_back_with_what_to_do(phone: Client) -> None:
    long = "漏水" * 50_000
    answer = phone.post("/say", {"words": long})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "写得太长了（100000 字）" in page
    assert long in page
    where = begin(phone)
    again = phone.post(where, {"words": long, "phone": "14200001234", "place_text": "北门"})
    assert again.status_code == 422
    assert long in again.content.decode()
    assert "14200001234" in again.content.decode()
    assert "北门" in again.content.decode()
    assert not Case.objects.exists()


def test_emoji_stay_and_control_characters_go(phone: Client) -> None:
    number = send(phone, begin(phone), words="路灯坏了\x00\x07 😡🚧👨‍👩‍👧\r\n请修")
    assert Voice.objects.get(number=number).words == "路灯坏了 😡🚧👨‍👩‍👧\n请修"
    assert "😡🚧👨‍👩‍👧" in phone.get(f"/m/{number}").content.decode()


def test_markup_is_words_and_nothing_else(phone: Client, office: Office) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'{{ 7|add:7 }}"
    number = send(phone, begin(phone, evil), words=evil, name=evil, place_text=evil, phone="14200001234")
    clerk = office.clerk.client()
    for page in (
        phone.get("/"),
        phone.get(f"/m/{number}"),
        clerk.get("/desk/?view=all"),
        clerk.get(f"/desk/case/{number}"),
        clerk.post(f"/desk/case/{number}/contact-details"),
        clerk.get("/desk/", {"view": "all", "text": evil}),
    ):
        body = page.content.decode()
        assert page.status_code == 200
        assert "<script>alert" not in body
        assert "<img src=x" not in body
        assert "14</h1>" not in body


@pytest.mark.parametrize(("latitude", "longitude"), [("95", "116"), ("39", "200"), ("-91.5", "0")])
def test_an_impossible_position_is_told_and_the_words_stay(
    phone: Client, latitude: str, longitude: str
) -> None:
    answer = phone.post("/say", {"words": WORDS, "latitude": latitude, "longitude": longitude})
    assert answer.status_code == 422
    assert "这个位置不对" in answer.content.decode()
    assert WORDS in answer.content.decode()


@pytest.mark.parametrize("odd", ["nan", "inf", "1e9", "九", "--1", "9" * 400])
def test_a_position_that_is_no_number_is_passed_over(phone: Client, odd: str) -> None:
    assert begin(phone, latitude=odd, longitude="116.1")


def square(west: float, south: float) -> dict[str, object]:
    """A hundredth of a degree each way."""
    east, north = west + 0.01, south + 0.01
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def test_a_place_outside_the_street_is_told_whose_it_is(phone: Client, office: Office) -> None:
    now, town = utc_now(), office.town
    places.draw_place(town.street, boundary=square(116.10, 40.10), by=SYSTEM, now=now)
    above = ground.ancestors(town.street)[-1]
    beside = places.open_place(kind="street", parent_id=above.id, by=SYSTEM, now=now, name="望江街道")
    places.draw_place(beside, boundary=square(116.12, 40.10), by=SYSTEM, now=now)
    page = phone.get(begin(phone, latitude="40.105", longitude="116.125")).content.decode()
    assert "这个位置属于望江街道" in page
    assert "不归栖禾街道管" in page
    nobody = phone.get(begin(phone, latitude="40.505", longitude="116.125")).content.decode()
    assert "您所在的位置不在栖禾街道" in nobody


def test_sending_twice_makes_one_case(phone: Client) -> None:
    where = begin(phone)
    first = send(phone, where, phone="14200001234")
    assert send(phone, where, phone="14200001234") == first
    assert Case.objects.count() == 1
    back = phone.get(where)
    assert back["location"] == "/mine?told=sent"
    assert "已经提交过了" in phone.get(back["location"]).content.decode()


def test_a_wrong_phone_keeps_everything_typed(phone: Client) -> None:
    where = begin(phone, photos=shot())
    answer = phone.post(
        where, {"words": WORDS, "phone": "12", "name": "李华", "place_text": "北门", "no_call": "1"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "手机号码看起来不对" in page
    for kept in (WORDS, 'value="12"', "李华", "北门", "第 1 张照片"):
        assert kept in page
    assert 'name="no_call" value="1" checked' in page
    assert 'aria-invalid="true"' in page


@pytest.mark.parametrize("path", ["/say", "check", "more"])
def test_a_lost_session_keeps_the_words(office: Office, path: str) -> None:
    phone = Client(enforce_csrf_checks=True)
    easy = Client()
    if path == "/say":
        answer = phone.post("/say", {"words": WORDS})
    else:
        where = begin(easy)
        phone.cookies = easy.cookies
        if path == "check":
            answer = phone.post(
                where, {"words": WORDS + "再补一句", "phone": "14200001234", "place_text": "北门"}
            )
            assert "14200001234" in answer.content.decode()
            assert "北门" in answer.content.decode()
        else:
            number = send(easy, where)
            answer = phone.post(f"/m/{number}/more", {"text": WORDS + "又堵了"})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "页面放得太久" in page
    assert WORDS in page
    assert "csrfmiddlewaretoken" in page


# ---- photos ----


def test_fifty_megabytes_never_reach_a_disk_and_the_words_survive(
    phone: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []
    from django.core.files.uploadhandler import TemporaryFileUploadHandler

    receive = TemporaryFileUploadHandler.receive_data_chunk

    def counted(self: TemporaryFileUploadHandler, raw: bytes, start: int) -> None:
        written.append(len(raw))
        receive(self, raw, start)

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", counted)
    answer = phone.post(
        "/say", {"photos": shot(body=b"\xff\xd8\xff" + b"\0" * 50 * uploading.MB), "words": WORDS}
    )
    assert sum(written) <= uploading.LIMIT_MB * uploading.MB
    assert answer.status_code == 302
    page = phone.get(answer["location"]).content.decode()
    assert "文件超过 20 MB" in page
    assert WORDS in page
    alone = phone.post(
        "/say", {"photos": shot(body=b"\xff\xd8\xff" + b"\0" * 21 * uploading.MB), "words": ""}
    )
    assert alone.status_code == 422
    assert "文件超过 20 MB" in alone.content.decode()
    assert not StoredFile.objects.exists()


def test_ten_photos_are_one_too_many_and_nine_stay(phone: Client) -> None:
    answer = phone.post("/say", {"photos": [shot(f"{n}.jpg") for n in range(10)], "words": WORDS})
    page = phone.get(answer["location"]).content.decode()
    assert "照片最多 9 张" in page
    assert "第 9 张照片" in page


def heic() -> bytes:
    """An iPhone's photo."""
    import pillow_heif

    kept = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (320, 240), "blue")).save(kept)
    return kept.getvalue()


def test_a_heic_photo_is_kept_as_something_every_browser_shows(phone: Client) -> None:
    number = send(phone, begin(phone, photos=shot("IMG_0001.HEIC", heic())))
    file = StoredFile.objects.get()
    assert file.media_type == "image/jpeg"
    shown = phone.get(f"/photo/{file.id}")
    assert shown.status_code == 200
    assert shown["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(shown.content)).size == (320, 240)
    assert Client().get(f"/photo/{file.id}").status_code == 404
    assert Case.objects.get(number=number).files == 1


@pytest.mark.parametrize(
    ("name", "body", "told"),
    [
        ("bomb.png", samples.png_bomb(), "尺寸太大"),
        ("empty.jpg", b"", "这个文件是空的"),
        ("page.jpg", b"<html><script>alert(1)</script></html>", ""),
        ("archive.jpg", samples.zipped({"a.txt": "x"}), "不收压缩包"),
        ("cut.jpg", samples.photo()[:900], "文件打不开"),
        ("voice.mp3", b"ID3\x03\x00\x00\x00\x00\x00\x21" + b"\0" * 200, "暂时不收录音"),
    ],
)
def test_hostile_photos_are_refused_and_the_words_go_on(
    phone: Client, name: str, body: bytes, told: str
) -> None:
    answer = phone.post("/say", {"words": WORDS, "photos": [shot(name, body), shot("good.jpg")]})
    page = phone.get(answer["location"]).content.decode()
    assert WORDS in page
    if name == "page.jpg":  # plain text is a document we take; it is served as one, never as a page
        return
    assert told in page
    assert "第 1 张照片" in page
    assert "第 2 张照片" not in page


def test_a_polyglot_comes_out_as_nothing_but_a_picture(phone: Client) -> None:
    body = samples.photo() + b"<script>alert(1)</script>PK\x03\x04"
    begin(phone, photos=shot("both.jpg", body))
    file = StoredFile.objects.get()
    kept = phone.get(f"/photo/{file.id}").content
    assert b"<script>" not in kept
    assert b"PK\x03\x04" not in kept


def test_photos_kept_before_a_refusal_stay_with_the_draft(phone: Client) -> None:
    where = begin(phone)
    answer = phone.post(where, {"words": WORDS, "phone": "12", "photos": shot()})
    assert "下面的照片已经收好" in answer.content.decode()
    number = send(phone, where)
    assert Case.objects.get(number=number).files == 1


# ---- classes ----

RETIRED, HOLDS = "sanitation.garbage", "sanitation.litter"


def test_a_class_that_is_retired_is_told_with_its_successor_chosen(phone: Client) -> None:
    where = begin(phone)
    answer = phone.post(where, {"words": WORDS, "class_code": RETIRED})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "这个类别已经停用" in page
    assert f'value="{HOLDS}" checked' in page
    assert send(phone, where, class_code=HOLDS)


def test_a_class_that_never_was_is_told(phone: Client) -> None:
    where = begin(phone)
    for odd in ("nothing.such", "x" * 9_000, "'; drop table"):
        answer = phone.post(where, {"words": WORDS, "class_code": odd})
        assert answer.status_code in {404, 422}
        assert "没有这个类别" in answer.content.decode()
        assert WORDS in answer.content.decode()
    assert phone.get("/", {"about": "nothing.such"}).status_code == 200


def test_a_chip_carries_its_class_to_the_check_page(phone: Client) -> None:
    page = phone.get("/?about=municipal.street_light").content.decode()
    assert 'name="class_code" value="municipal.street_light"' in page
    where = begin(phone, "坏了一个星期", class_code="municipal.street_light")
    assert 'value="municipal.street_light" checked' in phone.get(where).content.decode()


def test_danger_shows_the_emergency_numbers_first(phone: Client) -> None:
    page = phone.get(begin(phone, "楼上着火了，有浓烟")).content.decode()
    assert 'href="tel:119"' in page


def test_a_flood_from_one_address_is_slowed_with_the_words_kept(phone: Client) -> None:
    slowed = False
    for _ in range(200):
        try:
            access.throttle("send", device_id=None, address="127.0.0.1", now=utc_now())
        except Throttled:
            slowed = True
    assert slowed
    answer = phone.post("/say", {"words": WORDS})
    assert answer.status_code == 429
    assert "试得太频繁" in answer.content.decode()
    assert WORDS in answer.content.decode()
