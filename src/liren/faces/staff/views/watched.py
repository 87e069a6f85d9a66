"""What a case page shows of supervision, whistles and verification; read only where the case says there is something."""

from datetime import date
from typing import Any

from liren.cases import queries
from liren.faces.staff import watch_words
from liren.kernel.clock import utc_now


def context(shown: queries.CasePage, on: date) -> dict[str, Any]:
    """The panels of the case page. Two statements where the case stands on a rung or was verified, three a whistle."""
    case = shown.case
    can = {move.name for move in shown.moves}
    titles = watch_words.level_titles(on) if case.supervised or "supervise" in can else {}
    rungs = queries.rungs_of(case)
    found = queries.verifications(case) if any(step.move == "verify" for step in shown.steps) else []
    words = watch_words.whistle_titles()
    return {
        "rung_title": titles.get(case.supervised, ""),
        "rungs": [
            {
                "row": rung,
                "title": titles.get(rung.level, rung.level),
                "cause": watch_words.cause_titles().get(rung.cause, ""),
                "open": rung.answer_due is not None and rung.answered_at is None,
            }
            for rung in rungs
        ],
        "rung_open": any(rung.answer_due is not None and rung.answered_at is None for rung in rungs),
        "may_answer_rung": "answer_supervision" in can,
        "levels": [(level, titles[level]) for level in queries.levels_above(case) if level in titles]
        if "supervise" in can
        else [],
        "verified": [
            {"row": row, "title": watch_words.finding_titles().get(row.finding, "")} for row in found
        ],
        "findings": list(watch_words.finding_titles().items()) if "verify" in can else [],
        "whistles": [
            {"view": one, "word": words[one.state][0], "shape": words[one.state][1]}
            for one in queries.whistles_of(case, now=utc_now())
        ],
        "may_whistle": "whistle" in can,
    }
