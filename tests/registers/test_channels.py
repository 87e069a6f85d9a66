"""Messages: told with the thing itself, quiet at night, tried again, never lost in silence, never plain."""

import itertools
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from liren.base.ledger.models import Event
from liren.base.vault import actions as vault
from liren.base.vault.models import Reveal
from liren.kernel.errors import IllegalMove, LirenError, NotFound
from liren.kernel.policy import SYSTEM, Actor, Grant
from liren.registers.channels import actions, adapters, queries
from liren.registers.channels.actions import Recipient
from liren.registers.channels.adapters import Letter, SendFailed
from liren.registers.channels.models import Message, Receipt
from liren.registers.channels.states import State

DAY = datetime(2026, 11, 23, 2, tzinfo=UTC)  # 10:00 in the office
NIGHT = datetime(2026, 11, 23, 15, tzinfo=UTC)  # 23:00
MORNING = datetime(2026, 11, 24, 0, tzinfo=UTC)  # 08:00 of the next day
NUMBER = "2611224839207155"
PHONE = "14212345678"
CLERK = Actor(id=70, kind="staff", grants=(Grant("clerk", frozenset({"cases.dispatch"}), "/1/"),))
STRANGER = Actor(id=71, kind="staff", grants=(Grant("clerk", frozenset({"cases.dispatch"}), "/2/"),))


class Phones:
    """An SMS provider that can be out of order."""

    name = "phones"

    def __init__(self) -> None:
        self.sent: list[tuple[str, Letter]] = []
        self.fails: Exception | None = None

    def send(self, address: str, letter: Letter) -> str:
        if self.fails is not None:
            raise self.fails
        self.sent.append((address, letter))
        return f"p-{len(self.sent)}"


@pytest.fixture
def phones() -> Iterator[Phones]:
    mine = Phones()
    before = adapters.use("sms", mine)
    yield mine
    adapters.use("sms", before)


def someone(voice: int = 9, phone: str = PHONE) -> Recipient:
    return Recipient(
        device_id=31, phone_index="ab" * 32, phone=actions.seal_phone(phone, subject=f"voice:{voice}")
    )


def tell(
    recipient: Recipient,
    code: str = "case.replied",
    *,
    now: datetime = DAY,
    key: str = "replied:1:1",
    **params: Any,
) -> list[int]:
    return actions.tell(
        recipient, code, {"number": NUMBER, **params}, key=key, now=now, case_id=1, place_path="/1/5/"
    )


def sms() -> Message:
    return Message.objects.get(channel="sms")


@pytest.mark.django_db
@pytest.mark.writes
class TestTell:
    def test_it_is_there_at_once_in_my_matters_and_queued_for_the_phone(self) -> None:
        ids = tell(someone())
        in_app, text = Message.objects.order_by("id")
        assert ids == [in_app.id, text.id]
        assert (in_app.channel, in_app.state) == ("in_app", State.DELIVERED)
        assert (text.channel, text.state, text.next_try) == ("sms", State.QUEUED, DAY)

    def test_three_statements(self, django_assert_num_queries: Any) -> None:
        to = someone()
        with django_assert_num_queries(3):
            tell(to)

    def test_the_same_key_is_the_same_message(self) -> None:
        to = someone()
        assert tell(to) == tell(to)
        assert Message.objects.count() == 2
        assert Event.objects.filter(kind="channels.told").count() == 1

    def test_a_thing_that_did_not_happen_is_not_told(self) -> None:
        with transaction.atomic():
            tell(someone())
            transaction.set_rollback(True)
        assert not Message.objects.exists()
        assert not Event.objects.exists()

    def test_neither_row_nor_event_nor_outbox_knows_the_phone(self) -> None:
        tell(someone())
        for row in [*Message.objects.values(), *Event.objects.values()]:
            assert PHONE not in repr(row)

    def test_without_a_phone_only_my_matters(self) -> None:
        tell(Recipient(device_id=31))
        assert list(Message.objects.values_list("channel", flat=True)) == ["in_app"]

    def test_nobody_to_tell_is_nothing_told(self) -> None:
        assert actions.tell(Recipient(), "case.closed", {"number": NUMBER}, key="k", now=DAY) == []

    def test_an_unknown_message_is_refused(self) -> None:
        with pytest.raises(NotFound, match="unknown"):
            tell(someone(), "case.sung")

    def test_at_night_it_waits_for_the_morning_but_not_when_urgent(self) -> None:
        tell(someone(), now=NIGHT)
        assert sms().next_try == MORNING
        mail = Recipient(account_id=5, email=actions.seal_email("a@b.cn", subject="account:5"))
        tell(mail, "order.urgent", now=NIGHT, key="urgent", due=DAY)
        assert Message.objects.get(channel="email").next_try == NIGHT


