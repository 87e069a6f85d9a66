"""What a person may do about their own matter after it ended, and about what is kept of them."""

import json
from datetime import timedelta

import pytest

from liren.base.vault import queries as vaulted
from liren.base.vault.models import Reveal
from liren.cases import actions, queries
from liren.cases.models import Case, Follow, Rating, Step, Voice
from liren.cases.rules import ERASED, may_erase, may_reopen
from liren.cases.states import OPEN, State
from liren.kernel.errors import IllegalMove, NotFound, Refused
from liren.kernel.policy import Actor
from liren.registers.channels.models import Message
from liren.registers.duties import queries as duties
from tests.cases.joined import case, working
from tests.cases.test_life import HER, PHONE, dispatched, replied, say
from tests.cases.test_news import deliver
from tests.town import NOW, Town, resident

pytestmark = [pytest.mark.django_db, pytest.mark.writes]

LATER = NOW + timedelta(days=200)


def her(phone: str = PHONE) -> Actor:
    """She, on another device, with her phone proven."""
    return resident(HER + 1, phone_index=vaulted.blind("phone", phone))


def closed(town: Town, *, verdict: str = "solved") -> actions.Accepted:
    """Her matter, answered, said solved and closed."""
    accepted = say(town)
    replied(town, accepted)
    if verdict:
        actions.rate(accepted.voice_id, verdict, by=resident(HER), now=NOW, rating=4, text="谢谢", key="r")
    actions.settle_due(now=NOW + timedelta(days=8))
    return accepted


# ---- "not solved", within the rule and after ----


def test_may_reopen_by_the_rule_alone() -> None:
    for state in ("replied", "solved"):
        assert may_reopen(state, None, NOW)
    for state in ("closed", "closed_unconfirmed"):
        assert may_reopen(state, NOW + timedelta(seconds=1), NOW)
        assert not may_reopen(state, NOW, NOW)
    for state in ("received", "handling", "withdrawn", "left", "merged", "archived"):
        assert not may_reopen(state, NOW + timedelta(days=1), NOW)


def test_the_rule_is_a_row_with_its_source() -> None:
    rule = duties.reopen_rule(NOW.date())
    assert rule.key == "rule.reopen"
    assert rule.source
    assert rule.until(NOW) > NOW + timedelta(days=89)


def test_not_solved_opens_a_closed_matter_to_the_last_day_and_not_after(town: Town) -> None:
    accepted = closed(town)
    ended = Case.objects.get(pk=accepted.case_id)
    assert ended.state == "closed"
    assert ended.closed_at is not None
    until = duties.reopen_rule(NOW.date()).until(ended.closed_at)
    with pytest.raises(Refused) as told:
        actions.rate(accepted.voice_id, "not_solved", by=her(), now=until, key="late")
    assert told.value.code == "reopen.too_late"
    before = until - timedelta(seconds=1)
    case_ = actions.rate(accepted.voice_id, "not_solved", by=her(), now=before, key="intime")
    assert (case_.state, case_.round) == ("reopened", 2)
    assert case_.handle_due is not None
    assert case_.handle_due > before


def test_reasons_are_kept_with_the_rating_and_unknown_ones_refused(town: Town) -> None:
    accepted = say(town)
    replied(town, accepted)
    with pytest.raises(Refused):
        actions.rate(
            accepted.voice_id, "solved", by=resident(HER), now=NOW, rating=2, reasons=("x",), key="a"
        )
    actions.rate(
        accepted.voice_id, "solved", by=resident(HER), now=NOW, rating=2, reasons=("too_slow",), key="b"
    )
    assert Rating.objects.get().reasons == ["too_slow"]
    with pytest.raises(NotFound):
        actions.rate(accepted.voice_id, "solved", by=resident(HER + 5), now=NOW, rating=5, key="c")


