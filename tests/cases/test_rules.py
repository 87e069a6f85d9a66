"""Rules of cases: what follows from what was said, what titles and phones are."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.cases import rules
from liren.cases.rules import Heard

NOW = datetime(2026, 3, 20, tzinfo=UTC)


class Rule:
    attempts = 3
    over = timedelta(days=2)
    silence = timedelta(days=7)


def heard(
    verdict: str = "", *, reachable: bool = True, tries: int = 0, spread: timedelta = timedelta(0)
) -> Heard:
    first = NOW - spread if tries else None
    return Heard(verdict, reachable, tries, first, NOW if tries else None)


def outcome(*voices: Heard, days: int = 1) -> str:
    return rules.outcome(voices, replied_at=NOW - timedelta(days=days), now=NOW, rule=Rule())


@pytest.mark.parametrize(
    ("voices", "follows"),
    [
        ([heard("solved")], "solve"),
        ([heard("not_solved")], "reopen"),
        ([heard("solved"), heard("solved")], "solve"),
        ([heard("solved"), heard()], "wait"),
        # one "not solved" is enough, however many are content and whoever was not reached
        ([heard("solved"), heard("solved"), heard("not_solved")], "reopen"),
        ([heard("not_solved"), heard()], "reopen"),
        ([heard(tries=2, spread=timedelta(days=5))], "wait"),
        ([heard(tries=3, spread=timedelta(days=1, hours=23))], "wait"),
        ([heard(tries=3, spread=timedelta(days=2))], "give_up"),
        # never solved by silence; solved by those who were reached
        ([heard("solved"), heard(tries=3, spread=timedelta(days=2))], "solve"),
        ([heard(reachable=False)], "wait"),
    ],
)
def test_what_follows(voices: list[Heard], follows: str) -> None:
    assert outcome(*voices) == follows


def test_who_left_no_phone_has_a_week_to_speak() -> None:
    assert outcome(heard(reachable=False), days=6) == "wait"
    assert outcome(heard(reachable=False), days=7) == "give_up"


voices = st.lists(
    st.builds(
        heard,
        st.sampled_from(["", "solved", "not_solved"]),
        reachable=st.booleans(),
        tries=st.integers(0, 5),
        spread=st.timedeltas(timedelta(0), timedelta(days=9)),
    ),
    min_size=1,
    max_size=6,
)


@given(voices)
def test_only_a_resident_says_solved(said: list[Heard]) -> None:
    follows = outcome(*said)
    verdicts = [voice.verdict for voice in said]
    if follows == "solve":
        assert "solved" in verdicts
        assert "not_solved" not in verdicts
    if "not_solved" in verdicts:
        assert follows == "reopen"
    if follows == "give_up":
        assert set(verdicts) == {""}


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("您好，我想反映3号楼下水道堵了。已经三天了！", "3号楼下水道堵了"),
        ("请问老年卡怎么办？", "老年卡怎么办"),
        ("投诉", "投诉"),
        ("报修。3号楼电梯又停了，老人下不来。", "3号楼电梯又停了，老人下不来"),
        ("工作人员你好，辛苦了，和园小区路灯全灭", "和园小区路灯全灭"),
        ("来电人反映：小区停水两天", "小区停水两天"),
        ("急！家里没暖气", "家里没暖气"),
        ("！！！", "！！！"),
        ("路灯不亮\n晚上很黑", "路灯不亮"),
    ],
)
def test_titles(words: str, title: str) -> None:
    assert rules.title_of(words) == title


@given(st.text(max_size=300))
def test_a_title_is_short_and_whole_words_survive_cleaning(words: str) -> None:
    assert len(rules.title_of(words)) <= rules.TITLE_MAX
    cleaned = rules.clean_words(words)
    assert "\x00" not in cleaned
    assert rules.clean_words(cleaned) == cleaned


@pytest.mark.parametrize(
    "typed",
    ["14200000001", " 142 0000 0001 ", "+86-142-0000-0001", "１４２０００００００１", "8614200000001"],
)
def test_phones_as_people_type_them(typed: str) -> None:
    assert rules.clean_phone(typed) == "14200000001"


@pytest.mark.parametrize("typed", ["", "1420000000", "142000000012", "abc", "110", "24200000001"])
def test_what_is_no_phone(typed: str) -> None:
    assert rules.clean_phone(typed) is None


def test_a_number_in_a_title_is_not_a_phone() -> None:
    assert "14200000001" not in rules.title_of("我的电话14200000001请回电")
