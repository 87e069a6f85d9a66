"""The open API as a program meets it: let in by a token, told every refusal, never told more than it may know."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from liren.base.access import actions as access
from liren.base.access import queries as accounts
from liren.base.access.models import Token
from liren.base.ledger import queries as ledger
from liren.cases import actions as cases
from liren.cases.models import Case, Voice
from liren.kernel.clock import utc_now
from liren.kernel.errors import Denied, Refused
from liren.kernel.policy import SYSTEM
from tests.faces.office import Office, Worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.writes]
ALL = ("registers.read", "cases.read", "cases.open", "cases.work")
BASE = "/api/v1"


class Program:
    """A program with a token."""

    def __init__(self, secret: str) -> None:
        self.client = Client(headers={"authorization": f"Bearer {secret}"})

    def get(self, path: str, **query: Any) -> Any:
        """Ask."""
        return self.client.get(BASE + path, query)

    def post(self, path: str, body: Any, key: str = "", **more: Any) -> Any:
        """Write."""
        headers = {"Idempotency-Key": key} if key else {}
        return self.client.post(BASE + path, body, content_type="application/json", headers=headers, **more)


def token(worker: Worker, *scopes: str, days: int = 30) -> str:
    """A token for a worker's account."""
    return access.give_token(
        worker.id, name="12345 平台", scopes=scopes or ALL, days=days, by=SYSTEM, now=utc_now()
    )


@pytest.fixture
def hotline(office: Office) -> Program:
    """The hotline's system: it acts as a clerk does."""
    return Program(token(office.clerk))


DEMAND = {
    "words": "青禾里社区3号楼门口的下水道堵了，污水漫出来",
    "contact": {"name": "吴秀英", "phone": "14200001357"},
    "class_code": "municipal.drain",
}


def test_a_ten_line_client_files_and_follows_a_case(hotline: Program, office: Office) -> None:
    filed = hotline.post("/cases", DEMAND, key="call-1")
    assert filed.status_code == 201
    number = filed.json()["number"]
    assert filed.headers["Location"] == f"{BASE}/cases/{number}"
    again = hotline.post("/cases", DEMAND, key="call-1")
    assert (again.status_code, again.json()["number"]) == (200, number)
    assert Case.objects.count() == 1
    other = hotline.post("/cases", DEMAND | {"words": "别的事"}, key="call-1")
    assert (other.status_code, other.json()["code"]) == (409, "key.reused")
    seen = hotline.get(f"/cases/{number}").json()
    assert (seen["state"], seen["class_code"], seen["steps"][0]["move"]) == (
        "received",
        "municipal.drain",
        "receive",
    )
    assert "14200001357" not in json.dumps(seen)
    assert "吴秀英" not in json.dumps(seen, ensure_ascii=False)
    cases.dispatch(
        Case.objects.get().id,
        office.town.drains,
        by=office.clerk.actor(),
        version=None,
        now=utc_now(),
        place_id=office.town.grid,
    )
    assert hotline.get(f"/cases/{number}").json()["unit_code"] == "municipal"


def test_a_units_system_signs_and_replies_and_is_told_of_another_version(
    hotline: Program, office: Office
) -> None:
    number = hotline.post("/cases", DEMAND, key="a").json()["number"]
    cases.dispatch(
        Case.objects.get().id,
        office.town.drains,
        by=office.clerk.actor(),
        version=None,
        now=utc_now(),
        place_id=office.town.grid,
    )
    unit = Program(token(office.handler))
    case = unit.get(f"/cases/{number}").json()
    assert "sign" in case["moves"]
    signed = unit.post(f"/cases/{number}/sign", {"version": case["version"]}, key="s1")
    assert (signed.status_code, signed.json()["state"]) == (200, "signed")
    assert unit.post(f"/cases/{number}/sign", {"version": case["version"]}, key="s1").json() == signed.json()
    stale = unit.post(f"/cases/{number}/contact", {"version": case["version"], "text": "已联系"}, key="c0")
    assert stale.status_code == 409
    version = signed.json()["version"]
    for move, text in (
        ("contact", "已联系，下午到"),
        ("start", ""),
        ("reply", "5月20日疏通了，有事打 87654321。"),
    ):
        done = unit.post(f"/cases/{number}/{move}", {"version": version, "text": text}, key=move)
        assert done.status_code == 200, done.content
        version = done.json()["version"]
    assert done.json()["state"] == "replied"
    stranger = Program(token(office.stranger))
    assert stranger.get(f"/cases/{number}").status_code == 404
    assert stranger.post(f"/cases/{number}/reply", {"version": 1, "text": "x"}, key="r").status_code == 404
    assert number not in str(stranger.get("/cases").content)