def test_long_ended_it_is_said_anew_once_with_the_old_number(town: Town) -> None:
    accepted = closed(town)
    with pytest.raises(IllegalMove):
        actions.say_again(accepted.voice_id, by=her(), now=NOW + timedelta(days=30), key="too-early")
    with pytest.raises(NotFound):
        actions.say_again(accepted.voice_id, by=resident(HER + 7), now=LATER, key="stranger")
    new = actions.say_again(accepted.voice_id, by=her(), now=LATER, key="again")
    assert actions.say_again(accepted.voice_id, by=her(), now=LATER, key="again").number == new.number
    assert new.number != accepted.number
    matter = queries.matter(new.number, her(), now=LATER)
    assert matter.earlier == accepted.number
    assert matter.case.state == "received"
    assert matter.case.place_id == town.building
    assert matter.voice.words == Voice.objects.get(pk=accepted.voice_id).words
    kept = json.loads(queries.own_contact(matter.voice, by=her(), now=LATER))
    assert kept == {"name": "王女士", "phone": PHONE}
    assert Case.objects.get(pk=accepted.case_id).state == "closed"


# ---- following ----


def test_a_follower_is_told_without_a_word_and_is_no_voice(town: Town) -> None:
    deliver()
    case_id = working(town, "f", device=100)
    deliver()  # what was news before she followed it is none to her
    neighbour = resident(300)
    for _twice in range(2):
        actions.follow(case_id, by=neighbour, now=NOW)
    assert Follow.objects.count() == 1
    assert Case.objects.get(pk=case_id).voices == 1
    actions.reply(case_id, by=town.handler(town.drains), version=None, text="疏通了三号楼的沟", now=NOW)
    deliver()
    told = Message.objects.filter(device_id=300)
    assert [row.code for row in told] == ["follow.news"]
    assert told[0].params == {}
    shown = queries.followed(neighbour)
    assert [(one.case.case_id, one.case.state, one.in_hand) for one in shown] == [(case_id, "replied", False)]
    assert queries.followed(resident(301)) == []
    with pytest.raises(NotFound):
        queries.matter(Case.objects.get(pk=case_id).number, neighbour, now=NOW)
    actions.unfollow(case_id, by=neighbour, now=NOW)
    assert queries.followed(neighbour) == []


def test_what_is_not_public_is_not_followed_and_what_became_private_is_told_no_more(town: Town) -> None:
    hidden = case(town, "g", device=100)  # not dispatched: not listed
    with pytest.raises(NotFound):
        actions.follow(hidden, by=resident(300), now=NOW)
    seen = working(town, "h", device=110)
    actions.follow(seen, by=resident(300), now=NOW)
    for secret in ({"sealed": True}, {"barred": True}, {"class_code": "neighbour.noise"}):
        Case.objects.filter(pk=seen).update(sealed=False, barred=False, class_code="municipal.drain")
        assert queries.followers(seen, since=NOW)
        Case.objects.filter(pk=seen).update(**secret)
        assert queries.followers(seen, since=NOW) == []
        assert queries.followed(resident(300)) == []
        assert not queries.is_in_hand(seen)


# ---- my data ----


def test_my_data_is_mine_alone_and_opening_it_is_kept(town: Town) -> None:
    accepted = closed(town)
    other = say(town, device=77, phone="14200000099", key="other", words="别人的事，不该看见")
    mine = queries.own_voices(resident(HER), now=NOW)
    assert [one.voice.number for one in mine] == [accepted.number]
    assert (mine[0].name, mine[0].phone) == ("王女士", PHONE)
    assert mine[0].ratings[0].words == "谢谢"
    assert Reveal.objects.filter(purpose="own_data").count() == 1
    assert [one.voice.number for one in queries.own_voices(her(), now=NOW)] == [accepted.number]
    assert other.number not in [one.voice.number for one in queries.own_voices(her(), now=NOW)]
    assert queries.own_voices(Actor(id=0, kind="anonymous"), now=NOW) == []
    assert queries.own_voices(town.clerk(), now=NOW) == []


def test_a_corrected_phone_opens_it_and_the_old_one_no_longer(town: Town) -> None:
    accepted = say(town)
    new = "14200000022"
    with pytest.raises(Refused):
        actions.correct_contact(accepted.voice_id, name="王", phone="12", by=resident(HER), now=NOW)
    with pytest.raises(NotFound):
        actions.correct_contact(accepted.voice_id, name="王", phone=new, by=resident(HER + 9), now=NOW)
    actions.correct_contact(
        accepted.voice_id, name="王桂兰", phone="142 0000 0022", by=resident(HER), now=NOW
    )
    with pytest.raises(NotFound):
        queries.matter(accepted.number, her(), now=NOW)
    assert queries.matter(accepted.number, her(new), now=NOW).voice.id == accepted.voice_id
    assert queries.status(accepted.number, "0022").state == "received"
    with pytest.raises(NotFound):
        queries.status(accepted.number, "0001")


