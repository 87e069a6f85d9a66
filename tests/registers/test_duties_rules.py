"""Whose duty: pure decisions, against a plain restatement."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.registers.duties.rules import Duty, DutyRow, permit, prefixes, row_faults, strongest

PATHS = ("", "/a/", "/a/b/", "/a/b/c/", "/a/d/")


def duty(
    entry_id: int,
    unit: int,
    path: str = "",
    *,
    exact: bool = True,
    helps: bool = False,
    co: tuple[int, ...] = (),
) -> Duty:
    return Duty(entry_id, exact, path, unit, co, helps, f"basis {entry_id}")


@st.composite
def lists(draw: st.DrawFn) -> list[Duty]:
    """Rows as one version may hold them: one lead for a class in a place."""
    spots = draw(st.lists(st.tuples(st.sampled_from(PATHS), st.booleans()), unique=True, max_size=8))
    leads = [duty(n, draw(st.integers(1, 4)), path, exact=exact) for n, (path, exact) in enumerate(spots)]
    helpers = draw(st.lists(st.tuples(st.sampled_from(PATHS), st.integers(5, 7)), max_size=3))
    return leads + [duty(100 + n, unit, path, helps=True) for n, (path, unit) in enumerate(helpers)]


@pytest.mark.parametrize(
    ("path", "expected"),
    [("", [""]), ("/", [""]), ("/1k/", ["", "/1k/"]), ("/1k/9x/a3/", ["", "/1k/", "/1k/9x/", "/1k/9x/a3/"])],
)
def test_prefixes(path: str, expected: list[str]) -> None:
    assert prefixes(path) == expected


@given(lists())
def test_a_row_holds_unless_another_is_narrower_in_both(rows: list[Duty]) -> None:
    held = strongest(rows)
    leads = [row for row in rows if not row.assist_only]
    for row in leads:
        beaten = any(
            other is not row
            and other.place_path.startswith(row.place_path)
            and (other.exact or not row.exact)
            for other in leads
        )
        assert (row in held) is not beaten
    assert [row for row in held if row.assist_only] == [row for row in rows if row.assist_only] or len(
        held
    ) > 1
    assert {row.entry_id for row in held if row.assist_only} == {
        row.entry_id for row in rows if row.assist_only
    }
    kinds = [row.assist_only for row in held]
    assert kinds == sorted(kinds)
    if leads:
        assert not held[0].assist_only


def test_the_class_beats_its_group_and_the_part_beats_the_whole() -> None:
    group, whole, part = duty(1, 1, exact=False), duty(2, 2), duty(3, 3, "/a/b/")
    assert strongest([group, whole, part]) == [part]
    assert strongest([group, whole]) == [whole]


def test_where_neither_is_narrower_a_person_decides() -> None:
    group_here, class_everywhere = duty(1, 1, "/a/b/", exact=False), duty(2, 2, "")
    assert strongest([group_here, class_everywhere]) == [class_everywhere, group_here]


@given(lists(), st.integers(1, 9))
def test_who_may_lead_may_assist_and_refusals_have_reasons(rows: list[Duty], unit: int) -> None:
    held = strongest(rows)
    led, helped = permit(held, unit, "lead"), permit(held, unit, "assist")
    assert bool(led) == led.allowed == any(row.unit_id == unit and not row.assist_only for row in held)
    assert helped.allowed or not led.allowed
    assert led.reason in {"duty.lead", "duty.assist_only", "duty.not_on_list", "duty.no_entry"}
    assert (led.reason == "duty.no_entry") == (not rows)
    if led.allowed:
        assert led.basis


def test_a_helper_never_leads() -> None:
    held = strongest([duty(1, 1, co=(2,)), duty(2, 3, "/a/", helps=True)])
    assert permit(held, 2, "lead").reason == permit(held, 3, "lead").reason == "duty.assist_only"
    assert permit(held, 2, "assist").allowed
    assert permit(held, 3, "assist").allowed
    assert permit(held, 9, "lead").reason == permit(held, 9, "assist").reason == "duty.not_on_list"


def row(
    code: str = "housing.leak",
    unit: int = 1,
    path: str = "",
    *,
    helps: bool = False,
    co: tuple[int, ...] = (),
    basis: str = "x",
) -> DutyRow:
    return DutyRow(code, unit, path, co, helps, basis)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([row(), row(unit=2, path="/a/")], {}),
        ([row(), row(unit=2)], {1: "duty.two_leads"}),
        ([row(), row()], {1: "duty.twice"}),
        ([row(helps=True), row(helps=True)], {1: "duty.twice"}),
        ([row(co=(1,))], {0: "duty.own_helper"}),
        ([row(basis="  ")], {0: "duty.no_basis"}),
        ([row(unit=1), row(unit=1, path="/a/", helps=True)], {0: "duty.lead_and_assist"}),
        ([row(unit=1, path="/a/b/"), row(unit=1, path="/a/", helps=True)], {0: "duty.lead_and_assist"}),
        ([row(unit=1, path="/a/b/"), row(unit=1, path="/a/d/", helps=True)], {}),
        ([row(unit=1), row("housing.lift", unit=1, helps=True)], {}),
    ],
)
def test_rows_that_contradict_each_other(rows: list[DutyRow], expected: dict[int, str]) -> None:
    assert row_faults(rows) == expected
