"""How leaving a case out of the rates is put into words on its page."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from liren.cases import queries
from liren.registers.duties import queries as duties


def decision_titles() -> dict[str, str]:
    """What was decided."""
    return {
        "": _("等另一个人定"),
        "granted": _("同意剔除"),
        "refused": _("不同意剔除"),
        "ended": _("恢复计入"),
    }


def context(shown: queries.CasePage, on: date) -> dict[str, Any]:
    """The panel of the case page. One statement, and only where something was ever asked."""
    can = {move.name for move in shown.moves}
    asked = shown.case.excluded or any(step.move == "ask_exclusion" for step in shown.steps)
    rows = queries.exclusions(shown.case) if asked else []
    reasons = duties.exclusion_reasons(on) if asked or "ask_exclusion" in can else []
    titles, words = {reason.code: reason.title for reason in reasons}, decision_titles()
    waiting = any(row.decision == "" for row in rows)
    return {
        "exclusions": [
            {
                "row": row,
                "reason": titles.get(row.reason_code, row.reason_code),
                "decision": words.get(row.decision, ""),
            }
            for row in rows
        ],
        "exclusion_reasons": [one for one in reasons if one.about != "record"]
        if "ask_exclusion" in can and not waiting and not shown.case.excluded
        else [],
        "exclusion_decisions": _open_decisions(shown, waiting) if "decide_exclusion" in can else [],
    }


def _open_decisions(shown: queries.CasePage, waiting: bool) -> list[tuple[str, str]]:
    if waiting:
        return [("granted", _("同意剔除")), ("refused", _("不同意，照常计入"))]
    return [("ended", _("恢复计入"))] if shown.case.excluded else []
