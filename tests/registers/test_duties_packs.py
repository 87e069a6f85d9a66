"""The shipped rule packs of duties: whole, honest, bilingual; and what an office may change in them."""

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from liren.kernel.errors import NotFound, Refused
from liren.kernel.rulepacks import Pack
from liren.kernel.worktime import calendar_names
from liren.registers.duties import packs, queries, rules

ON = date(2026, 11, 2)
EVERY = tuple(view.code for view in queries.classes(ON))
# The codes other parts of Liren and every installation's history rely on.
GROUPS = {
    "housing": 8, "utility": 5, "municipal": 6, "sanitation": 6, "order": 5, "traffic": 5, "noise": 5,
    "building": 2, "green": 3, "safety": 4, "neighbour": 3, "care": 5, "child": 3, "health": 3, "social": 5,
    "labour": 2, "market": 3, "police": 2, "community": 5, "other": 1,
}  # fmt: skip


def test_the_taxonomy_is_whole() -> None:
    assert Counter(view.group for view in queries.classes(ON)) == GROUPS
    assert {group.code: len(group.classes) for group in queries.groups(ON)} == GROUPS
    assert all(view.code.startswith(view.group + ".") for view in queries.classes(ON))


@pytest.mark.parametrize("code", EVERY)
def test_every_class_can_be_recognised_and_is_bilingual(code: str) -> None:
    view = queries.class_view(code, ON)
    chinese = [cue for cue in view.cues if not cue.isascii()]
    assert 12 <= len(chinese) <= 30
    assert len(view.cues) - len(chinese) >= 1
    assert len(set(view.cues)) == len(view.cues)
    assert view.types
    assert set(view.types) <= set(queries.DEMAND_TYPES)
    assert view.source
    for words in (view.titles, view.group_titles, view.hints):
        assert not words.zh.isascii()
        assert words.en.isascii()


def test_no_two_classes_claim_the_same_cue() -> None:
    claims = Counter(cue for view in queries.classes(ON) for cue in set(view.cues))
    assert [cue for cue, count in claims.items() if count > 1 and not cue.isascii()] == []


@pytest.mark.parametrize("code", EVERY)
def test_every_class_has_a_limit_of_its_own_or_of_its_group(code: str) -> None:
    found = queries.limits(code, None, ON)
    assert found.key in (code, code.split(".", maxsplit=1)[0])
    assert found.source
    assert found.calendar in calendar_names()
    assert {found.response_basis, found.handle_basis} <= set(rules.BASES)


def test_urgent_classes_are_counted_in_hours_round_the_clock() -> None:
    urgent = [view.code for view in queries.classes(ON) if view.urgent]
    assert {"utility.gas", "housing.lift", "housing.facade", "municipal.manhole", "traffic.fire_lane"} <= set(
        urgent
    )
    for code in urgent:
        found = queries.limits(code, None, ON)
        assert found.calendar == "round_the_clock"
        assert found.response.unit == found.handle.unit == "hour"
        assert found.response.value <= 2
    assert not queries.class_view("utility.heating", ON).urgent


def test_all_four_units_are_used() -> None:
    every = [queries.limits(code, None, ON) for code in EVERY]
    units = {limit.unit for found in every for limit in (found.response, found.handle)}
    assert units == {"hour", "work_hour", "day", "work_day"}


def test_an_unclassed_demand_has_the_default_limit() -> None:
    assert queries.limits("", None, ON).key == "default"
    assert queries.limits("no.such", None, ON).key == "default"


def test_every_stage_has_a_limit_and_call_back_its_rule() -> None:
    for stage in ("dispatch", "sign", "return_order", "ruling", "call_back", "close"):
        found = queries.stage_limit(stage, ON)
        assert found.key == f"stage.{stage}"
        assert found.calendar in calendar_names()
    with pytest.raises(NotFound) as refused:
        queries.stage_limit("lunch", ON)
    assert refused.value.code == "pack.no_rule"
    rule = queries.call_back_rule(ON)
    assert (rule.attempts, rule.over.days) == (3, 2)
    assert rule.silence > rule.over


