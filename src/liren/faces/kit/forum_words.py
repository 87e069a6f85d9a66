"""Proposals in words: states, levels, what was decided and why. Words only; no rule is made here."""

from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liren.rooms.forum import queries as forum

# state -> shape and colour
SHAPES: Mapping[str, str] = {
    "gathering": "vote",
    "submitted": "soon",
    "accepted": "doing",
    "promised": "doing",
    "done": "soon",
    "kept": "done",
    "declined": "off",
    "joined": "off",
    "lapsed": "off",
    "withdrawn": "off",
}


def state_title(state: str) -> str:
    """A state in words."""
    return {
        "gathering": _("征集附议"),
        "submitted": _("等待分拣"),
        "accepted": _("研究中"),
        "promised": _("正在办"),
        "done": _("请您验收"),
        "kept": _("做到了"),
        "declined": _("不立案"),
        "joined": _("并案"),
        "lapsed": _("附议不足"),
        "withdrawn": _("已撤回"),
    }.get(state, state)


def state_tag(state: str) -> SafeString:
    """A state as shape, colour and word."""
    return format_html('<span class="state {}">{}</span>', SHAPES.get(state, ""), state_title(state))


def level_title(level: "forum.Level") -> str:
    """A level's name in the reader's language."""
    return level.en if (get_language() or "").startswith("en") else level.zh


def level_titles(levels: "list[forum.Level]") -> dict[str, str]:
    """The names of levels by key."""
    return {level.key: level_title(level) for level in levels}


def stance_titles() -> dict[str, str]:
    """How somebody stands to a proposal."""
    return {"for": _("赞成"), "against": _("有不同意见"), "ask": _("想问清楚"), "office": _("答复")}


def question_titles() -> dict[str, str]:
    """The four questions of sorting."""
    return {
        "public": _("是大家的事"),
        "lawful": _("合法合规"),
        "within": _("本级办得了"),
        "feasible": _("做得到"),
    }


def failed_titles() -> dict[str, str]:
    """A question answered with no."""
    return {
        "public": _("不是大家的事"),
        "lawful": _("不合法规"),
        "within": _("超出本级权限"),
        "feasible": _("现在做不到"),
    }


def outcome_titles() -> dict[str, str]:
    """What a level decides, as a verb for who decides it."""
    return {"accept": _("立案"), "join": _("并案"), "raise": _("上提一级"), "decline": _("不立案")}


def hide_titles() -> dict[str, str]:
    """Why words are not shown."""
    return {
        "abuse": _("辱骂他人"),
        "personal": _("泄露他人信息"),
        "advert": _("广告"),
        "unlawful": _("违法内容"),
        "elsewhere": _("与这件事无关"),
    }


def turn_title(turn: "forum.TurnView", titles: Mapping[str, str]) -> str:
    """One move of a proposal's story as a sentence everybody understands."""
    level = titles.get(turn.level, turn.level)
    why = {
        "power": _("超出下一级权限，上提到%(level)s"),
        "unanswered": _("下一级到期没有答复，自动升到%(level)s"),
        "seconds": _("邻居附议够数，升到%(level)s"),
    }
    if turn.move == "raise":
        return why.get(turn.why, _("升到%(level)s")) % {"level": level}
    if turn.move == "step":
        return {
            "postponed": _("有一步要推迟"),
            "added": _("加了一步"),
        }.get(turn.why, _("做完一步"))
    return {
        "propose": _("提出来，开始征集附议"),
        "submit": _("附议够数，%(level)s开始分拣"),
        "accept": _("%(level)s立案"),
        "join": _("和相近的提案一起办"),
        "decline": _("%(level)s决定不立案"),
        "promise": _("%(level)s答复：办，定了步骤和日期"),
        "finish": _("步骤都做完了，请附议的人验收"),
        "keep": _("验收通过：做到了"),
        "reopen": _("有人说没做到，重新办"),
        "lapse": _("到期附议不够，先停在这里"),
    }.get(turn.move, turn.move) % {"level": level}


def next_step(view: "forum.View", titles: Mapping[str, str]) -> tuple[str, str]:
    """Who does what next, and what happens if nobody does."""
    level, up = titles.get(view.level, view.level), titles.get(view.rule.up, "")
    late = _("已经过期，%(level)s还没有做。") % {"level": level} if view.overdue else ""
    match view.state:
        case "gathering":
            left = max(0, view.needed - view.households)
            return (
                _("还差 %(n)s 户附议，就由%(level)s分拣。") % {"n": left, "level": level},
                _("到期不够，先停在这里；以后还可以再提。"),
            )
        case "submitted":
            then = (
                _("到期没有分拣，自动升到%(up)s。") % {"up": up}
                if view.rule.unanswered == "raise" and up
                else ""
            )
            return _("%(level)s看它是不是大家的事、合不合法、办不办得了，决定是否立案。") % {
                "level": level
            }, late or then
        case "accepted":
            then = (
                _("到期没有答复，自动升到%(up)s。") % {"up": up}
                if view.rule.unanswered == "raise" and up
                else ""
            )
            return _("%(level)s书面答复办不办、怎么办。") % {"level": level}, late or then
        case "promised":
            return _("%(level)s按下面的步骤做，误了哪一步都会写明原因和新日期。") % {"level": level}, late
        case "done":
            return _("附议过的邻居说做到了还是没做到。"), _("说没做到的不比说做到的少，就重新办。")
        case "declined" if up:
            return (
                _("附议到 %(n)s 户，就请%(up)s再看。") % {"n": view.needed, "up": up},
                "",
            )
    return "", ""


def needed_words(levels: "list[forum.Level]", seats: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """The levels a proposal may begin at, each with what it asks."""
    return [
        {
            "key": level.key,
            "title": level_title(level),
            "seat": (seats or {}).get(level.key, ""),
            "needs": _("%(n)s 户附议") % {"n": level.seconds},
            "phone": level.proof == "phone",
        }
        for level in levels
    ]
