"""The register of people on a real database."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liren.base.access import actions as access
from liren.base.access import queries as accounts
from liren.base.ledger.models import Event
from liren.kernel.errors import Conflict, Denied, LirenError, NotFound, Refused
from liren.kernel.policy import SYSTEM, Actor, Grant
from liren.registers.people import actions, queries, reactions
from liren.registers.people.models import Body, Consent, Dwelling, Household, Ownership, Person, Post
from liren.registers.places import actions as place_actions
from liren.registers.places import queries as places
from liren.registers.places.events import PlaceMoved
from tests.registers.places_town import NOW, build

pytestmark = [pytest.mark.django_db, pytest.mark.writes]

TODAY = date(2026, 11, 22)
OVER = date(2020, 1, 1)
NOBODY = Actor(77, "staff")


@pytest.fixture
def town() -> dict[str, int]:
    return build()


def body(code: str = "municipal", **more: object) -> int:
    details = {"kind": "department", "name": "市政设施管理所", "handles": True, **more}
    return actions.open_body(code=code, by=SYSTEM, now=NOW, **details)  # type: ignore[arg-type]


def person(name: str = "李明华", phone: str = "14200000001", **more: object) -> int:
    return actions.open_person(name=name, phone=phone, by=SYSTEM, now=NOW, **more)  # type: ignore[arg-type]


def grants(account_id: int) -> list[tuple[str, str, int | None]]:
    held = accounts.actor(account_id, None, now=NOW, second_factor_at=NOW).grants
    return [(one.role, one.place_path, one.unit_id) for one in held]


def account(username: str = "chen.min") -> int:
    return access.open_account(username=username, kind="staff", password=None, by=SYSTEM, now=NOW)


def test_units_are_bodies_that_handle_cases(town: dict[str, int]) -> None:
    unit = body(short="市政所", place_id=town["street"], phone="000-1234567", calendar="round_the_clock")
    body("shop", kind="enterprise", name="小店", handles=False)
    closed = body("old", name="旧单位", sort=1)
    actions.close_body(closed, on=TODAY, by=SYSTEM, now=NOW)
    assert [view.code for view in queries.units(on=TODAY)] == ["municipal"]
    assert [view.code for view in queries.units(on=TODAY - timedelta(days=1))] == ["municipal", "old"]
    view = queries.unit(unit)
    assert (view.name, view.short, view.calendar) == ("市政设施管理所", "市政所", "round_the_clock")
    assert view.place_path == places.root().path
    assert queries.unit_by_code("municipal") == view
    assert queries.unit_names([unit, closed, 5]) == {unit: "市政设施管理所", closed: "旧单位"}
    assert [view.code for view in queries.bodies(kind="department", path=places.root().path)] == ["municipal"]
    with pytest.raises(NotFound, match=r"body\.unknown"):
        queries.unit(5)


def test_a_body_is_refused_for_what_is_wrong() -> None:
    body(uscc="91110000600037341L")
    cases: list[tuple[str, Callable[[], object]]] = [
        ("body.code_taken", lambda: body()),
        ("body.uscc_taken", lambda: body("b", uscc="91110000600037341l")),
        ("body.uscc", lambda: body("b", uscc="911100006000373411")),
        ("body.kind", lambda: body("b", kind="club")),
        ("body.code", lambda: body("b b")),
        ("body.name", lambda: body("b", name="  ")),
        ("body.text", lambda: body("b", short="很" * 41)),
        ("place.unknown", lambda: body("b", place_id=4)),
    ]
    for code, call in cases:
        with pytest.raises(LirenError) as told:
            call()
        assert told.value.code == code
    assert Body.objects.count() == 1


def test_a_seat_brings_its_grant_and_its_end_takes_it_back(town: dict[str, int]) -> None:
    committee = body("c1", kind="residents_committee", name="清河里社区居民委员会", place_id=town["qhl"])
    seat = actions.open_post(
        body_id=committee,
        title="网格员",
        role="grid_worker",
        place_id=town["qhl.g3"],
        code="p1",
        by=SYSTEM,
        now=NOW,
    )
    who = account()
    assert queries.label(who) == ""
    assert [post.account_id for post in queries.posts_at(committee, on=TODAY)] == [None]
    grant = actions.appoint(seat, account_id=who, holder="陈敏", by=SYSTEM, now=NOW)
    assert actions.appoint(seat, account_id=who, holder="陈敏", by=SYSTEM, now=NOW) == grant
    assert queries.label(who) == "陈敏 · 清河里第3网格"
    assert [post.title for post in queries.posts_of(who, on=TODAY)] == ["网格员"]
    assert ("grid_worker", places.get(town["qhl.g3"]).path, None) in grants(who)
    with pytest.raises(Refused, match=r"post\.taken"):
        actions.appoint(seat, account_id=account("other"), holder="王芳", by=SYSTEM, now=NOW)
    with pytest.raises(Refused, match=r"body\.has_posts"):
        actions.close_body(committee, on=TODAY, by=SYSTEM, now=NOW)
    actions.end_post(seat, by=SYSTEM, now=NOW)
    assert queries.posts_of(who, on=TODAY) == []
    assert "grid_worker" not in {
        one.role for one in accounts.actor(who, None, now=NOW, second_factor_at=NOW).grants
    }
    assert queries.label(who) == "陈敏 · 清河里第3网格"  # who did what stays known
    actions.open_post(body_id=committee, title="网格员", role="grid_worker", code="p1", by=SYSTEM, now=NOW)


def test_a_handler_is_granted_for_the_unit_and_not_for_a_place(town: dict[str, int]) -> None:
    unit = body(short="市政所", place_id=town["street"])
    seat = actions.open_post(body_id=unit, title="承办人", role="handler", by=SYSTEM, now=NOW)
    who = account()
    actions.appoint(seat, account_id=who, holder="王芳", by=SYSTEM, now=NOW)
    assert ("handler", "", unit) in grants(who)
    assert queries.label(who) == "王芳 · 市政所"


def test_many_labels_cost_few_queries(town: dict[str, int]) -> None:
    unit = body()
    people = [account(f"staff{number}") for number in range(8)]
    for who in people:
        seat = actions.open_post(body_id=unit, title="承办人", role="handler", by=SYSTEM, now=NOW)
        actions.appoint(seat, account_id=who, holder="王芳", by=SYSTEM, now=NOW)
    person(account_id=500)
    queries.labels(people)
    with CaptureQueriesContext(connection) as seen:
        found = queries.labels([*people, 500, 1, 2, 999])
    assert len(seen) <= 4
    assert found[500] == "李*华"
    assert found[1] == "系统"
    assert len(found) == 11


def test_grants_follow_when_the_ground_moves(town: dict[str, int]) -> None:
    committee = body("c1", name="居委会", place_id=town["qhl"])
    seat = actions.open_post(
        body_id=committee, title="楼长", role="grid_worker", place_id=town["qhl.old"], by=SYSTEM, now=NOW
    )
    who = account()
    actions.appoint(seat, account_id=who, holder="陈敏", by=SYSTEM, now=NOW)
    old = places.get(town["qhl.old"]).path
    place_actions.move_place(town["qhl.old"], parent_id=town["qhl.g3"], by=SYSTEM, now=NOW)
    new = places.get(town["qhl.old"]).path
    event = PlaceMoved(subject_id=town["qhl.old"], by=1, at=NOW, place_path=new, old_path=old)
    for _ in range(2):  # woken twice, moved once
        reactions.follow_move(event)
    assert Post.objects.get(id=seat).place_path == new
    assert [path for role, path, _ in grants(who) if role == "grid_worker"] == [new]
    assert Body.objects.get(id=committee).place_path == places.get(town["qhl"]).path


def test_name_and_phone_are_nowhere_in_the_clear() -> None:
    one = person(code="r1")
    row = Person.objects.get(id=one)
    stored = " ".join(str(value) for value in Person.objects.filter(id=one).values_list()[0])
    told = " ".join(f"{event.kind} {event.payload}" for event in Event.objects.all())
    for secret in ("李明华", "14200000001", "明"):
        assert secret not in stored
        assert secret not in told
        assert secret.encode() not in bytes(row.name_sealed) + bytes(row.phone_sealed or b"")
    assert row.label == "李*华"
    assert person(code="r1", name="别人") == one
    assert queries.find_person(phone="+86 142 0000 0001") == [one]
    assert queries.find_person(phone="14200000002") == []


def test_a_person_is_read_for_a_purpose_by_themselves_or_by_whom_it_is_granted(town: dict[str, int]) -> None:
    one = person(account_id=900)
    place_id = town["hy.main/3栋/1单元101室"]
    actions.move_in(person_id=one, place_id=place_id, tenure="tenant", by=SYSTEM, now=NOW)
    own = queries.read_person(one, by=Actor(900, "resident"), purpose="own_data", now=NOW)
    assert (own.name, own.phone) == ("李明华", "14200000001")
    near = Grant("visitor", frozenset({"people.read"}), place_path=places.get(town["hy"]).path)
    far = Grant("visitor", frozenset({"people.read"}), place_path=places.get(town["qhl"]).path)
    assert (
        queries.read_person(one, by=Actor(7, "staff", (near,)), purpose="correct_data", now=NOW).name
        == "李明华"
    )
    for actor in (Actor(7, "staff", (far,)), NOBODY):
        with pytest.raises(Denied):
            queries.read_person(one, by=actor, purpose="correct_data", now=NOW)
    with pytest.raises(Refused, match=r"vault\.purpose"):
        queries.read_person(one, by=SYSTEM, purpose="curiosity", now=NOW)


def test_a_person_is_corrected_and_erased() -> None:
    one = person(account_id=900)
    me = Actor(900, "resident")
    actions.correct_person(one, name="王芳", phone="", by=me, now=NOW)
    assert queries.person_label(one) == "王*"
    assert queries.find_person(phone="14200000001") == []
    assert queries.read_person(one, by=me, purpose="own_data", now=NOW).phone == ""
    with pytest.raises(Denied):
        actions.correct_person(one, name="别人", by=NOBODY, now=NOW)
    actions.give_consent(subject=f"person:{one}", purpose="reply_public", channel="web", by=me, now=NOW)
    actions.erase_person(one, by=me, now=NOW)
    assert queries.person_label(one) == "*"
    assert queries.current_consent(f"person:{one}", "reply_public") is None
    with pytest.raises(Refused, match=r"vault\.erased"):
        queries.read_person(one, by=SYSTEM, purpose="own_data", now=NOW)


def deed(place_id: int, share: Fraction, **more: object) -> int:
    details = {"area": Decimal("89.50"), "by": SYSTEM, "now": NOW, **more}
    return actions.own(place_id=place_id, share=share, **details)  # type: ignore[arg-type]


def test_co_owners_hold_no_more_than_the_whole(town: dict[str, int]) -> None:
    door = town["hy.main/3栋/1单元101室"]
    first, second = person(), person("王芳", "14200000002")
    half = deed(door, Fraction(1, 2), person_id=first, valid_from=date(2020, 1, 1))
    deed(door, Fraction(1, 3), person_id=second)
    with pytest.raises(Refused, match=r"ownership\.too_much") as told:
        deed(door, Fraction(1, 5), body_id=body())
    assert told.value.params["held"] == "31/30"
    deed(door, Fraction(1, 6), body_id=body("b2", name="公司"))
    actions.end_ownership(half, on=TODAY, by=SYSTEM, now=NOW)
    deed(door, Fraction(1, 2), person_id=second, valid_from=TODAY)
    with pytest.raises(Refused, match=r"ownership\.too_much"):
        deed(door, Fraction(1, 100), person_id=first, valid_from=date(2010, 1, 1), valid_to=date(2021, 1, 1))
    deed(door, Fraction(1, 100), person_id=first, valid_from=date(2010, 1, 1), valid_to=date(2020, 1, 1))
    yesterday = queries.owners(door, on=TODAY - timedelta(days=1))
    assert sum((row.share for row in yesterday), Fraction(0)) == 1
    assert sorted(row.owner for row in queries.owners(door, on=TODAY)) == ["公司", "王*", "王*"]
    assert {row.area for row in yesterday} == {Decimal("89.50")}


def test_a_deed_is_refused_for_what_is_wrong(town: dict[str, int]) -> None:
    door, one = town["hy.main/3栋/1单元101室"], person()
    whole = Fraction(1)
    cases: list[tuple[str, Callable[[], object]]] = [
        ("dwelling.kind", lambda: deed(town["hy.main"], whole, person_id=one)),
        ("ownership.owner", lambda: deed(door, whole)),
        ("ownership.owner", lambda: deed(door, whole, person_id=one, body_id=body())),
        ("ownership.share", lambda: deed(door, Fraction(3, 2), person_id=one)),
        ("ownership.share", lambda: deed(door, Fraction(0), person_id=one)),
        ("ownership.area", lambda: deed(door, whole, person_id=one, area=Decimal(0))),
        ("ownership.area", lambda: deed(door, whole, person_id=one, area=Decimal("1.234"))),
        ("ownership.area", lambda: deed(door, whole, person_id=one, area=Decimal("nan"))),
        (
            "ownership.dates",
            lambda: deed(door, whole, person_id=one, valid_from=TODAY, valid_to=date(2020, 1, 1)),
        ),
        ("person.unknown", lambda: deed(door, whole, person_id=5)),
        ("policy.denied", lambda: deed(door, whole, person_id=one, by=NOBODY)),
    ]
    for code, call in cases:
        with pytest.raises(LirenError) as told:
            call()
        assert told.value.code == code
    assert Ownership.objects.count() == 0


def test_a_household_ends_with_its_last_member(town: dict[str, int]) -> None:
    door = town["hy.main/3栋/1单元101室"]
    first, second = person(), person("王芳", "14200000002")
    one = actions.move_in(person_id=first, place_id=door, tenure="owner", by=SYSTEM, now=NOW)
    home = Household.objects.get()
    two = actions.move_in(
        person_id=second, place_id=door, tenure="family", household_id=home.id, by=SYSTEM, now=NOW
    )
    actions.move_out(one, on=TODAY, by=SYSTEM, now=NOW)
    home.refresh_from_db()
    assert home.valid_to is None
    actions.move_out(two, on=TODAY, by=SYSTEM, now=NOW)
    home.refresh_from_db()
    assert home.valid_to == TODAY
    assert Dwelling.objects.count() == 1
    with pytest.raises(Refused, match=r"residence\.ended"):
        actions.move_out(two, on=TODAY, by=SYSTEM, now=NOW)


def test_a_mandate_allows_what_it_says_for_as_long_as_it_says() -> None:
    one, other = person(), person("王芳", "14200000002")
    proof = "0" * 64
    mandate = actions.give_mandate(
        person_id=one,
        for_person_id=other,
        scope=["intake.send"],
        evidence_hash=proof,
        valid_from=TODAY,
        valid_to=TODAY + timedelta(days=30),
        by=SYSTEM,
        now=NOW,
    )

    def may(scope: str, on: date) -> bool:
        return queries.may_act_for(one, scope=scope, on=on, for_person_id=other)

    assert may("intake.send", TODAY)
    assert not may("forum.vote", TODAY)
    assert not may("intake.send", TODAY - timedelta(days=1))
    assert not may("intake.send", TODAY + timedelta(days=30))
    assert not queries.may_act_for(other, scope="intake.send", on=TODAY, for_person_id=one)
    actions.end_mandate(mandate, on=TODAY, by=SYSTEM, now=NOW)
    assert not may("intake.send", TODAY)
    for wrong in ({"for_person_id": one}, {}, {"for_person_id": other, "for_body_id": 3}, {"for_body_id": 3}):
        with pytest.raises(LirenError):
            actions.give_mandate(
                person_id=one,
                scope=["x"],
                evidence_hash=proof,
                valid_from=TODAY,
                by=SYSTEM,
                now=NOW,
                **wrong,
            )


def test_consent_is_given_once_and_taken_back() -> None:
    def give() -> int:
        return actions.give_consent(subject="voice:1", purpose="publish", channel="web", by=NOBODY, now=NOW)

    first = give()
    assert give() == first
    standing = queries.current_consent("voice:1", "publish")
    assert standing is not None
    assert standing.given_at == NOW
    assert queries.current_consent("voice:1", "analyse") is None
    assert actions.withdraw_consent(subject="voice:1", purpose="publish", by=NOBODY, now=NOW)
    assert not actions.withdraw_consent(subject="voice:1", purpose="publish", by=NOBODY, now=NOW)
    assert queries.current_consent("voice:1", "publish") is None
    assert give() != first
    assert Consent.objects.count() == 2


def test_tables_of_bodies_posts_and_people_are_read_twice_with_one_result(town: dict[str, int]) -> None:
    door = "k-hy.main/3栋/1单元101室"
    bodies = [
        {"code": "c1", "kind": "居民委员会", "name": "清河里社区居民委员会", "place": "k-qhl"},
        {"code": "c1.1", "kind": "社会组织", "name": "社工站", "parent": "c1", "handles": "是"},
        {"code": "bad", "kind": "俱乐部", "name": "甲"},
        {"code": "bad2", "kind": "企业", "name": "乙", "uscc": "123"},
        {"code": "bad3", "kind": "企业", "name": "丙", "place": "nowhere"},
    ]
    seat = {"code": "p1", "body": "c1", "title": "网格员", "role": "grid_worker", "place": "k-qhl.g3"}
    posts = [
        {**seat, "holder": "陈敏"},
        {"code": "p2", "body": "none", "title": "网格员", "role": "grid_worker"},
        {"code": "p3", "body": "c1", "title": "王", "role": "king"},
    ]
    home = {"dwelling": door, "area": "89.5"}
    people = [
        {"code": "r1", "name": "李明华", "phone": "14200000001", "tenure": "自有", "share": "1/2", **home},
        {"code": "r2", "name": "王芳", "phone": "14200000002", "tenure": "家属", "share": "50%", **home},
        {"code": "r3", "name": "赵刚", "phone": "", "share": "1/10", **home},
        {"code": "r4", "name": "钱进", "phone": "12"},
    ]
    readers = (actions.import_bodies, actions.import_posts, actions.import_people)
    wanted = [
        ["", "", "body.kind", "body.uscc", "place.code_unknown"],
        ["", "body.code_unknown", "access.no_role"],
        ["", "", "ownership.too_much", "person.phone"],
    ]
    for read, rows, reasons in zip(readers, (bodies, posts, people), wanted, strict=True):
        dry = read(rows, by=SYSTEM, now=NOW, dry_run=True)
        first = read(rows, by=SYSTEM, now=NOW)
        again = read(rows, by=SYSTEM, now=NOW)
        assert [row.reason for row in first.rows] == reasons
        assert [row.status for row in dry.rows] == [row.status for row in first.rows]
        assert again.count("created") + again.count("updated") == 0
        assert again.count("unchanged") == first.count("created")
    assert Person.objects.count() == 2
    assert Ownership.objects.count() == 2
    changed = [{**people[0], "name": "李光华", "phone": ""}]
    assert actions.import_people(changed, by=SYSTEM, now=NOW).count("updated") == 1
    assert queries.person_label(Person.objects.get(code="r1").id) == "李*华"
    assert queries.posts_at(Body.objects.get(code="c1").id)[0].holder == "陈敏"
    renamed = [{**bodies[0], "short": "清河里居委会"}]
    assert actions.import_bodies(renamed, by=SYSTEM, now=NOW).count("updated") == 1
    text = "编码,类型,名称\nc9,物业,和园物业\n".encode("gb18030")
    assert actions.import_bodies(text, by=SYSTEM, now=NOW).rows[0].line == 2


def test_only_who_manages_people_writes() -> None:
    one, unit = person(), body()
    calls: list[Callable[[], object]] = [
        lambda: actions.open_body(code="x", kind="enterprise", name="甲", by=NOBODY, now=NOW),
        lambda: actions.correct_body(unit, name="乙", by=NOBODY, now=NOW),
        lambda: actions.close_body(unit, on=TODAY, by=NOBODY, now=NOW),
        lambda: actions.open_post(body_id=unit, title="甲", role="handler", by=NOBODY, now=NOW),
        lambda: actions.open_person(name="甲", by=NOBODY, now=NOW),
        lambda: actions.erase_person(one, by=NOBODY, now=NOW),
        lambda: actions.import_people([], by=NOBODY, now=NOW),
    ]
    for call in calls:
        with pytest.raises(Denied):
            call()


def test_nothing_gathers_what_a_person_asked_for() -> None:
    """No table of this register, and no foreign key from a case to a person, may build a dossier."""
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if field.is_relation and field.related_model is Person and not field.auto_created:
                assert model._meta.app_label == "people", f"{model.__name__}.{field.name}"
    names = {field.name for field in Person._meta.get_fields()}
    assert not names & {"cases", "voices", "demands", "tags", "score", "rank", "notes"}


def test_a_second_person_for_an_account_is_refused() -> None:
    person(account_id=900)
    with pytest.raises(Conflict, match=r"person\.account_taken"):
        person("王芳", account_id=900)
