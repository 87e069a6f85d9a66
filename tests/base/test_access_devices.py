"""Devices and phones: the same device or a code opens what is one's own, for 90 days, and nobody else's."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liren.base.access import actions, queries, rules
from liren.base.access.actions import buckets, devices
from liren.base.access.models import Bucket, Device, PhoneCode
from liren.base.vault import queries as vault
from liren.kernel.errors import LirenError, NotFound, Refused, Throttled
from liren.kernel.policy import Actor
from tests.base.access_world import FAR, HALL, NOON, minutes

pytestmark = [pytest.mark.django_db, pytest.mark.writes]
PHONE, OTHER = "14200000001", "14200000002"


@pytest.fixture
def outbox() -> Iterator[list[tuple[str, str]]]:
    """What the delivery port was handed."""
    sent: list[tuple[str, str]] = []
    before = list(devices._senders)
    actions.set_code_sender(lambda phone, code: sent.append((phone, code)))
    yield sent
    devices._senders[:] = before


def act(token: str | None, now: datetime = NOON) -> Actor:
    return queries.actor(None, token, now=now, second_factor_at=None)


def send(device: int, phone: str = PHONE, *, now: datetime = NOON, address: str = HALL) -> actions.Challenge:
    return actions.send_phone_code(phone, device_id=device, address=address, now=now)


def slowed_for(act: Callable[[], object]) -> int:
    """0 if it was done, else the seconds to wait."""
    try:
        act()
    except Throttled as slowed:
        return slowed.retry_after
    return 0


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_three_levels_of_residents(outbox: list[tuple[str, str]]) -> None:
    nobody = act(None)
    assert (nobody.id, nobody.kind, nobody.proof) == (0, "anonymous", "none")
    assert nobody.has("intake.send")
    assert not nobody.has("matters.read")
    device, token = actions.new_device(NOON)
    held = act(token)
    assert (held.kind, held.proof, held.device_id, held.phone_index) == ("resident", "device", device, None)
    assert held.has("matters.rate")
    assert all(grant.own_only for grant in held.grants)
    send(device)
    actions.prove_phone(device, PHONE, outbox[0][1], NOON)
    proven = act(token)
    assert (proven.proof, proven.phone_index) == ("phone", vault.blind("phone", PHONE))
    for duty in ("cases.read", "access.grant", "cases.contact_reveal"):
        assert not proven.has(duty)


def test_trust_ends_after_ninety_days_and_is_renewed_by_use() -> None:
    device, token = actions.new_device(NOON)
    assert act(token, NOON + timedelta(days=89)).device_id == device
    assert act(token, NOON + timedelta(days=90)).device_id is None
    actions.renew_device(device, now=NOON + timedelta(days=80))
    assert act(token, NOON + timedelta(days=169)).device_id == device
    with pytest.raises(NotFound):
        actions.renew_device(device, now=NOON + timedelta(days=171))


def test_a_phones_proof_ends_before_the_device(outbox: list[tuple[str, str]]) -> None:
    device, token = actions.new_device(NOON)
    send(device)
    actions.prove_phone(device, PHONE, outbox[0][1], NOON)
    actions.renew_device(device, now=NOON + timedelta(days=80))
    assert act(token, NOON + timedelta(days=89)).proof == "phone"
    later = act(token, NOON + timedelta(days=91))
    assert (later.proof, later.phone_index) == ("device", None)


def test_a_device_speaks_for_one_phone(outbox: list[tuple[str, str]]) -> None:
    device, token = actions.new_device(NOON)
    for phone in (PHONE, OTHER):
        send(device, phone)
        actions.prove_phone(device, phone, outbox[-1][1], NOON)
    assert act(token).phone_index == vault.blind("phone", OTHER)


def test_forgetting_a_device(outbox: list[tuple[str, str]]) -> None:
    device, token = actions.new_device(NOON)
    send(device)
    actions.prove_phone(device, PHONE, outbox[0][1], NOON)
    actions.forget_device(device, now=NOON + minutes(1))
    actions.forget_device(device, now=NOON + minutes(1))
    assert act(token, NOON + minutes(1)).proof == "none"
    assert Device.objects.get(id=device).phone_index is None
    with pytest.raises(NotFound):
        send(device, now=NOON + minutes(2))


def test_tokens_and_codes_and_phones_are_not_kept(outbox: list[tuple[str, str]]) -> None:
    device, token = actions.new_device(NOON)
    send(device)
    kept = str(list(Device.objects.values())) + str(
        list(PhoneCode.objects.values("phone_index", "code_hash"))
    )
    for secret in (token, PHONE, outbox[0][1] + "'"):
        assert secret not in kept
    assert act(Device.objects.get(id=device).token_hash).device_id is None, "the hash is no cookie"


def test_a_code_belongs_to_one_device_and_one_phone(outbox: list[tuple[str, str]]) -> None:
    mine, _ = actions.new_device(NOON)
    theirs, token = actions.new_device(NOON)
    send(mine)
    for device, phone in ((theirs, PHONE), (mine, OTHER)):
        with pytest.raises(Refused, match=r"phone\.no_code"):
            actions.prove_phone(device, phone, outbox[0][1], NOON)
    assert act(token).proof == "device"


def test_a_code_works_once_for_five_minutes_and_only_the_newest(outbox: list[tuple[str, str]]) -> None:
    device, _ = actions.new_device(NOON)
    send(device)
    with pytest.raises(Refused, match=r"phone\.code_expired"):
        actions.prove_phone(device, PHONE, outbox[0][1], NOON + minutes(5))
    send(device, now=NOON + minutes(6))
    send(device, now=NOON + minutes(7))
    if outbox[1][1] != outbox[2][1]:
        with pytest.raises(Refused, match=r"phone\.code_wrong"):
            actions.prove_phone(device, PHONE, outbox[1][1], NOON + minutes(8))
    actions.prove_phone(device, PHONE, f" {outbox[2][1][:3]} {outbox[2][1][3:]}", NOON + minutes(8))
    with pytest.raises(Refused, match=r"phone\.no_code"):
        actions.prove_phone(device, PHONE, outbox[2][1], NOON + minutes(8))


def test_five_tries(outbox: list[tuple[str, str]]) -> None:
    device, token = actions.new_device(NOON)
    challenge = send(device)
    code = outbox[0][1]
    left = []
    for _ in range(challenge.tries):
        with pytest.raises(Refused) as refused:
            actions.prove_phone(device, PHONE, wrong(code), NOON)
        left.append(refused.value.params["left"])
    assert left == [4, 3, 2, 1, 0]
    with pytest.raises(Refused, match=r"phone\.code_spent"):
        actions.prove_phone(device, PHONE, code, NOON)
    assert act(token).proof == "device"


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "٣٣٣٣٣٣", "\x00" * 6, "1" * 10_000])
def test_nonsense_is_a_wrong_code(typed: str, outbox: list[tuple[str, str]]) -> None:
    device, _ = actions.new_device(NOON)
    send(device)
    with pytest.raises(Refused, match=r"phone\.code_wrong"):
        actions.prove_phone(device, PHONE, typed, NOON)


def test_a_phone_is_not_flooded_and_its_holder_is_not_shut_out(outbox: list[tuple[str, str]]) -> None:
    """Fifty strange devices ask for codes for a day; the holder's own device still gets one."""
    device, token = actions.new_device(NOON - timedelta(days=3))
    send(device, now=NOON - timedelta(days=3))
    actions.prove_phone(device, PHONE, outbox.pop()[1], NOON - timedelta(days=3))
    for hour in range(24):
        for number in range(2):
            now = NOON + timedelta(hours=hour)
            strange, _ = actions.new_device(now)
            assert slowed_for(lambda: send(strange, now=now, address=f"198.51.{hour}.{number}")) <= 7200  # noqa: B023
    assert len(outbox) <= 5 + 12
    last = NOON + timedelta(hours=24)
    send(device, now=last)
    actions.prove_phone(device, PHONE, outbox[-1][1], last)
    assert act(token, last).proof == "phone"


