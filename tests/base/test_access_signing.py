"""Signing in: attackers are slowed, nobody is locked out, nothing is given away or used twice."""

from datetime import timedelta
from typing import Any

import pyotp
import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liren.base.access import actions, queries
from liren.base.access.actions import signing
from liren.base.access.models import Account, Bucket, Device, RecoveryCode, SecondFactor
from liren.base.ledger.models import Event
from liren.kernel.errors import Denied, Refused, Throttled
from liren.kernel.policy import SYSTEM, Actor
from tests.base.access_world import FAR, HALL, NOON, PASSWORD, Worker, give, minutes, quick_passwords, worker

__all__ = ["quick_passwords"]

pytestmark = [pytest.mark.django_db, pytest.mark.writes, pytest.mark.usefixtures("quick_passwords")]


def attack(
    username: str, *, address: str = FAR, now: Any = NOON, token: str | None = None, tries: int = 50
) -> int:
    """Wrong passwords until slowed down; how many were heard."""
    for heard in range(tries):
        try:
            actions.sign_in(
                username, "wrong password", "000000", address=address, device_token=token, now=now
            )
        except Refused:
            continue
        except Throttled:
            return heard
    return tries


def test_first_sign_in_may_only_set_up_the_second_factor() -> None:
    chen = worker(set_up=False)
    give(chen.id, "clerk")
    signed = chen.sign_in(NOON)
    assert signed.second_factor_at is None
    actor = queries.actor(signed.account_id, None, now=NOON, second_factor_at=signed.second_factor_at)
    assert actor.proof == "password"
    assert [grant.duties for grant in actor.grants] == [frozenset({"access.second_factor"})]
    started = actions.start_second_factor(chen.id, by=actor, now=NOON)
    assert started.uri.startswith("otpauth://totp/")
    with pytest.raises(Refused, match=r"second_factor\.wrong"):
        actions.confirm_second_factor(chen.id, "000000", device_token=None, by=actor, now=NOON)
    code = pyotp.TOTP(started.secret).at(NOON)
    done = actions.confirm_second_factor(chen.id, code, device_token=signed.device_token, by=actor, now=NOON)
    assert len(set(done.recovery_codes)) == 10
    after = queries.actor(chen.id, None, now=NOON, second_factor_at=done.at)
    assert after.proof == "second_factor"
    assert after.has("cases.dispatch")


def test_the_secret_is_sealed_and_recovery_codes_are_hashed() -> None:
    chen = worker()
    kept = SecondFactor.objects.get(account_id=chen.id)
    assert chen.secret.encode() not in bytes(kept.secret or b"")
    hashes = "".join(RecoveryCode.objects.values_list("code_hash", flat=True))
    assert chen.recovery[0].replace("-", "") not in hashes


def test_without_code_nobody_passes_and_nothing_says_what_was_wrong() -> None:
    chen = worker()
    later = NOON + minutes(2)
    told = set()
    for name, password, code in (
        (chen.username, PASSWORD, ""),
        (chen.username, PASSWORD, "123456"),
        (chen.username, "wrong", chen.code(later)),
        ("nobody.here", PASSWORD, "123456"),
        ("陈敏' OR 1=1 --", PASSWORD, ""),
    ):
        with pytest.raises(Refused) as refused:
            actions.sign_in(name, password, code, address=HALL, device_token=None, now=later)
        told.add(str(refused.value))
    assert told == {"access.sign_in_failed"}


def test_unknown_names_cost_the_same_and_are_slowed_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    worker("chen.min")
    closed = worker("wang.li")
    actions.close_account(closed.id, by=SYSTEM, now=NOON)
    resident = actions.open_account(username="zhao", kind="resident", password=PASSWORD, by=SYSTEM, now=NOON)
    assert resident
    hashed: list[str] = []
    real = signing.check_password
    monkeypatch.setattr(
        signing, "check_password", lambda given, kept: hashed.append(kept) or real(given, kept)
    )
    heard, hashes, statements = [], [], []
    for number, name in enumerate(("chen.min", "wang.li", "zhao", "nobody", "system", "machine", "no name!")):
        hashed.clear()
        with CaptureQueriesContext(connection) as seen:
            heard.append(attack(name, address=f"198.51.100.{number}"))
        hashes.append([kept.split("$")[0] for kept in hashed])
        statements.append(len(seen))
    assert heard == [5] * 7
    assert hashes == [hashes[0]] * 7
    assert len(hashes[0]) == 5
    assert hashes[0][0] == make_password(PASSWORD).split("$")[0]
    assert statements == [statements[0]] * 7


