"""Grants: who may do what, where, for which unit, on which days; three administrators are three people."""

from datetime import date, timedelta
from itertools import permutations

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from liren.base.access import actions, loading, queries
from liren.base.access.models import Grant
from liren.base.ledger.models import Event
from liren.kernel.errors import Denied, NotFound, Refused
from liren.kernel.policy import SYSTEM, Actor, Facts, decide, scope
from tests.base.access_world import DAY, NOON, Worker, give, quick_passwords, worker

__all__ = ["quick_passwords"]

pytestmark = [pytest.mark.django_db, pytest.mark.writes, pytest.mark.usefixtures("quick_passwords")]
ADMINISTRATORS = ("system_admin", "security_admin", "audit_admin")


def staff(username: str = "chen.min") -> Worker:
    return worker(username, set_up=False)


def on(person: Worker, day: date) -> Actor:
    now = NOON + (day - DAY)
    return queries.actor(person.id, None, now=now, second_factor_at=now)


def test_a_grant_gives_duties_in_its_place_and_unit() -> None:
    chen = staff()
    give(chen.id, "handler", unit=7)
    give(chen.id, "grid_worker", place="/1/2/")
    actor = chen.actor(NOON)
    mine = Facts(place_path="/9/", unit_ids=frozenset({7, 8}))
    assert decide(actor, "cases.reply", mine).allowed
    assert decide(actor, "cases.reply", Facts(place_path="/1/2/3/")).allowed
    assert not decide(actor, "cases.reply", Facts(place_path="/1/23/", unit_ids=frozenset({8}))).allowed
    assert not actor.has("cases.dispatch")
    seen = scope(actor, "cases.read")
    assert (seen.everything, seen.place_paths, seen.unit_ids) == (False, ("/1/2/",), (7,))


def test_a_grant_holds_on_its_days_and_ends_at_once_when_revoked() -> None:
    chen = staff()
    number = give(chen.id, "clerk", start=DAY, end=DAY + timedelta(days=2))
    assert [on(chen, DAY + timedelta(days=days)).has("cases.read") for days in range(-1, 4)] == [
        False,
        True,
        True,
        True,
        False,
    ]
    actions.revoke(number, by=SYSTEM, now=NOON)
    actions.revoke(number, by=SYSTEM, now=NOON)
    assert not on(chen, DAY).has("cases.read")
    assert Event.objects.filter(kind="access.grant_revoked").count() == 1


def test_office_days_begin_at_office_midnight() -> None:
    chen = staff()
    give(chen.id, "clerk", start=DAY)
    midnight = NOON.replace(hour=16) - timedelta(days=1)  # 00:00 in Shanghai
    assert queries.actor(chen.id, None, now=midnight, second_factor_at=midnight).has("cases.read")
    before = midnight - timedelta(seconds=1)
    assert not queries.actor(chen.id, None, now=before, second_factor_at=before).has("cases.read")


@pytest.mark.parametrize(("first", "second"), list(permutations(ADMINISTRATORS, 2)))
def test_administrators_are_separate_people(first: str, second: str) -> None:
    chen = staff()
    give(chen.id, first)
    with pytest.raises(Refused) as refused:
        give(chen.id, second)
    assert refused.value.code == "access.exclusive"
    assert refused.value.params == {"holds": first, "wants": second}
    with pytest.raises(Refused):
        give(chen.id, second, start=DAY + timedelta(days=300))
    give(chen.id, "clerk")
    assert give(chen.id, first) == Grant.objects.get(role=first).id


def test_the_database_refuses_two_administrators_too() -> None:
    chen = staff()
    give(chen.id, "system_admin")
    row = Grant.objects.get()
    row.pk, row.role = 5, "audit_admin"
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_after_one_administrators_time_is_over_another_may_begin() -> None:
    chen = staff()
    give(chen.id, "system_admin", end=DAY + timedelta(days=9))
    with pytest.raises(Refused):
        give(chen.id, "audit_admin", start=DAY + timedelta(days=9))
    give(chen.id, "audit_admin", start=DAY + timedelta(days=10))
    wang = staff("wang.li")
    actions.revoke(give(wang.id, "system_admin"), by=SYSTEM, now=NOON)
    give(wang.id, "security_admin")


def test_no_role_of_one_administrator_holds_a_duty_of_another() -> None:
    roles = loading.roles(DAY)
    for first, second in permutations(ADMINISTRATORS, 2):
        assert roles[first].exclusive == "administrators"
        assert not roles[first].duties & roles[second].duties
    for key in ADMINISTRATORS:
        assert not any(duty.startswith("cases.") for duty in roles[key].duties)


def test_only_the_security_administrator_grants_and_never_to_herself() -> None:
    guard, chen = staff("guard"), staff()
    give(guard.id, "security_admin")
    by = guard.actor(NOON)

    def grant(to: Worker, by: Actor) -> int:
        return actions.grant(
            to.id,
            role="clerk",
            place_path="",
            unit_id=None,
            valid_from=DAY,
            valid_to=None,
            source="office letter 14",
            by=by,
            now=NOON,
        )

    number = grant(chen, by)
    for to, who in ((guard, by), (guard, chen.actor(NOON)), (chen, Actor(id=0, kind="anonymous"))):
        with pytest.raises(Denied):
            grant(to, who)
    unproven = queries.actor(guard.id, None, now=NOON, second_factor_at=None)
    with pytest.raises(Denied):
        grant(chen, unproven)
    with pytest.raises(Denied):
        actions.revoke(number, by=chen.actor(NOON), now=NOON)
    with pytest.raises(Denied):
        queries.grants_of(guard.id, by=chen.actor(NOON))
    assert [view.id for view in queries.grants_of(chen.id, by=by)] == [number]
    assert [view.id for view in queries.grants_of(chen.id, by=chen.actor(NOON))] == [number]


