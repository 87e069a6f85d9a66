"""The six lawful exits: nothing leaves without what the law asks for, nor into silence, and new facts bring it back."""

from datetime import timedelta

import pytest

from liren.base.ledger import queries as ledger
from liren.cases import actions, queries
from liren.cases.actions import Leaving
from liren.cases.models import Case, Exit, Voice
from liren.kernel.errors import Conflict, Denied, IllegalMove, NotFound, Refused
from liren.registers.channels.models import Message
from liren.registers.duties import queries as duties
from tests.cases.joined import case
from tests.cases.test_life import replied, say
from tests.cases.test_news import deliver
from tests.town import NOW, Town, resident

pytestmark = [pytest.mark.django_db, pytest.mark.writes]

PETITION = Leaving(
    key="other_procedure",
    reply="这件事依法要走信访，请带材料去区信访办，电话 5550 0000。",
    channel="区信访办",
    reason="《信访工作条例》第二十二条",
    reference="信〔2026〕18号",
)


def _leave(town: Town, case_id: int, wanted: Leaving = PETITION) -> Case:
    return actions.leave(case_id, wanted, by=town.clerk(), version=None, now=NOW)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (Leaving("nothing", "好的"), "exit.unknown"),
        (Leaving("emergency", "已转"), "exit.no_referred_to"),
        (Leaving("other_procedure", "请去", reason="依法"), "exit.no_channel"),
        (Leaving("other_procedure", "请去", channel="仲裁委"), "exit.no_reason"),
        (Leaving("outside_duty", "不归", channel="  ", reason="合同纠纷"), "exit.no_channel"),
        (Leaving("repeat", "答复过"), "exit.no_earlier"),
        (Leaving("repeat", "答复过", earlier_number="2603100000000000"), "exit.earlier_unknown"),
        (Leaving("secret", "不能说", reason=" \n"), "exit.no_reason"),
        (Leaving("unlawful", "", reason="违法"), "words.empty"),
        (Leaving("unlawful", "因为：【原因】", reason="违法"), "exit.open_places"),
        (Leaving("emergency", "已转", channel="一" * 81), "words.too_long"),
    ],
)
def test_an_exit_needs_what_it_needs(town: Town, wanted: Leaving, code: str) -> None:
    case_id = case(town, "a", device=100)
    with pytest.raises(Refused) as told:
        _leave(town, case_id, wanted)
    assert told.value.code == code
    assert Case.objects.get(pk=case_id).state == "received"
    assert Exit.objects.count() == 0


def test_every_exit_of_the_pack_can_be_taken_with_its_own_reply_filled_in(town: Town) -> None:
    earlier = say(town, device=90, key="earlier")
    replied(town, earlier)
    for way in duties.exits(NOW.date()):
        case_id = case(town, way.code, device=100)
        reply = way.fill(channel="某处", reason="某条", phone="12345", number=earlier.number, done="修好了")
        wanted = Leaving(way.code, reply, "某处", "", earlier.number, "某条")
        left = _leave(town, case_id, wanted)
        assert (left.state, left.exit_key, left.next_due) == ("left", way.code, None)
        row = Exit.objects.get(case=left)
        assert row.reply == reply
        assert (row.follow_due is not None) == (way.follow is not None)
        assert row.earlier_number == (earlier.number if way.code == "repeat" else "")
    kinds = [entry.kind for entry in ledger.history("case", case_id)]
    assert kinds[-1] == "cases.left"


def test_a_petition_is_asked_after_in_fifteen_days_and_an_emergency_soon(town: Town) -> None:
    _leave(town, case(town, "a", device=100))
    row = Exit.objects.get()
    assert row.follow_due is not None
    # 15 日 of the 信访工作条例 art. 22, and a last day that is no working day moves to the next one
    assert timedelta(days=15) <= row.follow_due - NOW <= timedelta(days=18)
    _leave(town, case(town, "b", device=200), Leaving("emergency", "已转 110", channel="110"))
    soon = Exit.objects.latest("id").follow_due
    assert soon is not None
    assert soon - NOW <= timedelta(hours=2)


