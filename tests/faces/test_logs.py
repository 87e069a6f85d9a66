"""The log is of nobody: marked words, names, phones and keys go in by every channel and are looked for in it."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client, override_settings

from liren.base.access import actions as access
from liren.base.jobs import actions as jobs
from liren.base.ledger import actions as ledger
from liren.cases import actions as cases
from liren.faces.kit.tracing import near
from liren.kernel import tracing
from liren.kernel.clock import utc_now
from liren.kernel.policy import SYSTEM
from liren.site import logbook
from tests.faces.office import PASSWORD, Office
from tests.faces.test_desk import order
from tests.faces.test_resident_saying import begin, send, shot

pytestmark = pytest.mark.django_db

WORDS, NAME, PHONE, ADDRESS = "标记语句漏水堵门", "标记人甲", "14200077777", "203.0.113.77"
FORM = {"words": WORDS, "phone": PHONE, "name": NAME, "text": WORDS}


class Kept:
    """Everything the log would have written, in the shape of an installation."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    monkeypatch.delenv("JOURNAL_STREAM", raising=False)
    kept = Kept()
    handler = logging.StreamHandler(kept.stream)
    handler.setFormatter(logbook.Lines())
    root, ours = logging.getLogger(), logging.getLogger("liren")
    before = ours.level
    root.addHandler(handler)
    ours.setLevel(logging.INFO)
    yield kept
    root.removeHandler(handler)
    ours.setLevel(before)


def _work() -> None:
    while ledger.seal():
        pass
    ledger.deliver(now=utc_now())
    jobs.work(until_idle=True)


def _visit(office: Office, codes: dict[str, str]) -> list[str]:
    """Every channel a demand comes by, every door a key opens, right and wrong; the secrets that went in."""
    her = Client(REMOTE_ADDR=ADDRESS)
    draft = begin(her, WORDS, photos=shot(f"{NAME}.jpg"))
    number = send(her, draft, WORDS, phone=PHONE, name=NAME)
    for path in (
        "/",
        "/mine",
        f"/m/{number}",
        "/me/data",
        "/me/data.json",
        f"/say/{WORDS}",
        f"/?about={WORDS}",
    ):
        her.get(path)
    her.post("/say", {"words": WORDS, "photos": shot(f"{NAME}.svg", b"<svg onload='x'/>")})
    her.post("/code", {"phone": PHONE})
    her.post("/prove", {"phone": PHONE, "code": codes.get(PHONE, "")})
    her.post("/find", {"number": number, "proof": "1234"})
    her.post(f"/m/{number}/more", {"words": WORDS, "photos": shot()})
    clerk, handler = office.clerk.client(REMOTE_ADDR=ADDRESS), office.handler.client()
    for channel in ("phone", "counter", "wechat", "snap", "mailbox", "grid"):
        clerk.post("/desk/new", FORM | {"channel": channel, "sure": "1"})
    clerk.post(f"/desk/case/{number}/dispatch", order(office))
    for move in ("sign", "contact", "note", "reply", "object", "extend"):
        handler.post(f"/desk/case/{number}/{move}", {"text": WORDS, "photos": shot(f"{NAME}.jpg")})
    clerk.post(f"/desk/case/{number}/contact-details", {"purpose": "handle_matter"})
    clerk.get("/desk/search", {"text": PHONE})
    clerk.get("/desk/", {"view": "all", "text": NAME})
    for wrong in ({}, {"password": PASSWORD}, {"password": WORDS, "code": "123456"}):
        Client(REMOTE_ADDR=ADDRESS).post("/desk/login", {"username": "clerk"} | wrong)
    secret = access.give_token(
        office.clerk.id, name="12345", scopes=["cases.open", "cases.read"], days=9, by=SYSTEM, now=utc_now()
    )
    said = {"words": WORDS, "contact": {"name": NAME, "phone": PHONE}}
    for key in (secret, "liren_wrong-token-of-nobody", ""):
        program = Client(headers={"authorization": f"Bearer {key}"}, REMOTE_ADDR=ADDRESS)
        for body in (said, said | {"channel": WORDS}, {"wrong": NAME}):
            program.post(
                "/api/v1/cases", body, content_type="application/json", headers={"Idempotency-Key": PHONE}
            )
        program.get(f"/api/v1/cases/{number}?phone={PHONE}")
    Client(enforce_csrf_checks=True).post("/say", FORM)
    Client(headers={"host": "evil.example"}).get(f"/?q={PHONE}")
    _work()
    keys = [her.cookies["liren_device"].value, clerk.cookies["sessionid"].value, draft.rpartition("/")[2]]
    return [WORDS, NAME, PHONE, PHONE[-8:], ADDRESS, PASSWORD, secret, number, *keys, *codes.values()]