def test_a_retired_class_leads_to_its_successor_and_keeps_its_own_past() -> None:
    now = queries.class_view("sanitation.garbage", ON)
    assert (now.code, now.asked) == ("sanitation.litter", "sanitation.garbage")
    assert queries.class_view("traffic.bike", ON).code == "order.bikes"
    then = queries.class_view("sanitation.garbage", date(2024, 12, 31))
    assert (then.code, then.titles.zh) == ("sanitation.garbage", "垃圾清理")
    assert queries.class_view("sanitation.garbage", date(2025, 1, 1)).code == "sanitation.litter"
    assert "sanitation.garbage" not in queries.cues(ON)


@pytest.mark.parametrize("code", ["", "housing", "housing.roof", "HOUSING.LEAK", "default", "rule.call_back"])
def test_a_code_that_is_no_class_is_not_found(code: str) -> None:
    with pytest.raises(NotFound) as refused:
        queries.class_view(code, ON)
    assert refused.value.code == "duty.class_unknown"


def test_before_the_pack_begins_there_are_no_classes() -> None:
    assert queries.classes(date(2019, 12, 31)) == []
    with pytest.raises(NotFound):
        queries.class_view("housing.leak", date(2019, 12, 31))
    # A day before a retired class began is not a day after it ended.
    with pytest.raises(NotFound):
        queries.class_view("traffic.bike", date(2019, 12, 31))


def test_titles_follow_the_language() -> None:
    view = queries.class_view("housing.leak", ON)
    assert (view.title, view.group_title) == ("漏水渗水", "住房与小区")
    with translation.override("en"):
        assert (view.title, view.group_title) == ("Leaks and seepage", "Homes and estates")
        assert view.hint.startswith("Where")


def test_there_are_six_lawful_exits_each_with_a_reply() -> None:
    found = queries.exits(ON)
    assert [item.code for item in found] == [
        "emergency", "other_procedure", "repeat", "secret", "outside_duty", "unlawful",
    ]  # fmt: skip
    assert all("第十一条" in item.source for item in found)
    assert next(item for item in found if item.code == "repeat").needs == ("earlier_case",)


@pytest.mark.parametrize("code", [*EVERY, "", "no.such"])
def test_every_class_has_a_template_of_every_kind(code: str) -> None:
    found = queries.templates(code, ON)
    assert [item.kind for item in found] == list(queries.TEMPLATE_KINDS)
    for item in found:
        assert rules.template_fault(item.texts.zh, item.texts.en) == ""
        assert not {"予以", "贵方", "特此", "敬请", "兹"} & set(item.texts.zh)


def test_a_group_speaks_its_own_words_and_borrows_the_rest() -> None:
    found = {item.kind: item.key for item in queries.templates("noise.shop", ON)}
    assert found["contact"] == "noise.contact"
    assert found["referral"] == "default.referral"


def test_what_nobody_filled_stays_visible() -> None:
    contact = queries.templates("noise.shop", ON)[0]
    text = contact.fill(unit="城管队", person="陈敏", matter="商户噪声", due="  ", unknown="x")
    assert "城管队的陈敏" in text
    assert "【最晚时间】" in text
    assert queries.unfilled(text) == ("最晚时间",)
    with translation.override("en"):
        assert "【latest time】" in contact.fill(unit="City office")
    assert queries.unfilled(contact.fill(unit="a", person="b", matter="c", due="d", place="e")) == ()


@given(st.dictionaries(st.sampled_from(sorted(rules.PLACEHOLDERS)), st.text(max_size=20)))
def test_values_are_put_in_as_they_are(values: dict[str, str]) -> None:
    text = "".join(f"<{name}:{{{name}}}>" for name in rules.PLACEHOLDERS)
    filled = rules.fill(text, values)
    for name, (label, _) in rules.PLACEHOLDERS.items():
        given_value = values.get(name, "")
        assert f"<{name}:{given_value if given_value.strip() else f'【{label}】'}>" in filled


@pytest.mark.parametrize(
    ("zh", "en", "says"),
    [
        ("{who}好", "hello", "who"),
        ("好", "hello {matter}", "English only"),
        ("{matter", "x", "braces"),
        ("{matter}", "x", ""),
    ],
)
def test_a_template_may_leave_open_only_what_somebody_fills(zh: str, en: str, says: str) -> None:
    fault = rules.template_fault(zh, en)
    assert says in fault if says else fault == ""