@pytest.mark.django_db
@pytest.mark.writes
class TestDeliver:
    def test_the_address_is_opened_for_this_purpose_only_now(self, phones: Phones) -> None:
        tell(someone())
        assert not Reveal.objects.exists()
        assert actions.deliver_due(DAY) == 1
        (address, letter) = phones.sent[0]
        assert address == PHONE
        assert letter.text == "【里仁】编号2611 2248 3920 7155的事有答复了。请看一看，告诉我们解决没有。"
        assert Reveal.objects.get().purpose == "deliver_message"
        assert (sms().state, sms().provider_id, sms().attempts) == (State.SENT, "p-1", 1)

    def test_a_contact_kept_as_json_is_understood(self, phones: Phones) -> None:
        token = vault.seal(
            json.dumps({"name": "李某", "phone": PHONE}), subject="voice:3", context="c.v.contact"
        )
        tell(Recipient(device_id=1, phone=token, phone_context="c.v.contact"))
        actions.deliver_due(DAY)
        assert phones.sent[0][0] == PHONE

    def test_in_the_language_of_the_recipient(self, phones: Phones) -> None:
        to = Recipient(phone=actions.seal_phone(PHONE, subject="v:1"), language="en")
        tell(to, "case.extended", due=DAY)
        actions.deliver_due(DAY)
        assert "answer before 2026-11-23 10:00" in phones.sent[0][1].text

    def test_it_is_sent_once(self, phones: Phones) -> None:
        tell(someone())
        assert [actions.deliver_due(DAY) for _ in range(3)] == [1, 0, 0]
        assert len(phones.sent) == 1

    def test_nothing_leaves_at_night_and_no_try_is_spent(self, phones: Phones) -> None:
        tell(someone(), now=NIGHT - timedelta(hours=3))  # queued at 20:00, the worker was away
        assert actions.deliver_due(NIGHT) == 0
        assert (sms().next_try, sms().attempts) == (MORNING, 0)
        assert actions.deliver_due(MORNING) == 1

    def test_retries_wait_longer_each_time_then_it_is_a_dead_letter(self, phones: Phones) -> None:
        tell(someone())
        phones.fails = SendFailed("gateway.busy")
        now, waited = DAY, []
        for _ in range(6):
            assert actions.deliver_due(now) == 0
            row = sms()
            if row.next_try is None:
                break
            waited.append(int((row.next_try - now).total_seconds() / 60))
            assert actions.deliver_due(row.next_try - timedelta(seconds=1)) == 0
            now = row.next_try
        assert waited == [1, 5, 15, 60, 240]
        assert (sms().state, sms().attempts, sms().error) == (State.DEAD, 6, "gateway.busy")
        assert actions.deliver_due(now + timedelta(days=9)) == 0

    def test_in_app_remains_when_the_phone_fails(self, phones: Phones) -> None:
        tell(someone())
        phones.fails = SendFailed("number.dead", final=True)
        actions.deliver_due(DAY)
        assert sms().state == State.DEAD
        mine = queries.inbox(Actor(id=1, kind="resident", device_id=31))
        assert [view.code for view in mine] == ["case.replied"]

    def test_an_adapter_that_breaks_stops_nobody_else(self, phones: Phones) -> None:
        tell(someone(8), key="one")
        tell(someone(9), key="other")
        fail = itertools.chain([ValueError("surprise")], itertools.repeat(None))
        send = phones.send

        def sometimes(address: str, letter: Letter) -> str:
            phones.fails = next(fail)
            return send(address, letter)

        phones.send = sometimes  # type: ignore[method-assign]
        assert actions.deliver_due(DAY) == 1
        assert set(Message.objects.filter(channel="sms").values_list("error", flat=True)) == {
            "",
            "adapter.error",
        }

    def test_a_sender_that_died_is_replaced_with_the_same_message_id(self, phones: Phones) -> None:
        tell(someone())
        phones.fails = KeyboardInterrupt()
        with pytest.raises(KeyboardInterrupt):
            actions.deliver_due(DAY)
        phones.fails = None
        assert actions.deliver_due(DAY + timedelta(minutes=4)) == 0
        assert actions.deliver_due(DAY + timedelta(minutes=5)) == 1
        assert phones.sent[0][1].message_id == str(sms().id)

    def test_an_erased_person_is_not_written_to(self, phones: Phones) -> None:
        tell(someone(9))
        vault.erase("voice:9", by=SYSTEM, now=DAY)
        assert actions.deliver_due(DAY) == 0
        assert (sms().state, sms().error) == (State.GIVEN_UP, "vault.erased")
        assert queries.count_dead() == 0

    def test_the_development_adapters_write_files(self) -> None:
        tell(someone())
        actions.deliver_due(DAY)
        file = Path(settings.HOME) / "outbox" / "sms" / f"{sms().id}.txt"
        assert file.read_text(encoding="utf-8").startswith(f"{PHONE}\n【里仁】编号")
        assert file.stat().st_mode & 0o077 == 0
        mail = Recipient(account_id=5, email=actions.seal_email("clerk@office.example", subject="account:5"))
        tell(mail, "order.new", key="new", due=DAY)
        assert actions.deliver_due(DAY) == 1
        mails = list((Path(settings.HOME) / "outbox" / "mail").iterdir())
        assert any("clerk@office.example" in mail.read_text() for mail in mails)