def test_the_houses_own_accounts_cannot_sign_in() -> None:
    for name in ("system", "machine"):
        for password in ("", "!", "system", PASSWORD):
            with pytest.raises(Refused, match=r"access\.sign_in_failed"):
                actions.sign_in(
                    name, password, "", address=f"10.0.0.{len(password)}", device_token=None, now=NOON
                )
    assert set(Account.objects.filter(kind="system").values_list("id", "username")) == {
        (1, "system"),
        (2, "machine"),
    }


def test_a_known_device_is_never_locked_out_by_an_attack_on_the_account() -> None:
    """Two days of hammering from a thousand addresses and, meanwhile, an ordinary working day."""
    chen = worker()
    heard = 0
    for hour in range(48):
        now = NOON + timedelta(hours=hour)
        heard += attack(chen.username, address=f"198.51.{hour}.9", now=now)
        if hour % 4 == 0:
            signed = chen.sign_in(now + minutes(1), address=f"192.0.2.{hour}")
            assert signed.second_factor_at
    assert heard <= 5 + 48 * 4
    with pytest.raises(Throttled) as slowed:
        actions.sign_in(chen.username, PASSWORD, "1", address="192.0.2.99", device_token=None, now=now)
    assert 0 < slowed.value.retry_after <= 900


def test_a_cookie_known_to_one_account_is_a_stranger_to_another() -> None:
    chen, wang = worker("chen.min"), worker("wang.li")
    assert attack(wang.username, token=chen.token) == 5
    assert chen.sign_in(NOON + minutes(1)).second_factor_at
    assert wang.sign_in(NOON + minutes(1)).second_factor_at


def test_a_stolen_known_device_is_slowed_by_itself() -> None:
    chen = worker()
    laptop = chen.token
    second = chen.sign_in(NOON + minutes(1), token=None).device_token
    assert second
    assert attack(chen.username, token=laptop) == 10
    assert chen.sign_in(NOON + minutes(2), token=second).second_factor_at


def test_a_forged_cookie_is_no_device() -> None:
    chen = worker()
    assert attack(chen.username, token="forged") == 5
    assert attack("someone.else", token="", address="192.0.2.4") == 5


def test_a_hall_behind_one_address_is_not_cut_off() -> None:
    """An attacker inside the hall sprays many accounts; a known and a settled device go on."""
    chen, wang = worker("chen.min"), worker("wang.li")
    _, settled = actions.new_device(NOON - timedelta(days=2))
    sprayed = sum(attack(f"name{number}", address=HALL) for number in range(100))
    assert sprayed == 60
    assert chen.sign_in(NOON + minutes(1)).second_factor_at
    assert wang.sign_in(NOON + minutes(1), token=settled).second_factor_at


def test_many_right_sign_ins_from_one_hall_cost_nothing() -> None:
    people = [worker(f"clerk{number}", now=NOON + minutes(number / 10)) for number in range(8)]
    for round_ in range(1, 4):
        for person in people:
            assert person.sign_in(NOON + minutes(round_ * 10), token=None).second_factor_at
    assert not Bucket.objects.filter(full_at__gt=(NOON + minutes(30)).timestamp() * 1e6).exists()


def test_refused_tries_do_not_drain_the_address() -> None:
    """Hammering one empty account bucket leaves the rest of the address its tries."""
    assert attack("chen.min", address=HALL) == 5
    for _ in range(100):
        assert attack("chen.min", address=HALL, tries=1) == 0
    assert sum(attack(f"name{number}", address=HALL) for number in range(100)) == 55


