"""Rules of the office in the browser: seen before they are published, from a day on, never in the past."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from liren.base.ledger import queries as ledger
from liren.faces.staff import showing
from liren.kernel.errors import Refused
from liren.registers.duties import actions, packs, published
from liren.registers.duties import queries as duties
from liren.registers.duties.models import RuleChange
from liren.registers.people import queries as people
from tests.cases import joined
from tests.faces.office import Office, worker

pytestmark = [pytest.mark.django_db, pytest.mark.writes]
LIMITS = "/desk/office/limits"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An office folder of its own, and eyes that look at it anew."""
    monkeypatch.setenv("LIREN_HOME", str(tmp_path))
    look_again()
    yield tmp_path
    monkeypatch.undo()
    look_again()


def look_again() -> None:
    """What was read from files is read anew."""
    packs._looked.clear()
    packs._kept.clear()


@pytest.fixture
def keeper(office: Office, home: Path) -> Client:
    """Who keeps the rules."""
    hall = people.unit_by_code("hall").id
    return worker("keeper", "田野", body=hall, title="系统管理员", role="system_admin").client()


def tomorrow(more: int = 0) -> date:
    """The first day a rule may begin, or some days later."""
    return showing.today() + timedelta(days=1 + more)


def form(**said: Any) -> dict[str, str]:
    """A limit as it is typed."""
    typed = {
        "response_value": "2", "response_unit": "work_hour", "response_basis": "office_choice",
        "handle_value": "3", "handle_unit": "work_day", "handle_basis": "office_choice",
        "calendar": "office", "valid_from": tomorrow().isoformat(), "source": "街道办会议纪要〔2026〕12号", "seen": "0",
    }  # fmt: skip
    return typed | {name: str(value) for name, value in said.items()}


def test_the_door_is_for_who_keeps_rules(office: Office, keeper: Client) -> None:
    assert "/desk/office/limits" in keeper.get("/desk/office").content.decode()
    assert 'href="/desk/office"' in keeper.get("/desk/office").content.decode()
    clerk = office.clerk.client()
    assert clerk.get("/desk/office").status_code == 404
    assert clerk.get(LIMITS).status_code == 404
    assert 'href="/desk/office"' not in clerk.get("/desk").content.decode()


def test_a_limit_is_seen_before_it_is_published_and_holds_from_its_day(
    keeper: Client, home: Path, django_capture_on_commit_callbacks: Any
) -> None:
    before = duties.limits("municipal.road", None, tomorrow())
    shown = keeper.post(f"{LIMITS}/municipal.road", form()).content.decode()
    assert "还没有发布" in shown
    assert "3 个工作日" in shown
    assert not RuleChange.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        done = keeper.post(f"{LIMITS}/municipal.road", form(sure=1))
    assert done.status_code == 302
    look_again()
    assert duties.limits("municipal.road", None, showing.today()).handle == before.handle
    held = duties.limits("municipal.road", None, tomorrow())
    assert (str(held.handle), held.key, held.source) == ("3 work_day", "municipal.road", form()["source"])
    told = ledger.history("rule_change", RuleChange.objects.get().id)[-1].payload
    assert (told["pack"], told["key"], told["version"]) == ("duties.limits", "municipal.road", 1)
    assert "会议" not in str(told)
    assert "会议纪要" in keeper.get(f"{LIMITS}/municipal.road").content.decode()