def test_one_device_cannot_text_the_whole_street(outbox: list[tuple[str, str]]) -> None:
    device, _ = actions.new_device(NOON - timedelta(days=3))
    waits = [slowed_for(lambda n=number: send(device, f"142000{n:05d}")) for number in range(50)]
    assert waits == [0] * 5 + [600] * 45
    assert len(outbox) == 5


def test_one_address_cannot_either_but_its_settled_devices_can(outbox: list[tuple[str, str]]) -> None:
    settled, _ = actions.new_device(NOON - timedelta(days=3))
    for number in range(80):
        strange, _ = actions.new_device(NOON)
        slowed_for(lambda: send(strange, f"142000{number:05d}", address=FAR))  # noqa: B023
    assert len(outbox) == 60
    send(settled, "14211111111", address=FAR)


def test_bad_phones_and_a_missing_port() -> None:
    device, _ = actions.new_device(NOON)
    for phone in ("", "123", "010-12345678", "1420000000", "142000000011", "a" * 10_000, "12000000000"):
        with pytest.raises(Refused, match=r"phone\.malformed"):
            send(device, phone)
    before = list(devices._senders)
    devices._senders.clear()
    with pytest.raises(LirenError, match=r"phone\.no_sender"):
        send(device)
    devices._senders[:] = before


