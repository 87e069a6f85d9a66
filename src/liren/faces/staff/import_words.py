"""Imports in words: how far one is, what its rows became, what the file made. Words only."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from liren.bridges.imports import queries
from liren.faces.kit import words as sentences
from liren.faces.kit.templatetags.kit import state_word
from liren.kernel.errors import Refused
from liren.registers.duties import queries as duties

SHOWN = 200  # rows told one by one


def mapping_titles() -> dict[str, str]:
    """The mappings that come along."""
    return {"workorder21": _("12345 工单表（21 列）")}


def state_titles() -> dict[str, tuple[str, str]]:
    """How far an import is, and the colour of its tag."""
    return {
        "checking": (_("正在试"), "wait"),
        "tried": (_("试好了，等您定"), "wait"),
        "waiting": (_("排队等着导入"), "wait"),
        "running": (_("正在导入"), "wait"),
        "done": (_("导完了"), "done"),
        "broken": (_("读不了"), "late"),
    }


def made_titles() -> dict[str, str]:
    """What a file may make."""
    return {"places": _("地点"), "classes": _("类别"), "units": _("单位")}


def row(one: queries.ImportView) -> dict[str, Any]:
    """An import in a list."""
    title, tone = state_titles()[one.state]
    return {"import": one, "state": title, "tone": tone, "percent": percent(one)}


def percent(one: queries.ImportView) -> int:
    """How much of it is done."""
    return one.position * 100 // one.rows if one.rows else 0


def page(
    one: queries.ImportView, reasons: Sequence[queries.Reason], left: Sequence[queries.Left], on: date
) -> dict[str, Any]:
    """Everything its page says."""
    titles, outs = made_titles(), {reason.code: reason.title for reason in duties.exclusion_reasons(on)}
    return row(one) | {
        "problem": sentences.sentence(Refused(one.error)) if one.error else "",
        "encoding": encoding(one.encoding),
        "made": [(titles[what], count) for what, count in one.made.items() if count],
        "states": _counted({state_word(state, for_staff=True): count for state, count in one.states.items()}),
        "uncounted": _counted({outs.get(code, code): count for code, count in one.uncounted.items()}),
        "reasons": [
            (reason.rows, reason.column, sentences.sentence(Refused(reason.code))) for reason in reasons
        ],
        "left": [
            {
                "line": each.line,
                "column": each.column,
                "reason": sentences.sentence(Refused(each.code)),
                "since": each.first_line,
            }
            for each in left
        ],
        "more": max(0, one.refused + one.twice - len(left)),
    }


def encoding(said: str) -> str:
    """What a file is written in; two at once is said in words."""
    if said.startswith("mixed: "):
        return _("几种编码混用：%(which)s 行") % {"which": said.removeprefix("mixed: ")}
    return said


def _counted(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda one: -one[1])