def test_sent_twice_is_published_once_and_two_at_once_are_told(keeper: Client, home: Path) -> None:
    for _ in range(2):
        assert keeper.post(f"{LIMITS}/municipal", form(sure=1)).status_code == 302
    assert RuleChange.objects.count() == 1
    late = keeper.post(f"{LIMITS}/municipal", form(sure=1, handle_value="9"))
    assert late.status_code == 409
    assert 'value="9"' in late.content.decode()
    assert keeper.post(f"{LIMITS}/municipal", form(sure=1, handle_value="9", seen=1)).status_code == 302
    assert RuleChange.objects.count() == 2


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"valid_from": showing.today().isoformat()}, "最早从 "),
        ({"valid_from": "明天"}, "生效日期"),
        ({"source": "  "}, "请写明依据"),
        ({"handle_unit": "week"}, "时限的单位"),
        ({"handle_value": "0"}, "大于零"),
        ({"handle_value": "9999", "handle_unit": "day"}, "太长"),
        ({"response_basis": "guess"}, "依据"),
        ({"calendar": "moon"}, "日历"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    keeper: Client, said: dict[str, str], why: str
) -> None:
    for sure in ({}, {"sure": "1"}):
        answer = keeper.post(f"{LIMITS}/municipal", form(**said) | sure)
        assert answer.status_code == 422
        page = answer.content.decode()
        assert why in page
        assert f'value="{form(**said)["valid_from"]}"' in page
    assert not RuleChange.objects.exists()
    assert keeper.get(f"{LIMITS}/no.such_class").status_code == 404


def test_a_rule_of_the_offices_own_file_is_not_overruled_unseen(keeper: Client, home: Path) -> None:
    folder = home / "packs" / "duties.limits"
    folder.mkdir(parents=True)
    (folder / "ours.yaml").write_text(
        "pack: duties.limits\nversion: '1'\nrows:\n- key: municipal\n  title: {zh: 市政, en: Municipal}\n"
        "  source: 街道承诺\n  valid_from: 2026-01-01\n  valid_to: null\n  replaces: true\n"
        "  value: {response: {value: 1, unit: day, basis: office_choice}, "
        "handle: {value: 2, unit: day, basis: office_choice}, calendar: office}\n",
        encoding="utf-8",
    )
    answer = keeper.post(f"{LIMITS}/municipal", form(sure=1))
    assert answer.status_code == 422
    assert "街道自己的规则文件" in answer.content.decode()
    assert not RuleChange.objects.exists()


def test_the_file_follows_the_table_and_later_rules_take_the_days_they_speak_of(
    home: Path, office: Office
) -> None:
    hall = people.unit_by_code("hall").id
    by = worker("keeper", "田野", body=hall, title="系统管理员", role="system_admin").actor()
    title = {"zh": "市政", "en": "Municipal"}

    def draft(days: int, seen: int) -> actions.RuleDraft:
        part = {"value": days, "unit": "day", "basis": "office_choice"}
        value = {"response": part, "handle": part, "calendar": "office"}
        return actions.RuleDraft("duties.limits", "municipal", title, value, tomorrow(days), "会议", seen)

    now = showing.utc_now()
    for seen, days in enumerate((3, 9, 6)):
        assert actions.publish_rule(draft(days, seen), by=by, now=now) == seen + 1
    assert actions.write_published() == 1
    file = home / "packs" / "duties.limits" / published.FILE
    file.write_text("broken", encoding="utf-8")
    assert actions.write_published() == 1
    assert actions.write_published() == 0
    look_again()
    assert [duties.limits("municipal", None, tomorrow(n)).handle.value for n in (3, 5, 6, 9)] == [3, 3, 6, 6]
    RuleChange.objects.all().delete()
    assert actions.write_published() == 1
    assert not file.exists()


STEP = f"{LIMITS}/step"


def step_form(**said: Any) -> dict[str, str]:
    """A limit of the procedure as it is typed."""
    typed = {
        "limit_value": "1", "limit_unit": "hour", "limit_basis": "office_choice", "calendar": "round_the_clock",
        "valid_from": tomorrow().isoformat(), "source": "街道办会议纪要〔2026〕13号", "seen": "0",
    }  # fmt: skip
    return typed | {name: str(value) for name, value in said.items()}