def test_by_every_channel_nothing_of_a_person_reaches_the_log(
    office: Office, log: Kept, codes: dict[str, str]
) -> None:
    secrets = _visit(office, codes)
    assert len(log.lines()) > 40, "every request leaves its line"
    assert len(secrets) > 10
    for secret in secrets:
        assert secret, "nothing was looked for"
        assert secret not in log.text, secret


@override_settings(DEBUG=False)
def test_when_everything_fails_neither_the_log_nor_the_page_tells(
    office: Office, log: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **more: object) -> None:
        secret = f"{WORDS} {NAME} {PHONE}"
        try:
            raise ValueError(secret)
        except ValueError as error:
            raise RuntimeError(f"row ({secret}) refused") from error

    her = Client(raise_request_exception=False)
    where = begin(her, WORDS)
    clerk = office.clerk.client()
    clerk.raise_request_exception = False
    secret = access.give_token(
        office.clerk.id, name="12345", scopes=["cases.open"], days=9, by=SYSTEM, now=utc_now()
    )
    program = Client(headers={"authorization": f"Bearer {secret}"}, raise_request_exception=False)
    for name in ("open_case", "open_within", "open_for"):
        if hasattr(cases, name):
            monkeypatch.setattr(cases, name, broken)
    monkeypatch.setattr("liren.rooms.intake.actions.send", broken)
    monkeypatch.setattr("liren.faces.api.cases.actions.open_within", broken)
    monkeypatch.setattr("liren.cases.queries.worklist", broken)
    answers = [
        her.post(where, FORM),
        clerk.get("/desk/", {"text": PHONE}),
        program.post(
            "/api/v1/cases",
            {"words": WORDS},
            content_type="application/json",
            headers={"Idempotency-Key": "k"},
        ),
    ]
    for answer in answers:
        assert answer.status_code == 500
        for marked in (WORDS, NAME, PHONE, "Traceback", "RuntimeError"):
            assert marked not in answer.content.decode(), marked
    for marked in (WORDS, NAME, PHONE, secret, where.rpartition("/")[2]):
        assert marked not in log.text, marked
    told = [line for line in log.lines() if "error" in line]
    assert len(told) >= 3
    for line in told:
        assert line["error"] == "builtins.RuntimeError"
        assert "because of builtins.ValueError" in line["where"]
        assert any("test_logs.py" in where for where in line["where"])


def test_a_request_leaves_one_line_that_says_what_an_operator_needs(office: Office, log: Kept) -> None:
    answer = office.clerk.client().get("/desk/?text=x")
    [line] = [one for one in log.lines() if one["logger"] == "liren.requests"]
    assert line["request"] == answer.headers["X-Request-Id"]
    assert (line["page"], line["duty"], line["method"], line["status"]) == ("desk", "cases.read", "GET", 200)
    assert (line["who"], line["roles"], line["level"]) == ("staff", ["clerk"], "info")
    assert 0 <= line["ms"] < 60_000
    assert "near" not in line
    Client(enforce_csrf_checks=True, REMOTE_ADDR=ADDRESS).post("/say", FORM)
    refused = log.lines()[-1]
    assert (refused["status"], refused["near"], refused["level"]) == (403, "203.0.113.0/24", "warning")


def test_a_job_leaves_its_line_and_a_failing_one_names_itself(log: Kept) -> None:
    with tracing.within(job=7, task="channels.send"):
        logging.getLogger("liren.x").warning("tried")
    assert log.lines()[-1]["task"] == "channels.send"
    assert not tracing.at_hand()


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2::9", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", ""),
        (WORDS, ""),
    ],
)
def test_of_an_address_its_network_alone_is_told(address: str, told: str) -> None:
    assert near(address) == told


def test_the_journal_is_told_how_grave_a_line_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOURNAL_STREAM", "8:1")
    record = logging.LogRecord("liren", logging.ERROR, __file__, 1, "gone", (), None)
    line = logbook.Lines().format(record)
    assert line.startswith('<3>{"at"')
    assert "\n" not in line
    monkeypatch.delenv("JOURNAL_STREAM")
    assert json.loads(logbook.Lines().format(record))["says"] == "gone"
