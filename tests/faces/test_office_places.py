"""地方 in the browser: finding a place, what an act will change before it is done, two at once, tables up and down."""

import io
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from liren.base.ledger.models import Event
from liren.kernel.clock import utc_now
from liren.kernel.policy import SYSTEM
from liren.registers.people import actions as people_actions
from liren.registers.people import queries as people
from liren.registers.places import actions as register
from liren.registers.places import queries as places
from tests.faces.office import Office, worker
from tests.faces.test_desk import said

pytestmark = [pytest.mark.django_db, pytest.mark.writes]
PLACES = "/desk/office/places"


@pytest.fixture
def keeper(office: Office) -> Client:
    """Who keeps the registers."""
    hall = people.unit_by_code("hall").id
    return worker("keeper", "田野", body=hall, title="系统管理员", role="system_admin").client()


def page(browser: Client, path: str) -> str:
    """A page that opens."""
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def seen(html: str) -> str:
    """The mark of a place as its page carries it."""
    return re.findall(r'name="seen" value="(\w+)"', html)[0]


def test_the_tree_opens_for_who_keeps_it_and_for_nobody_else(office: Office, keeper: Client) -> None:
    html = page(keeper, PLACES)
    assert "栖禾街道" in html
    assert "青禾里社区" in html
    assert "1 个网格 · 1 个院落 · 1 个楼栋" in html
    found = page(keeper, f"{PLACES}?find=和园")
    assert f"{PLACES}/{office.town.yard}" in found
    assert "没有找到" in page(keeper, f"{PLACES}?find=不在这里")
    for path in (PLACES, f"{PLACES}/{office.town.yard}", "/desk/office/tables/places"):
        assert office.clerk.client().get(path).status_code == 404
    assert keeper.get(f"{PLACES}/9999999999999999999").status_code == 404


def test_a_correction_is_shown_first_and_done_when_sure(office: Office, keeper: Client) -> None:
    yard = office.town.yard
    form = {"name": "和园大院", "aliases": "老和园、棉纺院", "population": "120", "counted_on": "2026-01-01"}
    form["seen"] = seen(page(keeper, f"{PLACES}/{yard}"))
    shown = keeper.post(f"{PLACES}/{yard}/correct", form)
    assert shown.status_code == 200
    html = shown.content.decode()
    assert "还没有改" in html
    assert "和园小区" in html
    assert "老和园、棉纺院" in html
    assert places.get(yard).name == "和园小区", "a preview changes nothing"
    assert keeper.post(f"{PLACES}/{yard}/correct", form | {"sure": "1"}).status_code == 302
    assert places.get(yard).aliases == ("老和园", "棉纺院")
    html = page(keeper, f"{PLACES}/{yard}")
    assert "更正：" in html
    assert "田野" in html
    told = Event.objects.filter(kind="places.corrected", subject_id=yard).get()
    assert "和园" not in json.dumps(told.payload, ensure_ascii=False), "history holds no words"
    # back from the preview with what was typed
    back = keeper.post(f"{PLACES}/{yard}/correct", form | {"name": "和园新院", "back": "1"})
    assert 'value="和园新院"' in back.content.decode()


def test_two_at_once_and_nobodys_words_are_lost(office: Office, keeper: Client) -> None:
    yard = office.town.yard
    mark = seen(page(keeper, f"{PLACES}/{yard}"))
    register.correct_place(yard, name="和园一院", by=SYSTEM, now=utc_now())
    answer = keeper.post(f"{PLACES}/{yard}/correct", {"name": "和园二院", "seen": mark, "sure": "1"})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "刚才有同事改过这个地点" in html
    assert 'value="和园二院"' in html
    assert "和园一院" in html
    assert seen(html) != mark, "the page now knows what it overwrites"
    assert places.get(yard).name == "和园一院"


def test_a_move_tells_whose_the_place_will_be(office: Office, keeper: Client) -> None:
    town, now = office.town, utc_now()
    said()
    near, far = (places.children(one)[0].id for one in (town.near, town.far))
    for grid, holder in ((near, "李近"), (far, "王远")):
        people_actions.open_post(
            body_id=town.committee,
            title="网格员",
            role="grid_worker",
            place_id=grid,
            holder=holder,
            by=SYSTEM,
            now=now,
        )
    form = {"parent": f"#{far}", "seen": seen(page(keeper, f"{PLACES}/{town.yard}"))}
    html = keeper.post(f"{PLACES}/{town.yard}/move", form).content.decode()
    assert "李近" in html
    assert "王远" in html
    assert "竹影社区" in html
    assert "1 个楼栋" in html
    assert places.get(town.yard).parent_id == near
    assert keeper.post(f"{PLACES}/{town.yard}/move", form | {"sure": "1"}).status_code == 302
    assert places.get(town.yard).parent_id == far
    assert "移动，原来在第一网格" in page(keeper, f"{PLACES}/{town.yard}")
    unclear = keeper.post(f"{PLACES}/{town.yard}/move", form | {"parent": "第一网格"})
    assert unclear.status_code == 422
    assert "没有找到唯一的地点" in unclear.content.decode()