def test_a_step_of_the_procedure_is_set_like_any_other_limit(
    office: Office, keeper: Client, home: Path, django_capture_on_commit_callbacks: Any
) -> None:
    joined.case(office.town, "waits", device=931)
    index = keeper.get(LIMITS).content.decode()
    assert f"{STEP}/stage.dispatch" in index
    before = duties.stage_limit("dispatch", tomorrow())
    shown = keeper.post(f"{STEP}/stage.dispatch", step_form()).content.decode()
    assert "还没有发布" in shown
    assert re.search(r"正在这一步的</dt><dd class=\"num\">1 件", shown)
    with django_capture_on_commit_callbacks(execute=True):
        assert keeper.post(f"{STEP}/stage.dispatch", step_form(sure=1)).status_code == 302
    look_again()
    assert duties.stage_limit("dispatch", showing.today()).limit == before.limit
    held = duties.stage_limit("dispatch", tomorrow())
    assert (str(held.limit), held.calendar) == ("1 hour", "round_the_clock")
    wrong = keeper.post(f"{STEP}/stage.dispatch", step_form(limit_value="x", source="留着"))
    assert wrong.status_code == 422
    assert 'value="留着"' in wrong.content.decode()
    assert keeper.get(f"{STEP}/stage.nothing").status_code == 404
    assert keeper.get(f"{STEP}/municipal.drain").status_code == 404
    assert office.clerk.client().get(f"{STEP}/stage.dispatch").status_code == 404


def test_call_back_and_reopening_are_set_too(keeper: Client, home: Path) -> None:
    html = keeper.get(f"{STEP}/rule.call_back").content.decode()
    assert 'name="attempts"' in html
    assert 'value="work_hour"' not in html
    said = {
        "attempts": "4", "over_value": "3", "over_unit": "day", "over_basis": "office_choice", "silence_value": "9",
        "silence_unit": "day", "silence_basis": "office_choice", "valid_from": tomorrow().isoformat(), "source": "会议",
        "seen": "0", "sure": "1",
    }  # fmt: skip
    assert keeper.post(f"{STEP}/rule.call_back", said | {"over_unit": "hour"}).status_code == 422
    assert keeper.post(f"{STEP}/rule.call_back", said).status_code == 302
    assert RuleChange.objects.get().value["attempts"] == 4
    within = {
        "within_value": "60",
        "within_unit": "day",
        "within_basis": "office_choice",
        "calendar": "office",
    }
    assert keeper.post(f"{STEP}/rule.reopen", said | within).status_code == 302


TABLES = "/desk/office/tables"


def handed_in(client: Client, what: str, body: str) -> str:
    """A table tried; the page."""
    file = SimpleUploadedFile("表.csv", body.encode("utf-8-sig"))
    answer = client.post(f"{TABLES}/{what}", {"file": file})
    assert answer.status_code == 200
    return answer.content.decode()


def taken(client: Client, what: str, shown: str) -> str:
    """The tried table taken over; the page."""
    packed = re.search(r'name="packed" value="([^"]+)"', shown)
    assert packed
    return client.post(f"{TABLES}/{what}", {"packed": packed[1], "sure": "1"}).content.decode()


