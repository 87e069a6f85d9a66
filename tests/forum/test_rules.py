"""The four questions of sorting, what is masked, when a promise counts as kept, and that no state is a dead end."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.kernel.errors import IllegalMove, Refused
from liren.rooms.forum import states
from liren.rooms.forum.rules import LEVELS, Sorting, after, check_sorting, kept, masked, mobile, said
from liren.rooms.forum.states import State

YES = Sorting(public=True, lawful=True, within=True, feasible=True)
EVERY = [Sorting(*answers) for answers in itertools.product((True, False), repeat=4)]


@pytest.mark.parametrize("sorting", EVERY)
def test_exactly_one_kind_of_outcome_fits_the_answers(sorting: Sorting) -> None:
    """All yes: taken up or joined; only the power lacking: raised; else declined; at the last level there is no raising."""
    for last in (False, True):
        fits = set()
        for outcome in ("accept", "join", "raise", "decline"):
            try:
                check_sorting(outcome, sorting, "因为不归我们管", last=last)
                fits.add(outcome)
            except Refused:
                pass
        if not sorting.failed:
            assert fits == {"accept", "join"}
        elif sorting.failed == ("within",):
            assert fits == ({"decline"} if last else {"raise"})
        else:
            assert fits == {"decline"}


def test_a_no_without_a_reason_is_refused() -> None:
    with pytest.raises(Refused, match=r"sorting\.no_reason"):
        check_sorting("decline", Sorting(False, True, True, True), "  ", last=False)


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("请打13800138000找王阿姨", "请打（手机号）找王阿姨"),
        ("我的证件11010519491231002X丢了", "我的证件（证件号）丢了"),
        ("车牌京A·12345总堵门口", "车牌（车牌）总堵门口"),
        ("沪AD12345停在消防通道", "（车牌）停在消防通道"),
        ("和园小区3号楼2单元501室漏水", "和园小区3号楼2单元（某）室漏水"),
        ("写信到 wang.li@example.cn", "写信到 （邮箱）"),
        ("装6盏灯，2026年10月前完成，共48000元", "装6盏灯，2026年10月前完成，共48000元"),
        ("3、5号楼之间的小路长62米", "3、5号楼之间的小路长62米"),
    ],
)
def test_what_tells_who_or_which_door_is_masked_and_nothing_else(words: str, shown: str) -> None:
    assert masked(words) == shown


@given(st.text(max_size=300))
def test_masking_twice_changes_nothing_more(words: str) -> None:
    assert masked(masked(words)) == masked(words)


@given(st.text(max_size=60))
def test_words_are_kept_without_what_breaks_a_page(words: str) -> None:
    if not words.strip() or len(words) > 50:
        return
    try:
        shown = said(words, most=50, field="words")
    except Refused:
        return  # nothing but what breaks a page
    assert shown
    assert len(shown) <= 50
    assert "\x00" not in shown
    assert "\u202e" not in shown


def test_a_promise_is_kept_unless_as_many_deny_it() -> None:
    assert kept(0, 0)
    assert kept(3, 2)
    assert not kept(2, 2)
    assert not kept(0, 1)


def test_every_state_is_reached_has_a_clock_and_a_way_out() -> None:
    reached, grown = {State.GATHERING}, True
    while grown:
        before = len(reached)
        for move in states.MOVES.values():
            reached |= {to for at, to in move.edges.items() if at in reached}
        grown = len(reached) > before
    assert reached == set(State)
    for state in states.OPEN:
        assert any(move.edges.get(state, state) != state for move in states.MOVES.values()), state
    for state in set(State) - states.OPEN - {State.DECLINED}:
        assert not any(move.edges.get(state, state) != state for move in states.MOVES.values()), state


def test_a_move_that_is_not_open_says_which_and_where() -> None:
    with pytest.raises(IllegalMove) as refused:
        states.target("accept", State.KEPT)
    assert refused.value.params == {"state": "kept", "move": "accept"}


def test_levels_follow_each_other() -> None:
    assert [after(level) for level in LEVELS] == ["community", "street", "district", ""]


@pytest.mark.parametrize(
    "typed", ["13800138000", "138 0013 8000", "+86 138-0013-8000", "１３８００１３８０００"]
)
def test_a_number_is_read_as_people_type_it(typed: str) -> None:
    assert mobile(typed) == "13800138000"


@pytest.mark.parametrize("typed", ["1380013800", "23800138000", "010-12345678", "abc", ""])
def test_what_is_no_mobile_number_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match=r"forum\.phone"):
        mobile(typed)
