"""Webhooks: never led inside, signed, tried again, given up, replayed; told only of what their token may see."""

import datetime as dt
import ipaddress
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from liren.base.access import actions as access
from liren.base.access import queries as accounts
from liren.base.access.models import Token
from liren.bridges.exchange import actions, queries, rules, sending
from liren.bridges.exchange.models import Delivery, Webhook
from liren.cases import actions as cases
from liren.cases.events import Received
from liren.cases.models import Case
from liren.kernel.clock import utc_now
from liren.kernel.errors import Denied, NotFound, Refused
from liren.kernel.policy import SYSTEM
from tests.cases import joined
from tests.faces.office import Office, staffed

HOST = "receiver.test"
INSIDE = [
    "127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "::", "nonsense",
    "240.0.0.1", "192.0.2.1",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_no_address_inside_is_safe(address: str) -> None:
    assert not rules.safe(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "114.114.114.114", "2400:3200::1"])
def test_the_open_internet_is(address: str) -> None:
    assert rules.safe(address)


@given(st.ip_addresses())
def test_what_is_safe_is_global_or_named(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if rules.safe(str(address)):
        assert address.is_global
    named = rules.networks("10.20.0.0/16,127.0.0.0/8,169.254.0.0/16,::1/128,fe80::/10")
    if rules.safe(str(address), named) and not address.is_global:
        assert address in ipaddress.ip_network("10.20.0.0/16")


def test_a_named_network_is_safe_but_never_this_machine() -> None:
    named = rules.networks("10.20.0.0/16, 127.0.0.0/8,169.254.0.0/16")
    assert rules.safe("10.20.3.4", named)
    assert not rules.safe("10.21.3.4", named)
    assert not rules.safe("127.0.0.1", named)
    assert not rules.safe("169.254.169.254", named)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://a.example/x", "webhook.https"),
        ("ftp://a.example", "webhook.https"),
        ("https://", "webhook.url"),
        ("https://user:pw@a.example/", "webhook.url"),
        ("https://a.example/#x", "webhook.url"),
        ("https://a.example/ x", "webhook.url"),
        ("https://a.example:99999/", "webhook.url"),
        ("https://[::1", "webhook.url"),
        ("https://a.example/\r\nX: y", "webhook.url"),
        ("https://" + "a" * 600, "webhook.url"),
    ],
)
def test_an_address_is_https_and_nothing_hidden_in_it(url: str, code: str) -> None:
    with pytest.raises(Refused) as fault:
        rules.target(url)
    assert fault.value.code == code


Answer = Callable[[BaseHTTPRequestHandler], None]


class Receiver:
    """A receiver over TLS on this machine, and what it was told."""

    def __init__(self, folder: Path) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answer: Answer = lambda handler: self.say(handler, 204)
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                """Keep it, then answer as told."""
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((dict(self.headers), body))
                outer.answer(self)

            def log_message(self, *_args: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
        now = dt.datetime.now(dt.UTC)
        certificate = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
            .sign(key, hashes.SHA256())
        )
        pem = certificate.public_bytes(serialization.Encoding.PEM)
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (folder / "both.pem").write_bytes(pem + secret)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(folder / "both.pem")
        self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.trust = ssl.create_default_context(cadata=pem.decode())
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it listens, by its name."""
        return f"https://{HOST}:{self.server.server_port}/hook?from=liren"

    @staticmethod
    def say(handler: BaseHTTPRequestHandler, status: int, **headers: str) -> None:
        """Answer with a status."""
        handler.send_response(status)
        for header, value in headers.items():
            handler.send_header(header, value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()


@pytest.fixture
def receiver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A receiver that stands in the open internet as far as the sender can tell."""
    made = Receiver(tmp_path)
    real = sending.post

    def trusting(target: Any, body: bytes, headers: Any, **how: Any) -> None:
        real(target, body, headers, **how | {"context": made.trust})

    monkeypatch.setattr(sending, "resolve", lambda _host, _port: ["127.0.0.1"])
    monkeypatch.setattr(sending, "safe", lambda _address, _allowed: True)
    monkeypatch.setattr(rules, "safe", lambda _address, _allowed=(): True)
    monkeypatch.setattr(sending, "post", trusting)
    yield made
    made.server.shutdown()
    made.server.server_close()


def post(receiver: Receiver) -> None:
    """One telling."""
    sending.post(rules.target(receiver.url), b"{}", {"Content-Type": "application/json"})