@pytest.mark.django_db
@pytest.mark.writes
class TestReceipts:
    def sent(self, phones: Phones) -> str:
        tell(someone())
        actions.deliver_due(DAY)
        return phones.sent[0][1].message_id

    def take(self, message_id: str, receipt: str, outcome: Any, **more: Any) -> bool:
        return actions.receive(
            "phones", receipt, message_id=message_id, outcome=outcome, at=DAY, now=DAY, **more
        )

    def test_a_receipt_counts_once_however_often_it_comes(self, phones: Phones) -> None:
        message_id = self.sent(phones)
        assert [self.take(message_id, "r1", "delivered") for _ in range(3)] == [True, False, False]
        assert sms().state == State.DELIVERED
        assert Receipt.objects.count() == 1
        assert Event.objects.filter(kind="channels.moved", payload__state="delivered").count() == 1

    def test_what_did_not_arrive_is_on_the_worklist(self, phones: Phones) -> None:
        message_id = self.sent(phones)
        assert self.take(message_id, "r1", "failed", reason="number.off")
        assert (sms().state, sms().error) == (State.FAILED, "number.off")
        assert [letter.id for letter in queries.dead_letters()] == [sms().id]

    def test_out_of_order_the_arrival_wins(self, phones: Phones) -> None:
        message_id = self.sent(phones)
        for receipt, outcome in (("r2", "failed"), ("r1", "delivered"), ("r3", "failed")):
            assert self.take(message_id, receipt, outcome)
        assert sms().state == State.DELIVERED

    @pytest.mark.parametrize("strange", ["", "x", "-1", "9" * 400, "１２", "0"])
    def test_a_receipt_for_nothing_is_refused(self, strange: str) -> None:
        with pytest.raises(NotFound):
            self.take(strange, "r1", "delivered")