def test_what_changed_is_read_once_and_nothing_is_missed(hotline: Program, office: Office) -> None:
    numbers = [
        hotline.post("/cases", DEMAND | {"words": f"第{n}件：路灯坏了"}, key=f"k{n}").json()["number"]
        for n in range(5)
    ]
    for at, case in enumerate(Case.objects.order_by("received_at", "id")):
        Case.objects.filter(pk=case.pk).update(change_seq=100 + at)
    got: list[str] = []
    after = "0"
    while True:
        page = hotline.get("/cases", after=after, limit=2).json()
        got += [item["number"] for item in page["items"]]
        after = page["next"]
        if not page["more"]:
            break
    assert sorted(got) == sorted(numbers)
    assert hotline.get("/cases", after=after).json() == {"items": [], "next": after, "more": False}
    Case.objects.filter(number=numbers[0]).update(change_seq=200)
    assert [item["number"] for item in hotline.get("/cases", after=after).json()["items"]] == [numbers[0]]
    ahead = (utc_now() + timedelta(hours=1)).isoformat()
    assert hotline.get("/cases", updated_since=ahead).json()["items"] == []
    back = (utc_now() - timedelta(hours=1)).isoformat()
    assert len(hotline.get("/cases", updated_since=back).json()["items"]) == 5
    assert hotline.get("/cases", updated_since="2026-01-01T00:00:00").status_code == 422
    with CaptureQueriesContext(connection) as few:
        hotline.get("/cases", limit=1)
    with CaptureQueriesContext(connection) as many:
        hotline.get("/cases", limit=500)
    assert len(many) == len(few) <= 14


def test_sealed_reports_never_go_over_the_wire(hotline: Program, office: Office) -> None:
    report = DEMAND | {"demand_type": "whistleblow", "words": "市政所的人收钱不办事"}
    filed = hotline.post("/cases", report, key="w")
    assert filed.status_code == 201
    number = filed.json()["number"]
    Case.objects.update(change_seq=7)
    assert hotline.get(f"/cases/{number}").status_code == 404
    assert hotline.get("/cases").json()["items"] == []


@pytest.mark.parametrize(
    ("change", "status"),
    [("", 200), ("expired", 401), ("revoked", 401), ("closed", 401), ("wrong", 401), ("none", 401)],
)
def test_a_token_opens_only_while_it_holds(office: Office, change: str, status: int) -> None:
    secret = token(office.clerk, days=1)
    program = Program("liren_wrong" if change == "wrong" else secret)
    if change == "revoked":
        access.revoke_token(Token.objects.get().id, by=SYSTEM, now=utc_now())
    if change == "closed":
        access.close_account(office.clerk.id, by=SYSTEM, now=utc_now())
    if change == "none":
        program.client = Client()
    later = utc_now() + timedelta(days=2 if change == "expired" else 0)
    with time_machine.travel(later, tick=False):
        answer = program.get("/me")
    assert answer.status_code == status
    if status == 401:
        assert answer.headers["Content-Type"].startswith("application/problem+json")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.json()["code"] == "token.missing"
    else:
        assert answer.json()["scopes"] == sorted(ALL)
        assert Token.objects.get().used_at is not None
    assert secret not in str(Token.objects.values())


def test_a_scope_narrows_a_role_and_never_widens_it(office: Office) -> None:
    reader = Program(token(office.clerk, "cases.read"))
    refused = reader.post("/cases", DEMAND, key="x")
    assert (refused.status_code, refused.json()["code"]) == (403, "token.scope_missing")
    assert "cases.open" in refused.json()["title"]
    assert not Case.objects.exists()
    caller = Program(token(office.caller))  # a caller-back may not file, whatever the scopes say
    assert caller.post("/cases", DEMAND, key="x").status_code == 404
    assert not Voice.objects.exists()
    desk = Client(headers={"authorization": f"Bearer {token(office.clerk)}"})
    assert desk.get("/desk/").status_code == 302  # a token opens the API and no page