def test_it_arrives_over_tls_with_its_name_checked(receiver: Receiver) -> None:
    post(receiver)
    headers, body = receiver.got[0]
    assert (headers["Host"].split(":")[0], body) == (HOST, b"{}")
    stranger = rules.target(receiver.url.replace(HOST, "other.test"))
    with pytest.raises(sending.Unsent) as fault:
        sending.post(stranger, b"{}", {})
    assert fault.value.code == "tls"


@pytest.mark.parametrize("status", [301, 302, 307, 404, 500])
def test_a_redirect_is_not_followed_and_an_error_is_no_arrival(receiver: Receiver, status: int) -> None:
    receiver.answer = lambda handler: receiver.say(handler, status, Location="https://169.254.169.254/latest")
    with pytest.raises(sending.Unsent) as fault:
        post(receiver)
    assert fault.value.code == ("moved" if status < 400 else f"status.{status}")
    assert len(receiver.got) == 1


def test_a_receiver_that_hangs_or_drips_is_hung_up_on(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "TIMEOUT", 0.5)
    monkeypatch.setattr(sending, "DEADLINE", 1.5)

    def drip(handler: BaseHTTPRequestHandler) -> None:
        for _ in range(40):
            try:
                handler.wfile.write(b"H")
            except OSError:
                return
            time.sleep(0.2)

    for answer in (lambda _handler: time.sleep(6), drip):
        receiver.answer = answer
        begun = time.monotonic()
        with pytest.raises(sending.Unsent) as fault:
            post(receiver)
        assert fault.value.code == "hung"
        assert time.monotonic() - begun < 5, "before the receiver is done, however slow this machine is"


def test_a_name_with_one_address_inside_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[Any] = []
    monkeypatch.setattr(sending, "resolve", lambda _host, _port: ["1.1.1.1", "10.0.0.7"])
    monkeypatch.setattr(socket, "create_connection", lambda *args, **_more: called.append(args))
    with pytest.raises(sending.Unsent) as fault:
        sending.post(rules.target("https://a.example/"), b"", {})
    assert fault.value.code == "address"
    assert not called


# ---- with an office ----

pytestmark = pytest.mark.writes


@pytest.fixture
def office(transactional_db: None) -> Office:
    """The staffed town."""
    return staffed()


@pytest.fixture
def token(office: Office) -> accounts.TokenView:
    """A token of the drains' own system."""
    secret = access.give_token(
        office.handler.id,
        name="市政系统",
        scopes=["cases.read", "webhooks"],
        days=9,
        by=SYSTEM,
        now=utc_now(),
    )
    found = accounts.token_actor(secret, now=utc_now())
    assert found
    return found[1]


def changed(case: Case) -> Received:
    """News of a case."""
    return Received(
        subject_id=case.pk, by=1, at=utc_now(), version=case.version, voice_id=1, channel="web", class_code="",
        words_hash="",
    )  # fmt: skip


def given_case(office: Office, key: str, device: int) -> Case:
    """A case the drains have."""
    case = joined.case(office.town, key, device=device)
    cases.dispatch(
        case, office.town.drains, by=office.clerk.actor(), version=None, now=utc_now(), place_id=office.town.grid,
        class_code="municipal.drain",
    )  # fmt: skip
    return Case.objects.get(pk=case)


def test_a_change_is_told_once_signed_and_without_words(
    office: Office, token: accounts.TokenView, receiver: Receiver
) -> None:
    hook = actions.make_webhook(receiver.url, token=token, now=utc_now())
    assert actions.make_webhook(receiver.url, token=token, now=utc_now()).id == hook.id
    mine = given_case(office, "mine", 901)
    other = Case.objects.get(pk=joined.case(office.town, "other", device=902))
    sealed = given_case(office, "sealed", 903)
    Case.objects.filter(pk=sealed.pk).update(sealed=True)
    for case in (mine, other, sealed):
        for _ in range(2):  # news comes at least once
            actions.note_change(changed(case), now=utc_now())
    assert actions.deliver_due(utc_now()) == 1
    assert actions.deliver_due(utc_now()) == 0
    headers, body = receiver.got[0]
    said = json.loads(body)
    assert (said["number"], said["version"], said["href"]) == (
        mine.number, mine.version, f"/api/v1/cases/{mine.number}",
    )  # fmt: skip
    assert mine.title not in body.decode()
    stamp, _, signed = headers["Liren-Signature"].partition(",v1=")
    assert signed == rules.signature(hook.secret, int(stamp.removeprefix("t=")), body)
    assert hook.secret not in str(Webhook.objects.values())


