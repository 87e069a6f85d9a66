"""What a browser is told on every page, and what no request gets through: by hand, by other sites, by programs."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pyotp
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from liren.base.access.actions import pacing
from liren.base.access.models import Device
from liren.kernel.clock import utc_now
from liren.kernel.errors import Throttled
from tests.faces.office import PASSWORD, Office
from tests.faces.test_resident_saying import begin, send

pytestmark = pytest.mark.django_db

PAGES = ["/", "/mine", "/me", "/me/data", "/neighbours", "/open/", "/open/cases", "/open/map", "/desk/login"]
DESK = ["/desk/", "/desk/new", "/desk/rates", "/desk/office", "/desk/me", "/lead/"]
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=(self), payment=()",
}


@pytest.fixture(autouse=True)
def unhurried() -> Iterator[None]:
    """Nobody has read anything yet."""
    pacing._full_at.clear()
    yield
    pacing._full_at.clear()


def _code(office: Office) -> str:
    """A code not used yet: the one of now was shown when the authenticator was set up."""
    return pyotp.TOTP(office.clerk.secret).at(int(utc_now().timestamp()) + 30)


def _policy(answer: object) -> dict[str, str]:
    told = answer.headers["Content-Security-Policy"]  # type: ignore[attr-defined]
    return {part.split()[0]: " ".join(part.split()[1:]) for part in told.split("; ")}


def test_every_page_tells_the_browser_what_it_may_do(office: Office) -> None:
    clerk = office.clerk.client()
    asked = [(Client(), path) for path in PAGES] + [(clerk, path) for path in DESK]
    asked += [(Client(), path) for path in ("/nothing", "/api/v1/openapi.json", "/open/cases.csv")]
    nonces = set()
    for browser, path in asked:
        answer = browser.get(path)
        for name, told in HEADERS.items():
            assert answer.headers[name] == told, (path, name)
        policy = _policy(answer)
        assert policy["default-src"] == "'none'", path
        for part in ("frame-ancestors", "base-uri"):
            assert policy[part] == "'none'", path
        for part in ("form-action", "style-src", "connect-src"):
            assert policy[part] == "'self'", path
        nonce = re.fullmatch(r"'self' 'nonce-([\w-]{22})'", policy["script-src"])
        assert nonce is not None, path
        nonces.add(nonce[1])
        if "html" in answer["Content-Type"]:
            page = answer.content.decode()
            for script in re.findall(r"<script\b[^>]*>", page):
                assert f'nonce="{nonce[1]}"' in script or 'src="/static/' in script, path
            assert not re.search(r"\sstyle=|\son\w+=|javascript:|<iframe|<object|<embed", page), path
    assert len(nonces) == len(asked), "a nonce used twice is none"


@override_settings(SECURE_HSTS_SECONDS=31_536_000)
def test_behind_https_every_page_says_to_stay_there() -> None:
    for path in ("/", "/desk/login", "/nothing", "/api/v1/openapi.json"):
        told = Client().get(path, secure=True).headers["Strict-Transport-Security"]
        assert told == "max-age=31536000", path


@override_settings(
    HTTPS=True, SESSION_COOKIE_SECURE=True, CSRF_COOKIE_SECURE=True, LANGUAGE_COOKIE_SECURE=True
)
def test_no_cookie_is_read_by_scripts_sent_by_other_sites_or_sent_in_the_clear(office: Office) -> None:
    browser = Client()
    browser.post("/me/reading", {"mode": "care"}, secure=True)
    browser.post("/me/language", {"language": "en"}, secure=True)
    browser.get("/", secure=True)
    browser.post("/say", {"words": "路灯不亮"}, secure=True)
    signed = {"username": "clerk", "password": PASSWORD, "code": _code(office)}
    browser.post("/desk/login", signed, secure=True)
    assert {"sessionid", "csrftoken", "liren_device", "django_language"} < set(browser.cookies)
    for name, cookie in browser.cookies.items():
        assert cookie["httponly"], name
        assert cookie["secure"], name
        assert cookie["samesite"] == "Lax", name
        assert not cookie["domain"], name


def test_a_session_is_new_at_every_sign_in_and_dead_after_signing_out(office: Office) -> None:
    browser = Client()
    planted = browser.session
    planted["x"] = 1
    planted.save()
    browser.cookies["sessionid"] = before = planted.session_key
    signed = {"username": "clerk", "password": PASSWORD, "code": _code(office)}
    assert browser.post("/desk/login", signed).status_code == 302
    during = browser.cookies["sessionid"].value
    assert during != before
    assert browser.get("/desk/").status_code == 200
    browser.post("/desk/logout")
    for key in (before, during):
        old = Client()
        old.cookies["sessionid"] = key
        assert old.get("/desk/")["location"].startswith("/desk/login"), "an old key still opens"


def test_the_same_code_does_not_sign_in_twice(office: Office) -> None:
    signed = {"username": "clerk", "password": PASSWORD, "code": _code(office)}
    assert Client().post("/desk/login", signed).status_code == 302
    assert Client().post("/desk/login", signed).status_code == 422


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
        "/desk\\..\\..//evil.example", "https:evil.example", "javascript:alert(1)", "/desk@evil.example/..//evil.example",
        "/desk/\r\nSet-Cookie: a=b", "/desk/\t//evil.example", " //evil.example", "http://testserver@evil.example/",
        "/desk/%0d%0aLocation:%20https://evil.example",
    ],
)  # fmt: skip
def test_nobody_is_sent_to_another_site(office: Office, wanted: str) -> None:
    signed = {"username": "clerk", "password": PASSWORD, "code": _code(office), "next": wanted}
    answers = [
        Client().post("/desk/login", signed),
        Client().post("/me/reading", {"mode": "care", "next": wanted}),
        Client().post("/me/language", {"language": "en", "next": wanted}),
        Client(headers={"referer": wanted.strip() or "x"} if "\n" not in wanted else {}).post(
            "/me/language", {"language": "en"}
        ),
    ]
    for answer in answers:
        assert answer.status_code == 302
        went = answer["location"]
        assert re.match(r"/(?![/\\])", went), went
        assert "\r" not in went
        assert "\n" not in went
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1@evil.example", "evil.example:80"]
)
def test_another_sites_name_is_refused(host: str) -> None:
    for headers in ({"host": host},):
        answer = Client(headers=headers).get("/")
        assert answer.status_code == 400
        assert "evil" not in answer.content.decode()
    kept = Client(headers={"x-forwarded-host": host}).get("/open/", follow=True)
    assert "evil" not in kept.content.decode()


@pytest.mark.parametrize("path", ["/", "/mine", "/open/", "/neighbours", "/me/data.json"])
@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_no_other_method_opens_a_page(path: str, method: str) -> None:
    answer = getattr(Client(), method)(path)
    assert answer.status_code == 405
    faked = Client(headers={"X-HTTP-Method-Override": "GET", "X-Method-Override": "GET"}).put(path)
    assert faked.status_code == 405


def test_reading_public_pages_is_slowed_for_a_flood_and_not_for_a_hall(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = utc_now()
    hall = [
        now + timedelta(seconds=second / 2) for second in range(1_100)
    ]  # two pages a second for nine minutes
    for moment in hall:
        pacing.pace("open", address="203.0.113.7", now=moment)
    for _ in range(600):
        pacing.pace("open", address="198.51.100.9", now=now)
    with pytest.raises(Throttled) as slowed:
        pacing.pace("open", address="198.51.100.9", now=now)
    assert 1 <= slowed.value.retry_after <= 2
    pacing.pace("open", address="203.0.113.8", now=now)  # nobody else pays for it
    pacing.pace("open", address="198.51.100.9", now=now + timedelta(seconds=3))
    monkeypatch.setattr(pacing, "MOST", 10)
    for number in range(40):
        pacing.pace("open", address=f"192.0.2.{number}", now=now)
    assert len(pacing._full_at) <= 11, "memory is bounded whoever comes"


def test_a_flood_of_readers_is_told_when_to_come_back_and_writes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moment = utc_now()
    monkeypatch.setattr("liren.faces.kit.doors.utc_now", lambda: moment)
    for _ in range(600):
        pacing.pace("open", address="127.0.0.1", now=moment)
    with CaptureQueriesContext(connection) as asked:
        answer = Client().get("/open/")
    assert not [each for each in asked if not each["sql"].startswith("SELECT")]
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) >= 1
    assert Client().get("/").status_code == 200
    assert Client().get("/open/cases.csv").status_code == 429


def test_words_are_shown_and_never_run(office: Office) -> None:
    said = "{{ 7|add:7 }}{% debug %}<script>alert(1)</script>${7*7} \"onload='x'"
    browser = Client()
    number = send(browser, begin(browser, said), said)
    for page in (browser.get(f"/m/{number}"), office.clerk.client().get(f"/desk/case/{number}")):
        told = page.content.decode()
        assert "{{ 7|add:7 }}{% debug %}&lt;script&gt;" in told
        assert "<script>alert" not in told
    searched = office.clerk.client().get("/desk/search", {"text": said}).content.decode()
    assert "<script>alert" not in searched


@pytest.mark.parametrize(
    "path", ["../../etc/passwd", "..%2f..%2fsecret_key", "%2e%2e/%2e%2e/keys/active", "1/../../x"]
)
def test_no_path_leads_out_of_what_is_served(path: str) -> None:
    for root in ("/photo/", "/static/", "/say/", "/desk/office/tables/", "/open/"):
        assert Client().get(root + path).status_code in {302, 404}, root


def test_no_account_comes_with_a_password() -> None:
    from liren.base.access.models import Account

    for account in Account.objects.all():
        assert not account.has_usable_password() or account.password == "!", account.username
    assert settings.DEBUG is False
    assert Device.objects.count() == 0