def test_a_code_works_once_and_no_older_code_after_it() -> None:
    chen = worker()
    now = NOON + minutes(5)
    code, older = chen.code(now), chen.code(now - minutes(0.5))
    assert code != older
    chen.sign_in(now)
    for used in (code, older):
        for token in (chen.token, None):
            with pytest.raises(Refused, match=r"access\.sign_in_failed"):
                actions.sign_in(chen.username, PASSWORD, used, address=HALL, device_token=token, now=now)
    assert chen.sign_in(now + minutes(0.5)).second_factor_at


@pytest.mark.parametrize(("drift", "passes"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_one_step_of_drift(drift: int, passes: bool) -> None:
    chen = worker()
    now = NOON + minutes(10)
    code = chen.code(now + timedelta(seconds=30 * drift))
    try:
        actions.sign_in(chen.username, PASSWORD, code, address=HALL, device_token=chen.token, now=now)
    except Refused:
        assert not passes
    else:
        assert passes


def test_a_code_may_be_typed_with_spaces_and_full_width_digits() -> None:
    chen = worker()
    now = NOON + minutes(5)
    code = chen.code(now).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    typed = f" {code[:3]} {code[3:]} "
    assert actions.sign_in(" Chen.Min ", PASSWORD, typed, address=HALL, device_token=None, now=now)


def test_a_recovery_code_works_once() -> None:
    chen = worker()
    code = chen.recovery[3].lower().replace("-", " ")
    assert actions.sign_in(
        chen.username, PASSWORD, code, address=HALL, device_token=chen.token, now=NOON
    ).second_factor_at
    with pytest.raises(Refused):
        actions.sign_in(chen.username, PASSWORD, code, address=HALL, device_token=chen.token, now=NOON)


def test_who_has_the_password_cannot_guess_codes_and_is_not_told_so() -> None:
    """A day of guessing with the right password gets no more tries than the limit, and the same answer."""
    chen = worker()
    for hour in range(24):
        for _ in range(10):
            with pytest.raises((Refused, Throttled)):
                actions.sign_in(
                    chen.username,
                    PASSWORD,
                    "000000",
                    address=FAR,
                    device_token=None,
                    now=NOON + minutes(60 * hour),
                )
    checked = Event.objects.filter(kind="vault.revealed", at__gt=NOON).count()
    assert checked <= 5 + 24
    assert chen.sign_in(NOON + timedelta(hours=23, minutes=1)).second_factor_at


def test_the_second_factor_is_changed_only_by_who_shows_the_old_one() -> None:
    chen, wang = worker("chen.min"), worker("wang.li")
    password_only = Actor(id=chen.id, kind="staff", proof="password")
    with pytest.raises(Denied):
        actions.start_second_factor(chen.id, by=password_only, now=NOON)
    with pytest.raises(Denied):
        actions.start_second_factor(chen.id, by=wang.actor(NOON), now=NOON)
    with pytest.raises(Denied):
        actions.start_second_factor(chen.id, by=Actor(id=chen.id, kind="anonymous"), now=NOON)
    old = chen.secret
    started = actions.start_second_factor(chen.id, by=chen.actor(NOON), now=NOON)
    assert chen.sign_in(NOON + minutes(1)).second_factor_at, (
        "the old one works until the new one is confirmed"
    )
    chen.secret = started.secret
    now = NOON + minutes(2)
    actions.confirm_second_factor(
        chen.id, chen.code(now), device_token=chen.token, by=chen.actor(now), now=now
    )
    assert chen.sign_in(NOON + minutes(4)).second_factor_at
    chen.secret = old
    with pytest.raises(Refused):
        chen.sign_in(NOON + minutes(6))


def test_the_second_factor_can_be_shown_again() -> None:
    chen = worker()
    now = NOON + minutes(5)
    by = Actor(id=chen.id, kind="staff", proof="password")
    assert actions.prove_second_factor(chen.id, chen.code(now), by=by, now=now) == now
    with pytest.raises(Refused, match=r"second_factor\.wrong"):
        actions.prove_second_factor(chen.id, chen.code(now), by=by, now=now)
    for _ in range(4):
        with pytest.raises(Refused):
            actions.prove_second_factor(chen.id, "000000", by=by, now=now)
    with pytest.raises(Throttled):
        actions.prove_second_factor(chen.id, "000000", by=by, now=now)


def test_a_reset_factor_ends_sessions_and_is_set_up_anew() -> None:
    chen, guard = worker("chen.min"), worker("guard")
    give(guard.id, "security_admin")
    stamp = Account.objects.get(id=chen.id).session_stamp
    with pytest.raises(Denied):
        actions.reset_second_factor(guard.id, by=chen.actor(NOON), now=NOON)
    actions.reset_second_factor(chen.id, by=guard.actor(NOON), now=NOON)
    assert queries.actor(chen.id, None, now=NOON, second_factor_at=NOON, stamp=stamp).kind == "anonymous"
    chen.secret = ""
    assert chen.sign_in(NOON).second_factor_at is None


def session_of(person: Worker, now: Any, session: SessionStore | None = None) -> SessionStore:
    session = session or SessionStore()
    actions.open_session(session, person.sign_in(now), now=now)
    session.save()
    return session


def test_a_planted_session_key_is_worth_nothing() -> None:
    chen = worker()
    planted = SessionStore()
    planted["draft"] = "楼道漏水"
    planted.save()
    key = planted.session_key
    session = session_of(chen, NOON + minutes(1), planted)
    assert session.session_key != key
    assert session["draft"] == "楼道漏水", "a half-written text survives the sign-in"
    assert not SessionStore().exists(key)
    attacker = SessionStore(key)
    assert queries.actor_of(attacker, None, now=NOON + minutes(1)).kind == "anonymous"
    assert queries.actor_of(session, None, now=NOON + minutes(1)).proof == "second_factor"


def test_another_accounts_session_is_emptied_at_sign_in() -> None:
    session = session_of(worker("chen.min"), NOON + minutes(1))
    session["draft"] = "给小陈的"
    session_of(worker("wang.li"), NOON + minutes(2), session)
    assert "draft" not in session


def test_idle_and_absolute_time_outs() -> None:
    chen = worker()
    session = session_of(chen, NOON + minutes(1))
    start = NOON + minutes(1)
    assert queries.actor_of(session, None, now=start + minutes(30)).id == chen.id
    assert queries.actor_of(session, None, now=start + minutes(31)).id == 0
    now = start
    while now - start <= timedelta(hours=12):
        assert queries.actor_of(session, None, now=now).proof == "second_factor"
        actions.touch_session(session, now=now)
        now += minutes(20)
    assert queries.signed_in(session, now=now) is None
    assert queries.actor_of(session, None, now=now).kind == "anonymous"


def test_touching_writes_once_a_minute() -> None:
    session = session_of(worker(), NOON + minutes(1))
    session.modified = False
    actions.touch_session(session, now=NOON + minutes(1.9))
    assert not session.modified
    actions.touch_session(session, now=NOON + minutes(2))
    assert session.modified
    stranger = SessionStore()
    actions.touch_session(stranger, now=NOON)
    assert not stranger.modified


def test_the_second_factor_goes_stale() -> None:
    chen = worker()
    give(chen.id, "clerk")
    assert queries.actor(chen.id, None, now=NOON + timedelta(hours=12), second_factor_at=NOON).has(
        "cases.read"
    )
    stale = queries.actor(chen.id, None, now=NOON + timedelta(hours=12, minutes=1), second_factor_at=NOON)
    assert stale.proof == "password"
    assert not stale.has("cases.read")


def test_signing_out_ends_one_session_and_everywhere_ends_all() -> None:
    chen, wang = worker("chen.min"), worker("wang.li")
    one, two = session_of(chen, NOON + minutes(1)), session_of(chen, NOON + minutes(2))
    now = NOON + minutes(3)
    actions.sign_out(one, now=now)
    actions.sign_out(one, now=now)
    assert queries.actor_of(one, None, now=now).id == 0
    assert queries.actor_of(two, None, now=now).id == chen.id
    with pytest.raises(Denied):
        actions.sign_out_everywhere(chen.id, by=wang.actor(now), now=now)
    actions.sign_out_everywhere(chen.id, by=chen.actor(now), now=now)
    assert queries.actor_of(two, None, now=now).id == 0
    assert attack(chen.username, token=chen.token) == 5, "the devices are strangers again"


def test_closing_an_account_ends_it_at_once() -> None:
    chen = worker()
    session = session_of(chen, NOON + minutes(1))
    actions.close_account(chen.id, by=SYSTEM, now=NOON)
    actions.close_account(chen.id, by=SYSTEM, now=NOON)
    assert queries.actor_of(session, None, now=NOON + minutes(2)).id == 0
    with pytest.raises(Refused):
        chen.sign_in(NOON + minutes(3))
    actions.reopen_account(chen.id, by=SYSTEM, now=NOON)
    assert queries.actor_of(session, None, now=NOON + minutes(4)).id == 0
    assert chen.sign_in(NOON + minutes(5)).second_factor_at


def test_changing_a_password_ends_the_other_sessions() -> None:
    chen = worker()
    here, there = session_of(chen, NOON + minutes(1)), session_of(chen, NOON + minutes(2))
    now = NOON + minutes(3)
    with pytest.raises(Refused, match=r"password\.wrong"):
        actions.change_password(
            chen.id, old="wrong", new="another long pass phrase", by=chen.actor(now), now=now
        )
    stamp = actions.change_password(
        chen.id, old=PASSWORD, new="another long pass phrase", by=chen.actor(now), now=now
    )
    actions.renew_session(here, now=now, stamp=stamp)
    assert queries.actor_of(here, None, now=now).id == chen.id
    assert queries.actor_of(there, None, now=now).id == 0
    with pytest.raises(Refused):
        chen.sign_in(NOON + minutes(4))


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "password.too_short"),
        ("x" * 129, "password.too_long"),
        ("chen.min-chen.min", "password.like_username"),
        ("abcabcabcabcabc", "password.one_letter"),
        ("q1w2e3r4t5y6", "password.common"),
    ],
)
def test_weak_passwords(password: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        actions.open_account(username="chen.min", kind="staff", password=password, by=SYSTEM, now=NOON)
    assert refused.value.code == code


def test_a_username_is_taken_once_in_any_case() -> None:
    worker("chen.min")
    for name in ("chen.min", " CHEN.MIN", "ｃｈｅｎ.ｍｉｎ", "System"):
        with pytest.raises(Refused, match=r"access\.username_taken"):
            actions.open_account(username=name, kind="staff", password=None, by=SYSTEM, now=NOON)
    for name in ("陈敏", "a", "", "x" * 65, "a b", "../etc"):
        with pytest.raises(Refused, match=r"access\.username$"):
            actions.open_account(username=name, kind="staff", password=None, by=SYSTEM, now=NOON)


def test_failures_and_successes_are_in_the_ledger_without_words() -> None:
    chen = worker()
    attack(chen.username, tries=1)
    attack("nobody", tries=1)
    chen.sign_in(NOON + minutes(1))
    kept = Event.objects.filter(kind__startswith="access.sign").order_by("id")
    rows = [(event.kind, event.subject_id, event.payload) for event in kept]
    assert rows == [
        ("access.sign_in_refused", chen.id, {"what": "password", "known_device": False}),
        ("access.sign_in_refused", 0, {"what": "password", "known_device": False}),
        ("access.signed_in", chen.id, {"second_factor": "code", "known_device": True}),
    ]
    told = str(list(Event.objects.values_list("payload", flat=True)))
    assert "chen" not in told
    assert FAR not in told


def test_no_token_of_a_device_is_kept() -> None:
    chen = worker()
    assert chen.token
    assert not Device.objects.filter(token_hash=chen.token).exists()


@pytest.mark.django_db(transaction=True)
def test_the_houses_own_accounts_are_opened_again_in_an_emptied_database() -> None:
    call_command("flush", interactive=False, verbosity=0)
    assert set(Account.objects.filter(kind="system").values_list("id", "username")) == {
        (1, "system"),
        (2, "machine"),
    }
