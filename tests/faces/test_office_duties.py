"""The duty list and the wording of replies in the browser: tried on the last months, then published from a day on."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from liren.cases import queries as cases
from liren.cases.models import Case
from liren.faces.staff import showing
from liren.kernel.clock import utc_now
from liren.kernel.policy import SYSTEM
from liren.registers.duties import queries as duties
from liren.registers.duties.models import Catalogue, RuleChange
from liren.registers.people import queries as people
from tests.cases import joined
from tests.faces.office import Office, worker
from tests.faces.test_office_places import page
from tests.faces.test_office_rules import home, keeper, look_again, tomorrow

__all__ = ["home", "keeper"]
pytestmark = [pytest.mark.django_db, pytest.mark.writes]
DUTIES, WORDS = "/desk/office/duties", "/desk/office/templates"
DRAIN = "municipal.drain"


def typed(**said: Any) -> dict[str, str]:
    """A row of the list as it is typed."""
    form = {
        "class_code": DRAIN, "place": "", "unit": str(people.unit_by_code("sanitation").id), "co_units": "市政设施管理所",
        "assist_only": "", "basis": "城市排水条例第三条", "valid_from": showing.today().isoformat(),
        "source": "街道办会议纪要〔2026〕21号", "seen": str(duties.latest_list().version), "do": "save",
    }  # fmt: skip
    return form | {name: str(value) for name, value in said.items()}


def recent(office: Office, *devices: int) -> list[int]:
    """Cases of the drains that came in yesterday."""
    made = [joined.case(office.town, f"d{device}", device=device) for device in devices]
    at = utc_now() - timedelta(days=1)
    Case.objects.filter(pk__in=made).update(received_at=at, class_code=DRAIN, place_path=office.town.path)
    return made


def lead(code: str, path: str) -> list[str]:
    """Who leads a class in a place today."""
    return [match.unit_name for match in duties.lead(code, path, showing.today()) if not match.assist_only]


def test_both_doors_are_for_who_keeps_the_duties(office: Office, keeper: Client) -> None:
    index = page(keeper, "/desk/office")
    assert DUTIES in index
    assert WORDS in index
    clerk = office.clerk.client()
    for address in (
        DUTIES,
        f"{DUTIES}/new",
        f"{DUTIES}/table",
        f"{DUTIES}/list.csv",
        WORDS,
        f"{WORDS}/default.done",
    ):
        assert clerk.get(address).status_code == 404


def test_a_row_is_tried_on_the_last_months_before_the_list_goes_out(office: Office, keeper: Client) -> None:
    path = office.town.path
    recent(office, 801, 802, 803)
    assert lead(DRAIN, path) == ["市政设施管理所"]
    shown = keeper.post(f"{DUTIES}/new", typed()).content.decode()
    assert "还没有发布" in shown
    assert "由 市政设施管理所 换成 环境卫生管理所" in shown
    assert re.search(r"主责单位会换的</dt><dd class=\"num\">3 件", shown)
    assert lead(DRAIN, path) == ["市政设施管理所"]
    before = Catalogue.objects.count()
    for _ in range(2):  # sent twice is published once
        done = keeper.post(f"{DUTIES}/new", typed(seen=1, sure=1))
        assert done.status_code == 302
    assert Catalogue.objects.count() == before + 1
    assert lead(DRAIN, path) == ["环境卫生管理所"]
    assert lead("municipal.road", path) == ["市政设施管理所"]
    html = page(keeper, DUTIES)
    assert "会议纪要" in html
    assert "第 2 份" in html
    assert "环境卫生管理所" in page(keeper, f"{DUTIES}?group=municipal")
    assert "环境卫生管理所</td>" not in page(keeper, f"{DUTIES}?unit={office.town.drains}")


def test_taking_a_row_off_says_how_many_nobody_would_lead(office: Office, keeper: Client) -> None:
    recent(office, 811, 812)
    entry = next(number for number, row in duties.latest_list().rows.items() if row.class_code == "municipal")
    html = page(keeper, f"{DUTIES}/{entry}")
    assert "从清单里拿掉这一行" in html
    asked = typed(class_code="municipal", unit=office.town.drains, co_units="", do="remove")
    shown = keeper.post(f"{DUTIES}/{entry}", asked).content.decode()
    assert "现在 0 件，以后 2 件" in shown
    assert "没有单位主责，比现在多" in shown
    assert "换成 没有单位" in shown
    assert keeper.post(f"{DUTIES}/{entry}", asked | {"sure": "1"}).status_code == 302
    assert lead(DRAIN, office.town.path) == []
    assert keeper.post(f"{DUTIES}/{entry}", asked | {"sure": "1"}).status_code == 302
    assert Catalogue.objects.count() == 2
    other = asked | {"sure": "1", "do": "save", "basis": "另一部法"}
    late = keeper.post(f"{DUTIES}/{entry}", other)
    assert late.status_code == 409
    assert "另一部法" in late.content.decode()
    assert "另一份清单" in late.content.decode()
    assert keeper.get(f"{DUTIES}/{entry}").status_code == 404


@pytest.mark.parametrize(
    ("said", "why", "field"),
    [
        ({"class_code": "no.such"}, "类别", "class_code"),
        ({"unit": ""}, "单位不存在", "unit"),
        ({"co_units": "天外来客"}, "单位不存在", "co_units"),
        ({"place": "月亮"}, "地点不存在", "place"),
        ({"basis": " "}, "法律依据", "basis"),
        ({"source": ""}, "来源", "source"),
        ({"valid_from": "2020-01-01"}, "最早从今天起", "valid_from"),
        ({"valid_from": "明天"}, "生效日期", "valid_from"),
        ({"class_code": "municipal"}, "两个主责单位", "class_code"),
        ({"co_units": "环境卫生管理所"}, "自己的协办单位", "co_units"),
    ],
)
def test_a_wrong_row_is_said_and_what_was_typed_stays(
    office: Office, keeper: Client, said: dict[str, str], why: str, field: str
) -> None:
    versions = Catalogue.objects.count()
    for sure in ({}, {"sure": "1"}):
        answer = keeper.post(f"{DUTIES}/new", typed(**said) | sure)
        html = answer.content.decode()
        assert answer.status_code == 422
        assert why in html
        assert re.search(rf'<(?:input|select|textarea) id="{field}"[^>]*aria-invalid="true"', html)
        assert typed(**said)["basis"] in html
    assert Catalogue.objects.count() == versions


def test_a_place_two_answer_to_must_be_named_fully(office: Office, keeper: Client) -> None:
    twice = keeper.post(f"{DUTIES}/new", typed(place="第一网格"))
    assert twice.status_code == 422
    assert "几个地方都叫这个名字" in twice.content.decode()
    said = typed(place="青禾里社区第一网格", sure=1)
    assert keeper.post(f"{DUTIES}/new", said).status_code == 302
    row = next(
        row for row in duties.in_words(duties.latest_list().rows, showing.today()) if row.class_code == DRAIN
    )
    assert "青禾里社区" in row.place
    assert f'value="{row.place}"' in page(keeper, f"{DUTIES}/{row.entry_id}")


def upload(rows: list[list[str]], **said: str) -> dict[str, Any]:
    """A list as a file with its day and its paper."""
    text = "\n".join(",".join(row) for row in rows)
    file = SimpleUploadedFile("清单.csv", text.encode("utf-8-sig"))
    form = {
        "valid_from": showing.today().isoformat(),
        "source": "2026年职责清单",
        "seen": str(duties.latest_list().version),
    }
    return {"file": file} | form | said


HEAD = ["诉求类别", "范围", "主责单位", "协办单位", "只协助", "法律依据", "来源"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_list_comes_down_and_goes_up_unchanged(office: Office, keeper: Client, form: str) -> None:
    down = keeper.get(f"{DUTIES}/list.{form}")
    raw = b"".join(down) if down.streaming else down.content  # type: ignore[arg-type]
    if form == "csv":
        assert raw.decode("utf-8-sig").splitlines()[0] == ",".join(HEAD)
    said = {"valid_from": showing.today().isoformat(), "seen": "1", "source": "同一份"}
    again = keeper.post(f"{DUTIES}/table", said | {"file": SimpleUploadedFile(f"a.{form}", raw)})
    assert again.status_code == 200
    assert "和现在用的一样" in again.content.decode()


def test_a_table_is_taken_whole_or_not_at_all(office: Office, keeper: Client) -> None:
    recent(office, 821)
    code = ["municipal", "", "环境卫生管理所", "", "", "某法第一条", ""]
    bad = ["municipal", "", "天外来客", "", "", "某法第一条", ""]
    versions = Catalogue.objects.count()
    answer = keeper.post(f"{DUTIES}/table", upload([HEAD, code, bad]))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(r'class="num">3</th><td>主责单位</td><td>[^<]*单位不存在', html)
    assert 'value="2026年职责清单"' in html
    assert Catalogue.objects.count() == versions
    shown = keeper.post(f"{DUTIES}/table", upload([HEAD, code])).content.decode()
    assert "由 市政设施管理所 换成 环境卫生管理所" in shown
    packed = re.search(r'name="packed" value="([^"]+)"', shown)
    assert packed
    sure = {
        "packed": packed[1],
        "sure": "1",
        "valid_from": showing.today().isoformat(),
        "source": "2026年职责清单",
    }
    assert keeper.post(f"{DUTIES}/table", sure | {"seen": "7"}).status_code == 409
    assert keeper.post(f"{DUTIES}/table", sure | {"seen": "1"}).status_code == 302
    assert Catalogue.objects.count() == versions + 1
    assert keeper.post(f"{DUTIES}/table", {"source": "x"}).status_code == 422
    assert keeper.post(f"{DUTIES}/table", sure | {"packed": "???"}).status_code == 422


def test_trying_a_list_takes_few_statements_and_sees_no_sealed_case(office: Office) -> None:
    made = recent(office, *range(830, 840))
    Case.objects.filter(pk=made[0]).update(sealed=True)
    hall = people.unit_by_code("hall").id
    ruler = worker("ruler", "田地", body=hall, title="系统管理员", role="system_admin").actor()
    on = showing.today()
    held, none = duties.Leads(duties.latest_list().rows.values(), on), duties.Leads([], on)
    with CaptureQueriesContext(connection) as seen:
        effect = cases.list_effect(held, none, by=ruler, now=utc_now())
    assert len(seen) <= 3
    assert (effect.seen, effect.moved, effect.gaps) == (9, 9, (0, 9))
    assert not effect.rows  # who keeps the rules sees no case
    whole = cases.list_effect(held, none, by=SYSTEM, now=utc_now())
    numbers = set(Case.objects.filter(pk__in=made, sealed=False).values_list("number", flat=True))
    assert {row.number for row in whole.rows} == numbers
    assert {row.after for row in whole.rows} == {()}


@pytest.mark.parametrize("code", ["municipal.drain", "municipal.road", "sanitation", "other", "no.such"])
def test_a_list_not_published_answers_as_a_published_one_does(office: Office, code: str) -> None:
    on = showing.today()
    leads = duties.Leads(duties.latest_list().rows.values(), on)
    for path in ("", office.town.path):
        try:
            said = tuple(match.unit_id for match in duties.lead(code, path, on) if not match.assist_only)
        except Exception:  # a class nobody knows has no lead
            said = ()
        assert leads.of(code, path) == said


def words(**said: Any) -> dict[str, str]:
    """Words for a reply as they are typed."""
    form = {
        "zh": "您反映的“【什么事】”办好了：【做了什么】。没好请打 【电话】 找【办事的人】。",
        "en": "【the matter】 is done: 【what was done】. If not, call 【person】 on 【phone】.",
        "valid_from": tomorrow().isoformat(), "source": "街道办定", "seen": "0",
    }  # fmt: skip
    return form | {name: str(value) for name, value in said.items()}


def test_words_are_tried_then_hold_from_their_day(
    office: Office, keeper: Client, home: Path, django_capture_on_commit_callbacks: Any
) -> None:
    recent(office, 841, 842)
    html = page(keeper, f"{WORDS}?of={DRAIN}")
    assert "给这一类另写" in html
    assert "【什么事】" in html
    shown = keeper.post(f"{WORDS}/municipal.done", words()).content.decode()
    assert "还没有发布" in shown
    assert "楼道灯不亮" in shown
    assert re.search(r"用得上这些话的</dt><dd class=\"num\">2 件", shown)
    with django_capture_on_commit_callbacks(execute=True):
        assert keeper.post(f"{WORDS}/municipal.done", words(sure=1)).status_code == 302
    look_again()
    held = {one.kind: one for one in duties.templates(DRAIN, tomorrow())}["done"]
    assert held.key == "municipal.done"
    assert held.texts.zh.startswith("您反映的“{matter}”办好了：{done}")
    now = {one.kind: one for one in duties.templates(DRAIN, showing.today())}["done"]
    assert now.texts.zh != held.texts.zh
    assert RuleChange.objects.get().title["zh"].endswith("办好了")
    assert "街道办定" in page(keeper, f"{WORDS}/municipal.done")
    assert keeper.get(f"{WORDS}/no_such.done").status_code == 404


@pytest.mark.parametrize(
    ("said", "why", "field"),
    [
        ({"zh": "  "}, "还没有写", "zh"),
        ({"zh": "字" * 2001}, "太长", "zh"),
        ({"zh": "办好了，找【星星】"}, "【星星】", "zh"),
        ({"zh": "办好了 {matter}"}, "花括号", "zh"),
        ({"en": "Done: 【number】 【the matter】"}, "【number】", "en"),
        ({"source": ""}, "依据", "source"),
        ({"valid_from": showing.today().isoformat()}, "最早从", "valid_from"),
    ],
)
def test_wrong_words_are_said_and_what_was_typed_stays(
    keeper: Client, said: dict[str, str], why: str, field: str
) -> None:
    for sure in ({}, {"sure": "1"}):
        answer = keeper.post(f"{WORDS}/default.done", words(**said) | sure)
        html = answer.content.decode()
        assert answer.status_code == 422
        assert why in html
        assert re.search(rf'<(?:input|textarea) id="{field}"[^>]*aria-invalid="true"', html)
    assert not RuleChange.objects.exists()


def test_words_that_say_nothing_are_warned_of(office: Office, keeper: Client) -> None:
    banned = duties.reply_checks(showing.today()).banned[0].word
    shown = keeper.post(f"{WORDS}/default.done", words(zh=f"您好，{banned}。请打【电话】。", en="【phone】"))
    assert shown.status_code == 200
    assert f"“{banned}”等于没说" in shown.content.decode()