def test_it_is_tried_again_given_up_and_replayed(
    office: Office, token: accounts.TokenView, receiver: Receiver
) -> None:
    hook = actions.make_webhook(receiver.url, token=token, now=utc_now())
    receiver.answer = lambda handler: receiver.say(handler, 503)
    case, now = given_case(office, "mine", 901), utc_now()
    actions.note_change(changed(case), now=now)
    tries = 0
    while (row := Delivery.objects.get()).next_at is not None:
        now = max(now, row.next_at)
        assert actions.deliver_due(now) == 0
        tries += 1
    assert tries == len(rules.WAITS) + 1
    assert row.dead_at is not None
    assert row.error == "status.503"
    assert (queries.states(by=SYSTEM)[0].dead, queries.states(by=SYSTEM)[0].error) == (1, "status.503")
    receiver.answer = lambda handler: receiver.say(handler, 200)
    with pytest.raises(Denied):
        actions.replay(hook.id, by=office.clerk.actor(), now=now)
    assert actions.replay_own(hook.id, token=token, now=now) == 1
    assert actions.deliver_due(now) == 1
    assert Delivery.objects.get().delivered_at is not None


def test_one_that_fails_does_not_hold_up_the_others(
    office: Office, token: accounts.TokenView, receiver: Receiver
) -> None:
    actions.make_webhook(receiver.url, token=token, now=utc_now())
    actions.make_webhook(receiver.url + "&bad=1", token=token, now=utc_now())
    receiver.answer = lambda handler: receiver.say(handler, 500 if "bad" in handler.path else 200)
    for n in range(3):
        actions.note_change(changed(given_case(office, f"m{n}", 901 + n)), now=utc_now())
    assert actions.deliver_due(utc_now()) == 3
    assert len(receiver.got) == 4


def test_it_ends_with_its_token(office: Office, token: accounts.TokenView, receiver: Receiver) -> None:
    hook = actions.make_webhook(receiver.url, token=token, now=utc_now())
    actions.note_change(changed(given_case(office, "m", 901)), now=utc_now())
    access.revoke_token(token.id, by=SYSTEM, now=utc_now())
    assert actions.deliver_due(utc_now()) == 0
    assert not receiver.got
    assert Delivery.objects.get().error == "token"
    assert actions.note_change(changed(given_case(office, "n", 902)), now=utc_now()) == 0
    assert Token.objects.get().revoked_at
    actions.end_webhook(hook.id, token=token, now=utc_now())
    actions.end_webhook(hook.id, token=token, now=utc_now())
    with pytest.raises(NotFound):
        actions.replay_own(hook.id, token=token, now=utc_now())


def test_over_the_api(office: Office, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = access.give_token(
        office.handler.id, name="市政系统", scopes=["webhooks"], days=9, by=SYSTEM, now=utc_now()
    )
    client = Client(headers={"authorization": f"Bearer {secret}"})
    base = "/api/v1/webhooks"
    made = client.post(base, {"url": receiver.url}, content_type="application/json")
    assert made.status_code == 201
    hook = made.json()
    assert client.get(base).json() == [hook]
    assert client.post(f"{base}/{hook['id']}/replay").json() == {"replayed": 0}
    other = access.give_token(
        office.clerk.id, name="别的", scopes=["webhooks"], days=9, by=SYSTEM, now=utc_now()
    )
    stranger = Client(headers={"authorization": f"Bearer {other}"})
    assert stranger.get(base).json() == []
    assert stranger.delete(f"{base}/{hook['id']}").status_code == 404
    assert client.delete(f"{base}/{hook['id']}").status_code == 204
    assert client.get(base).json() == []
    monkeypatch.setattr(rules, "safe", lambda _address, _allowed=(): False)
    inside = client.post(base, {"url": "https://intranet.example/"}, content_type="application/json")
    assert (inside.status_code, inside.json()["code"]) == (422, "webhook.address")
    for n in range(actions.MOST):
        monkeypatch.setattr(rules, "safe", lambda _address, _allowed=(): True)
        assert (
            client.post(base, {"url": f"{receiver.url}&n={n}"}, content_type="application/json").status_code
            == 201
        )
    many = client.post(base, {"url": f"{receiver.url}&n=x"}, content_type="application/json")
    assert many.json()["code"] == "webhook.many"