def office(tmp_path: Path, name: str, *rows: dict[str, object]) -> Path:
    """An office's own file of a pack."""
    shell = {
        "title": {"zh": "本地", "en": "local"},
        "source": "本街道",
        "valid_to": None,
        "valid_from": "2026-01-01",
    }
    content = {"pack": f"duties.{name}", "version": "1", "rows": [{**shell, **row} for row in rows]}
    (tmp_path / "own.yaml").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return tmp_path


CLASS = {
    "kind": "class",
    "parent": "order",
    "icon": "x",
    "types": ["help"],
    "hint": {"zh": "哪里?", "en": "Where?"},
}


def test_an_office_adds_a_class_and_replaces_a_limit(tmp_path: Path) -> None:
    found = packs.read(
        "taxonomy", office=office(tmp_path, "taxonomy", {"key": "order.kites", "value": CLASS})
    )
    assert found.pick("order.kites", ON).title.zh == "本地"
    hour = {"value": 3, "unit": "hour", "basis": "office_choice"}
    value = {"response": hour, "handle": hour, "calendar": "office"}
    own = office(tmp_path, "limits", {"key": "housing.leak", "replaces": True, "value": value})
    found = packs.read("limits", office=own)
    assert found.pick("housing.leak", ON).value["handle"]["value"] == 3
    assert found.pick("housing.leak", date(2025, 12, 31)).value["handle"]["value"] == 5


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("taxonomy", {"key": "order.kites", "value": {**CLASS, "parent": "sky"}}),
        ("taxonomy", {"key": "order.kites", "value": {**CLASS, "parent": "housing.leak"}}),
        ("taxonomy", {"key": "order.kites", "value": {**CLASS, "successor": "order.balloons"}}),
        ("taxonomy", {"key": "order.kites", "value": {**CLASS, "successor": "order.kites"}}),
        ("taxonomy", {"key": "order.kites", "value": {**CLASS, "successor": "housing"}}),
        ("taxonomy", {"key": "order.kites", "value": {**CLASS, "types": ["praise"]}}),
        (
            "limits",
            {"key": "order.kites", "value": {"response": {"value": 0, "unit": "hour", "basis": "law"}}},
        ),
        (
            "limits",
            {
                "key": "stage.x",
                "value": {"limit": {"value": 1, "unit": "week", "basis": "law"}, "calendar": "office"},
            },
        ),
        ("limits", {"key": "stage.x", "value": {"limit": {"value": 1, "unit": "day"}, "calendar": "office"}}),
        ("templates", {"key": "order.contact", "replaces": True, "value": {"zh": "{name}好", "en": "hello"}}),
        (
            "exits",
            {"key": "unlawful", "replaces": True, "value": {"needs": [], "reply": {"zh": "{x}", "en": "y"}}},
        ),
    ],
)
def test_a_pack_that_leads_nowhere_is_refused(tmp_path: Path, name: str, row: dict[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        packs.read(name, office=office(tmp_path, name, row))
    assert refused.value.code == "pack.schema"
    assert "own.yaml" in str(refused.value.params["says"])


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An office's folder, read at once, and nothing of it left behind."""
    monkeypatch.setenv("LIREN_HOME", str(tmp_path))
    monkeypatch.setattr(packs, "RECHECK", 0.0)
    monkeypatch.setattr(packs, "_kept", {})
    folder = tmp_path / "packs" / "duties.taxonomy"
    folder.mkdir(parents=True)
    return folder


def test_a_changed_file_is_read_again_and_a_broken_one_is_not(
    own: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def codes() -> set[str]:
        return {view.code for view in queries.classes(ON)}

    assert "order.kites" not in codes()
    office(own, "taxonomy", {"key": "order.kites", "value": CLASS})
    assert "order.kites" in codes()
    (own / "own.yaml").write_text("pack: [", encoding="utf-8")
    assert "order.kites" in codes()
    assert "the last good one stays" in caplog.text
    (own / "own.yaml").unlink()
    assert "order.kites" not in codes()


def test_a_pack_broken_from_the_start_says_so(own: Path) -> None:
    (own / "own.yaml").write_text("pack: [", encoding="utf-8")
    with pytest.raises(Refused) as refused:
        queries.classes(ON)
    assert refused.value.code == "pack.unreadable"


def test_unchanged_files_are_read_once(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = packs.pack("taxonomy")
    monkeypatch.setattr(packs, "read", lambda *_, **__: pytest.fail("read twice"))
    assert packs.pack("taxonomy") is first
    assert isinstance(first, Pack)