@pytest.mark.django_db
@pytest.mark.writes
class TestDeadLetters:
    @pytest.fixture(autouse=True)
    def _dead(self, phones: Phones) -> None:
        tell(someone())
        phones.fails = SendFailed("number.dead", final=True)
        actions.deliver_due(DAY)
        phones.fails = None

    def test_a_clerk_of_the_place_sees_it_without_name_or_number(self) -> None:
        (letter,) = queries.dead_letters(CLERK)
        assert (letter.title, letter.channel, letter.attempts) == ("有答复了", "短信", 1)
        assert PHONE not in repr(letter)
        assert queries.count_dead(CLERK) == queries.count_dead() == 1

    def test_a_clerk_of_another_place_does_not(self) -> None:
        assert queries.dead_letters(STRANGER) == []
        for act in (actions.retry, actions.give_up):
            with pytest.raises(NotFound):
                act(sms().id, by=STRANGER, now=DAY)
        assert sms().state == State.DEAD

    def test_sent_again_it_has_all_its_tries_again(self, phones: Phones) -> None:
        actions.retry(sms().id, by=CLERK, now=DAY)
        assert (sms().state, sms().attempts) == (State.QUEUED, 0)
        assert actions.deliver_due(DAY) == 1
        assert queries.count_dead() == 0

    def test_sent_again_at_night_it_waits(self) -> None:
        actions.retry(sms().id, by=CLERK, now=NIGHT)
        assert sms().next_try == MORNING

    def test_told_another_way_it_is_done(self) -> None:
        actions.give_up(sms().id, by=CLERK, now=DAY)
        assert (sms().state, sms().settled_by) == (State.GIVEN_UP, CLERK.id)
        for act in (actions.retry, actions.give_up):
            with pytest.raises(IllegalMove):
                act(sms().id, by=CLERK, now=DAY)


@pytest.mark.django_db
class TestInbox:
    def test_only_ones_own(self) -> None:
        tell(Recipient(device_id=31), key="a")
        tell(Recipient(account_id=40), key="b", code="order.new", due=DAY)
        tell(Recipient(phone_index="ab" * 32), key="c", code="case.closed")
        by_device = Actor(id=1, kind="resident", device_id=31)
        by_phone = Actor(id=1, kind="resident", device_id=99, phone_index="ab" * 32)
        staff = Actor(id=40, kind="staff")
        seen = [[view.code for view in queries.inbox(actor)] for actor in (by_device, by_phone, staff)]
        assert seen == [["case.replied"], ["case.closed"], ["order.new"]]
        assert queries.inbox(Actor(id=0, kind="anonymous")) == []
        assert queries.inbox(by_device, case_id=2) == []

    def test_in_plain_words(self) -> None:
        tell(Recipient(account_id=40), key="b", code="order.new", due=DAY)
        (view,) = queries.inbox(Actor(id=40, kind="staff"))
        assert view.text == "新到一件，编号2611 2248 3920 7155，请在11月23日10:00前联系居民。"


class TestCodes:
    def test_a_code_goes_out_at_night_and_leaves_no_row(self, phones: Phones) -> None:
        actions.send_code(PHONE, "402815", now=NIGHT)
        (address, letter) = phones.sent[0]
        assert address == PHONE
        assert "402815" in letter.text
        assert len(letter.text) <= 70

    def test_a_code_that_could_not_be_sent_says_so(self, phones: Phones) -> None:
        phones.fails = SendFailed("gateway.busy")
        with pytest.raises(LirenError, match=r"message\.unsent"):
            actions.send_code(PHONE, "402815", now=DAY)