def test_a_repeat_must_repeat_something_answered_of_the_same_kind_in_the_same_place(town: Town) -> None:
    earlier = say(town, device=90, key="earlier")
    case_id = case(town, "a", device=100)

    def code() -> str:
        with pytest.raises(Refused) as told:
            _leave(town, case_id, Leaving("repeat", "答复过", earlier_number=earlier.number))
        return told.value.code

    assert code() == "exit.earlier_other", "it has no class yet"
    Case.objects.filter(pk=earlier.case_id).update(
        class_code="municipal.drain", place_path=Case.objects.get(pk=case_id).place_path
    )
    assert code() == "exit.earlier_unanswered"
    replied(town, earlier)
    mine = Case.objects.get(pk=case_id).number
    with pytest.raises(Refused, match="itself"):
        _leave(town, case_id, Leaving("repeat", "答复过", earlier_number=mine))
    Case.objects.filter(pk=earlier.case_id).update(class_code="municipal.road")
    assert code() == "exit.earlier_other"
    Case.objects.filter(pk=earlier.case_id).update(class_code="municipal.drain", sealed=True)
    assert code() == "exit.earlier_unknown", "what the clerk may not see does not exist"
    Case.objects.filter(pk=earlier.case_id).update(sealed=False)
    spaced = f"{earlier.number[:6]} {earlier.number[6:]}"
    _leave(town, case_id, Leaving("repeat", "答复过", earlier_number=spaced))
    assert Exit.objects.get().earlier_number == earlier.number


def test_it_does_not_leave_from_a_unit_s_hands_nor_by_a_unit(town: Town) -> None:
    accepted = say(town, device=90)
    replied(town, accepted)
    with pytest.raises(IllegalMove):
        _leave(town, accepted.case_id)
    with pytest.raises(Denied):
        actions.leave(
            case(town, "a", device=100), PETITION, by=town.handler(town.drains), version=None, now=NOW
        )


def test_everybody_is_told_and_later_told_what_became_of_it(town: Town) -> None:
    deliver()  # from here on
    case_id = case(town, "a", device=100, voices=2)
    _leave(town, case_id)
    assert [one.number for one in queries.to_follow(town.clerk(), now=NOW)] == [Case.objects.get().number]
    assert queries.to_follow(town.handler(town.drains), now=NOW) == []
    late = NOW + timedelta(days=30)
    assert queries.to_follow(town.clerk(), now=late)[0].late
    for outcome, text in (("", "?"), ("accepted", " ")):
        with pytest.raises(Refused):
            actions.follow_exit(case_id, outcome, by=town.clerk(), version=None, text=text, now=late)
    with pytest.raises(Conflict):
        actions.follow_exit(case_id, "accepted", by=town.clerk(), version=1, text="受理了", now=late)
    actions.follow_exit(case_id, "accepted", by=town.clerk(), version=None, text="已登记受理", now=late)
    assert queries.to_follow(town.clerk(), now=late) == []
    deliver()
    codes = [code for code, _ in Message.objects.values_list("code", "id")]
    assert codes.count("case.referred") == codes.count("case.exit_followed") == 2
    left = queries.left_by(Case.objects.get())
    assert left is not None
    assert (left.outcome, left.outcome_words, left.reference) == ("accepted", "已登记受理", "信〔2026〕18号")


def test_new_facts_bring_it_back_with_all_that_was_said_kept(town: Town) -> None:
    case_id = case(town, "a", device=100)
    voice = Voice.objects.get(case_id=case_id)
    with pytest.raises(IllegalMove):
        actions.come_back(voice.id, "又漫了", by=resident(100), now=NOW, key="b0")
    _leave(town, case_id)
    with pytest.raises(NotFound):
        actions.come_back(voice.id, "又漫了", by=resident(555), now=NOW, key="b1")
    later = NOW + timedelta(days=40)
    for _ in range(2):
        back = actions.come_back(voice.id, "信访办说归街道，有回执", by=resident(100), now=later, key="b2")
    assert (back.state, back.exit_key, back.unit_id, back.voices) == ("received", "", None, 1)
    assert back.next_due is not None
    assert back.closed_at is None
    assert back.step_set.filter(move="come_back").count() == 1
    assert Exit.objects.get().follow_due is None, "nobody asks any more"
    _leave(town, case_id)
    Exit.objects.update(at=NOW - timedelta(days=300))
    with pytest.raises(Refused, match="back_too_late"):
        actions.come_back(voice.id, "过了很久", by=resident(100), now=NOW, key="b3")
