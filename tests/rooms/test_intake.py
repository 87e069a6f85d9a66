"""Intake: heard, read, checked, sent once; nothing typed is lost."""

from datetime import timedelta

import pytest

from liren.cases.models import Case, Voice
from liren.kernel.errors import Denied, IllegalMove, NotFound, Refused
from liren.kernel.policy import Actor
from liren.registers.advice import queries as advised
from liren.rooms.intake import actions, queries, rules
from liren.rooms.intake.models import Draft, ReaderVersion
from liren.rooms.intake.reading import guess_classes
from tests.rooms.waking import wake
from tests.town import NOW, Town, resident

pytestmark = pytest.mark.writes

HER = resident(1)


def heard(words: str, **more: object) -> actions.Heard:
    return actions.Heard(words=words, channel="web", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("请问老年卡怎么办理", "consult"),
        ("举报有人吃拿卡要", "whistleblow"),
        ("建议小区门口增设一盏路灯", "suggestion"),
        ("表扬网格员小李", "suggestion"),
        ("楼下烧烤太吵了，没人管", "complaint"),
        ("我家停水了", "help"),
    ],
)
def test_the_kind_of_demand(words: str, kind: str) -> None:
    assert rules.demand_type_of(words) == kind


@pytest.mark.parametrize(
    "words", ["楼道里闻到很浓的煤气味", "三楼着火了快来", "老人被困在电梯里", "有人要跳楼"]
)
def test_danger_is_heard(words: str) -> None:
    assert rules.sounds_dangerous(words)


@pytest.mark.parametrize("words", ["路灯不亮", "建议消防演练", "下水道堵了"])
def test_no_danger_where_there_is_none(words: str) -> None:
    assert not rules.sounds_dangerous(words)


def test_class_place_and_unit_are_suggested_with_reasons(town: Town) -> None:
    draft = actions.hear(heard("和园小区3号楼门口排水沟堵了，积水发臭"), by=HER, now=NOW)
    reading = queries.reading_of(draft)
    assert reading.classes[0].code == "municipal.drain"
    assert any("堵" in word or "排水" in word or "积水" in word for word in reading.classes[0].because)
    assert reading.places[0].place_id == town.building
    assert [unit.unit_id for unit in reading.units] == [town.drains]
    assert reading.version == "cold"


def test_what_the_machine_read_stays_advice(town: Town) -> None:
    draft = actions.hear(heard("和园小区3号楼门口排水沟堵了，积水发臭"), by=HER, now=NOW)
    accepted = actions.send(draft.token, actions.Sending(), by=HER, now=NOW)
    case = Case.objects.get()
    assert (case.class_code, case.place_id, case.unit_id, case.state) == ("", None, None, "received")
    assert advised.for_subject("case", accepted.case_id) == [], "accepted without judgement"
    wake()
    given = {item.kind: item for item in advised.for_subject("case", accepted.case_id)}
    assert given["class"].choice == "municipal.drain"
    assert given["place"].choice == str(town.building)
    assert given["unit"].choice == str(town.drains)
    assert given["class"].taken_by is None


def test_sent_twice_is_sent_once(town: Town) -> None:
    draft = actions.hear(heard("路灯不亮"), by=HER, now=NOW)
    first = actions.send(draft.token, actions.Sending(), by=HER, now=NOW)
    again = actions.send(draft.token, actions.Sending(), by=HER, now=NOW + timedelta(minutes=1))
    assert first == again
    assert Case.objects.count() == Voice.objects.count() == 1
    wake()
    wake()
    assert len(advised.for_subject("case", first.case_id)) == len(
        {i.kind for i in advised.for_subject("case", first.case_id)}
    )


def test_twins_are_shown_before_sending_and_joined_only_by_choice(town: Town) -> None:
    first = actions.hear(
        heard("和园小区3号楼门口排水沟堵了积水", place_id=town.building, class_code="municipal.drain"),
        by=HER,
        now=NOW,
    )
    opened = actions.send(first.token, actions.Sending(), by=HER, now=NOW)
    other = resident(2)
    draft = actions.hear(
        heard("3号楼前面的排水沟又堵了，和园小区", place_id=town.building, class_code="municipal.drain"),
        by=other,
        now=NOW,
    )
    twins = queries.twins_of(draft, now=NOW)
    assert [twin.case_id for twin in twins] == [opened.case_id]
    joined = actions.send(draft.token, actions.Sending(join_case_id=opened.case_id), by=other, now=NOW)
    assert joined.case_id == opened.case_id
    assert joined.number != opened.number
    assert Case.objects.get().voices == 2
    again = actions.send(draft.token, actions.Sending(join_case_id=opened.case_id), by=other, now=NOW)
    assert again == joined
    assert Case.objects.get().voices == 2


