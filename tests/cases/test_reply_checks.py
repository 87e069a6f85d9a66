"""What is said about a reply before it is sent."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.cases.reply_checks import copied, hints, questions
from liren.registers.duties import queries as duties

RULE = duties.reply_checks(date(2026, 11, 1))
DEMAND = "6号楼门口的下水道堵了三天，污水漫到路上。什么时候能来修？修的时候车往哪里停？"
GOOD = "11月3日上午管道班到6号楼门口疏通了下水道，换了破的井盖，路面已冲洗。"
GOOD += "修的时候车停在东门外，保安会指路。还有问题请打市政所电话 84561234。"


def faults(reply: str, demand: str = DEMAND) -> list[str]:
    """The names of what is said about it."""
    return [hint.fault for hint in hints(reply, demand, RULE)]


def test_a_reply_that_says_what_was_done_when_and_by_whom_is_left_alone() -> None:
    assert faults(GOOD) == []
    assert faults("  \n") == [], "nothing is written yet"


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        ("【】" + GOOD, "brackets"),
        ("经【单位】核实，" + GOOD, "brackets"),
        (GOOD.replace("11月3日上午", ""), "no_date"),
        (GOOD.replace("还有问题请打市政所电话 84561234。", "以后会常来看看的。"), "no_contact"),
        ("我所高度重视。" + GOOD, "banned"),
        ("11月3日已修好，电话84561234。", "short"),
        (DEMAND + "11月3日修好了，请打84561234。", "copied"),
    ],
)
def test_each_fault_is_named_alone(reply: str, fault: str) -> None:
    assert faults(reply) == [fault]


def test_an_empty_word_is_told_with_what_to_write_instead() -> None:
    (hint,) = hints("我们会尽快处理：" + GOOD, DEMAND, RULE)
    assert (hint.word, hint.instead) == ("尽快", "写哪一天")


def test_more_is_wanted_for_more_questions() -> None:
    assert questions(DEMAND) == 2
    assert questions("路灯不亮") == 0
    one = "11月3日上午已疏通，路面已冲洗干净，还有问题请打84561234。"
    assert faults(one, "下水道堵了") == []
    (hint,) = hints(one, DEMAND, RULE)
    assert (hint.fault, hint.count) == ("short", 2)


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_is_looked_at_without_harm(reply: str, demand: str) -> None:
    told = hints(reply, demand, RULE)
    assert 0 <= copied(reply, demand) <= 100
    assert told == hints(reply, demand, RULE)


@given(st.text(alphabet="甲乙丙丁戊己庚辛", min_size=8, max_size=80))
def test_a_reply_that_is_the_demand_is_copied_whole(words: str) -> None:
    assert copied(words, "前" + words + "后") == 100
    assert copied("子丑寅卯辰巳午未" * 3, words) == 0
