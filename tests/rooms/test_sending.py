"""The check page sent: what its boxes hold goes with it, in one transaction, and words are read once."""

import pytest

from liren.cases.models import Case, Voice
from liren.kernel.errors import NotFound, Refused
from liren.registers.advice import queries as advised
from liren.rooms.intake import actions, queries, reading
from liren.rooms.intake.models import Draft
from tests.rooms.waking import wake
from tests.town import NOW, Town, resident

pytestmark = pytest.mark.writes

HER = resident(1)
WORDS = "和园小区3号楼门口排水沟堵了，积水发臭"


def begun(words: str = WORDS) -> Draft:
    return actions.hear(actions.Heard(words=words, channel="web"), by=HER, now=NOW)


def sent(draft: Draft, checked: actions.Checked) -> int:
    accepted = actions.send(draft.token, actions.Sending(), by=HER, now=NOW, checked=checked)
    wake()
    return accepted.case_id


def test_what_the_boxes_hold_is_what_is_sent(town: Town) -> None:
    draft = begun()
    words = WORDS + "，请来看看"
    checked = actions.Checked(words, town.building, "单元门口", "municipal.drain")
    case = Case.objects.get(pk=sent(draft, checked))
    assert (case.place_id, case.place_text, case.class_code) == (
        town.building,
        "单元门口",
        "municipal.drain",
    )
    assert Voice.objects.get().words == words
    draft.refresh_from_db()
    assert (draft.words, draft.place_id, draft.class_code) == (words, town.building, "municipal.drain")
    assert sent(draft, actions.Checked("别的话")) == case.id, "a draft already sent stays as it was"
    assert Voice.objects.get().words == words
    assert len(advised.for_subject("case", case.id)) == 3


def test_words_already_read_are_not_read_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = begun()
    monkeypatch.setattr(actions, "read", lambda *_, **__: pytest.fail("read again"))
    given = advised.for_subject(
        "case", sent(draft, actions.Checked(WORDS, town.building, "", "municipal.road"))
    )
    by_kind = {item.kind: item for item in given}
    assert by_kind["class"].choice == "municipal.road"
    assert (by_kind["place"].choice, by_kind["place"].confidence) == (str(town.building), 1.0)
    assert by_kind["unit"].choice == str(town.drains)


def test_a_choice_narrows_and_may_be_taken_back(town: Town) -> None:
    draft = begun()
    before = queries.reading_of(draft)
    heard = actions.Heard(words=WORDS, channel="web", place_id=town.far, class_code="sanitation.bin_full")
    chosen = queries.reading_of(actions.revise(draft.token, heard, by=HER, now=NOW))
    assert chosen.classes[0].code == "sanitation.bin_full"
    assert chosen.places[0].place_id == town.far
    assert [unit.unit_id for unit in chosen.units] == [town.sweepers]
    plain = actions.Heard(words=WORDS, channel="web")
    assert queries.reading_of(actions.revise(draft.token, plain, by=HER, now=NOW)) == before


def test_a_place_is_named_once_however_often_it_is_chosen(town: Town) -> None:
    heard = actions.Heard(words=WORDS, channel="web", place_id=town.building)
    draft = actions.hear(heard, by=HER, now=NOW)
    again = actions.revise(draft.token, heard, by=HER, now=NOW)
    named = [guess.place_id for guess in queries.reading_of(again).places]
    assert named.count(town.building) == 1
    assert queries.reading_of(again).places[0].because == "chosen"


def test_refused_at_the_last_step_nothing_is_half_sent(town: Town) -> None:
    draft = begun()
    with pytest.raises(Refused):
        sent(draft, actions.Checked("   "))
    with pytest.raises(NotFound):
        sent(draft, actions.Checked(WORDS, place_id=1))
    assert not Case.objects.exists()
    draft.refresh_from_db()
    assert (draft.words, draft.sent_voice_id) == (WORDS, None)
    assert sent(draft, actions.Checked(WORDS)) == Case.objects.get().id


def test_narrowing_asks_the_duty_list_only_for_another_choice(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = queries.reading_of(begun())
    monkeypatch.setattr(reading, "guess_units", lambda *_: pytest.fail("asked again"))
    same = reading.narrowed(
        first, on=NOW.date(), place_id=first.places[0].place_id, class_code=first.classes[0].code
    )
    assert same.units == first.units