def test_what_a_grant_must_say() -> None:
    chen = staff()
    resident = actions.open_account(username=None, kind="resident", password=None, by=SYSTEM, now=NOON)
    with pytest.raises(Refused, match=r"access\.grant_needs_unit"):
        give(chen.id, "handler", place="/1/")
    with pytest.raises(Refused, match=r"access\.grant_needs_place"):
        give(chen.id, "grid_worker", unit=1)
    with pytest.raises(Refused, match=r"access\.grant_dates"):
        give(chen.id, "clerk", end=DAY - timedelta(days=1))
    with pytest.raises(Refused, match=r"access\.place_path"):
        give(chen.id, "clerk", place="/1")
    for role in ("nobody", "phone", "device"):
        with pytest.raises(Refused, match=r"access\.role"):
            give(chen.id, role)
    with pytest.raises(Refused, match=r"access\.not_staff"):
        give(resident, "clerk")
    for missing in (1, 2, 99):
        with pytest.raises(NotFound):
            give(missing, "clerk")
    assert not Grant.objects.exists()


def test_the_same_grant_again_is_the_same_grant() -> None:
    chen = staff()
    assert give(chen.id, "clerk") == give(chen.id, "clerk")
    assert give(chen.id, "clerk", place="/1/") != give(chen.id, "clerk")
    assert Event.objects.filter(kind="access.grant_given").count() == 2


def test_grants_of_a_role_that_is_gone_give_nothing() -> None:
    chen = staff()
    give(chen.id, "clerk")
    Grant.objects.update(role="gone")
    assert chen.actor(NOON).grants == ()


def test_an_actor_costs_one_statement_whatever_he_holds() -> None:
    chen = staff()
    for unit in range(5):
        give(chen.id, "handler", unit=unit)
    with CaptureQueriesContext(connection) as seen:
        actor = queries.actor(chen.id, "some device", now=NOON, second_factor_at=NOON)
    assert len(seen) == 1
    assert len(actor.grants) == 5
    assert actor.device_id is None, "what a clerk takes down must not belong to the clerk's computer"


def test_the_houses_own_accounts() -> None:
    assert queries.actor(1, None, now=NOON, second_factor_at=None) == SYSTEM
    machine = queries.actor(2, None, now=NOON, second_factor_at=None)
    assert (machine.id, machine.kind, machine.grants) == (2, "machine", ())


def test_holders_of_a_role() -> None:
    chen, wang = staff(), staff("wang.li")
    give(chen.id, "clerk", place="/1/")
    give(wang.id, "clerk", place="/2/")
    give(wang.id, "handler", unit=7)
    assert queries.holders("clerk", on=DAY) == [chen.id, wang.id]
    assert queries.holders("clerk", on=DAY, place_path="/1/5/") == [chen.id]
    assert queries.holders("handler", on=DAY, unit_id=7) == [wang.id]
    assert queries.holders("handler", on=DAY, unit_id=8) == []
    actions.close_account(chen.id, by=SYSTEM, now=NOON)
    assert queries.holders("clerk", on=DAY) == [wang.id]


def test_accounts_are_opened_and_closed_by_the_system_administrator_alone() -> None:
    keeper, guard = staff("keeper"), staff("guard")
    give(keeper.id, "system_admin")
    give(guard.id, "security_admin")
    with pytest.raises(Denied):
        actions.open_account(username="new", kind="staff", password=None, by=guard.actor(NOON), now=NOON)
    new = actions.open_account(username="new", kind="staff", password=None, by=keeper.actor(NOON), now=NOON)
    assert queries.account(new).username == "new"
    assert queries.find_account("new") == new
    with pytest.raises(Refused, match=r"access\.kind"):
        actions.open_account(username="x1", kind="system", password=None, by=SYSTEM, now=NOON)
    with pytest.raises(NotFound):
        actions.close_account(1, by=keeper.actor(NOON), now=NOON)
    with pytest.raises(Denied):
        actions.reset_password(new, "a new long pass phrase", by=keeper.actor(NOON), now=NOON)
    actions.reset_password(new, "a new long pass phrase", by=guard.actor(NOON), now=NOON)


def test_roles_and_limits_are_sourced() -> None:
    for row in (*queries.roles(), queries.limit("session.idle", DAY)):
        assert row.source
        assert row.title.zh
        assert row.title.en
    assert queries.role("handler", DAY).needs == "unit"
    with pytest.raises(NotFound):
        queries.role("nobody", DAY)


def test_the_database_person_and_the_app_role() -> None:
    actions.set_acting_person(connection, Actor(id=42, kind="staff"))
    with pytest.raises(Refused, match=r"database\.role_name"):
        actions.grant_app_role(connection, 'x"; DROP TABLE access_account; --')
    if connection.vendor != "postgresql":
        actions.grant_app_role(connection, "liren_app")
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('liren.actor')")
        assert cursor.fetchone() == ("42",)
        actions.grant_app_role(connection, "liren_app")
        cursor.execute("CREATE TABLE made_later (id int)")
        for table in ("access_account", "made_later"):
            for right, given in (("INSERT", True), ("DELETE", True), ("TRUNCATE", False)):
                cursor.execute("SELECT has_table_privilege('liren_app', %s, %s)", [table, right])
                assert cursor.fetchone() == (given,)
        cursor.execute("SET LOCAL ROLE liren_app")
        with pytest.raises(Exception, match="must be owner"), transaction.atomic():
            cursor.execute("DROP TABLE access_account")
        cursor.execute("RESET ROLE")
