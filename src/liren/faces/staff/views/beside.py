"""What a case page shows beside its line of states: the same matter elsewhere, exits, helpers' parts, questions."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from liren.cases import queries
from liren.faces.kit.doors import FaceRequest
from liren.faces.staff.views.choosing import SURE
from liren.kernel.clock import utc_now
from liren.kernel.errors import NotFound
from liren.registers.duties import queries as duties
from liren.registers.places import queries as places

VOICES = 20  # offered for choosing one of them


def context(
    request: FaceRequest,
    shown: queries.CasePage,
    given: Sequence[Any],
    on: date,
    panel: str,
    form: Mapping[str, str],
) -> dict[str, Any]:
    """Everything the panels show; side tables are read only where the case or its steps say there is something."""
    can = {move.name for move in shown.moves}
    steps = {step.move for step in shown.steps}
    told: dict[str, Any] = {"panel": panel, "form": form}
    told |= _joining(request, shown, given, can, steps) | _leaving(shown, can, on)
    return told | _helping(request, shown, can, steps) | _asking(shown, can)


def _joining(
    request: FaceRequest, shown: queries.CasePage, given: Sequence[Any], can: set[str], steps: set[str]
) -> dict[str, Any]:
    case = shown.case
    told: dict[str, Any] = {"may_join": "merge" in can, "gone_to": None, "is_gone": False, "taken_in": []}
    if case.merged_into_id is not None:
        told["is_gone"] = True
        try:
            told["gone_to"] = queries.case_ref(queries.standing(case).number, request.actor)
        except NotFound:
            told["gone_to"] = None  # it went where this reader may not look
    if "take_in" in steps:
        told["taken_in"] = queries.taken_in(case.id)
    if "merge" in can:
        likely = {item.kind: item.choice for item in given if item.confidence >= SURE}
        twins = queries.twins_of(
            case,
            request.actor,
            class_code=likely.get("class", ""),
            place_path=places.get(int(likely["place"])).path if "place" in likely else "",
            now=utc_now(),
        )
        because = {
            "same_place": _("同一地点、同一类别"),
            "near": _("就在附近、同一类别"),
            "words": _("说的话很像"),
        }
        told["twins"] = [
            {
                "number": one.number,
                "twin": one.twin,
                "percent": round(100 * one.twin.likeness),
                "because": because[one.twin.reason],
            }
            for one in twins
        ]
    if "give_out" in can and case.voices > 1:
        told["voices_to_pick"] = shown.voices[:VOICES]
    return told


def needs_titles() -> dict[str, str]:
    """What an exit needs, in words."""
    return {
        "referred_to": _("转给了谁"),
        "channel": _("请居民去哪里办"),
        "reason": _("理由和依据"),
        "earlier_case": _("以前那一件的编号"),
    }


def outcome_titles() -> dict[str, str]:
    """What may become of a demand that was handed on."""
    return {
        "accepted": _("对方受理了"),
        "refused": _("对方没受理"),
        "settled": _("已经解决"),
        "unknown": _("问不到"),
    }


def _leaving(shown: queries.CasePage, can: set[str], on: date) -> dict[str, Any]:
    titles, outcomes = needs_titles(), outcome_titles()
    left = queries.left_by(shown.case)
    ways = duties.exits(on) if "leave" in can else []
    return {
        "left": left,
        "left_outcome": outcomes.get(left.outcome, "") if left else "",
        "outcomes": list(outcomes.items()) if left and "follow_exit" in can else [],
        "ways": [
            {"code": way.code, "title": way.title, "needs": "、".join(titles[need] for need in way.needs)}
            for way in ways
        ],
    }


def part_titles() -> dict[str, tuple[str, str]]:
    """The state of a part as word and shape."""
    return {
        "asked": (_("办理中"), "doing"),
        "done": (_("办完了"), "done"),
        "declined": (_("办不了"), "late"),
        "withdrawn": (_("已撤回"), "off"),
    }


def _helping(request: FaceRequest, shown: queries.CasePage, can: set[str], steps: set[str]) -> dict[str, Any]:
    case, actor = shown.case, request.actor
    rows = queries.parts(case.id) if "ask_part" in steps else []
    words, shown_parts = part_titles(), []
    for part in rows:
        is_open = part.state == "asked"
        parent_unit = next((one.unit_id for one in rows if one.id == part.parent_id), case.unit_id)
        holds = is_open and queries.may_for_unit(actor, case, part.unit_id, "cases.end_part")
        shown_parts.append(
            {
                "part": part,
                "word": words[part.state][0],
                "shape": words[part.state][1],
                "open": is_open,
                "mine": holds and "end_part" in can,
                "deeper": holds and "ask_part" in can,
                "may_withdraw": is_open
                and case.next_due is not None
                and queries.may_for_unit(actor, case, parent_unit, "cases.ask_part"),
                "key": str(part.id),
            }
        )
    asks = "ask_part" in can and queries.may_for_unit(actor, case, case.unit_id, "cases.ask_part")
    return {"parts": shown_parts, "may_ask_part": asks}


def _asking(shown: queries.CasePage, can: set[str]) -> dict[str, Any]:
    case = shown.case
    return {
        "questions": queries.open_questions(case.id) if case.questions_open else [],
        "may_ask": "ask" in can,
        "ask_voices": [
            {"id": voice.id, "key": str(voice.id), "said_at": voice.said_at, "words": voice.words}
            for voice in shown.voices[:VOICES]
        ]
        if "ask" in can
        else [],
    }
