"""Promises of the house that code could break without noticing."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from liren.cases import states
from liren.faces.kit import words
from tests.faces.permissions import table

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "liren"
# Django's own switch of language writes nothing but a cookie.
FOREIGN_VIEWS = {"set_language"}


def _patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for item in resolver.url_patterns:
        if isinstance(item, URLResolver):
            yield from _patterns(item)
        else:
            yield item


def test_every_view_names_its_duty() -> None:
    views = [pattern for pattern in _patterns(get_resolver()) if pattern.name not in FOREIGN_VIEWS]
    assert len(views) > 20
    for pattern in views:
        assert getattr(pattern.callback, "duty", None), f"{pattern.pattern} names no duty"


def _named(resolver: URLResolver, space: str = "") -> Iterator[str]:
    for item in resolver.url_patterns:
        if isinstance(item, URLResolver):
            yield from _named(item, f"{item.namespace}:" if item.namespace else space)
        else:
            yield f"{space}{item.name}"


def test_every_address_has_its_line_in_the_table_of_permissions() -> None:
    there, told = set(_named(get_resolver())), {row.name for row in (*table.BROWSERS, *table.API)}
    assert not there - told, "who may open it? Write its line in tests/faces/permissions/table.py"
    assert not told - there, "no such address any more"


def test_the_day_is_the_offices_and_never_that_of_utc() -> None:
    for folder in ("src", "tests"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            if file != Path(__file__):
                text = file.read_text(encoding="utf-8")
                assert "utc_now().date()" not in text, f"{file}: office_day(utc_now())"
                assert "date.today()" not in text, f"{file}: office_day(utc_now())"


def test_every_duty_a_view_or_move_names_is_some_roles() -> None:
    from liren.base.access import queries as accounts
    from liren.kernel.clock import office_day, utc_now

    on = office_day(utc_now())
    held = {duty for key in accounts.roles().on(on) for duty in accounts.role(key, on).duties}
    named = {getattr(pattern.callback, "duty", "anyone") for pattern in _patterns(get_resolver())}
    moves = {move.duty for move in states.MOVES.values() if move.by != "machine"}
    assert (named | moves) - held <= {"anyone", "access.second_factor"}


def test_every_state_is_reached_and_none_but_the_last_is_a_dead_end() -> None:
    reached, grown = {states.State.RECEIVED}, True
    while grown:
        before = len(reached)
        for move in states.MOVES.values():
            reached |= {to for at, to in move.edges.items() if at in reached}
        grown = len(reached) > before
    assert reached == set(states.State)
    for state in states.OPEN:
        assert state in states.CLOCKS, f"{state} waits without a clock"
        assert any(move.edges.get(state, state) != state for move in states.MOVES.values()), (
            f"{state} has no way out"
        )
    assert not set(states.CLOCKS) & states.FINAL


def _codes() -> dict[str, str]:
    """Every error code raised anywhere, with where."""
    errors = {"Refused", "Denied", "NotFound", "IllegalMove", "Conflict", "Throttled"}
    found = {}
    for path in SRC.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                not isinstance(node, ast.Call)
                or not isinstance(node.func, ast.Name)
                or node.func.id not in errors
            ):
                continue
            if node.args and isinstance(node.args[0], ast.Constant):
                found[str(node.args[0].value)] = str(path.relative_to(SRC))
    return found


def test_every_refusal_has_a_sentence_that_says_what_to_do_next() -> None:
    missing = {code: where for code, where in _codes().items() if code not in words.known()}
    assert not missing


SETTING = re.compile(r"""["'](LIREN_[A-Z_]+)["']""")


def test_every_setting_is_documented() -> None:
    told = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
    used = {name for path in SRC.rglob("*.py") for name in SETTING.findall(path.read_text(encoding="utf-8"))}
    assert used
    assert not {name for name in used if name not in told}


def test_no_dossier_nothing_points_from_a_person_to_what_they_asked_for() -> None:
    person = apps.get_model("people", "Person")
    spine = {"cases", "intake", "forum"}
    assert not [r for r in person._meta.related_objects if r.related_model._meta.app_label in spine]
    for path in SRC.rglob("*.py"):
        if path.is_relative_to(SRC / "base" / "access"):
            continue  # whose phone this device proved: its own row, never anybody's demands
        text = path.read_text(encoding="utf-8")
        gathered = re.search(
            r"""(values|values_list|order_by|annotate)\([^)]*["'](phone_index|device_id)["']""", text
        )
        assert gathered is None, f"{path.relative_to(SRC)} gathers by person: {gathered.group(0)}"


def test_faces_alone_speak_http() -> None:
    for path in SRC.rglob("*.py"):
        if path.is_relative_to(SRC / "faces") or path.is_relative_to(SRC / "site"):
            continue
        text = path.read_text(encoding="utf-8")
        assert "django.http" not in text, path
        assert "django.shortcuts" not in text, path


def test_no_style_or_script_is_written_into_a_page() -> None:
    for path in SRC.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", text), path
        for script in re.findall(r"<script[^>]*>", text):
            assert "src=" in script, path


@pytest.mark.parametrize(
    "name", ["README.md", "README.zh-CN.md", "LICENSE", "CHANGELOG.md", "publiccode.yml"]
)
def test_the_papers_are_there(name: str) -> None:
    assert (ROOT / name).stat().st_size > 200