def test_who_wants_no_calls_is_not_texted(town: Town) -> None:
    accepted = say(town)
    deliver()
    actions.consent_to_call(accepted.voice_id, False, by=resident(HER), now=NOW)
    dispatched(town, accepted)
    deliver()
    sent = Message.objects.filter(code="case.dispatched").values_list("channel", flat=True)
    assert list(sent) == ["in_app"]
    unreachable = queries.heard(Voice.objects.get(pk=accepted.voice_id), 1)
    assert not unreachable.reachable


@pytest.mark.parametrize("state", sorted(State))
def test_only_what_has_ended_may_be_erased(state: State) -> None:
    assert may_erase(state) == (state not in OPEN and state != State.MERGED)


def test_an_open_matter_is_not_erased(town: Town) -> None:
    accepted = say(town)
    with pytest.raises(Refused) as told:
        actions.erase_voice(accepted.voice_id, by=resident(HER), now=NOW)
    assert told.value.code == "erase.open"
    assert Voice.objects.get(pk=accepted.voice_id).words != ERASED


def test_an_erased_voice_leaves_the_figures_and_not_a_word(town: Town) -> None:
    accepted = closed(town)
    since, until = NOW - timedelta(days=1), NOW + timedelta(days=30)
    ways = [queries.Slice(since, until), queries.Slice(since, until, by="voice")]
    before = [queries.whole(town.clerk(), way) for way in ways]
    assert all(counts.rated == 1 for counts in before)
    words = Voice.objects.get(pk=accepted.voice_id).words
    with pytest.raises(NotFound):
        actions.erase_voice(accepted.voice_id, by=resident(HER + 3), now=NOW)
    actions.erase_voice(accepted.voice_id, by=her(), now=NOW)
    assert [queries.whole(town.clerk(), way) for way in ways] == before
    voice = Voice.objects.get(pk=accepted.voice_id)
    assert (voice.words, voice.phone_index, voice.last_four, voice.device_id) == (ERASED, "", "", None)
    assert bytes(voice.contact) == b""
    assert vaulted.erased(f"voice:{voice.id}")
    kept = Case.objects.get(pk=accepted.case_id)
    assert words[:10] not in kept.title
    assert not Step.objects.filter(words__contains="谢谢").exists()
    assert not Rating.objects.exclude(words="").exclude(words=ERASED).exists()
    assert queries.own_voices(her(), now=NOW) == []
    with pytest.raises(NotFound):
        queries.matter(accepted.number, her(), now=NOW)
    with pytest.raises(NotFound):
        queries.status(accepted.number, PHONE[-4:])
    assert not Message.objects.filter(case_id=kept.id).exclude(phone_index="").exists()
    assert (
        queries.worklist(town.clerk(), queries.Filters(view="all", text="污水漫到路上"), now=NOW).rows == []
    )


def test_an_agent_cannot_dispose_of_what_is_the_familys(town: Town) -> None:
    accepted = say(town, on_behalf=True)
    mother = her()
    actions.agree_on_behalf(accepted.voice_id, by=mother, now=NOW)
    actions.withdraw(accepted.voice_id, by=resident(HER), now=NOW, key="w")
    shown = queries.own_voices(resident(HER), now=NOW)
    assert [(one.may_change, one.may_erase) for one in shown] == [(False, False)]
    for act in (
        lambda by: actions.correct_contact(accepted.voice_id, name="", phone="14200000033", by=by, now=NOW),
        lambda by: actions.consent_to_call(accepted.voice_id, False, by=by, now=NOW),
        lambda by: actions.erase_voice(accepted.voice_id, by=by, now=NOW),
    ):
        with pytest.raises(NotFound):
            act(resident(HER))
    actions.erase_voice(accepted.voice_id, by=mother, now=NOW)
    assert Voice.objects.get(pk=accepted.voice_id).words == ERASED
