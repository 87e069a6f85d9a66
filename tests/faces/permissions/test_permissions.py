"""Every address × everybody × GET and POST, one's own and another's, against the table beside this file."""

from collections.abc import Iterator

import pytest
from django.test import Client, override_settings
from django.urls import resolve

from liren.base.access.actions import pacing
from tests.faces.conftest import PLAIN
from tests.faces.permissions import table
from tests.faces.permissions.asking import ask, told, verdict
from tests.faces.permissions.table import API, BROWSERS, Row
from tests.faces.permissions.world import World, build, undone

pytestmark = pytest.mark.django_db

# The address behind an object: who cannot open it there must not learn elsewhere that it exists.
SEEN_AT = {
    "{case}": ("/desk/case/{case}", "/m/{case}", "/api/v1/cases/{case}"),
    "{sealed}": ("/desk/case/{sealed}", "/m/{sealed}", "/api/v1/cases/{sealed}"),
    "{proposal}": ("/forum/{proposal}",),
    "{post}": ("/desk/office/posts/{post}",),
}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[World]:
    """One town for all columns: every request is taken back after it was answered."""
    quick = override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"], STORAGES=PLAIN
    )
    with django_db_blocker.unblock(), quick, undone():  # type: ignore[attr-defined]
        yield build()
    pacing._full_at.clear()


def test_every_line_stands_for_its_address(world: World) -> None:
    for rows, columns in ((BROWSERS, table.COLUMNS), (API, table.PROGRAMS)):
        assert len({(row.method, row.path) for row in rows}) == len(rows)
        for row in rows:
            assert len(row.verdicts) == len(columns), row
            match = resolve(row.path.format(**world.objects))
            assert row.name.startswith("api:") or match.url_name == row.name, row


def _judged(world: World, who: str, browser: Client, rows: list[Row], column: int) -> list[str]:
    """What a column of the table says otherwise than the program does."""
    wrong = []
    sees = {row.path: row.verdicts[column] == "o" for row in rows if row.method == "GET"}
    for row in rows:
        path, expected = row.path.format(**world.objects), row.verdicts[column]
        answer = ask(browser, row.method, path, world.form)
        got = verdict(answer, path)
        if got != expected:
            wrong.append(f"{row.method} {row.path} for {who}: {expected} is promised, {got} is given")
        if "{" not in row.path or got in "L213":
            continue
        if any(sees.get(at, False) for key, ats in SEEN_AT.items() if key in row.path for at in ats):
            continue
        missing = row.path.format(**world.missing)
        none = ask(browser, row.method, missing, world.form)
        if got == "." and told(none, missing) != told(answer, path):
            wrong.append(f"{row.method} {row.path} tells {who} that it exists")
        if got == "o" and none.status_code not in {302, 404, 422}:
            wrong.append(f"{row.method} {row.path} opens for {who} where there is nothing")
    return wrong


@pytest.mark.parametrize("who", table.COLUMNS)
def test_everybody_gets_what_the_table_says(world: World, who: str) -> None:
    column = table.COLUMNS.index(who)
    wrong = _judged(world, who, world.browsers[who], BROWSERS, column)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("who", table.PROGRAMS)
def test_every_program_gets_what_the_table_says(world: World, who: str) -> None:
    column = table.PROGRAMS.index(who)
    wrong = _judged(world, who, world.programs[who], API, column)
    assert not wrong, "\n".join(wrong)


def test_no_address_takes_a_method_that_has_no_line(world: World) -> None:
    lines: dict[str, set[str]] = {}
    for row in BROWSERS:
        lines.setdefault(row.path, set()).add(row.method)
    her, clerk = world.browsers["her"], world.browsers["clerk"]
    for path, methods in lines.items():
        where = path.format(**world.objects)
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - methods:
            if where == "/me/language":
                continue  # Django's own switch of language: it writes nothing but a cookie, and that for POST only
            browser = clerk if where.startswith(("/desk", "/lead")) else her
            assert ask(browser, method, where, world.form).status_code == 405, (method, where)


def test_every_form_proves_where_it_came_from(world: World) -> None:
    for row in BROWSERS:
        if row.method != "POST":
            continue
        for who in ("her", "clerk"):
            forged = Client(enforce_csrf_checks=True)
            forged.cookies = world.browsers[who].cookies
            path = row.path.format(**world.objects)
            assert ask(forged, "POST", path, world.form).status_code == 403, (who, path)


def test_a_cookie_opens_no_program_and_a_token_no_page(world: World) -> None:
    for row in API:
        if row.verdicts.startswith("1"):
            answer = ask(world.browsers["clerk"], row.method, row.path.format(**world.objects), world.form)
            assert answer.status_code == 401, row
    for path in ("/desk/", "/lead/", "/desk/office/tokens"):
        assert ask(world.programs["cases.read"], "GET", path, world.form)["location"].startswith(
            "/desk/login"
        )