def test_closing_asks_for_an_empty_place_and_names_its_heir(office: Office, keeper: Client) -> None:
    town = office.town
    mark = seen(page(keeper, f"{PLACES}/{town.yard}"))
    full = keeper.post(f"{PLACES}/{town.yard}/close", {"on": "2026-12-01", "seen": mark})
    assert full.status_code == 422
    assert "里面还有没撤销的地点" in full.content.decode()
    mark = seen(page(keeper, f"{PLACES}/{town.building}"))
    form = {"on": "2026-12-01", "seen": mark}
    assert "没有写接替的地点" in keeper.post(f"{PLACES}/{town.building}/close", form).content.decode()
    assert keeper.post(f"{PLACES}/{town.building}/close", form | {"on": "明天"}).status_code == 422
    assert keeper.post(f"{PLACES}/{town.building}/close", form | {"sure": "1"}).status_code == 302
    assert "2026-12-01 起撤销" in page(keeper, f"{PLACES}/{town.building}")


def test_a_place_is_added_once_however_often_the_form_is_sent(office: Office, keeper: Client) -> None:
    yard = office.town.yard
    key = re.findall(r'name="key" value="([^"]+)"', page(keeper, f"{PLACES}/{yard}"))[0]
    form = {"kind": "building", "name": "8号楼", "code": "b8", "key": key}
    assert "8号楼" in keeper.post(f"{PLACES}/{yard}/add", form).content.decode()
    assert [one.name for one in places.children(yard)] == ["3号楼"]
    for _again in range(2):
        answer = keeper.post(f"{PLACES}/{yard}/add", form | {"sure": "1"})
        assert answer.status_code == 302
    assert [one.name for one in places.children(yard)] == ["3号楼", "8号楼"]
    odd = keeper.post(f"{PLACES}/{yard}/add", form | {"kind": "grid", "name": "乱网格"})
    assert odd.status_code == 422
    assert 'value="乱网格"' in odd.content.decode()


def upload(text: str, name: str = "places.csv") -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, text.encode())


def test_a_table_is_tried_row_by_row_and_then_taken_over(office: Office, keeper: Client) -> None:
    yard = office.town.yard
    text = (
        "类型,名称,上级,编码,人口\n"
        f"楼栋,5号楼,#{yard},b5,30\n"
        f"楼栋,6号楼,#{yard},b6,三十\n"
        "楼栋,7号楼,没有这里,b7,\n"
    )
    tried = keeper.post("/desk/office/tables/places", {"file": upload(text)})
    html = tried.content.decode()
    assert tried.status_code == 200
    assert "试了一遍，还没有改" in html
    assert re.search(r'<th scope="row" class="num">3</th><td>人口</td>', html)
    assert re.search(r'<th scope="row" class="num">4</th><td>上级</td><td>没有找到上一级', html)
    assert len(places.children(yard)) == 1
    packed = re.findall(r'name="packed" value="([^"]+)"', html)[0]
    for what in ("新增 1", "新增 0"):  # the second time it is there already
        done = keeper.post("/desk/office/tables/places", {"packed": packed, "sure": "1"}).content.decode()
        assert "已经收下" in done
        assert what in done
    assert [one.name for one in places.children(yard)] == ["3号楼", "5号楼"]


@pytest.mark.parametrize("packed", ["", "x", "%%%", "AAAA"])
def test_a_table_that_came_back_broken_is_refused_in_words(
    office: Office, keeper: Client, packed: str
) -> None:
    answer = keeper.post("/desk/office/tables/places", {"packed": packed, "sure": "1"})
    assert answer.status_code == 422
    assert "表格" in answer.content.decode()
    assert keeper.post("/desk/office/tables/places", {}).status_code == 422


def test_the_register_is_given_out_as_table_and_as_outlines(office: Office, keeper: Client) -> None:
    csv = b"".join(keeper.get("/desk/office/tables/places.csv").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert csv.splitlines()[0].startswith("类型,名称")
    assert "和园小区" in csv
    tried = keeper.post("/desk/office/tables/places", {"file": upload(csv)}).content.decode()
    assert "新增 0" in tried
    assert "没收下 0" in tried
    book = keeper.get("/desk/office/tables/places.xlsx")
    assert io.BytesIO(book.content).read(2) == b"PK"
    drawn = b"".join(keeper.get("/desk/office/tables/outlines.geojson").streaming_content)  # type: ignore[attr-defined]
    assert json.loads(drawn)["features"] == []
    assert keeper.get("/desk/office/tables/outlines.csv").status_code == 404