def test_a_draft_is_only_for_the_device_it_was_begun_on(town: Town) -> None:
    draft = actions.hear(heard("路灯不亮"), by=HER, now=NOW)
    for stranger in (resident(2), Actor(id=0, kind="anonymous"), town.clerk()):
        with pytest.raises(NotFound):
            queries.draft(draft.token, stranger)
    with pytest.raises(Denied):
        actions.hear(heard("路灯不亮"), by=Actor(id=0, kind="anonymous"), now=NOW)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"words": "  "}, "words.empty"),
        ({"words": "字" * 100_000}, "words.too_long"),
        ({"latitude": 91.0, "longitude": 10.0}, "point.impossible"),
        ({"latitude": float("nan"), "longitude": 10.0}, "point.impossible"),
        ({"file_ids": tuple(range(10))}, "files.too_many"),
    ],
)
def test_bad_input_is_refused_and_nothing_is_kept(town: Town, more: dict[str, object], code: str) -> None:
    with pytest.raises(Refused) as refused:
        actions.hear(actions.Heard(**{"words": "路灯不亮", "channel": "web", **more}), by=HER, now=NOW)  # type: ignore[arg-type]
    assert refused.value.code == code
    assert Draft.objects.count() == 0


def test_drafts_are_forgotten_after_three_days(town: Town) -> None:
    actions.hear(heard("路灯不亮"), by=HER, now=NOW)
    assert actions.forget_drafts(now=NOW + timedelta(days=2)) == 0
    assert actions.forget_drafts(now=NOW + timedelta(days=4)) == 1
    assert Draft.objects.count() == 0


def test_joining_what_is_already_answered_is_refused_and_the_draft_stays(town: Town) -> None:
    from tests.cases.test_life import replied, say

    accepted = say(town)
    case = replied(town, accepted)
    from liren.cases import actions as cases

    cases.rate(accepted.voice_id, "solved", by=resident(9_001), now=NOW, rating=5, key="r")
    draft = actions.hear(heard("排水沟堵了"), by=HER, now=NOW)
    with pytest.raises(IllegalMove):
        actions.send(draft.token, actions.Sending(join_case_id=case.id), by=HER, now=NOW)
    assert queries.draft(draft.token, HER).sent_voice_id is None


def test_the_reader_learns_from_what_clerks_confirmed(town: Town) -> None:
    from liren.cases import actions as cases

    banks = {
        "municipal.drain": ["排水沟堵了", "下水道积水", "窨井冒水", "雨水口淤积"],
        "municipal.road": ["路面塌了个坑", "人行道砖松动", "马路坑洼", "路面破损"],
    }
    assert actions.train(now=NOW) is None, "too little to learn from"
    for n in range(120):
        code = list(banks)[n % 2]
        words = f"{n}号门口{banks[code][(n // 2) % 4]}，第{n}次了"
        demand = cases.Demand(words=words, channel="web", device_id=1)
        accepted = cases.open_case(demand, by=HER, now=NOW + timedelta(seconds=n), key=f"t{n}")
        cases.dispatch(
            accepted.case_id,
            town.drains,
            by=town.clerk(),
            version=None,
            now=NOW,
            class_code=code,
            place_id=town.yard,
        )
    version = actions.train(now=NOW)
    assert version is not None
    assert version.texts == 120
    assert ReaderVersion.objects.get(active=True).version == 1
    guesses, name = guess_classes("人行道的砖松动了", NOW.date())
    assert name == "1"
    assert guesses[0].code == "municipal.road"


def test_a_case_that_came_another_way_is_read_too(town: Town) -> None:
    from liren.cases import actions as cases

    demand = cases.Demand(words="和园小区3号楼门口排水沟堵了，积水发臭", channel="voice", device_id=1)
    accepted = cases.open_case(demand, by=HER, now=NOW, key="hotline-1")
    wake()
    given = {item.kind: item.choice for item in advised.for_subject("case", accepted.case_id)}
    assert given == {"class": "municipal.drain", "place": str(town.building), "unit": str(town.drains)}
