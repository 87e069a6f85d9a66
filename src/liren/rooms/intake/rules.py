"""Intake's decisions as pure functions."""

import re
from typing import Literal

DemandType = Literal["consult", "help", "complaint", "whistleblow", "suggestion"]

# First match wins, most specific first. A wrong guess costs nothing: a clerk sees and may change it.
_CUES: tuple[tuple[DemandType, re.Pattern[str]], ...] = (
    ("whistleblow", re.compile(r"举报|贪污|受贿|吃拿卡要|以权谋私|徇私")),
    ("suggestion", re.compile(r"建议|希望能(够)?(增设|增加|考虑|设)|提个?意见|表扬|感谢|点赞|锦旗")),
    (
        "consult",
        re.compile(
            r"咨询|请问|想问|问一下|怎么(办|申请|办理)|如何(办|申请)|需要(什么|哪些)(材料|手续|条件)|什么时候能"
        ),
    ),
    ("complaint", re.compile(r"投诉|扰民|太吵|没人管|不管|乱停|占道|态度(差|恶劣)|乱收费|强烈要求|忍无可忍")),
)


def demand_type_of(words: str) -> DemandType:
    """The likely kind of demand: 咨询, 投诉, 举报, 建议, and 求助 where nothing else is said (条例 art. 2)."""
    return next((kind for kind, cue in _CUES if cue.search(words)), "help")


# Wrongdoing of those who hold an office: offered as a sealed report, which the person may take back.
_WRONGDOING = re.compile(
    r"贪污|受贿|行贿|索贿|吃拿卡要|以权谋私|徇私|渎职|滥用职权|挪用公款|侵吞|打击报复|收.{0,4}(红包|好处费|回扣)"
    r"|举报.{0,12}(干部|书记|主任|所长|科长|局长|队长|民警|城管队员|执法(队员|人员)|工作人员|公职人员|网格员|居委会|街道办)"
)


def speaks_of_wrongdoing(words: str) -> bool:
    """Whether the words seem to report wrongdoing of an official or a unit."""
    return _WRONGDOING.search(words) is not None


# Words that may mean danger to life: the page then says to call 110/119/120 at once. Never raises urgency by itself.
_DANGER = re.compile(
    r"着火|起火|冒烟|火灾|燃气泄漏|煤气(味|泄漏)|闻到.{0,4}(煤气|燃气)|触电|漏电|电梯.{0,6}(困|被关)|困在电梯"
    r"|昏迷|晕倒|没有?呼吸|要?跳楼|轻生|自杀|砍人|持刀|打起来|坍塌|塌了"
)


def sounds_dangerous(words: str) -> bool:
    """Whether the words may tell of danger to life, so that the emergency numbers are shown before anything else."""
    return _DANGER.search(words) is not None