def test_tokens_are_given_by_who_guards_the_roles_and_told_in_the_ledger(office: Office) -> None:
    with pytest.raises(Denied):
        access.give_token(
            office.clerk.id, name="x", scopes=["cases.read"], days=1, by=office.clerk.actor(), now=utc_now()
        )
    for said, code in (
        ({"name": ""}, "token.name"),
        ({"scopes": ["everything"]}, "token.scopes"),
        ({"scopes": []}, "token.scopes"),
        ({"days": 0}, "token.days"),
        ({"days": 9999}, "token.days"),
    ):
        wanted: dict[str, Any] = {"name": "x", "scopes": ["cases.read"], "days": 1} | said
        with pytest.raises(Refused) as fault:
            access.give_token(office.clerk.id, **wanted, by=SYSTEM, now=utc_now())
        assert fault.value.code == code
    secret = token(office.clerk)
    told = [one for one in ledger.history("account", office.clerk.id) if one.kind == "access.token_given"]
    assert told
    assert secret not in str(told)
    assert len(accounts.tokens(by=SYSTEM)) == 1


def test_each_token_has_its_own_pace_and_guessing_is_slowed(office: Office) -> None:
    one, other = Program(token(office.clerk)), Program(token(office.clerk))
    with time_machine.travel(utc_now(), tick=False):
        statuses = [one.get("/me").status_code for _ in range(620)]
        assert statuses[:600] == [200] * 600
        assert statuses[-1] == 429
        slow = one.get("/me")
        assert int(slow.headers["Retry-After"]) >= 1
        assert slow.json()["code"] == "access.too_many"
        assert other.get("/me").status_code == 200
        guesses = {Program(f"liren_guess{n}").get("/me").status_code for n in range(40)}
        assert guesses == {401, 429}
        assert other.get("/me").status_code == 200  # beside a guesser behind the same address


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("not json", "request.unreadable"),
        ({}, "request.malformed"),
        (DEMAND | {"wrods": "x"}, "request.malformed"),
        (DEMAND | {"latitude": 900}, "request.malformed"),
        (DEMAND | {"words": "  "}, "words.empty"),
        (DEMAND | {"place_code": "nowhere"}, "place.code_unknown"),
        (DEMAND | {"class_code": "no.such"}, "duty.class_unknown"),
        (DEMAND | {"contact": {"phone": "123"}}, "phone.malformed"),
        (DEMAND | {"words": "\u0000堵了"}, None),
    ],
)
def test_bad_input_is_told_as_a_problem(hotline: Program, body: Any, code: str | None) -> None:
    answer = hotline.post("/cases", body if isinstance(body, str) else json.dumps(body), key="bad")
    assert answer.status_code in {400, 404, 422} if code else answer.status_code < 500
    if code:
        assert answer.headers["Content-Type"].startswith("application/problem+json")
        assert answer.json()["code"] == code
        assert not Case.objects.exists()
    no_key = hotline.post("/cases", DEMAND)
    assert (no_key.status_code, no_key.json()["code"]) == (422, "request.key")


def test_the_registers_are_told_by_their_codes(hotline: Program, office: Office) -> None:
    assert "municipal.drain" in {one["code"] for one in hotline.get("/classes").json()}
    assert "municipal" in {one["code"] for one in hotline.get("/units").json()}
    kinds = {one["kind"] for one in hotline.get("/places").json()}
    assert "street" in kinds
    assert "dwelling" not in kinds


def test_the_description_is_open_and_every_operation_asks_for_a_token(client: Client) -> None:
    told = client.get(f"{BASE}/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    for path, operations in told["paths"].items():
        for method, operation in operations.items():
            assert operation["security"], f"{method} {path} asks for no token"
            assert {"401", "403", "429"} <= operation["responses"].keys(), f"{method} {path}"
