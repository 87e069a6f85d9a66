"""Rules of the office in the browser: seen before they are published, from a day on, never in the past."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from liren.base.ledger import queries as ledger
from liren.faces.staff import showing
from liren.registers.duties import actions, packs, published
from liren.registers.duties import queries as duties
from liren.registers.duties.models import RuleChange
from liren.registers.people import queries as people
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
        ({"valid_from": showing.today().isoformat()}, "最早从明天起"),
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