@pytest.mark.parametrize("what", ["limits", "wording"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_rules_come_down_and_go_up_unchanged(keeper: Client, home: Path, what: str, form: str) -> None:
    down = keeper.get(f"{TABLES}/{what}.{form}")
    raw = b"".join(down) if down.streaming else down.content  # type: ignore[arg-type]
    up = keeper.post(f"{TABLES}/{what}", {"file": SimpleUploadedFile(f"a.{form}", raw)}).content.decode()
    assert re.search(r"没收下 0<", up)
    assert re.search(r"没变 (\d{2,})<", up)
    assert "没有要收下的" in up
    assert not RuleChange.objects.exists()


def test_limits_by_table_tell_each_row_and_what_it_would_have_meant(
    office: Office, keeper: Client, home: Path, django_capture_on_commit_callbacks: Any
) -> None:
    head = "类别,联系时限,联系时限从哪来,办理时限,办理时限从哪来,怎么算,起用日期,依据"
    first = tomorrow().isoformat()
    body = "\n".join([
        head,
        f"municipal.drain,1 小时,本街道定,2 个工作日,本街道定,机关工作时间,{first},会议纪要9号",
        f"municipal.road,很快,本街道定,2 天,本街道定,机关工作时间,{first},会议纪要9号",
        f"municipal.barrier_free,1 小时,本街道定,2 天,拍脑袋,机关工作时间,{first},会议纪要9号",
        f"天外之事,1 小时,本街道定,2 天,本街道定,机关工作时间,{first},会议纪要9号",
        f"municipal.sign,1 小时,本街道定,2 天,本街道定,机关工作时间,{showing.today().isoformat()},会议纪要9号",
        f"municipal.drain,1 小时,本街道定,3 天,本街道定,机关工作时间,{first},会议纪要9号",
        f"municipal.manhole,1 小时,本街道定,3 天,本街道定,机关工作时间,{first},",
    ])  # fmt: skip
    shown = handed_in(keeper, "limits", body)
    assert "如果过去 90 天就这样定" in shown
    told = re.findall(r'class="num">(\d)</th><td>([^<]*)</td><td>([^<]*)</td>', shown)
    assert [row[:2] for row in told] == [
        ("3", "联系时限"), ("4", "办理时限从哪来"), ("5", "类别"), ("6", "启用日期"), ("7", "类别"), ("8", "依据"),
    ]  # fmt: skip
    assert not RuleChange.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert "已经收下" in taken(keeper, "limits", shown)
    look_again()
    assert str(duties.limits("municipal.drain", None, tomorrow()).handle) == "2 work_day"
    assert RuleChange.objects.count() == 1
    again = handed_in(keeper, "limits", body)
    assert re.search(r"没变 1<", again)  # handed in twice, published once


def test_words_by_table_tell_each_row(
    keeper: Client, home: Path, django_capture_on_commit_callbacks: Any
) -> None:
    first = tomorrow().isoformat()
    body = "\n".join([
        "类别,用途,中文,英文,起用日期,依据",
        f"一般诉求,办好了,办好了：【做了什么】,Done: 【what was done】,{first},会议",
        f"一般诉求,办砸了,办好了,Done,{first},会议",
        f"一般诉求,办不了,办不了【星星】,No,{first},会议",
        f"一般诉求,转给别处,转走了,Passed on 【number】,{first},会议",
    ])  # fmt: skip
    shown = handed_in(keeper, "wording", body)
    told = re.findall(r'class="num">(\d)</th><td>([^<]*)</td>', shown)
    assert told == [("3", "用途"), ("4", "中文"), ("5", "英文")]
    assert "天就用这些话" in shown
    assert "办好了 · 用得上这些话的" in shown
    with django_capture_on_commit_callbacks(execute=True):
        assert "已经收下" in taken(keeper, "wording", shown)
    look_again()
    held = {one.kind: one.texts.zh for one in duties.templates("municipal.drain", tomorrow())}
    assert RuleChange.objects.get().key == "default.done"
    assert held["contact"] != "办好了：{done}"


def test_a_published_rule_that_leaves_a_gap_is_refused_and_the_last_good_one_stays(
    home: Path, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    assert duties.limits("municipal", None, showing.today())
    folder = home / "packs" / "duties.limits"
    folder.mkdir(parents=True)
    value = (
        "{response: {value: 1, unit: day, basis: office_choice}, "
        "handle: {value: 2, unit: day, basis: office_choice}, calendar: office}"
    )
    row = (
        "- key: municipal.new\n  title: {{zh: 新, en: New}}\n  source: 会议\n"
        "  valid_from: {0}\n  valid_to: {1}\n  value: {2}\n"
    )
    rows = row.format("2026-01-01", "2026-03-31", value) + row.format("2026-06-01", "null", value)
    (folder / "ours.yaml").write_text(f"pack: duties.limits\nversion: '1'\nrows:\n{rows}", encoding="utf-8")
    with pytest.raises(Refused) as fault:
        packs.read("limits", office=folder)
    assert fault.value.code == "pack.gap"
    assert "2026-04-01" in str(fault.value.params["says"])
    packs._looked["limits"] = -1e9
    assert duties.limits("municipal", None, showing.today())
    assert "the last good one stays" in caplog.text