@pytest.mark.parametrize(
    "typed", ["14200000001", "+86 142 0000 0001", "0086-14200000001", "１４２００００ ０００１"]
)
def test_a_phone_however_typed(typed: str) -> None:
    assert rules.phone(typed) == PHONE


def test_an_open_door_is_throttled_per_device_address_and_subject() -> None:
    settled, _ = actions.new_device(NOON - timedelta(days=3))

    def ask(number: str, *, device: int | None = None, address: str = FAR, now: datetime = NOON) -> None:
        actions.throttle("status", device_id=device, address=address, now=now, subject=number)

    for _ in range(10):
        ask("2611224839207155")
    with pytest.raises(Throttled, match=r"access\.too_many") as slowed:
        ask("2611224839207155", address="203.0.113.80")
    assert slowed.value.retry_after == 600
    ask("2611224839207155", device=settled)
    assert any(slowed_for(lambda: ask(str(number))) for number in range(100))  # noqa: B023
    ask("77", address=HALL)
    ask("78", device=settled, address=FAR)
    ask("2611224839207155", now=NOON + minutes(10))


def test_ipv6_neighbours_share_a_bucket_and_odd_addresses_do_no_harm() -> None:
    assert rules.neighbourhood("2001:db8:1:2::1") == rules.neighbourhood("2001:db8:1:2:ffff::9")
    assert rules.neighbourhood("2001:db8:1:2::1") != rules.neighbourhood("2001:db8:1:3::1")
    assert rules.neighbourhood("::ffff:203.0.113.7") == rules.neighbourhood(" 203.0.113.7 ")
    assert rules.neighbourhood("fe80::1%eth0") == rules.neighbourhood("fe80::2")
    assert rules.neighbourhood("unix:") == rules.neighbourhood("") == "?"


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    burst=st.integers(1, 5),
    refill=st.integers(1, 100),
    waits=st.lists(st.integers(0, 150), min_size=1, max_size=30),
)
def test_a_bucket_is_a_bucket(burst: int, refill: int, waits: list[int]) -> None:
    """Against a bucket with tokens counted by hand in whole thousandths."""
    Bucket.objects.all().delete()
    rate = rules.Rate("test", burst, timedelta(seconds=refill))
    now, tokens = NOON, burst * refill
    for wait in waits:
        now += timedelta(seconds=wait)
        tokens = min(burst * refill, tokens + wait)
        told = slowed_for(lambda: buckets.spend([(rate, "x")], code="test.slow", now=now))  # noqa: B023
        assert told == max(0, refill - tokens)
        tokens -= 0 if told else refill


def test_a_clock_set_back_locks_nobody_out() -> None:
    rate = rules.Rate("test", 2, timedelta(seconds=60))
    for _ in range(2):
        buckets.spend([(rate, "x")], code="test.slow", now=NOON + timedelta(days=3))
    buckets.spend([(rate, "x")], code="test.slow", now=NOON)
    buckets.spend([(rate, "x")], code="test.slow", now=NOON)
    with pytest.raises(Throttled) as slowed:
        buckets.spend([(rate, "x")], code="test.slow", now=NOON)
    assert slowed.value.retry_after == 60


def test_statements() -> None:
    device, token = actions.new_device(NOON)
    actions.throttle("send", device_id=device, address=HALL, now=NOON)
    with CaptureQueriesContext(connection) as seen:
        act(token)
    assert len(seen) == 1
    with CaptureQueriesContext(connection) as seen:
        act(None)
    assert len(seen) == 0
    with CaptureQueriesContext(connection) as seen:
        actions.throttle("send", device_id=device, address=HALL, now=NOON)
    assert len([one for one in seen if "SAVEPOINT" not in one["sql"]]) == 1


def test_purge_keeps_what_is_still_good(outbox: list[tuple[str, str]]) -> None:
    old, _ = actions.new_device(NOON - timedelta(days=100))
    device, token = actions.new_device(NOON)
    send(device)
    actions.purge(now=NOON)
    assert act(token).device_id == device
    assert not Device.objects.filter(id=old).exists()
    actions.prove_phone(device, PHONE, outbox[0][1], NOON)
    actions.purge(now=NOON + timedelta(days=2))
    assert not PhoneCode.objects.exists()
    assert not Bucket.objects.exists()
    assert act(token, NOON + timedelta(days=2)).proof == "phone"
